#include "daemon/lineage_graph.h"

#include <assert.h>

_Static_assert(LINEAGE_SLOTS >= 2 * LINEAGE_NODES_MAX,
    "half of the slots stay free, so that a search ends");
_Static_assert(LINEAGE_NODES_MAX < UINT16_MAX, "slots hold node numbers");

const char *
lineage_standing_name(enum lineage_standing standing)
{
	switch (standing) {
	case STANDING_OWN:
		return "own";
	case STANDING_CITED:
		return "cited";
	case STANDING_STRANGER:
		return "stranger";
	case STANDING_NONE:
		break;
	}
	return "";
}

struct lineage *
lineage_start(const struct lineage_question *question, struct view *view,
    struct arena *arena)
{
	struct lineage *lineage = arena_take(arena, 1, sizeof(*lineage));
	size_t root;

	assert(question->limit > 0 && question->limit <= LINEAGE_NODES_MAX);
	if (lineage == NULL)
		return NULL;
	lineage->question = *question;
	lineage->size = view->end;
	lineage->arena = arena;
	lineage->view = view;
	lineage->nodes =
	    arena_take(arena, question->limit, sizeof(*lineage->nodes));
	lineage->edges =
	    arena_take(arena, LINEAGE_EDGES_MAX, sizeof(*lineage->edges));
	lineage->queue =
	    arena_take(arena, question->limit, sizeof(*lineage->queue));
	if (lineage->nodes == NULL || lineage->edges == NULL ||
	    lineage->queue == NULL)
		return NULL;
	if (!lineage_add_node(lineage, &question->root, &root))
		return NULL;
	return lineage;
}

/* Its slot, or the free one where it belongs.  The index's keyed hash places it,
 * so that nobody can choose digests that crowd. */
static size_t
find_slot(const struct lineage *lineage, const struct digest *digest)
{
	uint8_t value[VIEW_VALUE_MAX];
	uint64_t place = store_index_place(lineage->view->store, INDEX_SUBJECT,
	    view_value(SPAN_EMPTY, digest, value));
	size_t slot = place % LINEAGE_SLOTS;

	while (lineage->slots[slot] != 0) {
		size_t node = lineage->slots[slot] - 1u;

		if (digest_equal(&lineage->nodes[node].digest, digest))
			break;
		slot = (slot + 1) % LINEAGE_SLOTS;
	}
	return slot;
}

bool
lineage_add_node(
    struct lineage *lineage, const struct digest *digest, size_t *ret)
{
	size_t slot = find_slot(lineage, digest);

	if (lineage->slots[slot] != 0) {
		*ret = lineage->slots[slot] - 1u;
		return true;
	}
	if (lineage->node_count == lineage->question.limit) {
		lineage->is_truncated = true;
		return false;
	}
	*ret = lineage->node_count++;
	lineage->slots[slot] = (uint16_t)lineage->node_count;
	lineage->nodes[*ret].digest = *digest;
	lineage->nodes[*ret].into = LINEAGE_NO_EDGE;
	return true;
}

void
lineage_add_name(struct lineage_node *node, struct span name)
{
	if (name.len == 0 || name.len > TEXT_NAME_MAX || !text_is_line(name) ||
	    node->name_count == LINEAGE_NAMES_MAX)
		return;
	for (size_t i = 0; i < node->name_count; i++)
		if (span_equal(node->names[i], name))
			return;
	node->names[node->name_count++] = name;
}

struct lineage_edge *
lineage_add_edge(struct lineage *lineage, size_t from, size_t to)
{
	struct lineage_edge *edge;

	if (lineage->edge_count == LINEAGE_EDGES_MAX) {
		lineage->is_truncated = true;
		return NULL;
	}
	edge = &lineage->edges[lineage->edge_count++];
	edge->from = from;
	edge->to = to;
	edge->next_into = LINEAGE_NO_EDGE;
	return edge;
}

void
lineage_walk_into(
    struct lineage *lineage, struct lineage_edge *edge, size_t far)
{
	struct lineage_node *node = &lineage->nodes[far];

	edge->next_into = node->into;
	node->into = (size_t)(edge - lineage->edges);
}
