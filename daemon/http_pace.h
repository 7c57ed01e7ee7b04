/*
 * http_pace: long answers, a few blocks in each round of a loop.
 *
 * Given whole to the system, which takes half a megabyte at once, a thousand
 * bundles kept everybody else waiting for as long as it took to copy them all.  So
 * they are given in blocks, each asker's in its turn, and no more in a round than
 * costs a tenth of a millisecond; whose turn it is not yet is suspended.
 *
 * Threads: the loop's.  Memory: in place; an answer's is its response's.
 */
#ifndef HEADWATER_DAEMON_HTTP_PACE_H
#define HEADWATER_DAEMON_HTTP_PACE_H

#include <microhttpd.h>
#include <stdatomic.h>

#include "daemon/reply.h"

#define PACE_BLOCK ((size_t)32 << 10)
#define PACE_BLOCKS 8 /* in a round */

struct pace {
	size_t left; /* blocks, in this round */
	struct paced *first;
	struct paced **end;
	atomic_size_t *suspended; /* of all loops, counted in */
};

void pace_init(struct pace *pace, atomic_size_t *suspended);

/* A round begins: the next of those who wait go on in it. */
void pace_round(struct pace *pace);
bool pace_has_waiting(const struct pace *pace); /* the next round is due */

/* For what is longer than PACE_BLOCK in the tile or body of `reply`, which is the
 * response's from here on.  NULL where there is no memory: it is still the
 * reply's. */
struct MHD_Response *pace_response(
    struct pace *pace, struct MHD_Connection *connection, struct reply *reply);

#endif
