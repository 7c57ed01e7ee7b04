#include "daemon/view.h"

#include <assert.h>

#include "daemon/gist_seek.h"
#include "daemon/thread.h"

struct view
view_open(struct store *log, struct store *index, uint64_t published)
{
	struct view view = { .store = index };
	struct tree_head watermark;

	view.index = store_begin(index, TXN_READ);
	watermark = store_index_watermark(&view.index);
	view.log = store_begin(log, TXN_READ);
	view.end = watermark.size < published ? watermark.size : published;
	if (view_failed(&view))
		view.end = 0;
	return view;
}

bool
view_failed(const struct view *view)
{
	return view->index.err != ERR_OK || view->log.err != ERR_OK;
}

enum err
view_close(struct view *view)
{
	enum err err =
	    view->log.err != ERR_OK ? view->log.err : view->index.err;

	txn_abort(&view->log);
	txn_abort(&view->index);
	return err;
}

static bool
take_record(struct view *view, uint64_t position, const struct log_entry *entry,
    struct view_record *ret)
{
	ret->position = position;
	ret->stamp_ms = entry->stamp_ms;
	ret->id = entry->leaf;
	ret->entry = entry->entry;
	ret->is_withheld = entry->is_withheld;
	if (gist_unpack(entry->gist, &ret->gist) == ERR_OK &&
	    gist_keyid(entry->entry, &ret->keyid))
		return true;
	txn_fail(&view->log, ERR_CORRUPT);
	return false;
}

static bool
get_id(struct view *view, uint64_t position, struct hash *ret)
{
	return store_log_get_hash(
	    &view->log, tree_stored_number(0, position), ret);
}

/* One step of a question, which may have thousands. */
static void
count_work(struct view *view)
{
	view->work++;
	thread_share();
}

bool
view_get(struct view *view, uint64_t position, struct view_record *ret)
{
	struct log_entry entry;

	assert(position < view->end);
	if (view->has_last && view->last.position == position) {
		*ret = view->last;
		return true;
	}
	count_work(view);
	if (!store_log_get(&view->log, position, &entry)) {
		txn_fail(
		    &view->log, ERR_CORRUPT); /* below `end` all is there */
		return false;
	}
	view->has_last = take_record(view, position, &entry, ret);
	if (view->has_last)
		view->last = *ret;
	return view->has_last;
}

bool
view_get_checked(struct view *view, uint64_t position, struct view_record *ret)
{
	struct log_entry entry;

	assert(position < view->end);
	if (!store_log_get_checked(&view->log, position, &entry)) {
		txn_fail(&view->log, ERR_CORRUPT);
		return false;
	}
	return take_record(view, position, &entry, ret);
}

struct index_walk
view_walk(
    struct view *view, enum index_tag tag, struct span value, uint64_t from)
{
	count_work(view);
	return index_walk_open_below(&view->index,
	    store_index_place(view->store, tag, value), from, view->end);
}

bool
view_find(struct view *view, const struct hash *id, uint64_t *ret_position)
{
	struct index_walk walk = view_walk(view, INDEX_ID, hash_span(id), 0);
	uint64_t position;
	bool is_found = false;

	while (!is_found && index_walk_next(&walk, &position)) {
		struct hash found;

		if (!get_id(view, position, &found))
			break;
		is_found = hash_equal(&found, id);
	}
	index_walk_close(&walk);
	if (is_found)
		*ret_position = position;
	return is_found;
}

struct span
view_value(struct span prefix, const struct digest *digest,
    uint8_t out[static VIEW_VALUE_MAX])
{
	struct writer w = writer_of(out, VIEW_VALUE_MAX);

	if (prefix.len > 0) {
		writer_span(&w, prefix);
		writer_u8(&w, 0);
	}
	digest_write(digest, &w);
	assert(writer_end(&w) == ERR_OK);
	return writer_view(&w);
}

static bool
withdraws(const struct view_record *candidate, const struct view_record *record)
{
	return candidate->gist.kind == RECORD_WITHDRAWAL &&
	    hash_equal(&candidate->gist.withdraws, &record->id);
}

/* Does anybody withdraw it, or another record at the same place?  Hardly any is,
 * and each walk asks for its disputes and, twice, for its withdrawal. */
static bool
is_disputed(struct view *view, const struct view_record *record)
{
	uint64_t position;

	if (view->has_looked && hash_equal(&view->looked, &record->id))
		return view->is_disputed;
	struct index_walk walk =
	    view_walk(view, INDEX_DISPUTES, hash_span(&record->id), 0);
	view->is_disputed = index_walk_next(&walk, &position);
	index_walk_close(&walk);
	view->looked = record->id;
	view->has_looked = true;
	return view->is_disputed;
}

bool
view_withdrawn(
    struct view *view, const struct view_record *record, struct hash *ret)
{
	uint8_t value[VIEW_VALUE_MAX];
	struct writer w = writer_of(value, sizeof(value));
	struct view_record candidate;
	uint64_t position;
	bool is_found = false;

	if (record->gist.kind == RECORD_WITHDRAWAL ||
	    !is_disputed(view, record))
		return false;
	writer_span(&w, hash_span(&record->id));
	writer_span(&w, record->gist.principal);
	struct index_walk walk =
	    view_walk(view, INDEX_WITHDRAWN, writer_view(&w), 0);
	while (!is_found && index_walk_next(&walk, &position) &&
	    view_get(view, position, &candidate))
		is_found = withdraws(&candidate, record) &&
		    span_equal(
			candidate.gist.principal, record->gist.principal);
	index_walk_close(&walk);
	if (is_found)
		*ret = candidate.id;
	return is_found;
}

void
view_disputes(struct view *view, const struct view_record *record,
    struct view_disputes *ret)
{
	struct view_record candidate;
	uint64_t position;
	size_t looked = 0;

	ret->count = 0;
	ret->is_cut = false;
	if (!is_disputed(view, record))
		return;
	struct index_walk walk =
	    view_walk(view, INDEX_DISPUTES, hash_span(&record->id), 0);
	while (index_walk_next(&walk, &position)) {
		if (looked++ == LINEAGE_RECORDS_MAX ||
		    ret->count == LINEAGE_DISPUTES_MAX) {
			ret->is_cut = true;
			break;
		}
		if (!view_get(view, position, &candidate))
			break;
		if (withdraws(&candidate, record) &&
		    !span_equal(
			candidate.gist.principal, record->gist.principal))
			ret->ids[ret->count++] = candidate.id;
	}
	index_walk_close(&walk);
}

static bool
names_it(const struct view_record *record, struct span principal,
    const struct digest *digest)
{
	return record_kind_is_origin(record->gist.kind) &&
	    record->gist.name.len > 0 &&
	    span_equal(record->gist.principal, principal) &&
	    gist_is_first(&record->gist, digest);
}

bool
view_has_own(struct view *view, struct span principal,
    const struct digest *digest, bool *ret_is_cut)
{
	uint8_t value[VIEW_VALUE_MAX];
	struct index_walk walk =
	    view_walk(view, INDEX_OWN, view_value(principal, digest, value), 0);
	uint64_t position;
	size_t looked = 0;
	bool is_own = false;

	*ret_is_cut = false;
	while (!is_own && index_walk_next(&walk, &position)) {
		struct view_record record;
		struct hash withdrawal;

		if (looked++ == LINEAGE_RECORDS_MAX) {
			*ret_is_cut = true;
			break;
		}
		if (!view_get(view, position, &record))
			break;
		is_own = names_it(&record, principal, digest) &&
		    !view_withdrawn(view, &record, &withdrawal);
	}
	index_walk_close(&walk);
	return is_own;
}
