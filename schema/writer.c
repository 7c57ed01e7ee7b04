#include "schema/writer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "schema/text.h"

struct writer
writer_of(void *buffer, size_t cap)
{
	return (struct writer){ .data = buffer, .cap = cap, .cap_max = cap };
}

struct writer
writer_heap(size_t cap_max)
{
	return (struct writer){ .cap_max = cap_max, .is_heap = true };
}

void
writer_done(struct writer *w)
{
	if (w->is_heap)
		free(w->data);
	*w = (struct writer){ .err = ERR_LIMIT };
}

void
writer_clear(struct writer *w)
{
	w->len = 0;
	w->err = ERR_OK;
}

static void
grow(struct writer *w, size_t need)
{
	size_t cap = w->cap < 256 ? 256 : w->cap;

	while (cap < need)
		cap *= 2;
	if (cap > w->cap_max)
		cap = w->cap_max;
	uint8_t *data = realloc(w->data, cap);
	if (data == NULL) {
		w->err = ERR_MEMORY;
		return;
	}
	w->data = data;
	w->cap = cap;
}

/* Room for `len` more bytes, or NULL and a failure kept. */
static uint8_t *
room(struct writer *w, size_t len)
{
	if (w->err == ERR_OK && len > w->cap_max - w->len)
		w->err = ERR_LIMIT;
	if (w->err == ERR_OK && len > w->cap - w->len)
		grow(w, w->len + len);
	if (w->err != ERR_OK)
		return NULL;
	uint8_t *at = w->data + w->len;
	w->len += len;
	return at;
}

void
writer_bytes(struct writer *w, const void *data, size_t len)
{
	if (len == 0)
		return;
	uint8_t *at = room(w, len);
	if (at != NULL)
		memcpy(at, data, len);
}

static void
put_big_endian(struct writer *w, uint64_t value, size_t len)
{
	uint8_t *at = room(w, len);

	if (at == NULL)
		return;
	for (size_t i = len; i-- > 0; value >>= 8)
		at[i] = (uint8_t)value;
}

void
writer_u8(struct writer *w, uint8_t value)
{
	put_big_endian(w, value, 1);
}

void
writer_u16(struct writer *w, uint16_t value)
{
	put_big_endian(w, value, 2);
}

void
writer_u32(struct writer *w, uint32_t value)
{
	put_big_endian(w, value, 4);
}

void
writer_u64(struct writer *w, uint64_t value)
{
	put_big_endian(w, value, 8);
}

void
writer_span(struct writer *w, struct span bytes)
{
	writer_bytes(w, bytes.data, bytes.len);
}

void
writer_text(struct writer *w, const char *text)
{
	writer_bytes(w, text, strlen(text));
}

void
writer_format(struct writer *w, const char *format, ...)
{
	char buffer[1024];
	va_list list;

	va_start(list, format);
	int len = vsnprintf(buffer, sizeof(buffer), format, list);
	va_end(list);
	if (len < 0 || (size_t)len >= sizeof(buffer))
		w->err = ERR_LIMIT;
	else
		writer_bytes(w, buffer, (size_t)len);
}

void
writer_decimal(struct writer *w, uint64_t value)
{
	char digits[TEXT_DECIMAL_MAX];

	writer_bytes(w, digits, text_decimal(value, digits));
}

void
writer_hex(struct writer *w, struct span bytes)
{
	uint8_t *at = room(w, TEXT_HEX_LEN(bytes.len));

	if (at != NULL)
		text_hex(bytes, (char *)at);
}

void
writer_base64(struct writer *w, struct span bytes)
{
	uint8_t *at = room(w, TEXT_BASE64_LEN(bytes.len));

	if (at != NULL)
		text_base64(bytes, (char *)at);
}

void
writer_time(struct writer *w, uint64_t time_ms)
{
	uint8_t *at = room(w, TEXT_TIME_LEN);

	if (at != NULL)
		text_time(time_ms, (char *)at);
}

static bool
needs_escape(uint8_t byte)
{
	return byte < 0x20 || byte == '"' || byte == '\\' || byte == 0x7f;
}

static void
write_escape(struct writer *w, uint8_t byte)
{
	static const char named[] = "b\bf\fn\nr\rt\t\"\"\\\\";

	for (size_t i = 0; i + 1 < sizeof(named); i += 2) {
		if ((uint8_t)named[i + 1] == byte) {
			writer_u8(w, '\\');
			writer_u8(w, (uint8_t)named[i]);
			return;
		}
	}
	writer_format(w, "\\u%04x", byte);
}

void
writer_json(struct writer *w, struct span text)
{
	size_t from = 0;

	writer_u8(w, '"');
	for (size_t i = 0; i < text.len; i++) {
		if (!needs_escape(text.data[i]))
			continue;
		writer_span(w, span_part(text, from, i - from));
		write_escape(w, text.data[i]);
		from = i + 1;
	}
	writer_span(w, span_part(text, from, text.len));
	writer_u8(w, '"');
}

void
writer_comma(struct writer *w)
{
	if (w->err == ERR_OK && w->len > 0 && w->data[w->len - 1] != '{' &&
	    w->data[w->len - 1] != '[')
		writer_u8(w, ',');
}

void
writer_member(struct writer *w, const char *name)
{
	writer_comma(w);
	writer_json(w, span_of_text(name));
	writer_u8(w, ':');
}

void
writer_member_text(struct writer *w, const char *name, struct span text)
{
	writer_member(w, name);
	writer_json(w, text);
}

void
writer_member_number(struct writer *w, const char *name, uint64_t value)
{
	writer_member(w, name);
	writer_decimal(w, value);
}

struct span
writer_view(const struct writer *w)
{
	return w->err == ERR_OK ? span_of(w->data, w->len) : SPAN_EMPTY;
}

enum err
writer_end(const struct writer *w)
{
	return w->err;
}
