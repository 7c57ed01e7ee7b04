#include "daemon/blob_terms.h"

bool
blob_find_attachment(const struct gist *gist, const struct hash *digest,
    const uint64_t *size, struct gist_attachment *ret)
{
	struct reader r = reader_of(gist->attachments);
	struct gist_attachment attachment;
	bool is_found = false;

	while (gist_attachment_next(&r, &attachment)) {
		if (!hash_equal(&attachment.sha256, digest) ||
		    (size != NULL && attachment.size != *size))
			continue;
		if (!is_found || attachment.size > ret->size)
			*ret = attachment;
		is_found = true;
	}
	return is_found;
}

static void
take_record(const struct view_record *record,
    const struct gist_attachment *attachment, struct blob_terms *terms)
{
	quota_names_add(&terms->names, record->gist.principal);
	if (!attachment->is_manifest || attachment->is_salted) {
		terms->is_plain = true;
		return;
	}
	terms->is_manifest = true;
}

struct blob_terms
blob_terms_find(
    struct view *view, const struct hash *digest, const uint64_t *size)
{
	struct blob_terms terms = { .size = size == NULL ? 0 : *size };
	struct index_walk walk =
	    view_walk(view, INDEX_ATTACHMENT, hash_span(digest), 0);
	struct view_record record;
	struct gist_attachment attachment;
	struct hash withdrawn;
	uint64_t position;
	size_t looked = 0;

	while (looked++ < BLOB_LOOK_MAX && index_walk_next(&walk, &position) &&
	    view_get(view, position, &record)) {
		if (!blob_find_attachment(
			&record.gist, digest, size, &attachment) ||
		    attachment.size < terms.size || record.is_withheld ||
		    view_withdrawn(view, &record, &withdrawn))
			continue;
		if (attachment.size > terms.size)
			terms = (struct blob_terms){ .size = attachment.size };
		take_record(&record, &attachment, &terms);
	}
	index_walk_close(&walk);
	return terms;
}

void
blob_terms_names(
    struct view *view, const struct hash *digest, struct quota_names *ret)
{
	struct index_walk walk =
	    view_walk(view, INDEX_ATTACHMENT, hash_span(digest), 0);
	struct view_record record;
	struct gist_attachment attachment;
	uint64_t position;
	size_t looked = 0;

	ret->count = 0;
	while (looked++ < BLOB_LOOK_MAX && index_walk_next(&walk, &position) &&
	    view_get(view, position, &record)) {
		if (blob_find_attachment(
			&record.gist, digest, NULL, &attachment))
			quota_names_add(ret, record.gist.principal);
	}
	index_walk_close(&walk);
}

bool
blob_terms_withheld(struct view *view, const struct hash *digest)
{
	struct index_walk walk =
	    view_walk(view, INDEX_ATTACHMENT, hash_span(digest), 0);
	struct view_record record;
	struct gist_attachment attachment;
	uint64_t position;
	size_t looked = 0;
	bool is_withheld = false;
	bool is_named = false;

	while (!is_named && looked++ < BLOB_LOOK_MAX &&
	    index_walk_next(&walk, &position) &&
	    view_get(view, position, &record)) {
		if (!blob_find_attachment(
			&record.gist, digest, NULL, &attachment))
			continue;
		is_withheld = is_withheld || record.is_withheld;
		is_named = !record.is_withheld;
	}
	index_walk_close(&walk);
	return is_withheld && !is_named;
}
