/*
 * manifest_filter: is a digest worth looking for in a manifest?
 *
 * Reads the sidecar's header and one block a question, nothing else: for questions
 * to all manifests.  What it finds is looked up in the manifest itself.
 *
 * Threads: any.  Memory: none; manifest_filter_close closes the file.
 */
#ifndef HEADWATER_DAEMON_MANIFEST_FILTER_H
#define HEADWATER_DAEMON_MANIFEST_FILTER_H

#include "daemon/sidecar.h"

struct manifest_filter {
	int fd;
	uint64_t blocks;
};

/* `path` of the sidecar.  ERR_MISSING, ERR_IO; ERR_CORRUPT for a damaged one. */
MUST_CHECK enum err manifest_filter_open(
    const char *path, struct manifest_filter *ret);
void manifest_filter_close(struct manifest_filter *filter);

/* *ret false: it is not in the manifest. */
MUST_CHECK enum err manifest_filter_look(
    const struct manifest_filter *filter, const struct hash *digest, bool *ret);

#endif
