/*
 * download: a blob of the log, into a file that nobody else sees.
 *
 * Its bytes are believed by whoever reads and hashes them (list_expect).
 *
 * Threads: one.  Memory: none; the file has no name and goes with its descriptor.
 */
#ifndef HEADWATER_CLIENT_DOWNLOAD_H
#define HEADWATER_CLIENT_DOWNLOAD_H

#include "client/session.h"
#include "schema/sha256.h"

#define DOWNLOAD_MAX ((size_t)16 << 30) /* 10 million long lines are 40 GiB */

/* The descriptor stands at the start and is the caller's to close.
 * ERR_NOT_FOUND: the log does not hold it. */
MUST_CHECK enum err download_blob(struct session *session,
    const struct hash *sha256, int *ret_fd, struct why *w);

#endif
