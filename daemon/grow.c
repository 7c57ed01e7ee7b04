#include "daemon/grow.h"

#include <assert.h>
#include <string.h>

void
grow_start(
    struct growth *growth, const struct tree_edge *edge, uint64_t stamp_ms)
{
	growth->stamp_ms = stamp_ms;
	growth->edge = *edge;
	growth->first = edge->size;
	growth->count = 0;
	growth->hash_first = tree_stored_count(edge->size);
	growth->hash_count = 0;
}

uint64_t
grow_add(struct growth *growth, const struct log_entry *entry)
{
	struct hash made[TREE_LEVELS];
	uint64_t position = growth->first + growth->count;

	assert(growth->count < BATCH_ENTRIES_MAX);
	assert(growth->edge.size == position);
	growth->entries[growth->count] = *entry;
	growth->entries[growth->count].stamp_ms = growth->stamp_ms;
	growth->count++;
	size_t count = tree_append(&growth->edge, &entry->leaf, made);
	assert(growth->hash_count + count <= GROWTH_HASHES_MAX);
	memcpy(
	    &growth->hashes[growth->hash_count], made, count * sizeof(made[0]));
	growth->hash_count += count;
	return position;
}

struct tree_head
grow_head(const struct growth *growth)
{
	return (struct tree_head){ .size = growth->edge.size,
		.root = tree_edge_root(&growth->edge) };
}
