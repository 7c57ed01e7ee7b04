#include "daemon/render.h"

#include "daemon/put.h"
#include "daemon/thread.h"

/* ---- lists ---- */

static void
open_item(const struct lookup_item *item, bool has_version, struct writer *w)
{
	const struct view_record *record = &item->record;
	const struct gist *gist = &record->gist;

	writer_comma(w);
	writer_text(w, "{");
	put_hash_or_null("id", true, &record->id, w);
	writer_member_number(w, "index", record->position);
	writer_member_text(
	    w, "kind", span_of_text(record_kind_name(gist->kind)));
	writer_member_text(w, "signer", record->keyid);
	writer_member_text(w, "principal", gist->principal);
	put_text_or_null("name", gist->name, w);
	if (has_version)
		put_text_or_null("version", gist->version, w);
	put_time("time", record->stamp_ms, w);
	put_hash_or_null("withdrawn", item->is_withdrawn, &item->withdrawn, w);
	/* rare, and then its statement is 451 */
	if (record->is_withheld)
		put_flag("withheld", true, w);
}

void
render_item_open(const struct lookup_item *item, struct writer *w)
{
	open_item(item, false, w);
}

void
render_page_open(const struct lookup_page *page, struct writer *w)
{
	writer_text(w, "{");
	writer_member_number(w, "treeSize", page->size);
	writer_member(w, "records");
	writer_text(w, "[");
}

void
render_page_close(const struct lookup_page *page, struct writer *w)
{
	writer_text(w, "]");
	writer_member(w, "next");
	if (page->has_next)
		writer_decimal(w, page->next);
	else
		writer_text(w, "null");
	writer_text(w, "}");
}

void
render_page(const struct lookup_page *page, bool has_version, struct writer *w)
{
	render_page_open(page, w);
	for (size_t i = 0; i < page->count; i++) {
		open_item(&page->items[i], has_version, w);
		writer_text(w, "}");
	}
	render_page_close(page, w);
}

void
render_release(const struct render_release *release, struct writer *w)
{
	writer_text(w, "{");
	writer_member_number(w, "treeSize", release->size);
	writer_member_text(w, "name", release->name);
	writer_member_text(w, "version", release->version);
	put_flag("truncated", release->newest.is_cut, w);
	writer_member(w, "records");
	writer_text(w, "[");
	for (size_t i = 0; i < release->newest.count; i++) {
		const struct lookup_item *item = &release->newest.items[i];

		writer_comma(w);
		writer_text(w, "{");
		put_hash_or_null("id", true, &item->record.id, w);
		writer_member_number(w, "index", item->record.position);
		writer_member_text(w, "signer", item->record.keyid);
		writer_member_text(w, "principal", item->record.gist.principal);
		put_time("time", item->record.stamp_ms, w);
		put_hash_or_null(
		    "withdrawn", item->is_withdrawn, &item->withdrawn, w);
		if (item->record.is_withheld)
			put_flag("withheld", true, w);
		writer_member(w, "statement");
		writer_span(w, release->payloads[i]);
		writer_text(w, "}");
	}
	writer_text(w, "]}");
}

/* ---- lineage ---- */

static void
put_node(const struct lineage_node *node, const struct warning_ids *warnings,
    struct writer *w)
{
	writer_comma(w);
	writer_text(w, "{");
	digest_print_member(&node->digest, "digest", w);
	writer_member(w, "names");
	writer_text(w, "[");
	for (size_t i = 0; i < node->name_count; i++) {
		writer_comma(w);
		writer_json(w, node->names[i]);
	}
	writer_text(w, "]");
	put_hashes("records", node->ids, node->record_count, w);
	put_flag("gap", node->is_gap, w);
	if (warnings != NULL) {
		put_hashes("advisories", warnings->ids, warnings->count, w);
	} else {
		writer_member(w, "advisories");
		writer_text(w, "null");
	}
	writer_text(w, "}");
	thread_share();
}

static void
put_evidence(const struct attested *attested, size_t at, struct writer *w)
{
	const struct evidence_of of = { .what = EVIDENCE_EDGE, .at = at };

	if (attested != NULL)
		evidence_print(
		    &attested->dossier, &of, &attested->edges[at], w);
}

static void
put_edge(const struct lineage *lineage, size_t at,
    const struct attested *attested, struct writer *w)
{
	const struct lineage_edge *edge = &lineage->edges[at];
	const struct lineage_record *by = edge->record;

	writer_comma(w);
	writer_text(w, "{");
	digest_print_member(&lineage->nodes[edge->from].digest, "from", w);
	digest_print_member(&lineage->nodes[edge->to].digest, "to", w);
	put_text_or_null("role", edge->role, w);
	put_hash_or_null("record", true, &by->record.id, w);
	writer_member_number(w, "index", by->record.position);
	writer_member_text(w, "signer", by->record.keyid);
	writer_member_text(w, "principal", by->record.gist.principal);
	put_text_or_null(
	    "standing", span_of_text(lineage_standing_name(edge->standing)), w);
	put_hash_or_null("withdrawn", by->is_withdrawn, &by->withdrawn, w);
	if (by->disputes.count > 0) {
		put_hashes("disputed", by->disputes.ids, by->disputes.count, w);
	} else {
		writer_member(w, "disputed");
		writer_text(w, "null");
	}
	put_evidence(attested, at, w);
	writer_text(w, "}");
	thread_share();
}

void
render_step(const struct lineage *lineage, const struct lineage_edge *edge,
    struct writer *w)
{
	const struct view_record *record = &edge->record->record;

	writer_comma(w);
	writer_text(w, "{");
	digest_print_member(&lineage->nodes[edge->from].digest, "from", w);
	digest_print_member(&lineage->nodes[edge->to].digest, "to", w);
	put_text_or_null("role", edge->role, w);
	put_hash_or_null("record", true, &record->id, w);
	writer_member_text(w, "principal", record->gist.principal);
	put_text_or_null(
	    "standing", span_of_text(lineage_standing_name(edge->standing)), w);
	writer_member_text(w, "by",
	    span_of_text(edge->is_opened ? "opening"
		    : edge->is_shown	 ? "manifest"
					 : "record"));
	writer_text(w, "}");
	thread_share();
}

void
render_lineage(const struct lineage *lineage,
    const struct warning_nodes *warnings, const struct attested *attested,
    struct writer *w)
{
	bool is_cut =
	    warnings->is_cut || (attested != NULL && attested->is_cut);

	writer_text(w, "{");
	writer_member_number(w, "treeSize", lineage->size);
	digest_print_member(&lineage->question.root, "root", w);
	writer_member_text(w, "direction",
	    span_of_text(lineage->question.is_down ? "down" : "up"));
	put_flag("truncated", lineage->is_truncated || is_cut, w);
	writer_member(w, "nodes");
	writer_text(w, "[");
	for (size_t i = 0; i < lineage->node_count; i++)
		put_node(&lineage->nodes[i], warnings->nodes[i], w);
	writer_text(w, "]");
	writer_member(w, "edges");
	writer_text(w, "[");
	for (size_t i = 0; i < lineage->edge_count; i++)
		put_edge(lineage, i, attested, w);
	writer_text(w, "]}");
}

/* ---- DOT ---- */

/* Within a quoted string of DOT: quotes and backslashes, which would else end
 * it or begin an escape such as \N. */
static void
put_dot_text(struct span text, struct writer *w)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] == '"' || text.data[i] == '\\')
			writer_u8(w, '\\');
		writer_u8(w, text.data[i]);
	}
}

/* Enough of a digest to tell it from the others by eye. */
#define DOT_DIGEST_LEN 24

static void
put_dot_node(const struct lineage_node *node, size_t at, struct writer *w)
{
	char text[DIGEST_TEXT_MAX];

	digest_print(&node->digest, text);
	writer_format(w, "\tn%zu [label=\"", at);
	if (node->name_count > 0) {
		put_dot_text(node->names[0], w);
		writer_text(w, "\\n");
	}
	writer_span(w, span_part(span_of_text(text), 0, DOT_DIGEST_LEN));
	writer_text(w, "\", tooltip=\"");
	writer_text(w, text);
	writer_text(w, node->is_gap ? "\", style=dashed];\n" : "\"];\n");
	thread_share();
}

static void
put_dot_edge(const struct lineage_edge *edge, struct writer *w)
{
	writer_format(w, "\tn%zu -> n%zu [label=\"", edge->from, edge->to);
	put_dot_text(edge->role, w);
	writer_text(w, "\\n");
	put_dot_text(edge->record->record.gist.principal, w);
	if (edge->standing != STANDING_NONE) {
		writer_text(w, " (");
		writer_text(w, lineage_standing_name(edge->standing));
		writer_text(w, ")");
	}
	writer_text(w, "\", tooltip=\"");
	writer_hex(w, hash_span(&edge->record->record.id));
	writer_text(w, "\"");
	if (edge->record->is_withdrawn)
		writer_text(w, ", color=gray, style=dotted");
	else if (edge->record->disputes.count > 0)
		writer_text(w, ", color=red");
	writer_text(w, "];\n");
	thread_share();
}

void
render_lineage_dot(const struct lineage *lineage, struct writer *w)
{
	writer_text(w, "digraph lineage {\n\trankdir=LR;\n");
	writer_format(w, "\tlabel=\"tree size %llu%s\";\n",
	    (unsigned long long)lineage->size,
	    lineage->is_truncated ? ", truncated" : "");
	writer_text(w, "\tnode [shape=box];\n");
	for (size_t i = 0; i < lineage->node_count; i++)
		put_dot_node(&lineage->nodes[i], i, w);
	for (size_t i = 0; i < lineage->edge_count; i++)
		put_dot_edge(&lineage->edges[i], w);
	writer_text(w, "}\n");
}
