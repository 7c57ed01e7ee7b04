/*
 * fetched: a record by its id, proved: from what this client keeps, else from the
 * log.
 *
 * What the log gives must be of the id that was asked for, and its checkpoint must
 * fit into the history seen.  Nothing is kept.
 *
 * Threads: one.  Memory: the session's arena; fetched_done frees the record.
 */
#ifndef HEADWATER_CLIENT_FETCHED_H
#define HEADWATER_CLIENT_FETCHED_H

#include "client/proved.h"
#include "client/session.h"
#include "client/stored.h"

struct fetched {
	struct stored stored; /* its keyring empty: not at hand */
	struct proved proved;
};

MUST_CHECK enum err fetched_record(struct session *session,
    const struct hash *id, struct fetched *ret, struct why *w);
/* The same by 64 digits, or by a unique prefix of those kept here. */
MUST_CHECK enum err fetched_named(struct session *session, const char *text,
    struct fetched *ret, struct why *w);
void fetched_done(struct fetched *fetched);

/* Asks the log for the keyring that judged it, where none is at hand; that it
 * can not be had is no error. */
void fetched_find_keyring(struct session *session, struct fetched *fetched);

/* Who signed it, where the keyring is at hand: proved.has_signer tells.
 * ERR_MISMATCH: by that keyring he did not. */
MUST_CHECK enum err fetched_judge(
    struct session *session, struct fetched *fetched, struct why *w);

#endif
