#include "schema/text.h"

#include "schema/utf8.h"

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
		    byte < 0x80 ? 1 : utf8_len(text.data + at, text.len - at);
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
