/*
 * kept: texts that a record holds the digest of, and that stay with this client.
 *
 *	kept/<sha256>                what a command printed, what it ran in
 *	manifests/<sha256>.manifest  the list of a set's files
 *
 * below the pinned log's folder.  They are there to be disclosed later: the digest
 * in the log says that they are the same.
 *
 * Threads: one.  Memory: none.
 */
#ifndef HEADWATER_CLIENT_KEPT_H
#define HEADWATER_CLIENT_KEPT_H

#include "client/trust.h"
#include "schema/sha256.h"

MUST_CHECK enum err kept_put(const struct trust *trust, const struct hash *hash,
    struct span text, struct why *w);

/* A text whose digest is known when all of it is there. */
struct kept {
	int fd; /* -1: not open */
	bool is_manifest;
	char path[DISK_PATH_MAX];
};
MUST_CHECK enum err kept_begin(
    const struct trust *trust, struct kept *ret, struct why *w);
MUST_CHECK enum err kept_begin_manifest(
    const struct trust *trust, struct kept *ret, struct why *w);
MUST_CHECK enum err kept_end(const struct trust *trust, struct kept *kept,
    const struct hash *hash, struct why *w);
void kept_drop(struct kept *kept); /* also after kept_end */

/* Where such a text lies, if this client has it. */
MUST_CHECK enum err kept_path(const struct trust *trust,
    const struct hash *hash, char ret[static DISK_PATH_MAX], struct why *w);
/* Where the manifest of this sha256 lies, if this client has it. */
MUST_CHECK enum err kept_manifest_path(const struct trust *trust,
    const struct hash *hash, char ret[static DISK_PATH_MAX], struct why *w);

#endif
