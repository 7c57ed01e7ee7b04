#include "daemon/absence.h"

#include <assert.h>

#include "daemon/gist_seek.h"
#include "daemon/lineage_standing.h"
#include "daemon/listing.h"

/* The first gap is the nearest one: nodes stand in order of distance. */
static void
note_gap(struct absence *absence, size_t node, const char *sentence)
{
	if (absence->has_gap && absence->gap <= node)
		return;
	absence->has_gap = true;
	absence->gap = node;
	(void)why(&absence->gap_why, ERR_OK, "%s", sentence);
}

/* ---- the lineage ---- */

/* Marks what the data came from: a node that is code by one edge may be data by
 * another. */
static void
mark_data(struct absence *absence)
{
	const struct lineage *lineage = absence->lineage;
	bool is_changed = true;

	absence->nodes[0].is_data = true;
	while (is_changed) {
		is_changed = false;
		for (size_t i = 0; i < lineage->edge_count; i++) {
			const struct lineage_edge *edge = &lineage->edges[i];
			struct absence_node *from = &absence->nodes[edge->from];

			if (!edge->is_walked || from->is_data ||
			    !absence->nodes[edge->to].is_data ||
			    listing_is_apart(edge->role))
				continue;
			from->is_data = true;
			is_changed = true;
		}
	}
}

/* The way from a node to the root, along the first edges that led there. */
static void
take_path(struct absence *absence, size_t node)
{
	const struct lineage *lineage = absence->lineage;

	while (node != 0) {
		const struct lineage_edge *edge = lineage->edges;

		while (!edge->is_walked || edge->from != node)
			edge++;
		assert(absence->path_count < LINEAGE_DEPTH_MAX);
		absence->path[absence->path_count++] = edge;
		node = edge->to;
	}
}

static void
find_it(struct absence *absence, size_t node)
{
	if (absence->is_found)
		return;
	absence->is_found = true;
	absence->found = node;
	take_path(absence, node);
}

/* ---- what a node holds ---- */

static bool
counts(const struct lineage *lineage, size_t node,
    const struct view_record *record)
{
	return span_equal(record->gist.principal, lineage->question.as) ||
	    standing_is_cited(lineage, node, &record->id);
}

static unsigned
weight(const struct shard_finding *finding)
{
	if (finding->verdict == SHARD_IN)
		return 3;
	return finding->verdict == SHARD_NOT_IN ? 2 : 1;
}

static enum err
judge_record(struct absence *absence, size_t at,
    const struct absence_question *question, uint64_t position, struct why *w)
{
	const struct lineage *lineage = absence->lineage;
	struct absence_node *node = &absence->nodes[at];
	struct view_record record;
	struct shard_finding finding;
	struct hash withdrawal;
	struct shard_question asked = {
		.set = lineage->nodes[at].digest,
		.shard = question->shard,
		.blobs = question->blobs,
		.arena = lineage->arena,
	};
	enum err err;

	if (!view_get(lineage->view, position, &record) ||
	    !record_kind_is_origin(record.gist.kind) || record.is_withheld ||
	    !counts(lineage, at, &record) ||
	    view_withdrawn(lineage->view, &record, &withdrawal))
		return ERR_OK;
	err = shard_judge(lineage->view, &asked, &record, &finding, w);
	if (err != ERR_OK)
		return err;
	if (!node->is_judged || weight(&finding) > weight(&node->finding))
		node->finding = finding;
	node->is_judged = true;
	if (record.gist.kind == RECORD_MODEL &&
	    gist_is_first(&record.gist, &asked.set)) {
		node->is_model = true;
		node->says_inputs =
		    node->says_inputs || listing_says_inputs(&record.gist);
	}
	return ERR_OK;
}

/* A manifest speaks for itself, whoever brought it: but only a data set's says
 * all that can be asked of what nobody who counts describes. */
static enum err
judge_others(struct absence *absence, size_t at,
    const struct absence_question *question, struct why *w)
{
	const struct lineage *lineage = absence->lineage;
	struct absence_node *node = &absence->nodes[at];
	struct shard_finding finding;
	struct shard_question asked = {
		.set = lineage->nodes[at].digest,
		.shard = question->shard,
		.blobs = question->blobs,
		.arena = lineage->arena,
	};
	enum err err = shard_ask(lineage->view, &asked, &finding, w);

	if (err != ERR_OK || finding.by != SHARD_BY_MANIFEST)
		return err;
	if (finding.verdict == SHARD_NOT_IN &&
	    finding.record.gist.kind != RECORD_DATASET)
		return ERR_OK;
	node->is_judged = true;
	node->finding = finding;
	return ERR_OK;
}

/* What can not be read here can not be known; whoever asks it alone is told. */
static enum err
note_damage(struct absence *absence, size_t at, enum err err)
{
	if (err != ERR_CORRUPT && err != ERR_IO && err != ERR_BUSY)
		return err;
	absence->unread++;
	note_gap(absence, at,
	    "its manifest is damaged on this server, or its sidecar is being "
	    "made again");
	return ERR_OK;
}

static enum err
judge_node(struct absence *absence, size_t at,
    const struct absence_question *question, struct why *w)
{
	const struct lineage_node *known = &absence->lineage->nodes[at];
	struct absence_node *node = &absence->nodes[at];
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < known->record_count; i++)
		err =
		    judge_record(absence, at, question, known->positions[i], w);
	if (err == ERR_OK &&
	    (!node->is_judged || node->finding.verdict == SHARD_UNKNOWN))
		err = judge_others(absence, at, question, w);
	if (err != ERR_OK)
		return note_damage(absence, at, err);
	if (!node->is_judged)
		note_gap(absence, at,
		    "no record of the asked principal, nor one that it cites, "
		    "describes it");
	else if (node->finding.verdict == SHARD_UNKNOWN)
		note_gap(absence, at, node->finding.reason);
	else if (node->finding.verdict == SHARD_IN)
		find_it(absence, at);
	return ERR_OK;
}

/* ---- is the list of what went into it complete? ---- */

/* All that one record says of what went into the node. */
static void
check_step(struct absence *absence, const struct lineage_edge *edge)
{
	const struct gist *gist = &edge->record->record.gist;
	const struct absence_node *node = &absence->nodes[edge->to];
	const char *sentence = listing_check_inputs(gist);

	/* the manifest has all parts, whatever is signed of them */
	if (sentence == NULL && node->finding.by != SHARD_BY_MANIFEST)
		sentence = listing_check_parts(gist);
	if (sentence != NULL) {
		note_gap(absence, edge->to, sentence);
		return;
	}
	absence->steps[absence->step_count++] = (struct absence_step){
		.node = edge->to,
		.edge = edge,
	};
}

/* Was what an edge cites of the node walked?  Not where the edge was found after
 * the node was expanded. */
static bool
is_citation_known(
    const struct lineage *lineage, const struct lineage_edge *edge)
{
	const struct lineage_node *node = &lineage->nodes[edge->from];
	uint64_t position;

	if (!edge->has_citation ||
	    !view_find(lineage->view, &edge->citation, &position))
		return true;
	for (size_t i = 0; i < node->record_count; i++)
		if (node->positions[i] == position)
			return true;
	return false;
}

static void
check_citations(struct absence *absence)
{
	const struct lineage *lineage = absence->lineage;

	for (size_t i = 0; i < lineage->edge_count; i++) {
		const struct lineage_edge *edge = &lineage->edges[i];

		if (edge->is_walked && absence->nodes[edge->from].is_data &&
		    !is_citation_known(lineage, edge))
			note_gap(absence, edge->from,
			    "a record that is cited of it was not walked");
	}
}

static void
check_steps(struct absence *absence, size_t node)
{
	const struct lineage *lineage = absence->lineage;
	const struct lineage_record *last = NULL;
	bool has_made = false;

	for (size_t i = 0; i < lineage->edge_count; i++) {
		const struct lineage_edge *edge = &lineage->edges[i];

		if (edge->to != node || !edge->is_walked)
			continue;
		has_made = has_made || !edge->is_part;
		if (edge->record != last)
			check_step(absence, edge);
		last = edge->record;
	}
	absence->nodes[node].is_end = !has_made;
}

/* ---- models: what they learned from must be told ---- */

static bool
are_parts_told(const struct absence *absence, size_t node)
{
	const struct lineage *lineage = absence->lineage;
	size_t count = 0;

	for (size_t i = 0; i < lineage->edge_count; i++) {
		const struct lineage_edge *edge = &lineage->edges[i];

		if (edge->to != node || !edge->is_walked || !edge->is_part)
			continue;
		if (absence->nodes[edge->from].is_end)
			return false;
		count++;
	}
	return count > 0;
}

static void
check_model(struct absence *absence, size_t at)
{
	const struct absence_node *node = &absence->nodes[at];

	if (!node->is_end || !node->is_model || node->says_inputs ||
	    are_parts_told(absence, at))
		return;
	note_gap(absence, at,
	    "it is a model, and no record that counts says what it was made "
	    "from");
}

/* ---- the answer ---- */

static enum err
ask_nodes(struct absence *absence, const struct absence_question *question,
    struct why *w)
{
	const struct lineage *lineage = absence->lineage;
	size_t sets = 0;
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < lineage->node_count; i++) {
		if (!absence->nodes[i].is_data)
			continue;
		if (sets == ABSENCE_SETS_MAX) {
			note_gap(absence, i, "more sets than one answer asks");
			break;
		}
		err = judge_node(absence, i, question, w);
		sets += absence->nodes[i].finding.by == SHARD_BY_MANIFEST;
	}
	for (size_t i = 0; err == ERR_OK && i < lineage->node_count; i++)
		if (absence->nodes[i].is_data)
			check_steps(absence, i);
	for (size_t i = 0; err == ERR_OK && i < lineage->node_count; i++)
		if (absence->nodes[i].is_data)
			check_model(absence, i);
	check_citations(absence);
	return err;
}

static void
find_node(struct absence *absence, const struct hash *shard)
{
	const struct lineage *lineage = absence->lineage;
	struct digest digest = digest_sha256(shard);

	for (size_t i = 0; i < lineage->node_count; i++)
		if (lineage->nodes[i].is_walked &&
		    digest_equal(&lineage->nodes[i].digest, &digest))
			find_it(absence, i);
}

static struct absence *
start(const struct lineage *lineage, struct arena *arena)
{
	struct absence *absence = arena_take(arena, 1, sizeof(*absence));

	if (absence == NULL)
		return NULL;
	absence->lineage = lineage;
	absence->nodes =
	    arena_take(arena, lineage->node_count, sizeof(*absence->nodes));
	absence->steps =
	    arena_take(arena, lineage->edge_count, sizeof(*absence->steps));
	return absence->nodes == NULL || absence->steps == NULL ? NULL
								: absence;
}

enum err
absence_ask(struct view *view, const struct absence_question *question,
    struct arena *arena, const struct absence **ret, struct why *w)
{
	const struct lineage_question asked = {
		.root = question->root,
		.depth = LINEAGE_DEPTH_MAX,
		.limit = LINEAGE_NODES_MAX,
		.as = question->as,
		.only_counted = true,
	};
	const struct lineage *lineage;
	struct absence *absence;
	enum err err = lineage_ask(view, &asked, arena, &lineage);

	if (err != ERR_OK)
		return err;
	absence = start(lineage, arena);
	if (absence == NULL)
		return ERR_MEMORY;
	mark_data(absence);
	find_node(absence, &question->shard);
	if (lineage->is_truncated)
		note_gap(absence, 0, "its lineage is larger than one answer");
	err = ask_nodes(absence, question, w);
	if (err != ERR_OK)
		return err;
	absence->verdict = absence->is_found ? ABSENCE_YES
	    : absence->has_gap		     ? ABSENCE_UNKNOWN
					     : ABSENCE_NO;
	*ret = absence;
	return ERR_OK;
}
