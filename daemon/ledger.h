/*
 * ledger: everything that handlers and threads share, assembled once by main.
 *
 * Constant after main has started it but for what each part guards by its own
 * lock.
 *
 * Threads: any.  Memory: ledger_new / ledger_free.
 */
#ifndef HEADWATER_DAEMON_LEDGER_H
#define HEADWATER_DAEMON_LEDGER_H

#include <stdatomic.h>

#include "daemon/batch.h"
#include "daemon/clock.h"
#include "daemon/published.h"
#include "daemon/recent.h"
#include "daemon/signers.h"
#include "daemon/store.h"
#include "schema/note.h"

struct blobs;
struct indexer;
struct mender;
struct signer_link;
struct tile_cache;
struct uploads;
struct worker;

struct ledger {
	struct clock clock;
	struct note_key key; /* the log's: origin and public key */
	struct store *log;
	struct store *index;
	struct signers *signers;
	struct recent *recent;
	struct published *published;
	struct batch *batch;
	struct tile_cache *tiles;
	struct signer_link *signer;
	struct indexer *indexer;
	struct blobs *blobs; /* of the service, as what follows */
	struct uploads *uploads;
	struct mender *mender;
	struct worker *worker;
	const char *folder; /* the data directory, for free space */
	/* steady ms since when something committed waits for its signature; 0:
	   nothing does */
	atomic_uint_fast64_t unsealed_since_ms;
	/* the sequencer has compared it with the signer's since the start: before,
	   who was added meanwhile would be refused */
	atomic_bool has_keyring;
	atomic_bool is_stopping; /* healthz: 503 */
	atomic_bool is_failed; /* the signer or the store is gone: exit soon */
	/* what ledger_fail calls, set by sequencer_new */
	void (*fail)(void *context, enum err err, const struct why *why);
	void *fail_context;
};

#define LEDGER_FAILED_TEXT \
	"the log has failed and is about to end, try again later"

/* Allocates the parts that need neither disk nor signer. */
struct ledger *ledger_new(void);
void ledger_free(struct ledger *ledger); /* closes the stores too */

/* Is it answering: store readable, signer alive, nothing unsealed for longer than
 * SEAL_STALE_MS, not stopping. */
bool ledger_is_healthy(struct ledger *ledger, struct why *w);

/*
 * Something is lost that this process cannot go on without: is_failed, the
 * failure marker where the disk may be at fault, no more admission, and `fail`;
 * only the first time.
 */
void ledger_fail(struct ledger *ledger, enum err err, const char *sentence);

/* Position of a record id, exact: `recent`, then the index.  Only published ones.
 * ERR_NOT_FOUND otherwise. */
MUST_CHECK enum err ledger_find(
    struct ledger *ledger, const struct hash *id, uint64_t *ret_position);

/* The indexed part of it, in the caller's snapshots (the index's is the older
 * one).  Two ids may share a place: the leaf hash in the log decides. */
bool ledger_find_indexed(struct txn *index, struct txn *log,
    const struct hash *id, uint64_t *ret_position);

#endif
