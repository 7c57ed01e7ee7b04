/*
 * sums: lists of SHA-256 digests, as sha256sum and others write them.
 *
 *	<64 hex digits>  <path>		also with " *" (binary)
 *	SHA256 (<path>) = <64 hex digits>
 *
 * A "./" in front of a path is taken off; CR before LF, and empty lines, are
 * skipped.  Anything else is refused with its line.
 *
 * Threads: one.  Memory: none is kept; a line at a time.
 */
#ifndef HEADWATER_CLIENT_SUMS_H
#define HEADWATER_CLIENT_SUMS_H

#include "schema/manifest.h"

typedef enum err sums_take(
    void *context, const struct manifest_line *line, struct why *w);

/* Each line of the file, or of stdin where it is "-". */
MUST_CHECK enum err sums_read(
    const char *path, sums_take *take, void *context, struct why *w);

/* One line without its LF, for tests. */
MUST_CHECK enum err sums_parse(struct span line, struct manifest_line *ret);

#endif
