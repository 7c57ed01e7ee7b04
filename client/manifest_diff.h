/*
 * manifest_diff: the lines that one set has and another has not.
 *
 * Two manifests are merged as they are read, so memory does not grow with them;
 * both are read to their ends, so that both are known to be what was signed.
 *
 * Threads: one.  Memory: the arena, for the few lines that are kept.
 */
#ifndef HEADWATER_CLIENT_MANIFEST_DIFF_H
#define HEADWATER_CLIENT_MANIFEST_DIFF_H

#include "client/list.h"

#define MANIFEST_DIFF_KEPT_MAX 20

struct manifest_diff_side {
	uint64_t only; /* lines that the other has not */
	size_t kept;
	struct span paths[MANIFEST_DIFF_KEPT_MAX]; /* of the first of them */
};

struct manifest_diff {
	uint64_t same;
	struct manifest_diff_side before;
	struct manifest_diff_side after;
};

/* Both lists stand at their start; `digests` are what they must be of. */
MUST_CHECK enum err manifest_diff(struct list lists[static 2],
    const struct hash digests[static 2], struct arena *arena,
    struct manifest_diff *ret, struct why *w);

#endif
