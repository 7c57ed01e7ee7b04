
#include "daemon/gist_seek.h"
#include "daemon/taint_inner.h"

#define NO_EDGE LINEAGE_NO_EDGE

/* The walked edges as they go on from each node, and how each node is reached. */
struct tracing {
	struct tainting *tainting;
	const struct lineage *lineage;
	size_t *first;	   /* edge of a node; NO_EDGE */
	size_t *last;	   /* while they are strung together */
	size_t *next;	   /* edge of an edge */
	uint8_t *is_model; /* of a node */
	bool *is_reached;
	enum taint_kind *kinds; /* as what follows, of reached nodes */
	size_t *by;		/* the edge that led there */
	unsigned *levels;
	size_t *lengths;
	size_t *order; /* nodes as they were reached */
	size_t order_count;
};

/* ---- what an edge does ---- */

static bool
is_word_of(const char *const *words, size_t count, struct span role)
{
	for (size_t i = 0; i < count; i++)
		if (span_is(role, words[i]))
			return true;
	return false;
}

static bool
is_model_role(struct span role)
{
	static const char *const words[] = { "model", "weights", "checkpoint",
		"adapter", "base", "base-model", "teacher" };

	return is_word_of(words, sizeof(words) / sizeof(words[0]), role);
}

/* As a record of its own says, or the run that put it out. */
static bool
is_model_by(const struct view_record *record, const struct digest *node)
{
	struct reader r = reader_of(record->gist.subjects);
	struct gist_artifact subject;

	if (!gist_seek_subject(&r, node, &subject))
		return false;
	if (record->gist.kind == RECORD_RUN)
		return is_model_role(subject.role);
	return record->gist.kind == RECORD_MODEL &&
	    gist_is_first(&record->gist, node);
}

static bool
find_model(const struct lineage *lineage, size_t at)
{
	const struct lineage_node *node = &lineage->nodes[at];
	struct view_record record;

	for (size_t i = 0; i < node->record_count; i++) {
		struct hash withdrawal;

		if (view_get(lineage->view, node->positions[i], &record) &&
		    is_model_by(&record, &node->digest) &&
		    !view_withdrawn(lineage->view, &record, &withdrawal))
			return true;
	}
	return false;
}

static enum taint_kind
kind_of(const struct tracing *tracing, const struct lineage_edge *edge)
{
	if (span_is(edge->role, RECORD_GENERATOR))
		return TAINT_VIA_SYNTHETIC;
	if (edge->is_part) /* the same thing, as a file and as a set */
		return TAINT_DIRECT;
	if (tracing->is_model[edge->from] != 0 || is_model_role(edge->role))
		return TAINT_VIA_MODEL;
	return TAINT_DIRECT;
}

static bool
makes_its_own(const struct lineage_edge *edge, const struct digest *to)
{
	const struct gist *gist = &edge->record->record.gist;

	return record_kind_is_origin(gist->kind) && gist->name.len > 0 &&
	    gist_is_first(gist, to);
}

static bool
is_committed(const struct tracing *tracing, const struct lineage_edge *edge)
{
	const struct lineage *lineage = tracing->lineage;
	const struct digest *to = &lineage->nodes[edge->to].digest;
	bool is_cut;

	if (edge->is_shown || edge->standing == STANDING_OWN ||
	    edge->standing == STANDING_CITED || makes_its_own(edge, to))
		return true;
	return view_has_own(
	    lineage->view, edge->record->record.gist.principal, to, &is_cut);
}

static unsigned
level_of(const struct tracing *tracing, size_t at)
{
	return is_committed(tracing, &tracing->lineage->edges[at])
	    ? tracing->tainting->attested.edges[at].level
	    : EVIDENCE_CLAIMED;
}

/* ---- reaching ---- */

static void
reach(struct tracing *tracing, size_t at, enum taint_kind kind)
{
	const struct lineage_edge *edge = &tracing->lineage->edges[at];
	unsigned level = level_of(tracing, at);

	if (level > tracing->levels[edge->from])
		level = tracing->levels[edge->from];
	tracing->is_reached[edge->to] = true;
	tracing->kinds[edge->to] = kind;
	tracing->by[edge->to] = at;
	tracing->levels[edge->to] = level;
	tracing->lengths[edge->to] = tracing->lengths[edge->from] + 1;
	tracing->order[tracing->order_count++] = edge->to;
}

/* By steps of at most this kind, from all that was reached by more direct ones:
 * so each node is of the most direct kind there is. */
static void
reach_all(struct tracing *tracing, enum taint_kind kind)
{
	const struct lineage *lineage = tracing->lineage;

	for (size_t i = 0; i < tracing->order_count; i++) {
		size_t at = tracing->first[tracing->order[i]];

		for (; at != NO_EDGE; at = tracing->next[at]) {
			const struct lineage_edge *edge = &lineage->edges[at];

			if (!tracing->is_reached[edge->to] &&
			    kind_of(tracing, edge) <= kind)
				reach(tracing, at, kind);
		}
	}
}

static void
string_edges(struct tracing *tracing)
{
	const struct lineage *lineage = tracing->lineage;

	for (size_t i = 0; i < lineage->node_count; i++)
		tracing->first[i] = NO_EDGE;
	for (size_t i = 0; i < lineage->edge_count; i++) {
		size_t from = lineage->edges[i].from;

		tracing->next[i] = NO_EDGE;
		if (!lineage->edges[i].is_walked)
			continue;
		if (tracing->first[from] == NO_EDGE) {
			tracing->first[from] = i;
			tracing->is_model[from] = find_model(lineage, from);
		} else {
			tracing->next[tracing->last[from]] = i;
		}
		tracing->last[from] = i;
	}
}

static bool
take_memory(struct tracing *tracing)
{
	struct arena *arena = tracing->tainting->arena;
	size_t nodes = tracing->lineage->node_count;
	size_t edges = tracing->lineage->edge_count;

	tracing->first = arena_take(arena, nodes, sizeof(*tracing->first));
	tracing->last = arena_take(arena, nodes, sizeof(*tracing->last));
	tracing->next = arena_take(arena, edges, sizeof(*tracing->next));
	tracing->is_model =
	    arena_take(arena, nodes, sizeof(*tracing->is_model));
	tracing->is_reached =
	    arena_take(arena, nodes, sizeof(*tracing->is_reached));
	tracing->kinds = arena_take(arena, nodes, sizeof(*tracing->kinds));
	tracing->by = arena_take(arena, nodes, sizeof(*tracing->by));
	tracing->levels = arena_take(arena, nodes, sizeof(*tracing->levels));
	tracing->lengths = arena_take(arena, nodes, sizeof(*tracing->lengths));
	tracing->order = arena_take(arena, nodes, sizeof(*tracing->order));
	return tracing->first != NULL && tracing->last != NULL &&
	    tracing->next != NULL && tracing->is_model != NULL &&
	    tracing->is_reached != NULL && tracing->kinds != NULL &&
	    tracing->by != NULL && tracing->levels != NULL &&
	    tracing->lengths != NULL && tracing->order != NULL;
}

/* ---- hits ---- */

/* Its steps from the root; false where they are more than an answer has. */
static bool
take_steps(struct tracing *tracing, struct taint_hit *hit, size_t *left)
{
	const struct lineage *lineage = tracing->lineage;
	size_t count = tracing->lengths[hit->node];
	size_t node = hit->node;

	if (count > *left) {
		tracing->tainting->taint->is_truncated = true;
		return false;
	}
	*left -= count;
	hit->steps =
	    arena_take(tracing->tainting->arena, count, sizeof(const void *));
	if (hit->steps == NULL) {
		tracing->tainting->err = ERR_MEMORY;
		return false;
	}
	hit->step_count = count;
	while (count > 0) {
		const struct lineage_edge *edge =
		    &lineage->edges[tracing->by[node]];

		hit->steps[--count] = edge;
		node = edge->from;
	}
	return true;
}

static void
take_hits(struct tracing *tracing)
{
	struct taint *taint = tracing->tainting->taint;
	size_t left = TAINT_STEPS_MAX;

	taint->hits = arena_take(tracing->tainting->arena,
	    tracing->lineage->node_count, sizeof(*taint->hits));
	if (taint->hits == NULL) {
		tracing->tainting->err = ERR_MEMORY;
		return;
	}
	for (size_t i = 1; i < tracing->order_count; i++) {
		size_t node = tracing->order[i];
		struct taint_hit *hit = &taint->hits[taint->hit_count];

		*hit = (struct taint_hit){
			.node = node,
			.kind = tracing->kinds[node],
			.level = tracing->levels[node],
		};
		if (!take_steps(tracing, hit, &left))
			return;
		taint->hit_count++;
	}
}

void
tainting_trace(struct tainting *tainting)
{
	struct tracing tracing = {
		.tainting = tainting,
		.lineage = tainting->lineage,
	};

	if (!take_memory(&tracing)) {
		tainting->err = ERR_MEMORY;
		return;
	}
	string_edges(&tracing);
	tracing.is_reached[0] = true;
	tracing.levels[0] = EVIDENCE_REPRODUCED; /* no step yet */
	tracing.order[tracing.order_count++] = 0;
	for (unsigned kind = 0; kind < TAINT_KINDS; kind++)
		reach_all(&tracing, (enum taint_kind)kind);
	take_hits(&tracing);
}
