/*
 * follow_inner: what the parts of follow share; for them alone.
 *
 * Threads: one.  Memory: none.
 */
#ifndef HEADWATER_CLIENT_FOLLOW_INNER_H
#define HEADWATER_CLIENT_FOLLOW_INNER_H

#include "client/follow.h"

void follow_found(struct follow *follow, const char *format, ...) PRINTF(2, 3);

/* Bytes of a tile or bundle; ERR_WITHHELD with the operator's word. */
MUST_CHECK enum err follow_get(struct follow *follow, const struct tile *tile,
    struct span *ret, struct why *w);

/* The entry of an index: hashed, and judged where it is new. */
MUST_CHECK enum err follow_entry(
    struct follow *follow, uint64_t index, struct span entry, struct why *w);

/* A bundle that is withheld for one entry or some: the rest is asked for by id,
 * which is the hash in the tile; of the others the hash is taken.  `said`: the
 * operator's word. */
MUST_CHECK enum err follow_withheld_bundle(struct follow *follow,
    const struct tile *bundle, const struct why *said, struct why *w);

#endif
