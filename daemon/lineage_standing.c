#include "daemon/lineage_standing.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/gist_seek.h"

enum standing_subject
standing_subject_of(const struct gist *gist, const struct digest *digest,
    struct gist_artifact *ret)
{
	struct reader r = reader_of(gist->subjects);

	if (gist_seek_subject(&r, digest, ret))
		return SUBJECT_NODE;
	if (gist_seek_digest(gist, digest, ret))
		return SUBJECT_ALIAS;
	return SUBJECT_NOT;
}

bool
standing_is_cited(
    const struct lineage *lineage, size_t node, const struct hash *id)
{
	size_t at = lineage->nodes[node].into;

	while (at != LINEAGE_NO_EDGE) {
		const struct lineage_edge *edge = &lineage->edges[at];

		if (edge->has_citation && hash_equal(&edge->citation, id))
			return true;
		at = edge->next_into;
	}
	return false;
}

/* ---- collecting a node's records ---- */

/* False when there is no room for one more. */
static bool
found_add(struct standing_found *found, uint64_t position)
{
	for (size_t i = 0; i < found->count; i++)
		if (found->positions[i] == position)
			return true;
	if (found->count == LINEAGE_RECORDS_MAX)
		return false;
	found->positions[found->count++] = position;
	return true;
}

static void
collect_place(struct lineage *lineage, enum index_tag tag, struct span value,
    struct standing_found *found)
{
	struct index_walk walk = view_walk(lineage->view, tag, value, 0);
	uint64_t position;

	while (index_walk_next(&walk, &position))
		if (!found_add(found, position)) {
			lineage->is_truncated = true;
			break;
		}
	index_walk_close(&walk);
}

/* What `as` says beside what closes gaps: provenance of other builds. */
static void
collect_of_asked(struct lineage *lineage, enum index_tag tag, struct span value,
    struct standing_found *found)
{
	struct index_walk walk = view_walk(lineage->view, tag, value, 0);
	struct view_record record;
	uint64_t position;

	while (index_walk_next(&walk, &position)) {
		if (lineage->looked++ == LINEAGE_LOOK_MAX) {
			lineage->is_truncated = true;
			break;
		}
		if (!view_get(lineage->view, position, &record))
			break;
		if (span_equal(record.gist.principal, lineage->question.as) &&
		    !found_add(found, position))
			lineage->is_truncated = true;
	}
	index_walk_close(&walk);
}

static void
collect_cited(
    struct lineage *lineage, size_t node, struct standing_found *found)
{
	size_t at = lineage->nodes[node].into;

	while (at != LINEAGE_NO_EDGE) {
		const struct lineage_edge *edge = &lineage->edges[at];
		uint64_t position;

		at = edge->next_into;
		if (!edge->has_citation ||
		    !view_find(lineage->view, &edge->citation, &position))
			continue;
		if (!found_add(found, position))
			lineage->is_truncated = true;
	}
}

static int
compare_positions(const void *a, const void *b)
{
	uint64_t left;
	uint64_t right;

	memcpy(&left, a, sizeof(left));
	memcpy(&right, b, sizeof(right));
	return left < right ? -1 : left > right;
}

/* By the first tag what the asked principal says, by the second what anybody
 * does. */
static void
collect(struct lineage *lineage, size_t node, const enum index_tag tags[2],
    struct standing_found *found)
{
	const struct digest *digest = &lineage->nodes[node].digest;
	struct span as = lineage->question.as;
	uint8_t value[VIEW_VALUE_MAX];

	if (as.len > 0)
		collect_place(
		    lineage, tags[0], view_value(as, digest, value), found);
	if (as.len > 0 && tags[1] == INDEX_SUBJECT)
		collect_cited(lineage, node, found);
	if (lineage->question.only_counted)
		collect_of_asked(lineage, tags[1],
		    view_value(SPAN_EMPTY, digest, value), found);
	else
		collect_place(lineage, tags[1],
		    view_value(SPAN_EMPTY, digest, value), found);
	qsort(found->positions, found->count, sizeof(found->positions[0]),
	    compare_positions);
}

void
standing_users(struct lineage *lineage, size_t at, struct standing_found *ret)
{
	static const enum index_tag tags[2] = { INDEX_USED, INDEX_INPUT };

	ret->count = 0;
	collect(lineage, at, tags, ret);
}

/* Does it count for whom is asked: everybody's where nobody is named? */
static bool
counts(const struct lineage *lineage, size_t node,
    const struct view_record *record)
{
	struct span as = lineage->question.as;

	return as.len == 0 || span_equal(as, record->gist.principal) ||
	    standing_is_cited(lineage, node, &record->id);
}

/* An asked digest may be an alias; what is reached by edges is a node. */
static bool
closes_gap(struct lineage *lineage, size_t node,
    const struct view_record *record, enum standing_subject how)
{
	struct hash withdrawal;

	if (how == SUBJECT_NOT || (how == SUBJECT_ALIAS && node != 0))
		return false;
	return record_kind_is_origin(record->gist.kind) &&
	    !view_withdrawn(lineage->view, record, &withdrawal);
}

static void
take_record(
    struct lineage *lineage, size_t at, const struct view_record *record)
{
	struct lineage_node *node = &lineage->nodes[at];
	struct gist_artifact subject;
	enum standing_subject how =
	    standing_subject_of(&record->gist, &node->digest, &subject);

	if (how == SUBJECT_NOT) /* another value at the same place */
		return;
	node->positions[node->record_count] = record->position;
	node->ids[node->record_count++] = record->id;
	if (!counts(lineage, at, record))
		return;
	/* who warns of a thing does not name it */
	if (record->gist.kind != RECORD_ADVISORY)
		lineage_add_name(node, subject.name);
	if (!node->is_made)
		node->is_made = closes_gap(lineage, at, record, how);
}

void
standing_look(struct lineage *lineage, size_t at)
{
	static const enum index_tag tags[2] = { INDEX_MADE, INDEX_SUBJECT };
	struct lineage_node *node = &lineage->nodes[at];
	struct standing_found found = { .count = 0 };
	struct view_record record;

	if (node->is_looked)
		return;
	node->is_looked = true;
	collect(lineage, at, tags, &found);
	node->positions =
	    arena_take(lineage->arena, found.count, sizeof(*node->positions));
	node->ids = arena_take(lineage->arena, found.count, sizeof(*node->ids));
	if (node->positions == NULL || node->ids == NULL) {
		lineage->err = ERR_MEMORY;
		return;
	}
	for (size_t i = 0; i < found.count; i++)
		if (view_get(lineage->view, found.positions[i], &record))
			take_record(lineage, at, &record);
}

/* ---- own, and gaps ---- */

bool
standing_is_own(struct lineage *lineage, size_t at)
{
	struct lineage_node *node = &lineage->nodes[at];

	assert(lineage->question.as.len > 0);
	if (!node->is_own_known) {
		bool is_cut;

		node->is_own_known = true;
		node->is_own = view_has_own(lineage->view, lineage->question.as,
		    &node->digest, &is_cut);
		if (is_cut)
			lineage->is_truncated = true;
	}
	return node->is_own;
}

static bool
cites_input(
    const struct gist *gist, const struct digest *digest, const struct hash *id)
{
	struct reader inputs = reader_of(gist->inputs);
	struct gist_artifact input;

	while (gist_seek_input(&inputs, digest, &input))
		if (input.has_citation && hash_equal(&input.citation, id))
			return true;
	return false;
}

bool
standing_is_cited_later(
    struct lineage *lineage, size_t node, const struct hash *id)
{
	const struct digest *digest = &lineage->nodes[node].digest;
	struct standing_found found = { .count = 0 };
	struct view_record record;
	uint8_t value[VIEW_VALUE_MAX];

	collect_place(lineage, INDEX_USED,
	    view_value(lineage->question.as, digest, value), &found);
	for (size_t i = 0; i < found.count; i++) {
		struct hash withdrawal;

		if (!view_get(lineage->view, found.positions[i], &record))
			return false;
		if (span_equal(record.gist.principal, lineage->question.as) &&
		    cites_input(&record.gist, digest, id) &&
		    !view_withdrawn(lineage->view, &record, &withdrawal))
			return true;
	}
	return false;
}

/* Edges found after the node was looked at may have cited what makes it. */
static bool
is_made_by_cited(struct lineage *lineage, size_t node)
{
	size_t at = lineage->nodes[node].into;
	bool is_made = false;

	while (!is_made && at != LINEAGE_NO_EDGE) {
		const struct lineage_edge *edge = &lineage->edges[at];
		struct view_record record;
		struct gist_artifact subject;
		uint64_t position;

		at = edge->next_into;
		if (!edge->has_citation ||
		    !view_find(lineage->view, &edge->citation, &position) ||
		    !view_get(lineage->view, position, &record))
			continue;
		is_made = closes_gap(lineage, node, &record,
		    standing_subject_of(
			&record.gist, &lineage->nodes[node].digest, &subject));
	}
	return is_made;
}

void
standing_find_gap(struct lineage *lineage, size_t at)
{
	struct lineage_node *node = &lineage->nodes[at];

	if (!node->is_made && lineage->question.as.len > 0)
		node->is_made = is_made_by_cited(lineage, at);
	node->is_gap = !node->is_made;
}
