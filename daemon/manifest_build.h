/*
 * manifest_build: checks a manifest while it comes in, and makes its sidecar.
 *
 * Each line must have the form of FORMATS 3 and stand above the one before it; at
 * the end root and digest are known.  Paths that come twice under two digests are
 * not seen: that needs memory, and whoever makes a manifest looks.
 *
 * Memory does not grow with the manifest: the edge of the tree, two lines, one
 * block of the filter and two buffers for what is written to the sidecar.
 *
 * Errors: ERR_SYNTAX for a bad line, ERR_MISMATCH for the length, ERR_TOO_LARGE;
 * ERR_FULL, ERR_IO of the sidecar.  The first one sticks.
 *
 * Threads: one at a time.  Memory: manifest_build_new / _free.
 */
#ifndef HEADWATER_DAEMON_MANIFEST_BUILD_H
#define HEADWATER_DAEMON_MANIFEST_BUILD_H

#include "daemon/sidecar.h"

struct manifest_build;

/* Of a manifest of `bytes` bytes; the sidecar is written to `path`, which is
 * replaced when it is there.  `path` NULL: checked only. */
MUST_CHECK enum err manifest_build_new(const char *path, uint64_t bytes,
    struct manifest_build **ret, struct why *w);

/* The next bytes, cut wherever they may be. */
MUST_CHECK enum err manifest_build_add(
    struct manifest_build *build, struct span bytes, struct why *w);

/* All was given, and has the SHA-256 `digest`: completes the sidecar (not synced)
 * and says what it is of. */
MUST_CHECK enum err manifest_build_end(struct manifest_build *build,
    const struct hash *digest, struct sidecar_header *ret, struct why *w);

/* The sidecar's bytes are on the disk; its name is the caller's care. */
MUST_CHECK enum err manifest_build_sync(
    struct manifest_build *build, struct why *w);

/* NULL is fine.  The file stays: the caller renames or removes it. */
void manifest_build_free(struct manifest_build *build);

#endif
