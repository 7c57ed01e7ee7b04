/* err: every row is whole, and a sentence never steers a terminal. */
#include "tests/unit.h"

#include "schema/text.h"

static const enum err all[] = {
#define X(name, class, status, code, text) name,
	ERR_TABLE(X)
#undef X
};

static void
test_classes_agree_with_status_and_exit_code(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		enum err err = all[i];
		int status = err_status(err);
		int code = err_exit_code(err);
		assert_memory_equal("ERR_", err_name(err), 4);
		assert_true(err_text(err)[0] != '\0');
		switch (err_class(err)) {
		case ERR_CLASS_NONE:
			assert_int_equal(ERR_OK, err);
			assert_int_equal(200, status);
			assert_int_equal(0, code);
			break;
		case ERR_CLASS_INPUT:
			assert_in_range(status, 400, 499);
			assert_in_range(code, 1, 3);
			break;
		case ERR_CLASS_RETRY:
			assert_true(status == 429 || status == 503);
			assert_int_equal(3, code);
			break;
		case ERR_CLASS_FAULT:
		case ERR_CLASS_CORRUPT:
			assert_in_range(status, 500, 599);
			assert_in_range(code, 1, 3);
			break;
		}
	}
}

static void
test_why_hands_the_error_back(void **state)
{
	struct why w;
	(void)state;

	assert_err(ERR_LIMIT, why(&w, ERR_LIMIT, "name: %d bytes", 65));
	assert_string_equal("name: 65 bytes", w.text);
	assert_err(ERR_LIMIT, why(NULL, ERR_LIMIT, "nobody listens"));
	why_prefix(&w, "line 3");
	assert_string_equal("line 3: name: 65 bytes", w.text);
	why_prefix(NULL, "nobody");
}

struct why_row {
	const char *name;
	const char *input;
	const char *expected;
};

static const struct why_row why_rows[] = {
	{ "why: plain", "plain", "plain" },
	{ "why: accents stay", "\xc3\xa9\xe2\x82\xac", "\xc3\xa9\xe2\x82\xac" },
	{ "why: an escape", "\x1b[31m", "?[31m" },
	{ "why: a line feed", "a\nb", "a?b" },
	{ "why: DEL", "a\x7f", "a?" },
	{ "why: a lone continuation", "a\x80z", "a?z" },
	{ "why: cut short", "a\xe2\x82", "a??" },
	{ "why: no UTF-8 at all", "\xff\xfe", "??" },
	{ "why: a C1 control, as CSI is one",
	    "a\xc2\x9b"
	    "31m",
	    "a??31m" },
	{ "why: the first that is none", "\xc2\xa0", "\xc2\xa0" },
	{ "why: an overlong escape", "\xe0\x80\x9b[", "???[" },
	{ "why: a surrogate", "\xed\xa0\x80", "???" },
	{ "why: beyond the last", "\xf4\x90\x80\x80", "????" },
	{ "why: right-to-left override", "\xe2\x80\xaetxt", "???txt" },
	{ "why: a tag character", "\xf3\xa0\x81\x81", "????" },
};

static void
test_why_is_printable(void **state)
{
	const struct why_row *row = *state;
	struct why w;

	(void)why(&w, ERR_SYNTAX, "%s", row->input);
	assert_string_equal(row->expected, w.text);
	assert_true(text_is_utf8(span_of_text(w.text)));
}

static void
test_long_sentences_are_cut(void **state)
{
	char input[2 * sizeof(((struct why *)NULL)->text)];
	struct why w;
	(void)state;

	for (size_t i = 0; i < sizeof(input); i++)
		input[i] = "\xe2\x82\xac"[i % 3];
	input[sizeof(input) - 1] = '\0';
	(void)why(&w, ERR_SYNTAX, "a%s", input);
	assert_int_equal(sizeof(w.text) - 1, strlen(w.text));
	assert_true(text_is_utf8(span_of_text(w.text)));
	why_prefix(&w, "one");
	why_prefix(&w, "two");
	assert_memory_equal("two: one: a", w.text, 11);
	assert_true(text_is_utf8(span_of_text(w.text)));
}

int
main(int argc, char **argv)
{
	UNIT(test_classes_agree_with_status_and_exit_code);
	UNIT(test_why_hands_the_error_back);
	UNIT_ROWS(why_rows, test_why_is_printable);
	UNIT(test_long_sentences_are_cut);
	return unit_run(argc, argv);
}
