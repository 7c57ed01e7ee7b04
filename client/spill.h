/*
 * spill: a sequence of records that is in memory while it is short, and in a file
 * without a name when it is not.
 *
 * Written once, in order, then read, as often and from as many places as wanted.
 * The file lies in $TMPDIR, else /var/tmp (which is on a disk where /tmp is not),
 * and is gone with its descriptor.  It is ours alone: what is read back is
 * trusted.
 *
 * Threads: one at a time.  Memory: the caller's buffers.
 */
#ifndef HEADWATER_CLIENT_SPILL_H
#define HEADWATER_CLIENT_SPILL_H

#include <stdint.h>

#include "schema/err.h"
#include "schema/span.h"

#define SPILL_RECORD_MAX ((size_t)12 << 10)
#define SPILL_BUFFER_MIN (SPILL_RECORD_MAX + 2) /* a record and its length */

struct spill {
	int fd;	      /* -1: nothing has left the buffer */
	uint64_t len; /* of all that was put */
	uint8_t *buffer;
	size_t cap;
	size_t held; /* in the buffer */
};

/* A file without a name, as above: the caller's to close. */
MUST_CHECK enum err spill_nameless(int *ret_fd, struct why *w);

struct spill spill_begin(void *buffer, size_t cap); /* ≥ SPILL_BUFFER_MIN */
/* 1 to SPILL_RECORD_MAX bytes.  ERR_IO, ERR_FULL. */
MUST_CHECK enum err spill_put(
    struct spill *spill, struct span record, struct why *w);
/* Before its buffer is used for something else; afterwards nothing is put. */
MUST_CHECK enum err spill_flush(struct spill *spill, struct why *w);
void spill_end(struct spill *spill);

/* Records from one place to another; both are values that `len` had. */
struct spill_reader {
	const struct spill *spill;
	uint64_t at; /* of the first byte behind the buffer */
	uint64_t end;
	uint8_t *buffer;
	size_t cap;
	struct span left; /* in the buffer */
};
/* `buffer`, of SPILL_BUFFER_MIN at least, is not used where all is in memory. */
struct spill_reader spill_read(const struct spill *spill, uint64_t begin,
    uint64_t end, void *buffer, size_t cap);
/* Valid until the next call; an empty span at the end. */
MUST_CHECK enum err spill_next(
    struct spill_reader *reader, struct span *ret, struct why *w);

#endif
