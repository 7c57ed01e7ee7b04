#include "daemon/store_index.h"

#include <assert.h>
#include <string.h>

#include "daemon/store_inner.h"
#include "schema/key.h"
#include "schema/reader.h"
#include "schema/text.h"
#include "schema/writer.h"

#define PLACE_LEN 16	 /* u64 place, u64 position */
#define WATERMARK_LEN 40 /* u64 size, root */
#define VALUE_LEN_MAX 1024

_Static_assert(TEXT_NAME_MAX + 1 + TEXT_VERSION_MAX < VALUE_LEN_MAX,
    "a release's name and version fit");

uint64_t
store_index_place(
    const struct store *index, enum index_tag tag, struct span value)
{
	assert(index->kind == STORE_INDEX);
	return store_index_place_of(index->key, tag, value);
}

uint64_t
store_index_place_of(const uint8_t key[static STORE_KEY_LEN],
    enum index_tag tag, struct span value)
{
	uint8_t buffer[1 + VALUE_LEN_MAX];
	struct writer w = writer_of(buffer, sizeof(buffer));
	struct hash long_value;

	/* nothing of ours is longer; what is, lies at its hash's place */
	if (value.len > VALUE_LEN_MAX) {
		long_value = sha256_of(value);
		value = hash_span(&long_value);
	}
	writer_u8(&w, (uint8_t)tag);
	writer_span(&w, value);
	return (uint64_t)tag << 56 | key_short_hash(key, writer_view(&w)) >> 8;
}

struct place_key {
	uint8_t bytes[PLACE_LEN];
};

static struct place_key
key_of(uint64_t place, uint64_t position)
{
	struct place_key key = { 0 };
	struct writer w = writer_of(key.bytes, sizeof(key.bytes));

	writer_u64(&w, place);
	writer_u64(&w, position);
	return key;
}

void
store_index_put(struct txn *txn, const struct index_place *place)
{
	struct place_key key = key_of(place->place, place->position);

	txn_put(txn, TABLE_PLACE, span_of(key.bytes, sizeof(key.bytes)),
	    SPAN_EMPTY, false);
}

/* ---- all of them ---- */

struct index_scan
index_scan_open(struct txn *txn)
{
	return (
	    struct index_scan){ .cursor = txn_cursor_open(txn, TABLE_PLACE) };
}

static void
probe(struct index_scan *scan, const struct index_place *place)
{
	struct place_key key = key_of(place->place, place->position);
	struct txn *txn = scan->cursor.txn;
	struct span value;

	if (!txn_get(txn, TABLE_PLACE, span_of(key.bytes, sizeof(key.bytes)),
		&value))
		scan->lost++;
	if (txn->err == ERR_CORRUPT)
		txn->err = ERR_OK;
}

/* `key` lies in the page; NULL: there are no more. */
static void
probe_pages(struct index_scan *scan, const uint8_t *key,
    const struct index_place *place)
{
	uintptr_t page =
	    (uintptr_t)key / scan->cursor.txn->store->file.page_bytes;

	if (page != scan->page && scan->page != 0)
		probe(scan, &scan->last);
	if (page != scan->page && page != 0)
		probe(scan, place);
	scan->page = page;
	scan->last = *place;
}

bool
index_scan_next(struct index_scan *scan, struct index_place *ret)
{
	struct span key;
	struct span value;

	if (!txn_cursor_next(&scan->cursor, &key, &value)) {
		if (scan->probes && scan->cursor.txn->err == ERR_OK)
			probe_pages(scan, NULL, &scan->last);
		return false;
	}
	struct reader r = reader_of(key);
	struct index_place place = { .place = reader_u64(&r) };
	place.position = reader_u64(&r);
	if (reader_end(&r) != ERR_OK) {
		txn_fail(scan->cursor.txn, ERR_CORRUPT);
		return false;
	}
	if (scan->probes)
		probe_pages(scan, key.data, &place);
	*ret = place;
	return true;
}

void
index_scan_append(struct index_scan *scan, const struct index_place *place)
{
	struct place_key key = key_of(place->place, place->position);

	txn_cursor_append(
	    &scan->cursor, span_of(key.bytes, sizeof(key.bytes)), SPAN_EMPTY);
}

void
index_scan_close(struct index_scan *scan)
{
	txn_cursor_close(&scan->cursor);
}

uint64_t
store_index_count(struct txn *txn, uint64_t end)
{
	struct index_scan scan = index_scan_open(txn);
	struct index_place place;
	uint64_t count = 0;

	while (index_scan_next(&scan, &place))
		count += place.position < end;
	index_scan_close(&scan);
	return count;
}

/* ---- the watermark ---- */

struct tree_head
store_index_watermark(struct txn *txn)
{
	struct tree_head head = { .size = 0, .root = tree_empty() };
	struct span value;

	if (!txn_get(txn, TABLE_META, span_of_text(META_WATERMARK), &value))
		return head;
	struct tree_head found = { 0 };
	struct reader r = reader_of(value);
	found.size = reader_u64(&r);
	reader_copy(&r, found.root.bytes, sizeof(found.root.bytes));
	reader_require(&r, found.size <= TREE_SIZE_MAX);
	if (reader_end(&r) != ERR_OK) {
		txn_fail(txn, ERR_CORRUPT);
		return head;
	}
	return found;
}

void
store_index_set_watermark(struct txn *txn, const struct tree_head *head)
{
	uint8_t bytes[WATERMARK_LEN];
	struct writer w = writer_of(bytes, sizeof(bytes));

	writer_u64(&w, head->size);
	writer_span(&w, hash_span(&head->root));
	txn_put(txn, TABLE_META, span_of_text(META_WATERMARK), writer_view(&w),
	    false);
}

enum err
store_index_reset(struct store *index, const uint8_t *key, struct why *w)
{
	uint8_t new_key[STORE_KEY_LEN];

	assert(index->kind == STORE_INDEX);
	if (key != NULL)
		memcpy(new_key, key, sizeof(new_key));
	else
		key_random(new_key, sizeof(new_key));
	struct txn txn = store_begin(index, TXN_WRITE);
	txn_clear(&txn, TABLE_PLACE);
	txn_delete(&txn, TABLE_META, span_of_text(META_WATERMARK));
	txn_put(&txn, TABLE_META, span_of_text(META_KEY),
	    span_of(new_key, sizeof(new_key)), false);
	enum err err = txn_end(&txn);
	if (err != ERR_OK)
		return why(
		    w, err, "the index cannot be made anew: %s", err_text(err));
	memcpy(index->key, new_key, sizeof(new_key));
	return ERR_OK;
}

/* ---- walking ---- */

struct index_walk
index_walk_open(struct txn *txn, uint64_t place, uint64_t from)
{
	return index_walk_open_below(
	    txn, place, from, store_index_watermark(txn).size);
}

struct index_walk
index_walk_open_below(
    struct txn *txn, uint64_t place, uint64_t from, uint64_t end)
{
	struct index_walk walk = { .place = place, .from = from, .end = end };

	walk.cursor = txn_cursor_open(txn, TABLE_PLACE);
	return walk;
}

static bool
walk_back(struct index_walk *walk, struct span *ret_key)
{
	struct place_key end = key_of(walk->place, walk->end);
	struct span value;

	if (walk->cursor.is_started)
		return txn_cursor_back(&walk->cursor, ret_key, &value);
	return txn_cursor_below(&walk->cursor,
	    span_of(end.bytes, sizeof(end.bytes)), ret_key, &value);
}

static bool
walk_on(struct index_walk *walk, struct span *ret_key)
{
	struct place_key first = key_of(walk->place, walk->from);
	struct span value;

	if (walk->cursor.is_started)
		return txn_cursor_next(&walk->cursor, ret_key, &value);
	return txn_cursor_seek(&walk->cursor,
	    span_of(first.bytes, sizeof(first.bytes)), ret_key, &value);
}

static bool
walk_step(struct index_walk *walk, bool is_back, uint64_t *ret_position)
{
	struct span key;

	if (walk->is_done ||
	    !(is_back ? walk_back(walk, &key) : walk_on(walk, &key))) {
		walk->is_done = true;
		return false;
	}
	struct reader r = reader_of(key);
	uint64_t place = reader_u64(&r);
	uint64_t position = reader_u64(&r);
	if (reader_end(&r) != ERR_OK)
		txn_fail(walk->cursor.txn, ERR_CORRUPT);
	/* they are in order: nothing behind the bound counts */
	if (walk->cursor.txn->err != ERR_OK || place != walk->place ||
	    position >= walk->end || position < walk->from) {
		walk->is_done = true;
		return false;
	}
	*ret_position = position;
	return true;
}

bool
index_walk_next(struct index_walk *walk, uint64_t *ret_position)
{
	return walk_step(walk, false, ret_position);
}

bool
index_walk_back(struct index_walk *walk, uint64_t *ret_position)
{
	return walk_step(walk, true, ret_position);
}

void
index_walk_close(struct index_walk *walk)
{
	txn_cursor_close(&walk->cursor);
	walk->is_done = true;
}
