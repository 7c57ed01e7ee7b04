#include "client/licences.h"

#include "client/show.h"

/* ---- what is judged ---- */

static void
tell_facts(struct output *out, const struct spdx_facts *facts)
{
	char text[256];
	struct writer w = writer_of(text, sizeof(text));

	licensing_print_facts(facts, &w);
	for (size_t i = 0; i < w.len; i++) { /* ["osi","fsf"] as: osi fsf */
		if (text[i] == ',')
			text[i] = ' ';
		if (text[i] != '"' && text[i] != '[' && text[i] != ']')
			output_span(out, span_of(&text[i], 1));
	}
}

static void
tell_claim(struct output *out, const struct licensing *licensing)
{
	const struct dossier *dossier = licensing->dossier;

	if (dossier->release_count > 0) {
		const struct dossier_record *release =
		    &dossier->records[dossier->releases[0]];
		output_safe(out, release->record.name);
		output_print(out, " ");
		output_safe(out, release->record.version);
		output_print(out, "\n");
	}
	if (licensing->claim.len == 0) {
		output_print(out, "it claims no licence\n");
		return;
	}
	output_print(
	    out, licensing->is_supposed ? "supposed claim: " : "claim: ");
	output_safe(out, licensing->claim);
	output_print(out, "  ");
	tell_facts(out, &licensing->facts);
	output_print(out, "\n");
}

/* ---- items ---- */

static void
tell_place(struct output *out, const struct licensing *licensing,
    const struct licensing_item *item)
{
	const struct dossier *dossier = licensing->dossier;

	if (item->has_node) {
		show_print_digest(out, &dossier->nodes[item->node].digest);
		output_print(out, "  ");
	}
	output_safe(out, item->name);
	if (item->has_component) {
		output_print(out, "  ");
		output_safe(
		    out, dossier->components[item->component].component->role);
	}
}

static void
tell_item(struct output *out, const struct licensing *licensing,
    const struct licensing_item *item)
{
	output_print(out, "  ");
	tell_place(out, licensing, item);
	output_print(out, "\n      ");
	if (item->word == LICENSING_NOBODY) {
		output_styled(out, OUTPUT_WARN, "no licence\n");
		return;
	}
	output_safe(out, item->license);
	output_print(out, "  ");
	tell_facts(out, &item->facts);
	output_print(out, "\n      says ");
	output_safe(out, licensing->dossier->records[item->record].principal);
	output_print(out, " (%s)", licensing_word_name(item->word));
	for (size_t i = 0; i < item->text_count; i++) {
		struct digest text =
		    digest_sha256(&licensing->texts[item->texts[i]].hash);
		output_print(out, i == 0 ? "; text " : ", ");
		show_print_digest(out, &text);
	}
	output_print(out, "\n");
}

/* Parts of a set that is an item too are counted, not told. */
static void
tell_items(struct output *out, const struct licensing *licensing)
{
	size_t parts = 0;

	output_styled(out, OUTPUT_BOLD, "\nlicences\n");
	for (size_t i = 0; i < licensing->item_count; i++) {
		const struct licensing_item *item = &licensing->items[i];
		parts += item->is_part;
		if (!item->is_part)
			tell_item(out, licensing, item);
	}
	if (parts > 0)
		output_print(out,
		    "  and %zu part%s of sets, under their sets' licences\n",
		    parts, output_plural(parts));
}

/* ---- findings ---- */

static void
tell_finding(struct output *out, const struct licensing *licensing,
    const struct licensing_finding *finding)
{
	bool is_bad = licensing_kind_is_bad(finding->kind);

	output_print(out, "  ");
	output_styled(out, is_bad ? OUTPUT_BAD : OUTPUT_FAINT,
	    licensing_kind_name(finding->kind));
	output_print(out, "  ");
	tell_place(out, licensing, &licensing->items[finding->item]);
	output_print(out, "\n      ");
	output_safe(out, finding->sentence);
	output_print(out, "\n");
}

static void
tell_findings(struct output *out, const struct licensing *licensing)
{
	size_t count = licensing->finding_count;

	if (count == 0) {
		output_styled(out, OUTPUT_GOOD, "no findings\n");
		return;
	}
	output_print(out, "%zu finding%s, %zu of them in the way\n", count,
	    output_plural(count), licensing->bad_count);
	for (size_t i = 0; i < count; i++)
		tell_finding(out, licensing, &licensing->findings[i]);
}

/* ---- differences ---- */

static enum output_style
style_of(char sign)
{
	if (sign == '-')
		return OUTPUT_BAD;
	return sign == '+' ? OUTPUT_GOOD
	    : sign == '@'  ? OUTPUT_FAINT
			   : OUTPUT_PLAIN;
}

static void
tell_line(struct output *out, const struct text_diff_line *line)
{
	const char sign[2] = { line->sign, '\0' };

	if (line->sign != '@')
		output_styled(out, style_of(line->sign), sign);
	output_safe(out, line->text);
	output_print(out, "\n");
}

static void
tell_difference(struct output *out, const struct difference *difference)
{
	const struct drift_document *document = difference->document;
	const struct text_diff *diff = &difference->diff;
	struct digest old = digest_sha256(&document->text);
	struct digest new = digest_sha256(&document->newest_text);

	output_styled(out, OUTPUT_BOLD, "\ndrifted: ");
	output_safe(out, document->source);
	output_print(out, "\n--- ");
	show_print_digest(out, &old);
	output_print(out, "  agreed to\n+++ ");
	show_print_digest(out, &new);
	output_print(out, "  seen by ");
	output_safe(out, difference->newest_by);
	output_print(out, "\n");
	if (!difference->is_told) {
		output_print(out, "  not compared: %s\n", difference->reason);
		return;
	}
	for (size_t i = 0; i < diff->count && i < LICENCES_LINES_MAX; i++)
		tell_line(out, &diff->lines[i]);
	if (diff->count > LICENCES_LINES_MAX)
		output_print(out, "… and %zu lines more\n",
		    diff->count - LICENCES_LINES_MAX);
	if (diff->count == 0 && !diff->ends_alike)
		output_print(out, "  only the end of the last line differs\n");
}

void
licences_tell(struct output *out, const struct licensing *licensing,
    const struct differences *differences)
{
	tell_claim(out, licensing);
	tell_findings(out, licensing);
	tell_items(out, licensing);
	for (size_t i = 0; i < differences->count; i++)
		tell_difference(out, &differences->all[i]);
	if (licensing->is_cut || differences->is_cut)
		output_styled(out, OUTPUT_WARN,
		    "\nnot all was looked at: more was recorded than one "
		    "question takes, or the log's operator withholds some\n");
}

/* ---- JSON ---- */

/* Lines as they would be shown: bytes that are no UTF-8 are escaped. */
static void
print_line(const struct text_diff_line *line, struct writer *w)
{
	struct writer escaped = writer_heap((size_t)8 << 20);

	if (line->sign != '@')
		writer_u8(&escaped, (uint8_t)line->sign);
	output_escape(line->text, &escaped);
	writer_comma(w);
	writer_json(w, writer_view(&escaped));
	writer_done(&escaped);
}

static void
print_difference(const struct difference *difference, struct writer *w)
{
	const struct drift_document *document = difference->document;

	writer_comma(w);
	writer_text(w, "{");
	writer_member_text(w, "source", document->source);
	hash_print_member(&document->text, "agreed", w);
	hash_print_member(&document->newest_text, "newest", w);
	if (!difference->is_told) {
		writer_member_text(
		    w, "reason", span_of_text(difference->reason));
	} else {
		writer_member_number(w, "gone", difference->diff.gone);
		writer_member_number(w, "come", difference->diff.come);
		writer_member(w, "lines");
		writer_text(w, "[");
		for (size_t i = 0; i < difference->diff.count; i++)
			print_line(&difference->diff.lines[i], w);
		writer_text(w, "]");
	}
	writer_text(w, "}");
}

void
licences_print_json(const struct licensing *licensing,
    const struct differences *differences, struct writer *w)
{
	writer_text(w, "{");
	writer_member(w, "licensing");
	licensing_print(licensing, w);
	writer_member(w, "differences");
	writer_text(w, "[");
	for (size_t i = 0; i < differences->count; i++)
		print_difference(&differences->all[i], w);
	writer_text(w, "]}");
}
