/*
 * indexer: the thread that follows the log into the index.
 *
 * It takes whatever is published and not yet indexed, sorted, in slices, the last
 * of which moves the watermark; then it forgets those ids in `recent` and wakes
 * whoever waits for that size.
 *
 * Threads: its own; indexer_wait and friends any.  Memory: indexer_new / _free.
 */
#ifndef HEADWATER_DAEMON_INDEXER_H
#define HEADWATER_DAEMON_INDEXER_H

#include <stdint.h>

#include "daemon/store.h"
#include "schema/tree.h"

struct indexer;
struct ledger;
struct tree_head;

/* Waiting for the index to hold `size` entries.  The waiter's owner keeps it
 * until `wake` was called, exactly once, on another thread. */
struct index_waiter {
	uint64_t size;
	uint64_t deadline_ms; /* on the steady clock */
	void (*wake)(struct index_waiter *waiter);
	void *context;
	struct index_waiter *next;
};

/* On top of what recovery made.  When it cannot go on: ledger_fail. */
MUST_CHECK enum err indexer_new(
    struct ledger *ledger, struct indexer **ret, struct why *w);
MUST_CHECK enum err indexer_start(struct indexer *indexer);
void indexer_stop(struct indexer *indexer); /* wakes all waiters; joins */
void indexer_free(struct indexer *indexer);

void indexer_notice(struct indexer *indexer);	/* something was published */
uint64_t indexer_size(struct indexer *indexer); /* the watermark */

/* False, and wake is never called, when the index is there already. */
bool indexer_wait(struct indexer *indexer, struct index_waiter *waiter);
void indexer_expire(struct indexer *indexer, uint64_t now_ms);

/* Throws an index of another history away (its watermark's root is not the log's,
 * or it is above `to`); gives the size that it is complete up to. */
MUST_CHECK enum err indexer_align(struct store *log, struct store *index,
    const struct tree_head *to, uint64_t *ret_size, struct why *w);

/* Makes the index complete up to `to`, from wherever it stands after
 * indexer_align: what recovery and --reindex do before any thread. */
MUST_CHECK enum err indexer_follow(struct store *log, struct store *index,
    const struct tree_head *to, struct why *w);

#endif
