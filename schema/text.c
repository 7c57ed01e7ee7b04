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

static int
hex_value(uint8_t digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	if (digit >= 'a' && digit <= 'f')
		return digit - 'a' + 10;
	return -1;
}

bool
text_unhex(struct span text, uint8_t *out, size_t len)
{
	if (text.len != TEXT_HEX_LEN(len))
		return false;
	for (size_t i = 0; i < text.len; i++) {
		if (hex_value(text.data[i]) < 0)
			return false;
	}
	for (size_t i = 0; i < len; i++) {
		int high = hex_value(text.data[2 * i]);
		int low = hex_value(text.data[2 * i + 1]);
		out[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

void
text_base64(struct span bytes, char *out)
{
	size_t at = 0;

	for (size_t i = 0; i < bytes.len; i += 3) {
		size_t left = bytes.len - i;
		uint32_t group = (uint32_t)bytes.data[i] << 16;
		if (left > 1)
			group |= (uint32_t)bytes.data[i + 1] << 8;
		if (left > 2)
			group |= bytes.data[i + 2];
		out[at++] = base64_digits[group >> 18];
		out[at++] = base64_digits[group >> 12 & 63];
		out[at++] = left > 1 ? base64_digits[group >> 6 & 63] : '=';
		out[at++] = left > 2 ? base64_digits[group & 63] : '=';
	}
}

/* Value of each byte as a base64 digit, 64 for anything else: a table, since a
 * search per digit costs ten times as much on the write path. */
static const uint8_t base64_values[256] = {
#define N8 64, 64, 64, 64, 64, 64, 64, 64
	N8,
	N8,
	N8,
	N8,
	N8,
	64,
	64,
	64,
	62,
	64,
	64,
	64,
	63,
	52,
	53,
	54,
	55,
	56,
	57,
	58,
	59,
	60,
	61,
	64,
	64,
	64,
	64,
	64,
	64,
	64,
	0,
	1,
	2,
	3,
	4,
	5,
	6,
	7,
	8,
	9,
	10,
	11,
	12,
	13,
	14,
	15,
	16,
	17,
	18,
	19,
	20,
	21,
	22,
	23,
	24,
	25,
	64,
	64,
	64,
	64,
	64,
	64,
	26,
	27,
	28,
	29,
	30,
	31,
	32,
	33,
	34,
	35,
	36,
	37,
	38,
	39,
	40,
	41,
	42,
	43,
	44,
	45,
	46,
	47,
	48,
	49,
	50,
	51,
	64,
	64,
	64,
	64,
	64,
	N8,
	N8,
	N8,
	N8,
	N8,
	N8,
	N8,
	N8,
	N8,
	N8,
	N8,
	N8,
	N8,
	N8,
	N8,
	N8,
#undef N8
};

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

/* Days since 1970-01-01 to a date in the proleptic Gregorian calendar; years
 * start in March here, so that the leap day is the last of its year. */
static void
date_of_days(uint64_t days, unsigned *year, unsigned *month, unsigned *day)
{
	uint64_t since_era = days + 719468;
	uint64_t era = since_era / 146097;
	uint64_t of_era = since_era % 146097;
	uint64_t year_of_era =
	    (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	uint64_t of_year =
	    of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	uint64_t march_month = (5 * of_year + 2) / 153;

	*day = (unsigned)(of_year - (153 * march_month + 2) / 5 + 1);
	*month =
	    (unsigned)(march_month < 10 ? march_month + 3 : march_month - 9);
	*year = (unsigned)(year_of_era + era * 400 + (*month <= 2 ? 1 : 0));
}

static uint64_t
days_of_date(unsigned year, unsigned month, unsigned day)
{
	uint64_t y = year - (month <= 2 ? 1 : 0);
	uint64_t era = y / 400;
	uint64_t year_of_era = y % 400;
	uint64_t march_month = month > 2 ? month - 3 : month + 9;
	uint64_t of_year = (153 * march_month + 2) / 5 + day - 1;
	uint64_t of_era =
	    year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + of_year;

	return era * 146097 + of_era - 719468;
}

static void
put_digits(char *out, size_t count, uint64_t value)
{
	for (size_t i = count; i-- > 0; value /= 10)
		out[i] = (char)('0' + value % 10);
}

#define TIME_MS_MAX 253402300799999u /* 9999-12-31T23:59:59.999Z */

void
text_time(uint64_t time_ms, char out[static TEXT_TIME_LEN])
{
	unsigned year;
	unsigned month;
	unsigned day;

	if (time_ms > TIME_MS_MAX)
		time_ms = TIME_MS_MAX;
	date_of_days(time_ms / 86400000, &year, &month, &day);
	memcpy(out, "0000-00-00T00:00:00.000Z", TEXT_TIME_LEN);
	put_digits(out, 4, year);
	put_digits(out + 5, 2, month);
	put_digits(out + 8, 2, day);
	put_digits(out + 11, 2, time_ms / 3600000 % 24);
	put_digits(out + 14, 2, time_ms / 60000 % 60);
	put_digits(out + 17, 2, time_ms / 1000 % 60);
	put_digits(out + 20, 3, time_ms % 1000);
}

/* `count` digits at `at` as a number within [min, max]; false otherwise. */
static bool
take_digits(struct span text, size_t at, size_t count, unsigned *ret)
{
	unsigned value = 0;

	for (size_t i = at; i < at + count; i++) {
		if (text.data[i] < '0' || text.data[i] > '9')
			return false;
		value = value * 10 + (unsigned)(text.data[i] - '0');
	}
	*ret = value;
	return true;
}

static bool
is_date(unsigned year, unsigned month, unsigned day)
{
	static const uint8_t month_days[] = { 31, 29, 31, 30, 31, 30, 31, 31,
		30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	if (year < 1970 || month < 1 || month > 12 || day < 1)
		return false;
	if (month == 2 && !leap && day > 28)
		return false;
	return day <= month_days[month - 1];
}

/* What follows the seconds: "Z" or "." 1-9 digits "Z"; gives milliseconds. */
static bool
take_fraction(struct span text, unsigned *ret_ms)
{
	unsigned ms = 0;

	if (span_is(text, "Z")) {
		*ret_ms = 0;
		return true;
	}
	if (text.len < 3 || text.len > 11 || text.data[0] != '.' ||
	    text.data[text.len - 1] != 'Z')
		return false;
	for (size_t i = 1; i + 1 < text.len; i++) {
		if (text.data[i] < '0' || text.data[i] > '9')
			return false;
	}
	for (size_t i = 1; i < 4; i++) {
		bool has_digit = i + 1 < text.len;
		ms = ms * 10 + (has_digit ? (unsigned)(text.data[i] - '0') : 0);
	}
	*ret_ms = ms;
	return true;
}

bool
text_untime(struct span text, uint64_t *ret_ms)
{
	static const char form[] = "....-..-..T..:..:..";
	unsigned part[6];
	unsigned ms;

	if (text.len < sizeof(form))
		return false;
	for (size_t i = 0; i + 1 < sizeof(form); i++) {
		if (form[i] != '.' && text.data[i] != (uint8_t)form[i])
			return false;
	}
	static const uint8_t at[6] = { 0, 5, 8, 11, 14, 17 };
	for (size_t i = 0; i < 6; i++) {
		if (!take_digits(text, at[i], i == 0 ? 4 : 2, &part[i]))
			return false;
	}
	if (!is_date(part[0], part[1], part[2]) || part[3] > 23 ||
	    part[4] > 59 || part[5] > 59 ||
	    !take_fraction(span_part(text, sizeof(form) - 1, text.len), &ms))
		return false;
	uint64_t days = days_of_date(part[0], part[1], part[2]);
	*ret_ms = ((days * 24 + part[3]) * 60 + part[4]) * 60000 +
	    part[5] * 1000u + ms;
	return true;
}

/* Length of the UTF-8 sequence that starts `text`, 0 where it is broken;
 * RFC 3629 section 4, table of well-formed byte sequences. */
static size_t
utf8_len(struct span text)
{
	uint8_t first = text.data[0];
	uint8_t low = 0x80;
	uint8_t high = 0xbf;

	if (first < 0x80)
		return 1;
	if (first < 0xc2 || first > 0xf4)
		return 0;
	size_t len = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
	if (text.len < len)
		return 0;
	if (first == 0xe0)
		low = 0xa0; /* shorter forms exist below */
	if (first == 0xed)
		high = 0x9f; /* surrogates above */
	if (first == 0xf0)
		low = 0x90;
	if (first == 0xf4)
		high = 0x8f; /* beyond U+10FFFF above */
	if (text.data[1] < low || text.data[1] > high)
		return 0;
	for (size_t i = 2; i < len; i++) {
		if ((text.data[i] & 0xc0) != 0x80)
			return 0;
	}
	return len;
}

bool
text_is_utf8(struct span text)
{
	while (text.len > 0) {
		size_t len = utf8_len(text);
		if (len == 0 || text.data[0] == 0)
			return false;
		text = span_part(text, len, text.len);
	}
	return true;
}

bool
text_is_line(struct span text)
{
	if (!text_is_utf8(text))
		return false;
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] < 0x20 || text.data[i] == 0x7f)
			return false;
		/* C1 controls are U+0080 to U+009F: C2 80 to C2 9F */
		if (text.data[i] == 0xc2 && text.data[i + 1] < 0xa0)
			return false;
	}
	return true;
}

static bool
is_name_byte(uint8_t byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') ||
	    byte == '.' || byte == '_' || byte == '@' || byte == '-';
}

static bool
is_name_segment(struct span text)
{
	if (text.len == 0 || span_is(text, ".") || span_is(text, ".."))
		return false;
	for (size_t i = 0; i < text.len; i++) {
		if (!is_name_byte(text.data[i]))
			return false;
	}
	return true;
}

bool
text_is_principal(struct span text)
{
	return text.len <= TEXT_PRINCIPAL_MAX && is_name_segment(text);
}

bool
text_is_name(struct span text)
{
	struct span segment;
	size_t count = 1;

	if (text.len > TEXT_NAME_MAX)
		return false;
	if (!text_is_principal(text_name_principal(text)))
		return false;
	for (; span_cut(&text, '/', &segment); count++) {
		if (!is_name_segment(segment))
			return false;
	}
	return count >= 2 && is_name_segment(text);
}

struct span
text_name_principal(struct span name)
{
	return span_part(name, 0, span_find(name, '/'));
}

bool
text_is_version(struct span text)
{
	if (text.len == 0 || text.len > TEXT_VERSION_MAX)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		uint8_t byte = text.data[i];
		bool is_upper = byte >= 'A' && byte <= 'Z';
		if (byte == '@' ||
		    !(is_upper || byte == '+' || is_name_byte(byte)))
			return false;
	}
	return true;
}

static bool
is_path_segment(struct span text)
{
	return text.len > 0 && !span_is(text, ".") && !span_is(text, "..");
}

bool
text_is_path(struct span text)
{
	struct span segment;

	if (!text_is_utf8(text) || span_find(text, '\\') < text.len ||
	    span_find(text, '\n') < text.len ||
	    span_find(text, '\r') < text.len)
		return false;
	while (span_cut(&text, '/', &segment)) {
		if (!is_path_segment(segment))
			return false;
	}
	return is_path_segment(text);
}

bool
text_is_uri(struct span text)
{
	size_t colon = span_find(text, ':');

	if (colon == 0 || colon + 1 >= text.len)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] <= 0x20 || text.data[i] >= 0x7f)
			return false;
	}
	for (size_t i = 0; i < colon; i++) {
		uint8_t byte = text.data[i];
		bool is_letter = (byte | 0x20) >= 'a' && (byte | 0x20) <= 'z';
		bool is_other = (byte >= '0' && byte <= '9') || byte == '+' ||
		    byte == '.' || byte == '-';
		if (!is_letter && (i == 0 || !is_other))
			return false;
	}
	return true;
}
