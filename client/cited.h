/*
 * cited: which record of ours an artifact was a subject of.
 *
 * A file `subjects/<alg>-<hex>` of the pinned log's folder holds the newest such
 * record's id, so that later records can cite it.  A record that makes (a run, a
 * set with parts or sources) is kept before one that only describes: who follows
 * the citation should come to what it was made of.  Losing it costs citations, no
 * truth.
 *
 * Threads: one.  Memory: none.
 */
#ifndef HEADWATER_CLIENT_CITED_H
#define HEADWATER_CLIENT_CITED_H

#include "client/trust.h"
#include "schema/record.h"

MUST_CHECK enum err cited_put(const struct trust *trust,
    const struct digest *node, const struct hash *id, bool makes,
    struct why *w);

/* All that a record is about, as what made it would have put it. */
MUST_CHECK enum err cited_put_record(const struct trust *trust,
    const struct record *record, const struct hash *id, struct why *w);

/* False where this client has none. */
MUST_CHECK bool cited_get(
    const struct trust *trust, const struct digest *node, struct hash *ret);

#endif
