#include "daemon/prove.h"

#include <assert.h>

#include "schema/tlog_proof.h"

/* Room to fold a range: a proof folds up to 64, and where all that is automatic is
 * zeroed, room for each costs more than what is read into it. */
struct room {
	struct tree_position places[TREE_LEVELS];
	struct hash nodes[TREE_LEVELS];
};

/* The hash over a range of leaves, folded from the complete nodes stored. */
static bool
range_hash(struct txn *txn, struct tree_range range, struct room *room,
    struct hash *ret)
{
	size_t count = tree_range_nodes(range, room->places);

	for (size_t i = 0; i < count; i++) {
		if (!store_log_get_node(txn, room->places[i], &room->nodes[i]))
			return false;
	}
	*ret = tree_fold(room->nodes, count);
	return true;
}

/* What is missing below the stored size is damage. */
static enum err
missing(struct txn *txn)
{
	txn_fail(txn, ERR_CORRUPT);
	return txn->err;
}

static enum err
prove(struct txn *txn, const struct tree_range *ranges, size_t count,
    struct tree_proof *ret)
{
	struct room room;

	ret->count = count;
	for (size_t i = 0; i < count; i++) {
		if (!range_hash(txn, ranges[i], &room, &ret->hashes[i]))
			return missing(txn);
	}
	return ERR_OK;
}

enum err
prove_inclusion(
    struct txn *txn, uint64_t index, uint64_t size, struct tree_proof *ret)
{
	struct tree_range ranges[TREE_PROOF_MAX];

	assert(index < size);
	size_t count = tree_inclusion_ranges(index, size, ranges);
	return prove(txn, ranges, count, ret);
}

enum err
prove_consistency(
    struct txn *txn, uint64_t old, uint64_t size, struct tree_proof *ret)
{
	struct tree_range ranges[TREE_PROOF_MAX];

	assert(old > 0 && old <= size);
	size_t count = tree_consistency_ranges(old, size, ranges);
	return prove(txn, ranges, count, ret);
}

enum err
prove_root(struct txn *txn, uint64_t size, struct hash *ret)
{
	struct room room;

	if (size == 0) {
		*ret = tree_empty();
		return ERR_OK;
	}
	if (!range_hash(txn, (struct tree_range){ .end = size }, &room, ret))
		return missing(txn);
	return ERR_OK;
}

enum err
prove_leads_to(
    struct txn *txn, const struct tree_head *old, const struct tree_head *head)
{
	struct tree_proof proof = { .count = 0 };
	enum err err = old->size == head->size
	    ? ERR_OK
	    : prove_consistency(txn, old->size, head->size, &proof);

	if (err != ERR_OK)
		return err;
	return tree_verify_consistency(old, head, &proof) == ERR_OK
	    ? ERR_OK
	    : missing(txn);
}

enum err
prove_tlog(struct txn *txn, uint64_t position,
    const struct published_head *head, struct writer *w)
{
	struct tlog_proof proof = { .has_extra = true, .index = position };
	struct log_entry entry;

	if (!store_log_get_checked(txn, position, &entry))
		return missing(txn);
	if (entry.is_withheld)
		return ERR_WITHHELD; /* a proof file holds the entry */
	enum err err =
	    prove_inclusion(txn, position, head->head.size, &proof.proof);
	if (err != ERR_OK)
		return err;
	/* never hand out what does not verify */
	if (tree_verify_inclusion(position, head->head.size, &entry.leaf,
		&proof.proof, &head->head.root) != ERR_OK)
		return missing(txn);
	proof.extra = entry.entry;
	proof.checkpoint = span_of(head->note, head->note_len);
	tlog_proof_print(&proof, w);
	return writer_end(w);
}
