/* sequencer: one index for one record, whatever happens at once. */
#include "tests/unit.h"

#include <pthread.h>
#include <signal.h>

#include "daemon/device.h"
#include "daemon/limits.h"
#include "schema/tlog_proof.h"
#include "tests/daemon/house.h"

static struct house house;

static int
open_house(void **state)
{
	(void)state;
	house_make(&house);
	assert_err(ERR_OK, house_open(&house));
	return 0;
}

static int
leave_house(void **state)
{
	(void)state;
	house_close(&house);
	house_drop(&house);
	return 0;
}

/* ---- what everyone may believe ---- */

/* The answer's proof verifies, over the entry that has this id. */
static void
check_proof(uint64_t position, const struct hash *id)
{
	struct writer text = writer_heap(TLOG_PROOF_MAX);
	struct arena *arena = arena_new(ADMIT_ARENA_MAX);
	struct txn txn = store_begin(house.ledger->log, TXN_READ);
	struct published_head head;
	struct tlog_proof proof;
	struct checkpoint checkpoint;

	published_get(house.ledger->published, &head);
	assert_err(ERR_OK, prove_tlog(&txn, position, &head, &text));
	assert_err(ERR_OK, txn_end(&txn));
	assert_err(
	    ERR_OK, tlog_proof_parse(writer_view(&text), arena, &proof, NULL));
	struct hash leaf = tree_leaf(proof.extra);
	assert_true(hash_equal(&leaf, id));
	assert_int_equal(position, proof.index);
	assert_err(ERR_OK,
	    tlog_proof_verify(
		&proof, &leaf, &house.ledger->key, &checkpoint, NULL));
	arena_free(arena);
	writer_done(&text);
}

static struct log_entry
entry_at(uint64_t position)
{
	struct txn txn = store_begin(house.ledger->log, TXN_READ);
	struct log_entry entry;

	assert_true(store_log_get(&txn, position, &entry));
	txn_abort(&txn);
	return entry; /* its numbers only */
}

static void
test_first_start(void **state)
{
	struct published_head head;
	struct checkpoint checkpoint;
	struct why w;

	(void)state;
	published_get(house.ledger->published, &head);
	assert_int_equal(1, head.head.size);
	assert_err(ERR_OK,
	    checkpoint_verify(span_of(head.note, head.note_len),
		&house.hello.key, &checkpoint, NULL));
	assert_int_equal(1, checkpoint.head.size);
	assert_string_equal(HOUSE_ORIGIN, checkpoint.origin);
	assert_true(ledger_is_healthy(house.ledger, &w));
	const struct signers_view *view = signers_hold(house.ledger->signers);
	assert_int_equal(0, view->position);
	assert_int_equal(HOUSE_PUBLISHERS, view->keyring->count);
	check_proof(0, &view->id);
	signers_let_go(house.ledger->signers, view);
}

static void
test_one_record(void **state)
{
	uint64_t position;

	(void)state;
	struct house_answer first = house_post(&house, 0, 7);
	assert_err(ERR_OK, first.err);
	assert_false(first.is_duplicate);
	assert_int_equal(1, first.position);
	check_proof(1, &first.id);
	struct house_answer again = house_post(&house, 0, 7);
	assert_err(ERR_OK, again.err);
	assert_true(again.is_duplicate);
	assert_int_equal(1, again.position);
	assert_err(ERR_OK, ledger_find(house.ledger, &first.id, &position));
	assert_int_equal(1, position);
	first.id.bytes[0] ^= 1;
	assert_err(
	    ERR_NOT_FOUND, ledger_find(house.ledger, &first.id, &position));
	assert_int_equal(2, published_size(house.ledger->published));
}

/* ---- many at once ---- */

struct crowd {
	unsigned first; /* number of the first record */
	unsigned count;
	unsigned step;
	struct house_answer answers[1200];
};

static void *
post_all(void *argument)
{
	struct crowd *crowd = argument;

	for (unsigned i = 0; i < crowd->count; i++)
		crowd->answers[i] = house_post(&house, i % HOUSE_PUBLISHERS,
		    crowd->first + i * crowd->step);
	return NULL;
}

static void
test_64_at_once(void **state)
{
	static struct crowd crowds[64];
	pthread_t threads[64];
	unsigned fresh = 0;

	(void)state;
	for (size_t i = 0; i < 64; i++) {
		crowds[i] = (struct crowd){ .first = 5, .count = 1 };
		assert_int_equal(
		    0, pthread_create(&threads[i], NULL, post_all, &crowds[i]));
	}
	for (size_t i = 0; i < 64; i++) {
		pthread_join(threads[i], NULL);
		assert_err(ERR_OK, crowds[i].answers[0].err);
		assert_int_equal(1, crowds[i].answers[0].position);
		fresh += !crowds[i].answers[0].is_duplicate;
	}
	assert_int_equal(1, fresh);
	assert_int_equal(2, published_size(house.ledger->published));
}

#define POSTERS 16
#define DISTINCT 1000

/* Each of 1,000 records from three of 16 threads, in other orders. */
static void
test_thousand(void **state)
{
	static struct crowd crowds[POSTERS];
	static uint64_t positions[DISTINCT];
	static bool is_taken[DISTINCT + 1];
	pthread_t threads[POSTERS];
	size_t fresh = 0;

	(void)state;
	memset(positions, 0, sizeof(positions));
	memset(is_taken, 0, sizeof(is_taken));
	for (unsigned i = 0; i < POSTERS; i++) {
		crowds[i] =
		    (struct crowd){ .first = 0, .count = DISTINCT, .step = 1 };
		if (i >= 3)
			crowds[i] = (struct crowd){
				.first = i * 10, .count = 40, .step = 0
			};
		assert_int_equal(
		    0, pthread_create(&threads[i], NULL, post_all, &crowds[i]));
	}
	for (unsigned i = 0; i < POSTERS; i++)
		pthread_join(threads[i], NULL);
	for (unsigned i = 0; i < 3; i++) {
		for (unsigned n = 0; n < DISTINCT; n++) {
			const struct house_answer *answer =
			    &crowds[i].answers[n];
			assert_err(ERR_OK, answer->err);
			fresh += !answer->is_duplicate;
			if (i == 0)
				positions[n] = answer->position;
			assert_int_equal(positions[n], answer->position);
			check_proof(answer->position, &answer->id);
		}
	}
	assert_true(fresh <= DISTINCT && fresh > DISTINCT / 2);
	/* the odd posters sent four records of their own each */
	uint64_t size = published_size(house.ledger->published);
	assert_true(size >= DISTINCT + 1);
	assert_int_equal(size, entry_at(size - 1).keyring + size);
}

/* One thread's records come in the order in which they were sent. */
static void
test_order(void **state)
{
	uint64_t last = 0;

	(void)state;
	for (unsigned i = 0; i < 20; i++) {
		struct house_answer answer = house_post(&house, 1, i);
		assert_true(answer.position > last);
		last = answer.position;
	}
}

/* ---- the clock ---- */

static void
test_clock_behind(void **state)
{
	(void)state;
	uint64_t now_ms = clock_now_ms(NULL);
	atomic_store(&house.now_ms, now_ms + 5000);
	struct house_answer first = house_post(&house, 0, 1);
	atomic_store(&house.now_ms, now_ms - 5000);
	struct house_answer second = house_post(&house, 0, 2);
	assert_int_equal(now_ms + 5000, entry_at(first.position).stamp_ms);
	assert_int_equal(now_ms + 5000, entry_at(second.position).stamp_ms);
	house_close(&house);
	/* it does not forget what it had */
	assert_err(ERR_OK, house_open(&house));
	struct house_answer third = house_post(&house, 0, 3);
	assert_int_equal(now_ms + 5000, entry_at(third.position).stamp_ms);
}

/* ---- keyrings ---- */

/* Admitted by one keyring, logged after another: judged again. */
static void
test_revoked_while_waiting(void **state)
{
	struct house_post gone;
	struct house_post stays;

	(void)state;
	assert_err(ERR_OK, house_post_admit(&house, 1, 1, &gone));
	assert_err(ERR_OK, house_post_admit(&house, 2, 2, &stays));
	house_write_signers(&house, 0xd, ""); /* without p1 */
	sequencer_reload(house.sequencer);
	assert_true(house_wait_size(&house, 2));
	gone.submission.next = &stays.submission;
	assert_err(
	    ERR_OK, batch_add(house.ledger->batch, &gone.submission, 2, NULL));
	house_post_wait(&gone);
	house_post_wait(&stays);
	assert_err(ERR_REFUSED, gone.submission.err);
	assert_non_null(strstr(gone.submission.why.text, "keyid"));
	assert_err(ERR_OK, stays.submission.err);
	assert_int_equal(2, stays.submission.position);
	assert_int_equal(0, entry_at(1).keyring);
	assert_int_equal(1, entry_at(2).keyring);
	house_post_free(&gone);
	house_post_free(&stays);
	assert_err(ERR_REFUSED, house_post(&house, 1, 3).err);
}

/* The new keyring and those that wait for it in one batch. */
static void
test_keyring_first_in_batch(void **state)
{
	static struct house_post posts[40];

	(void)state;
	for (unsigned i = 0; i < 40; i++)
		assert_err(
		    ERR_OK, house_post_admit(&house, i % 2, i, &posts[i]));
	house_write_signers(&house, 0x1, "");
	sequencer_reload(house.sequencer);
	for (unsigned i = 0; i < 40; i++)
		assert_err(ERR_OK, house_post_send(&house, &posts[i]));
	for (unsigned i = 0; i < 40; i++) {
		const struct submission *s = &posts[i].submission;
		house_post_wait(&posts[i]);
		if (s->err == ERR_OK) {
			/* by the last keyring below it */
			uint64_t keyring = entry_at(s->position).keyring;
			assert_true(s->position < 2 ? keyring == 0 : true);
			assert_true(keyring < s->position);
		} else {
			assert_int_equal(1, i % 2);
			assert_err(ERR_REFUSED, s->err);
		}
		house_post_free(&posts[i]);
	}
}

/* Validity ends by the batch's stamp, though nobody sends anything. */
static void
test_validity_ends(void **state)
{
	(void)state;
	uint64_t end_ms = 4102444800000; /* 2100-01-01 */
	atomic_store(&house.now_ms, end_ms - 1000);
	house_write_signers(&house, 0x3, "valid-before=\"21000101Z\" ");
	sequencer_reload(house.sequencer);
	assert_true(house_wait_size(&house, 2));
	assert_err(ERR_OK, house_post(&house, 0, 1).err);
	atomic_store(&house.now_ms, end_ms);
	batch_wake(house.ledger->batch);
	assert_true(house_wait_size(&house, 4));
	struct house_answer late = house_post(&house, 0, 2);
	assert_err(ERR_REFUSED, late.err);
}

/* The same members make no new keyring; a broken file leaves the old one. */
static void
test_reload_changes_nothing(void **state)
{
	(void)state;
	house_write_signers(&house, 0xf, "");
	sequencer_reload(house.sequencer);
	struct house_answer answer = house_post(&house, 3, 1);
	assert_int_equal(1, answer.position);
	assert_err(ERR_OK,
	    file_replace(
		house.signers_path, span_of_text("* nonsense\n"), 0644, NULL));
	sequencer_reload(house.sequencer);
	answer = house_post(&house, 3, 2);
	assert_err(ERR_OK, answer.err);
	assert_int_equal(2, answer.position);
}

/* ---- when it fails ---- */

static void
test_busy(void **state)
{
	struct house_post post;

	(void)state;
	assert_err(ERR_OK, house_post_admit(&house, 0, 1, &post));
	atomic_store(&house.ledger->is_stopping, true);
	batch_close(house.ledger->batch);
	assert_err(ERR_BUSY, house_post_send(&house, &post));
	assert_false(ledger_is_healthy(house.ledger, NULL));
	house_post_free(&post);
}

/* Refused while it lasts, and nothing is broken by it. */
static void
test_disk_low(void **state)
{
	(void)state;
	fault_set("disk-low:1:error");
	struct house_answer answer = house_post(&house, 0, 1);
	assert_err(ERR_BUSY, answer.err);
	assert_non_null(strstr(answer.why.text, "disk"));
	assert_true(ledger_is_healthy(house.ledger, NULL));
	/* each batch looks for itself: a second of them may be all that was left */
	answer = house_post(&house, 0, 1);
	assert_err(ERR_OK, answer.err);
	assert_int_equal(1, answer.position);
	assert_int_equal(0, atomic_load(&house.failures));
}

struct row {
	const char *name;
	const char *fault;
	bool is_marked; /* the disk may be at fault */
};

static const struct row rows[] = {
	{ "it stops when a commit fails", "commit-error:1:error", true },
	{ "it stops when a commit's outcome is unknown",
	    "commit-unknown:1:error", true },
};

static void
test_failing(void **state)
{
	const struct row *row = *state;

	fault_set(row->fault);
	struct house_answer answer = house_post(&house, 0, 1);
	fault_set("");
	assert_err(ERR_BUSY, answer.err);
	assert_int_equal(1, atomic_load(&house.failures));
	assert_false(ledger_is_healthy(house.ledger, NULL));
	assert_int_equal(row->is_marked, marker_is_set(house.folder));
	assert_err(ERR_BUSY, house_post(&house, 0, 2).err);
	/* the next start sorts it out */
	house_close(&house);
	assert_err(ERR_OK, marker_clear(house.folder, NULL));
	assert_err(ERR_OK, house_open(&house));
	answer = house_post(&house, 0, 1);
	assert_err(ERR_OK, answer.err);
	assert_int_equal(1, answer.position);
}

static pid_t
signer_pid(void)
{
	FILE *file = popen("pgrep -P $PPID headwater-sign", "r");
	int pid = 0;

	assert_int_equal(1, fscanf(file, "%d", &pid));
	pclose(file);
	return (pid_t)pid;
}

static void
test_signer_gone(void **state)
{
	(void)state;
	assert_int_equal(0, kill(signer_pid(), SIGKILL));
	uint64_t before_ms = clock_steady_ms();
	while (atomic_load(&house.failures) == 0 &&
	    clock_steady_ms() < before_ms + SIGNER_GONE_MS)
		house_pause_ms(5);
	assert_int_equal(1, atomic_load(&house.failures));
	assert_err(ERR_BUSY, house_post(&house, 0, 1).err);
	assert_false(marker_is_set(house.folder));
}

/* In the middle of it: a commit is behind, and still nothing is told. */
static void
test_signer_gone_while_sealing(void **state)
{
	(void)state;
	pid_t signer = signer_pid();
	assert_int_equal(0, kill(signer, SIGSTOP));
	struct house_post post;
	assert_err(ERR_OK, house_post_admit(&house, 0, 1, &post));
	assert_err(ERR_OK, house_post_send(&house, &post));
	uint64_t position;
	while (!recent_find(
	    house.ledger->recent, &post.submission.admitted.id, &position))
		house_pause_ms(1);
	/* a duplicate of it waits with it */
	struct house_post again;
	assert_err(ERR_OK, house_post_admit(&house, 0, 1, &again));
	assert_err(ERR_OK, house_post_send(&house, &again));
	house_pause_ms(20);
	assert_int_equal(1, published_size(house.ledger->published));
	assert_err(ERR_NOT_FOUND,
	    ledger_find(house.ledger, &post.submission.admitted.id, &position));
	assert_int_equal(0, kill(signer, SIGKILL));
	house_post_wait(&post);
	house_post_wait(&again);
	assert_err(ERR_BUSY, post.submission.err);
	assert_err(ERR_BUSY, again.submission.err);
	house_post_free(&post);
	house_post_free(&again);
	/* it was committed, so it is there after the next start */
	house_close(&house);
	assert_err(ERR_OK, house_open(&house));
	struct house_answer answer = house_post(&house, 0, 1);
	assert_true(answer.is_duplicate);
	assert_int_equal(1, answer.position);
}

#define ROOM(test) \
	{ \
#test, test, open_house, leave_house, NULL \
	}

int
main(int argc, char **argv)
{
	static const struct CMUnitTest all[] = {
		ROOM(test_first_start),
		ROOM(test_one_record),
		ROOM(test_64_at_once),
		ROOM(test_thousand),
		ROOM(test_order),
		ROOM(test_clock_behind),
		ROOM(test_revoked_while_waiting),
		ROOM(test_keyring_first_in_batch),
		ROOM(test_validity_ends),
		ROOM(test_reload_changes_nothing),
		ROOM(test_busy),
		ROOM(test_disk_low),
		ROOM(test_signer_gone),
		ROOM(test_signer_gone_while_sealing),
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		unit_tests[unit_count++] = all[i];
	UNIT_ROWS(rows, test_failing);
	for (size_t i = unit_count - sizeof(rows) / sizeof(rows[0]);
	     i < unit_count; i++) {
		unit_tests[i].setup_func = open_house;
		unit_tests[i].teardown_func = leave_house;
	}
	return unit_run(argc, argv);
}
