#include "client/output.h"

#include "client/options.h"
#include "client/url.h"
#include "tests/unit.h"

#include <stdio.h>
#include <unistd.h>

/* ---- escaping ---- */

struct escape_row {
	const char *name;
	const char *text;
	const char *expected;
};

static const struct escape_row escape_rows[] = {
	{ "plain text", "alice/set 1", "alice/set 1" },
	{ "other scripts", "r\xc3\xa9sum\xc3\xa9 \xe6\xbc\xa2",
	    "r\xc3\xa9sum\xc3\xa9 \xe6\xbc\xa2" },
	{ "a backslash", "a\\b", "a\\\\b" },
	{ "an escape sequence", "\033[2J\a", "\\x1b[2J\\x07" },
	{ "line ends", "a\r\nb", "a\\x0d\\x0ab" },
	{ "DEL", "\x7f", "\\x7f" },
	{ "a C1 control",
	    "\xc2\x9b"
	    "31m",
	    "\\u{9b}31m" },
	{ "right-to-left override", "a\xe2\x80\xaetxt", "a\\u{202e}txt" },
	{ "an isolate", "\xe2\x81\xa6x", "\\u{2066}x" },
	{ "zero width space",
	    "a\xe2\x80\x8b"
	    "b",
	    "a\\u{200b}b" },
	{ "a line separator", "\xe2\x80\xa8", "\\u{2028}" },
	{ "the byte order mark", "\xef\xbb\xbf", "\\u{feff}" },
	{ "a tag character", "\xf3\xa0\x81\x81", "\\u{e0041}" },
	{ "broken UTF-8", "\xff\xc3(", "\\xff\\xc3(" },
	{ "cut UTF-8", "\xe2\x80", "\\xe2\\x80" },
	{ "an overlong form", "\xc0\xaf", "\\xc0\\xaf" },
};

static void
test_escape(void **state)
{
	const struct escape_row *row = *state;
	char buffer[256];
	struct writer w = writer_of(buffer, sizeof(buffer));

	output_escape(span_of_text(row->text), &w);
	assert_span_text(row->expected, writer_view(&w));
}

static void
test_escape_nul(void **state)
{
	char buffer[64];
	struct writer w = writer_of(buffer, sizeof(buffer));

	(void)state;
	output_escape(span_of("a\0b", 3), &w);
	assert_span_text("a\\x00b", writer_view(&w));
}

/* A path in somebody's manifest may hold an escape. */
static void
test_notes_are_printable(void **state)
{
	static const struct output out = { .is_json = false };
	static const char expected[] = "\xc3\xa9?[2J??\n"
				       "warning: a???b\n";
	char text[64] = "";
	FILE *file = tmpfile();
	int kept = dup(STDERR_FILENO);

	(void)state;
	assert_non_null(file);
	assert_true(kept >= 0);
	assert_true(dup2(fileno(file), STDERR_FILENO) >= 0);
	output_note(&out, "\xc3\xa9%s", "\033[2J\xc2\x9b");
	output_warn(&out, "a%sb", "\xe2\x80\xae");
	assert_true(dup2(kept, STDERR_FILENO) >= 0);
	(void)close(kept);
	rewind(file);
	assert_int_equal(
	    sizeof(expected) - 1, fread(text, 1, sizeof(text) - 1, file));
	assert_string_equal(expected, text);
	(void)fclose(file);
}

static void
test_size(void **state)
{
	char text[OUTPUT_SIZE_MAX];

	(void)state;
	assert_string_equal("1 byte", output_size(1, text));
	assert_string_equal("1023 bytes", output_size(1023, text));
	assert_string_equal("1.0 KiB", output_size(1024, text));
	assert_string_equal("1.5 MiB", output_size(3 << 19, text));
	assert_string_equal("16.0 EiB", output_size(UINT64_MAX, text));
}

/* ---- options ---- */

static const struct option_row own[] = {
	{ "proof", 'p', false, "FILE", "" },
	{ "input", 'i', true, "ROLE=PATH", "" },
	{ "strangers", 0, false, NULL, "" },
	{ NULL, 0, false, NULL, NULL },
};

static const struct option_row common[] = {
	{ "json", 0, false, NULL, "" },
	{ NULL, 0, false, NULL, NULL },
};

struct option_test {
	const char *name;
	const char *words[6];
	enum err expected;
	const char *says; /* words, options; or what the sentence holds */
};

static const struct option_test option_tests[] = {
	{ "words and options mixed", { "a", "--json", "b" }, ERR_OK,
	    "a b json" },
	{ "a value in the next word", { "--proof", "x" }, ERR_OK, "proof=x" },
	{ "a value behind =", { "--proof=x=y" }, ERR_OK, "proof=x=y" },
	{ "an empty value", { "--proof=" }, ERR_USAGE, "" },
	{ "a letter", { "-p", "x" }, ERR_OK, "proof=x" },
	{ "a letter with its value", { "-px" }, ERR_OK, "proof=x" },
	{ "one that may be repeated", { "-i", "a", "--input", "b" }, ERR_OK,
	    "input=a input=b" },
	{ "a dash alone is a word", { "-" }, ERR_OK, "-" },
	{ "the end of options", { "--", "--json" }, ERR_OK, "" },
	{ "a value that looks like one", { "--proof", "--json" }, ERR_OK,
	    "proof=--json" },
	{ "twice", { "-p", "a", "-p", "b" }, ERR_USAGE, "twice" },
	{ "no value", { "--proof" }, ERR_USAGE, "missing" },
	{ "a value for a flag", { "--json=yes" }, ERR_USAGE, "no value" },
	{ "a typing mistake", { "--prof" }, ERR_USAGE, "--proof?" },
	{ "a mistake in a common one", { "--jsno" }, ERR_USAGE, "--json?" },
	{ "nothing like it", { "--elephant" }, ERR_USAGE, "--help" },
	{ "an unknown letter", { "-z" }, ERR_USAGE, "-z" },
};

static void
test_options(void **state)
{
	static struct arguments arguments;
	const struct option_test *row = *state;
	char *argv[7] = { NULL };
	char buffer[256];
	struct writer w = writer_of(buffer, sizeof(buffer));
	struct why why = { 0 };

	for (size_t i = 0; i < 6 && row->words[i] != NULL; i++)
		argv[i] = strdup(row->words[i]);
	enum err err = options_parse(argv, own, common, &arguments, &why);
	assert_err(row->expected, err);
	for (size_t i = 0; err == ERR_OK && i < arguments.count; i++)
		writer_format(&w, " %s", arguments.words[i]);
	for (size_t i = 0; err == ERR_OK && i < arguments.given_count; i++) {
		const struct option_given *given = &arguments.given[i];
		writer_format(&w, " %s%s%s", given->row->name,
		    given->value != NULL ? "=" : "",
		    given->value != NULL ? given->value : "");
	}
	if (err == ERR_OK)
		assert_span_text(
		    row->says, span_part(writer_view(&w), 1, sizeof(buffer)));
	else
		assert_non_null(strstr(why.text, row->says));
	for (size_t i = 0; argv[i] != NULL; i++)
		free(argv[i]);
}

static void
test_nearest(void **state)
{
	static const char *const names[] = { "init", "submit", "show", "verify",
		"audit" };
	static const char *const kinds[] = { "code", "model" };

	(void)state;
	assert_string_equal("verify", options_nearest("verfy", names, 5));
	assert_string_equal("audit", options_nearest("aduit", names, 5));
	assert_string_equal("init", options_nearest("int", names, 5));
	/* two that were swapped are one slip, not two */
	assert_string_equal("model", options_nearest("modle", kinds, 2));
	assert_string_equal("code", options_nearest("cod", kinds, 2));
	assert_null(options_nearest("frobnicate", names, 5));
	assert_null(options_nearest("", names, 5));
}

/* ---- URLs ---- */

struct url_row {
	const char *name;
	const char *text;
	const char *kept; /* NULL: refused */
};

static const struct url_row url_rows[] = {
	{ "a host", "https://log.example.org", "https://log.example.org" },
	{ "a final slash", "http://[::1]:80/", "http://[::1]:80" },
	{ "a path", "http://a/b/c//", "http://a/b/c" },
	{ "an at sign in the path", "http://a/@b", "http://a/@b" },
	{ "a user", "http://me@a", NULL },
	{ "a user and a password", "http://me:pw@a/", NULL },
	{ "a query", "http://a/?x=y", NULL },
	{ "a fragment", "http://a/#x", NULL },
	{ "another scheme", "file:///etc/passwd", NULL },
	{ "no host", "http:///x", NULL },
	{ "no scheme", "log.example.org", NULL },
	{ "white space", "http://a b", NULL },
	{ "nothing", "", NULL },
};

static void
test_url(void **state)
{
	const struct url_row *row = *state;
	char url[URL_MAX];
	enum err err = url_parse(row->text, url, NULL);

	assert_err(row->kept == NULL ? ERR_USAGE : ERR_OK, err);
	if (err == ERR_OK)
		assert_string_equal(row->kept, url);
}

static void
test_url_escape(void **state)
{
	char buffer[64];
	struct writer w = writer_of(buffer, sizeof(buffer));

	(void)state;
	url_escape(span_of_text("aZ09-._~ &?/\xff"), &w);
	assert_err(ERR_OK, w.err);
	assert_true(span_is(writer_view(&w), "aZ09-._~%20%26%3F%2F%FF"));
}

int
main(int argc, char **argv)
{
	UNIT_ROWS(escape_rows, test_escape);
	UNIT(test_escape_nul);
	UNIT(test_notes_are_printable);
	UNIT(test_size);
	UNIT_ROWS(option_tests, test_options);
	UNIT(test_nearest);
	UNIT_ROWS(url_rows, test_url);
	UNIT(test_url_escape);
	return unit_run(argc, argv);
}
