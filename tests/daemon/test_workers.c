/* workers: who is served when, and what becomes of the rest. */
#include "tests/unit.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "daemon/workers.h"

#define MANY 1000

struct job {
	struct work work; /* first, so that they are one address */
	size_t number;
};

static struct job jobs[MANY];
static size_t order[MANY]; /* numbers as they were done */
static atomic_size_t noted;
static atomic_size_t done;
static atomic_size_t late;
static atomic_size_t held; /* threads */
static atomic_bool is_held;
static atomic_bool is_held_again;

static void
pause_ms(long ms)
{
	const struct timespec pause = { .tv_nsec = ms * 1000000 };

	(void)nanosleep(&pause, NULL);
}

static void
note(struct work *work, struct arena *scratch, bool is_late)
{
	const struct job *job = (const struct job *)(void *)work;

	/* the next must find nothing of this one */
	assert_int_equal(0, arena_used(scratch));
	assert_non_null(arena_take(scratch, 1, 100));
	order[atomic_fetch_add(&noted, 1)] = job->number;
	if (is_late)
		atomic_fetch_add(&late, 1);
	atomic_fetch_add(&done, 1);
}

static void
hold(struct work *work, struct arena *scratch, bool is_late)
{
	atomic_fetch_add(&held, 1);
	while (atomic_load(&is_held))
		pause_ms(1);
	note(work, scratch, is_late);
}

static void
hold_again(struct work *work, struct arena *scratch, bool is_late)
{
	while (atomic_load(&is_held_again))
		pause_ms(1);
	note(work, scratch, is_late);
}

static struct workers *
start(size_t threads)
{
	struct workers *workers;

	atomic_store(&noted, 0);
	atomic_store(&done, 0);
	atomic_store(&late, 0);
	atomic_store(&held, 0);
	atomic_store(&is_held, true);
	for (size_t i = 0; i < MANY; i++)
		jobs[i] = (struct job){ .work = { .run = note }, .number = i };
	assert_err(ERR_OK, workers_new(threads, &workers));
	assert_err(ERR_OK, workers_start(workers));
	return workers;
}

static void
wait_held(size_t count)
{
	while (atomic_load(&held) < count)
		pause_ms(1);
}

static void
wait_for(size_t count)
{
	for (size_t i = 0; i < 20000 && atomic_load(&done) < count; i++)
		pause_ms(1);
	assert_int_equal(count, atomic_load(&done));
}

static void
test_in_order(void **state)
{
	struct workers *workers = start(1);
	(void)state;

	for (size_t i = 0; i < MANY; i++)
		workers_add(workers, WORK_QUESTION, &jobs[i].work);
	wait_for(MANY);
	for (size_t i = 0; i < MANY; i++)
		assert_int_equal(i, order[i]);
	assert_int_equal(0, atomic_load(&late));
	workers_stop(workers);
	workers_free(workers);
}

/* Questions hold up both threads, then only the one that prefers them: whoever
 * writes waits for one of them at most. */
static void
test_kinds(void **state)
{
	struct workers *workers = start(2);
	(void)state;

	atomic_store(&is_held_again, true);
	for (size_t i = 0; i < 10; i++) {
		jobs[i].work.run = i < 2 ? hold : hold_again;
		workers_add(workers, WORK_QUESTION, &jobs[i].work);
	}
	wait_held(2);
	for (size_t i = 10; i < 20; i++)
		workers_add(workers, WORK_WRITE, &jobs[i].work);
	atomic_store(&is_held, false);
	wait_for(12);
	for (size_t i = 0; i < 12; i++)
		assert_true(order[i] < 2 || order[i] >= 10);
	atomic_store(&is_held_again, false);
	wait_for(20);
	workers_stop(workers);
	workers_free(workers);
}

static void *
stop_thread(void *workers)
{
	workers_stop(workers);
	return NULL;
}

/* What has not begun when it stops is told so. */
static void
test_stop(void **state)
{
	struct workers *workers = start(1);
	(void)state;

	jobs[0].work.run = hold;
	for (size_t i = 0; i < 100; i++)
		workers_add(workers, WORK_WRITE, &jobs[i].work);
	wait_held(1);
	pthread_t thread;
	assert_int_equal(
	    0, pthread_create(&thread, NULL, stop_thread, workers));
	pause_ms(50);
	atomic_store(&is_held, false);
	(void)pthread_join(thread, NULL);
	assert_int_equal(100, atomic_load(&done));
	assert_int_equal(99, atomic_load(&late));
	workers_free(workers);
}

static void *
add_some(void *argument)
{
	struct workers *workers = argument;
	static atomic_size_t next;

	for (size_t i = 0; i < MANY / 4; i++)
		workers_add(workers, i % WORK_KINDS,
		    &jobs[atomic_fetch_add(&next, 1)].work);
	return NULL;
}

static void
test_many_threads(void **state)
{
	struct workers *workers = start(3);
	pthread_t threads[4];
	bool seen[MANY] = { false };
	(void)state;

	for (size_t i = 0; i < 4; i++)
		assert_int_equal(
		    0, pthread_create(&threads[i], NULL, add_some, workers));
	for (size_t i = 0; i < 4; i++)
		(void)pthread_join(threads[i], NULL);
	wait_for(MANY);
	for (size_t i = 0; i < MANY; i++)
		seen[order[i]] = true;
	for (size_t i = 0; i < MANY; i++)
		assert_true(seen[i]);
	workers_stop(workers);
	workers_free(workers);
}

int
main(int argc, char **argv)
{
	UNIT(test_in_order);
	UNIT(test_kinds);
	UNIT(test_stop);
	UNIT(test_many_threads);
	return unit_run(argc, argv);
}
