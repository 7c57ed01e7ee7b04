#include "schema/openness_inner.h"

static void
print_flag(struct writer *w, const char *name, bool value)
{
	writer_member(w, name);
	writer_text(w, value ? "true" : "false");
}

static void
print_id(struct writer *w, const struct hash *id)
{
	writer_text(w, "\"");
	writer_hex(w, hash_span(id));
	writer_text(w, "\"");
}

static void
print_text_or_null(struct writer *w, const char *name, struct span text)
{
	writer_member(w, name);
	if (text.len > 0)
		writer_json(w, text);
	else
		writer_text(w, "null");
}

static void
print_line(const struct openness *o, const char *what,
    const struct openness_line *line, struct writer *w)
{
	writer_comma(w);
	writer_text(w, "{");
	writer_member_text(w, what, span_of_text(line->key));
	if (line->row != NULL) {
		writer_member_number(w, "class", line->row->class);
		print_flag(w, "required", line->row->is_required);
	}
	writer_member_text(
	    w, "verdict", span_of_text(openness_verdict_name(line->verdict)));
	if (line->row != NULL) {
		print_flag(w, "waived", line->is_waived);
		print_flag(w, "contradicted", line->is_contradicted);
	}
	writer_member_text(w, "why", line->why);
	print_text_or_null(w, "license", line->license);
	writer_member_number(w, "level", line->level);
	writer_member(w, "records");
	writer_text(w, "[");
	for (size_t i = 0; i < line->record_count; i++) {
		writer_comma(w);
		print_id(w, &o->dossier->records[line->records[i]].id);
	}
	writer_text(w, "]");
	print_text_or_null(w, "raise", line->raise);
	writer_text(w, "}");
}

static void
print_release(const struct openness *o, struct writer *w)
{
	const struct dossier_record *release = dossier_release(o->dossier);

	writer_member(w, "release");
	if (release == NULL) {
		writer_text(w, "null");
		return;
	}
	writer_text(w, "{");
	writer_member(w, "record");
	print_id(w, &release->id);
	writer_member_text(w, "name", release->record.name);
	writer_member_text(w, "version", release->record.version);
	writer_text(w, "}");
}

static void
print_mof(const struct openness *o, struct writer *w)
{
	writer_member(w, "mof");
	writer_text(w, "{");
	writer_member_number(w, "class", o->class);
	writer_member_text(w, "label", span_of_text(mof_class_label(o->class)));
	writer_member(w, "progress");
	writer_text(w, "[");
	for (unsigned class = 3; class > 0; class --) {
		writer_comma(w);
		writer_text(w, "{");
		writer_member_number(w, "class", class);
		writer_member_number(w, "met", o->progress.met[class]);
		writer_member_number(w, "of", o->progress.needed[class]);
		writer_text(w, "}");
	}
	writer_text(w, "]");
	writer_member(w, "components");
	writer_text(w, "[");
	for (size_t i = 0; i < MOF_COMPONENTS; i++)
		print_line(o, "component", &o->components[i], w);
	writer_text(w, "]}");
}

static void
print_osaid(const struct openness *o, struct writer *w)
{
	writer_member(w, "osaid");
	writer_text(w, "{");
	print_flag(w, "met", o->is_osaid);
	writer_member(w, "lines");
	writer_text(w, "[");
	for (size_t i = 0; i < OSAID_LINES; i++)
		print_line(o, "line", &o->osaid[i], w);
	writer_text(w, "]}");
}

static void
print_claims(const struct openness *o, struct writer *w)
{
	writer_member(w, "claims");
	writer_text(w, "[");
	for (size_t i = 0; i < o->claim_count; i++) {
		const struct openness_claim *claim = &o->claims[i];
		writer_comma(w);
		writer_text(w, "{");
		writer_member_text(w, "claim", claim->text);
		writer_member(w, "record");
		print_id(w, &o->dossier->records[claim->record].id);
		writer_member(w, "shown");
		writer_text(w,
		    !claim->is_judged	  ? "null"
			: claim->is_shown ? "true"
					  : "false");
		writer_member_text(w, "why", claim->why);
		writer_text(w, "}");
	}
	writer_text(w, "]");
}

void
openness_print(const struct openness *o, struct writer *w)
{
	writer_text(w, "{");
	writer_member_number(w, "treeSize", o->dossier->tree_size);
	print_text_or_null(w, "as", o->dossier->as);
	print_release(o, w);
	print_flag(w, "truncated", o->dossier->is_cut);
	print_mof(o, w);
	print_osaid(o, w);
	print_claims(o, w);
	writer_member(w, "evidence");
	evidence_lineage_print(o->dossier, &o->lineage, w);
	writer_text(w, "}");
}
