/*
 * hasher: the sha256 of many files, on all cores.
 *
 * A file that changes while it is read is refused: size, times, inode and what
 * stands under its name are compared before and after.  What the cache knows is
 * opened and looked at, and not read.
 *
 * Threads: one call at a time, which uses several of its own.  Memory: none is
 * kept; it does not grow with the number of files.
 */
#ifndef HEADWATER_CLIENT_HASHER_H
#define HEADWATER_CLIENT_HASHER_H

#include "client/cache.h"
#include "client/output.h"
#include "client/spill.h"
#include "schema/manifest.h"

/* Is given each file when it is hashed, in no order, one at a time. */
typedef enum err hasher_take(
    void *context, const struct manifest_line *line, struct why *w);

struct hasher_files {
	int folder; /* they are below it; -1: named by their own paths */
	const struct spill *paths; /* each with a NUL behind it */
	uint64_t count;
	uint64_t bytes; /* of all, for the bar; 0: not known */
	/* git-lfs pointers count as what they stand for; .dvc files are refused */
	bool reads_pointers;
	struct cache *cache; /* NULL: none */
	hasher_take *take;
	void *context; /* of take */
};

/* Gives the bytes of all files. */
MUST_CHECK enum err hasher_run(const struct output *out,
    const struct hasher_files *files, uint64_t *ret_bytes, struct why *w);

#endif
