/*
 * scrub: overwrites bytes wherever they lie in a file.
 *
 * LMDB writes a changed page somewhere else and leaves the old one as it was, so
 * what was deleted can be read from the file for years.
 *
 * Threads: one; nobody else has the file open.  Memory: a few MiB.
 */
#ifndef HEADWATER_DAEMON_SCRUB_H
#define HEADWATER_DAEMON_SCRUB_H

#include <stdint.h>

#include "schema/err.h"
#include "schema/span.h"

#define SCRUB_LEN_MAX ((size_t)1 << 20)

/* Every copy of `bytes` in the file becomes zeros, synced; how many there were. */
MUST_CHECK enum err scrub_file(
    const char *path, struct span bytes, uint64_t *ret_count, struct why *w);

#endif
