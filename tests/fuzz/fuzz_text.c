/* text: whatever decodes, encodes to itself. */
#include <assert.h>

#include "schema/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void
try_base64(struct span text)
{
	uint8_t *bytes = malloc(text.len / 4 * 3 + 1);
	char *back = malloc(text.len + 4);
	size_t len;

	assert(bytes != NULL && back != NULL);
	if (text_unbase64(text, bytes, &len)) {
		assert(TEXT_BASE64_LEN(len) == text.len);
		text_base64(span_of(bytes, len), back);
		assert(span_equal(text, span_of(back, text.len)));
	}
	free(bytes);
	free(back);
}

static void
try_hex(struct span text)
{
	uint8_t bytes[32];
	char back[TEXT_HEX_LEN(sizeof(bytes))];

	if (text.len / 2 <= sizeof(bytes) &&
	    text_unhex(text, bytes, text.len / 2)) {
		text_hex(span_of(bytes, text.len / 2), back);
		assert(span_equal(text, span_of(back, text.len)));
	}
}

static void
try_numbers(struct span text)
{
	char digits[TEXT_DECIMAL_MAX];
	char time[TEXT_TIME_LEN];
	uint64_t value;

	if (text_undecimal(text, UINT64_MAX, &value))
		assert(span_equal(
		    text, span_of(digits, text_decimal(value, digits))));
	if (text_untime(text, &value)) {
		uint64_t back;
		text_time(value, time);
		assert(text_untime(span_of(time, sizeof(time)), &back));
		assert(back == value);
		/* the date and the time of day come back as they were */
		assert(memcmp(time, text.data, 19) == 0);
	}
}

static void
try_forms(struct span text)
{
	assert(!text_is_line(text) || text_is_utf8(text));
	assert(!text_is_path(text) || text_is_utf8(text));
	assert(!text_is_uri(text) || text_is_line(text));
	assert(!text_is_version(text) || text_is_line(text));
	if (text_is_name(text))
		assert(text_is_path(text) &&
		    text_is_principal(text_name_principal(text)));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct span text = span_of(data, len);

	try_base64(text);
	try_hex(text);
	try_numbers(text);
	try_forms(text);
	return 0;
}
