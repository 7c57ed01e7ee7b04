/*
 * exclusion: a manifest without certain lines, and the proof that it is that
 * (FORMATS 3.4).
 *
 * One pass over each; memory does not grow with the manifests.
 *
 * Threads: one.  Memory: an arena of its own.
 */
#ifndef HEADWATER_CLIENT_EXCLUSION_H
#define HEADWATER_CLIENT_EXCLUSION_H

#include "client/chooser.h"
#include "client/spill.h"

struct exclusion_side {
	struct hash sha256;
	uint64_t count;
	struct hash root;
};

struct exclusion {
	struct exclusion_side old;
	struct exclusion_side new;
	uint64_t removed;
};

struct exclusion_source {
	const char *path;	 /* of the old manifest */
	struct chooser *chooser; /* filled, not started */
	int fd;			 /* what is left goes there */
	struct spill *removed;	 /* and what is not, there */
};

/* ERR_NOT_FOUND: nothing is removed; ERR_REFUSED: all of it. */
MUST_CHECK enum err exclusion_make(const struct exclusion_source *source,
    struct exclusion *ret, struct why *w);

/* The proof, to a file that is open. */
MUST_CHECK enum err exclusion_write(const struct exclusion *exclusion,
    struct spill *removed, int fd, struct why *w);

/* Three files.  ERR_MISMATCH: it is checked, and false; ERR_SYNTAX: no proof. */
struct exclusion_files {
	const char *proof;
	const char *old;
	const char *new;
};
MUST_CHECK enum err exclusion_check(
    const struct exclusion_files *files, struct exclusion *ret, struct why *w);

#endif
