/*
 * grow: what one batch adds to the log: positions, hashes, the new right edge.
 *
 * Nothing is stored or shared by it.  Entries borrow their bytes from whoever
 * gave them, who keeps them until commit returned.
 *
 * Threads: one at a time.  Memory: in place, 150 KB: not on a stack.
 */
#ifndef HEADWATER_DAEMON_GROW_H
#define HEADWATER_DAEMON_GROW_H

#include "daemon/limits.h"
#include "daemon/store_log.h"
#include "schema/tree.h"

/* 2·n + ones(before) − ones(after): tree_stored_count */
#define GROWTH_HASHES_MAX (2 * BATCH_ENTRIES_MAX + TREE_LEVELS)

struct growth {
	uint64_t stamp_ms;     /* of each entry */
	struct tree_edge edge; /* after the entries below */
	uint64_t first;	       /* position of the first one */
	size_t count;
	uint64_t hash_first; /* number of the first hash */
	size_t hash_count;
	struct log_entry entries[BATCH_ENTRIES_MAX];
	struct hash hashes[GROWTH_HASHES_MAX];
};

/* Empty, on top of `edge`. */
void grow_start(
    struct growth *growth, const struct tree_edge *edge, uint64_t stamp_ms);

/* Appends an entry (its stamp is set here) and gives its position.  Not when it is
 * full. */
uint64_t grow_add(struct growth *growth, const struct log_entry *entry);

struct tree_head grow_head(const struct growth *growth);

#endif
