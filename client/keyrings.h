/*
 * keyrings: the log's keyring records, fetched, verified and kept.
 *
 * Each is proved by the log's signature before it is believed.  That a keyring is
 * the last one below an entry is the log's word until an audit.
 *
 * Threads: one.  Memory: the session's arena; the caller frees keyrings.
 */
#ifndef HEADWATER_CLIENT_KEYRINGS_H
#define HEADWATER_CLIENT_KEYRINGS_H

#include "client/session.h"
#include "schema/keyring.h"

struct keyrings_row {
	uint64_t index;
	struct hash id;
};

struct keyrings {
	size_t count; /* at least 1 */
	struct keyrings_row *rows;
};

/* Which there are in a log of at least `size_min` entries. */
MUST_CHECK enum err keyrings_list(struct session *session, uint64_t size_min,
    struct keyrings *ret, struct why *w);

struct keyrings_found {
	struct keyring *keyring;
	uint64_t index;
	struct span proof; /* the tlog-proof file */
};

/* The last one below `index` (UINT64_MAX: the latest), from disk or the log. */
MUST_CHECK enum err keyrings_below(struct session *session,
    const struct keyrings *keyrings, uint64_t index, struct keyrings_found *ret,
    struct why *w);

#endif
