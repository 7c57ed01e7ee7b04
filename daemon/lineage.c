#include "daemon/lineage.h"

#include <assert.h>

#include "daemon/gist_seek.h"
#include "daemon/lineage_standing.h"

/* Expanding one node: the record that is at hand. */
struct step {
	struct lineage *lineage;
	size_t near;   /* the node that is expanded */
	bool is_probe; /* too far: only asks whether there is more */
	bool is_over;
	struct view_record record;
	struct lineage_record *kept; /* NULL until it makes an edge */
};

static bool
makes_all_subjects(enum record_kind kind)
{
	return kind == RECORD_RUN || kind == RECORD_PROVENANCE;
}

static bool
makes_first_subject(enum record_kind kind)
{
	return kind == RECORD_DATASET || kind == RECORD_MODEL;
}

/* ---- one edge ---- */

static struct lineage_record *
keep_record(struct step *step)
{
	struct lineage *lineage = step->lineage;
	struct lineage_record *kept =
	    arena_take(lineage->arena, 1, sizeof(*kept));

	if (kept == NULL) {
		lineage->err = ERR_MEMORY;
		return NULL;
	}
	kept->record = step->record;
	kept->is_withdrawn =
	    view_withdrawn(lineage->view, &kept->record, &kept->withdrawn);
	view_disputes(lineage->view, &kept->record, &kept->disputes);
	if (kept->disputes.is_cut && !lineage->question.only_counted)
		lineage->is_truncated = true;
	return kept;
}

static enum lineage_standing
find_standing(struct step *step, size_t to)
{
	struct lineage *lineage = step->lineage;
	struct span as = lineage->question.as;

	if (as.len == 0)
		return STANDING_NONE;
	if (span_equal(step->record.gist.principal, as) &&
	    standing_is_own(lineage, to))
		return STANDING_OWN;
	if (standing_is_cited(lineage, step->near, &step->record.id))
		return STANDING_CITED;
	if (lineage->question.looks_ahead &&
	    standing_is_cited_later(lineage, to, &step->record.id))
		return STANDING_CITED;
	return STANDING_STRANGER;
}

static bool
is_walked(const struct lineage *lineage, const struct lineage_edge *edge)
{
	if (edge->record->is_withdrawn)
		return false;
	return edge->standing != STANDING_STRANGER ||
	    lineage->question.strangers;
}

static void
walk_edge(struct lineage *lineage, struct lineage_edge *edge, size_t far)
{
	struct lineage_node *node = &lineage->nodes[far];
	size_t near = lineage->question.is_down ? edge->from : edge->to;

	edge->is_walked = true;
	lineage_walk_into(lineage, edge, far);
	if (node->is_walked)
		return;
	node->is_walked = true;
	node->depth = lineage->nodes[near].depth + 1;
	assert(lineage->queue_count < lineage->question.limit);
	lineage->queue[lineage->queue_count++] = far;
}

/* `resource` is what went in; `far` the other end of the edge. */
static void
emit(struct step *step, const struct digest *digest,
    const struct gist_artifact *resource)
{
	struct lineage *lineage = step->lineage;
	bool is_down = lineage->question.is_down;
	struct lineage_edge *edge;
	size_t far;
	size_t from;
	size_t to;

	if (step->is_probe || lineage->edge_count == LINEAGE_EDGES_MAX) {
		lineage->is_truncated = true;
		step->is_over = true;
		return;
	}
	if (!lineage_add_node(lineage, digest, &far))
		return;
	if (step->kept == NULL)
		step->kept = keep_record(step);
	if (step->kept == NULL) {
		step->is_over = true;
		return;
	}
	from = is_down ? step->near : far;
	to = is_down ? far : step->near;
	edge = lineage_add_edge(lineage, from, to);
	edge->role = resource->role;
	edge->hint = resource->name;
	edge->is_part = resource->is_part;
	edge->record = step->kept;
	edge->has_citation = resource->has_citation;
	edge->citation = resource->citation;
	edge->standing = find_standing(step, to);
	if (is_walked(lineage, edge))
		walk_edge(lineage, edge, far);
}

/* ---- the edges of one record ---- */

static bool
is_node(const struct gist_artifact *artifact, const struct digest *digest)
{
	return artifact->has_node && digest_equal(&artifact->node, digest);
}

/* What went into the node, as this record says. */
static void
step_up(struct step *step)
{
	const struct gist *gist = &step->record.gist;
	const struct digest *here = &step->lineage->nodes[step->near].digest;
	struct reader subjects = reader_of(gist->subjects);
	struct reader inputs = reader_of(gist->inputs);
	struct gist_artifact artifact;
	bool is_first;

	if (!gist_subject_next(&subjects, &artifact))
		return;
	is_first = is_node(&artifact, here);
	if (makes_all_subjects(gist->kind)
		? standing_subject_of(gist, here, &artifact) != SUBJECT_NODE
		: !is_first || !makes_first_subject(gist->kind))
		return;
	if (step->lineage->question.only_counted &&
	    find_standing(step, step->near) == STANDING_STRANGER)
		return;
	while (!step->is_over && gist_seek_input(&inputs, NULL, &artifact))
		emit(step, &artifact.node, &artifact);
	while (!step->is_over && gist_seek_part(&subjects, NULL, &artifact))
		emit(step, &artifact.node, &artifact);
}

static void
emit_subjects(struct step *step, const struct gist_artifact *input)
{
	const struct gist *gist = &step->record.gist;
	struct reader subjects = reader_of(gist->subjects);
	struct gist_artifact subject;

	while (!step->is_over && gist_subject_next(&subjects, &subject)) {
		if (subject.has_node && !subject.is_again)
			emit(step, &subject.node, input);
		if (!makes_all_subjects(gist->kind))
			return;
	}
}

/* What came of the node, as this record says. */
static void
step_down(struct step *step)
{
	const struct gist *gist = &step->record.gist;
	const struct digest here = step->lineage->nodes[step->near].digest;
	struct reader subjects = reader_of(gist->subjects);
	struct reader inputs = reader_of(gist->inputs);
	struct gist_artifact artifact;
	struct gist_artifact first;

	if (!makes_all_subjects(gist->kind) && !makes_first_subject(gist->kind))
		return;
	while (!step->is_over && gist_seek_input(&inputs, &here, &artifact))
		emit_subjects(step, &artifact);
	if (!gist_subject_next(&subjects, &first))
		return;
	while (!step->is_over && gist_seek_part(&subjects, &here, &artifact))
		emit(step, &first.node, &artifact);
}

/* ---- expanding a node ---- */

static void
expand_up(struct step *step)
{
	struct lineage *lineage = step->lineage;
	const struct lineage_node *node = &lineage->nodes[step->near];

	standing_look(lineage, step->near);
	for (size_t i = 0; !step->is_over && i < node->record_count; i++) {
		step->kept = NULL;
		if (!view_get(lineage->view, node->positions[i], &step->record))
			return;
		step_up(step);
	}
}

static void
expand_down(struct step *step)
{
	struct lineage *lineage = step->lineage;
	struct standing_found users;

	standing_users(lineage, step->near, &users);
	for (size_t i = 0; !step->is_over && i < users.count; i++) {
		step->kept = NULL;
		if (!view_get(lineage->view, users.positions[i], &step->record))
			return;
		step_down(step);
	}
}

static void
expand(struct lineage *lineage, size_t near)
{
	struct step step = {
		.lineage = lineage,
		.near = near,
		.is_probe =
		    lineage->nodes[near].depth == lineage->question.depth,
	};

	if (lineage->question.is_down)
		expand_down(&step);
	else
		expand_up(&step);
}

enum err
lineage_begin(struct view *view, const struct lineage_question *question,
    struct arena *arena, struct lineage **ret)
{
	struct lineage *lineage = lineage_start(question, view, arena);

	assert(!question->only_counted ||
	    (question->as.len > 0 && !question->is_down));
	if (lineage == NULL)
		return ERR_MEMORY;
	lineage->nodes[0].is_walked = true;
	lineage->queue[lineage->queue_count++] = 0;
	*ret = lineage;
	return ERR_OK;
}

void
lineage_walk(struct lineage *lineage)
{
	while (lineage->queue_head < lineage->queue_count &&
	    lineage->err == ERR_OK && !view_failed(lineage->view))
		expand(lineage, lineage->queue[lineage->queue_head++]);
}

void
lineage_join(struct lineage *lineage, const struct lineage_joint *joint)
{
	struct step step = {
		.lineage = lineage,
		.near = joint->from,
		.record = *joint->record,
	};
	struct lineage_edge *edge;
	size_t far;

	assert(lineage->question.is_down);
	if (lineage->nodes[joint->from].depth == lineage->question.depth ||
	    lineage->edge_count == LINEAGE_EDGES_MAX) {
		lineage->is_truncated = true;
		return;
	}
	if (!lineage_add_node(lineage, joint->to, &far) || far == joint->from)
		return;
	step.kept = keep_record(&step);
	if (step.kept == NULL)
		return;
	edge = lineage_add_edge(lineage, joint->from, far);
	edge->role = span_of_text("shard");
	edge->hint = joint->path;
	edge->record = step.kept;
	edge->standing = find_standing(&step, far);
	/* whoever says so, the bytes show it */
	if (edge->standing == STANDING_STRANGER)
		edge->standing = STANDING_NONE;
	edge->is_part = true;
	edge->is_shown = true;
	edge->is_opened = joint->is_opened;
	walk_edge(lineage, edge, far);
}

/* What is said of the nodes once all are known.  Names that records give their
 * subjects come before those that others use for their inputs. */
enum err
lineage_describe(struct lineage *lineage)
{
	for (size_t i = 0; i < lineage->node_count; i++) {
		standing_look(lineage, i);
		standing_find_gap(lineage, i);
	}
	for (size_t i = 0; i < lineage->edge_count; i++) {
		const struct lineage_edge *edge = &lineage->edges[i];

		if (edge->standing != STANDING_STRANGER)
			lineage_add_name(
			    &lineage->nodes[edge->from], edge->hint);
	}
	return lineage->err;
}

enum err
lineage_ask(struct view *view, const struct lineage_question *question,
    struct arena *arena, const struct lineage **ret)
{
	struct lineage *lineage;
	enum err err = lineage_begin(view, question, arena, &lineage);

	if (err != ERR_OK)
		return err;
	lineage_walk(lineage);
	err = lineage_describe(lineage);
	*ret = lineage;
	return err;
}
