/* recover: whatever happened before, nothing acknowledged is lost. */
#include "tests/unit.h"

#include <limits.h>
#include <signal.h>
#include <sys/wait.h>

#include "daemon/check.h"
#include "daemon/commit.h"
#include "tests/daemon/house.h"

static struct house house;

static int
make_house(void **state)
{
	(void)state;
	house_make(&house);
	return 0;
}

static int
drop_house(void **state)
{
	(void)state;
	fault_set("");
	house_drop(&house);
	return 0;
}

static void
run_shell(const char *format)
{
	char command[4 * FOLDER_PATH_MAX];

	(void)snprintf(
	    command, sizeof(command), "cd %s && %s", house.folder, format);
	assert_int_equal(0, system(command));
}

/* No fault in the log nor in the index. */
static void
expect_whole(void)
{
	struct check_result result;
	const struct check_job job = { .log = house.ledger->log,
		.index = house.ledger->index,
		.folder = house.folder,
		.key = &house.ledger->key,
		.out = stderr };
	uint64_t size = published_size(house.ledger->published);
	uint64_t until_ms = clock_steady_ms() + HOUSE_WAIT_MS;
	struct why w = { 0 };

	while (indexer_size(house.ledger->indexer) < size &&
	    clock_steady_ms() < until_ms)
		house_pause_ms(1);
	assert_int_equal(size, indexer_size(house.ledger->indexer));
	assert_int_equal(0, recent_count(house.ledger->recent));
	assert_err(ERR_OK, check_log(&job, &result, &w));
	assert_int_equal(0, result.faults);
	assert_int_equal(size, result.entries);
	assert_err(ERR_OK, check_index(&job, &result, &w));
	assert_int_equal(0, result.faults);
	assert_int_equal(size, result.entries);
}

/* ---- killed anywhere ---- */

struct kill_row {
	const char *name;
	const char *fault;
};

/* Each is passed by the keyring's batch first. */
static const struct kill_row kill_rows[] = {
	{ "killed with a batch in hand", "sequencer-taken:6" },
	{ "killed before the first commit", "commit-before:1" },
	{ "killed before a commit", "commit-before:5" },
	{ "killed after a commit", "commit-after:5" },
	{ "killed after the first commit", "commit-after:1" },
	{ "killed before sealing", "seal-before:5" },
	{ "killed after sealing", "seal-after:5" },
	{ "killed after the first sealing", "seal-after:1" },
	{ "killed before publishing", "publish-before:5" },
	{ "killed after publishing", "publish-after:5" },
	{ "killed before answering", "answer-before:5" },
	{ "killed while indexing", "index-commit-before:4" },
	{ "killed after indexing", "index-commit-after:4" },
};

struct acknowledged {
	unsigned number;
	uint64_t position;
};

#define RECORDS 12

/* Posts until it is killed, telling what was acknowledged. */
static void
post_and_tell(int fd)
{
	if (house_open(&house) != ERR_OK)
		_exit(1);
	for (unsigned i = 0; i < RECORDS; i++) {
		struct house_answer answer = house_post(&house, i % 3, i);
		struct acknowledged told = { i, answer.position };
		if (answer.err != ERR_OK ||
		    write(fd, &told, sizeof(told)) != sizeof(told))
			_exit(1);
		house_pause_ms(3); /* the indexer comes after */
	}
	_exit(0);
}

static void
test_killed(void **state)
{
	const struct kill_row *row = *state;
	struct acknowledged told;
	int fds[2];
	int status;

	assert_int_equal(0, pipe(fds));
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		fault_set(row->fault);
		close(fds[0]);
		post_and_tell(fds[1]);
	}
	close(fds[1]);
	assert_int_equal(child, waitpid(child, &status, 0));
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	/* the signer dies with its daemon, and lets go of its state */
	house_pause_ms(50);
	assert_err(ERR_OK, house_open(&house));
	while (read(fds[0], &told, sizeof(told)) == sizeof(told)) {
		struct house_answer answer =
		    house_post(&house, told.number % 3, told.number);
		assert_err(ERR_OK, answer.err);
		assert_true(answer.is_duplicate);
		assert_int_equal(told.position, answer.position);
	}
	close(fds[0]);
	/* what was not acknowledged is there or not: once, afterwards */
	for (unsigned i = 0; i < RECORDS; i++) {
		struct house_answer answer = house_post(&house, i % 3, i);
		assert_err(ERR_OK, answer.err);
		assert_int_equal(i + 1, answer.position);
	}
	assert_int_equal(RECORDS + 1, published_size(house.ledger->published));
	expect_whole();
	house_close(&house);
}

/* ---- the two of them ---- */

static void
post_some(unsigned from, unsigned count)
{
	assert_err(ERR_OK, house_open(&house));
	for (unsigned i = 0; i < count; i++)
		assert_err(ERR_OK, house_post(&house, 0, from + i).err);
}

static void
test_restart(void **state)
{
	struct published_head before;
	struct published_head after;

	(void)state;
	post_some(0, 5);
	published_get(house.ledger->published, &before);
	house_close(&house);
	assert_err(ERR_OK, house_recover(&house));
	published_get(house.ledger->published, &after);
	assert_int_equal(6, after.head.size);
	/* the same signature: Ed25519 is deterministic */
	assert_span(span_of(before.note, before.note_len),
	    span_of(after.note, after.note_len));
	house_start(&house);
	expect_whole();
	house_close(&house);
}

static void
expect_refused(enum refusal refusal, const char *word)
{
	assert_true(house_open(&house) != ERR_OK);
	assert_int_equal(refusal, house.refusal);
	if (strstr(house.why.text, word) == NULL)
		print_message("# %s\n", house.why.text);
	assert_non_null(strstr(house.why.text, word));
}

static void
test_restored_backup(void **state)
{
	(void)state;
	post_some(0, 3);
	house_close(&house);
	run_shell("cp -r log log.old");
	post_some(10, 3);
	house_close(&house);
	run_shell("mv log log.new && cp -r log.old log");
	expect_refused(REFUSAL_BEHIND, "signed 7");
	run_shell("rm -r log && mv log.new log");
	post_some(20, 1);
	expect_whole();
	house_close(&house);
}

static void
test_lost_log(void **state)
{
	(void)state;
	post_some(0, 1);
	house_close(&house);
	run_shell("rm -r log index");
	expect_refused(REFUSAL_BEHIND, "signed 2");
}

static void
test_other_key(void **state)
{
	(void)state;
	post_some(0, 1);
	house_close(&house);
	run_shell("mv log.key old.key && mv log.key.state old.state");
	house_run(&house, "keygen --origin " HOUSE_ORIGIN);
	expect_refused(REFUSAL_FOREIGN, "another key");
}

static void
test_other_origin(void **state)
{
	(void)state;
	post_some(0, 1);
	house_close(&house);
	run_shell("mv log.key old.key && mv log.key.state old.state");
	house_run(&house, "keygen --origin log.example.org/other");
	expect_refused(REFUSAL_FOREIGN, "another key");
}

/* The signer's state is lost and begun anew: it is fed the whole log. */
static void
test_feeds_signer(void **state)
{
	static struct house_post posts[2500];

	(void)state;
	assert_err(ERR_OK, house_open(&house));
	for (unsigned i = 0; i < 2500; i++) {
		assert_err(ERR_OK, house_post_admit(&house, 0, i, &posts[i]));
		assert_err(ERR_OK, house_post_send(&house, &posts[i]));
	}
	for (unsigned i = 0; i < 2500; i++) {
		house_post_wait(&posts[i]);
		assert_err(ERR_OK, posts[i].submission.err);
		house_post_free(&posts[i]);
	}
	house_close(&house);
	run_shell("rm log.key.state");
	house_run(&house, "state --new");
	post_some(0, 1);
	assert_int_equal(0, house.hello.head.size);
	assert_int_equal(2501, published_size(house.ledger->published));
	expect_whole();
	house_close(&house);
}

/* ---- damage above what was signed ---- */

#define NONE UINT_MAX

/* Commits `count` records that nobody signs, as a crash would leave them; beside one
 * of them, or NONE, stands another leaf hash than its own: memory had a slip. */
static void
commit_unsigned(unsigned count, unsigned slip)
{
	static struct growth growth;
	static struct house_post posts[8];
	struct tree_edge edge;

	assert_err(ERR_OK, house_recover(&house));
	struct txn txn = store_begin(house.ledger->log, TXN_READ);
	assert_true(store_log_get_edge(&txn, store_log_size(&txn), &edge));
	assert_err(ERR_OK, txn_end(&txn));
	grow_start(&growth, &edge, clock_now_ms(NULL));
	for (unsigned i = 0; i < count; i++) {
		assert_err(
		    ERR_OK, house_post_admit(&house, 1, 500 + i, &posts[i]));
		const struct admitted *a = &posts[i].submission.admitted;
		struct log_entry entry = { .keyring = a->keyring,
			.leaf = a->id,
			.gist = a->gist,
			.entry = a->entry };
		(void)grow_add(&growth, &entry);
	}
	if (slip < count)
		growth.entries[slip].leaf.bytes[3] ^= 1;
	assert_err(ERR_OK, commit(house.ledger->log, &growth, SPAN_EMPTY));
	for (unsigned i = 0; i < count; i++)
		house_post_free(&posts[i]);
	house_stop(&house);
}

static struct span
key_of(uint64_t number, uint8_t out[static 8])
{
	struct writer w = writer_of(out, 8);

	writer_u64(&w, number);
	return writer_view(&w);
}

/* Flips a bit of a stored value. */
static void
flip(enum store_table table, uint64_t number, size_t from_end)
{
	static uint8_t copy[70000];
	uint8_t key[8];
	struct span value;
	struct store *log;
	struct why w;

	assert_err(ERR_OK, store_open(house.log_path, STORE_LOG, &log, &w));
	struct txn txn = store_begin(log, TXN_WRITE);
	assert_true(txn_get(&txn, table, key_of(number, key), &value));
	memcpy(copy, value.data, value.len);
	copy[value.len - 1 - from_end] ^= 1;
	size_t len = value.len;
	txn_put(&txn, table, key_of(number, key), span_of(copy, len), false);
	assert_err(ERR_OK, txn_end(&txn));
	store_close(log);
}

static void
test_unsigned_is_fed(void **state)
{
	(void)state;
	post_some(0, 4);
	house_close(&house);
	commit_unsigned(3, NONE);
	assert_err(ERR_OK, house_open(&house));
	struct house_answer answer = house_post(&house, 1, 500);
	assert_true(answer.is_duplicate);
	assert_int_equal(5, answer.position);
	assert_int_equal(8, published_size(house.ledger->published));
	expect_whole();
	house_close(&house);
}

struct damage_row {
	const char *name;
	enum store_table table;
	uint64_t number; /* of the entry, or the hash */
	bool is_slip; /* nothing is flipped in the file: it was wrong before */
};

static const struct damage_row damage_rows[] = {
	{ "an unsigned entry is damaged", TABLE_ENTRY, 6, false },
	{ "an unsigned leaf hash is damaged", TABLE_HASH, 10, false },
	{ "an unsigned tree hash is damaged", TABLE_HASH, 14, false },
	{ "the leaf hash beside an unsigned entry is wrong", TABLE_ENTRY, 6,
	    true },
};

static void
test_damaged(void **state)
{
	const struct damage_row *row = *state;

	post_some(0, 4);
	house_close(&house);
	commit_unsigned(3, row->is_slip ? (unsigned)row->number - 5 : NONE);
	if (!row->is_slip)
		flip(row->table, row->number, 20);
	expect_refused(REFUSAL_DAMAGED, "--cut-unsealed");
	house.options.cut_unsealed = true;
	assert_err(ERR_OK, house_open(&house));
	assert_int_equal(5, published_size(house.ledger->published));
	/* what was cut may be sent again */
	struct house_answer answer = house_post(&house, 1, 501);
	assert_err(ERR_OK, answer.err);
	assert_false(answer.is_duplicate);
	assert_int_equal(5, answer.position);
	expect_whole();
	house_close(&house);
}

/* A log that is whole is not cut, whatever was asked for. */
static void
test_cuts_nothing_whole(void **state)
{
	(void)state;
	post_some(0, 4);
	house_close(&house);
	commit_unsigned(3, NONE);
	house.options.cut_unsealed = true;
	assert_err(ERR_OK, house_open(&house));
	assert_int_equal(8, published_size(house.ledger->published));
	house_close(&house);
}

/* Below the stored checkpoint nothing is cut: people were told of it. */
static void
test_never_cuts_what_was_told(void **state)
{
	(void)state;
	post_some(0, 6);
	house_close(&house);
	flip(TABLE_ENTRY, 2, 20);
	run_shell("rm log.key.state");
	house_run(&house, "state --new");
	house.options.cut_unsealed = true;
	expect_refused(REFUSAL_DAMAGED, "nothing below it can be cut");
}

static void
test_damaged_edge(void **state)
{
	(void)state;
	post_some(0, 4);
	house_close(&house);
	flip(TABLE_HASH, 7, 0); /* leaf 4: the right edge at 5 */
	expect_refused(REFUSAL_DAMAGED, "--check");
}

/* ---- the index ---- */

static void
test_lost_index(void **state)
{
	(void)state;
	post_some(0, 30);
	expect_whole();
	house_close(&house);
	run_shell("rm -r index");
	post_some(5, 20);
	assert_int_equal(31, published_size(house.ledger->published));
	expect_whole();
	house_close(&house);
}

/* Of another history: thrown away. */
static void
test_foreign_index(void **state)
{
	(void)state;
	post_some(0, 10);
	expect_whole();
	house_close(&house);
	run_shell("mv index old && rm -r log log.key log.key.state");
	house_run(&house, "keygen --origin " HOUSE_ORIGIN);
	post_some(50, 12);
	house_close(&house);
	run_shell("rm -r index && mv old index");
	post_some(50, 12);
	assert_int_equal(13, published_size(house.ledger->published));
	expect_whole();
	house_close(&house);
}

#define ROOM(test) \
	{ \
#test, test, make_house, drop_house, NULL \
	}

static void
add_rows(size_t from)
{
	for (size_t i = from; i < unit_count; i++) {
		unit_tests[i].setup_func = make_house;
		unit_tests[i].teardown_func = drop_house;
	}
}

int
main(int argc, char **argv)
{
	static const struct CMUnitTest all[] = {
		ROOM(test_restart),
		ROOM(test_restored_backup),
		ROOM(test_lost_log),
		ROOM(test_other_key),
		ROOM(test_other_origin),
		ROOM(test_feeds_signer),
		ROOM(test_unsigned_is_fed),
		ROOM(test_cuts_nothing_whole),
		ROOM(test_never_cuts_what_was_told),
		ROOM(test_damaged_edge),
		ROOM(test_lost_index),
		ROOM(test_foreign_index),
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		unit_tests[unit_count++] = all[i];
	size_t from = unit_count;
	UNIT_ROWS(kill_rows, test_killed);
	UNIT_ROWS(damage_rows, test_damaged);
	add_rows(from);
	return unit_run(argc, argv);
}
