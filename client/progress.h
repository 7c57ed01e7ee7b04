/*
 * progress: a bar on a terminal for what takes longer than a second.
 *
 * How much is done and of how much, how fast, and how long it will take.  Nothing
 * in a pipe, with --quiet, or for what is done sooner.  The bar is on stderr and
 * takes itself away.
 *
 * Threads: one.  Memory: none.
 */
#ifndef HEADWATER_CLIENT_PROGRESS_H
#define HEADWATER_CLIENT_PROGRESS_H

#include "client/output.h"

struct progress {
	bool is_on;
	bool is_bytes; /* else a count of things */
	bool is_drawn;
	const char *what; /* "hashing" */
	uint64_t done;
	uint64_t total; /* 0: not known */
	uint64_t files; /* beside bytes; 0: not counted */
	uint64_t started_ms;
	uint64_t drawn_ms;
};

struct progress progress_begin(
    const struct output *out, const char *what, uint64_t total, bool is_bytes);
void progress_add(struct progress *progress, uint64_t count);
void progress_end(struct progress *progress);

/* What the bar says of `now_ms`, for it and for tests. */
void progress_print(
    const struct progress *progress, uint64_t now_ms, struct writer *w);

#endif
