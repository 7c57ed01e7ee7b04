/*
 * benchmarks: what one publisher's evaluations of an artifact, and of what it was
 * made from, name as their benchmarks.
 *
 * Each evaluation is proved and by that publisher; that the log names all there
 * are is its word.
 *
 * Threads: one.  Memory: the session's arena.
 */
#ifndef HEADWATER_CLIENT_BENCHMARKS_H
#define HEADWATER_CLIENT_BENCHMARKS_H

#include "client/session.h"
#include "schema/digest_set.h"

#define BENCHMARKS_MAX 256

struct benchmark {
	struct digest digest;
	struct span name; /* as the evaluation calls it */
	struct hash evaluation;
};

struct benchmarks {
	struct session *session;
	const char *as;
	size_t count;
	struct benchmark *all;
	bool is_cut; /* its lineage is larger than what was asked */
};

/* Adds an evaluation's; gives what was evaluated. */
MUST_CHECK enum err benchmarks_take(struct benchmarks *b,
    const struct hash *evaluation, struct digest *ret_root, struct why *w);
/* Adds those of all evaluations of the artifact and of what it was made from. */
MUST_CHECK enum err benchmarks_find(
    struct benchmarks *b, const struct digest *root, struct why *w);

#endif
