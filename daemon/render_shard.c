#include "daemon/render_shard.h"

#include "daemon/put.h"
#include "daemon/render.h"

/* ---- findings ---- */

static const char *
verdict_name(enum shard_verdict verdict)
{
	switch (verdict) {
	case SHARD_IN:
		return "in";
	case SHARD_NOT_IN:
		return "not-in";
	case SHARD_UNKNOWN:
		break;
	}
	return "unknown";
}

static const char *
by_name(enum shard_by by)
{
	switch (by) {
	case SHARD_BY_MANIFEST:
		return "manifest";
	case SHARD_BY_OPENING:
		return "opening";
	case SHARD_BY_LIST:
		return "list";
	case SHARD_BY_FILE:
		return "file";
	case SHARD_BY_NOTHING:
		break;
	}
	return "";
}

static void
put_base64(const struct hash *hash, struct writer *w)
{
	writer_text(w, "\"");
	writer_base64(w, hash_span(hash));
	writer_text(w, "\"");
}

static void
put_line(const struct shard_line *line, struct writer *w)
{
	writer_comma(w);
	writer_text(w, "{");
	writer_member_number(w, "index", line->index);
	writer_member_text(w, "line", line->line);
	writer_member(w, "hashes");
	writer_text(w, "[");
	for (size_t i = 0; i < line->proof.count; i++) {
		writer_comma(w);
		put_base64(&line->proof.hashes[i], w);
	}
	writer_text(w, "]}");
}

/* What the record is that it rests on, and what shows it. */
static void
put_finding(const struct shard_finding *finding, struct writer *w)
{
	bool has_record = finding->has_record;
	const struct view_record *record = &finding->record;
	bool has_lines = finding->line_count > 0;

	put_hash_or_null("record", has_record, &record->id, w);
	writer_member(w, "index");
	if (has_record)
		writer_decimal(w, record->position);
	else
		writer_text(w, "null");
	put_text_or_null(
	    "principal", has_record ? record->gist.principal : SPAN_EMPTY, w);
	writer_member_text(
	    w, "verdict", span_of_text(verdict_name(finding->verdict)));
	put_text_or_null("by", span_of_text(by_name(finding->by)), w);
	if (finding->reason != NULL)
		writer_member_text(w, "reason", span_of_text(finding->reason));
	if (finding->by == SHARD_BY_OPENING)
		put_hash_or_null("disclosure", true, &finding->disclosure, w);
	if (has_lines) {
		writer_member_number(w, "size", finding->size);
		writer_member(w, "merkleTreeHash");
		put_base64(&finding->root, w);
	}
	writer_member(w, "lines");
	writer_text(w, "[");
	for (size_t i = 0; i < finding->line_count; i++)
		put_line(&finding->lines[i], w);
	writer_text(w, "]");
	writer_member(w, "sortedCheckedBy");
	writer_text(w, finding->by == SHARD_BY_MANIFEST ? "[\"log\"]" : "[]");
}

static void
put_sha256(const char *name, const struct hash *hash, struct writer *w)
{
	struct digest digest = digest_sha256(hash);

	digest_print_member(&digest, name, w);
}

void
render_shard(const struct render_shard *answer, struct writer *w)
{
	writer_text(w, "{");
	writer_member_number(w, "treeSize", answer->size);
	digest_print_member(&answer->question->set, "dataset", w);
	put_sha256("shard", &answer->question->shard, w);
	put_finding(answer->finding, w);
	writer_text(w, "}");
}

/* ---- absence ---- */

const char *
render_absence_name(enum absence_verdict verdict)
{
	switch (verdict) {
	case ABSENCE_YES:
		return "yes";
	case ABSENCE_NO:
		return "no";
	case ABSENCE_UNKNOWN:
		break;
	}
	return "unknown";
}

static void
put_proofs(const struct absence *absence, struct writer *w)
{
	const struct lineage *lineage = absence->lineage;

	writer_member(w, "proofs");
	writer_text(w, "[");
	for (size_t i = 0; i < lineage->node_count; i++) {
		const struct absence_node *node = &absence->nodes[i];

		if (!node->is_judged ||
		    (absence->is_found && absence->found != i))
			continue;
		writer_comma(w);
		writer_text(w, "{");
		digest_print_member(&lineage->nodes[i].digest, "dataset", w);
		put_finding(&node->finding, w);
		writer_text(w, "}");
	}
	writer_text(w, "]");
}

static void
put_complete(const struct gist *gist, struct writer *w)
{
	struct reader r = reader_of(gist->complete);

	writer_member(w, "complete");
	writer_text(w, "[");
	for (size_t i = 0; i < gist->complete_count; i++) {
		writer_comma(w);
		writer_json(w, reader_take(&r, reader_u8(&r)));
	}
	writer_text(w, "]");
}

static void
put_steps(const struct absence *absence, struct writer *w)
{
	writer_member(w, "steps");
	writer_text(w, "[");
	for (size_t i = 0; i < absence->step_count; i++) {
		const struct absence_step *step = &absence->steps[i];
		const struct view_record *record = &step->edge->record->record;

		writer_comma(w);
		writer_text(w, "{");
		digest_print_member(
		    &absence->lineage->nodes[step->node].digest, "node", w);
		put_hash_or_null("record", true, &record->id, w);
		writer_member_number(w, "index", record->position);
		writer_member_text(w, "principal", record->gist.principal);
		writer_member_text(w, "standing",
		    span_of_text(lineage_standing_name(step->edge->standing)));
		put_complete(&record->gist, w);
		writer_text(w, "}");
	}
	writer_text(w, "]");
}

/* Digests of those nodes of which `wants` is true. */
static void
put_nodes(const char *name, const struct absence *absence,
    bool (*wants)(const struct absence_node *node), struct writer *w)
{
	const struct lineage *lineage = absence->lineage;

	writer_member(w, name);
	writer_text(w, "[");
	for (size_t i = 0; i < lineage->node_count; i++) {
		char text[DIGEST_TEXT_MAX];

		if (!wants(&absence->nodes[i]))
			continue;
		digest_print(&lineage->nodes[i].digest, text);
		writer_comma(w);
		writer_json(w, span_of_text(text));
	}
	writer_text(w, "]");
}

static bool
is_end(const struct absence_node *node)
{
	return node->is_data && node->is_end;
}

static bool
is_apart(const struct absence_node *node)
{
	return !node->is_data;
}

static void
put_gap(const struct absence *absence, struct writer *w)
{
	if (absence->verdict != ABSENCE_UNKNOWN)
		return;
	writer_member(w, "gap");
	writer_text(w, "{");
	digest_print_member(
	    &absence->lineage->nodes[absence->gap].digest, "node", w);
	writer_member_text(w, "why", span_of_text(absence->gap_why.text));
	writer_text(w, "}");
}

static void
put_path(const struct absence *absence, struct writer *w)
{
	if (absence->verdict != ABSENCE_YES)
		return;
	writer_member(w, "path");
	writer_text(w, "[");
	for (size_t i = 0; i < absence->path_count; i++)
		render_step(absence->lineage, absence->path[i], w);
	writer_text(w, "]");
}

void
render_absence(const struct absence *absence,
    const struct absence_question *question, struct writer *w)
{
	writer_text(w, "{");
	writer_member_number(w, "treeSize", absence->lineage->size);
	digest_print_member(&question->root, "root", w);
	put_sha256("digest", &question->shard, w);
	writer_member_text(w, "as", question->as);
	writer_member_text(
	    w, "verdict", span_of_text(render_absence_name(absence->verdict)));
	put_gap(absence, w);
	put_path(absence, w);
	put_proofs(absence, w);
	put_steps(absence, w);
	put_nodes("ends", absence, is_end, w);
	put_nodes("apart", absence, is_apart, w);
	writer_text(w, "}");
}
