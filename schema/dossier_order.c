/*
 * A dossier as it is told: in order, with names, gaps and who describes what.
 */
#include "schema/dossier_inner.h"

#include <stdlib.h>

/* ---- who describes a node ---- */

static bool
is_subject(const struct record *record, const struct digest *node, size_t *ret)
{
	const struct statement *s = &record->statement;

	for (size_t i = 0; i < s->subject_count; i++) {
		if (s->subjects[i].digest.has_node &&
		    digest_equal(&s->subjects[i].digest.node, node)) {
			*ret = i;
			return true;
		}
	}
	return false;
}

/* The higher the better; 0: it does not describe it. */
static unsigned
rank(const struct dossier_build *build, size_t node, size_t record)
{
	const struct dossier_record *r = build->records[record];
	enum dossier_standing standing = dossier_stands(build, node, record);
	size_t subject;
	unsigned points;

	if (r->is_withdrawn || !record_kind_is_origin(r->record.kind) ||
	    !is_subject(&r->record, &build->nodes[node].digest, &subject))
		return 0;
	if (span_equal(r->principal, build->dossier.as))
		points = 5;
	else if (standing == DOSSIER_CITED)
		points = 3;
	else if (build->dossier.as.len == 0)
		points = 1;
	else
		return 0;
	return points + (subject == 0);
}

/* A later record of the same rank corrects an earlier one; a run names its output
 * where nothing else does. */
static void
describe(struct dossier_build *build, size_t at)
{
	struct dossier_node *node = &build->nodes[at];
	unsigned best = 0;

	node->is_gap = true;
	for (size_t i = 0; i < node->record_count; i++) {
		size_t record = build->states[at].records[i];
		enum record_kind kind = build->records[record]->record.kind;
		unsigned points = 2 * rank(build, at, record);
		if (points == 0)
			continue;
		node->is_gap = false;
		points += kind != RECORD_RUN;
		if (points < best)
			continue;
		best = points;
		node->has_described = true;
		node->described = record;
	}
	if (!node->has_described)
		return;
	size_t subject;
	const struct record *record = &build->records[node->described]->record;
	if (is_subject(record, &node->digest, &subject) &&
	    record->statement.subjects[subject].name.len > 0)
		node->name = record->statement.subjects[subject].name;
}

/* The files of a set are its own affair, unless something else is made of one. */
static void
mark_parts(struct dossier_build *build)
{
	for (size_t i = 0; i < build->edge_count; i++) {
		const struct dossier_edge *edge = &build->edges[i];
		if (edge->is_walked && edge->is_part)
			build->nodes[edge->from].is_only_part = true;
	}
	for (size_t i = 0; i < build->edge_count; i++) {
		const struct dossier_edge *edge = &build->edges[i];
		if (edge->is_walked && !edge->is_part)
			build->nodes[edge->from].is_only_part = false;
	}
}

/* ---- order ---- */

struct order {
	uint64_t key;
	size_t at; /* before */
};

static int
compare(const void *a, const void *b)
{
	const struct order *x = a;
	const struct order *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return x->at < y->at ? -1 : x->at > y->at;
}

/* Gives the new number of each. */
static size_t *
renumber(struct order *order, size_t count, struct arena *arena)
{
	size_t *numbers = arena_take(arena, count, sizeof(*numbers));

	if (count > 0)
		qsort(order, count, sizeof(*order), compare);
	for (size_t i = 0; numbers != NULL && i < count; i++)
		numbers[order[i].at] = i;
	return numbers;
}

static uint64_t
node_key(const struct dossier_node *node)
{
	unsigned last = node->is_released ? 0
	    : node->is_upstream		  ? 1
	    : node->is_component	  ? 2
					  : 3;

	return (uint64_t)node->distance * 4 + last;
}

static enum err
order_records(struct dossier_build *build, const size_t *numbers)
{
	struct dossier_record *records =
	    arena_take(build->arena, build->record_count, sizeof(*records));

	if (records == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < build->record_count; i++)
		records[numbers[i]] = *build->records[i];
	for (size_t i = 0; i < build->release_count; i++)
		build->releases[i] = numbers[build->releases[i]];
	build->dossier.records = records;
	build->dossier.record_count = build->record_count;
	build->dossier.releases = build->releases;
	build->dossier.release_count = build->release_count;
	return ERR_OK;
}

static enum err
order_nodes(
    struct dossier_build *build, const size_t *numbers, const size_t *records)
{
	struct dossier_node *nodes =
	    arena_take(build->arena, build->node_count, sizeof(*nodes));

	if (nodes == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < build->node_count; i++) {
		struct dossier_node *node = &nodes[numbers[i]];
		size_t *list = build->states[i].records;
		*node = build->nodes[i];
		for (size_t j = 0; j < node->record_count; j++)
			list[j] = records[list[j]];
		node->records = list;
		if (node->has_described)
			node->described = records[node->described];
	}
	build->dossier.nodes = nodes;
	build->dossier.node_count = build->node_count;
	return ERR_OK;
}

static void
order_rest(
    struct dossier_build *build, const size_t *numbers, const size_t *records)
{
	for (size_t i = 0; i < build->edge_count; i++) {
		struct dossier_edge *edge = &build->edges[i];
		edge->from = numbers[edge->from];
		edge->to = numbers[edge->to];
		edge->record = records[edge->record];
	}
	for (size_t i = 0; i < build->component_count; i++) {
		struct dossier_component *one = &build->components[i];
		one->release = records[one->release];
		if (one->has_node)
			one->node = numbers[one->node];
		if (one->has_record)
			one->record = records[one->record];
	}
	build->dossier.edges = build->edges;
	build->dossier.edge_count = build->edge_count;
	build->dossier.components = build->components;
	build->dossier.component_count = build->component_count;
}

enum err
dossier_order(struct dossier_build *build)
{
	struct arena *arena = build->arena;
	struct order *nodes =
	    arena_take(arena, build->node_count, sizeof(*nodes));
	struct order *records =
	    arena_take(arena, build->record_count, sizeof(*records));

	if (nodes == NULL || records == NULL)
		return ERR_MEMORY;
	mark_parts(build);
	for (size_t i = 0; i < build->node_count; i++) {
		describe(build, i);
		nodes[i] = (struct order){ node_key(&build->nodes[i]), i };
	}
	for (size_t i = 0; i < build->record_count; i++)
		records[i] = (struct order){ build->records[i]->index, i };
	size_t *node_numbers = renumber(nodes, build->node_count, arena);
	size_t *record_numbers = renumber(records, build->record_count, arena);
	if (node_numbers == NULL || record_numbers == NULL)
		return ERR_MEMORY;
	enum err err = order_records(build, record_numbers);
	if (err == ERR_OK)
		err = order_nodes(build, node_numbers, record_numbers);
	if (err == ERR_OK)
		order_rest(build, node_numbers, record_numbers);
	return err;
}
