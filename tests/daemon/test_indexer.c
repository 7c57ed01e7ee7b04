/* indexer: who waits is woken once, and lookups never have a hole. */
#include "tests/unit.h"

#include <pthread.h>

#include "daemon/store_index.h"
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

/* ---- waiting ---- */

static atomic_uint woken;

static void
count_wake(struct index_waiter *waiter)
{
	(void)waiter;
	atomic_fetch_add(&woken, 1);
}

static struct index_waiter
waiter_for(uint64_t size, uint64_t deadline_ms)
{
	return (struct index_waiter){
		.size = size, .deadline_ms = deadline_ms, .wake = count_wake
	};
}

static void
wait_woken(unsigned count)
{
	uint64_t until_ms = clock_steady_ms() + HOUSE_WAIT_MS;

	while (atomic_load(&woken) < count && clock_steady_ms() < until_ms)
		house_pause_ms(1);
	assert_int_equal(count, atomic_load(&woken));
}

static void
test_wakes(void **state)
{
	struct indexer *indexer = house.ledger->indexer;
	struct index_waiter waiters[4];

	(void)state;
	atomic_store(&woken, 0);
	for (unsigned i = 0; i < 4; i++) {
		waiters[i] = waiter_for(2 + i, UINT64_MAX);
		assert_true(indexer_wait(indexer, &waiters[i]));
	}
	for (unsigned i = 0; i < 3; i++) {
		assert_err(ERR_OK, house_post(&house, 0, i).err);
		wait_woken(i + 1);
		assert_true(indexer_size(indexer) >= i + 2);
	}
	/* there already: it does not wait, and nobody wakes it */
	struct index_waiter there = waiter_for(4, UINT64_MAX);
	assert_false(indexer_wait(indexer, &there));
	/* the last one's time is not up, then it is */
	indexer_expire(indexer, UINT64_MAX - 1);
	assert_int_equal(3, atomic_load(&woken));
	indexer_expire(indexer, UINT64_MAX);
	assert_int_equal(4, atomic_load(&woken));
}

static void
test_stop_wakes_all(void **state)
{
	struct index_waiter waiters[2];
	struct index_waiter late = waiter_for(9, UINT64_MAX);

	(void)state;
	atomic_store(&woken, 0);
	for (unsigned i = 0; i < 2; i++) {
		waiters[i] = waiter_for(100, UINT64_MAX);
		assert_true(indexer_wait(house.ledger->indexer, &waiters[i]));
	}
	indexer_stop(house.ledger->indexer);
	assert_int_equal(2, atomic_load(&woken));
	assert_false(indexer_wait(house.ledger->indexer, &late));
}

/* ---- lookups while it follows ---- */

#define LOOKERS 3
#define RECORDS 400

static struct hash ids[RECORDS];
static atomic_uint posted;
static atomic_bool has_hole;

/* What was answered once is found from then on. */
static void *
look_up(void *argument)
{
	(void)argument;
	while (atomic_load(&posted) < RECORDS) {
		unsigned count = atomic_load(&posted);
		for (unsigned i = count > 20 ? count - 20 : 0; i < count; i++) {
			uint64_t position;
			if (ledger_find(house.ledger, &ids[i], &position) !=
				ERR_OK ||
			    position != i + 1)
				atomic_store(&has_hole, true);
		}
	}
	return NULL;
}

static void
test_no_hole(void **state)
{
	pthread_t threads[LOOKERS];

	(void)state;
	atomic_store(&posted, 0);
	atomic_store(&has_hole, false);
	for (size_t i = 0; i < LOOKERS; i++)
		assert_int_equal(
		    0, pthread_create(&threads[i], NULL, look_up, NULL));
	for (unsigned i = 0; i < RECORDS; i++) {
		struct house_answer answer = house_post(&house, 0, i);
		ids[i] = answer.id;
		atomic_store(&posted, i + 1);
	}
	for (size_t i = 0; i < LOOKERS; i++)
		pthread_join(threads[i], NULL);
	assert_false(atomic_load(&has_hole));
}

/* ---- what is in it ---- */

static uint64_t
count_at(enum index_tag tag, struct span value)
{
	struct store *index = house.ledger->index;
	struct txn txn = store_begin(index, TXN_READ);
	struct index_walk walk =
	    index_walk_open(&txn, store_index_place(index, tag, value), 0);
	uint64_t count = 0;
	uint64_t position;

	while (index_walk_next(&walk, &position))
		count++;
	index_walk_close(&walk);
	assert_err(ERR_OK, txn_end(&txn));
	return count;
}

static void
test_places(void **state)
{
	struct public_key key;
	char keyid[SSH_FINGERPRINT_MAX];
	uint8_t buffer[256];
	unsigned number = 3;

	(void)state;
	for (unsigned i = 0; i < 6; i++)
		assert_err(ERR_OK, house_post(&house, i % 2, i).err);
	while (indexer_size(house.ledger->indexer) < 7)
		house_pause_ms(1);
	key_secret_public(house.publishers[1], &key);
	ssh_fingerprint(&key, keyid);
	assert_int_equal(3, count_at(INDEX_SIGNER, span_of_text(keyid)));
	assert_int_equal(3, count_at(INDEX_PRINCIPAL, span_of_text("p0")));
	assert_int_equal(
	    1, count_at(INDEX_PRINCIPAL, span_of_text(HOUSE_ORIGIN)));
	assert_int_equal(1, count_at(INDEX_NAME, span_of_text("p1/things/3")));
	assert_int_equal(0, count_at(INDEX_NAME, span_of_text("p0/things/3")));
	uint8_t kind = RECORD_CODE;
	assert_int_equal(6, count_at(INDEX_KIND, span_of(&kind, 1)));
	kind = RECORD_KEYRING;
	assert_int_equal(1, count_at(INDEX_KIND, span_of(&kind, 1)));
	struct hash hash = sha256_of(span_of(&number, sizeof(number)));
	struct digest digest = digest_sha256(&hash);
	struct writer w = writer_of(buffer, sizeof(buffer));
	digest_write(&digest, &w);
	assert_int_equal(1, count_at(INDEX_SUBJECT, writer_view(&w)));
	assert_int_equal(0, count_at(INDEX_INPUT, writer_view(&w)));
	writer_clear(&w);
	writer_bytes(&w, "p1", 3); /* with its NUL */
	digest_write(&digest, &w);
	assert_int_equal(1, count_at(INDEX_OWN, writer_view(&w)));
	assert_int_equal(1, count_at(INDEX_MADE, writer_view(&w)));
}

static void
test_fails_with_the_index(void **state)
{
	(void)state;
	while (indexer_size(house.ledger->indexer) < 1)
		house_pause_ms(1);
	fault_set("index-commit-error:1:error");
	assert_err(ERR_OK, house_post(&house, 0, 1).err);
	uint64_t until_ms = clock_steady_ms() + HOUSE_WAIT_MS;
	while (
	    atomic_load(&house.failures) == 0 && clock_steady_ms() < until_ms)
		house_pause_ms(1);
	fault_set("");
	assert_int_equal(1, atomic_load(&house.failures));
	/* what was acknowledged is found after the next start */
	house_close(&house);
	assert_err(ERR_OK, house_open(&house));
	struct house_answer answer = house_post(&house, 0, 1);
	assert_true(answer.is_duplicate);
}

#define ROOM(test) \
	{ \
#test, test, open_house, leave_house, NULL \
	}

int
main(int argc, char **argv)
{
	static const struct CMUnitTest all[] = {
		ROOM(test_wakes),
		ROOM(test_stop_wakes_all),
		ROOM(test_no_hole),
		ROOM(test_places),
		ROOM(test_fails_with_the_index),
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		unit_tests[unit_count++] = all[i];
	return unit_run(argc, argv);
}
