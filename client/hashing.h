/*
 * hashing: a file's sha256, a directory's manifest and its digests.
 *
 * A file that changes while it is read (size or modification time) is refused, and
 * so is a folder whose files come or go meanwhile.
 *
 * Threads: one call at a time; it may use several of its own.  Memory: the
 * caller's arena; it does not grow with the number of files, of which no more than
 * LISTING_KEPT_MAX are kept as lines.
 */
#ifndef HEADWATER_CLIENT_HASHING_H
#define HEADWATER_CLIENT_HASHING_H

#include "client/cache.h"
#include "client/listing.h"
#include "client/output.h"

struct hashing {
	bool is_set;	    /* a directory, or a list of sums */
	struct hash sha256; /* of the file, or of the manifest */
	struct hash root;   /* merkleTreeHash of a set */
	bool has_oms;
	struct hash oms; /* where it was wished for */
	bool has_bytes;
	uint64_t bytes; /* of all files */
	/* of a set: */
	bool is_salted;
	size_t count;
	uint64_t manifest_len;
	struct span manifest; /* the file; empty above LISTING_KEPT_MAX lines */
	/* the first LISTING_KEPT_MAX, in its order; NULL of a salted one */
	struct manifest_line *lines;
};

struct hashing_wish {
	const struct output *out;
	struct cache *cache; /* NULL: everything is read */
	bool reads_pointers; /* of git-lfs: what they stand for counts */
	bool is_salted;	     /* the manifest of a folder */
	bool has_oms;
	bool is_sums; /* the path is a list of sums (sums.h); "-" is stdin */
	int fd;	      /* where a set's manifest goes; -1: nowhere */
};

/* A regular file (a symbolic link given by name is followed) or a directory. */
MUST_CHECK enum err hashing_run(const struct hashing_wish *wish,
    const char *path, struct arena *arena, struct hashing *ret, struct why *w);

/* The same, without any wishes: all is read. */
MUST_CHECK enum err hashing_path(const struct output *out, const char *path,
    struct arena *arena, struct hashing *ret, struct why *w);

/* Its digests as a DigestSet: sha256, and merkleTreeHash of a set, and the OMS
 * root where there is one. */
MUST_CHECK enum err hashing_digests(
    const struct hashing *hashing, struct arena *arena, struct digest_set *ret);

#endif
