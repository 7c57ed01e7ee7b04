/* store_log: what is appended comes back, checked; edges; cutting; damage. */
#include "tests/unit.h"

#include <pthread.h>

#include "daemon/store_log.h"
#include "schema/key.h"
#include "schema/writer.h"
#include "tests/folder.h"

struct place {
	char folder[FOLDER_MAX];
	struct store *store;
};

static void
place_open(struct place *place)
{
	char path[FOLDER_PATH_MAX];
	struct why w = { "" };

	folder_path(path, place->folder, "log");
	if (store_open(path, STORE_LOG, &place->store, &w) != ERR_OK)
		print_message("# %s\n", w.text);
	assert_non_null(place->store);
}

static void
place_make(struct place *place)
{
	place->store = NULL;
	folder_make(place->folder);
	place_open(place);
}

static void
place_close(struct place *place)
{
	store_close(place->store);
	place->store = NULL;
}

static void
place_remove(struct place *place)
{
	store_close(place->store);
	folder_remove(place->folder);
}

#define TEXT_LEN 32

static struct span
text_of(char out[static TEXT_LEN], const char *what, uint64_t position)
{
	int len = snprintf(
	    out, TEXT_LEN, "%s %llu", what, (unsigned long long)position);

	return span_of(out, (size_t)len);
}

/* Appends entries [edge->size, size) with their hashes. */
static void
append(struct txn *txn, struct tree_edge *edge, uint64_t size)
{
	struct hash made[TREE_LEVELS];
	char entry_text[TEXT_LEN];
	char gist_text[TEXT_LEN];

	while (edge->size < size) {
		uint64_t position = edge->size;
		struct log_entry entry = {
			.stamp_ms = 1000 + position,
			.keyring = position / 10,
			.gist = text_of(gist_text, "gist", position),
			.entry = text_of(entry_text, "entry", position),
		};
		entry.leaf = tree_leaf(entry.entry);
		store_log_put(txn, position, &entry);
		uint64_t number = tree_stored_count(position);
		size_t count = tree_append(edge, &entry.leaf, made);
		for (size_t i = 0; i < count; i++)
			store_log_put_hash(txn, number + i, &made[i]);
	}
}

static struct tree_edge
fill(struct store *store, uint64_t size, uint64_t batch)
{
	struct tree_edge edge = { 0 };

	while (edge.size < size) {
		uint64_t next = edge.size + batch;
		struct txn txn = store_begin(store, TXN_WRITE);
		append(&txn, &edge, next < size ? next : size);
		assert_err(ERR_OK, txn_end(&txn));
	}
	return edge;
}

static void
check_entry(struct txn *txn, uint64_t position)
{
	char text[TEXT_LEN];
	struct log_entry entry;

	assert_true(store_log_get_checked(txn, position, &entry));
	assert_int_equal(1000 + position, entry.stamp_ms);
	assert_int_equal(position / 10, entry.keyring);
	assert_span(text_of(text, "gist", position), entry.gist);
	assert_span(text_of(text, "entry", position), entry.entry);
	struct hash made = tree_leaf(entry.entry);
	assert_true(hash_equal(&made, &entry.leaf));
}

static void
test_empty(void **state)
{
	struct place place;
	struct tree_edge edge;
	struct log_entry entry;
	struct hash hash;
	(void)state;

	place_make(&place);
	struct txn txn = store_begin(place.store, TXN_READ);
	assert_int_equal(0, store_log_size(&txn));
	assert_false(store_log_get(&txn, 0, &entry));
	assert_false(store_log_get_checked(&txn, 0, &entry));
	assert_false(store_log_get_hash(&txn, 0, &hash));
	assert_int_equal(0, store_log_get_checkpoint(&txn).len);
	assert_true(store_log_get_edge(&txn, 0, &edge));
	assert_int_equal(0, edge.count);
	assert_false(store_log_get_edge(&txn, 1, &edge));
	assert_err(ERR_OK, txn_end(&txn));
	place_remove(&place);
}

static void
test_round_trip(void **state)
{
	struct place place;
	struct tree_edge edge;
	struct log_entry entry;
	(void)state;

	place_make(&place);
	struct tree_edge made = fill(place.store, 300, 7);
	store_close(place.store);
	place.store = NULL;
	place_open(&place);
	struct txn txn = store_begin(place.store, TXN_READ);
	assert_int_equal(300, store_log_size(&txn));
	for (uint64_t i = 0; i < 300; i++)
		check_entry(&txn, i);
	assert_false(store_log_get(&txn, 300, &entry));
	assert_true(store_log_get_edge(&txn, 300, &edge));
	struct hash a = tree_edge_root(&made);
	struct hash b = tree_edge_root(&edge);
	assert_true(hash_equal(&a, &b));
	assert_err(ERR_OK, txn_end(&txn));
	place_remove(&place);
}

/* Every edge is the one that a tree of that size had when it was the whole. */
static void
test_edges(void **state)
{
	struct place place;
	struct tree_edge naive = { 0 };
	struct tree_edge edge;
	(void)state;

	place_make(&place);
	(void)fill(place.store, 130, 50);
	struct txn txn = store_begin(place.store, TXN_READ);
	for (uint64_t size = 0; size <= 130; size++) {
		struct hash made[TREE_LEVELS];
		char text[TEXT_LEN];
		assert_true(store_log_get_edge(&txn, size, &edge));
		assert_int_equal(size, edge.size);
		assert_int_equal(naive.count, edge.count);
		assert_memory_equal(naive.nodes, edge.nodes,
		    edge.count * sizeof(edge.nodes[0]));
		struct hash leaf = tree_leaf(text_of(text, "entry", size));
		(void)tree_append(&naive, &leaf, made);
	}
	assert_false(store_log_get_edge(&txn, 131, &edge));
	assert_err(ERR_OK, txn_end(&txn));
	place_remove(&place);
}

struct size_row {
	const char *name;
	size_t gist;
	size_t entry;
};

static const struct size_row size_rows[] = {
	{ "size: nothing", 0, 0 },
	{ "size: a byte", 0, 1 },
	{ "size: no gist", 0, 65535 },
	{ "size: no entry", 65535, 0 },
	{ "size: the largest", (size_t)256 << 10, 65535 },
	{ "size: about half a page", 1000, 1000 },
	{ "size: about a page", 2000, 2060 },
};

static void
test_size(void **state)
{
	static uint8_t bytes[(256 << 10) + 65535];
	const struct size_row *row = *state;
	struct log_entry entry = {
		.stamp_ms = UINT64_MAX,
		.keyring = UINT64_MAX,
		.gist = span_of(bytes, row->gist),
		.entry = span_of(bytes + row->gist, row->entry),
	};
	struct place place;

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 7 + i / 251);
	place_make(&place);
	struct txn txn = store_begin(place.store, TXN_WRITE);
	store_log_put(&txn, 0, &entry);
	assert_err(ERR_OK, txn_end(&txn));
	struct log_entry found;
	txn = store_begin(place.store, TXN_READ);
	assert_true(store_log_get(&txn, 0, &found));
	assert_true(found.stamp_ms == UINT64_MAX);
	assert_true(found.keyring == UINT64_MAX);
	assert_span(entry.gist, found.gist);
	assert_span(entry.entry, found.entry);
	assert_err(ERR_OK, txn_end(&txn));
	place_remove(&place);
}

/* Only above what is there, or the transaction fails whole. */
static void
test_append_only(void **state)
{
	struct place place;
	struct log_entry entry = { .entry = span_of_text("other") };
	struct hash hash = tree_empty();
	(void)state;

	place_make(&place);
	(void)fill(place.store, 5, 5);
	struct txn txn = store_begin(place.store, TXN_WRITE);
	store_log_put(&txn, 4, &entry);
	assert_err(ERR_CONFLICT, txn_end(&txn));
	txn = store_begin(place.store, TXN_WRITE);
	store_log_put_hash(&txn, 0, &hash);
	assert_err(ERR_CONFLICT, txn_end(&txn));
	txn = store_begin(place.store, TXN_READ);
	for (uint64_t i = 0; i < 5; i++)
		check_entry(&txn, i);
	assert_err(ERR_OK, txn_end(&txn));
	place_remove(&place);
}

static void
test_checkpoint(void **state)
{
	struct place place;
	(void)state;

	place_make(&place);
	for (int i = 0; i < 2; i++) {
		const char *note = i == 0 ? "first" : "the second note";
		struct txn txn = store_begin(place.store, TXN_WRITE);
		store_log_set_checkpoint(&txn, span_of_text(note));
		assert_span_text(note, store_log_get_checkpoint(&txn));
		assert_err(ERR_OK, txn_end(&txn));
		txn = store_begin(place.store, TXN_READ);
		assert_span_text(note, store_log_get_checkpoint(&txn));
		assert_err(ERR_OK, txn_end(&txn));
	}
	place_remove(&place);
}

static void
test_cut(void **state)
{
	static const uint64_t sizes[] = { 200, 129, 128, 127, 1, 0 };
	struct place place;
	struct tree_edge edge;
	struct hash hash;
	(void)state;

	place_make(&place);
	(void)fill(place.store, 200, 64);
	for (size_t i = 0; i < 6; i++) {
		uint64_t size = sizes[i];
		struct txn txn = store_begin(place.store, TXN_WRITE);
		store_log_cut(&txn, size);
		assert_err(ERR_OK, txn_end(&txn));
		txn = store_begin(place.store, TXN_WRITE);
		assert_int_equal(size, store_log_size(&txn));
		assert_false(
		    store_log_get_hash(&txn, tree_stored_count(size), &hash));
		assert_true(store_log_get_edge(&txn, size, &edge));
		/* and it goes on from there as if nothing had been */
		append(&txn, &edge, size + 3);
		for (uint64_t at = 0; at < size + 3; at++)
			check_entry(&txn, at);
		txn_abort(&txn);
	}
	place_remove(&place);
}

/* ---- damage ---- */

struct damage_row {
	const char *name;
	enum store_table table;
	uint8_t key; /* the last byte */
	const char *value;
	size_t len;
};

#define LEAF "01234567890123456789012345678901"
#define HEADER "\1\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\0" LEAF

static const struct damage_row damage_rows[] = {
	{ "damage: no checksum", TABLE_ENTRY, 3, HEADER "\0\0\0\0entry 3", 60 },
	{ "damage: a gist longer than all", TABLE_ENTRY, 3,
	    HEADER "\0\0\0\10entry 3", 60 },
	{ "damage: a gist of 4 GiB", TABLE_ENTRY, 3,
	    HEADER "\377\377\377\377entry 3", 60 },
	{ "damage: half a header", TABLE_ENTRY, 3, HEADER, 9 },
	{ "damage: nothing", TABLE_ENTRY, 3, "", 0 },
	{ "damage: a short hash", TABLE_HASH, 4,
	    "0123456789012345678901234567890", 31 },
	{ "damage: a long hash", TABLE_HASH, 4,
	    "012345678901234567890123456789012", 33 },
};

/* Its bytes go, all else stays: facts, leaf hash, edge, the others. */
static void
test_withhold(void **state)
{
	struct place place;
	struct tree_edge edge = { .size = 0 };
	struct log_entry entry;
	struct hash before;
	(void)state;

	place_make(&place);
	struct txn txn = store_begin(place.store, TXN_WRITE);
	append(&txn, &edge, 10);
	assert_err(ERR_OK, txn_end(&txn));
	txn = store_begin(place.store, TXN_WRITE);
	assert_true(store_log_get_checked(&txn, 4, &entry));
	before = entry.leaf;
	assert_false(entry.is_withheld);
	store_log_withhold(&txn, 4, 2, span_of_text("a reason"));
	assert_err(ERR_OK, txn_end(&txn));
	place_close(&place);
	place_open(&place);
	txn = store_begin(place.store, TXN_READ);
	assert_true(store_log_get_checked(&txn, 4, &entry));
	assert_true(entry.is_withheld);
	assert_true(hash_equal(&before, &entry.leaf));
	assert_span(span_of("\0\0\0\0\0 4", 7), entry.entry);
	assert_span_text("gist 4", entry.gist);
	assert_int_equal(1004, entry.stamp_ms);
	assert_span_text("a reason", store_log_reason(&txn, 4));
	assert_int_equal(0, store_log_reason(&txn, 5).len);
	assert_true(store_log_get_checked(&txn, 5, &entry));
	assert_span_text("entry 5", entry.entry);
	txn_abort(&txn);
	txn = store_begin(place.store, TXN_WRITE);
	store_log_withhold(&txn, 4, 2, SPAN_EMPTY);
	assert_err(ERR_CONFLICT, txn_end(&txn));
	place_remove(&place);
}

/* Whichever byte of what is stored is another, it is seen. */
static void
test_each_byte(void **state)
{
	uint8_t key_bytes[8] = { [7] = 3 };
	struct span key = span_of(key_bytes, sizeof(key_bytes));
	uint8_t bytes[256];
	struct log_entry entry;
	struct place place;
	struct span value;
	size_t len;
	(void)state;

	place_make(&place);
	(void)fill(place.store, 7, 7);
	struct txn txn = store_begin(place.store, TXN_READ);
	assert_true(txn_get(&txn, TABLE_ENTRY, key, &value));
	len = value.len;
	assert_true(len < sizeof(bytes));
	memcpy(bytes, value.data, len);
	assert_err(ERR_OK, txn_end(&txn));
	for (size_t i = 0; i < len; i++) {
		bytes[i] ^= 1;
		txn = store_begin(place.store, TXN_WRITE);
		txn_put(&txn, TABLE_ENTRY, key, span_of(bytes, len), false);
		assert_false(store_log_get_checked(&txn, 3, &entry));
		assert_err(ERR_CORRUPT, txn.err);
		txn_abort(&txn);
		bytes[i] ^= 1;
	}
	txn = store_begin(place.store, TXN_READ);
	check_entry(&txn, 3);
	assert_err(ERR_OK, txn_end(&txn));
	place_remove(&place);
}

/* The row's value stands at entry 3 or its leaf hash, number 4. */
static void
test_damage(void **state)
{
	const struct damage_row *row = *state;
	uint8_t key[8] = { [7] = row->key };
	struct place place;
	struct log_entry entry;
	struct hash leaf;

	place_make(&place);
	assert_int_equal(4, tree_stored_number(0, 3));
	(void)fill(place.store, 7, 7);
	struct txn txn = store_begin(place.store, TXN_WRITE);
	txn_put(&txn, row->table, span_of(key, sizeof(key)),
	    span_of(row->value, row->len), false);
	assert_err(ERR_OK, txn_end(&txn));
	txn = store_begin(place.store, TXN_READ);
	check_entry(&txn, 2);
	if (row->table == TABLE_HASH)
		assert_false(store_log_get_hash(&txn, row->key, &leaf));
	else
		assert_false(store_log_get_checked(&txn, 3, &entry));
	assert_err(ERR_CORRUPT, txn.err);
	/* and the failure sticks */
	assert_false(store_log_get(&txn, 2, &entry));
	assert_int_equal(0, store_log_size(&txn));
	assert_err(ERR_CORRUPT, txn_end(&txn));
	place_remove(&place);
}

static void
test_missing_hash(void **state)
{
	uint8_t key[8] = { [7] = 2 }; /* of the two leaves at the left */
	struct place place;
	struct tree_edge edge;
	(void)state;

	place_make(&place);
	(void)fill(place.store, 7, 7);
	struct txn txn = store_begin(place.store, TXN_WRITE);
	txn_delete(&txn, TABLE_HASH, span_of(key, sizeof(key)));
	assert_err(ERR_OK, txn_end(&txn));
	txn = store_begin(place.store, TXN_READ);
	assert_true(store_log_get_edge(&txn, 7, &edge));
	assert_false(store_log_get_edge(&txn, 3, &edge));
	assert_err(ERR_CORRUPT, txn_end(&txn));
	place_remove(&place);
}

/* ---- readers beside the one writer ---- */

#define READERS 4
#define BATCHES 60

struct shared {
	struct store *store;
	_Atomic bool is_over;
	_Atomic int wrong;
};

/* Each snapshot has whole batches, its last entry and its whole edge. */
static void *
read_on(void *context)
{
	struct shared *shared = context;
	struct tree_edge edge;
	struct log_entry entry;

	while (!shared->is_over) {
		struct txn txn = store_begin(shared->store, TXN_READ);
		uint64_t size = store_log_size(&txn);
		if (size % 5 != 0 || !store_log_get_edge(&txn, size, &edge))
			shared->wrong++;
		if (size > 0 && !store_log_get_checked(&txn, size - 1, &entry))
			shared->wrong++;
		if (txn_end(&txn) != ERR_OK)
			shared->wrong++;
	}
	return NULL;
}

static void
test_readers(void **state)
{
	pthread_t threads[READERS];
	struct place place;
	(void)state;

	place_make(&place);
	struct shared shared = { .store = place.store };
	for (size_t i = 0; i < READERS; i++)
		assert_int_equal(
		    0, pthread_create(&threads[i], NULL, read_on, &shared));
	struct tree_edge edge = { 0 };
	enum err err = ERR_OK;
	for (uint64_t i = 1; i <= BATCHES && err == ERR_OK; i++) {
		struct txn txn = store_begin(place.store, TXN_WRITE);
		append(&txn, &edge, i * 5);
		err = txn_end(&txn);
	}
	shared.is_over = true;
	for (size_t i = 0; i < READERS; i++)
		assert_int_equal(0, pthread_join(threads[i], NULL));
	assert_err(ERR_OK, err);
	assert_int_equal(0, shared.wrong);
	place_remove(&place);
}

/* One walk over leaves and the nodes between them, from anywhere to anywhere. */
static void
test_leaves(void **state)
{
	struct place place;
	struct hash leaves[130];
	struct hash wanted;
	(void)state;

	place_make(&place);
	(void)fill(place.store, 130, 130);
	struct txn txn = store_begin(place.store, TXN_READ);
	for (uint64_t first = 0; first < 130; first += 9)
		for (size_t count = 0; first + count <= 130; count++) {
			assert_true(
			    store_log_get_leaves(&txn, first, count, leaves));
			if (count == 0)
				continue;
			assert_true(store_log_get_node(&txn,
			    (struct tree_position){ .n = first + count - 1 },
			    &wanted));
			assert_true(hash_equal(&wanted, &leaves[count - 1]));
			assert_true(store_log_get_node(&txn,
			    (struct tree_position){ .n = first }, &wanted));
			assert_true(hash_equal(&wanted, &leaves[0]));
		}
	assert_false(store_log_get_leaves(&txn, 100, 31, leaves));
	assert_err(ERR_CORRUPT, txn_end(&txn));
	/* without the node of 6 and 7 it cannot be whole */
	uint8_t key[8];
	struct writer w = writer_of(key, sizeof(key));
	writer_u64(&w, tree_stored_number(1, 3));
	txn = store_begin(place.store, TXN_WRITE);
	txn_delete(&txn, TABLE_HASH, writer_view(&w));
	assert_err(ERR_OK, txn_end(&txn));
	txn = store_begin(place.store, TXN_READ);
	assert_true(store_log_get_leaves(&txn, 0, 8, leaves));
	assert_false(store_log_get_leaves(&txn, 0, 9, leaves));
	assert_err(ERR_CORRUPT, txn_end(&txn));
	place_remove(&place);
}

int
main(int argc, char **argv)
{
	if (key_start(NULL) != ERR_OK)
		return 1;
	UNIT(test_empty);
	UNIT(test_round_trip);
	UNIT(test_edges);
	UNIT_ROWS(size_rows, test_size);
	UNIT(test_append_only);
	UNIT(test_checkpoint);
	UNIT(test_cut);
	UNIT(test_withhold);
	UNIT_ROWS(damage_rows, test_damage);
	UNIT(test_each_byte);
	UNIT(test_missing_hash);
	UNIT(test_leaves);
	UNIT(test_readers);
	return unit_run(argc, argv);
}
