#include "schema/text.h"

#include <string.h>

static const char hex_digits[] = "0123456789abcdef";
static const char base64_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void
text_hex(struct span bytes, char *out)
{
	for (size_t i = 0; i < bytes.len; i++) {
		out[2 * i] = hex_digits[bytes.data[i] >> 4];
		out[2 * i + 1] = hex_digits[bytes.data[i] & 15];
	}
}

/* One more than its value; 0 for what is no lower-case digit.  A table, since
 * which of the two kinds a digit is cannot be foretold. */
static const uint8_t hex_values[UINT8_MAX + 1] = {
	['0'] = 1,
	['1'] = 2,
	['2'] = 3,
	['3'] = 4,
	['4'] = 5,
	['5'] = 6,
	['6'] = 7,
	['7'] = 8,
	['8'] = 9,
	['9'] = 10,
	['a'] = 11,
	['b'] = 12,
	['c'] = 13,
	['d'] = 14,
	['e'] = 15,
	['f'] = 16,
};

bool
text_unhex(struct span text, uint8_t *out, size_t len)
{
	unsigned bad = 0;

	if (text.len != TEXT_HEX_LEN(len))
		return false;
	for (size_t i = 0; i < text.len; i++)
		bad |= hex_values[text.data[i]] == 0;
	if (bad != 0)
		return false;
	for (size_t i = 0; i < len; i++) {
		unsigned high = hex_values[text.data[2 * i]] - 1U;
		unsigned low = hex_values[text.data[2 * i + 1]] - 1U;
		out[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

static void
encode_group(const uint8_t bytes[static 3], char out[static 4])
{
	uint32_t group = (uint32_t)bytes[0] << 16 | (uint32_t)bytes[1] << 8 |
	    (uint32_t)bytes[2];

	out[0] = base64_digits[group >> 18];
	out[1] = base64_digits[group >> 12 & 63];
	out[2] = base64_digits[group >> 6 & 63];
	out[3] = base64_digits[group & 63];
}

void
text_base64(struct span bytes, char *out)
{
	uint8_t rest[3] = { 0 };
	size_t i = 0;

	for (; bytes.len - i >= 3; i += 3, out += 4)
		encode_group(bytes.data + i, out);
	if (i == bytes.len)
		return;
	memcpy(rest, bytes.data + i, bytes.len - i);
	encode_group(rest, out);
	out[3] = '=';
	if (bytes.len - i == 1)
		out[2] = '=';
}

/* Value of each byte as a base64 digit, 64 for anything else: a table, since a
 * search per digit costs ten times as much on the write path. */
/* clang-format off */
static const uint8_t base64_values[256] = {
#define N8 64, 64, 64, 64, 64, 64, 64, 64
	N8, N8, N8, N8, N8,
	64, 64, 64, 62, 64, 64, 64, 63,
	52, 53, 54, 55, 56, 57, 58, 59,
	60, 61, 64, 64, 64, 64, 64, 64,
	64, 0, 1, 2, 3, 4, 5, 6,
	7, 8, 9, 10, 11, 12, 13, 14,
	15, 16, 17, 18, 19, 20, 21, 22,
	23, 24, 25, 64, 64, 64, 64, 64,
	64, 26, 27, 28, 29, 30, 31, 32,
	33, 34, 35, 36, 37, 38, 39, 40,
	41, 42, 43, 44, 45, 46, 47, 48,
	49, 50, 51, 64, 64, 64, 64, 64,
	N8, N8, N8, N8, N8, N8, N8, N8,
	N8, N8, N8, N8, N8, N8, N8, N8,
#undef N8
};
/* clang-format on */

/* Four digits to 24 bits; false when one of them is no digit. */
static bool
decode_group(const uint8_t *digits, uint32_t *ret_group)
{
	uint32_t a = base64_values[digits[0]];
	uint32_t b = base64_values[digits[1]];
	uint32_t c = base64_values[digits[2]];
	uint32_t d = base64_values[digits[3]];

	*ret_group = a << 18 | b << 12 | c << 6 | d;
	return ((a | b | c | d) & 64) == 0;
}

/* The last group, which may be padded: spare bits must be zero. */
static bool
decode_last(const uint8_t *digits, uint8_t *out, size_t *ret_len)
{
	uint8_t filled[4];
	size_t pad = digits[3] != '=' ? 0 : digits[2] != '=' ? 1 : 2;
	uint32_t group;

	memcpy(filled, digits, sizeof(filled));
	memset(filled + 4 - pad, 'A', pad);
	if (!decode_group(filled, &group))
		return false;
	if ((group & ((1u << (8 * pad)) - 1)) != 0)
		return false;
	for (size_t i = 0; i < 3 - pad; i++)
		out[i] = (uint8_t)(group >> (16 - 8 * i));
	*ret_len = 3 - pad;
	return true;
}

bool
text_unbase64(struct span text, uint8_t *out, size_t *ret_len)
{
	size_t last_len = 0;
	size_t at = 0;

	if (text.len % 4 != 0)
		return false;
	for (size_t i = 0; i + 4 < text.len; i += 4) {
		uint32_t group;
		if (!decode_group(text.data + i, &group))
			return false;
		out[at++] = (uint8_t)(group >> 16);
		out[at++] = (uint8_t)(group >> 8);
		out[at++] = (uint8_t)group;
	}
	if (text.len > 0 &&
	    !decode_last(text.data + text.len - 4, out + at, &last_len))
		return false;
	*ret_len = at + last_len;
	return true;
}

size_t
text_decimal(uint64_t value, char out[static TEXT_DECIMAL_MAX])
{
	char digits[TEXT_DECIMAL_MAX];
	size_t len = 0;

	do {
		digits[len++] = (char)('0' + value % 10);
		value /= 10;
	} while (value != 0);
	for (size_t i = 0; i < len; i++)
		out[i] = digits[len - 1 - i];
	return len;
}

bool
text_undecimal(struct span text, uint64_t max, uint64_t *ret)
{
	uint64_t value = 0;

	if (text.len == 0 || text.len > TEXT_DECIMAL_MAX)
		return false;
	if (text.len > 1 && text.data[0] == '0')
		return false;
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] < '0' || text.data[i] > '9')
			return false;
		uint64_t digit = (uint64_t)(text.data[i] - '0');
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, digit, &value))
			return false;
	}
	if (value > max)
		return false;
	*ret = value;
	return true;
}
