/*
 * hashing: a file's sha256, a directory's manifest and its two digests.
 *
 * A file that changes while it is read (size or modification time) is refused.
 *
 * Threads: one call at a time; it may use several of its own.  Memory: the
 * caller's arena.
 */
#ifndef HEADWATER_CLIENT_HASHING_H
#define HEADWATER_CLIENT_HASHING_H

#include "client/output.h"
#include "schema/manifest.h"

struct hashing {
	bool is_set;	    /* a directory */
	struct hash sha256; /* of the file, or of the manifest */
	struct hash root;   /* merkleTreeHash of a set */
	uint64_t bytes;	    /* of all files */
	/* of a set: */
	struct span manifest; /* the file */
	size_t count;
	struct manifest_line *lines; /* in the manifest's order */
};

/* A regular file (a symbolic link given by name is followed) or a directory. */
MUST_CHECK enum err hashing_path(const struct output *out, const char *path,
    struct arena *arena, struct hashing *ret, struct why *w);

/* Its digests as a DigestSet: sha256, and merkleTreeHash of a set. */
MUST_CHECK enum err hashing_digests(
    const struct hashing *hashing, struct arena *arena, struct digest_set *ret);

#endif
