#include "daemon/store_log.h"

#include <assert.h>
#include <string.h>

#include "daemon/store_inner.h"
#include "schema/key.h"
#include "schema/reader.h"
#include "schema/writer.h"

#define ENTRY_VERSION 1
#define ENTRY_WITHHELD 2
#define ENTRY_HEADER_LEN \
	(1 + 8 + 8 + HASH_LEN + 4) /* version, stamp, keyring, leaf, length */
#define CHECK_LEN 8
#define NUMBER_LEN 8

struct number_key {
	uint8_t bytes[NUMBER_LEN];
};

static struct number_key
key_of(uint64_t number)
{
	struct number_key key = { 0 };
	struct writer w = writer_of(key.bytes, sizeof(key.bytes));

	writer_u64(&w, number);
	return key;
}

static struct span
key_span(const struct number_key *key)
{
	return span_of(key->bytes, sizeof(key->bytes));
}

/* Numbers that are in use in a table: the last key and one. */
static uint64_t
count_of(struct txn *txn, enum store_table table)
{
	struct span key;
	struct span value;

	if (!txn_last(txn, table, &key, &value))
		return 0;
	struct reader r = reader_of(key);
	uint64_t last = reader_u64(&r);
	if (reader_end(&r) != ERR_OK || last >= (uint64_t)TREE_SIZE_MAX * 2) {
		txn_fail(txn, ERR_CORRUPT);
		return 0;
	}
	return last + 1;
}

/* ---- entries ---- */

/* LMDB has no checksums, and of a value only the entry lies under the tree: the
 * facts beside it have this one.  The position is its key, so that a page that
 * comes back in another's place is seen too. */
static uint64_t
check_of(uint64_t position, struct span facts)
{
	uint8_t key[KEY_SHORT_LEN] = { 0 };
	struct writer w = writer_of(key, sizeof(key));

	writer_u64(&w, position);
	return key_short_hash(key, facts);
}

uint64_t
store_log_size(struct txn *txn)
{
	return count_of(txn, TABLE_ENTRY);
}

void
store_log_put(struct txn *txn, uint64_t position, const struct log_entry *entry)
{
	struct number_key key = key_of(position);
	size_t facts_len = ENTRY_HEADER_LEN + entry->gist.len;
	size_t len = facts_len + CHECK_LEN + entry->entry.len;

	assert(position < TREE_SIZE_MAX && entry->gist.len <= UINT32_MAX);
	uint8_t *room =
	    txn_reserve(txn, TABLE_ENTRY, key_span(&key), len, true);
	if (room == NULL)
		return;
	struct writer w = writer_of(room, len);
	writer_u8(&w, ENTRY_VERSION);
	writer_u64(&w, entry->stamp_ms);
	writer_u64(&w, entry->keyring);
	writer_span(&w, hash_span(&entry->leaf));
	writer_u32(&w, (uint32_t)entry->gist.len);
	writer_span(&w, entry->gist);
	writer_u64(&w, check_of(position, span_of(room, facts_len)));
	writer_span(&w, entry->entry);
	txn_fail(txn, writer_end(&w));
}

bool
store_log_get(struct txn *txn, uint64_t position, struct log_entry *ret)
{
	struct number_key key = key_of(position);
	struct log_entry entry = { .stamp_ms = 0 };
	struct span value;

	if (!txn_get(txn, TABLE_ENTRY, key_span(&key), &value))
		return false;
	struct reader r = reader_of(value);
	uint8_t version = reader_u8(&r);
	reader_require(
	    &r, version == ENTRY_VERSION || version == ENTRY_WITHHELD);
	entry.is_withheld = version == ENTRY_WITHHELD;
	entry.stamp_ms = reader_u64(&r);
	entry.keyring = reader_u64(&r);
	reader_copy(&r, entry.leaf.bytes, sizeof(entry.leaf.bytes));
	entry.gist = reader_take(&r, reader_u32(&r));
	size_t facts_len = ENTRY_HEADER_LEN + entry.gist.len;
	reader_require(&r,
	    reader_u64(&r) ==
		check_of(position, span_part(value, 0, facts_len)));
	entry.entry = reader_take(&r, r.rest.len);
	if (reader_end(&r) != ERR_OK) {
		txn_fail(txn, ERR_CORRUPT);
		return false;
	}
	*ret = entry;
	return true;
}

bool
store_log_get_checked(struct txn *txn, uint64_t position, struct log_entry *ret)
{
	struct log_entry entry;

	if (!store_log_get(txn, position, &entry))
		return false;
	struct hash made = tree_leaf(entry.entry);
	if (!entry.is_withheld && !hash_equal(&made, &entry.leaf)) {
		txn_fail(txn, ERR_CORRUPT);
		return false;
	}
	*ret = entry;
	return true;
}

/* They lie in their order, but for what was withheld. */
void
store_log_read_ahead(struct txn *txn, uint64_t first, uint64_t end)
{
	struct number_key first_key = key_of(first);
	struct number_key last_key = key_of(end - 1);
	struct span from;
	struct span until;

	if (first < end &&
	    txn_get(txn, TABLE_ENTRY, key_span(&first_key), &from) &&
	    txn_get(txn, TABLE_ENTRY, key_span(&last_key), &until))
		txn_read_ahead(from, until);
}

/* ---- withholding ---- */

#define REASON_KEY_LEN (sizeof(META_WITHHELD) - 1 + NUMBER_LEN)

static struct span
reason_key(uint64_t position, uint8_t out[static REASON_KEY_LEN])
{
	struct writer w = writer_of(out, REASON_KEY_LEN);

	writer_text(&w, META_WITHHELD);
	writer_u64(&w, position);
	return writer_view(&w);
}

void
store_log_withhold(
    struct txn *txn, uint64_t position, size_t kept, struct span reason)
{
	uint8_t reason_room[REASON_KEY_LEN];
	struct number_key key = key_of(position);
	struct log_entry entry;

	if (!store_log_get(txn, position, &entry))
		return;
	if (entry.is_withheld) {
		txn_fail(txn, ERR_CONFLICT);
		return;
	}
	assert(kept <= entry.entry.len);
	size_t facts_len = ENTRY_HEADER_LEN + entry.gist.len;
	struct writer w = writer_heap(facts_len + CHECK_LEN + entry.entry.len);
	writer_u8(&w, ENTRY_WITHHELD);
	writer_u64(&w, entry.stamp_ms);
	writer_u64(&w, entry.keyring);
	writer_span(&w, hash_span(&entry.leaf));
	writer_u32(&w, (uint32_t)entry.gist.len);
	writer_span(&w, entry.gist);
	writer_u64(&w, check_of(position, writer_view(&w)));
	for (size_t i = kept; i < entry.entry.len; i++)
		writer_u8(&w, 0);
	writer_span(&w, span_part(entry.entry, entry.entry.len - kept, kept));
	txn_fail(txn, writer_end(&w));
	txn_put(txn, TABLE_ENTRY, key_span(&key), writer_view(&w), false);
	txn_put(
	    txn, TABLE_META, reason_key(position, reason_room), reason, false);
	writer_done(&w);
}

struct span
store_log_reason(struct txn *txn, uint64_t position)
{
	uint8_t room[REASON_KEY_LEN];
	struct span reason = SPAN_EMPTY;

	(void)txn_get(txn, TABLE_META, reason_key(position, room), &reason);
	return reason;
}

/* ---- hashes ---- */

void
store_log_put_hash(struct txn *txn, uint64_t number, const struct hash *hash)
{
	struct number_key key = key_of(number);

	txn_put(txn, TABLE_HASH, key_span(&key), hash_span(hash), true);
}

bool
store_log_get_hash(struct txn *txn, uint64_t number, struct hash *ret)
{
	struct number_key key = key_of(number);
	struct hash hash;
	struct span value;

	if (!txn_get(txn, TABLE_HASH, key_span(&key), &value))
		return false;
	struct reader r = reader_of(value);
	reader_copy(&r, hash.bytes, sizeof(hash.bytes));
	if (reader_end(&r) != ERR_OK) {
		txn_fail(txn, ERR_CORRUPT);
		return false;
	}
	*ret = hash;
	return true;
}

/* The next one in the walk, which must be `number`. */
static bool
take_hash(
    struct txn_cursor *cursor, uint64_t number, bool is_first, struct hash *ret)
{
	struct number_key wanted = key_of(number);
	struct span key;
	struct span value;

	bool is_there = is_first
	    ? txn_cursor_seek(cursor, key_span(&wanted), &key, &value)
	    : txn_cursor_next(cursor, &key, &value);
	if (!is_there || !span_equal(key, key_span(&wanted)) ||
	    value.len != HASH_LEN)
		return false;
	memcpy(ret->bytes, value.data, HASH_LEN);
	return true;
}

/* Between two leaves lie the nodes that the first of them completes. */
bool
store_log_get_leaves(
    struct txn *txn, uint64_t first, size_t count, struct hash *out)
{
	struct txn_cursor cursor = txn_cursor_open(txn, TABLE_HASH);
	uint64_t begin = tree_stored_number(0, first);
	uint64_t number = begin;
	bool is_fine = true;

	for (size_t i = 0; i < count && is_fine; i++) {
		uint64_t leaf = tree_stored_number(0, first + i);
		for (; number <= leaf && is_fine; number++)
			is_fine = take_hash(
			    &cursor, number, number == begin, &out[i]);
	}
	txn_cursor_close(&cursor);
	if (!is_fine)
		txn_fail(txn, ERR_CORRUPT);
	return is_fine;
}

bool
store_log_get_node(
    struct txn *txn, struct tree_position position, struct hash *ret)
{
	return store_log_get_hash(
	    txn, tree_stored_number(position.level, position.n), ret);
}

bool
store_log_get_edge(struct txn *txn, uint64_t size, struct tree_edge *ret)
{
	struct tree_position nodes[TREE_LEVELS];
	struct tree_edge edge = { .size = size };

	if (size > store_log_size(txn) || txn->err != ERR_OK)
		return false;
	edge.count = tree_range_nodes((struct tree_range){ 0, size }, nodes);
	for (size_t i = 0; i < edge.count; i++) {
		if (!store_log_get_node(txn, nodes[i], &edge.nodes[i])) {
			/* below the size each must be there */
			txn_fail(txn, ERR_CORRUPT);
			return false;
		}
	}
	*ret = edge;
	return true;
}

/* ---- the checkpoint, and cutting ---- */

void
store_log_set_checkpoint(struct txn *txn, struct span note)
{
	txn_put(txn, TABLE_META, span_of_text(META_CHECKPOINT), note, false);
}

struct span
store_log_get_checkpoint(struct txn *txn)
{
	struct span note;

	(void)txn_get(txn, TABLE_META, span_of_text(META_CHECKPOINT), &note);
	return note;
}

static void
cut_table(struct txn *txn, enum store_table table, uint64_t count)
{
	for (uint64_t i = count_of(txn, table); i > count; i--) {
		struct number_key key = key_of(i - 1);
		txn_delete(txn, table, key_span(&key));
	}
}

void
store_log_cut(struct txn *txn, uint64_t size)
{
	cut_table(txn, TABLE_ENTRY, size);
	cut_table(txn, TABLE_HASH, tree_stored_count(size));
}
