/*
 * overlap: the files that two sets have in common, by their bytes.
 *
 * Two sorted lists are merged as they are read, so memory does not grow with them.
 * Both are read to their ends, so that both are known to be what was signed.
 *
 * Threads: one.  Memory: OVERLAP_KEPT_MAX matches of the caller's.
 */
#ifndef HEADWATER_CLIENT_OVERLAP_H
#define HEADWATER_CLIENT_OVERLAP_H

#include "client/list.h"

#define OVERLAP_KEPT_MAX 20

/* A manifest, or digests in ascending order. */
struct overlap_side {
	struct list *list; /* at its start; NULL: the digests */
	struct hash sha256;
	size_t count;
	const struct hash *digests;
	size_t at;
	/* while it is merged: */
	bool is_at_end;
	struct hash digest;
};

struct overlap_match {
	struct hash digest;
	struct span path;	/* in the first; a copy */
	struct span other_path; /* in the second; empty where it has none */
};

struct overlap {
	uint64_t files; /* lines of the first */
	uint64_t other_files;
	uint64_t shared; /* lines of the first that are in the second */
	size_t kept;
	struct overlap_match matches[OVERLAP_KEPT_MAX];
};

MUST_CHECK enum err overlap_find(struct overlap_side *side,
    struct overlap_side *other, struct arena *arena, struct overlap *ret,
    struct why *w);

#endif
