/*
 * The European Union's template for the public summary of training content
 * (Regulation (EU) 2024/1689, Article 53(1)(d)): a draft in Markdown.
 *
 * What records say stands there with their ids; what none says is said to be
 * missing, so that whoever signs the summary knows what to add.
 */
#include "schema/export_inner.h"

struct summary {
	const struct dossier *d;
	struct writer *w;
};

/* Markdown of a table's cell: nothing of a stranger's may end it. */
static void
put_safe(struct writer *w, struct span text)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = (char)text.data[i];
		if (c == '|' || c == '\\' || c == '`' || c == '<' || c == '[' ||
		    c == '*' || c == '_')
			writer_text(w, "\\");
		if (c == '\n' || c == '\r' || c == '\t')
			writer_text(w, " ");
		else
			writer_u8(w, text.data[i]);
	}
}

static bool
is_data(const struct summary *s, size_t node)
{
	return s->d->nodes[node].is_upstream && export_is_told(s->d, node) &&
	    export_what(s->d, node) == EXPORT_DATA;
}

static void
put_set(struct summary *s, size_t node)
{
	const struct dossier_record *record = export_record(s->d, node);
	struct span license = export_license(s->d, node);
	struct span location = export_location(s->d, node);
	char buffer[DIGEST_TEXT_MAX];

	writer_text(s->w, "| ");
	put_safe(s->w, export_name_of(s->d, node, buffer));
	writer_text(s->w, " | ");
	digest_print(&s->d->nodes[node].digest, buffer);
	writer_text(s->w, buffer);
	writer_text(s->w, " | ");
	put_safe(
	    s->w, location.len > 0 ? location : span_of_text("not recorded"));
	writer_text(s->w, " | ");
	put_safe(
	    s->w, license.len > 0 ? license : span_of_text("not recorded"));
	writer_text(s->w, " | ");
	if (record != NULL && record->record.has_files)
		writer_decimal(s->w, record->record.files);
	else
		writer_text(s->w, "not recorded");
	writer_text(s->w, " | ");
	put_safe(s->w, export_publisher(s->d, node));
	writer_text(s->w, " |\n");
}

static size_t
put_sets(struct summary *s, enum source_category category)
{
	size_t count = 0;

	for (size_t i = 0; i < s->d->node_count; i++) {
		const struct dossier_record *record = export_record(s->d, i);
		if (!is_data(s, i) || record == NULL ||
		    record->record.source_category != category)
			continue;
		if (count++ == 0)
			writer_text(s->w,
			    "\n| name | digest | where | licence | files | "
			    "said by |\n| --- | --- | --- | --- | --- | --- "
			    "|\n");
		put_set(s, i);
	}
	if (count == 0)
		writer_text(s->w, "\nNone is recorded.\n");
	return count;
}

static void
put_sources(struct summary *s)
{
	static const struct {
		enum source_category category;
		const char *title;
	} rows[] = {
		{ SOURCE_PUBLIC, "2.1 Publicly available data sets" },
		{ SOURCE_LICENSED,
		    "2.2 Private data sets licensed by rightsholders" },
		{ SOURCE_THIRD_PARTY,
		    "2.2 Private data sets of other third parties" },
		{ SOURCE_CRAWLED, "2.3 Data crawled and scraped" },
		{ SOURCE_USER, "2.4 User data" },
		{ SOURCE_SYNTHETIC, "2.5 Synthetic data" },
		{ SOURCE_OTHER, "2.6 Other sources" },
		{ SOURCE_UNSAID,
		    "Not yet told apart (no record gives a category)" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		writer_format(s->w, "\n### %s\n", rows[i].title);
		(void)put_sets(s, rows[i].category);
	}
}

static void
put_gaps(struct summary *s)
{
	size_t count = 0;

	writer_text(s->w, "\n### Inputs that no record describes\n\n");
	for (size_t i = 0; i < s->d->node_count; i++) {
		char text[DIGEST_TEXT_MAX];
		if (!s->d->nodes[i].is_upstream || !s->d->nodes[i].is_gap ||
		    !export_is_told(s->d, i))
			continue;
		digest_print(&s->d->nodes[i].digest, text);
		writer_format(s->w, "- %s ", text);
		put_safe(s->w, s->d->nodes[i].name);
		writer_text(s->w, "\n");
		count++;
	}
	if (count == 0)
		writer_text(s->w, "None.\n");
}

static void
put_models(struct summary *s)
{
	size_t count = 0;

	writer_text(s->w, "\nModels that it was made from:\n\n");
	for (size_t i = 0; i < s->d->node_count; i++) {
		char buffer[DIGEST_TEXT_MAX];
		if (!s->d->nodes[i].is_upstream || !export_is_told(s->d, i) ||
		    export_what(s->d, i) != EXPORT_MODEL)
			continue;
		writer_text(s->w, "- ");
		put_safe(s->w, export_name_of(s->d, i, buffer));
		digest_print(&s->d->nodes[i].digest, buffer);
		writer_format(s->w, " (%s)\n", buffer);
		count++;
	}
	if (count == 0)
		writer_text(s->w, "None is recorded.\n");
}

/* By name alone, as documents that came with a set or a model have it. */
static void
put_claims(struct summary *s)
{
	size_t count = 0;

	writer_text(s->w,
	    "\n## Claimed by name alone\n\nCopied from documents that came "
	    "with it; no bytes stand behind these names.\n\n");
	for (size_t i = 0; i < s->d->record_count; i++) {
		const struct dossier_record *r = &s->d->records[i];
		const struct claims *claims = &r->record.claims;
		if (r->is_withdrawn || !export_is_agent(s->d, r->principal))
			continue;
		for (size_t j = 0; j < claims->count; j++) {
			writer_format(s->w,
			    "- %s: ", claim_what_name(claims->all[j].what));
			put_safe(s->w, claims->all[j].name);
			writer_text(s->w, " (said by ");
			put_safe(s->w, r->principal);
			writer_text(s->w, ")\n");
			count++;
		}
	}
	if (count == 0)
		writer_text(s->w, "Nothing.\n");
}

enum err
export_eu(const struct dossier *dossier, struct writer *writer, struct why *w)
{
	struct summary s = { .d = dossier, .w = writer };
	const struct dossier_record *release = dossier_release(dossier);

	(void)w;
	writer_text(writer,
	    "# Public summary of training content (draft)\n\n"
	    "Regulation (EU) 2024/1689, Article 53(1)(d). Made from signed "
	    "records; what they do not say has to be added by the provider.\n\n"
	    "## 1. General information\n\n- Provider: ");
	put_safe(writer, release->principal);
	writer_text(writer, "\n- Model: ");
	put_safe(writer, release->record.name);
	writer_text(writer, "\n- Version: ");
	put_safe(writer, release->record.version);
	writer_text(writer, "\n- Recorded: ");
	export_write_second(writer, release->stamp_ms);
	writer_text(writer, "\n- Record: ");
	writer_hex(writer, hash_span(&release->id));
	writer_text(writer, "\n- Modalities, sizes: not recorded\n");
	put_models(&s);
	writer_text(writer, "\n## 2. List of data sources\n");
	put_sources(&s);
	put_gaps(&s);
	writer_text(writer,
	    "\n## 3. Data processing\n\n"
	    "- Respect of reservations of rights (opt-outs): not recorded\n"
	    "- Removal of illegal content: not recorded\n");
	put_claims(&s);
	if (writer->err == ERR_OK && dossier->is_cut)
		writer_text(writer,
		    "\nThis summary is not whole: more was recorded than one "
		    "question takes, or the log's operator withholds "
		    "some.\n");
	return ERR_OK;
}
