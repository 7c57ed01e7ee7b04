/* span: edges, empty ones above all. */
#include "tests/unit.h"

struct compare_row {
	const char *name;
	const char *a;
	const char *b;
	int expected;
};

static const struct compare_row compare_rows[] = {
	{ "compare: equal", "ab", "ab", 0 },
	{ "compare: nothing and nothing", "", "", 0 },
	{ "compare: nothing first", "", "a", -1 },
	{ "compare: a prefix first", "a", "ab", -1 },
	{ "compare: by byte", "b", "ab", 1 },
	{ "compare: bytes have no sign", "\xff", "\x01", 1 },
};

static void
test_compare(void **state)
{
	const struct compare_row *row = *state;
	struct span a = span_of_text(row->a);
	struct span b = span_of_text(row->b);
	int order = span_compare(a, b);

	assert_int_equal(row->expected < 0, order < 0);
	assert_int_equal(row->expected > 0, order > 0);
	assert_int_equal(row->expected == 0, span_equal(a, b));
	assert_int_equal(row->expected == 0, span_is(a, row->b));
}

static void
test_empty_spans_of_any_origin_are_equal(void **state)
{
	(void)state;
	assert_true(span_equal(SPAN_EMPTY, span_of_text("")));
	assert_true(span_starts(SPAN_EMPTY, ""));
	assert_false(span_starts(SPAN_EMPTY, "a"));
	assert_int_equal(0, span_find(SPAN_EMPTY, 'a'));
	assert_span_text("", span_part(SPAN_EMPTY, 0, 1));
}

static void
test_parts_are_cut_to_what_is_there(void **state)
{
	struct span text = span_of_text("abcd");
	(void)state;

	assert_span_text("bc", span_part(text, 1, 2));
	assert_span_text("bcd", span_part(text, 1, 3));
	assert_span_text("bcd", span_part(text, 1, SIZE_MAX));
	assert_span_text("", span_part(text, 4, 1));
	assert_span_text("", span_part(text, SIZE_MAX, SIZE_MAX));
}

static void
test_cutting_takes_the_separator(void **state)
{
	struct span rest = span_of_text("a,,b");
	struct span before;
	(void)state;

	assert_true(span_cut(&rest, ',', &before));
	assert_span_text("a", before);
	assert_true(span_cut(&rest, ',', &before));
	assert_span_text("", before);
	before = span_of_text("kept");
	assert_false(span_cut(&rest, ',', &before));
	assert_span_text("kept", before);
	assert_span_text("b", rest);
	rest = span_of_text(",");
	assert_true(span_cut(&rest, ',', &before));
	assert_span_text("", rest);
}

int
main(int argc, char **argv)
{
	UNIT_ROWS(compare_rows, test_compare);
	UNIT(test_empty_spans_of_any_origin_are_equal);
	UNIT(test_parts_are_cut_to_what_is_there);
	UNIT(test_cutting_takes_the_separator);
	return unit_run(argc, argv);
}
