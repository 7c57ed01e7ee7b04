/*
 * recover: from what lies on the disk and what the signer remembers to a ledger
 * that serves.
 *
 * Refusals each have their own exit code (headwaterd(8)): see enum refusal.
 *
 * Threads: before any.  Memory: none.
 */
#ifndef HEADWATER_DAEMON_RECOVER_H
#define HEADWATER_DAEMON_RECOVER_H

#include "daemon/ledger.h"

/* Exit statuses of a refused start, documented in headwaterd(8). */
enum refusal {
	REFUSAL_NONE = 0,
	REFUSAL_CONFIG = 10,	 /* options, config file, listen address */
	REFUSAL_FILESYSTEM = 11, /* NFS, CIFS, FUSE, 9p; cannot be written */
	REFUSAL_LOCKED = 12,	 /* another daemon or signer is at work */
	REFUSAL_KEY = 13,	 /* log key or allowed_signers unusable */
	REFUSAL_FOREIGN = 14,	 /* the key does not fit the log */
	REFUSAL_BEHIND = 15,	 /* the log is behind its signer */
	REFUSAL_DAMAGED = 16,	 /* stored bytes contradict each other */
	REFUSAL_STATE = 17,	 /* the signer's state is lost or damaged */
	REFUSAL_FORMAT = 18,	 /* written by a newer version */
	REFUSAL_IO = 19,	 /* the device, memory, or something else */
};

struct signer_hello;

struct recover_options {
	bool cut_unsealed; /* --cut-unsealed */
};

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
