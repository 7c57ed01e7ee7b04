/*
 * walk: the regular files below a directory, safely.
 *
 * Opened step by step from the directory's descriptor, symbolic links never
 * followed, no recursion.  A link, a device, a socket, a FIFO, or a name that a
 * manifest cannot hold (text_is_path) is refused by name: what is not listed
 * would not be signed.
 *
 * Threads: one.  Memory: the caller's arena.
 */
#ifndef HEADWATER_CLIENT_WALK_H
#define HEADWATER_CLIENT_WALK_H

#include "schema/arena.h"

struct walk_file {
	struct span path; /* relative, without "./"; a NUL stands behind it */
	uint64_t size;
};

#define WALK_FILES_MAX ((size_t)4 << 20)
#define WALK_DEPTH_MAX 64

/* Sorted by path.  `folder` is an open directory, which stays open; sentences
 * name paths below it.  ERR_NOT_FOUND for an empty set. */
MUST_CHECK enum err walk_folder(int folder, struct arena *arena,
    struct walk_file **ret, size_t *ret_count, struct why *w);

#endif
