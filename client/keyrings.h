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

struct keyrings_found {
	struct keyring *keyring;
	uint64_t index;
	struct span proof; /* the tlog-proof file */
};

/* The last keyring below `index`; UINT64_MAX: the latest.  Online. */
MUST_CHECK enum err keyrings_below(struct session *session, uint64_t index,
    struct keyrings_found *ret, struct why *w);

#endif
