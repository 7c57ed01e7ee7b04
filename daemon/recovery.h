/*
 * recovery: the part of a start that makes log and signer equal.
 *
 * Neither ever goes below what was signed: a signer that is behind is fed, a log
 * that is behind is refused.  recover.h tells the whole.
 *
 * Threads: before any.  Memory: the caller's, for one start.
 */
#ifndef HEADWATER_DAEMON_RECOVERY_H
#define HEADWATER_DAEMON_RECOVERY_H

#include "daemon/ledger.h"
#include "daemon/seal.h"

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

/* The way out where the index is what is wrong. */
#define RECOVERY_REINDEX "`headwaterd --reindex` makes it anew"

struct recover_options {
	bool cut_unsealed; /* --cut-unsealed */
};

/* A start, as far as it has come. */
struct recovery {
	struct ledger *ledger;
	const struct recover_options *options;
	struct arena *arena;
	struct sealing *sealing;
	uint64_t size;		      /* of the log */
	uint64_t stored;	      /* of the checkpoint stored in it, or 0 */
	struct tree_head signed_head; /* what the signer has signed */
	enum refusal refusal;	      /* why it is refused, while err is set */
	struct why *w;
};

/* Whose log it is, whether it is whole, what the signer lacks.  Afterwards
 * signed_head is the log's head. */
MUST_CHECK enum err recovery_make_equal(struct recovery *s);

/* The keyring record at `position`. */
MUST_CHECK enum err recovery_load_keyring(struct recovery *s, struct txn *txn,
    uint64_t position, struct keyring **ret);

/* Keeps the refusal and hands `err` back. */
enum err recovery_refuse(
    struct recovery *s, enum refusal refusal, enum err err);
/* The same for what cannot be read: the disk's fault, or contradicting bytes. */
enum err recovery_unreadable(struct recovery *s, enum err err);

#endif
