/*
 * manifest: a set of files as `sha256sum` lines, its identity and its tree, open
 * or salted (FORMATS 3).
 *
 * Lines `<hex>  <path>LF`, sorted by (digest, path), no path twice; paths are
 * text_is_path.  `sha256sum -c` checks one, `sha256sum … | LC_ALL=C sort` makes
 * one.  Its identity: `sha256` of the whole file and `merkleTreeHash`, the RFC
 * 6962 root over its lines without their LF.
 *
 * Those of a salted one begin with 32 hex digits and a space, and are sorted by
 * that; only whoever has a line can show that it is in the set.
 *
 * Threads: any.  Memory: the caller's arena.
 */
#ifndef HEADWATER_SCHEMA_MANIFEST_H
#define HEADWATER_SCHEMA_MANIFEST_H

#include "schema/arena.h"
#include "schema/digest_set.h"
#include "schema/tree.h"

#define MANIFEST_PATH_MAX 4096
#define MANIFEST_SALT_LEN 16
/* Of a line with its LF. */
#define MANIFEST_LINE_MAX (HASH_TEXT_LEN + 2 + MANIFEST_PATH_MAX + 1)
#define MANIFEST_SALTED_MAX (2 * MANIFEST_SALT_LEN + 1 + MANIFEST_LINE_MAX)

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

struct manifest_salted {
	uint8_t salt[MANIFEST_SALT_LEN];
	struct manifest_line file;
};

/* As the three above; the salts are the caller's: random, each once. */
MUST_CHECK enum err manifest_print_salted(struct manifest_salted *lines,
    size_t count, struct writer *w, struct why *w_why);
MUST_CHECK enum err manifest_parse_salted(struct span text, struct arena *arena,
    struct manifest_salted **ret, size_t *ret_count, struct why *w);
MUST_CHECK enum err manifest_line_parse_salted(
    struct span line, struct manifest_salted *ret);

/* ERR_SYNTAX, with a sentence, for what no line can hold. */
MUST_CHECK enum err manifest_check_path(struct span path, struct why *w);

size_t manifest_count(struct span text); /* lines that are ended */

/* One line with its LF. */
void manifest_line_print(const struct manifest_line *line, struct writer *w);
void manifest_line_print_salted(
    const struct manifest_salted *line, struct writer *w);

/* Root over the lines of a manifest's text (not parsed, not sorted here). */
struct hash manifest_root(struct span text);

#endif
