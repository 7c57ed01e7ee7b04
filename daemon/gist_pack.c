#include "daemon/gist.h"

#include <assert.h>

static void
pack_text_u8(struct writer *w, struct span text)
{
	assert(text.len <= UINT8_MAX);
	writer_u8(w, (uint8_t)text.len);
	writer_span(w, text);
}

static void
pack_text_u16(struct writer *w, struct span text)
{
	assert(text.len <= UINT16_MAX); /* an entry has no more */
	writer_u16(w, (uint16_t)text.len);
	writer_span(w, text);
}

static bool
same_node(const struct resource *a, const struct resource *b)
{
	return a->digest.has_node && b->digest.has_node &&
	    digest_equal(&a->digest.node, &b->digest.node);
}

static bool
has_node_before(const struct resource *list, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (same_node(&list[i], &list[at]))
			return true;
	return false;
}

static bool
part_makes_edge(const struct record *record, size_t at)
{
	const struct resource *subjects = record->statement.subjects;

	if (!record_is_part(record, at) || !subjects[0].digest.has_node ||
	    !subjects[at].digest.has_node ||
	    same_node(&subjects[0], &subjects[at]))
		return false;
	for (size_t i = 1; i < at; i++)
		if (record_is_part(record, i) &&
		    same_node(&subjects[i], &subjects[at]) &&
		    span_equal(subjects[i].role, subjects[at].role))
			return false;
	return true;
}

static bool
input_makes_edge(const struct record *record, size_t at)
{
	const struct resource *input = &record->inputs[at];

	if (!input->digest.has_node)
		return false;
	for (size_t i = 0; i < record->statement.subject_count; i++)
		if (same_node(&record->statement.subjects[i], input))
			return false;
	for (size_t i = 0; i < at; i++)
		if (same_node(&record->inputs[i], input) &&
		    span_equal(record->inputs[i].role, input->role))
			return false;
	return true;
}

static void
pack_artifact(const struct resource *resource, unsigned flags, struct writer *w)
{
	if (resource->digest.has_node)
		flags |= GIST_NODE;
	if (resource->digest.has_citation)
		flags |= GIST_CITATION;
	writer_u8(w, (uint8_t)flags);
	pack_text_u16(w, resource->name);
	pack_text_u8(w, resource->role);
	if (resource->digest.has_node)
		digest_write(&resource->digest.node, w);
	if (resource->digest.has_citation)
		writer_span(w, hash_span(&resource->digest.citation));
}

static void
pack_subjects(const struct record *record, struct writer *w)
{
	for (size_t i = 0; i < record->statement.subject_count; i++) {
		const struct resource *subject = &record->statement.subjects[i];
		unsigned flags = 0;

		if (i > 0 && record_is_part(record, i))
			flags |= GIST_PART;
		if (i > 0 && part_makes_edge(record, i))
			flags |= GIST_EDGE;
		if (has_node_before(record->statement.subjects, i))
			flags |= GIST_AGAIN;
		pack_artifact(subject, flags, w);
		writer_u8(w, (uint8_t)subject->digest.count);
		for (size_t d = 0; d < subject->digest.count; d++)
			digest_write(&subject->digest.digests[d], w);
	}
}

static void
pack_inputs(const struct record *record, struct writer *w)
{
	for (size_t i = 0; i < record->input_count; i++) {
		unsigned flags = 0;

		if (input_makes_edge(record, i))
			flags |= GIST_EDGE;
		pack_artifact(&record->inputs[i], flags, w);
	}
}

/* Puts a list's length, now that it is known, where it was left open. */
static void
close_list(struct writer *w, size_t at)
{
	size_t len;

	if (w->err != ERR_OK)
		return;
	len = w->len - at - 4;
	for (size_t i = 0; i < 4; i++)
		w->data[at + i] = (uint8_t)(len >> (8 * (3 - i)));
}

static void
pack_advisory(const struct advisory *advisory, struct writer *w)
{
	bool has_fixed_in =
	    advisory->has_fixed_in && advisory->fixed_in.digest.has_node;

	writer_u8(w, (uint8_t)advisory->reason);
	writer_u8(w, (uint8_t)advisory->severity);
	writer_u8(w, (uint8_t)advisory->action);
	writer_u8(w, (uint8_t)advisory->status);
	if (advisory->is_answer)
		writer_span(w, hash_span(&advisory->in_reply_to));
	writer_u8(w, has_fixed_in);
	if (has_fixed_in)
		digest_write(&advisory->fixed_in.digest.node, w);
}

static void
pack_attachments(const struct record *record, struct writer *w)
{
	assert(record->attachment_count <= ATTACHMENTS_MAX);
	writer_u8(w, (uint8_t)record->attachment_count);
	for (size_t i = 0; i < record->attachment_count; i++) {
		const struct attachment *one = &record->attachments[i];
		unsigned flags = 0;

		if (one->is_manifest)
			flags |= GIST_MANIFEST;
		if (one->is_salted)
			flags |= GIST_SALTED;
		writer_span(w, hash_span(&one->sha256));
		writer_u64(w, one->size);
		writer_u8(w, (uint8_t)flags);
	}
}

static size_t
pack_reference(enum gist_reference_what what, const struct digest *digest,
    struct writer *w)
{
	writer_u8(w, (uint8_t)what);
	digest_write(digest, w);
	return 1;
}

static size_t
pack_texts(const struct license_texts *texts, struct writer *w)
{
	for (size_t i = 0; i < texts->count; i++) {
		struct digest text = digest_sha256(&texts->all[i]);
		(void)pack_reference(GIST_LICENSE_TEXT, &text, w);
	}
	return texts->count;
}

static struct digest
digest_of_record(const struct hash *id)
{
	struct digest digest = digest_sha256(id);

	digest.algorithm = DIGEST_TLOG_LEAF;
	return digest;
}

static size_t
pack_component(const struct component *component, struct writer *w)
{
	size_t count = pack_texts(&component->texts, w);

	if (component->has_digest && component->digest.has_node)
		count +=
		    pack_reference(GIST_COMPONENT, &component->digest.node, w);
	if (component->has_record) {
		struct digest id = digest_of_record(&component->record);
		count += pack_reference(GIST_COMPONENT, &id, w);
	}
	return count;
}

/* A URI as it is looked for: the sha256 of its bytes. */
static size_t
pack_source(struct span source, struct writer *w)
{
	struct digest digest = gist_source(source);

	return source.len == 0
	    ? 0
	    : pack_reference(GIST_LICENSE_SOURCE, &digest, w);
}

static size_t
pack_terms(const struct license_record *terms, struct writer *w)
{
	size_t count = pack_source(terms->source, w);

	for (size_t i = 0; i < terms->document_count; i++)
		count += pack_source(terms->documents[i].source, w);
	return count;
}

static size_t
pack_references(const struct record *record, struct writer *w)
{
	size_t count = pack_texts(&record->license_texts, w);

	for (size_t i = 0; i < record->components.count; i++)
		count += pack_component(&record->components.all[i], w);
	count += pack_terms(&record->terms, w);
	for (size_t i = 0; i < record->audit.about_count; i++) {
		struct digest id = digest_of_record(&record->audit.about[i]);
		count += pack_reference(GIST_ABOUT, &id, w);
	}
	return count;
}

/* The count stands before the list, and is known behind it. */
static void
pack_reference_list(const struct record *record, struct writer *w)
{
	size_t at = w->len;

	writer_u16(w, 0);
	writer_u32(w, 0);
	size_t count = pack_references(record, w);
	assert(count <= GIST_REFERENCES_MAX);
	close_list(w, at + 2);
	if (w->err != ERR_OK)
		return;
	w->data[at] = (uint8_t)(count >> 8);
	w->data[at + 1] = (uint8_t)count;
}

void
gist_pack(const struct record *record, const char *principal, struct writer *w)
{
	size_t at;

	assert(record->statement.subject_count <= STATEMENT_SUBJECTS_MAX);
	assert(record->input_count <= RECORD_INPUTS_MAX);
	assert(record->complete_count <= RECORD_ROLES_MAX);
	writer_u8(w, GIST_VERSION);
	writer_u8(w, (uint8_t)record->kind);
	writer_u8(w, (uint8_t)record->disclosure);
	pack_text_u8(w, span_of_text(principal));
	pack_text_u8(w, record->version);
	pack_text_u16(w, record->license);
	pack_text_u16(w, record->name);
	if (record->kind == RECORD_WITHDRAWAL)
		writer_span(w, hash_span(&record->withdraws));
	if (record->kind == RECORD_ADVISORY)
		pack_advisory(&record->advisory, w);
	writer_u16(w, (uint16_t)record->statement.subject_count);
	at = w->len;
	writer_u32(w, 0);
	pack_subjects(record, w);
	close_list(w, at);
	writer_u16(w, (uint16_t)record->input_count);
	at = w->len;
	writer_u32(w, 0);
	pack_inputs(record, w);
	close_list(w, at);
	writer_u8(w, (uint8_t)record->complete_count);
	for (size_t i = 0; i < record->complete_count; i++)
		pack_text_u8(w, record->complete[i]);
	pack_attachments(record, w);
	pack_reference_list(record, w);
}
