/*
 * workers: threads for what takes longer than everybody should wait.
 *
 * A loop of HTTP serves thousands of connections in turn; a question that takes
 * ten milliseconds would hold up all of them.  There are two kinds of work, each
 * in the order in which it came; half of the threads prefer either, so that
 * neither can hold up the other.  Work that has waited for WORK_WAIT_MS is told
 * so instead of being done.
 *
 * Threads: workers_add any.  Memory: workers_new / workers_free; work is its
 * owner's, who may use it again as soon as it has begun to run.
 */
#ifndef HEADWATER_DAEMON_WORKERS_H
#define HEADWATER_DAEMON_WORKERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/limits.h"
#include "schema/arena.h"
#include "schema/err.h"

enum work_kind {
	WORK_WRITE,
	WORK_QUESTION,
	WORK_KINDS,
};

struct work {
	/* `scratch` is the thread's, emptied when this returns */
	void (*run)(struct work *work, struct arena *scratch, bool is_late);
	struct work *next; /* workers' own, as what follows */
	uint64_t added_ms;
};

struct workers;

MUST_CHECK enum err workers_new(size_t threads, struct workers **ret);
MUST_CHECK enum err workers_start(struct workers *workers);
void workers_add(
    struct workers *workers, enum work_kind kind, struct work *work);
void workers_stop(struct workers *workers); /* whatever still waits is late */
void workers_free(struct workers *workers); /* NULL is fine */

#endif
