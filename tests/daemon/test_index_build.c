/* index_build: the same index as the follower's, whatever the pieces, and none at
 * all where it was cut short. */
#include "tests/daemon/shelf.h"

#include <signal.h>
#include <sys/wait.h>

#include "daemon/check.h"
#include "daemon/fault.h"
#include "daemon/index_build.h"

static struct shelf shelf;

/* ---- a log, of which the follower has made an index ---- */

/* Each record like the one before but for its node, and sharing inputs, so that
 * places of many positions and of one come. */
static void
add_records(size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct shelf_artifact subjects[] = {
			{ .node = (unsigned)(1000 + i), .role = NULL },
			{ .node = (unsigned)(5000 + i), .role = "shard" },
		};
		const struct shelf_artifact inputs[] = {
			{ .node = (unsigned)(i % 7), .role = "dataset" },
			{ .node = (unsigned)(i % 11 + 100), .role = "code" },
			{ .node = (unsigned)(i % 7), .role = "code" },
		};
		const struct shelf_statement statement = {
			.kind = i % 5 == 0 ? RECORD_DATASET : RECORD_RUN,
			.principal = (unsigned)(i % 3),
			.subject_count = i % 5 == 0 ? 2 : 1,
			.subjects = subjects,
			.input_count = i % 5 == 0 ? 0 : 3,
			.inputs = inputs,
		};
		(void)shelf_add(&shelf, &statement);
	}
}

static void
open_log(size_t count)
{
	shelf_open(&shelf);
	shelf.by_indexer = true;
	if (count > 0) {
		add_records(count);
		shelf_commit(&shelf);
	}
}

static struct tree_head
head(void)
{
	return (
	    struct tree_head){ shelf.edge.size, tree_edge_root(&shelf.edge) };
}

struct copy {
	size_t count;
	struct index_place *places;
	struct tree_head watermark;
};

static struct copy
copy_index(void)
{
	struct txn txn = store_begin(shelf.index, TXN_READ);
	struct copy copy = { .count =
				 (size_t)store_index_count(&txn, UINT64_MAX) };
	struct index_scan scan = index_scan_open(&txn);

	copy.places = calloc(copy.count + 1, sizeof(*copy.places));
	assert_non_null(copy.places);
	for (size_t i = 0; i < copy.count; i++)
		assert_true(index_scan_next(&scan, &copy.places[i]));
	index_scan_close(&scan);
	copy.watermark = store_index_watermark(&txn);
	assert_err(ERR_OK, txn_end(&txn));
	return copy;
}

static void
assert_same(const struct copy *a, const struct copy *b)
{
	assert_int_equal(a->count, b->count);
	for (size_t i = 0; i < a->count; i++) {
		assert_int_equal(a->places[i].place, b->places[i].place);
		assert_int_equal(a->places[i].position, b->places[i].position);
	}
	assert_int_equal(a->watermark.size, b->watermark.size);
	assert_true(hash_equal(&a->watermark.root, &b->watermark.root));
}

/* ---- the same ---- */

struct row {
	const char *name;
	size_t records;
	size_t threads;
	size_t run_keys;
	size_t slice_keys;
};

static const struct row rows[] = {
	{ "no entry", 0, 1, 0, 0 },
	{ "no entry, many threads", 0, 5, 1, 0 },
	{ "one entry", 1, 1, 0, 0 },
	{ "one entry, many threads", 1, 5, 1, 0 },
	{ "a block of entries but one", 511, 2, 0, 0 },
	{ "a block of entries", 512, 2, 0, 0 },
	{ "a block of entries and one", 513, 2, 0, 0 },
	{ "two blocks and one", 1025, 3, 0, 0 },
	{ "one piece of all places", 700, 1, 0, 0 },
	{ "a piece each entry", 300, 1, 1, 0 },
	{ "small pieces of one thread", 700, 1, 100, 0 },
	{ "small pieces of many threads", 1600, 4, 37, 0 },
	{ "more threads than blocks", 700, 16, 64, 0 },
	{ "a transaction each place", 20, 1, 0, 1 },
	{ "transactions of a few", 600, 2, 500, 100 },
};

static void
test_same(void **state)
{
	const struct row *row = *state;
	struct index_runs *runs;
	struct tree_head to;
	struct why w = { "" };
	uint8_t key[STORE_KEY_LEN];

	open_log(row->records);
	to = head();
	struct copy followed = copy_index();
	assert_int_equal(row->records, followed.watermark.size);
	memcpy(key, store_key(shelf.index), sizeof(key));
	const struct index_source source = {
		.log = shelf.log,
		.key = key,
		.end = to.size,
		.folder = shelf.folder,
		.threads = row->threads,
		.run_keys = row->run_keys,
		.slice_keys = row->slice_keys,
	};
	assert_err(ERR_OK, index_runs_new(&source, &runs, &w));
	assert_err(ERR_OK, index_build(runs, shelf.index, &to, &w));
	index_runs_free(runs);
	struct copy built = copy_index();
	assert_same(&followed, &built);
	free(followed.places);
	free(built.places);
	shelf_close(&shelf);
}

/* By another key nothing lies where it lay, and all is found. */
static void
test_anew(void **state)
{
	uint8_t before[STORE_KEY_LEN];
	struct tree_head to;
	struct check_result result = { 0 };
	struct why w = { "" };

	(void)state;
	open_log(600);
	to = head();
	memcpy(before, store_key(shelf.index), sizeof(before));
	assert_err(ERR_OK,
	    index_build_anew(shelf.log, shelf.folder, shelf.index, &to, &w));
	assert_memory_not_equal(before, store_key(shelf.index), sizeof(before));
	const struct check_job job = { .log = shelf.log,
		.index = shelf.index,
		.folder = shelf.folder,
		.out = stderr };
	assert_err(ERR_OK, check_index(&job, &result, &w));
	assert_int_equal(600, result.entries);
	assert_int_equal(0, result.faults);
	/* and it can be followed from there */
	add_records(3);
	shelf_commit(&shelf);
	assert_err(ERR_OK, check_index(&job, &result, &w));
	assert_int_equal(603, result.entries);
	assert_int_equal(0, result.faults);
	shelf_close(&shelf);
}

/* ---- damage ---- */

static void
flip_entry(uint64_t position)
{
	static uint8_t copy[70000];
	uint8_t bytes[8];
	struct writer w = writer_of(bytes, sizeof(bytes));
	struct span value;

	writer_u64(&w, position);
	struct txn txn = store_begin(shelf.log, TXN_WRITE);
	assert_true(txn_get(&txn, TABLE_ENTRY, writer_view(&w), &value));
	memcpy(copy, value.data, value.len);
	copy[value.len - 300] ^= 1;
	txn_put(&txn, TABLE_ENTRY, writer_view(&w), span_of(copy, value.len),
	    false);
	assert_err(ERR_OK, txn_end(&txn));
}

static void
test_damage(void **state)
{
	struct index_runs *runs;
	struct index_place place;
	struct why w = { "" };
	enum err err = ERR_OK;
	size_t of_damaged = 0;

	(void)state;
	open_log(40);
	flip_entry(17);
	flip_entry(3);
	struct index_source source = { .log = shelf.log,
		.key = store_key(shelf.index),
		.end = 40,
		.folder = shelf.folder };
	assert_err(ERR_CORRUPT, index_runs_new(&source, &runs, &w));
	assert_non_null(strstr(w.text, "is damaged"));
	source.allows_damage = true;
	assert_err(ERR_OK, index_runs_new(&source, &runs, &w));
	assert_int_equal(2, index_runs_damage(runs)->count);
	for (uint64_t i = 0; i < 40; i++)
		assert_int_equal(
		    i == 3 || i == 17, damage_has(index_runs_damage(runs), i));
	while (index_runs_next(runs, &place, &err))
		of_damaged += place.position == 3 || place.position == 17;
	assert_err(ERR_OK, err);
	assert_int_equal(0, of_damaged);
	index_runs_free(runs);
	shelf_close(&shelf);
}

#define PAGE 4096
#define PAGE_BRANCH 1 /* LMDB's P_BRANCH */

/* In each page that leads to others: a bit of the second key. */
static unsigned
flip_branches(const char *path)
{
	FILE *file = fopen(path, "r+b");
	uint8_t page[PAGE];
	unsigned count = 0;

	assert_non_null(file);
	for (long at = 2 * PAGE; fseek(file, at, SEEK_SET) == 0 &&
	     fread(page, 1, PAGE, file) == PAGE;
	     at += PAGE) {
		uint64_t number;
		uint16_t header[4]; /* pad, flags, lower, upper */
		uint16_t node;
		memcpy(&number, page, sizeof(number));
		memcpy(header, page + 8, sizeof(header));
		memcpy(&node, page + 16 + 2, sizeof(node));
		if (number != (uint64_t)at / PAGE || header[1] != PAGE_BRANCH ||
		    header[2] < 16 + 4 || node > PAGE - 24)
			continue;
		page[node + 8] ^= 0x40;
		assert_int_equal(0, fseek(file, at, SEEK_SET));
		assert_int_equal(PAGE, fwrite(page, 1, PAGE, file));
		count++;
	}
	assert_int_equal(0, fclose(file));
	return count;
}

/* All places are there, one after the other, but a question does not find some. */
static void
test_branch_is_damaged(void **state)
{
	char path[FOLDER_PATH_MAX];
	struct check_result result = { 0 };
	struct why w = { "" };
	char text[1000] = "";

	(void)state;
	open_log(600);
	store_close(shelf.index);
	folder_path(path, shelf.folder, "index/data.mdb");
	assert_true(flip_branches(path) > 0);
	folder_path(path, shelf.folder, "index");
	assert_err(ERR_OK, store_open(path, STORE_INDEX, &shelf.index, &w));
	FILE *out = fmemopen(text, sizeof(text), "w");
	const struct check_job job = { .log = shelf.log,
		.index = shelf.index,
		.folder = shelf.folder,
		.out = out };
	assert_err(ERR_OK, check_index(&job, &result, &w));
	(void)fclose(out);
	assert_int_equal(1, result.faults);
	assert_non_null(strstr(text, "places that are there and not found: "));
	shelf_close(&shelf);
}

static void
test_no_room(void **state)
{
	struct index_runs *runs;
	struct index_source source = { .folder = "/nowhere/at/all" };
	struct why w = { "" };

	(void)state;
	open_log(1);
	source.log = shelf.log;
	source.key = store_key(shelf.index);
	source.end = 1;
	assert_err(ERR_MISSING, index_runs_new(&source, &runs, &w));
	assert_non_null(strstr(w.text, "/nowhere/at/all"));
	shelf_close(&shelf);
}

/* ---- cut short ---- */

struct kill_row {
	const char *name;
	const char *fault;
};

static const struct kill_row kill_rows[] = {
	{ "killed while it sorts", "index-run-written:1" },
	{ "killed before it is emptied", "index-commit-before:1" },
	{ "killed when it is emptied", "index-commit-after:1" },
	{ "killed in the middle", "index-commit-after:2" },
	{ "killed before the last", "index-commit-before:3" },
	{ "killed after the last", "index-commit-after:3" },
};

#define MANY 100
#define SLICE 700 /* of its 1,000 places and some */

static void
build_and_die(const char *fault)
{
	char path[FOLDER_PATH_MAX];
	struct tree_head to = head();
	struct why w;

	folder_path(path, shelf.folder, "log");
	if (store_open(path, STORE_LOG, &shelf.log, &w) != ERR_OK)
		_exit(2);
	folder_path(path, shelf.folder, "index");
	if (store_open(path, STORE_INDEX, &shelf.index, &w) != ERR_OK)
		_exit(3);
	const struct index_source source = { .log = shelf.log,
		.key = (const uint8_t *)"a key of another",
		.end = to.size,
		.folder = shelf.folder,
		.slice_keys = SLICE };
	struct index_runs *runs;
	fault_set(fault);
	if (index_runs_new(&source, &runs, &w) != ERR_OK ||
	    index_build(runs, shelf.index, &to, &w) != ERR_OK)
		_exit(4);
	_exit(0);
}

/* What the next start finds is of the whole log or of no size, and from there it
 * comes to be the whole. */
static void
test_killed(void **state)
{
	const struct kill_row *row = *state;
	char path[FOLDER_PATH_MAX];
	struct check_result result = { 0 };
	struct why w = { "" };
	uint64_t size = 1;
	int status;

	open_log(MANY);
	store_close(shelf.index);
	store_close(shelf.log);
	shelf.index = NULL;
	shelf.log = NULL;
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		build_and_die(row->fault);
	assert_int_equal(pid, waitpid(pid, &status, 0));
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	folder_path(path, shelf.folder, "log");
	assert_err(ERR_OK, store_open(path, STORE_LOG, &shelf.log, &w));
	folder_path(path, shelf.folder, "index");
	assert_err(ERR_OK, store_open(path, STORE_INDEX, &shelf.index, &w));
	struct tree_head to = head();
	assert_err(
	    ERR_OK, indexer_align(shelf.log, shelf.index, &to, &size, &w));
	assert_true(size == 0 || size == MANY);
	assert_err(ERR_OK, indexer_follow(shelf.log, shelf.index, &to, &w));
	const struct check_job job = { .log = shelf.log,
		.index = shelf.index,
		.folder = shelf.folder,
		.out = stderr };
	assert_err(ERR_OK, check_index(&job, &result, &w));
	assert_int_equal(MANY, result.entries);
	assert_int_equal(0, result.faults);
	shelf_close(&shelf);
}

int
main(int argc, char **argv)
{
	json_start();
	UNIT_ROWS(rows, test_same);
	UNIT(test_anew);
	UNIT(test_damage);
	UNIT(test_branch_is_damaged);
	UNIT(test_no_room);
	UNIT_ROWS(kill_rows, test_killed);
	return unit_run(argc, argv);
}
