/*
 * tensors: tensors.json, what the safetensors files of a model hold (FORMATS 3.3).
 *
 * Threads: one.  Memory: an arena of its own; the caller's writer.
 */
#ifndef HEADWATER_CLIENT_TENSORS_H
#define HEADWATER_CLIENT_TENSORS_H

#include <time.h>

#include "client/hashing.h"

#define TENSORS_NAME "tensors.json"
#define TENSORS_LEN_MAX ((size_t)64 << 20)

struct tensors_source {
	const struct output *out;
	const char *path; /* the folder or file that was hashed */
	const struct hashing *hashing;
	struct timespec begun; /* hashing: what changed since is another file */
};

/* Writes the list; nothing where no file has a header.  A file that is none, or
 * is not what was hashed, is warned of and left out. */
MUST_CHECK enum err tensors_print(
    const struct tensors_source *source, struct writer *w, struct why *w_why);

#endif
