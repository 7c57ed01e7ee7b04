/*
 * contamination: is a file of what an artifact was evaluated with in what it was
 * made of, by one publisher's lists?
 *
 * Evaluations are those of the artifact and of what it was made from; their
 * benchmarks' files are compared with those of each set on the way up, which
 * ascent has checked.  A match is proved as present (ascent) for its file.
 *
 * Threads: one.  Memory: the session's arena; nothing grows with the manifests.
 */
#ifndef HEADWATER_CLIENT_CONTAMINATION_H
#define HEADWATER_CLIENT_CONTAMINATION_H

#include "client/ascent.h"
#include "client/benchmarks.h"
#include "client/overlap.h"

#define CONTAMINATION_PAIRS_MAX 1024

enum contamination_verdict {
	CONTAMINATION_UNKNOWN,
	CONTAMINATION_FOUND,
	CONTAMINATION_CLEAN,
};

struct contamination_pair {
	const struct benchmark *benchmark;
	struct digest set; /* with `is_single`: of none, single files */
	bool is_single;
	struct overlap overlap;
};

struct contamination {
	struct session *session;
	size_t root_count;
	const struct digest *roots;
	struct benchmarks benchmarks; /* as whom, too */
	size_t pair_count;
	struct contamination_pair *pairs;
	uint64_t tree_size;
	enum contamination_verdict verdict;
	bool has_gap;
	struct why gap; /* the first one */
};

/* `roots`, `session` and as whom are set; so are benchmarks, where an evaluation
 * gives them, else they are looked for. */
MUST_CHECK enum err contamination_find(struct contamination *c, struct why *w);

#endif
