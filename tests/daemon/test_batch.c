/* batch: a waiting room that is bounded, in order, and answers each once. */
#include "tests/unit.h"

#include <pthread.h>
#include <time.h>

#include "daemon/batch.h"
#include "daemon/clock.h"

#define ENTRIES_MAX 5
#define BYTES_MAX 100

static unsigned answered; /* by done, on this thread */

static void
count_answer(struct submission *submission)
{
	assert_err(ERR_BUSY, submission->err);
	assert_true(submission->why.text[0] != '\0');
	answered++;
}

/* A chain of `count` submissions of `len` bytes each. */
static struct submission *
chain(struct submission *s, size_t count, size_t len, uint64_t deadline_ms)
{
	for (size_t i = 0; i < count; i++)
		s[i] = (struct submission){
			.admitted.entry = { .len = len },
			.deadline_ms = deadline_ms,
			.done = count_answer,
			.next = i + 1 < count ? &s[i + 1] : NULL,
		};
	return s;
}

static size_t
drain(struct batch *batch, size_t max)
{
	bool is_closed;
	size_t count = 0;

	for (struct submission *s = batch_take(batch, max, 0, &is_closed);
	     s != NULL; s = s->next)
		count++;
	return count;
}

struct row {
	const char *name;
	size_t before; /* entries that wait already */
	size_t count;
	size_t len;
	enum err err;
};

static const struct row rows[] = {
	{ "as many as it holds", 0, 5, 20, ERR_OK },
	{ "one more than it holds", 0, 6, 1, ERR_BUSY },
	{ "all or none", 3, 3, 1, ERR_BUSY },
	{ "up to the brim", 3, 2, 20, ERR_OK },
	{ "one byte too many", 0, 1, 101, ERR_BUSY },
	{ "bytes beside those that wait", 4, 1, 21, ERR_BUSY },
	{ "the last byte", 4, 1, 20, ERR_OK },
};

static void
test_bounds(void **state)
{
	const struct row *row = *state;
	struct batch *batch = batch_new(ENTRIES_MAX, BYTES_MAX);
	struct submission before[ENTRIES_MAX];
	struct submission more[ENTRIES_MAX + 1];
	struct why w = { 0 };

	answered = 0;
	if (row->before > 0)
		assert_err(ERR_OK,
		    batch_add(batch, chain(before, row->before, 20, UINT64_MAX),
			row->before, &w));
	assert_err(row->err,
	    batch_add(batch, chain(more, row->count, row->len, UINT64_MAX),
		row->count, &w));
	size_t in = row->before + (row->err == ERR_OK ? row->count : 0);
	assert_int_equal(in, batch_count(batch));
	assert_int_equal(in, drain(batch, SIZE_MAX));
	assert_int_equal(0, batch_count(batch));
	assert_int_equal(0, answered);
	batch_free(batch);
}

static void
test_takes_in_order(void **state)
{
	struct batch *batch = batch_new(ENTRIES_MAX, BYTES_MAX);
	struct submission s[4];
	bool is_closed;

	(void)state;
	assert_err(
	    ERR_OK, batch_add(batch, chain(s, 3, 1, UINT64_MAX), 3, NULL));
	assert_ptr_equal(&s[0], batch_take(batch, 2, 0, &is_closed));
	assert_ptr_equal(&s[1], s[0].next);
	assert_null(s[1].next);
	assert_err(
	    ERR_OK, batch_add(batch, chain(&s[3], 1, 1, UINT64_MAX), 1, NULL));
	assert_ptr_equal(&s[2], batch_take(batch, 9, 0, &is_closed));
	assert_ptr_equal(&s[3], s[2].next);
	assert_null(s[3].next);
	assert_false(is_closed);
	batch_free(batch);
}

static void
test_expires(void **state)
{
	struct batch *batch = batch_new(ENTRIES_MAX, BYTES_MAX);
	struct submission s[5];

	(void)state;
	answered = 0;
	for (size_t i = 0; i < 4; i++)
		assert_err(ERR_OK,
		    batch_add(batch, chain(&s[i], 1, 1, i % 2 == 0 ? 10 : 20),
			1, NULL));
	batch_expire(batch, 9);
	assert_int_equal(0, answered);
	batch_expire(batch, 10);
	assert_int_equal(2, answered);
	assert_int_equal(2, batch_count(batch));
	batch_expire(batch, 20);
	assert_int_equal(4, answered);
	/* the end of the list is right again */
	assert_err(ERR_OK, batch_add(batch, chain(&s[4], 1, 100, 30), 1, NULL));
	assert_int_equal(1, drain(batch, 9));
	batch_free(batch);
}

static void
test_closes(void **state)
{
	struct batch *batch = batch_new(ENTRIES_MAX, BYTES_MAX);
	struct submission s[2];
	bool is_closed;

	(void)state;
	assert_err(ERR_OK, batch_add(batch, chain(s, 1, 1, 5), 1, NULL));
	batch_close(batch);
	assert_err(ERR_BUSY, batch_add(batch, chain(&s[1], 1, 1, 5), 1, NULL));
	assert_ptr_equal(s, batch_take(batch, 9, UINT64_MAX, &is_closed));
	assert_false(is_closed);
	assert_null(batch_take(batch, 9, UINT64_MAX, &is_closed));
	assert_true(is_closed);
	batch_free(batch);
}

static void *
wake_later(void *batch)
{
	struct timespec pause = { .tv_nsec = 20000000 };

	nanosleep(&pause, NULL);
	batch_wake(batch);
	return NULL;
}

static void
test_wakes(void **state)
{
	struct batch *batch = batch_new(ENTRIES_MAX, BYTES_MAX);
	bool is_closed = true;
	pthread_t thread;

	(void)state;
	uint64_t before_ms = clock_steady_ms();
	assert_null(batch_take(batch, 1, before_ms + 30, &is_closed));
	assert_false(is_closed);
	assert_true(clock_steady_ms() >= before_ms + 30);
	assert_int_equal(0, pthread_create(&thread, NULL, wake_later, batch));
	assert_null(batch_take(batch, 1, UINT64_MAX, &is_closed));
	assert_false(is_closed);
	pthread_join(thread, NULL);
	batch_free(batch);
}

int
main(int argc, char **argv)
{
	UNIT_ROWS(rows, test_bounds);
	UNIT(test_takes_in_order);
	UNIT(test_expires);
	UNIT(test_closes);
	UNIT(test_wakes);
	return unit_run(argc, argv);
}
