/*
 * manifest: a set of files as `sha256sum` lines, its identity and its tree.
 *
 * Lines `<hex>  <path>LF`, sorted by (digest, path), no path twice; paths are
 * text_is_path.  `sha256sum -c` checks one, `sha256sum … | LC_ALL=C sort` makes
 * one.  Its identity: `sha256` of the whole file and `merkleTreeHash`, the RFC
 * 6962 root over its lines without their LF.
 *
 * Threads: any.  Memory: the caller's arena.
 */
#ifndef HEADWATER_SCHEMA_MANIFEST_H
#define HEADWATER_SCHEMA_MANIFEST_H

#include "schema/arena.h"
#include "schema/digest_set.h"
#include "schema/tree.h"

#define MANIFEST_PATH_MAX 4096

struct manifest_line {
	struct hash digest;
	struct span path;
};

/* Sorts in place and writes.  ERR_SYNTAX for a bad path, ERR_CONFLICT for one
 * that is there twice. */
MUST_CHECK enum err manifest_print(struct manifest_line *lines, size_t count,
    struct writer *w, struct why *w_why);

/* Strict inverse: sorted, unique paths, LF at the end; empty is refused. */
MUST_CHECK enum err manifest_parse(struct span text, struct arena *arena,
    struct manifest_line **ret, size_t *ret_count, struct why *w);

/* One line without its LF. */
MUST_CHECK enum err manifest_line_parse(
    struct span line, struct manifest_line *ret);

/* Root over the lines of a manifest's text (not parsed, not sorted here). */
struct hash manifest_root(struct span text);

#endif
