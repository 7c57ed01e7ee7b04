/* store: opened whole or not at all, committed or not, full disks, faults. */
#include "tests/unit.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/fault.h"
#include "daemon/store.h"
#include "daemon/store_inner.h"
#include "schema/key.h"
#include "tests/folder.h"

struct place {
	char folder[FOLDER_MAX];
	char log[FOLDER_PATH_MAX];
	char data[FOLDER_PATH_MAX];
};

static void
place_make(struct place *place)
{
	folder_make(place->folder);
	folder_path(place->log, place->folder, "log");
	folder_path(place->data, place->folder, "log/data.mdb");
}

static struct store *
open_kind(const char *folder, enum store_kind kind)
{
	struct store *store = NULL;
	struct why w = { "" };

	if (store_open(folder, kind, &store, &w) != ERR_OK)
		print_message("# %s\n", w.text);
	assert_non_null(store);
	return store;
}

static enum err
put_text(struct store *store, const char *key, const char *value)
{
	struct txn txn = store_begin(store, TXN_WRITE);

	txn_put(
	    &txn, TABLE_META, span_of_text(key), span_of_text(value), false);
	return txn_end(&txn);
}

static bool
has_text(struct store *store, const char *key, const char *value)
{
	struct txn txn = store_begin(store, TXN_READ);
	struct span found;

	bool is_there = txn_get(&txn, TABLE_META, span_of_text(key), &found) &&
	    span_is(found, value);
	assert_err(ERR_OK, txn_end(&txn));
	return is_there;
}

static enum err
refused(const char *folder, enum store_kind kind, const char *part)
{
	struct store *store = NULL;
	struct why w = { "" };
	enum err err = store_open(folder, kind, &store, &w);

	assert_null(store);
	if (strstr(w.text, part) == NULL)
		print_message("# \"%s\" lacks \"%s\"\n", w.text, part);
	assert_non_null(strstr(w.text, part));
	return err;
}

static void
test_reopen(void **state)
{
	struct place place;
	uint8_t key[STORE_KEY_LEN];
	(void)state;

	place_make(&place);
	struct store *store = open_kind(place.log, STORE_LOG);
	assert_int_equal(STORE_LOG, store_kind_of(store));
	assert_err(ERR_OK, put_text(store, "a", "1"));
	assert_true(has_text(store, "a", "1"));
	assert_false(has_text(store, "b", "1"));
	memcpy(key, store_key(store), sizeof(key));
	store_close(store);
	store = open_kind(place.log, STORE_LOG);
	assert_true(has_text(store, "a", "1"));
	assert_memory_equal(key, store_key(store), sizeof(key));
	store_close(store);
	folder_remove(place.folder);
}

/* The descriptor of the data file must not reach the signer. */
static void
test_descriptor(void **state)
{
	struct place place;
	(void)state;

	place_make(&place);
	struct store *store = open_kind(place.log, STORE_LOG);
	struct stat data;
	struct stat st;
	size_t count = 0;
	assert_int_equal(0, stat(place.data, &data));
	for (int fd = 3; fd < 64; fd++) {
		if (fstat(fd, &st) != 0 || st.st_ino != data.st_ino)
			continue;
		assert_true((fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
		count++;
	}
	assert_int_equal(2, count); /* one of them is for the first pages */
	store_close(store);
	folder_remove(place.folder);
}

static void
test_refusals(void **state)
{
	struct place place;
	char path[FOLDER_PATH_MAX];
	(void)state;

	place_make(&place);
	struct store *store = open_kind(place.log, STORE_LOG);
	assert_err(ERR_CONFLICT, refused(place.log, STORE_LOG, "open already"));
	assert_true(put_text(store, "a", "1") == ERR_OK);
	store_close(store);
	assert_err(ERR_REFUSED,
	    refused(place.log, STORE_INDEX, "kind log, not index"));
	folder_path(path, place.folder, "empty");
	assert_int_equal(0, mkdir(path, 0700));
	assert_err(ERR_CORRUPT, refused(path, STORE_LOG, "data.mdb"));
	folder_path(path, place.folder, "none/log");
	assert_err(ERR_MISSING, refused(path, STORE_LOG, "none/log"));
	folder_remove(place.folder);
}

static void
test_other_format(void **state)
{
	static const struct {
		uint8_t format;
		const char *sentence;
	} others[] = {
		{ STORE_FORMAT - 1, "format 3, of an older version" },
		{ STORE_FORMAT + 1, "format 5, of a newer version" },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		const uint8_t other[] = { 0, 0, 0, 0, others[i].format };
		struct place place;

		place_make(&place);
		struct store *store = open_kind(place.log, STORE_LOG);
		struct txn txn = store_begin(store, TXN_WRITE);
		txn_put(&txn, TABLE_META, span_of_text("format"),
		    span_of(other, sizeof(other)), false);
		assert_err(ERR_OK, txn_end(&txn));
		store_close(store);
		assert_err(ERR_REFUSED,
		    refused(place.log, STORE_LOG, others[i].sentence));
		folder_remove(place.folder);
	}
}

/* ---- a file that is not what it was ---- */

struct damage_row {
	const char *name;
	off_t cut; /* bytes off the end */
	off_t hole;
	off_t zeros; /* written over the first page's beginning */
	const char *part;
};

static const struct damage_row damage_rows[] = {
	{ "damage: a page off the end", 4096, 0, 0, "cut off" },
	{ "damage: a byte off the end", 1, 0, 0, "cut off" },
	{ "damage: nothing but the first pages", -8192, 0, 0, "cut off" },
	{ "damage: an empty file", -0x7fffffff, 0, 0, "no LMDB file" },
	{ "damage: a hole in a used page", 0, 8192, 0, "hole" },
	{ "damage: no magic", 0, 0, 64, "no LMDB file" },
};

static void
test_damage(void **state)
{
	const struct damage_row *row = *state;
	static const char zeros[64];
	struct place place;
	struct stat st;

	place_make(&place);
	struct store *store = open_kind(place.log, STORE_LOG);
	assert_err(ERR_OK, put_text(store, "a", "1"));
	store_close(store);
	assert_int_equal(0, stat(place.data, &st));
	int fd = open(place.data, O_RDWR | O_CLOEXEC);
	off_t len = row->cut >= 0 ? st.st_size - row->cut
	    : row->cut < -8192	  ? 0
				  : -row->cut;
	assert_int_equal(0, ftruncate(fd, len));
	if (row->zeros > 0)
		assert_int_equal(
		    row->zeros, pwrite(fd, zeros, (size_t)row->zeros, 0));
	bool is_done = true;
	if (row->hole > 0)
		is_done =
		    fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
			row->hole, 4096) == 0;
	assert_int_equal(0, close(fd));
	if (is_done)
		assert_err(
		    ERR_CORRUPT, refused(place.log, STORE_LOG, row->part));
	folder_remove(place.folder);
}

/* ---- creation that stops anywhere ---- */

static int
fork_and_wait(void (*run)(const char *), const char *text, const char *fault)
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		fault_set(fault);
		run(text);
		_exit(0);
	}
	assert_int_equal(pid, waitpid(pid, &status, 0));
	return status;
}

static void
open_and_put(const char *folder)
{
	struct store *store = NULL;

	if (store_open(folder, STORE_LOG, &store, NULL) != ERR_OK)
		_exit(1);
	if (put_text(store, "a", "1") != ERR_OK)
		_exit(2);
	_exit(0);
}

struct kill_row {
	const char *name;
	const char *fault;
	bool is_there; /* what was put */
};

static const struct kill_row kill_rows[] = {
	{ "killed: before the first commit", "commit-before:1", false },
	{ "killed: after the first commit", "commit-after:1", false },
	{ "killed: made, not renamed", "store-made", false },
	{ "killed: renamed, not synced", "store-renamed", false },
	{ "killed: before a commit", "commit-before:2", false },
	{ "killed: after a commit", "commit-after:2", true },
};

static void
test_killed(void **state)
{
	const struct kill_row *row = *state;
	struct place place;

	place_make(&place);
	int status = fork_and_wait(open_and_put, place.log, row->fault);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	struct store *store = open_kind(place.log, STORE_LOG);
	assert_true(has_text(store, "a", "1") == row->is_there);
	assert_err(ERR_OK, put_text(store, "b", "2"));
	assert_true(has_text(store, "b", "2"));
	store_close(store);
	folder_remove(place.folder);
}

/* ---- commits that fail ---- */

struct fail_row {
	const char *name;
	const char *fault;
	enum err err;
	bool is_there;
};

static const struct fail_row fail_rows[] = {
	{ "fails: the commit", "commit-error:1:error", ERR_IO, false },
	{ "fails: as far as one hears", "commit-unknown:1:error", ERR_IO,
	    true },
};

static void
test_fails(void **state)
{
	const struct fail_row *row = *state;
	struct place place;

	place_make(&place);
	struct store *store = open_kind(place.log, STORE_LOG);
	fault_set(row->fault);
	assert_err(row->err, put_text(store, "a", "1"));
	fault_set(NULL);
	/* the handle is not used again: outcome unknown */
	assert_err(ERR_IO, put_text(store, "b", "2"));
	store_close(store);
	store = open_kind(place.log, STORE_LOG);
	assert_true(has_text(store, "a", "1") == row->is_there);
	assert_false(has_text(store, "b", "2"));
	assert_err(ERR_OK, put_text(store, "c", "3"));
	store_close(store);
	folder_remove(place.folder);
}

/* A failure within is the transaction's, and costs nothing else. */
static void
test_sticky(void **state)
{
	struct place place;
	struct span found;
	(void)state;

	place_make(&place);
	struct store *store = open_kind(place.log, STORE_LOG);
	struct txn txn = store_begin(store, TXN_WRITE);
	txn_put(&txn, TABLE_META, span_of_text("a"), span_of_text("1"), false);
	txn_put(&txn, TABLE_ENTRY, span_of_text("b"), span_of_text("1"), true);
	txn_put(&txn, TABLE_ENTRY, span_of_text("a"), span_of_text("1"), true);
	assert_err(ERR_CONFLICT, txn.err);
	txn_fail(&txn, ERR_CORRUPT);
	assert_false(txn_get(&txn, TABLE_META, span_of_text("a"), &found));
	assert_null(
	    txn_reserve(&txn, TABLE_META, span_of_text("c"), 10, false));
	txn_clear(&txn, TABLE_META);
	txn_delete(&txn, TABLE_META, span_of_text("a"));
	assert_err(ERR_CONFLICT, txn_end(&txn));
	assert_false(has_text(store, "a", "1"));
	assert_err(ERR_OK, put_text(store, "a", "2"));
	assert_true(has_text(store, "a", "2"));
	txn = store_begin(store, TXN_WRITE);
	txn_delete(&txn, TABLE_META, span_of_text("a"));
	txn_delete(&txn, TABLE_META, span_of_text("never there"));
	txn_abort(&txn);
	assert_true(has_text(store, "a", "2"));
	store_close(store);
	folder_remove(place.folder);
}

/* ---- the file's length ---- */

static enum err
put_bytes(struct store *store, uint8_t key, size_t len)
{
	struct txn txn = store_begin(store, TXN_WRITE);
	uint8_t *room =
	    txn_reserve(&txn, TABLE_ENTRY, span_of(&key, 1), len, true);

	if (room != NULL)
		memset(room, 'x', len);
	return txn_end(&txn);
}

static void
test_growth(void **state)
{
	struct place place;
	struct stat st;
	(void)state;

	place_make(&place);
	struct store *store = open_kind(place.log, STORE_LOG);
	uint64_t before = store_file_bytes(store);
	assert_int_equal((uint64_t)1 << 20, before);
	for (uint8_t key = 0; key < 20; key++) {
		size_t len = key == 10 ? (size_t)9 << 20 : (size_t)300 << 10;
		assert_err(ERR_OK, put_bytes(store, key, len));
		assert_int_equal(0, stat(place.data, &st));
		/* all that LMDB wrote was there, written, before */
		assert_int_equal(store_file_bytes(store), st.st_size);
		assert_true(store_used_bytes(store) <= store_file_bytes(store));
		assert_int_equal(0, st.st_size % 4096);
		assert_true(
		    (uint64_t)st.st_blocks * 512 >= (uint64_t)st.st_size);
	}
	store_close(store);
	store = open_kind(place.log, STORE_LOG);
	assert_int_equal(st.st_size, store_file_bytes(store));
	store_close(store);
	folder_remove(place.folder);
}

/* Random keys, in the worst order: the bound holds for the index too. */
static void
test_growth_of_index(void **state)
{
	struct place place;
	(void)state;

	place_make(&place);
	struct store *store = open_kind(place.log, STORE_INDEX);
	for (int round = 0; round < 30; round++) {
		uint8_t key[16];
		struct txn txn = store_begin(store, TXN_WRITE);
		for (int i = 0; i < 1 << (round % 12); i++) {
			key_random(key, sizeof(key));
			txn_put(&txn, TABLE_PLACE, span_of(key, sizeof(key)),
			    SPAN_EMPTY, false);
		}
		assert_err(ERR_OK, txn_end(&txn));
		assert_true(store_used_bytes(store) <= store_file_bytes(store));
	}
	struct txn txn = store_begin(store, TXN_WRITE);
	txn_clear(&txn, TABLE_PLACE);
	assert_err(ERR_OK, txn_end(&txn));
	assert_true(store_used_bytes(store) <= store_file_bytes(store));
	store_close(store);
	folder_remove(place.folder);
}

static void
test_growth_fails(void **state)
{
	struct place place;
	(void)state;

	place_make(&place);
	struct store *store = open_kind(place.log, STORE_LOG);
	uint64_t before = store_file_bytes(store);
	fault_set("grow-error:1:error");
	assert_err(ERR_FULL, put_bytes(store, 1, (size_t)2 << 20));
	fault_set(NULL);
	assert_int_equal(before, store_file_bytes(store));
	store_close(store);
	store = open_kind(place.log, STORE_LOG);
	assert_err(ERR_OK, put_bytes(store, 1, (size_t)2 << 20));
	store_close(store);
	folder_remove(place.folder);
}

/* A full disk, as the file size limit plays it: ERR_FULL, and all is as it was,
 * at whatever byte it comes. */
static void
fill_up(const char *folder)
{
	struct store *store = NULL;
	struct rlimit limit = { 0, RLIM_INFINITY };

	(void)signal(SIGXFSZ, SIG_IGN);
	if (store_open(folder, STORE_LOG, &store, NULL) != ERR_OK)
		_exit(1);
	/* not on a page's edge: a short write comes first */
	limit.rlim_cur = store_file_bytes(store) + 5700000;
	if (setrlimit(RLIMIT_FSIZE, &limit) != 0)
		_exit(2);
	enum err err = ERR_OK;
	for (uint8_t key = 1; err == ERR_OK && key < 100; key++)
		err = put_bytes(store, key, 100000);
	if (err != ERR_FULL)
		_exit(3);
	_exit(0);
}

static void
test_full(void **state)
{
	struct place place;
	struct stat st;
	(void)state;

	place_make(&place);
	assert_int_equal(0, fork_and_wait(fill_up, place.log, NULL));
	assert_int_equal(0, stat(place.data, &st));
	assert_int_equal(0, st.st_size % 4096);
	struct store *store = open_kind(place.log, STORE_LOG);
	struct txn txn = store_begin(store, TXN_READ);
	struct span key;
	struct span value;
	assert_true(txn_last(&txn, TABLE_ENTRY, &key, &value));
	assert_int_equal(100000, value.len);
	uint8_t next = (uint8_t)(key.data[0] + 1);
	assert_err(ERR_OK, txn_end(&txn));
	assert_err(ERR_OK, put_bytes(store, next, 100000));
	store_close(store);
	folder_remove(place.folder);
}

/* ---- readers ---- */

#define READERS 8
#define ROUNDS 300

struct shared {
	struct store *store;
	_Atomic bool is_over;
	_Atomic int wrong;
};

/* Both values are written in one transaction: no snapshot may differ. */
static void *
read_pairs(void *context)
{
	struct shared *shared = context;

	while (!shared->is_over) {
		struct txn txn = store_begin(shared->store, TXN_READ);
		struct span a;
		struct span b;
		bool has_a = txn_get(&txn, TABLE_META, span_of_text("a"), &a);
		bool has_b = txn_get(&txn, TABLE_META, span_of_text("b"), &b);
		if (has_a != has_b || (has_a && !span_equal(a, b)))
			shared->wrong++;
		if (txn_end(&txn) != ERR_OK)
			shared->wrong++;
	}
	return NULL;
}

static void
test_readers(void **state)
{
	struct place place;
	pthread_t threads[READERS];
	(void)state;

	place_make(&place);
	struct shared shared = { .store = open_kind(place.log, STORE_LOG) };
	for (size_t i = 0; i < READERS; i++)
		assert_int_equal(
		    0, pthread_create(&threads[i], NULL, read_pairs, &shared));
	enum err err = ERR_OK;
	for (uint64_t i = 0; i < ROUNDS && err == ERR_OK; i++) {
		struct txn txn = store_begin(shared.store, TXN_WRITE);
		struct span value = span_of(&i, sizeof(i));
		txn_put(&txn, TABLE_META, span_of_text("a"), value, false);
		txn_put(&txn, TABLE_META, span_of_text("b"), value, false);
		err = txn_end(&txn);
	}
	shared.is_over = true;
	for (size_t i = 0; i < READERS; i++)
		assert_int_equal(0, pthread_join(threads[i], NULL));
	assert_err(ERR_OK, err);
	assert_int_equal(0, shared.wrong);
	store_sweep_readers(shared.store);
	store_close(shared.store);
	folder_remove(place.folder);
}

/* More snapshots at once than there are places for: busy, then fine again. */
static void
test_too_many_readers(void **state)
{
	static struct txn txns[STORE_READERS + 1];
	struct place place;
	(void)state;

	place_make(&place);
	struct store *store = open_kind(place.log, STORE_LOG);
	for (size_t i = 0; i < STORE_READERS; i++) {
		txns[i] = store_begin(store, TXN_READ);
		assert_err(ERR_OK, txns[i].err);
	}
	txns[STORE_READERS] = store_begin(store, TXN_READ);
	for (size_t i = 0; i < STORE_READERS; i++)
		assert_err(ERR_OK, txn_end(&txns[i]));
	assert_err(ERR_BUSY, txn_end(&txns[STORE_READERS]));
	assert_false(has_text(store, "a", "1"));
	store_close(store);
	folder_remove(place.folder);
}

static void
test_walk(void **state)
{
	static const char *const keys[] = { "a", "bb", "c", "d" };
	struct place place;
	struct span key;
	struct span value;
	(void)state;

	place_make(&place);
	struct store *store = open_kind(place.log, STORE_LOG);
	struct txn txn = store_begin(store, TXN_WRITE);
	assert_false(txn_last(&txn, TABLE_ENTRY, &key, &value));
	for (size_t i = 0; i < 4; i++)
		txn_put(&txn, TABLE_ENTRY, span_of_text(keys[i]),
		    span_of_text("v"), true);
	assert_true(txn_last(&txn, TABLE_ENTRY, &key, &value));
	assert_span_text("d", key);
	struct txn_cursor cursor = txn_cursor_open(&txn, TABLE_ENTRY);
	for (size_t i = 0; i < 4; i++) {
		assert_true(txn_cursor_next(&cursor, &key, &value));
		assert_span_text(keys[i], key);
	}
	assert_false(txn_cursor_next(&cursor, &key, &value));
	assert_true(txn_cursor_seek(&cursor, span_of_text("b"), &key, &value));
	assert_span_text("bb", key);
	assert_true(txn_cursor_next(&cursor, &key, &value));
	assert_span_text("c", key);
	assert_false(txn_cursor_seek(&cursor, span_of_text("e"), &key, &value));
	txn_cursor_close(&cursor);
	assert_err(ERR_OK, txn_end(&txn));
	store_close(store);
	folder_remove(place.folder);
}

int
main(int argc, char **argv)
{
	if (key_start(NULL) != ERR_OK)
		return 1;
	UNIT(test_reopen);
	UNIT(test_descriptor);
	UNIT(test_refusals);
	UNIT(test_other_format);
	UNIT_ROWS(damage_rows, test_damage);
	UNIT_ROWS(kill_rows, test_killed);
	UNIT_ROWS(fail_rows, test_fails);
	UNIT(test_sticky);
	UNIT(test_growth);
	UNIT(test_growth_of_index);
	UNIT(test_growth_fails);
	UNIT(test_full);
	UNIT(test_readers);
	UNIT(test_too_many_readers);
	UNIT(test_walk);
	return unit_run(argc, argv);
}
