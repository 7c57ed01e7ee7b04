/*
 * json_gate: our JSON gate as a program, to be compared with others.
 *
 *	json_gate suite SUITE             TAP: does the gate do what it says?
 *	json_gate texts SUITE             its texts, each behind its length
 *	json_gate mutate COUNT SUITE FILE…  so many mutants of these and the files
 *	json_gate judge <TEXTS            a letter each: a(ccepted), r(efused)
 *
 * A length is 4 bytes, big-endian.  The mutants are the same in every run.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "schema/json.h"
#include "schema/text.h"
#include "schema/writer.h"

#define SEEDS_MAX 1024
#define SEED_LEN_MAX ((size_t)64 << 10)
#define TEXT_LEN_MAX ((size_t)1 << 20)

struct seed {
	bool is_accepted; /* by the suite's word */
	const char *name;
	struct span text;
};

static struct seed seeds[SEEDS_MAX];
static size_t seed_count;

static _Noreturn void
die(const char *what)
{
	(void)fprintf(stderr, "json_gate: %s\n", what);
	exit(2);
}

/* ---- seeds ---- */

static struct seed *
add_seed(const char *name, struct span text)
{
	char *copy = malloc(text.len + 1);

	if (seed_count == SEEDS_MAX || copy == NULL)
		die("too many texts");
	if (text.len > 0)
		memcpy(copy, text.data, text.len);
	seeds[seed_count] = (struct seed){
		.name = strdup(name),
		.text = span_of(copy, text.len),
	};
	return &seeds[seed_count++];
}

static void
add_row(char *line)
{
	static uint8_t bytes[SEED_LEN_MAX];
	char *name = strchr(line, '\t');
	char *base64 = name == NULL ? NULL : strchr(name + 1, '\t');
	size_t len = 0;

	if (base64 == NULL)
		die("a row of another form");
	*name++ = *base64++ = '\0';
	base64[strcspn(base64, "\n")] = '\0';
	if (base64[0] != '\0' &&
	    !text_unbase64(span_of_text(base64), bytes, &len))
		die(name);
	add_seed(name, span_of(bytes, len))->is_accepted =
	    strcmp(line, "accept") == 0;
}

/* The two of the suite that are too long for a file. */
static void
add_long(const char *name, const char *piece, size_t times)
{
	struct writer w = writer_heap(TEXT_LEN_MAX);

	for (size_t i = 0; i < times; i++)
		writer_text(&w, piece);
	(void)add_seed(name, writer_view(&w));
	writer_done(&w);
}

static void
add_suite(const char *path)
{
	static char line[2 * SEED_LEN_MAX];
	FILE *file = fopen(path, "r");

	if (file == NULL)
		die(path);
	while (fgets(line, sizeof(line), file) != NULL)
		if (line[0] != '#')
			add_row(line);
	(void)fclose(file);
}

static void
add_file(const char *path)
{
	static char text[SEED_LEN_MAX];
	FILE *file = fopen(path, "r");

	if (file == NULL)
		die(path);
	size_t len = fread(text, 1, sizeof(text), file);
	(void)fclose(file);
	add_seed(path, span_of(text, len))->is_accepted = true;
}

/* ---- mutants ---- */

static uint64_t state = 0x9e3779b97f4a7c15;

static size_t
draw(size_t below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return below == 0 ? 0 : (size_t)(state % below);
}

struct mutant {
	uint8_t bytes[2 * SEED_LEN_MAX];
	size_t len;
};

/* What stands from `at` on gives way to `len` bytes. */
static void
splice(struct mutant *mutant, size_t at, size_t cut, struct span in)
{
	size_t left = mutant->len - at;

	if (cut > left)
		cut = left;
	if (mutant->len - cut + in.len > sizeof(mutant->bytes))
		return;
	memmove(
	    mutant->bytes + at + in.len, mutant->bytes + at + cut, left - cut);
	if (in.len > 0)
		memcpy(mutant->bytes + at, in.data, in.len);
	mutant->len += in.len - cut;
}

static const char *const words[] = { "[", "]", "{", "}", ",", ":", "\"", "\\",
	"\\u0000", "\\ud800", "\\udc00", "\\ud83d\\ude00", "\\u12", "\\x41",
	"\\\"", "null", "true", "false", "nul", "NaN", "Infinity", "-Infinity",
	"0", "-0", "00", "01", "-", "+1", "1.", ".1", "1.0", "1e5", "1E+5",
	"1e", "1e400", "-1e400", "1e-400", "0x1", "18446744073709551616",
	"9223372036854775808", "123456789012345678901234567890", " ", "\t",
	"\n", "\r", "\f", "\v", "\x01", "\x7f", "\xc0\xaf", "\xed\xa0\x80",
	"\xef\xbb\xbf", "\xef\xbf\xbf", "\xf4\x90\x80\x80", "\xff", "\xe2\x80",
	"\xc2\x85", "\xe2\x80\xa8", "\xf0\x9f\x98\x80", "//", "/**/", "'",
	"\"a\":1,", "\"a\":1,\"a\":2", "\"\\u0061\":3,", "[[[[[[[[", "]]]]]]]]",
	"[1,[2,[3,[4,[5,[6,[7,[8,",
	"{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":", "}}}}}}}}",
	"[],[],[],[],[],[],[],[]," };

/* Two in an array, or one in an object. */
static void
wrap(struct mutant *mutant, struct span other)
{
	bool is_array = draw(2) == 0;

	splice(mutant, 0, 0, span_of_text(is_array ? "[" : "{\"a\":"));
	if (is_array) {
		splice(mutant, mutant->len, 0, span_of_text(","));
		splice(mutant, mutant->len, 0, other);
	}
	splice(mutant, mutant->len, 0, span_of_text(is_array ? "]" : "}"));
}

static void
mutate_once(struct mutant *mutant)
{
	size_t at = draw(mutant->len + 1);
	const char *word = words[draw(sizeof(words) / sizeof(words[0]))];
	const struct seed *other = &seeds[draw(seed_count)];
	struct span part =
	    span_part(other->text, draw(other->text.len + 1), other->text.len);
	uint8_t byte = (uint8_t)draw(256);

	switch (draw(9)) {
	case 7:
	case 8:
		wrap(mutant, other->text);
		break;
	case 0:
		splice(mutant, at, 1, span_of(&byte, 1));
		break;
	case 1:
		splice(mutant, at, draw(4), SPAN_EMPTY);
		break;
	case 2:
		splice(mutant, at, draw(64), SPAN_EMPTY);
		break;
	case 3:
		splice(mutant, at, draw(2), span_part(part, 0, draw(64)));
		break;
	case 4:
		for (size_t i = draw(40) / 8; i > 0; i--)
			splice(mutant, at, 0, span_of_text(word));
		break;
	default:
		splice(mutant, at, draw(3), span_of_text(word));
		break;
	}
}

static void
put_text(struct span text)
{
	uint8_t buffer[4];
	struct writer w = writer_of(buffer, sizeof(buffer));

	writer_u32(&w, (uint32_t)text.len);
	(void)fwrite(buffer, 1, sizeof(buffer), stdout);
	(void)fwrite(text.data, 1, text.len, stdout);
}

static void
put_mutant(void)
{
	static struct mutant mutant;
	const struct seed *seed = &seeds[draw(seed_count)];

	/* most of them from something good */
	for (size_t i = 0; i < 3 && !seed->is_accepted; i++)
		seed = &seeds[draw(seed_count)];
	mutant.len = 0;
	splice(&mutant, 0, 0, seed->text);
	for (size_t i = 1 + draw(4); i > 0; i--)
		mutate_once(&mutant);
	put_text(span_of(mutant.bytes, mutant.len));
}

/* ---- the gate ---- */

static bool
accepts(struct span text)
{
	struct json *json;
	enum err err = json_parse(text, &json, NULL);

	if (err == ERR_OK)
		json_done(json);
	else if (err != ERR_SYNTAX && err != ERR_LIMIT)
		die(err_name(err));
	return err == ERR_OK;
}

static int
check_suite(void)
{
	bool is_bad = false;

	for (size_t i = 0; i < seed_count; i++) {
		bool is_fine = accepts(seeds[i].text) == seeds[i].is_accepted;
		is_bad |= !is_fine;
		printf("%s %zu - %s\n", is_fine ? "ok" : "not ok", i + 1,
		    seeds[i].name);
	}
	printf("1..%zu\n", seed_count);
	return is_bad;
}

static int
judge_all(void)
{
	static uint8_t text[TEXT_LEN_MAX];
	uint8_t head[4];

	while (fread(head, 1, sizeof(head), stdin) == sizeof(head)) {
		size_t len = (size_t)head[0] << 24 | (size_t)head[1] << 16 |
		    (size_t)head[2] << 8 | head[3];
		if (len > sizeof(text) || fread(text, 1, len, stdin) != len)
			die("a text is cut");
		(void)putchar(accepts(span_of(text, len)) ? 'a' : 'r');
	}
	return 0;
}

int
main(int argc, char **argv)
{
	const char *mode = argc > 1 ? argv[1] : "";

	json_start();
	if (strcmp(mode, "judge") == 0)
		return judge_all();
	bool is_mutating = strcmp(mode, "mutate") == 0;
	if (argc < (is_mutating ? 4 : 3))
		die("see tests/hostile/json_gate.c");
	add_suite(argv[is_mutating ? 3 : 2]);
	for (int i = 4; is_mutating && i < argc; i++)
		add_file(argv[i]);
	if (!is_mutating) {
		add_long("n_structure_100000_opening_arrays", "[", 100000);
		add_long("n_structure_open_array_object", "[{\"\":", 50000);
	}
	if (strcmp(mode, "suite") == 0)
		return check_suite();
	for (size_t i = 0; !is_mutating && i < seed_count; i++)
		put_text(seeds[i].text);
	for (unsigned long i = strtoul(argv[2], NULL, 10); is_mutating && i > 0;
	     i--)
		put_mutant();
	return 0;
}
