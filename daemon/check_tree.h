/*
 * check_tree: the tree of a log that is walked from entry 0, made again and compared
 * with what is stored.
 *
 * Threads: one.  Memory: in place.
 */
#ifndef HEADWATER_DAEMON_CHECK_TREE_H
#define HEADWATER_DAEMON_CHECK_TREE_H

#include <stdio.h>

#include "daemon/damage.h"
#include "daemon/examine.h"

struct check_tree {
	struct txn *txn;
	FILE *out;
	uint64_t faults;
	struct damage *damage; /* NULL, or where they were */
	uint64_t size;	       /* of the log */
	struct tree_edge edge;
	struct tree_head stored; /* the checkpoint that is stored */
	bool has_stored;
};

void check_tree_fault(
    struct check_tree *tree, uint64_t position, const char *what);

/*
 * The leaf of the entry that comes next: of its bytes or the stored one, whichever
 * the tree was made of, so that damage is one fault and not one of each hash above
 * it.  False when the bytes are not what was logged, or not there.
 */
bool check_tree_leaf(
    struct check_tree *tree, const struct examined *found, struct hash *ret);

/* Compares all that this leaf completes, and the root at the checkpoint's size. */
void check_tree_append(struct check_tree *tree, const struct hash *leaf);

#endif
