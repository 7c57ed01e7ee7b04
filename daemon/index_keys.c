#include "daemon/index_keys.h"

#include <assert.h>
#include <stdlib.h>

#include "schema/note.h"

/* Longest value: a principal, NUL and a digest; a name, LF and a version. */
#define VALUE_MAX 512

/* One record on its way into the keys. */
struct filing {
	struct index_keys *keys;
	const uint8_t *key; /* of the index */
	uint64_t position;
	struct gist gist;
};

bool
index_keys_have_room(const struct index_keys *keys)
{
	return keys->cap - keys->count >= INDEX_RECORD_KEYS_MAX;
}

static void
file_under(struct filing *f, enum index_tag tag, struct span value)
{
	assert(f->keys->count < f->keys->cap);
	f->keys->places[f->keys->count++] = (struct index_place){
		.place = store_index_place_of(f->key, tag, value),
		.position = f->position,
	};
}

static void
file_pair(struct filing *f, enum index_tag tag, struct span a, uint8_t between,
    struct span b)
{
	uint8_t buffer[VALUE_MAX];
	struct writer w = writer_of(buffer, sizeof(buffer));

	writer_span(&w, a);
	writer_u8(&w, between);
	writer_span(&w, b);
	assert(w.err == ERR_OK);
	file_under(f, tag, writer_view(&w));
}

static void
file_digest(struct filing *f, enum index_tag tag, const struct digest *digest)
{
	uint8_t buffer[2 + DIGEST_LEN_MAX];
	struct writer w = writer_of(buffer, sizeof(buffer));

	digest_write(digest, &w);
	file_under(f, tag, writer_view(&w));
}

static void
file_standing(
    struct filing *f, const struct gist_artifact *subject, bool is_first)
{
	uint8_t buffer[2 + DIGEST_LEN_MAX];
	struct writer w = writer_of(buffer, sizeof(buffer));

	if (!record_kind_is_origin(f->gist.kind) || !subject->has_node)
		return;
	digest_write(&subject->node, &w);
	file_pair(f, INDEX_MADE, f->gist.principal, '\0', writer_view(&w));
	if (is_first && f->gist.name.len > 0)
		file_pair(
		    f, INDEX_OWN, f->gist.principal, '\0', writer_view(&w));
}

/* What went into something, by anybody and by this principal. */
static void
file_input(struct filing *f, const struct gist_artifact *input)
{
	uint8_t buffer[2 + DIGEST_LEN_MAX];
	struct writer w = writer_of(buffer, sizeof(buffer));

	if (!input->has_node)
		return;
	digest_write(&input->node, &w);
	file_under(f, INDEX_INPUT, writer_view(&w));
	file_pair(f, INDEX_USED, f->gist.principal, '\0', writer_view(&w));
}

/* An answer is found by the warning, so that what is affected shows warnings
 * alone. */
static bool
is_warning(const struct gist *gist)
{
	return gist->kind == RECORD_ADVISORY &&
	    gist->advisory.status == ADVISORY_NO_STATUS;
}

static void
file_digests(struct filing *f, const struct gist_artifact *subject)
{
	struct reader digests = reader_of(subject->digests);
	struct digest digest;

	while (gist_digest_next(&digests, &digest)) {
		file_digest(f, INDEX_SUBJECT, &digest);
		if (is_warning(&f->gist) && subject->has_node)
			file_digest(f, INDEX_ADVISORY, &digest);
	}
}

static enum err
file_artifacts(struct filing *f)
{
	struct reader subjects = reader_of(f->gist.subjects);
	struct reader inputs = reader_of(f->gist.inputs);
	struct gist_artifact artifact;
	bool is_first = true;

	while (gist_subject_next(&subjects, &artifact)) {
		file_digests(f, &artifact);
		/* a part went into the first subject */
		if (artifact.is_part)
			file_input(f, &artifact);
		file_standing(f, &artifact, is_first);
		is_first = false;
	}
	while (gist_input_next(&inputs, &artifact))
		file_input(f, &artifact);
	return reader_end(&subjects) == ERR_OK && reader_end(&inputs) == ERR_OK
	    ? ERR_OK
	    : ERR_CORRUPT;
}

/* A record's id, and it with this principal, each under its tag. */
static void
file_about(struct filing *f, const struct hash *id, enum index_tag by_id,
    enum index_tag by_both)
{
	uint8_t buffer[VALUE_MAX];
	struct writer w = writer_of(buffer, sizeof(buffer));

	writer_span(&w, hash_span(id));
	writer_span(&w, f->gist.principal);
	assert(w.err == ERR_OK);
	file_under(f, by_both, writer_view(&w));
	file_under(f, by_id, hash_span(id));
}

static enum err
file_attachments(struct filing *f)
{
	struct reader r = reader_of(f->gist.attachments);
	struct gist_attachment attachment;
	const uint8_t all = 0;

	while (gist_attachment_next(&r, &attachment)) {
		file_under(f, INDEX_ATTACHMENT, hash_span(&attachment.sha256));
		if (attachment.is_manifest && !attachment.is_salted)
			file_under(f, INDEX_MANIFEST, span_of(&all, 1));
	}
	return reader_end(&r) == ERR_OK ? ERR_OK : ERR_CORRUPT;
}

enum index_tag
index_keys_tag(enum gist_reference_what what)
{
	static const enum index_tag tags[] = {
		[GIST_LICENSE_TEXT] = INDEX_LICENSE_TEXT,
		[GIST_LICENSE_SOURCE] = INDEX_LICENSE_SOURCE,
		[GIST_ABOUT] = INDEX_ABOUT,
		[GIST_COMPONENT] = INDEX_COMPONENT,
	};

	return tags[what];
}

static enum err
file_references(struct filing *f)
{
	struct reader r = reader_of(f->gist.references);
	struct gist_reference reference;

	while (gist_reference_next(&r, &reference))
		file_digest(
		    f, index_keys_tag(reference.what), &reference.digest);
	return reader_end(&r) == ERR_OK ? ERR_OK : ERR_CORRUPT;
}

/* Beside its artifacts: what it is, and what it is about. */
static void
file_record(struct filing *f, const struct hash *leaf, struct span keyid)
{
	const struct gist *gist = &f->gist;
	uint8_t kind = (uint8_t)gist->kind;

	file_under(f, INDEX_ID, hash_span(leaf));
	file_under(f, INDEX_SIGNER, keyid);
	file_under(f, INDEX_PRINCIPAL, gist->principal);
	file_under(f, INDEX_KIND, span_of(&kind, 1));
	if (gist->name.len > 0)
		file_under(f, INDEX_NAME, gist->name);
	if (gist->kind == RECORD_RELEASE)
		file_pair(f, INDEX_VERSION, gist->name, '\n', gist->version);
	if (gist->kind == RECORD_WITHDRAWAL)
		file_about(
		    f, &gist->withdraws, INDEX_DISPUTES, INDEX_WITHDRAWN);
	if (gist->advisory.status != ADVISORY_NO_STATUS)
		file_about(
		    f, &gist->advisory.in_reply_to, INDEX_REPLY, INDEX_REPLY);
}

enum err
index_keys_add(struct index_keys *keys, const uint8_t key[static STORE_KEY_LEN],
    uint64_t position, const struct log_entry *entry)
{
	struct filing f = { .keys = keys, .key = key, .position = position };
	struct span keyid;

	assert(index_keys_have_room(keys));
	if (gist_unpack(entry->gist, &f.gist) != ERR_OK ||
	    f.gist.subject_count > STATEMENT_SUBJECTS_MAX ||
	    f.gist.input_count > RECORD_INPUTS_MAX ||
	    f.gist.principal.len > NOTE_NAME_MAX ||
	    !gist_keyid(entry->entry, &keyid))
		return ERR_CORRUPT;
	file_record(&f, &entry->leaf, keyid);
	enum err err = file_attachments(&f);
	if (err == ERR_OK)
		err = file_references(&f);
	return err == ERR_OK ? file_artifacts(&f) : err;
}

/* Big-endian keys are in the order of their numbers. */
static int
compare(const void *a, const void *b)
{
	const struct index_place *x = a;
	const struct index_place *y = b;

	if (x->place != y->place)
		return x->place < y->place ? -1 : 1;
	if (x->position != y->position)
		return x->position < y->position ? -1 : 1;
	return 0;
}

void
index_keys_sort(struct index_keys *keys)
{
	size_t kept = 0;

	if (keys->count == 0)
		return;
	qsort(keys->places, keys->count, sizeof(keys->places[0]), compare);
	for (size_t i = 1; i < keys->count; i++) {
		if (compare(&keys->places[kept], &keys->places[i]) != 0)
			keys->places[++kept] = keys->places[i];
	}
	keys->count = kept + 1;
}
