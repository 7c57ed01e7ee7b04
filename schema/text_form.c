#include "schema/text.h"

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

/* Length of the UTF-8 sequence that starts `text`, 0 where it is broken. */
static size_t
utf8_len(struct span text)
{
	uint8_t first = text.data[0];

	if (first < 0x80)
		return 1;
	if (first < 0xc2 || first > 0xf4)
		return 0;
	size_t len = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
	if (text.len < len || !is_second(first, text.data[1]))
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
	size_t at = 0;

	while (at < text.len) {
		uint8_t byte = text.data[at];
		if (byte == 0)
			return false;
		/* most bytes stand for themselves */
		size_t len =
		    byte < 0x80 ? 1 : utf8_len(span_part(text, at, text.len));
		if (len == 0)
			return false;
		at += len;
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

size_t
text_point(struct span text, uint32_t *ret_point)
{
	static const uint8_t masks[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
	size_t len = text.len == 0 ? 0 : utf8_len(text);

	if (len == 0)
		return 0;
	uint32_t point = text.data[0] & masks[len];
	for (size_t i = 1; i < len; i++)
		point = point << 6 | (text.data[i] & 0x3f);
	*ret_point = point;
	return len;
}

bool
text_is_shown(uint32_t point)
{
	bool is_control = point < 0x20 || (point >= 0x7f && point < 0xa0);
	bool is_deceptive = (point >= 0x200b && point <= 0x200f) ||
	    (point >= 0x2028 && point <= 0x202e) ||
	    (point >= 0x2060 && point <= 0x206f) || point == 0xfeff ||
	    point == 0x061c || (point >= 0xe0000 && point <= 0xe007f);

	return !is_control && !is_deceptive;
}

void
text_make_printable(char *text)
{
	size_t left = strlen(text);

	while (left > 0) {
		uint32_t point = 0;
		size_t len = text_point(span_of(text, left), &point);
		bool is_shown = len > 0 && text_is_shown(point);

		len = len == 0 ? 1 : len;
		if (!is_shown)
			memset(text, '?', len);
		text += len;
		left -= len;
	}
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
