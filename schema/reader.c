#include "schema/reader.h"

#include <string.h>

struct reader
reader_of(struct span bytes)
{
	return (struct reader){ .rest = bytes, .err = ERR_OK };
}

static void
fail(struct reader *r)
{
	r->err = ERR_SYNTAX;
	r->rest = SPAN_EMPTY;
}

struct span
reader_take(struct reader *r, size_t len)
{
	if (r->err != ERR_OK || len > r->rest.len) {
		fail(r);
		return SPAN_EMPTY;
	}
	struct span taken = span_of(r->rest.data, len);
	r->rest = span_part(r->rest, len, r->rest.len);
	return taken;
}

static uint64_t
take_big_endian(struct reader *r, size_t len)
{
	struct span bytes = reader_take(r, len);
	uint64_t value = 0;

	for (size_t i = 0; i < bytes.len; i++)
		value = value << 8 | bytes.data[i];
	return value;
}

uint8_t
reader_u8(struct reader *r)
{
	return (uint8_t)take_big_endian(r, 1);
}

uint16_t
reader_u16(struct reader *r)
{
	return (uint16_t)take_big_endian(r, 2);
}

uint32_t
reader_u32(struct reader *r)
{
	return (uint32_t)take_big_endian(r, 4);
}

uint64_t
reader_u64(struct reader *r)
{
	return take_big_endian(r, 8);
}

void
reader_copy(struct reader *r, void *out, size_t len)
{
	struct span bytes = reader_take(r, len);

	if (bytes.len == len && len > 0)
		memcpy(out, bytes.data, len);
	else
		memset(out, 0, len);
}

struct span
reader_line(struct reader *r)
{
	struct span line = SPAN_EMPTY;

	if (r->err != ERR_OK || !span_cut(&r->rest, '\n', &line))
		fail(r);
	return line;
}

void
reader_expect(struct reader *r, const char *text)
{
	if (!span_is(reader_take(r, strlen(text)), text))
		fail(r);
}

void
reader_require(struct reader *r, bool condition)
{
	if (!condition)
		fail(r);
}

bool
reader_is_empty(const struct reader *r)
{
	return r->rest.len == 0;
}

enum err
reader_end(const struct reader *r)
{
	if (r->err != ERR_OK)
		return r->err;
	return r->rest.len == 0 ? ERR_OK : ERR_SYNTAX;
}
