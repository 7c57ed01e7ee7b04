/*
 * inflate: gzip (RFC 1952) as it comes in.  The door to zlib.
 *
 * One member, nothing behind it, its checksum right, and not a byte more than was
 * promised: the first one above is ERR_TOO_LARGE, so a bomb costs what it may
 * cost and no more.
 *
 * Threads: one at a time.  Memory: inflate_new / inflate_free, about 100 KiB
 * whatever comes.
 */
#ifndef HEADWATER_DAEMON_INFLATE_H
#define HEADWATER_DAEMON_INFLATE_H

#include <stdint.h>

#include "schema/err.h"
#include "schema/span.h"

struct inflate;

/* Takes what came out; an error of its own ends the work and comes back. */
typedef enum err inflate_sink(void *context, struct span bytes, struct why *w);

MUST_CHECK enum err inflate_new(
    uint64_t max, inflate_sink *sink, void *context, struct inflate **ret);
MUST_CHECK enum err inflate_add(
    struct inflate *state, struct span bytes, struct why *w);

/* Nothing more comes: was it whole? */
MUST_CHECK enum err inflate_end(struct inflate *state, struct why *w);
void inflate_free(struct inflate *state); /* NULL is fine */

#endif
