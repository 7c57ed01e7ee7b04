/* evidence: the lowest over a lineage, what is covered, and all of it as JSON. */
#include "schema/arena.h"
#include "schema/evidence.h"

static void
count(struct evidence_count *all, const struct evidence *evidence)
{
	all->count++;
	all->levels[evidence->level]++;
}

static void
lower(struct evidence_lineage *lineage, const struct evidence *evidence)
{
	if (evidence->level < lineage->level)
		lineage->level = evidence->level;
	if (evidence->contradicted > 0)
		lineage->contradicted++;
}

static void
judge_nodes(const struct dossier *dossier, struct evidence_lineage *ret)
{
	for (size_t i = 0; i < dossier->node_count; i++) {
		const struct dossier_node *node = &dossier->nodes[i];
		struct evidence_of of = { EVIDENCE_NODE, i };
		ret->of_nodes[i] = evidence_of(dossier, &of);
		if (!node->is_released && !node->is_upstream)
			continue;
		count(&ret->nodes, &ret->of_nodes[i]);
		lower(ret, &ret->of_nodes[i]);
		if (node->is_gap)
			ret->gaps++;
		ret->is_cut = ret->is_cut || node->is_cut;
	}
}

static void
judge_edges(const struct dossier *dossier, struct evidence_lineage *ret)
{
	for (size_t i = 0; i < dossier->edge_count; i++) {
		const struct dossier_edge *edge = &dossier->edges[i];
		struct evidence_of of = { EVIDENCE_EDGE, i };
		ret->of_edges[i] = evidence_of(dossier, &of);
		if (!edge->is_walked)
			continue;
		count(&ret->edges, &ret->of_edges[i]);
		lower(ret, &ret->of_edges[i]);
		if (!edge->is_complete)
			ret->incomplete++;
	}
}

static void
judge_components(const struct dossier *dossier, struct evidence_lineage *ret)
{
	for (size_t i = 0; i < dossier->component_count; i++) {
		struct evidence_of of = { EVIDENCE_COMPONENT, i };
		ret->of_components[i] = evidence_of(dossier, &of);
		count(&ret->components, &ret->of_components[i]);
	}
}

enum err
evidence_judge(const struct dossier *dossier, struct arena *arena,
    struct evidence_lineage *ret)
{
	struct evidence_lineage lineage = {
		.level = EVIDENCE_REPRODUCED,
		.is_cut = dossier->is_cut,
		.of_nodes = arena_take(
		    arena, dossier->node_count + 1, sizeof(struct evidence)),
		.of_edges = arena_take(
		    arena, dossier->edge_count + 1, sizeof(struct evidence)),
		.of_components = arena_take(arena, dossier->component_count + 1,
		    sizeof(struct evidence)),
	};

	if (lineage.of_nodes == NULL || lineage.of_edges == NULL ||
	    lineage.of_components == NULL)
		return ERR_MEMORY;
	judge_nodes(dossier, &lineage);
	judge_edges(dossier, &lineage);
	judge_components(dossier, &lineage);
	if (lineage.incomplete > 0 || lineage.gaps > 0 || lineage.is_cut ||
	    lineage.nodes.count == 0)
		lineage.level = EVIDENCE_CLAIMED;
	*ret = lineage;
	return ERR_OK;
}

/* ---- JSON ---- */

static void
print_level(enum evidence_level level, struct writer *w)
{
	writer_member_number(w, "level", level);
	writer_member_text(
	    w, "levelName", span_of_text(evidence_level_name(level)));
}

static void
print_label(const char *name, struct span text, struct writer *w)
{
	if (text.len > 0)
		writer_member_text(w, name, text);
}

static void
print_audit(
    const struct dossier_record *record, bool is_independent, struct writer *w)
{
	const struct audit_record *audit = &record->record.audit;

	writer_comma(w);
	writer_text(w, "{\"id\":\"");
	writer_hex(w, hash_span(&record->id));
	writer_text(w, "\"");
	writer_member_text(w, "principal", record->principal);
	writer_member_text(
	    w, "method", span_of_text(audit_method_name(audit->method)));
	writer_member_text(
	    w, "verdict", span_of_text(audit_verdict_name(audit->verdict)));
	writer_member(w, "independent");
	writer_text(w, is_independent ? "true" : "false");
	if (audit->comparison != AUDIT_NO_COMPARISON)
		writer_member_text(w, "comparison",
		    span_of_text(audit_comparison_name(audit->comparison)));
	print_label("metric", audit->metric, w);
	print_label("threshold", audit->threshold, w);
	print_label("measured", audit->measured, w);
	if (audit->has_coverage) {
		writer_member(w, "coverage");
		writer_text(w, "{");
		writer_member_text(w, "unit", audit->unit);
		writer_member_number(w, "checked", audit->checked);
		writer_member_number(w, "of", audit->of);
		writer_text(w, "}");
	}
	if (record->dispute_count > 0)
		writer_member_number(w, "disputes", record->dispute_count);
	writer_text(w, "}");
}

void
evidence_print(const struct dossier *dossier, const struct evidence_of *of,
    const struct evidence *evidence, struct writer *w)
{
	const char *raise = evidence_raise(evidence);
	size_t at = 0;
	size_t record;

	print_level(evidence->level, w);
	if (raise != NULL)
		writer_member_text(w, "raise", span_of_text(raise));
	if (evidence->contradicted > 0)
		writer_member_number(w, "contradicted", evidence->contradicted);
	if (evidence->confirmed + evidence->contradicted +
		evidence->inconclusive + evidence->own ==
	    0)
		return;
	writer_member(w, "audits");
	writer_text(w, "[");
	while (evidence_next(dossier, of, &at, &record)) {
		const struct dossier_record *audit = &dossier->records[record];
		print_audit(
		    audit, evidence_is_independent(dossier, of, audit), w);
	}
	writer_text(w, "]");
}

static void
print_count(
    const char *name, const struct evidence_count *all, struct writer *w)
{
	writer_member(w, name);
	writer_text(w, "{");
	writer_member_number(w, "count", all->count);
	writer_member(w, "levels");
	writer_text(w, "[");
	for (size_t i = 0; i < EVIDENCE_LEVELS; i++) {
		writer_comma(w);
		writer_decimal(w, all->levels[i]);
	}
	writer_text(w, "]}");
}

void
evidence_lineage_print(const struct dossier *dossier,
    const struct evidence_lineage *lineage, struct writer *w)
{
	writer_text(w, "{");
	print_level(lineage->level, w);
	writer_member_number(w, "incomplete", lineage->incomplete);
	writer_member_number(w, "gaps", lineage->gaps);
	writer_member_number(w, "contradicted", lineage->contradicted);
	writer_member(w, "truncated");
	writer_text(w, lineage->is_cut ? "true" : "false");
	print_count("artifacts", &lineage->nodes, w);
	print_count("edges", &lineage->edges, w);
	print_count("components", &lineage->components, w);
	writer_member(w, "auditors");
	writer_text(w, "[");
	for (size_t i = 0; i < dossier->question.auditor_count; i++) {
		writer_comma(w);
		writer_json(w, dossier->question.auditors[i]);
	}
	writer_text(w, "]}");
}
