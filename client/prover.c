#include "client/prover.h"

#include <assert.h>
#include <stdlib.h>

/* A hash that a proof needs: one complete subtree's. */
struct node {
	uint64_t number; /* tree_stored_number */
	struct hash hash;
};

struct prover {
	uint64_t size;
	size_t count;
	uint64_t *indices;
	struct node *nodes; /* by number, each once */
	size_t node_count;
	size_t next; /* of the nodes: the first that has not come yet */
	struct tree_edge edge;
};

/* One hash of a proof is that of one range of at most TREE_LEVELS nodes, and
 * only the range at the right edge has more than one. */
#define NODES_OF_PROOF (TREE_PROOF_MAX + TREE_LEVELS)

static int
by_number(const void *a, const void *b)
{
	const struct node *left = a;
	const struct node *right = b;

	if (left->number == right->number)
		return 0;
	return left->number < right->number ? -1 : 1;
}

static void
want(struct prover *prover, uint64_t index)
{
	struct tree_range ranges[TREE_PROOF_MAX];
	struct tree_position nodes[TREE_LEVELS];
	size_t count = tree_inclusion_ranges(index, prover->size, ranges);

	for (size_t i = 0; i < count; i++) {
		size_t of = tree_range_nodes(ranges[i], nodes);
		for (size_t j = 0; j < of; j++)
			prover->nodes[prover->node_count++].number =
			    tree_stored_number(nodes[j].level, nodes[j].n);
	}
}

static void
sort_wanted(struct prover *prover)
{
	size_t kept = 0;

	if (prover->node_count > 1)
		qsort(prover->nodes, prover->node_count, sizeof(struct node),
		    by_number);
	for (size_t i = 0; i < prover->node_count; i++) {
		if (kept == 0 ||
		    prover->nodes[kept - 1].number != prover->nodes[i].number)
			prover->nodes[kept++] = prover->nodes[i];
	}
	prover->node_count = kept;
}

struct prover *
prover_new(const uint64_t *indices, size_t count, uint64_t size)
{
	struct prover *prover = calloc(1, sizeof(*prover));

	assert(count <= PROVER_MAX);
	if (prover == NULL)
		return NULL;
	prover->size = size;
	prover->count = count;
	prover->indices = calloc(count + 1, sizeof(*prover->indices));
	prover->nodes =
	    calloc(count * NODES_OF_PROOF + 1, sizeof(*prover->nodes));
	if (prover->indices == NULL || prover->nodes == NULL) {
		prover_free(prover);
		return NULL;
	}
	for (size_t i = 0; i < count; i++) {
		assert(indices[i] < size);
		prover->indices[i] = indices[i];
		want(prover, indices[i]);
	}
	sort_wanted(prover);
	return prover;
}

void
prover_free(struct prover *prover)
{
	if (prover == NULL)
		return;
	free(prover->indices);
	free(prover->nodes);
	free(prover);
}

/* Hashes are made in the order of their numbers. */
void
prover_leaf(struct prover *prover, const struct hash *leaf)
{
	struct hash made[TREE_LEVELS];
	uint64_t number = tree_stored_count(prover->edge.size);
	size_t count = tree_append(&prover->edge, leaf, made);

	for (size_t i = 0; i < count; i++, number++) {
		if (prover->next < prover->node_count &&
		    prover->nodes[prover->next].number == number)
			prover->nodes[prover->next++].hash = made[i];
	}
}

static struct hash
hash_of(const struct prover *prover, struct tree_range range)
{
	struct tree_position at[TREE_LEVELS];
	struct hash hashes[TREE_LEVELS];
	size_t count = tree_range_nodes(range, at);

	for (size_t i = 0; i < count; i++) {
		struct node key = { .number = tree_stored_number(
					at[i].level, at[i].n) };
		const struct node *found = bsearch(&key, prover->nodes,
		    prover->node_count, sizeof(key), by_number);
		assert(found != NULL);
		hashes[i] = found->hash;
	}
	return tree_fold(hashes, count);
}

struct tree_proof
prover_proof(const struct prover *prover, size_t n)
{
	struct tree_range ranges[TREE_PROOF_MAX];
	struct tree_proof proof;

	assert(n < prover->count && prover->edge.size == prover->size);
	proof.count =
	    tree_inclusion_ranges(prover->indices[n], prover->size, ranges);
	for (size_t i = 0; i < proof.count; i++)
		proof.hashes[i] = hash_of(prover, ranges[i]);
	return proof;
}

struct hash
prover_root(const struct prover *prover)
{
	return tree_edge_root(&prover->edge);
}
