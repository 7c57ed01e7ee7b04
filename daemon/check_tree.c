#include "daemon/check_tree.h"

#include <inttypes.h>

void
check_tree_fault(struct check_tree *tree, uint64_t position, const char *what)
{
	tree->faults++;
	if (tree->damage != NULL)
		damage_add(tree->damage, position);
	(void)fprintf(tree->out, "entry %" PRIu64 ": %s\n", position, what);
}

/* Damage is what we look for: it must not end the walk. */
static bool
get_hash(struct check_tree *tree, uint64_t number, struct hash *ret)
{
	bool is_there = store_log_get_hash(tree->txn, number, ret);

	if (tree->txn->err == ERR_CORRUPT)
		tree->txn->err = ERR_OK;
	return is_there;
}

static bool
is_root(struct check_tree *tree, const struct tree_edge *edge)
{
	struct hash root;

	if (!tree->has_stored || tree->stored.size != edge->size)
		return true;
	root = tree_edge_root(edge);
	return hash_equal(&root, &tree->stored.root);
}

/* Is this the leaf that the hash above it was made of?  The checkpoint where there
 * is none above. */
static bool
is_vouched(struct check_tree *tree, const struct hash *leaf)
{
	uint64_t position = tree->edge.size;
	struct tree_edge edge = tree->edge;
	struct hash made[TREE_LEVELS];
	struct hash above;
	struct hash other;

	if (position % 2 == 1) {
		other = tree_node(&edge.nodes[edge.count - 1], leaf);
	} else if (position + 1 < tree->size) {
		uint64_t next = tree_stored_number(0, position + 1);
		if (!get_hash(tree, next, &other))
			return true;
		other = tree_node(leaf, &other);
	} else {
		(void)tree_append(&edge, leaf, made);
		return is_root(tree, &edge);
	}
	return !get_hash(tree, tree_stored_number(1, position / 2), &above) ||
	    hash_equal(&above, &other);
}

bool
check_tree_leaf(
    struct check_tree *tree, const struct examined *found, struct hash *ret)
{
	uint64_t position = tree->edge.size;
	struct hash stored = { { 0 } };
	bool has_stored =
	    get_hash(tree, tree_stored_number(0, position), &stored);

	*ret = stored;
	if (!found->is_there || found->is_withheld)
		return found->is_there;
	if (has_stored && hash_equal(&stored, &found->leaf))
		return true;
	check_tree_fault(
	    tree, position, "its stored leaf hash is not that of its bytes");
	if (has_stored && !is_vouched(tree, &found->leaf) &&
	    is_vouched(tree, &stored))
		return false;
	*ret = found->leaf;
	return true;
}

void
check_tree_append(struct check_tree *tree, const struct hash *leaf)
{
	uint64_t position = tree->edge.size;
	uint64_t number = tree_stored_count(position);
	struct hash made[TREE_LEVELS];
	struct hash stored;
	size_t count = tree_append(&tree->edge, leaf, made);

	for (size_t i = 1; i < count; i++) {
		if (!get_hash(tree, number + i, &stored) ||
		    !hash_equal(&stored, &made[i]))
			check_tree_fault(tree, position,
			    "a tree hash that it completes is wrong");
	}
	if (!is_root(tree, &tree->edge)) {
		tree->faults++;
		(void)fputs("log: its entries do not make the root of its "
			    "stored checkpoint\n",
		    tree->out);
	}
}
