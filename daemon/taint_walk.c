#include <assert.h>

#include "daemon/taint_inner.h"

/* ---- the walk ---- */

/* From the root through sets that list it and sets whose manifests hold it; what
 * is reached is asked for in turn. */
static void
walk(struct tainting *tainting)
{
	struct lineage *lineage = tainting->lineage;
	size_t known;

	tainting_collect(tainting);
	tainting_collect_openings(tainting);
	tainting_search(tainting);
	do {
		known = lineage->edge_count;
		lineage_walk(lineage);
		tainting_search(tainting);
	} while (lineage->edge_count > known && tainting->err == ERR_OK &&
	    lineage->err == ERR_OK && !view_failed(tainting->view));
}

/* Records that list it; those whose manifests hold it came first. */
static void
take_listed(struct tainting *tainting)
{
	const struct lineage *lineage = tainting->lineage;
	struct taint *taint = tainting->taint;

	for (size_t i = 0; i < lineage->edge_count; i++) {
		const struct lineage_edge *edge = &lineage->edges[i];

		if (edge->from == 0 && edge->is_part && edge->is_walked &&
		    !edge->is_shown)
			taint->sets[taint->set_count++].edge = edge;
	}
}

/* ---- what is said of the hits ---- */

static bool
is_release(const struct tainting *tainting, const struct view_record *record)
{
	struct span as = tainting->question->as;
	struct hash withdrawal;

	return record->gist.kind == RECORD_RELEASE &&
	    (as.len == 0 || span_equal(as, record->gist.principal)) &&
	    !view_withdrawn(tainting->view, record, &withdrawal);
}

static void
take_releases(struct tainting *tainting, struct taint_hit *hit)
{
	const struct lineage_node *node = &tainting->lineage->nodes[hit->node];
	struct view_record record;

	assert(node->record_count <= TAINT_RELEASES_MAX);
	for (size_t i = 0; i < node->record_count; i++) {
		if (!view_get(tainting->view, node->positions[i], &record) ||
		    !is_release(tainting, &record))
			continue;
		if (hit->releases == NULL)
			hit->releases = arena_take(tainting->arena,
			    node->record_count, sizeof(record));
		if (hit->releases == NULL) {
			tainting->err = ERR_MEMORY;
			return;
		}
		hit->releases[hit->release_count++] = record;
	}
}

static bool
is_told(const struct taint *taint, uint64_t position)
{
	for (size_t i = 0; i < taint->warning_count; i++)
		if (taint->warnings[i].warning.record.position == position)
			return true;
	return false;
}

static void
take_warning(struct tainting *tainting, size_t node, uint64_t position)
{
	struct taint *taint = tainting->taint;
	struct taint_warning *warning;
	struct view_record record;

	if (is_told(taint, position))
		return;
	if (taint->warning_count == WARNINGS_ANSWER_MAX) {
		taint->is_truncated = true;
		return;
	}
	if (!view_get(tainting->view, position, &record))
		return;
	warning = &taint->warnings[taint->warning_count++];
	warning->node = node;
	tainting->err = warning_tell(tainting->view, &record,
	    tainting->question->as, tainting->arena, &warning->warning);
}

static void
take_warnings(struct tainting *tainting, size_t node)
{
	struct warning_list list;

	warning_find(
	    tainting->view, &tainting->lineage->nodes[node].digest, &list);
	if (list.is_cut)
		tainting->taint->is_truncated = true;
	for (size_t i = 0; tainting->err == ERR_OK && i < list.count; i++)
		take_warning(tainting, node, list.positions[i]);
}

static void
tell(struct tainting *tainting)
{
	struct taint *taint = tainting->taint;

	take_warnings(tainting, 0);
	for (size_t i = 0; i < taint->hit_count; i++) {
		if (tainting->err != ERR_OK)
			return;
		take_releases(tainting, &taint->hits[i]);
		take_warnings(tainting, taint->hits[i].node);
	}
}

/* ---- the answer ---- */

static enum err
start(struct tainting *tainting)
{
	const struct lineage_question asked = {
		.root = tainting->question->root,
		.is_down = true,
		.depth = LINEAGE_DEPTH_MAX,
		.limit = tainting->question->limit,
		.as = tainting->question->as,
		.looks_ahead = true,
	};
	struct arena *arena = tainting->arena;
	struct taint *taint = arena_take(arena, 1, sizeof(*taint));

	if (taint == NULL)
		return ERR_MEMORY;
	tainting->taint = taint;
	taint->sets =
	    arena_take(arena, LINEAGE_EDGES_MAX, sizeof(*taint->sets));
	taint->warnings =
	    arena_take(arena, WARNINGS_ANSWER_MAX, sizeof(*taint->warnings));
	tainting->is_searched =
	    arena_take(arena, asked.limit, sizeof(*tainting->is_searched));
	if (taint->sets == NULL || taint->warnings == NULL ||
	    tainting->is_searched == NULL)
		return ERR_MEMORY;
	return lineage_begin(tainting->view, &asked, arena, &tainting->lineage);
}

enum err
taint_ask(struct view *view, const struct taint_question *question,
    struct arena *arena, const struct taint **ret)
{
	struct tainting tainting = {
		.question = question,
		.view = view,
		.arena = arena,
	};
	enum err err = start(&tainting);

	if (err != ERR_OK)
		return err;
	walk(&tainting);
	err = lineage_describe(tainting.lineage);
	if (err != ERR_OK)
		return err;
	take_listed(&tainting);
	err = attested_judge(
	    tainting.lineage, &question->trust, arena, &tainting.attested);
	if (err != ERR_OK)
		return err;
	tainting_trace(&tainting);
	attested_done(&tainting.attested);
	if (tainting.err == ERR_OK)
		tell(&tainting);
	if (tainting.err != ERR_OK)
		return tainting.err;
	tainting.taint->lineage = tainting.lineage;
	if (tainting.lineage->is_truncated || tainting.taint->has_next ||
	    tainting.taint->unread > 0 || question->from > 0)
		tainting.taint->is_truncated = true;
	*ret = tainting.taint;
	return ERR_OK;
}
