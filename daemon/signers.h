/*
 * signers: the keyring in force, for every thread that admits.
 *
 * The sequencer puts a new one when it has sequenced a keyring record; holders
 * of an old one keep it until they let go (counted references).
 *
 * Threads: any.  Memory: signers_new / signers_free.
 */
#ifndef HEADWATER_DAEMON_SIGNERS_H
#define HEADWATER_DAEMON_SIGNERS_H

#include <stdint.h>

#include "schema/keyring.h"

struct signers;

struct signers_view {
	const struct keyring *keyring;
	uint64_t position; /* of the keyring record */
	struct hash id;	   /* its record id */
};

struct signers *signers_new(void); /* empty: nothing in force */
void signers_free(struct signers *signers);

/* Takes the keyring over, also when it fails (ERR_MEMORY). */
MUST_CHECK enum err signers_put(struct signers *signers,
    struct keyring *keyring, uint64_t position, const struct hash *id);

/* NULL while nothing is in force.  Hold it shortly, then let go. */
const struct signers_view *signers_hold(struct signers *signers);
void signers_let_go(struct signers *signers, const struct signers_view *view);

#endif
