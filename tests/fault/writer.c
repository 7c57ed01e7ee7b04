/*
 * writer: appends to a store on a disk that fails, for write_error.t.
 *
 *	writer log|stock append FOLDER COUNT FAIL_AT TRIGGER [mark]
 *	writer log|stock check FOLDER COUNT
 *
 * `append` makes the file TRIGGER before commit FAIL_AT (the disk refuses writes
 * while it is there), removes it when a commit failed and then ends, as the
 * daemon does; with `mark` it sets the failure marker.  Prints how many commits
 * succeeded in all.  `check` wants that many, each whole, and one more to
 * succeed.  `log` is our store; `stock` is LMDB as it comes, the control.
 */
#include <fcntl.h>
#include <lmdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/device.h"
#include "daemon/store_log.h"
#include "schema/key.h"
#include "schema/writer.h"

#define ENTRY_LEN_MAX 3000

struct kind {
	bool (*open)(const char *folder);
	uint64_t (*count)(void);
	bool (*append)(uint64_t position);
	bool (*is_whole)(uint64_t position);
};

static const char *data_folder;

static struct span
entry_of(uint64_t position)
{
	static uint8_t bytes[ENTRY_LEN_MAX];
	struct writer w = writer_of(bytes, sizeof(bytes));

	memset(bytes, 'a' + (int)(position % 26), sizeof(bytes));
	writer_u64(&w, position);
	return span_of(bytes, 600 + position * 37 % 2400);
}

/* ---- our store ---- */

static struct store *store;

static bool
log_open(const char *folder)
{
	char path[512];
	const char *warning = NULL;
	struct why w = { "" };

	(void)snprintf(path, sizeof(path), "%s/log", folder);
	if (device_check(folder, &warning, &w) == ERR_OK &&
	    store_open(path, STORE_LOG, &store, &w) == ERR_OK &&
	    marker_prepare(folder, &w) == ERR_OK)
		return true;
	printf("refused: %s\n", w.text);
	return false;
}

static uint64_t
log_count(void)
{
	struct txn txn = store_begin(store, TXN_READ);
	uint64_t size = store_log_size(&txn);

	return txn_end(&txn) == ERR_OK ? size : 0;
}

static bool
log_append(uint64_t position)
{
	struct log_entry entry = { .leaf = tree_leaf(entry_of(position)),
		.entry = entry_of(position) };
	struct hash made[TREE_LEVELS];
	struct tree_edge edge = { 0 };

	struct txn txn = store_begin(store, TXN_WRITE);
	if (!store_log_get_edge(&txn, position, &edge))
		txn_fail(&txn, ERR_CORRUPT);
	store_log_put(&txn, position, &entry);
	size_t count = tree_append(&edge, &entry.leaf, made);
	uint64_t number = tree_stored_count(position);
	for (size_t i = 0; i < count; i++)
		store_log_put_hash(&txn, number + i, &made[i]);
	return txn_end(&txn) == ERR_OK;
}

static bool
log_is_whole(uint64_t position)
{
	struct txn txn = store_begin(store, TXN_READ);
	struct log_entry entry;

	bool is_whole = store_log_get_checked(&txn, position, &entry) &&
	    span_equal(entry.entry, entry_of(position));
	return txn_end(&txn) == ERR_OK && is_whole;
}

/* ---- LMDB as it comes ---- */

static MDB_env *env;
static MDB_dbi table;

static bool
stock_open(const char *folder)
{
	char path[512];
	MDB_txn *txn;

	(void)snprintf(path, sizeof(path), "%s/stock", folder);
	(void)mkdir(path, 0700);
	return mdb_env_create(&env) == 0 && mdb_env_set_maxdbs(env, 2) == 0 &&
	    mdb_env_set_mapsize(env, (size_t)1 << 30) == 0 &&
	    mdb_env_open(env, path, 0, 0600) == 0 &&
	    mdb_txn_begin(env, NULL, 0, &txn) == 0 &&
	    mdb_dbi_open(txn, "entry", MDB_CREATE, &table) == 0 &&
	    mdb_txn_commit(txn) == 0;
}

static bool
stock_look(uint64_t *ret_count, uint64_t position, struct span *ret)
{
	uint8_t bytes[8];
	struct writer w = writer_of(bytes, sizeof(bytes));
	MDB_val key = { .mv_size = sizeof(bytes), .mv_data = bytes };
	MDB_val value = { 0 };
	MDB_stat stat = { 0 };
	MDB_txn *txn;

	writer_u64(&w, position);
	if (mdb_txn_begin(env, NULL, MDB_RDONLY, &txn) != 0)
		return false;
	bool is_well = mdb_stat(txn, table, &stat) == 0 &&
	    (ret == NULL || mdb_get(txn, table, &key, &value) == 0);
	*ret_count = stat.ms_entries;
	if (ret != NULL)
		*ret = span_of(value.mv_data, value.mv_size);
	mdb_txn_abort(txn); /* the map stays */
	return is_well;
}

static uint64_t
stock_count(void)
{
	uint64_t count = 0;

	return stock_look(&count, 0, NULL) ? count : 0;
}

static bool
stock_append(uint64_t position)
{
	struct span entry = entry_of(position);
	uint8_t bytes[8];
	struct writer w = writer_of(bytes, sizeof(bytes));
	MDB_val key = { .mv_size = sizeof(bytes), .mv_data = bytes };
	MDB_val value = { .mv_size = entry.len };
	MDB_txn *txn;

	writer_u64(&w, position);
	if (mdb_txn_begin(env, NULL, 0, &txn) != 0)
		return false;
	if (mdb_put(txn, table, &key, &value, MDB_RESERVE) != 0) {
		mdb_txn_abort(txn);
		return false;
	}
	memcpy(value.mv_data, entry.data, entry.len);
	return mdb_txn_commit(txn) == 0;
}

static bool
stock_is_whole(uint64_t position)
{
	struct span found;
	uint64_t count;

	return stock_look(&count, position, &found) &&
	    span_equal(found, entry_of(position));
}

/* ---- both ---- */

static const struct kind ours = { log_open, log_count, log_append,
	log_is_whole };
static const struct kind stock = { stock_open, stock_count, stock_append,
	stock_is_whole };

static int
append(const struct kind *kind, char **args, bool has_mark)
{
	uint64_t count = strtoull(args[0], NULL, 10);
	uint64_t fail_at = strtoull(args[1], NULL, 10);
	uint64_t first = kind->count();

	for (uint64_t i = 0; i < count; i++) {
		if (i == fail_at)
			(void)close(open(
			    args[2], O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
		if (kind->append(first + i))
			continue;
		(void)unlink(args[2]);
		if (has_mark && marker_set(data_folder, "test", NULL) != ERR_OK)
			printf("no marker\n");
		printf("failed\n");
		count = i;
	}
	printf("acknowledged %llu\n", (unsigned long long)(first + count));
	return 0;
}

static int
check(const struct kind *kind, const char *wanted)
{
	uint64_t want = strtoull(wanted, NULL, 10);
	uint64_t count = kind->count();

	for (uint64_t i = 0; i < want; i++) {
		if (i < count && kind->is_whole(i))
			continue;
		printf("lost: %llu of %llu\n", (unsigned long long)i,
		    (unsigned long long)want);
		return 1;
	}
	if (kind->append(count))
		return 0;
	printf("whole, but takes no more\n");
	return 1;
}

int
main(int argc, char **argv)
{
	if (argc < 5 || key_start(NULL) != ERR_OK)
		return 2;
	const struct kind *kind = strcmp(argv[1], "log") == 0 ? &ours : &stock;
	data_folder = argv[3];
	if (!kind->open(argv[3]))
		return 1;
	if (strcmp(argv[2], "check") == 0)
		return check(kind, argv[4]);
	if (argc < 7)
		return 2;
	return append(kind, argv + 4, argc > 7);
}
