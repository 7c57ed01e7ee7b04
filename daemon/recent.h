/*
 * recent: ids of committed records that the index does not hold yet.
 *
 * A hash table of fixed size (RECENT_IDS_MAX), so that duplicates and lookups by
 * id are exact although the index lags.  Ask here first, then open the index
 * snapshot: an id leaves only after the index holds it.
 *
 * Threads: any, one lock inside.  Memory: recent_new / recent_free.
 */
#ifndef HEADWATER_DAEMON_RECENT_H
#define HEADWATER_DAEMON_RECENT_H

#include <stdint.h>

#include "schema/sha256.h"

struct recent;

struct recent *recent_new(size_t cap);
void recent_free(struct recent *recent);

/* Positions come in order, without holes.  False when it is full. */
bool recent_add(
    struct recent *recent, const struct hash *id, uint64_t position);
bool recent_find(
    struct recent *recent, const struct hash *id, uint64_t *ret_position);
/* Forgets positions below `position`: the index has them. */
void recent_forget_below(struct recent *recent, uint64_t position);
size_t recent_count(struct recent *recent);

#endif
