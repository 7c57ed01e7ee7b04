#include "daemon/gist.h"

#include <assert.h>

#include "schema/ssh_key.h"

#define GIST_VERSION 1

/* ---- packing ---- */

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

void
gist_pack(const struct record *record, const char *principal, struct writer *w)
{
	size_t at;

	assert(record->statement.subject_count <= STATEMENT_SUBJECTS_MAX);
	assert(record->input_count <= RECORD_INPUTS_MAX);
	assert(record->complete_count <= RECORD_ROLES_MAX);
	writer_u8(w, GIST_VERSION);
	writer_u8(w, (uint8_t)record->kind);
	pack_text_u8(w, span_of_text(principal));
	pack_text_u8(w, record->version);
	pack_text_u16(w, record->license);
	pack_text_u16(w, record->name);
	if (record->kind == RECORD_WITHDRAWAL)
		writer_span(w, hash_span(&record->withdraws));
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
}

/* ---- unpacking ---- */

static struct span
take_text_u8(struct reader *r)
{
	return reader_take(r, reader_u8(r));
}

static struct span
take_text_u16(struct reader *r)
{
	return reader_take(r, reader_u16(r));
}

enum err
gist_unpack(struct span packed, struct gist *ret)
{
	struct reader r = reader_of(packed);
	struct gist gist = { .kind = RECORD_OTHER };
	uint8_t kind;

	reader_require(&r, reader_u8(&r) == GIST_VERSION);
	kind = reader_u8(&r);
	reader_require(&r, kind < RECORD_KINDS);
	gist.kind = (enum record_kind)kind;
	gist.principal = take_text_u8(&r);
	gist.version = take_text_u8(&r);
	gist.license = take_text_u16(&r);
	gist.name = take_text_u16(&r);
	if (kind == RECORD_WITHDRAWAL)
		reader_copy(&r, gist.withdraws.bytes, HASH_LEN);
	gist.subject_count = reader_u16(&r);
	gist.subjects = reader_take(&r, reader_u32(&r));
	gist.input_count = reader_u16(&r);
	gist.inputs = reader_take(&r, reader_u32(&r));
	gist.complete_count = reader_u8(&r);
	gist.complete = r.rest;
	for (size_t i = 0; i < gist.complete_count; i++)
		(void)take_text_u8(&r);
	/* it came from our own disk: a bad one is damage, not bad input */
	if (reader_end(&r) != ERR_OK)
		return ERR_CORRUPT;
	*ret = gist;
	return ERR_OK;
}

static bool
take_artifact(struct reader *r, struct gist_artifact *ret)
{
	unsigned flags;

	if (reader_is_empty(r))
		return false;
	*ret = (struct gist_artifact){ .is_part = false };
	flags = reader_u8(r);
	reader_require(r, flags <= GIST_FLAGS);
	ret->name = take_text_u16(r);
	ret->role = take_text_u8(r);
	ret->is_part = (flags & GIST_PART) != 0;
	ret->is_again = (flags & GIST_AGAIN) != 0;
	ret->makes_edge = (flags & GIST_EDGE) != 0;
	ret->has_node = (flags & GIST_NODE) != 0;
	ret->has_citation = (flags & GIST_CITATION) != 0;
	reader_require(r, ret->has_node || !ret->makes_edge);
	if (ret->has_node)
		ret->node = digest_read(r);
	if (ret->has_citation)
		reader_copy(r, ret->citation.bytes, HASH_LEN);
	return true;
}

bool
gist_subject_next(struct reader *r, struct gist_artifact *ret)
{
	if (!take_artifact(r, ret))
		return false;
	ret->digest_count = reader_u8(r);
	ret->digests = r->rest;
	for (size_t i = 0; i < ret->digest_count; i++)
		(void)digest_read(r);
	ret->digests.len -= r->rest.len;
	return r->err == ERR_OK;
}

bool
gist_input_next(struct reader *r, struct gist_artifact *ret)
{
	return take_artifact(r, ret) && r->err == ERR_OK;
}

bool
gist_digest_next(struct reader *r, struct digest *ret)
{
	if (reader_is_empty(r))
		return false;
	*ret = digest_read(r);
	return r->err == ERR_OK;
}

bool
gist_is_complete(const struct gist *gist, struct span role)
{
	struct reader r = reader_of(gist->complete);

	for (size_t i = 0; i < gist->complete_count; i++)
		if (span_equal(take_text_u8(&r), role))
			return true;
	return false;
}

bool
gist_keyid(struct span entry, struct span *ret)
{
	static const char before[] = "{\"keyid\":\"";
	static const char between[] = "\",\"sig\":\"";
	static const char after[] = "\"}]}";
	const size_t signature_len = TEXT_BASE64_LEN(KEY_SIGNATURE_LEN);
	const size_t tail_len = sizeof(before) - 1 + SSH_FINGERPRINT_LEN +
	    sizeof(between) - 1 + signature_len + sizeof(after) - 1;

	if (entry.len < tail_len)
		return false;
	struct reader r =
	    reader_of(span_part(entry, entry.len - tail_len, tail_len));
	reader_expect(&r, before);
	struct span keyid = reader_take(&r, SSH_FINGERPRINT_LEN);
	reader_expect(&r, between);
	(void)reader_take(&r, signature_len);
	reader_expect(&r, after);
	if (reader_end(&r) != ERR_OK)
		return false;
	*ret = keyid;
	return true;
}
