/* text: one spelling each, tried from both sides. */
#include "tests/unit.h"

#include "schema/text.h"

struct base64_row {
	const char *name;
	const char *text;
	const char *bytes; /* NULL: refused */
};

static const struct base64_row base64_rows[] = {
	{ "base64: nothing", "", "" },
	{ "base64: one byte", "Zg==", "f" },
	{ "base64: two bytes", "Zm8=", "fo" },
	{ "base64: three bytes", "Zm9v", "foo" },
	{ "base64: seven bytes", "Zm9vYmFyIQ==", "foobar!" },
	{ "base64: padding missing", "Zg", NULL },
	{ "base64: half the padding", "Zg=", NULL },
	{ "base64: too much padding", "Zm9v====", NULL },
	{ "base64: spare bits of one byte", "Zh==", NULL },
	{ "base64: spare bits of two bytes", "Zm9=", NULL },
	{ "base64: padding inside", "Zg==Zg==", NULL },
	{ "base64: URL alphabet", "_-8=", NULL },
	{ "base64: white space", "Zm9v\n", NULL },
	{ "base64: a lone =", "====", NULL },
};

static void
test_base64(void **state)
{
	const struct base64_row *row = *state;
	uint8_t out[64];
	size_t len = 99;
	struct span text = span_of_text(row->text);

	if (row->bytes == NULL) {
		assert_false(text_unbase64(text, out, &len));
		assert_int_equal(99, len);
		return;
	}
	char back[64];
	assert_true(text_unbase64(text, out, &len));
	assert_span_text(row->bytes, span_of(out, len));
	text_base64(span_of(out, len), back);
	assert_span(text, span_of(back, TEXT_BASE64_LEN(len)));
}

/* All two-byte endings: exactly the texts that re-encode to themselves pass. */
static void
test_base64_all_endings(void **state)
{
	static const char alphabet[] = "ABQgwxyz0189+/=-_ ";
	(void)state;

	for (size_t i = 0; i < 18u * 18 * 18; i++) {
		char text[4] = { 'Z', alphabet[i % 18], alphabet[i / 18 % 18],
			alphabet[i / 324] };
		uint8_t out[3];
		char back[4];
		size_t len;
		if (!text_unbase64(span_of(text, 4), out, &len))
			continue;
		text_base64(span_of(out, len), back);
		assert_memory_equal(text, back, 4);
	}
}

struct time_row {
	const char *name;
	const char *text;
	uint64_t time_ms; /* UINT64_MAX: refused */
};

static const struct time_row time_rows[] = {
	{ "time: the epoch", "1970-01-01T00:00:00.000Z", 0 },
	{ "time: a leap day", "2024-02-29T12:00:00.500Z", 1709208000500 },
	{ "time: after 2038", "2100-03-01T00:00:00.000Z", 4107542400000 },
	{ "time: the last", "9999-12-31T23:59:59.999Z", 253402300799999 },
	{ "time: no leap year", "2023-02-29T00:00:00Z", UINT64_MAX },
	{ "time: 2100 is none either", "2100-02-29T00:00:00Z", UINT64_MAX },
	{ "time: month 13", "2023-13-01T00:00:00Z", UINT64_MAX },
	{ "time: day 0", "2023-01-00T00:00:00Z", UINT64_MAX },
	{ "time: hour 24", "2023-01-01T24:00:00Z", UINT64_MAX },
	{ "time: a leap second", "2016-12-31T23:59:60Z", UINT64_MAX },
	{ "time: another zone", "2023-01-01T00:00:00+01:00", UINT64_MAX },
	{ "time: no zone", "2023-01-01T00:00:00", UINT64_MAX },
	{ "time: small t", "2023-01-01t00:00:00Z", UINT64_MAX },
	{ "time: an empty fraction", "2023-01-01T00:00:00.Z", UINT64_MAX },
	{ "time: ten digits", "2023-01-01T00:00:00.0123456789Z", UINT64_MAX },
	{ "time: before 1970", "1969-12-31T23:59:59Z", UINT64_MAX },
};

static void
test_time(void **state)
{
	const struct time_row *row = *state;
	uint64_t time_ms = 0;
	struct span text = span_of_text(row->text);

	if (row->time_ms == UINT64_MAX) {
		assert_false(text_untime(text, &time_ms));
		return;
	}
	char out[TEXT_TIME_LEN];
	assert_true(text_untime(text, &time_ms));
	assert_int_equal(row->time_ms, time_ms);
	text_time(time_ms, out);
	assert_span(text, span_of(out, sizeof(out)));
}

static void
test_time_each_day(void **state)
{
	(void)state;
	for (uint64_t day = 0; day < 2932896; day += 13) {
		char out[TEXT_TIME_LEN];
		uint64_t back = 0;
		text_time(day * 86400000, out);
		assert_true(text_untime(span_of(out, sizeof(out)), &back));
		assert_int_equal(day * 86400000, back);
	}
}

static bool
is_decimal(struct span text)
{
	uint64_t value;

	return text_undecimal(text, INT64_MAX, &value);
}

static bool
is_hex(struct span text)
{
	uint8_t out[2];

	return text_unhex(text, out, sizeof(out));
}

struct form_row {
	const char *name;
	bool (*is)(struct span);
	const char *text;
	bool expected;
};

#define A64 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static const struct form_row form_rows[] = {
	{ "decimal: 0", is_decimal, "0", true },
	{ "decimal: 2^63-1", is_decimal, "9223372036854775807", true },
	{ "decimal: 2^63", is_decimal, "9223372036854775808", false },
	{ "decimal: 2^64", is_decimal, "18446744073709551616", false },
	{ "decimal: nothing", is_decimal, "", false },
	{ "decimal: leading zero", is_decimal, "01", false },
	{ "decimal: sign", is_decimal, "+1", false },
	{ "decimal: space", is_decimal, " 1", false },
	{ "hex: four digits", is_hex, "09af", true },
	{ "hex: upper case", is_hex, "09AF", false },
	{ "hex: short", is_hex, "09a", false },
	{ "hex: long", is_hex, "09af0", false },
	{ "utf8: two bytes", text_is_utf8, "\xc3\xa9", true },
	{ "utf8: the last code point", text_is_utf8, "\xf4\x8f\xbf\xbf", true },
	{ "utf8: beyond it", text_is_utf8, "\xf4\x90\x80\x80", false },
	{ "utf8: overlong slash", text_is_utf8, "\xc0\xaf", false },
	{ "utf8: overlong of three", text_is_utf8, "\xe0\x80\xaf", false },
	{ "utf8: a surrogate", text_is_utf8, "\xed\xa0\x80", false },
	{ "utf8: cut short", text_is_utf8, "\xe2\x82", false },
	{ "line: a tab", text_is_line, "a\tb", false },
	{ "line: DEL", text_is_line, "a\x7f", false },
	{ "line: a C1 control", text_is_line, "a\xc2\x85", false },
	{ "line: a no-break space", text_is_line, "a\xc2\xa0", true },
	{ "principal: a mail address", text_is_principal, "a.b-c@d_e", true },
	{ "principal: 64 bytes", text_is_principal, A64, true },
	{ "principal: 65 bytes", text_is_principal, A64 "a", false },
	{ "principal: upper case", text_is_principal, "Lab", false },
	{ "principal: two dots", text_is_principal, "..", false },
	{ "principal: nothing", text_is_principal, "", false },
	{ "name: two segments", text_is_name, "lab/words", true },
	{ "name: four segments", text_is_name, "lab/a/b/c.1", true },
	{ "name: a principal alone", text_is_name, "lab", false },
	{ "name: an empty segment", text_is_name, "lab//a", false },
	{ "name: a slash at the end", text_is_name, "lab/a/", false },
	{ "name: a slash in front", text_is_name, "/lab/a", false },
	{ "name: dot dot", text_is_name, "lab/../a", false },
	{ "name: upper case", text_is_name, "lab/A", false },
	{ "version: semver with build", text_is_version, "1.0.0-rc.1+B", true },
	{ "version: a slash", text_is_version, "1/0", false },
	{ "version: an at sign", text_is_version, "1@0", false },
	{ "version: 65 bytes", text_is_version, A64 "a", false },
	{ "path: nested, with a space", text_is_path, "a b/c.txt", true },
	{ "path: absolute", text_is_path, "/a", false },
	{ "path: dot slash", text_is_path, "./a", false },
	{ "path: dot dot inside", text_is_path, "a/../b", false },
	{ "path: a backslash", text_is_path, "a\\b", false },
	{ "path: a newline", text_is_path, "a\nb", false },
	{ "path: a slash at the end", text_is_path, "a/", false },
	{ "uri: https", text_is_uri, "https://example.org/a?b#c", true },
	{ "uri: git+ssh", text_is_uri, "git+ssh://a/b", true },
	{ "uri: no scheme", text_is_uri, "example.org", false },
	{ "uri: a space", text_is_uri, "https://a b", false },
	{ "uri: a digit first", text_is_uri, "1a:b", false },
	{ "uri: nothing behind", text_is_uri, "https:", false },
};

static void
test_form(void **state)
{
	const struct form_row *row = *state;

	assert_int_equal(row->expected, row->is(span_of_text(row->text)));
}

int
main(int argc, char **argv)
{
	UNIT_ROWS(base64_rows, test_base64);
	UNIT(test_base64_all_endings);
	UNIT_ROWS(time_rows, test_time);
	UNIT(test_time_each_day);
	UNIT_ROWS(form_rows, test_form);
	return unit_run(argc, argv);
}
