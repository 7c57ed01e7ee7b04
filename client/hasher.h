/*
 * hasher: the sha256 of many files, on all cores.
 *
 * A file that changes while it is read is refused: size, times, inode and what
 * stands under its name are compared before and after.
 *
 * Threads: one call at a time, which uses several of its own.  Memory: none is
 * kept.
 */
#ifndef HEADWATER_CLIENT_HASHER_H
#define HEADWATER_CLIENT_HASHER_H

#include "client/output.h"
#include "client/walk.h"
#include "schema/manifest.h"

struct hasher_files {
	int folder; /* they are below it; -1: named by their own paths */
	const struct walk_file *files;
	size_t count;
};

/* Fills `lines` in the order of the files; gives the bytes that were read. */
MUST_CHECK enum err hasher_run(const struct output *out,
    const struct hasher_files *files, struct manifest_line *lines,
    uint64_t *ret_bytes, struct why *w);

#endif
