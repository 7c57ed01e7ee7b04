/*
 * batch: the waiting room before the sequencer, bounded in count and bytes.
 *
 * A submission belongs to whoever made it and must stay until its `done` was
 * called, exactly once: by the sequencer or sealer (answered), by batch_expire
 * (still waiting at its deadline) or by batch_close (shutting down).  `done` runs
 * on that thread, without locks held, and must not block.
 *
 * Threads: any; one sequencer takes.  Memory: batch_new / batch_free.
 */
#ifndef HEADWATER_DAEMON_BATCH_H
#define HEADWATER_DAEMON_BATCH_H

#include <stdint.h>

#include "daemon/admit.h"

struct submission {
	struct admitted admitted; /* its spans stay valid until done */
	uint64_t deadline_ms;	  /* on the steady clock; honoured only while it
	                             waits here */
	void (*done)(struct submission *submission);
	void *context; /* of done */

	/* the answer, written before done */
	enum err err; /* ERR_OK, ERR_BUSY, ERR_REFUSED (judged again), … */
	struct why why;
	uint64_t position;
	bool is_duplicate;

	struct submission *next; /* of whoever holds it */
};

struct batch;

struct batch *batch_new(size_t entries_max, size_t bytes_max);
void batch_free(struct batch *batch);

/* All of a request's submissions or none: ERR_BUSY when they do not fit or it is
 * closed (then no done is called). */
MUST_CHECK enum err batch_add(
    struct batch *batch, struct submission *first, size_t count, struct why *w);

/*
 * Waits until something waits, batch_wake was called, it is closed, or the steady
 * clock reads `until_ms`.  Takes at most `max` submissions, in order, as a list.
 * NULL with *ret_closed false: woken or timed out.
 */
struct submission *batch_take(
    struct batch *batch, size_t max, uint64_t until_ms, bool *ret_closed);

void batch_wake(struct batch *batch);  /* the sequencer looks at its clock */
void batch_close(struct batch *batch); /* no more; what waits is still taken */
void batch_expire(struct batch *batch, uint64_t now_ms);
size_t batch_count(struct batch *batch);

/* A list's answers, for whoever took it: each is done and gone afterwards.  Its
 * position and is_duplicate are written already. */
void batch_answer(struct submission *first);
void batch_refuse(
    struct submission *first, const char *sentence); /* ERR_BUSY */

#endif
