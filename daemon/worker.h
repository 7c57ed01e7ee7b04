/*
 * worker: threads for what takes too long for a loop that serves others: syncing
 * large files, reading them again.
 *
 * Threads: its own; any may add.  Memory: worker_new / worker_free; the work is
 * the caller's, alive until its `run` has begun.
 */
#ifndef HEADWATER_DAEMON_WORKER_H
#define HEADWATER_DAEMON_WORKER_H

#include <stddef.h>

#include "schema/err.h"

struct work {
	void (*run)(struct work *work);
	struct work *next; /* the worker's */
};

struct worker;

MUST_CHECK enum err worker_new(size_t threads, struct worker **ret);

/* Runs it soon, in the order of coming; it may be gone before this returns. */
void worker_add(struct worker *worker, struct work *work);

/* Runs what waits, then ends the threads; what is added from now on is run at
 * once by whoever adds it. */
void worker_stop(struct worker *worker); /* NULL is fine, as below */
void worker_free(struct worker *worker);

#endif
