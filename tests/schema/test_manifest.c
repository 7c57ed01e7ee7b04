/* manifest: one text of one set of files, and its root.  More of what is
 * refused is in schema/vectors/manifest (test_record_vectors). */
#include "tests/unit.h"

#include "schema/manifest.h"

#define FILES 400

static struct arena *arena;
static char paths[FILES][32];
static struct manifest_line lines[FILES];
static uint8_t bytes[(size_t)1 << 17];

/* `count` files in an order that is not the manifest's; some share content. */
static void
fill(size_t count)
{
	for (size_t i = 0; i < count; i++) {
		size_t at = (i * 7919) % count;
		uint8_t content = (uint8_t)(at % 97);
		(void)snprintf(
		    paths[at], sizeof(paths[at]), "d%zu/f %zu", at % 3, at);
		lines[i] = (struct manifest_line){
			.digest = sha256_of(span_of(&content, 1)),
			.path = span_of_text(paths[at]),
		};
	}
}

/* RFC 6962 section 2.1 as it is written, without recursion: the hashes of a
 * level, paired; a last one alone goes up as it is. */
static struct hash
naive_root(struct span text)
{
	static struct hash level[FILES];
	struct span line;
	size_t count = 0;

	while (span_cut(&text, '\n', &line))
		level[count++] = tree_leaf(line);
	while (count > 1) {
		size_t up = 0;
		for (size_t i = 0; i < count; i += 2)
			level[up++] = i + 1 < count
			    ? tree_node(&level[i], &level[i + 1])
			    : level[i];
		count = up;
	}
	return count == 1 ? level[0] : tree_empty();
}

static void
test_round_trip(void **state)
{
	static const size_t counts[] = { 1, 2, 3, 4, 5, 7, 8, 9, 63, 64, 65,
		255, 256, 257, 399 };
	(void)state;

	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		struct writer w = writer_of(bytes, sizeof(bytes));
		struct manifest_line *parsed;
		size_t count;
		fill(counts[i]);
		arena_reset(arena);
		assert_err(ERR_OK, manifest_print(lines, counts[i], &w, NULL));
		struct span text = writer_view(&w);
		assert_err(
		    ERR_OK, manifest_parse(text, arena, &parsed, &count, NULL));
		assert_int_equal(counts[i], count);
		for (size_t j = 0; j < count; j++) {
			assert_span(lines[j].path, parsed[j].path);
			assert_true(
			    hash_equal(&lines[j].digest, &parsed[j].digest));
		}
		struct hash root = manifest_root(text);
		struct hash naive = naive_root(text);
		assert_true(hash_equal(&naive, &root));
	}
}

static void
test_root_of_no_lines(void **state)
{
	struct hash root = manifest_root(SPAN_EMPTY);
	struct hash empty = tree_empty();
	(void)state;

	assert_true(hash_equal(&empty, &root));
}

static void
test_prefixes_and_flips(void **state)
{
	struct writer w = writer_of(bytes, sizeof(bytes));
	struct manifest_line *parsed;
	size_t count;
	(void)state;

	fill(5);
	assert_err(ERR_OK, manifest_print(lines, 5, &w, NULL));
	struct span text = writer_view(&w);
	struct hash root = manifest_root(text);
	for (size_t len = 0; len < text.len; len++) {
		bool is_whole = len > 0 && text.data[len - 1] == '\n';
		arena_reset(arena);
		assert_err(is_whole ? ERR_OK : ERR_SYNTAX,
		    manifest_parse(
			span_part(text, 0, len), arena, &parsed, &count, NULL));
	}
	for (size_t at = 0; at < text.len * 8; at++) {
		bytes[at / 8] ^= (uint8_t)(1u << at % 8);
		struct hash other = manifest_root(text);
		assert_false(hash_equal(&root, &other));
		bytes[at / 8] ^= (uint8_t)(1u << at % 8);
	}
}

struct path_row {
	const char *name;
	const char *path;
	enum err expected;
};

static const struct path_row path_rows[] = {
	{ "a space and accents", "a b/\xc3\xa9.txt", ERR_OK },
	{ "a star in front", "*a", ERR_OK },
	{ "two spaces in front", "  a", ERR_OK },
	{ "nothing", "", ERR_SYNTAX },
	{ "upwards", "../a", ERR_SYNTAX },
	{ "upwards inside", "a/../../b", ERR_SYNTAX },
	{ "dot slash", "./a", ERR_SYNTAX },
	{ "absolute", "/a", ERR_SYNTAX },
	{ "twice a slash", "a//b", ERR_SYNTAX },
	{ "a slash at the end", "a/", ERR_SYNTAX },
	{ "a backslash", "a\\b", ERR_SYNTAX },
	{ "a newline", "a\nb", ERR_SYNTAX },
	{ "a carriage return", "a\rb", ERR_SYNTAX },
	{ "broken UTF-8", "a\xff", ERR_SYNTAX },
};

/* Refused when making and when reading. */
static void
test_path(void **state)
{
	const struct path_row *row = *state;
	struct writer w = writer_of(bytes, sizeof(bytes));
	struct manifest_line line = { .path = span_of_text(row->path) };
	struct manifest_line back;
	char text[256];

	assert_err(row->expected, manifest_print(&line, 1, &w, NULL));
	int len = snprintf(text, sizeof(text), "%064d  %s", 0, row->path);
	enum err err = manifest_line_parse(span_of(text, (size_t)len), &back);
	assert_err(row->expected, err);
	if (err == ERR_OK)
		assert_span_text(row->path, back.path);
}

static void
test_path_twice(void **state)
{
	struct writer w = writer_of(bytes, sizeof(bytes));
	struct why why_twice = { "" };
	(void)state;

	fill(100);
	lines[3].path = lines[90].path;
	assert_err(ERR_CONFLICT, manifest_print(lines, 100, &w, &why_twice));
	assert_non_null(strstr(why_twice.text, "comes twice"));
	assert_int_equal(0, w.len);
}

static void
test_too_small(void **state)
{
	struct writer w = writer_of(bytes, 66);
	struct arena *small = arena_new(100);
	struct manifest_line *parsed;
	size_t count;
	(void)state;

	fill(1);
	assert_err(ERR_LIMIT, manifest_print(lines, 1, &w, NULL));
	w = writer_of(bytes, sizeof(bytes));
	fill(9);
	assert_err(ERR_OK, manifest_print(lines, 9, &w, NULL));
	assert_err(ERR_LIMIT,
	    manifest_parse(writer_view(&w), small, &parsed, &count, NULL));
	arena_free(small);
}

/* ---- salted ---- */

static struct manifest_salted salted[FILES];

static void
fill_salted(size_t count)
{
	fill(count);
	for (size_t i = 0; i < count; i++) {
		struct hash salt = sha256_of(lines[i].path);
		salted[i].file = lines[i];
		memcpy(salted[i].salt, salt.bytes, MANIFEST_SALT_LEN);
	}
}

static void
test_salted_round_trip(void **state)
{
	static const size_t counts[] = { 1, 2, 3, 64, 65, 399 };
	(void)state;

	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		struct writer w = writer_of(bytes, sizeof(bytes));
		struct manifest_salted *parsed;
		size_t count;
		fill_salted(counts[i]);
		arena_reset(arena);
		assert_err(
		    ERR_OK, manifest_print_salted(salted, counts[i], &w, NULL));
		struct span text = writer_view(&w);
		assert_err(ERR_OK,
		    manifest_parse_salted(text, arena, &parsed, &count, NULL));
		assert_int_equal(counts[i], count);
		for (size_t j = 0; j < count; j++) {
			assert_span(salted[j].file.path, parsed[j].file.path);
			assert_memory_equal(
			    salted[j].salt, parsed[j].salt, MANIFEST_SALT_LEN);
		}
		struct hash root = manifest_root(text);
		struct hash naive = naive_root(text);
		assert_true(hash_equal(&naive, &root));
	}
}

static void
test_salted_prefixes_and_flips(void **state)
{
	struct writer w = writer_of(bytes, sizeof(bytes));
	struct manifest_salted *parsed;
	size_t count;
	(void)state;

	fill_salted(5);
	assert_err(ERR_OK, manifest_print_salted(salted, 5, &w, NULL));
	struct span text = writer_view(&w);
	struct hash root = manifest_root(text);
	for (size_t len = 0; len < text.len; len++) {
		bool is_whole = len > 0 && text.data[len - 1] == '\n';
		arena_reset(arena);
		assert_err(is_whole ? ERR_OK : ERR_SYNTAX,
		    manifest_parse_salted(
			span_part(text, 0, len), arena, &parsed, &count, NULL));
	}
	for (size_t at = 0; at < text.len * 8; at++) {
		bytes[at / 8] ^= (uint8_t)(1u << at % 8);
		struct hash other = manifest_root(text);
		assert_false(hash_equal(&root, &other));
		bytes[at / 8] ^= (uint8_t)(1u << at % 8);
	}
}

static void
test_salted_path(void **state)
{
	const struct path_row *row = *state;
	struct writer w = writer_of(bytes, sizeof(bytes));
	struct manifest_salted line = { .file.path = span_of_text(row->path) };
	struct manifest_salted back;
	char text[256];

	assert_err(row->expected, manifest_print_salted(&line, 1, &w, NULL));
	int len =
	    snprintf(text, sizeof(text), "%032d %064d  %s", 0, 0, row->path);
	enum err err =
	    manifest_line_parse_salted(span_of(text, (size_t)len), &back);
	assert_err(row->expected, err);
	if (err == ERR_OK)
		assert_span_text(row->path, back.file.path);
}

/* A path or a salt twice: whoever makes them is told, and nothing is written. */
static void
test_salted_twice(void **state)
{
	struct writer w = writer_of(bytes, sizeof(bytes));
	struct why why_twice = { "" };
	(void)state;

	fill_salted(100);
	salted[3].file.path = salted[90].file.path;
	assert_err(
	    ERR_CONFLICT, manifest_print_salted(salted, 100, &w, &why_twice));
	assert_non_null(strstr(why_twice.text, "path: "));
	fill_salted(100);
	memcpy(salted[3].salt, salted[90].salt, MANIFEST_SALT_LEN);
	assert_err(
	    ERR_CONFLICT, manifest_print_salted(salted, 100, &w, &why_twice));
	assert_string_equal("salt: one comes twice", why_twice.text);
	assert_int_equal(0, w.len);
}

int
main(int argc, char **argv)
{
	arena = arena_new((size_t)1 << 20);
	UNIT(test_round_trip);
	UNIT(test_root_of_no_lines);
	UNIT(test_prefixes_and_flips);
	UNIT_ROWS(path_rows, test_path);
	UNIT(test_path_twice);
	UNIT(test_too_small);
	UNIT(test_salted_round_trip);
	UNIT(test_salted_prefixes_and_flips);
	UNIT_ROWS(path_rows, test_salted_path);
	UNIT(test_salted_twice);
	int failed = unit_run(argc, argv);
	arena_free(arena);
	return failed;
}
