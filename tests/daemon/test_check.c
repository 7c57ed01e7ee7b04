/* check: every kind of damage is found, and a whole log has no fault. */
#include "tests/unit.h"

#include "daemon/check.h"
#include "daemon/damage.h"
#include "daemon/store_index.h"
#include "schema/key.h"
#include "schema/reader.h"
#include "tests/daemon/house.h"

#define RECORDS 20
#define KEYRING 8 /* position of the second keyring */

static struct house house;

/* A log with records of four publishers and two keyrings. */
static int
make_log(void **state)
{
	(void)state;
	house_make(&house);
	assert_err(ERR_OK, house_open(&house));
	for (unsigned i = 0; i < RECORDS; i++) {
		if (i == KEYRING - 1) {
			house_write_signers(&house, 0x7, "");
			sequencer_reload(house.sequencer);
			assert_true(house_wait_size(&house, KEYRING + 1));
		}
		assert_err(ERR_OK, house_post(&house, i % 3, i).err);
	}
	while (indexer_size(house.ledger->indexer) < RECORDS + 2)
		house_pause_ms(1);
	return 0;
}

static int
leave_log(void **state)
{
	(void)state;
	house_close(&house);
	house_drop(&house);
	return 0;
}

/* All that is said, and how many faults. */
static uint64_t
run_check_of(bool is_quick, char *text, size_t cap)
{
	struct check_result of_log = { 0 };
	struct check_result of_index = { 0 };
	struct damage damage = { 0 };
	FILE *out = fmemopen(text, cap, "w");
	struct check_job job = { .log = house.ledger->log,
		.index = house.ledger->index,
		.folder = house.folder,
		.key = &house.ledger->key,
		.is_quick = is_quick,
		.damage = &damage,
		.threads = 3,
		.out = out };
	struct why w;

	memset(text, 0, cap);
	assert_err(ERR_OK, check_log_and_index(&job, &of_log, &of_index, &w));
	fclose(out);
	assert_int_equal(RECORDS + 2, of_log.entries);
	return of_log.faults + of_index.faults;
}

static uint64_t
run_check(char *text, size_t cap)
{
	return run_check_of(false, text, cap);
}

static void
test_whole(void **state)
{
	char text[4096];

	(void)state;
	assert_int_equal(0, run_check(text, sizeof(text)));
	assert_string_equal("", text);
	assert_int_equal(0, run_check_of(true, text, sizeof(text)));
	assert_string_equal("", text);
}

/* ---- whose it is ---- */

static void
test_key(void **state)
{
	struct secret_key *secret = key_secret_random();
	struct note_key key = house.ledger->key;
	struct check_job job = { .log = house.ledger->log, .key = &key };
	struct public_key other;
	struct why w = { "" };

	(void)state;
	assert_err(ERR_OK, check_key(&job, &w));
	/* the same name, another key */
	key_secret_public(secret, &other);
	note_key_make(HOUSE_ORIGIN, &other, &key);
	assert_err(ERR_REFUSED, check_key(&job, &w));
	assert_non_null(strstr(w.text, "not the one by which"));
	note_key_make("other.example/log", &house.ledger->key.key, &key);
	assert_err(ERR_REFUSED, check_key(&job, &w));
	assert_non_null(strstr(w.text, "\"other.example/log\""));
	key_secret_free(secret);
}

/* ---- damage ---- */

enum change {
	CHANGE_FLIP,   /* a bit of the last byte but `from_end` */
	CHANGE_WRITE,  /* the same, and the checksum made to fit */
	CHANGE_DELETE, /* the pair */
	CHANGE_ADD,    /* a pair more */
};

struct row {
	const char *name;
	enum store_table table;
	enum change change;
	uint64_t number;
	size_t offset; /* of the flipped byte */
	bool is_from_end;
	const char *word; /* in what is said */
	/* where nothing is parsed, the index that was made of the whole entry
	   contradicts it so often */
	unsigned of_index;
};

/* An entry's value: version, stamp (8), keyring (8), leaf hash (32), gist length
 * (4), gist, checksum (8), entry */
static const struct row rows[] = {
	{ "a flipped bit in a signature", TABLE_ENTRY, CHANGE_FLIP, 3, 20, true,
	    "entry 3: its stored leaf hash", 0 },
	{ "a flipped bit in a payload", TABLE_ENTRY, CHANGE_FLIP, 4, 300, true,
	    "entry 4: ", 0 },
	{ "a flipped bit in a keyring", TABLE_ENTRY, CHANGE_FLIP, KEYRING, 20,
	    true, "entry 8: ", 0 },
	{ "a flipped bit in a stamp", TABLE_ENTRY, CHANGE_FLIP, 5, 4, false,
	    "entry 5: missing or not of", 0 },
	{ "a flipped bit in a judge", TABLE_ENTRY, CHANGE_FLIP, 6, 16, false,
	    "entry 6: missing or not of", 0 },
	{ "a flipped bit in a gist", TABLE_ENTRY, CHANGE_FLIP, 7, 58, false,
	    "entry 7: missing or not of", 0 },
	{ "a stamp that goes back", TABLE_ENTRY, CHANGE_WRITE, 5, 4, false,
	    "its time is before", 0 },
	{ "another judge", TABLE_ENTRY, CHANGE_WRITE, 6, 16, false,
	    "entry 6: it names another keyring", 0 },
	{ "another judge of a later one", TABLE_ENTRY, CHANGE_WRITE,
	    KEYRING + 2, 16, false, "entry 10: it names another keyring", 0 },
	{ "another leaf hash beside it", TABLE_ENTRY, CHANGE_WRITE, 7, 20,
	    false, "entry 7: the leaf hash", 0 },
	{ "other facts than the entry's", TABLE_ENTRY, CHANGE_WRITE, 7, 58,
	    false, "entry 7: the facts", 2 },
	{ "a value of another version", TABLE_ENTRY, CHANGE_FLIP, 7, 0, false,
	    "entry 7: missing or not of", 0 },
	{ "an entry that is gone", TABLE_ENTRY, CHANGE_DELETE, 9, 0, false,
	    "entry 9: missing", 0 },
	{ "a leaf hash", TABLE_HASH, CHANGE_FLIP, 1, 0, false,
	    "entry 1: its stored leaf hash", 0 },
	{ "a tree hash", TABLE_HASH, CHANGE_FLIP, 6, 31, false,
	    "entry 3: a tree hash", 0 },
	{ "a tree hash that is gone", TABLE_HASH, CHANGE_DELETE, 2, 0, false,
	    "entry 1: a tree hash", 0 },
	{ "a hash too many", TABLE_HASH, CHANGE_ADD, 41, 0, false,
	    "hashes are stored that no entry makes", 0 },
};

static struct span
key_of(uint64_t number, uint8_t out[static 8])
{
	struct writer w = writer_of(out, 8);

	writer_u64(&w, number);
	return writer_view(&w);
}

/* The checksum of an entry's value, as store_log.h describes it. */
static void
fit_checksum(uint64_t position, uint8_t *value)
{
	uint8_t key[KEY_SHORT_LEN] = { 0 };
	struct reader r = reader_of(span_of(value + 49, 4));
	size_t facts_len = 53 + reader_u32(&r);
	struct writer of_key = writer_of(key, sizeof(key));
	struct writer w = writer_of(value + facts_len, 8);

	writer_u64(&of_key, position);
	writer_u64(&w, key_short_hash(key, span_of(value, facts_len)));
}

static void
flip(struct txn *txn, const struct row *row, struct span key)
{
	static uint8_t copy[70000];
	struct span value;

	assert_true(txn_get(txn, row->table, key, &value));
	size_t len = value.len;
	memcpy(copy, value.data, len);
	copy[row->is_from_end ? len - 1 - row->offset : row->offset] ^= 1;
	if (row->change == CHANGE_WRITE)
		fit_checksum(row->number, copy);
	txn_put(txn, row->table, key, span_of(copy, len), false);
}

static void
test_damage(void **state)
{
	const struct row *row = *state;
	uint8_t bytes[8];
	char text[4096];
	struct span key = key_of(row->number, bytes);
	struct hash hash = { { 0 } };

	struct txn txn = store_begin(house.ledger->log, TXN_WRITE);
	switch (row->change) {
	case CHANGE_FLIP:
	case CHANGE_WRITE:
		flip(&txn, row, key);
		break;
	case CHANGE_DELETE:
		txn_delete(&txn, row->table, key);
		break;
	case CHANGE_ADD:
		txn_put(&txn, row->table, key, hash_span(&hash), false);
		break;
	}
	assert_err(ERR_OK, txn_end(&txn));
	uint64_t faults = run_check(text, sizeof(text));
	if (strstr(text, row->word) == NULL || faults != 1)
		print_message("# %s\n", text);
	assert_non_null(strstr(text, row->word));
	/* what rests on it is not told again */
	assert_int_equal(1, faults);
	/* what only parsing shows is left to the whole check */
	faults = run_check_of(true, text, sizeof(text));
	assert_int_equal(row->of_index > 0 ? row->of_index : 1, faults);
	/* an index must not be made of that, but facts are believed by their
	 * checksum */
	if (row->table == TABLE_ENTRY && row->change != CHANGE_WRITE)
		assert_err(ERR_CORRUPT,
		    check_reindex(house.ledger->log, house.folder,
			&house.ledger->index, &house.why));
}

/* ---- the index ---- */

static void
test_index_lacks_a_place(void **state)
{
	char text[4096];
	struct span key;
	struct span value;
	uint8_t copy[16];

	(void)state;
	struct txn txn = store_begin(house.ledger->index, TXN_WRITE);
	assert_true(txn_last(&txn, TABLE_PLACE, &key, &value));
	memcpy(copy, key.data, sizeof(copy));
	txn_delete(&txn, TABLE_PLACE, span_of(copy, sizeof(copy)));
	assert_err(ERR_OK, txn_end(&txn));
	assert_int_equal(1, run_check(text, sizeof(text)));
	assert_non_null(strstr(text, "missing of entry"));
}

static void
test_index_has_one_more(void **state)
{
	struct index_place place = { .place = 12345, .position = 3 };
	char text[4096];

	(void)state;
	struct txn txn = store_begin(house.ledger->index, TXN_WRITE);
	store_index_put(&txn, &place);
	assert_err(ERR_OK, txn_end(&txn));
	assert_int_equal(1, run_check(text, sizeof(text)));
	assert_non_null(strstr(text, "no entry has: 1"));
}

static void
test_index_of_another_history(void **state)
{
	char text[4096];

	(void)state;
	struct txn txn = store_begin(house.ledger->index, TXN_WRITE);
	struct tree_head head = store_index_watermark(&txn);
	head.root.bytes[0] ^= 1;
	store_index_set_watermark(&txn, &head);
	assert_err(ERR_OK, txn_end(&txn));
	assert_int_equal(1, run_check(text, sizeof(text)));
	assert_non_null(strstr(text, "another history"));
}

/* Made anew with another key, it finds the same. */
static void
test_reindex(void **state)
{
	char text[4096];
	struct hash id;
	uint64_t position;

	(void)state;
	struct txn txn = store_begin(house.ledger->index, TXN_READ);
	uint64_t before = store_index_count(&txn, UINT64_MAX);
	txn_abort(&txn);
	assert_true(before > 7 * RECORDS);
	for (int i = 0; i < 2; i++)
		assert_err(ERR_OK,
		    check_reindex(house.ledger->log, house.folder,
			&house.ledger->index, &house.why));
	txn = store_begin(house.ledger->index, TXN_READ);
	assert_int_equal(before, store_index_count(&txn, UINT64_MAX));
	txn_abort(&txn);
	assert_int_equal(0, run_check(text, sizeof(text)));
	for (uint64_t at = 0; at < RECORDS + 2; at++) {
		txn = store_begin(house.ledger->log, TXN_READ);
		assert_true(store_log_get_node(
		    &txn, (struct tree_position){ .n = at }, &id));
		txn_abort(&txn);
		assert_err(ERR_OK, ledger_find(house.ledger, &id, &position));
		assert_int_equal(at, position);
	}
}

#define ROOM(test) \
	{ \
#test, test, make_log, leave_log, NULL \
	}

int
main(int argc, char **argv)
{
	static const struct CMUnitTest all[] = {
		ROOM(test_whole),
		ROOM(test_key),
		ROOM(test_index_lacks_a_place),
		ROOM(test_index_has_one_more),
		ROOM(test_index_of_another_history),
		ROOM(test_reindex),
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		unit_tests[unit_count++] = all[i];
	size_t from = unit_count;
	UNIT_ROWS(rows, test_damage);
	for (size_t i = from; i < unit_count; i++) {
		unit_tests[i].setup_func = make_log;
		unit_tests[i].teardown_func = leave_log;
	}
	return unit_run(argc, argv);
}
