/*
 * reader: a cursor over bytes that remembers its first failure.
 *
 * After a failure every call gives zeros or empty spans, so a decoder is a
 * straight line with one check at its end; reader_end also refuses bytes that
 * nobody read.
 *
 * Threads: one at a time.  Memory: borrows the bytes it was made of.
 */
#ifndef HEADWATER_SCHEMA_READER_H
#define HEADWATER_SCHEMA_READER_H

#include <stdint.h>

#include "schema/err.h"
#include "schema/span.h"

struct reader {
	struct span rest;
	enum err err; /* the first failure: ERR_SYNTAX */
};

struct reader reader_of(struct span bytes);

uint8_t reader_u8(struct reader *r);
uint16_t reader_u16(struct reader *r); /* big-endian, as all below */
uint32_t reader_u32(struct reader *r);
uint64_t reader_u64(struct reader *r);
struct span reader_take(struct reader *r, size_t len);
void reader_copy(
    struct reader *r, void *out, size_t len); /* zeros on failure */

/* Text up to the next LF, which is taken too; a missing LF is a failure. */
struct span reader_line(struct reader *r);

/* Takes `text` off the front, or fails. */
void reader_expect(struct reader *r, const char *text);

/* Fails unless `condition`: for checks between two reads. */
void reader_require(struct reader *r, bool condition);

bool reader_is_empty(const struct reader *r); /* nothing left, or failed */

/* ERR_OK when everything was read and nothing failed. */
MUST_CHECK enum err reader_end(const struct reader *r);

#endif
