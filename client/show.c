#include "client/show.h"

#include <inttypes.h>

#include "schema/text.h"

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
}

void
show_record(
    struct output *out, const struct record *record, const struct show *about)
{
	const struct statement *statement = &record->statement;
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
	line(out, "licence", record->license);
	lines(out,
	    record->kind == RECORD_RUN || record->kind == RECORD_PROVENANCE
		? "output"
		: "part",
	    statement->subjects + 1, statement->subject_count - 1);
	lines(out,
	    record->kind == RECORD_RUN || record->kind == RECORD_PROVENANCE
		? "input"
		: "derived from",
	    record->inputs, record->input_count);
	show_complete(out, record);
}
