/* reader: what writer wrote, and a failure that stays. */
#include "tests/unit.h"

#include "schema/reader.h"

static const uint8_t bytes[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14,
	15, 'a', 'b' };

static void
test_numbers_are_big_endian(void **state)
{
	struct reader r = reader_of(span_of(bytes, sizeof(bytes)));
	uint8_t copy[2];
	(void)state;

	assert_int_equal(0x01, reader_u8(&r));
	assert_int_equal(0x0203, reader_u16(&r));
	assert_int_equal(0x04050607, reader_u32(&r));
	assert_true(reader_u64(&r) == 0x08090a0b0c0d0e0fu);
	assert_int_equal(ERR_SYNTAX, reader_end(&r)); /* more is there */
	reader_copy(&r, copy, sizeof(copy));
	assert_memory_equal("ab", copy, 2);
	assert_true(reader_is_empty(&r));
	assert_err(ERR_OK, reader_end(&r));
}

static void
test_every_cut_fails_and_stays_failed(void **state)
{
	(void)state;
	for (size_t len = 0; len < sizeof(bytes); len++) {
		struct reader r = reader_of(span_of(bytes, len));
		uint8_t copy[2] = { 9, 9 };
		(void)reader_u8(&r);
		(void)reader_u16(&r);
		(void)reader_u32(&r);
		(void)reader_u64(&r);
		reader_copy(&r, copy, sizeof(copy));
		assert_memory_equal("\0\0", copy, 2);
		assert_err(ERR_SYNTAX, reader_end(&r));
		assert_int_equal(0, reader_take(&r, 0).len);
		assert_int_equal(0, reader_u64(&r));
		assert_err(ERR_SYNTAX, reader_end(&r));
	}
}

static void
test_a_length_beyond_the_end_fails(void **state)
{
	struct reader r = reader_of(span_of(bytes, sizeof(bytes)));
	(void)state;

	assert_int_equal(0, reader_take(&r, SIZE_MAX).len);
	assert_true(reader_is_empty(&r));
	assert_err(ERR_SYNTAX, reader_end(&r));
}

static void
test_lines(void **state)
{
	struct reader r = reader_of(span_of_text("a\n\nb"));
	(void)state;

	assert_span_text("a", reader_line(&r));
	assert_span_text("", reader_line(&r));
	assert_err(ERR_OK, r.err);
	assert_span_text("", reader_line(&r)); /* no LF */
	assert_err(ERR_SYNTAX, reader_end(&r));
}

struct expect_row {
	const char *name;
	const char *text;
	enum err expected;
};

static const struct expect_row expect_rows[] = {
	{ "expect: all of it", "head", ERR_OK },
	{ "expect: more behind", "heads", ERR_SYNTAX },
	{ "expect: another", "heat", ERR_SYNTAX },
	{ "expect: short", "hea", ERR_SYNTAX },
	{ "expect: nothing", "", ERR_SYNTAX },
};

static void
test_expect(void **state)
{
	const struct expect_row *row = *state;
	struct reader r = reader_of(span_of_text(row->text));

	reader_expect(&r, "head");
	assert_err(row->expected, reader_end(&r));
}

static void
test_requirements(void **state)
{
	struct reader r = reader_of(SPAN_EMPTY);
	(void)state;

	reader_require(&r, true);
	assert_err(ERR_OK, reader_end(&r));
	reader_require(&r, false);
	reader_require(&r, true);
	assert_err(ERR_SYNTAX, reader_end(&r));
}

int
main(int argc, char **argv)
{
	UNIT(test_numbers_are_big_endian);
	UNIT(test_every_cut_fails_and_stays_failed);
	UNIT(test_a_length_beyond_the_end_fails);
	UNIT(test_lines);
	UNIT_ROWS(expect_rows, test_expect);
	UNIT(test_requirements);
	return unit_run(argc, argv);
}
