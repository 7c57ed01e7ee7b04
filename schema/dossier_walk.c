/*
 * Who says what of a node, and what it was made from.
 */
#include "schema/dossier_inner.h"

#include "schema/making.h"

bool
dossier_node(
    struct dossier_build *build, const struct digest *digest, size_t *ret)
{
	for (size_t i = 0; i < build->node_count; i++) {
		if (digest_equal(&build->nodes[i].digest, digest)) {
			*ret = i;
			return true;
		}
	}
	if (build->node_count == DOSSIER_NODES_MAX) {
		build->dossier.is_cut = true;
		return false;
	}
	build->nodes[build->node_count] =
	    (struct dossier_node){ .digest = *digest };
	*ret = build->node_count++;
	return true;
}

static bool
is_cited(const struct dossier_build *build, size_t node, const struct hash *id)
{
	for (size_t i = 0; i < build->citation_count; i++) {
		if (build->citations[i].node == node &&
		    hash_equal(&build->citations[i].id, id))
			return true;
	}
	return false;
}

bool
dossier_is_about(const struct record *record, const struct digest *node)
{
	const struct statement *s = &record->statement;

	for (size_t i = 0; i < s->subject_count; i++) {
		if (s->subjects[i].digest.has_node &&
		    digest_equal(&s->subjects[i].digest.node, node))
			return true;
	}
	return false;
}

/* ---- standing ---- */

static bool
is_mine(const struct dossier_build *build, const struct dossier_record *record)
{
	return span_equal(record->principal, build->dossier.as);
}

static bool
is_first(const struct record *record, const struct digest *node)
{
	const struct digest_set *set = &record->statement.subjects[0].digest;

	return set->has_node && digest_equal(&set->node, node);
}

/* Its publisher names it as his own. */
bool
dossier_is_own(const struct dossier_build *build, size_t node)
{
	const struct dossier_node *n = &build->nodes[node];

	for (size_t i = 0; i < n->record_count; i++) {
		const struct dossier_record *record =
		    build->records[build->states[node].records[i]];
		if (is_mine(build, record) && !record->is_withdrawn &&
		    record_kind_is_origin(record->record.kind) &&
		    is_first(&record->record, &n->digest))
			return true;
	}
	return false;
}

bool
dossier_is_ours(
    const struct dossier_build *build, const struct dossier_record *record)
{
	if (build->dossier.as.len == 0 || is_mine(build, record) ||
	    build->want.kind == DOSSIER_RECORD)
		return true;
	for (size_t i = 0; i < build->citation_count; i++)
		if (hash_equal(&build->citations[i].id, &record->id))
			return true;
	return false;
}

enum dossier_standing
dossier_stands(const struct dossier_build *build, size_t node, size_t record)
{
	const struct dossier_record *r = build->records[record];

	if (is_cited(build, node, &r->id))
		return DOSSIER_CITED;
	if (is_mine(build, r) && dossier_is_own(build, node))
		return DOSSIER_OWN;
	return DOSSIER_STRANGER;
}

/* ---- edges ---- */

/* A step: from what, by which record. */
struct step {
	size_t to;
	size_t record;
	enum dossier_standing standing;
	bool is_walked;
	bool is_part;
};

static void
reach(struct dossier_build *build, size_t from, size_t to)
{
	struct dossier_node *node = &build->nodes[from];
	size_t distance = build->nodes[to].distance + 1;

	if (node->is_upstream || node->is_released)
		return;
	node->is_upstream = true;
	node->distance = distance;
}

static void
add_edge(struct dossier_build *build, const struct step *step,
    const struct resource *input)
{
	const struct record *record = &build->records[step->record]->record;
	size_t before = build->node_count;
	size_t from;

	if (build->edge_count == DOSSIER_EDGES_MAX) {
		build->dossier.is_cut = true;
		return;
	}
	if (!dossier_node(build, &input->digest.node, &from))
		return;
	if (build->nodes[from].name.len == 0)
		build->nodes[from].name = input->name;
	if (from == before)
		build->nodes[from].distance =
		    build->nodes[step->to].distance + 1;
	build->edges[build->edge_count++] = (struct dossier_edge){
		.from = from,
		.to = step->to,
		.record = step->record,
		.role = input->role,
		.standing = step->standing,
		.is_walked = step->is_walked,
		.is_complete = making_is_apart(input->role) ||
		    making_is_complete(record, input->role),
		.is_generation = span_is(input->role, RECORD_GENERATOR),
		.is_part = step->is_part,
	};
	if (!step->is_walked)
		return;
	reach(build, from, step->to);
	if (input->digest.has_citation)
		dossier_cite(build, from, &input->digest.citation);
}

static bool
has_edges(const struct dossier_build *build, size_t to, size_t record)
{
	for (size_t i = 0; i < build->edge_count; i++) {
		if (build->edges[i].to == to &&
		    build->edges[i].record == record)
			return true;
	}
	return false;
}

/* All of a record's edges or none, so that they are whole if it is cited. */
static bool
has_room_beside(struct dossier_build *build, const struct record *record)
{
	size_t most = record->input_count + record->statement.subject_count;

	if (most > DOSSIER_STRANGE_EDGES_MAX - build->strange_edges)
		return false;
	build->strange_edges += most;
	return true;
}

static void
add_steps(struct dossier_build *build, size_t to, size_t record)
{
	const struct dossier_record *r = build->records[record];
	struct step step = { .to = to, .record = record };
	const struct resource *resource;
	size_t at = 0;

	if (!making_is_of(&r->record, &build->nodes[to].digest) ||
	    has_edges(build, to, record))
		return;
	step.standing = dossier_stands(build, to, record);
	step.is_walked = !r->is_withdrawn &&
	    (build->dossier.as.len == 0 || step.standing != DOSSIER_STRANGER);
	if (!step.is_walked && !has_room_beside(build, &r->record))
		return;
	while ((resource = making_next_input(&r->record, &at)) != NULL)
		add_edge(build, &step, resource);
	if (!is_first(&r->record, &build->nodes[to].digest))
		return;
	step.is_part = true;
	at = 0;
	while ((resource = making_next_part(&r->record, &at)) != NULL)
		add_edge(build, &step, resource);
}

static void
cite_inputs(struct dossier_build *build, const struct record *record)
{
	const struct resource *input;
	size_t at = 0;
	size_t node;

	while ((input = making_next_input(record, &at)) != NULL) {
		if (input->digest.has_citation &&
		    dossier_node(build, &input->digest.node, &node))
			dossier_cite(build, node, &input->digest.citation);
	}
}

/* Edges that were a stranger's until somebody cited him. */
static void
promote(struct dossier_build *build, size_t to, size_t record)
{
	const struct dossier_record *r = build->records[record];

	for (size_t i = 0; i < build->edge_count; i++) {
		struct dossier_edge *edge = &build->edges[i];
		if (edge->to != to || edge->record != record || edge->is_walked)
			continue;
		edge->standing = dossier_stands(build, to, record);
		edge->is_walked = !r->is_withdrawn;
		if (edge->is_walked)
			reach(build, edge->from, to);
	}
	if (!r->is_withdrawn)
		cite_inputs(build, &r->record);
}

void
dossier_cite(struct dossier_build *build, size_t node, const struct hash *id)
{
	if (is_cited(build, node, id))
		return;
	if (build->citation_count == DOSSIER_CITATIONS_MAX) {
		build->dossier.is_cut = true;
		return;
	}
	build->citations[build->citation_count++] =
	    (struct citation){ .node = node, .id = *id };
}

/* ---- looking ---- */

static bool
has_record(const struct dossier_build *build, size_t node, size_t record)
{
	for (size_t i = 0; i < build->nodes[node].record_count; i++) {
		if (build->states[node].records[i] == record)
			return true;
	}
	return false;
}

/* By index, so that the walk does not depend on the order of the answers. */
static void
put_record(struct dossier_build *build, size_t node, size_t record)
{
	struct dossier_node *n = &build->nodes[node];
	size_t *records = build->states[node].records;
	uint64_t index = build->records[record]->index;
	size_t at = n->record_count;

	if (has_record(build, node, record) ||
	    !dossier_is_about(&build->records[record]->record, &n->digest))
		return;
	if (n->record_count == 2 * (size_t)DOSSIER_ABOUT_MAX) {
		n->is_cut = true;
		build->dossier.is_cut = true;
		return;
	}
	while (at > 0 && build->records[records[at - 1]]->index > index) {
		records[at] = records[at - 1];
		at--;
	}
	records[at] = record;
	n->record_count++;
}

static bool
make_room(struct dossier_build *build, size_t node)
{
	struct node_state *state = &build->states[node];

	if (state->records == NULL)
		state->records = arena_take(build->arena,
		    2 * (size_t)DOSSIER_ABOUT_MAX, sizeof(*state->records));
	if (state->records == NULL && build->err == ERR_OK)
		build->err = ERR_MEMORY;
	return state->records != NULL;
}

void
dossier_look(struct dossier_build *build, size_t node)
{
	build->states[node].is_looked = !build->states[node].is_crowded;
	if (!make_room(build, node))
		return;
	for (size_t i = 0; i < build->found_count; i++)
		put_record(build, node, build->found[i]);
	for (size_t i = 0; i < build->citation_count; i++) {
		size_t record;
		if (build->citations[i].node == node &&
		    dossier_find(build, &build->citations[i].id, &record))
			put_record(build, node, record);
	}
}

void
dossier_look_more(struct dossier_build *build, size_t record)
{
	const struct hash *id = &build->records[record]->id;

	for (size_t i = 0; i < build->citation_count; i++) {
		size_t node = build->citations[i].node;
		if (!hash_equal(&build->citations[i].id, id) ||
		    !build->states[node].is_looked || !make_room(build, node))
			continue;
		put_record(build, node, record);
		if (!build->states[node].is_expanded)
			continue;
		add_steps(build, node, record);
		promote(build, node, record);
	}
}

void
dossier_expand(struct dossier_build *build)
{
	for (size_t i = 0; i < build->node_count; i++) {
		struct node_state *state = &build->states[i];
		const struct dossier_node *node = &build->nodes[i];
		if (!state->is_looked || state->is_expanded ||
		    !(node->is_released || node->is_upstream))
			continue;
		state->is_expanded = true;
		for (size_t j = 0; j < build->nodes[i].record_count; j++)
			add_steps(build, i, state->records[j]);
	}
}
