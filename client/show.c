#include "client/show.h"

#include <inttypes.h>

#define DIGITS 16 /* of a digest in a list: enough to see, and to search for */

void
show_digest(const struct digest *digest, struct writer *w)
{
	char text[DIGEST_TEXT_MAX];

	digest_print(digest, text);
	struct span all = span_of_text(text);
	size_t cut = span_find(all, ':') + 1 + DIGITS;
	writer_span(w, span_part(all, 0, cut));
	if (cut < all.len)
		writer_text(w, "…");
}

void
show_print_digest(struct output *out, const struct digest *digest)
{
	char text[DIGEST_TEXT_MAX];
	struct writer w = writer_of(text, sizeof(text));

	show_digest(digest, &w);
	output_span(out, writer_view(&w));
}

void
show_resource(const struct resource *resource, struct writer *w)
{
	const struct digest_set *set = &resource->digest;

	if (set->has_node)
		show_digest(&set->node, w);
	else if (set->count > 0)
		show_digest(&set->digests[0], w);
	else
		writer_text(w, "(no digest)");
	if (resource->name.len > 0) {
		writer_text(w, "  ");
		output_escape(resource->name, w);
	} else if (resource->uri.len > 0) {
		writer_text(w, "  ");
		output_escape(resource->uri, w);
	}
	if (resource->role.len > 0) {
		writer_text(w, "  (");
		output_escape(resource->role, w);
		writer_text(w, ")");
	}
	if (resource->license.len > 0) {
		writer_text(w, "  [");
		output_escape(resource->license, w);
		writer_text(w, "]");
	}
}

/* One line: a label of fixed width, then the text escaped. */
static void
line(struct output *out, const char *label, struct span text)
{
	if (text.len == 0)
		return;
	output_print(out, "  %-12s ", label);
	output_safe(out, text);
	output_print(out, "\n");
}

static void
lines(struct output *out, const char *label, const struct resource *list,
    size_t count)
{
	for (size_t i = 0; i < count && i < SHOW_LIST_MAX; i++) {
		struct writer w = writer_heap(OUTPUT_ANSWER_MAX);
		show_resource(&list[i], &w);
		output_print(out, "  %-12s ", i == 0 ? label : "");
		output_part(out, &w);
		output_print(out, "\n");
		writer_done(&w);
	}
	if (count > SHOW_LIST_MAX)
		output_print(
		    out, "  %-12s … and %zu more\n", "", count - SHOW_LIST_MAX);
}

/* A text of several lines, each escaped. */
static void
block(struct output *out, const char *label, struct span text)
{
	struct span rest = text;
	struct span row;

	for (size_t i = 0; rest.len > 0 && i < SHOW_LIST_MAX; i++) {
		if (!span_cut(&rest, '\n', &row)) {
			row = rest;
			rest = SPAN_EMPTY;
		}
		output_print(out, "  %-12s ", i == 0 ? label : "");
		output_safe(out, row);
		output_print(out, "\n");
	}
	if (rest.len > 0)
		output_print(out, "  %-12s … and more\n", "");
}

/* What the signer says in words, in any predicate of ours. */
static void
show_description(struct output *out, const struct record *record)
{
	struct span text;

	if (!record->statement.is_ours || record->kind == RECORD_RUN)
		return;
	struct object o = object_of(record->statement.predicate, "", NULL);
	if (object_optional_text(
		&o, "description", 1, STATEMENT_TEXT_MAX, &text))
		block(out, "description", text);
	if (object_optional_text(&o, "reason", 1, STATEMENT_TEXT_MAX, &text) &&
	    record->kind == RECORD_WITHDRAWAL)
		block(out, "reason", text);
}

/* ---- what only some kinds say ---- */

static void
show_attachments(struct output *out, const struct record *record)
{
	static const char *const disclosures[DISCLOSURES] = {
		[DISCLOSURE_UNSAID] = "",
		[DISCLOSURE_FULL] = "full: the list of files is published",
		[DISCLOSURE_SALTED] = "salted: only the root of the list is "
				      "published",
	};
	char size[OUTPUT_SIZE_MAX];

	line(out, "disclosure", span_of_text(disclosures[record->disclosure]));
	for (size_t i = 0; i < record->attachment_count && i < SHOW_LIST_MAX;
	     i++) {
		const struct attachment *one = &record->attachments[i];
		struct digest digest = digest_sha256(&one->sha256);
		struct writer w = writer_heap(OUTPUT_ANSWER_MAX);
		show_digest(&digest, &w);
		writer_text(&w, "  ");
		output_escape(one->name, &w);
		writer_text(&w, ", ");
		output_escape(one->media_type, &w);
		output_print(out, "  %-12s ", i == 0 ? "attached" : "");
		output_span(out, writer_view(&w));
		output_print(out, ", %s\n", output_size(one->size, size));
		writer_done(&w);
	}
	if (record->attachment_count > SHOW_LIST_MAX)
		output_print(out, "  %-12s … and %zu more\n", "",
		    record->attachment_count - SHOW_LIST_MAX);
}

static void
show_advisory(struct output *out, const struct advisory *advisory)
{
	char id[HASH_TEXT_MAX];

	if (advisory->is_answer) {
		hash_print(&advisory->in_reply_to, id);
		line(out, "in reply to", span_of_text(id));
		line(out, "status",
		    span_of_text(advisory_status_name(advisory->status)));
		if (advisory->has_fixed_in)
			lines(out, "fixed in", &advisory->fixed_in, 1);
		return;
	}
	line(out, "reason",
	    span_of_text(advisory_reason_name(advisory->reason)));
	line(out, "severity",
	    span_of_text(advisory_severity_name(advisory->severity)));
	line(out, "wished",
	    span_of_text(advisory_action_name(advisory->action)));
}

/* What a card says, by name: nobody vouches for it. */
static void
show_claims(struct output *out, const struct claims *claims)
{
	for (size_t i = 0; i < claims->count && i < SHOW_LIST_MAX; i++) {
		output_print(out, "  %-12s %s ", i == 0 ? "claimed" : "",
		    claim_what_name(claims->all[i].what));
		output_safe(out, claims->all[i].name);
		output_print(out, "\n");
	}
	if (claims->count > SHOW_LIST_MAX)
		output_print(out, "  %-12s … and %zu more\n", "",
		    claims->count - SHOW_LIST_MAX);
}

/* Each was verified against the root when the record was read. */
static void
show_openings(struct output *out, const struct openings *openings)
{
	for (size_t i = 0; i < openings->count && i < SHOW_LIST_MAX; i++) {
		const struct opening *one = &openings->all[i];
		struct digest digest = digest_sha256(&one->parts.file.digest);
		struct writer w = writer_heap(OUTPUT_ANSWER_MAX);
		show_digest(&digest, &w);
		writer_text(&w, "  ");
		output_escape(one->parts.file.path, &w);
		output_print(out, "  %-12s ", i == 0 ? "opened" : "");
		output_span(out, writer_view(&w));
		output_print(out, "  (line %" PRIu64 " of %" PRIu64 ")\n",
		    one->index + 1, one->size);
		writer_done(&w);
	}
	if (openings->count > SHOW_LIST_MAX)
		output_print(out, "  %-12s … and %zu more\n", "",
		    openings->count - SHOW_LIST_MAX);
}

/* ---- all of it ---- */

/* The first subject with all its digests in full: this is what it is about. */
static void
show_subject(struct output *out, const struct resource *subject)
{
	for (size_t i = 0; i < subject->digest.count; i++) {
		char text[DIGEST_TEXT_MAX];
		digest_print(&subject->digest.digests[i], text);
		line(out, i == 0 ? "digest" : "", span_of_text(text));
	}
}

static void
show_complete(struct output *out, const struct record *record)
{
	for (size_t i = 0; i < record->complete_count; i++)
		line(out, i == 0 ? "complete" : "", record->complete[i]);
}

static void
show_standing(struct output *out, const struct show *about)
{
	char id[HASH_TEXT_MAX];

	if (about->id != NULL) {
		hash_print(about->id, id);
		line(out, "record", span_of_text(id));
	}
	if (about->has_index)
		output_print(
		    out, "  %-12s %" PRIu64 "\n", "index", about->index);
	if (about->principal != NULL)
		line(out, "signed by", span_of_text(about->principal));
	if (about->keyid != NULL)
		line(out, "key", span_of_text(about->keyid));
	if (about->time.len > 0) {
		output_print(out, "  %-12s ", "logged");
		output_safe(out, about->time);
		output_print(out, " (the log's own word)\n");
	}
	if (about->withdrawn != NULL) {
		hash_print(about->withdrawn, id);
		output_styled(out, OUTPUT_BAD, "  withdrawn    ");
		output_print(out, "by %s\n", id);
	}
}

void
show_record(
    struct output *out, const struct record *record, const struct show *about)
{
	const struct statement *statement = &record->statement;
	bool is_run =
	    record->kind == RECORD_RUN || record->kind == RECORD_PROVENANCE;
	bool is_advisory = record->kind == RECORD_ADVISORY;
	struct span name = record->name;
	char withdrawn[HASH_TEXT_MAX];

	output_styled(out, OUTPUT_BOLD, record_kind_name(record->kind));
	if (name.len == 0 && record->kind == RECORD_OTHER)
		name = statement->predicate_type;
	if (name.len > 0) {
		output_print(out, " ");
		output_safe(out, name);
	}
	if (record->version.len > 0) {
		output_print(out, " ");
		output_safe(out, record->version);
	}
	output_print(out, "\n");
	show_standing(out, about);
	if (record->kind == RECORD_WITHDRAWAL) {
		hash_print(&record->withdraws, withdrawn);
		line(out, "withdraws", span_of_text(withdrawn));
	} else {
		show_subject(out, &statement->subjects[0]);
	}
	if (is_advisory)
		line(out, "", statement->subjects[0].name);
	lines(out,
	    is_run	      ? "output"
		: is_advisory ? "also about"
			      : "part",
	    statement->subjects + 1, statement->subject_count - 1);
	line(out, "licence", record->license);
	if (is_advisory)
		show_advisory(out, &record->advisory);
	show_description(out, record);
	lines(out, is_run ? "input" : "derived from", record->inputs,
	    record->input_count);
	show_complete(out, record);
	show_claims(out, &record->claims);
	show_attachments(out, record);
	show_openings(out, &record->openings);
}
