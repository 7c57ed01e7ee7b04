/* writer: bounded, sticky, and JSON that reads back. */
#include "tests/unit.h"

#include "schema/writer.h"

static void
write_all(struct writer *w)
{
	static const uint8_t raw[] = { 0xab, 0x01, 0xff };

	writer_u8(w, 1);
	writer_u16(w, 0x0203);
	writer_u32(w, 0x04050607);
	writer_u64(w, 0x08090a0b0c0d0e0fu);
	writer_text(w, "text");
	writer_format(w, "%d,", -7);
	writer_decimal(w, UINT64_MAX);
	writer_hex(w, span_of(raw, sizeof(raw)));
	writer_base64(w, span_of(raw, 2));
	writer_time(w, 0);
	writer_span(w, span_of_text("end"));
	writer_bytes(w, NULL, 0);
}

static const char all[] = "\1\2\3\4\5\6\7\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f"
			  "text-7,18446744073709551615ab01ffqwE="
			  "1970-01-01T00:00:00.000Zend";

static void
test_every_length_is_a_limit(void **state)
{
	(void)state;
	for (size_t cap = 0; cap < sizeof(all) + 2; cap++) {
		char buffer[sizeof(all) + 2];
		memset(buffer, '!', sizeof(buffer));
		struct writer w = writer_of(buffer, cap);
		write_all(&w);
		bool fits = cap >= sizeof(all) - 1;
		assert_err(fits ? ERR_OK : ERR_LIMIT, writer_end(&w));
		assert_span_text(fits ? all : "", writer_view(&w));
		for (size_t i = cap; i < sizeof(buffer); i++)
			assert_int_equal('!', buffer[i]);
	}
}

static void
test_heap_grows_to_its_limit(void **state)
{
	struct writer w = writer_heap(100000);
	(void)state;

	for (size_t i = 0; i < 25000; i++)
		writer_u32(&w, (uint32_t)i);
	assert_err(ERR_OK, writer_end(&w));
	assert_int_equal(100000, writer_view(&w).len);
	writer_u8(&w, 0);
	assert_err(ERR_LIMIT, writer_end(&w));
	writer_text(&w, "");
	assert_err(ERR_LIMIT, writer_end(&w));
	writer_clear(&w);
	writer_text(&w, "again");
	assert_span_text("again", writer_view(&w));
	writer_done(&w);
	writer_text(&w, "after the end");
	assert_int_equal(0, writer_view(&w).len);
}

static void
test_formats_over_a_kilobyte_fail(void **state)
{
	struct writer w = writer_heap(8192);
	(void)state;

	writer_format(&w, "%1023d", 1);
	assert_err(ERR_OK, writer_end(&w));
	writer_format(&w, "%1024d", 1);
	assert_err(ERR_LIMIT, writer_end(&w));
	writer_done(&w);
}

struct json_row {
	const char *name;
	const char *text;
	size_t len;
	const char *expected;
};

#define TEXT(text) text, sizeof(text) - 1

static const struct json_row json_rows[] = {
	{ "json: nothing", TEXT(""), "\"\"" },
	{ "json: plain", TEXT("a b/c"), "\"a b/c\"" },
	{ "json: named escapes", TEXT("\b\f\n\r\t\"\\"),
	    "\"\\b\\f\\n\\r\\t\\\"\\\\\"" },
	{ "json: NUL", TEXT("a\0b"), "\"a\\u0000b\"" },
	{ "json: other controls", TEXT("\x01\x1f\x7f"),
	    "\"\\u0001\\u001f\\u007f\"" },
	{ "json: UTF-8 as it is", TEXT("\xc3\xa9"), "\"\xc3\xa9\"" },
};

static void
test_json(void **state)
{
	const struct json_row *row = *state;
	char buffer[64];
	struct writer w = writer_of(buffer, sizeof(buffer));

	writer_json(&w, span_of(row->text, row->len));
	assert_span_text(row->expected, writer_view(&w));
}

static void
test_members_and_commas(void **state)
{
	char buffer[128];
	struct writer w = writer_of(buffer, sizeof(buffer));
	(void)state;

	writer_u8(&w, '{');
	writer_member_text(&w, "a\"", span_of_text("{"));
	writer_member_number(&w, "b", 0);
	writer_member(&w, "c");
	writer_u8(&w, '[');
	for (unsigned i = 1; i < 4; i++) {
		writer_comma(&w);
		writer_decimal(&w, i);
	}
	writer_text(&w, "]}");
	assert_span_text(
	    "{\"a\\\"\":\"{\",\"b\":0,\"c\":[1,2,3]}", writer_view(&w));
}

int
main(int argc, char **argv)
{
	UNIT(test_every_length_is_a_limit);
	UNIT(test_heap_grows_to_its_limit);
	UNIT(test_formats_over_a_kilobyte_fail);
	UNIT_ROWS(json_rows, test_json);
	UNIT(test_members_and_commas);
	return unit_run(argc, argv);
}
