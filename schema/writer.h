/*
 * writer: builds bytes in a bounded buffer and remembers its first failure.
 *
 * Either over the caller's buffer (writer_of) or over memory that grows up to a
 * bound given at birth (writer_heap; writer_done frees it).  Calls after a
 * failure do nothing; ask once, at the end.  JSON is written here, by hand and
 * in the order wanted; it is only ever read through `object`.
 *
 * Threads: one at a time.
 */
#ifndef HEADWATER_SCHEMA_WRITER_H
#define HEADWATER_SCHEMA_WRITER_H

#include <stdint.h>

#include "schema/err.h"
#include "schema/span.h"

struct writer {
	uint8_t *data;
	size_t len;
	size_t cap;	/* of data */
	size_t cap_max; /* what it may grow to; equal to cap for writer_of */
	bool is_heap;
	enum err err; /* ERR_LIMIT or ERR_MEMORY */
};

struct writer writer_of(void *buffer, size_t cap);
struct writer writer_heap(size_t cap_max);
void writer_done(struct writer *w);  /* frees what writer_heap took */
void writer_clear(struct writer *w); /* empty again, memory kept */

void writer_u8(struct writer *w, uint8_t value);
void writer_u16(struct writer *w, uint16_t value); /* big-endian, as below */
void writer_u32(struct writer *w, uint32_t value);
void writer_u64(struct writer *w, uint64_t value);
void writer_bytes(struct writer *w, const void *data, size_t len);
void writer_span(struct writer *w, struct span bytes);
void writer_text(struct writer *w, const char *text); /* without its NUL */
void writer_format(struct writer *w, const char *format, ...) PRINTF(2, 3);
void writer_decimal(struct writer *w, uint64_t value);
void writer_hex(struct writer *w, struct span bytes);
void writer_base64(struct writer *w, struct span bytes);
void writer_time(struct writer *w, uint64_t time_ms); /* RFC 3339, UTC */

/* A JSON string with its quotes; `text` must be UTF-8.  Escapes what RFC 8259
 * demands and DEL, nothing else. */
void writer_json(struct writer *w, struct span text);

/* `"name":` with a comma before it unless it is the first of its object, which
 * is known by the byte before: '{'. */
void writer_member(struct writer *w, const char *name);
void writer_member_text(struct writer *w, const char *name, struct span text);
void writer_member_number(struct writer *w, const char *name, uint64_t value);
void writer_comma(struct writer *w); /* unless the byte before is '[' or '{' */

struct span writer_view(const struct writer *w); /* borrowed; empty if failed */
MUST_CHECK enum err writer_end(const struct writer *w);

#endif
