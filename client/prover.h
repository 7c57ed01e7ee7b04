/*
 * prover: inclusion proofs of some leaves (RFC 6962 section 2.1.1), from one pass
 * over all of them.
 *
 *	prover_new(indices, count, size)
 *	for each leaf: prover_leaf
 *	for each index: prover_proof
 *
 * Threads: one.  Memory: prover_new / prover_free; a few KiB an index.
 */
#ifndef HEADWATER_CLIENT_PROVER_H
#define HEADWATER_CLIENT_PROVER_H

#include "schema/tree.h"

#define PROVER_MAX 4096

struct prover;

/* Each index below `size`; at most PROVER_MAX of them.  NULL: out of memory. */
struct prover *prover_new(const uint64_t *indices, size_t count, uint64_t size);
void prover_free(struct prover *prover); /* NULL is fine */

/* The next leaf's hash (tree_leaf). */
void prover_leaf(struct prover *prover, const struct hash *leaf);

/* After the last: the proof of the n-th index; and the root of all. */
struct tree_proof prover_proof(const struct prover *prover, size_t n);
struct hash prover_root(const struct prover *prover);

#endif
