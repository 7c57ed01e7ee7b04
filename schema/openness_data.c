/*
 * The data that went in, by the lineage: is all of it named?
 */
#include "schema/making.h"
#include "schema/openness_inner.h"

bool
judgement_is_data_edge(
    const struct dossier *dossier, const struct dossier_edge *edge)
{
	const struct dossier_node *to = &dossier->nodes[edge->to];

	return edge->is_walked && (to->is_upstream || to->is_released) &&
	    !making_is_apart(edge->role);
}

/* A model is made of data, and is none. */
static bool
is_model_edge(const struct dossier_edge *edge)
{
	return edge->is_generation || span_is(edge->role, "model") ||
	    span_is(edge->role, "base-model") || span_is(edge->role, "weights");
}

static bool
is_named_data(const struct dossier *dossier, size_t node)
{
	for (size_t i = 0; i < dossier->component_count; i++) {
		const struct dossier_component *c = &dossier->components[i];
		if (c->has_node && c->node == node &&
		    span_is(c->component->role, mof_row(MOF_DATASETS)->role))
			return true;
	}
	return false;
}

/* Leads this edge from what nobody named to where all was looked at? */
static bool
is_open_edge(const struct dossier *dossier, const struct dossier_edge *edge,
    const bool *reached)
{
	return reached[edge->to] && !reached[edge->from] && !edge->is_part &&
	    judgement_is_data_edge(dossier, edge) &&
	    !is_named_data(dossier, edge->from);
}

/* Up from what was released, through models, to the first data that is not named.
 * False: all of it is. */
static bool
find_unnamed(const struct dossier *dossier, bool *reached, size_t *ret)
{
	bool has_more = dossier->edge_count > 0;

	for (size_t i = 0; i < dossier->node_count; i++)
		reached[i] = dossier->nodes[i].is_released;
	for (size_t i = 0; has_more || i < dossier->edge_count; i++) {
		if (i >= dossier->edge_count) { /* once more */
			i = 0;
			has_more = false;
		}
		const struct dossier_edge *edge = &dossier->edges[i];
		if (!is_open_edge(dossier, edge, reached))
			continue;
		*ret = edge->from;
		if (!is_model_edge(edge))
			return true;
		reached[edge->from] = true;
		has_more = true;
	}
	return false;
}

void
judgement_hold_data(struct judgement *j)
{
	struct openness_line *line = &j->openness->components[MOF_DATASETS];
	bool *reached =
	    arena_take(j->arena, j->dossier->node_count, sizeof(*reached));
	size_t node;

	if (reached == NULL)
		j->err = ERR_MEMORY;
	if (reached == NULL || line->verdict != OPENNESS_MET ||
	    !find_unnamed(j->dossier, reached, &node))
		return;
	struct span name = judgement_name(j, node);
	line->verdict = OPENNESS_NOT_MET;
	line->raise = span_of_text("name all data that went in");
	line->why = judgement_say(j,
	    "%.*s went in too, by the publisher's own records, and the "
	    "release does not name it",
	    SPAN_ARGS(name));
	if (j->dossier->nodes[node].has_described)
		judgement_rest_on(line, j->dossier->nodes[node].described);
}
