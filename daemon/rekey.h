/*
 * rekey: which keyring is in force at a batch's time, asked of the signer.
 *
 * Threads: the sequencer.  Memory: rekey_init / rekey_done; its parts lie in the
 * arena until the next call.
 */
#ifndef HEADWATER_DAEMON_REKEY_H
#define HEADWATER_DAEMON_REKEY_H

#include "daemon/ledger.h"
#include "daemon/store_log.h"

struct rekey {
	struct arena *arena;
	uint64_t next_change_ms; /* ask again when a stamp reaches it; 0: ask */

	/* of a new keyring; NULL when the one in force stays */
	struct keyring *keyring;
	struct hash id;
	struct span gist;
	struct span entry;
	struct writer lines; /* beside it; empty where it holds them */
};

MUST_CHECK enum err rekey_init(struct rekey *rekey);
void rekey_done(struct rekey *rekey);

/* Asks when it is due at `stamp_ms`.  Afterwards rekey->keyring is what must come
 * first in the batch, or NULL. */
MUST_CHECK enum err rekey(struct rekey *rekey, struct ledger *ledger,
    uint64_t stamp_ms, struct why *w);

/* Puts the new keyring in force, at the position that it was given. */
MUST_CHECK enum err rekey_put(
    struct rekey *rekey, struct signers *signers, uint64_t position);

#endif
