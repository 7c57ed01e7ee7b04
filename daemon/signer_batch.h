/*
 * signer_batch: what a batch makes of the signer's tree.
 *
 * Judges the body of a SIGNER_SEAL (signer_wire) and hashes its entries itself;
 * nothing is changed and nothing is signed here.
 *
 * Threads: any.  Memory: the caller's; nothing is allocated.
 */
#ifndef HEADWATER_DAEMON_SIGNER_BATCH_H
#define HEADWATER_DAEMON_SIGNER_BATCH_H

#include "daemon/signer_state.h"
#include "schema/envelope.h"

/* The right edge after the batch.  ERR_SYNTAX: malformed; ERR_CONFLICT: not from
 * where the state stands; ERR_LIMIT: no entry, too many, an empty one;
 * ERR_DIVERGED: memory does not hold what it was given. */
MUST_CHECK enum err signer_batch(const struct signer_state *state,
    struct span body, uint8_t copy[static ENTRY_LEN_MAX],
    struct tree_edge *ret_edge, struct why *w);

/* The leaf hash of an entry, computed from two copies of its bytes; ERR_DIVERGED
 * when they disagree (one flipped bit has ended a log: Yeti 2022). */
MUST_CHECK enum err signer_leaf(
    struct span entry, struct span copy, struct hash *ret, struct why *w);

#endif
