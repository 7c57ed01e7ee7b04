/*
 * cited: which record of ours an artifact was the first subject of.
 *
 * A file `subjects/<alg>-<hex>` of the pinned log's folder holds the newest such
 * record's id, so that later records can cite it.  Losing it costs citations, no
 * truth.
 *
 * Threads: one.  Memory: none.
 */
#ifndef HEADWATER_CLIENT_CITED_H
#define HEADWATER_CLIENT_CITED_H

#include "client/trust.h"
#include "schema/digest_set.h"

MUST_CHECK enum err cited_put(const struct trust *trust,
    const struct digest *node, const struct hash *id, struct why *w);

/* Adds the citation to the set where there is one; nothing else changes. */
void cited_add(const struct trust *trust, struct digest_set *set);

#endif
