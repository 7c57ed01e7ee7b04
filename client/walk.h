/*
 * walk: the regular files below a directory, safely.
 *
 * Opened step by step from the directory's descriptor, symbolic links never
 * followed, no recursion.  A link, a device, a socket, a FIFO, or a name that a
 * manifest cannot hold (text_is_path) is refused by name: what is not listed
 * would not be signed.
 *
 * Files come as the directories give them, in no order, each once.
 *
 * Threads: one.  Memory: none is kept.
 */
#ifndef HEADWATER_CLIENT_WALK_H
#define HEADWATER_CLIENT_WALK_H

#include <stdint.h>

#include "schema/err.h"
#include "schema/span.h"

struct walk_file {
	struct span path; /* relative, without "./"; a NUL stands behind it */
	uint64_t size;	  /* where sizes were asked for */
};

#define WALK_DEPTH_MAX 64

/* Is given each file; what is no ERR_OK ends the walk. */
typedef enum err walk_visit(
    void *context, const struct walk_file *file, struct why *w);

/* `folder` is an open directory, which stays open; sentences name paths below it.
 * `with_sizes` costs a system call a file.  ERR_NOT_FOUND for an empty set. */
MUST_CHECK enum err walk_folder(int folder, bool with_sizes, walk_visit *visit,
    void *context, struct why *w);

#endif
