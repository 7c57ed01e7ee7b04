/*
 * recover: from what lies on the disk and what the signer remembers to a ledger
 * that serves.
 *
 * Refusals each have their own exit code (headwaterd(8)): see enum refusal in
 * recovery.h.
 *
 * Threads: before any.  Memory: its own, given back.
 */
#ifndef HEADWATER_DAEMON_RECOVER_H
#define HEADWATER_DAEMON_RECOVER_H

#include "daemon/recovery.h"

struct signer_hello;

/*
 * Makes the log and the signer equal: checks key and origin, the right edge
 * against the signer's root, feeds a signer that is behind (each entry
 * re-hashed), publishes the repeated checkpoint, puts the keyring in force, fills
 * `recent` with ids above the index, throws away an index of another history.
 * An empty log with a signer at size 0 is started (its first batch is the
 * keyring, by the sequencer).
 */
MUST_CHECK enum err recover(struct ledger *ledger,
    const struct signer_hello *hello, const struct recover_options *options,
    enum refusal *ret_refusal, struct why *w);

#endif
