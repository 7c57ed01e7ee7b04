/*
 * prove: proofs at any published size, from the stored hashes.
 *
 * Threads: any; reads one snapshot.  Memory: the caller's.
 */
#ifndef HEADWATER_DAEMON_PROVE_H
#define HEADWATER_DAEMON_PROVE_H

#include "daemon/published.h"
#include "daemon/store_log.h"
#include "schema/tree.h"
#include "schema/writer.h"

/* index < size ≤ what is stored. */
MUST_CHECK enum err prove_inclusion(
    struct txn *txn, uint64_t index, uint64_t size, struct tree_proof *ret);
MUST_CHECK enum err prove_consistency(
    struct txn *txn, uint64_t old, uint64_t size, struct tree_proof *ret);
MUST_CHECK enum err prove_root(
    struct txn *txn, uint64_t size, struct hash *ret);

/* Does `old` lead to `head`, which is published?  ERR_CORRUPT where a stored hash
 * has rotted: what rests on `old` must not be handed out. */
MUST_CHECK enum err prove_leads_to(
    struct txn *txn, const struct tree_head *old, const struct tree_head *head);

/* The tlog-proof file of the entry at `position` in the published head given;
 * the proof is verified before it is written (F11). */
MUST_CHECK enum err prove_tlog(struct txn *txn, uint64_t position,
    const struct published_head *head, struct writer *w);

#endif
