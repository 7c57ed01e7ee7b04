#include "daemon/attested.h"

#include "schema/envelope.h"

/*
 * A dossier by hand: the records of the edges first, each once, then audits of
 * them; a node has the audits that it is a subject of.
 */
struct gathering {
	const struct lineage *lineage;
	struct arena *arena;
	size_t by_count; /* records that make edges: the first edge of each */
	size_t *by;
	size_t found_count; /* audits */
	struct found {
		size_t of; /* of `by` */
		uint64_t position;
	} found[ATTESTED_MAX];
	struct dossier_record *records;
	size_t record_count;
	struct dossier_node *nodes;
	struct dossier_edge *edges;
	bool is_cut;
	enum err err;
};

static void
fail(struct gathering *g, enum err err)
{
	if (g->err == ERR_OK)
		g->err = err;
}

static const struct view_record *
maker(const struct gathering *g, size_t edge)
{
	return &g->lineage->edges[edge].record->record;
}

static size_t
find_record(struct gathering *g, size_t edge)
{
	/* a record's edges mostly come together */
	for (size_t i = g->by_count; i > 0; i--) {
		if (maker(g, g->by[i - 1])->position ==
		    maker(g, edge)->position)
			return i - 1;
	}
	g->by[g->by_count] = edge;
	return g->by_count++;
}

static void
take_edges(struct gathering *g)
{
	for (size_t i = 0; i < g->lineage->edge_count; i++) {
		const struct lineage_edge *edge = &g->lineage->edges[i];
		g->edges[i] = (struct dossier_edge){
			.from = edge->from,
			.to = edge->to,
			.record = find_record(g, i),
			.role = edge->role,
			.is_walked = edge->is_walked,
			.is_part = edge->is_part,
		};
	}
}

/* As many as there are: a record is not small. */
static void
take_records(struct gathering *g)
{
	g->records = arena_take(
	    g->arena, g->by_count + g->found_count + 1, sizeof(*g->records));
	if (g->records == NULL) {
		fail(g, ERR_MEMORY);
		return;
	}
	for (size_t i = 0; i < g->by_count; i++) {
		const struct lineage_record *record =
		    g->lineage->edges[g->by[i]].record;
		g->records[i] = (struct dossier_record){
			.id = record->record.id,
			.index = record->record.position,
			.principal = record->record.gist.principal,
			.is_withdrawn = record->is_withdrawn,
		};
	}
	g->record_count = g->by_count;
}

/* ---- audits of one record ---- */

static bool
is_subject(const struct record *audit, const struct digest *node)
{
	for (size_t i = 0; i < audit->statement.subject_count; i++) {
		const struct digest_set *set =
		    &audit->statement.subjects[i].digest;
		if (set->has_node && digest_equal(&set->node, node))
			return true;
	}
	return false;
}

static void
list_at(struct gathering *g, struct dossier_node *node, size_t audit)
{
	size_t *records;

	if (node->record_count > 0 &&
	    node->records[node->record_count - 1] == audit)
		return;
	records =
	    arena_take(g->arena, node->record_count + 1, sizeof(*records));
	if (records == NULL) {
		fail(g, ERR_MEMORY);
		return;
	}
	for (size_t i = 0; i < node->record_count; i++)
		records[i] = node->records[i];
	records[node->record_count++] = audit;
	node->records = records;
}

/* Under what came out of the record's edges. */
static void
list_audit(struct gathering *g, size_t of, size_t audit)
{
	const struct record *record = &g->records[audit].record;
	size_t last = SIZE_MAX;

	for (size_t i = 0; i < g->lineage->edge_count; i++) {
		size_t to = g->edges[i].to;
		if (g->edges[i].record != of || to == last)
			continue;
		last = to;
		if (is_subject(record, &g->lineage->nodes[to].digest))
			list_at(g, &g->nodes[to], audit);
	}
}

static void
take_audit(struct gathering *g, const struct found *audit)
{
	struct view *view = g->lineage->view;
	struct dossier_record *record = &g->records[g->record_count];
	struct view_record found;
	struct view_disputes disputes;
	struct envelope envelope;

	if (!view_get(view, audit->position, &found))
		return;
	if (found.is_withheld) {
		g->is_cut = true;
		return;
	}
	*record = (struct dossier_record){
		.id = found.id,
		.index = audit->position,
		.stamp_ms = found.stamp_ms,
		.principal = found.gist.principal,
	};
	enum err err =
	    envelope_parse_entry(found.entry, g->arena, &envelope, NULL);
	if (err == ERR_OK)
		err = record_parse(
		    envelope.payload, g->arena, &record->record, NULL);
	if (err != ERR_OK) {
		fail(g, err == ERR_MEMORY ? err : ERR_CORRUPT);
		return;
	}
	record->is_withdrawn = view_withdrawn(view, &found, &record->withdrawn);
	view_disputes(view, &found, &disputes);
	record->dispute_count = disputes.count;
	list_audit(g, audit->of, g->record_count++);
}

static void
find_audits(struct gathering *g, size_t of)
{
	struct digest id = digest_sha256(&maker(g, g->by[of])->id);
	uint64_t newest[ATTESTED_RECORD_MAX];
	uint8_t value[VIEW_VALUE_MAX];
	uint64_t position;
	size_t count = 0;

	id.algorithm = DIGEST_TLOG_LEAF;
	struct index_walk walk = view_walk(g->lineage->view, INDEX_ABOUT,
	    view_value(SPAN_EMPTY, &id, value), 0);
	while (count < ATTESTED_WALK_MAX && index_walk_next(&walk, &position))
		newest[count++ % ATTESTED_RECORD_MAX] = position;
	g->is_cut = g->is_cut || count > ATTESTED_RECORD_MAX;
	index_walk_close(&walk);
	for (size_t i = 0; i < count && i < ATTESTED_RECORD_MAX; i++) {
		if (g->found_count == ATTESTED_MAX) {
			g->is_cut = true;
			return;
		}
		g->found[g->found_count++] = (struct found){
			.of = of,
			.position = newest[i],
		};
	}
}

/* ---- all of it ---- */

static bool
take_memory(struct gathering *g)
{
	size_t edges = g->lineage->edge_count;
	size_t nodes = g->lineage->node_count;

	g->by = arena_take(g->arena, edges + 1, sizeof(*g->by));
	g->nodes = arena_take(g->arena, nodes, sizeof(*g->nodes));
	g->edges = arena_take(g->arena, edges + 1, sizeof(*g->edges));
	return g->by != NULL && g->nodes != NULL && g->edges != NULL;
}

static struct dossier
dossier_of(const struct gathering *g, const struct attested_question *question)
{
	return (struct dossier){
		.question = {
			.auditor_count = question->auditor_count,
			.auditors = question->auditors,
		},
		.as = g->lineage->question.as,
		.record_count = g->record_count,
		.records = g->records,
		.node_count = g->lineage->node_count,
		.nodes = g->nodes,
		.edge_count = g->lineage->edge_count,
		.edges = g->edges,
	};
}

enum err
attested_judge(const struct lineage *lineage,
    const struct attested_question *question, struct arena *arena,
    struct attested *ret)
{
	struct gathering g = { .lineage = lineage, .arena = arena };

	*ret = (struct attested){ .count = lineage->edge_count };
	if (!take_memory(&g))
		return ERR_MEMORY;
	for (size_t i = 0; i < lineage->node_count; i++)
		g.nodes[i].digest = lineage->nodes[i].digest;
	take_edges(&g);
	for (size_t i = 0; i < g.by_count; i++)
		find_audits(&g, i);
	take_records(&g);
	for (size_t i = 0; i < g.found_count && g.err == ERR_OK; i++)
		take_audit(&g, &g.found[i]);
	ret->dossier = dossier_of(&g, question);
	ret->is_cut = g.is_cut;
	ret->edges =
	    arena_take(arena, lineage->edge_count + 1, sizeof(*ret->edges));
	if (ret->edges == NULL)
		fail(&g, ERR_MEMORY);
	for (size_t i = 0; i < lineage->edge_count && g.err == ERR_OK; i++)
		ret->edges[i] = evidence_of(&ret->dossier,
		    &(struct evidence_of){ .what = EVIDENCE_EDGE, .at = i });
	if (g.err != ERR_OK)
		attested_done(ret);
	return g.err;
}

/* Only audits were parsed. */
void
attested_done(struct attested *attested)
{
	const struct dossier *dossier = &attested->dossier;

	for (size_t i = 0;
	     i < dossier->record_count && dossier->records != NULL; i++) {
		struct record record = dossier->records[i].record;
		if (record.kind == RECORD_AUDIT)
			record_done(&record);
	}
	attested->dossier.record_count = 0;
}
