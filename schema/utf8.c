#include "schema/utf8.h"

#include <string.h>

/* The bounds of a sequence's second byte: some of them would start shorter forms,
 * surrogates or what lies beyond U+10FFFF (RFC 3629 section 4). */
static bool
is_second(uint8_t first, uint8_t second)
{
	switch (first) {
	case 0xe0:
		return second >= 0xa0 && second <= 0xbf;
	case 0xed:
		return second >= 0x80 && second <= 0x9f;
	case 0xf0:
		return second >= 0x90 && second <= 0xbf;
	case 0xf4:
		return second >= 0x80 && second <= 0x8f;
	default:
		return second >= 0x80 && second <= 0xbf;
	}
}

size_t
utf8_len(const uint8_t *data, size_t left)
{
	uint8_t first = left > 0 ? data[0] : 0xff;

	if (first < 0x80)
		return 1;
	if (first < 0xc2 || first > 0xf4)
		return 0;
	size_t len = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
	if (left < len || !is_second(first, data[1]))
		return 0;
	for (size_t i = 2; i < len; i++) {
		if ((data[i] & 0xc0) != 0x80)
			return 0;
	}
	return len;
}

uint32_t
utf8_point(const uint8_t *data, size_t len)
{
	static const uint8_t masks[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
	uint32_t point = data[0] & masks[len];

	for (size_t i = 1; i < len; i++)
		point = point << 6 | (data[i] & 0x3f);
	return point;
}

bool
utf8_is_shown(uint32_t point)
{
	bool is_control = point < 0x20 || (point >= 0x7f && point < 0xa0);
	bool is_deceptive = (point >= 0x200b && point <= 0x200f) ||
	    (point >= 0x2028 && point <= 0x202e) ||
	    (point >= 0x2060 && point <= 0x206f) || point == 0xfeff ||
	    point == 0x061c || (point >= 0xe0000 && point <= 0xe007f);

	return !is_control && !is_deceptive;
}

void
utf8_make_printable(char *text)
{
	uint8_t *data = (uint8_t *)text;
	size_t left = strlen(text);

	while (left > 0) {
		size_t len = utf8_len(data, left);
		bool is_shown = len > 0 && utf8_is_shown(utf8_point(data, len));

		len = len == 0 ? 1 : len;
		if (!is_shown)
			memset(data, '?', len);
		data += len;
		left -= len;
	}
}
