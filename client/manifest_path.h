/*
 * manifest_path: where the manifest of a set lies.
 *
 * Threads: one.  Memory: the session's arena.
 */
#ifndef HEADWATER_CLIENT_MANIFEST_PATH_H
#define HEADWATER_CLIENT_MANIFEST_PATH_H

#include "client/session.h"

struct manifest_path {
	const char *path;
	bool has_sha256; /* it is kept here, by its digest: what it must have */
	struct hash sha256;
};

/* `set`: the manifest's file, else a record or digest of a set whose manifest this
 * client keeps.  ERR_MISSING where it does not. */
MUST_CHECK enum err manifest_path_find(struct session *session, const char *set,
    struct manifest_path *ret, struct why *w);

/* ERR_MISMATCH unless it is what it was. */
MUST_CHECK enum err manifest_path_expect(
    const struct manifest_path *path, const struct hash *sha256, struct why *w);

#endif
