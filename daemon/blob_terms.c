#include "daemon/blob_terms.h"

struct namers
namers_open(struct view *view, const struct hash *digest)
{
	return (struct namers){
		.view = view,
		.first =
		    view_walk(view, INDEX_ATTACHMENT, hash_span(digest), 0),
		.newest =
		    view_walk(view, INDEX_ATTACHMENT, hash_span(digest), 0),
	};
}

static bool
next_position(struct namers *namers, uint64_t *ret)
{
	size_t at = namers->looked++;

	if (at < BLOB_LOOK_MAX / 2) {
		if (!index_walk_next(&namers->first, ret))
			return false;
		namers->end = *ret + 1;
		return true;
	}
	return at < BLOB_LOOK_MAX && index_walk_back(&namers->newest, ret) &&
	    *ret >= namers->end;
}

bool
namers_next(struct namers *namers, struct view_record *ret)
{
	uint64_t position;

	if (next_position(namers, &position) &&
	    view_get(namers->view, position, ret))
		return true;
	namers->looked = BLOB_LOOK_MAX;
	return false;
}

void
namers_close(struct namers *namers)
{
	index_walk_close(&namers->first);
	index_walk_close(&namers->newest);
}

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
	struct namers namers = namers_open(view, digest);
	struct view_record record;
	struct gist_attachment attachment;
	struct hash withdrawn;

	while (namers_next(&namers, &record)) {
		if (!blob_find_attachment(
			&record.gist, digest, size, &attachment) ||
		    attachment.size < terms.size || record.is_withheld ||
		    view_withdrawn(view, &record, &withdrawn))
			continue;
		if (attachment.size > terms.size)
			terms = (struct blob_terms){ .size = attachment.size };
		take_record(&record, &attachment, &terms);
	}
	namers_close(&namers);
	return terms;
}

void
blob_terms_names(
    struct view *view, const struct hash *digest, struct quota_names *ret)
{
	struct namers namers = namers_open(view, digest);
	struct view_record record;
	struct gist_attachment attachment;

	ret->count = 0;
	while (namers_next(&namers, &record)) {
		if (blob_find_attachment(
			&record.gist, digest, NULL, &attachment))
			quota_names_add(ret, record.gist.principal);
	}
	namers_close(&namers);
}

bool
blob_terms_withheld(struct view *view, const struct hash *digest)
{
	struct namers namers = namers_open(view, digest);
	struct view_record record;
	struct gist_attachment attachment;
	bool is_withheld = false;
	bool is_named = false;

	while (!is_named && namers_next(&namers, &record)) {
		if (!blob_find_attachment(
			&record.gist, digest, NULL, &attachment))
			continue;
		is_withheld = is_withheld || record.is_withheld;
		is_named = !record.is_withheld;
	}
	namers_close(&namers);
	return is_withheld && !is_named;
}
