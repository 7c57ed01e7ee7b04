/*
 * gist_seek: what a question wants of a gist's lists, without reading the rest.
 *
 * A record lists up to 512 subjects and inputs, and one question looks at
 * thousands of records: stepping over an artifact costs 5 ns, reading it 300.
 *
 * Threads: any.  Memory: borrows the bytes.
 */
#ifndef HEADWATER_DAEMON_GIST_SEEK_H
#define HEADWATER_DAEMON_GIST_SEEK_H

#include "daemon/gist.h"

/*
 * The next artifact that has `node` as its node (NULL: whatever it is).  Start
 * with `struct reader r = reader_of(gist->subjects)`; false at the end or on
 * damage, and then `r` is at its end.
 */
bool gist_seek_subject(
    struct reader *r, const struct digest *node, struct gist_artifact *ret);

/* The same, of inputs that make an edge, and of parts that do. */
bool gist_seek_input(
    struct reader *r, const struct digest *node, struct gist_artifact *ret);
bool gist_seek_part(
    struct reader *r, const struct digest *node, struct gist_artifact *ret);

/* The first subject with this digest among its digests, node or not. */
bool gist_seek_digest(const struct gist *gist, const struct digest *digest,
    struct gist_artifact *ret);
bool gist_has_subject(const struct gist *gist, const struct digest *digest);

/* Is it the node of the first subject? */
bool gist_is_first(const struct gist *gist, const struct digest *node);

/* Of the first subject, its digest by this algorithm; its merkleTreeHash, which is
 * the root that the record signs of the set. */
bool gist_first_digest(const struct gist *gist, enum digest_algorithm algorithm,
    struct digest *ret);
bool gist_first_root(const struct gist *gist, struct hash *ret);

#endif
