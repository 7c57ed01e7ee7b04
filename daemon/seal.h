/*
 * seal: have the signer sign what is committed.
 *
 * The entries are read back from the disk's pages and handed over, so what is
 * signed is what is stored; the signer hashes them itself, and its root must be
 * the one that we made.  Recovery feeds a signer that is behind by the same step.
 *
 * Threads: one at a time.  Memory: in place, 20 KB.
 */
#ifndef HEADWATER_DAEMON_SEAL_H
#define HEADWATER_DAEMON_SEAL_H

#include "daemon/limits.h"
#include "daemon/store_log.h"
#include "schema/checkpoint.h"

struct signer_link;

struct sealing {
	struct store *log;
	struct signer_link *signer;

	struct tree_head head; /* what was signed, by the last seal */
	size_t note_len;
	uint8_t note[CHECKPOINT_NOTE_MAX];
	uint64_t damaged; /* position that gave ERR_CORRUPT */

	struct span entries[BATCH_ENTRIES_MAX];
};

/*
 * Signs `to`, over the at most BATCH_ENTRIES_MAX entries from position `from`
 * (what the signer has signed) on.  ERR_MISSING: the signer is gone; ERR_CORRUPT:
 * an entry is damaged; ERR_DIVERGED: the signer made another root of them.
 */
MUST_CHECK enum err seal(struct sealing *sealing, uint64_t from,
    const struct tree_head *to, struct why *w);

/* Takes over a note that signer_link has verified; its head must be `to`. */
MUST_CHECK enum err seal_check(struct sealing *sealing, struct span note,
    const struct tree_head *to, struct why *w);

#endif
