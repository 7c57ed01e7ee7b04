/*
 * tree: the Merkle tree of RFC 6962 over SHA-256, without any storage.
 *
 * Hashes of complete subtrees are numbered in the order in which an appended
 * tree completes them (as golang.org/x/mod/sumdb/tlog StoredHashIndex), so a
 * store of them is only ever appended to.  Levels count from 0 (leaves); node
 * (level, n) covers leaves [n·2^level, (n+1)·2^level).
 *
 * Sizes are at most TREE_SIZE_MAX.  Threads: any.  Memory: the caller's.
 */
#ifndef HEADWATER_SCHEMA_TREE_H
#define HEADWATER_SCHEMA_TREE_H

#include <stdint.h>

#include "schema/err.h"
#include "schema/sha256.h"
#include "schema/span.h"

#define TREE_SIZE_MAX INT64_MAX /* other clients parse int64 */
#define TREE_LEVELS 63		/* levels 0 to 62 can be complete */
#define TREE_PROOF_MAX 63	/* hashes in one proof */
/* above it a consistency proof may need 64 hashes, which no C2SP text allows */
#define TREE_CONSISTENCY_MAX ((uint64_t)1 << 62)

struct hash tree_empty(void);		  /* SHA-256("") */
struct hash tree_leaf(struct span entry); /* SHA-256(0x00 || entry) */
struct hash tree_node(const struct hash *left, const struct hash *right);

/* ---- the right edge: what is needed to append ---- */

/* Roots of the complete subtrees that a tree of `size` consists of, the largest
 * (leftmost) first; as many as `size` has one-bits. */
struct tree_edge {
	uint64_t size;
	size_t count;
	struct hash nodes[TREE_LEVELS];
};

/* Appends a leaf.  Writes each complete subtree's hash that this made, in order
 * of their numbers (the leaf first), to `made` and returns how many (1-63). */
size_t tree_append(struct tree_edge *edge, const struct hash *leaf,
    struct hash made[static TREE_LEVELS]);
struct hash tree_edge_root(const struct tree_edge *edge);

/* ---- numbers of stored hashes ---- */

uint64_t tree_stored_count(uint64_t size); /* 2·size − ones(size) */
uint64_t tree_stored_number(
    unsigned level, uint64_t n); /* of node (level, n) */

/* ---- proofs: which nodes, then the folding ---- */

/*
 * A proof hash, or a root, is itself the root of a range of leaves [begin, end)
 * that may be incomplete at the right edge.  tree_range_nodes says which complete
 * nodes make it up, and tree_fold makes the hash of them.
 */
struct tree_range {
	uint64_t begin;
	uint64_t end;
};

struct tree_position {
	unsigned level;
	uint64_t n;
};

/* Ranges whose roots are the inclusion proof of leaf `index` in a tree of `size`
 * (RFC 6962 section 2.1.1), from the leaf upwards.  Needs index < size.
 * Returns their count. */
size_t tree_inclusion_ranges(uint64_t index, uint64_t size,
    struct tree_range out[static TREE_PROOF_MAX]);

/* The same for the consistency proof (section 2.1.2); 0 < old ≤ size, which is
 * at most TREE_CONSISTENCY_MAX. */
size_t tree_consistency_ranges(
    uint64_t old, uint64_t size, struct tree_range out[static TREE_PROOF_MAX]);

/* The complete nodes of a range that a proof or a whole tree asks for, from left
 * to right; returns their count (1-63; 0 for an empty range). */
size_t tree_range_nodes(
    struct tree_range range, struct tree_position out[static TREE_LEVELS]);

/* The hash over such nodes, folded from the right. */
struct hash tree_fold(const struct hash *nodes, size_t count);

struct tree_proof {
	size_t count;
	struct hash hashes[TREE_PROOF_MAX];
};

/* RFC 9162 section 2.1.3.2.  ERR_OK, ERR_MISMATCH (it does not verify) or
 * ERR_SYNTAX (index ≥ size, too many hashes for these sizes). */
MUST_CHECK enum err tree_verify_inclusion(uint64_t index, uint64_t size,
    const struct hash *leaf, const struct tree_proof *proof,
    const struct hash *root);

/* RFC 9162 section 2.1.4.2.  old = 0 is ERR_SYNTAX; old = size takes an empty
 * proof and equal roots. */
struct tree_head {
	uint64_t size;
	struct hash root;
};
MUST_CHECK enum err tree_verify_consistency(const struct tree_head *old,
    const struct tree_head *head, const struct tree_proof *proof);

#endif
