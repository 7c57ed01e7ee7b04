/* store_index: walks in order, below the watermark, places nobody shares. */
#include "tests/unit.h"

#include "daemon/store_index.h"
#include "daemon/store_inner.h"
#include "schema/key.h"
#include "tests/folder.h"

struct place {
	char folder[FOLDER_MAX];
	struct store *store;
};

static void
place_open(struct place *place)
{
	char path[FOLDER_PATH_MAX];

	folder_path(path, place->folder, "index");
	assert_err(ERR_OK, store_open(path, STORE_INDEX, &place->store, NULL));
}

static void
place_make(struct place *place)
{
	folder_make(place->folder);
	place_open(place);
}

static void
place_remove(struct place *place)
{
	store_close(place->store);
	folder_remove(place->folder);
}

static void
mark(struct txn *txn, uint64_t size)
{
	struct tree_head head = { .size = size };

	memset(head.root.bytes, (int)(size & 0xff), sizeof(head.root.bytes));
	store_index_set_watermark(txn, &head);
}

static void
put(struct txn *txn, uint64_t at, uint64_t position)
{
	struct index_place place = { at, position };

	store_index_put(txn, &place);
}

/* The same positions, the other way round. */
static void
walk_back(
    struct txn *txn, uint64_t at, uint64_t from, size_t count, uint64_t last)
{
	struct index_walk walk = index_walk_open(txn, at, from);
	uint64_t before = UINT64_MAX;
	uint64_t position;

	for (size_t i = 0; i < count; i++) {
		assert_true(index_walk_back(&walk, &position));
		assert_true(i == 0 ? position == last : position < before);
		before = position;
	}
	assert_true(count == 0 || before >= from);
	assert_false(index_walk_back(&walk, &position));
	assert_false(index_walk_back(&walk, &position));
	index_walk_close(&walk);
}

static size_t
walk_all(struct store *store, uint64_t at, uint64_t from, uint64_t *last)
{
	struct txn txn = store_begin(store, TXN_READ);
	struct index_walk walk = index_walk_open(&txn, at, from);
	uint64_t position;
	size_t count = 0;

	while (index_walk_next(&walk, &position)) {
		assert_true(count == 0 || position > *last);
		assert_true(position >= from);
		*last = position;
		count++;
	}
	assert_false(index_walk_next(&walk, &position));
	index_walk_close(&walk);
	walk_back(&txn, at, from, count, *last);
	assert_err(ERR_OK, txn_end(&txn));
	return count;
}

static void
test_places(void **state)
{
	struct place place;
	uint8_t long_value[2000] = { 0 };
	(void)state;

	place_make(&place);
	struct span value = span_of_text("value");
	uint64_t at = store_index_place(place.store, INDEX_ID, value);
	assert_true(at == store_index_place(place.store, INDEX_ID, value));
	assert_true(at != store_index_place(place.store, INDEX_NAME, value));
	assert_true(at !=
	    store_index_place(place.store, INDEX_ID, span_of_text("valuf")));
	/* any length has its place */
	struct span longer = span_of(long_value, sizeof(long_value));
	uint64_t zeros = store_index_place(place.store, INDEX_ID, longer);
	long_value[1999] = 1;
	assert_true(zeros != store_index_place(place.store, INDEX_ID, longer));
	(void)store_index_place(place.store, INDEX_ID, SPAN_EMPTY);
	/* the same after opening again, another after a reset */
	store_close(place.store);
	place_open(&place);
	assert_true(at == store_index_place(place.store, INDEX_ID, value));
	assert_err(ERR_OK, store_index_reset(place.store, NULL, NULL));
	assert_true(at != store_index_place(place.store, INDEX_ID, value));
	uint64_t anew = store_index_place(place.store, INDEX_ID, value);
	store_close(place.store);
	place_open(&place);
	assert_true(anew == store_index_place(place.store, INDEX_ID, value));
	place_remove(&place);
}

static void
test_watermark(void **state)
{
	struct place place;
	(void)state;

	place_make(&place);
	struct txn txn = store_begin(place.store, TXN_WRITE);
	struct tree_head head = store_index_watermark(&txn);
	struct hash empty = tree_empty();
	assert_int_equal(0, head.size);
	assert_true(hash_equal(&empty, &head.root));
	mark(&txn, 77);
	assert_err(ERR_OK, txn_end(&txn));
	store_close(place.store);
	place_open(&place);
	txn = store_begin(place.store, TXN_READ);
	head = store_index_watermark(&txn);
	assert_int_equal(77, head.size);
	assert_int_equal(77, head.root.bytes[31]);
	assert_err(ERR_OK, txn_end(&txn));
	place_remove(&place);
}

/* Bytes of a watermark that no version wrote. */
static void
test_watermark_damage(void **state)
{
	static const uint8_t huge[40] = { 0xff };
	static const size_t lens[] = { 0, 39, 40 };
	struct place place;
	uint64_t position;
	(void)state;

	place_make(&place);
	for (size_t i = 0; i < 3; i++) {
		struct txn txn = store_begin(place.store, TXN_WRITE);
		txn_put(&txn, TABLE_META, span_of_text(META_WATERMARK),
		    span_of(huge, lens[i]), false);
		assert_err(ERR_OK, txn_end(&txn));
		txn = store_begin(place.store, TXN_READ);
		struct index_walk walk = index_walk_open(&txn, 1, 0);
		assert_false(index_walk_next(&walk, &position));
		index_walk_close(&walk);
		assert_err(ERR_CORRUPT, txn_end(&txn));
	}
	place_remove(&place);
}

/* Put in no order, in several transactions, between other places. */
static void
test_walk(void **state)
{
	struct place place;
	uint64_t last = 0;
	(void)state;

	place_make(&place);
	for (uint64_t round = 0; round < 4; round++) {
		struct txn txn = store_begin(place.store, TXN_WRITE);
		for (uint64_t i = round; i < 1000; i += 4) {
			uint64_t position = i * 7 % 1000; /* a permutation */
			put(&txn, 5, position);
			put(&txn, 4, position);
			if (position % 100 == 0)
				put(&txn, UINT64_MAX, position);
		}
		put(&txn, 5, 0); /* there already, or soon */
		mark(&txn, 1000);
		assert_err(ERR_OK, txn_end(&txn));
	}
	assert_int_equal(1000, walk_all(place.store, 5, 0, &last));
	assert_int_equal(999, last);
	assert_int_equal(400, walk_all(place.store, 5, 600, &last));
	assert_int_equal(1, walk_all(place.store, 5, 999, &last));
	assert_int_equal(0, walk_all(place.store, 5, 1000, &last));
	assert_int_equal(0, walk_all(place.store, 5, UINT64_MAX, &last));
	assert_int_equal(0, walk_all(place.store, 6, 0, &last));
	assert_int_equal(0, walk_all(place.store, 0, 0, &last));
	assert_int_equal(10, walk_all(place.store, UINT64_MAX, 0, &last));
	assert_int_equal(900, last);
	assert_int_equal(9, walk_all(place.store, UINT64_MAX, 1, &last));
	place_remove(&place);
}

struct mark_row {
	const char *name;
	uint64_t watermark;
	size_t count; /* of positions 0, 10, … 90 */
};

static const struct mark_row mark_rows[] = {
	{ "watermark: nothing yet", 0, 0 },
	{ "watermark: the first alone", 1, 1 },
	{ "watermark: on a position", 50, 5 },
	{ "watermark: behind a position", 51, 6 },
	{ "watermark: on the last", 90, 9 },
	{ "watermark: above all", 1000, 10 },
};

/* What a slice has written already, below a watermark that has not moved. */
static void
test_mark(void **state)
{
	const struct mark_row *row = *state;
	struct place place;
	uint64_t last = 0;

	place_make(&place);
	struct txn txn = store_begin(place.store, TXN_WRITE);
	for (uint64_t i = 0; i < 10; i++)
		put(&txn, 9, i * 10);
	if (row->watermark > 0)
		mark(&txn, row->watermark);
	assert_err(ERR_OK, txn_end(&txn));
	assert_int_equal(row->count, walk_all(place.store, 9, 0, &last));
	place_remove(&place);
}

static void
test_reset(void **state)
{
	struct place place;
	uint64_t last = 0;
	(void)state;

	place_make(&place);
	struct txn txn = store_begin(place.store, TXN_WRITE);
	for (uint64_t i = 0; i < 20000; i++)
		put(&txn, i * 0x9e3779b97f4a7c15, i);
	put(&txn, 9, 1);
	mark(&txn, 20000);
	assert_err(ERR_OK, txn_end(&txn));
	assert_int_equal(1, walk_all(place.store, 9, 0, &last));
	assert_err(ERR_OK, store_index_reset(place.store, NULL, NULL));
	txn = store_begin(place.store, TXN_READ);
	assert_int_equal(0, store_index_watermark(&txn).size);
	struct span key;
	struct span value;
	assert_false(txn_last(&txn, TABLE_PLACE, &key, &value));
	assert_err(ERR_OK, txn_end(&txn));
	/* and it is used as before */
	txn = store_begin(place.store, TXN_WRITE);
	put(&txn, 9, 2);
	mark(&txn, 3);
	assert_err(ERR_OK, txn_end(&txn));
	assert_int_equal(1, walk_all(place.store, 9, 0, &last));
	assert_int_equal(2, last);
	place_remove(&place);
}

/* A walk sees its snapshot, whatever is written meanwhile. */
static void
test_snapshot(void **state)
{
	struct place place;
	uint64_t position;
	(void)state;

	place_make(&place);
	struct txn txn = store_begin(place.store, TXN_WRITE);
	put(&txn, 9, 1);
	put(&txn, 9, 2);
	mark(&txn, 10);
	assert_err(ERR_OK, txn_end(&txn));
	struct txn reading = store_begin(place.store, TXN_READ);
	struct index_walk walk = index_walk_open(&reading, 9, 0);
	assert_true(index_walk_next(&walk, &position));
	txn = store_begin(place.store, TXN_WRITE);
	put(&txn, 9, 3);
	assert_err(ERR_OK, txn_end(&txn));
	assert_true(index_walk_next(&walk, &position));
	assert_int_equal(2, position);
	assert_false(index_walk_next(&walk, &position));
	index_walk_close(&walk);
	assert_err(ERR_OK, txn_end(&reading));
	place_remove(&place);
}

int
main(int argc, char **argv)
{
	if (key_start(NULL) != ERR_OK)
		return 1;
	UNIT(test_places);
	UNIT(test_watermark);
	UNIT(test_watermark_damage);
	UNIT(test_walk);
	UNIT_ROWS(mark_rows, test_mark);
	UNIT(test_reset);
	UNIT(test_snapshot);
	return unit_run(argc, argv);
}
