/*
 * gather: which of those that wait go into this batch.
 *
 * Judged again where a new keyring came between, then compared with all that is
 * in the log: a duplicate of a published entry is answered at once, one of an
 * unsealed entry waits with it, the rest grows the batch.
 *
 * Threads: the sequencer.  Memory: in place.
 */
#ifndef HEADWATER_DAEMON_GATHER_H
#define HEADWATER_DAEMON_GATHER_H

#include "daemon/grow.h"
#include "daemon/sealer.h"

struct gather {
	struct ledger *ledger;
	struct sealer *sealer;
	struct growth *growth;
	/* the keyring that these are judged by */
	const struct keyring *keyring;
	uint64_t keyring_position;

	struct submission *waiters; /* out: for this batch's seal */
};

/* Nothing in the log is changed.  On an error all of `first` stand in `waiters`
 * or were answered. */
MUST_CHECK enum err gather(
    struct gather *g, struct submission *first, struct why *w);

#endif
