/* lock: excludes, wakes, keeps deadlines, stops on misuse. */
#include "tests/unit.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/clock.h"
#include "daemon/lock.h"

#define THREADS 4
#define ROUNDS 20000

struct shared {
	struct lock lock;
	uint64_t count; /* under lock */
	bool is_ready;
};

static void *
count_up(void *context)
{
	struct shared *shared = context;

	for (int i = 0; i < ROUNDS; i++) {
		lock_take(&shared->lock);
		shared->count++;
		lock_drop(&shared->lock);
	}
	return NULL;
}

static void
test_excludes(void **state)
{
	struct shared shared = { .count = 0 };
	pthread_t threads[THREADS];
	(void)state;

	lock_init(&shared.lock);
	assert_false(lock_is_mine(&shared.lock));
	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(
		    0, pthread_create(&threads[i], NULL, count_up, &shared));
	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(0, pthread_join(threads[i], NULL));
	lock_take(&shared.lock);
	assert_true(lock_is_mine(&shared.lock));
	assert_int_equal(THREADS * ROUNDS, shared.count);
	lock_drop(&shared.lock);
	assert_false(lock_is_mine(&shared.lock));
	lock_done(&shared.lock);
}

static void *
wait_ready(void *context)
{
	struct shared *shared = context;

	lock_take(&shared->lock);
	while (!shared->is_ready)
		(void)lock_wait(&shared->lock, UINT64_MAX);
	shared->count++;
	lock_drop(&shared->lock);
	return NULL;
}

static void
test_wakes_all(void **state)
{
	struct shared shared = { .count = 0 };
	pthread_t threads[THREADS];
	(void)state;

	lock_init(&shared.lock);
	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(
		    0, pthread_create(&threads[i], NULL, wait_ready, &shared));
	lock_take(&shared.lock);
	shared.is_ready = true;
	lock_signal(&shared.lock);
	lock_drop(&shared.lock);
	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(0, pthread_join(threads[i], NULL));
	assert_int_equal(THREADS, shared.count);
	lock_done(&shared.lock);
}

static void
test_deadline(void **state)
{
	struct lock lock;
	(void)state;

	lock_init(&lock);
	lock_take(&lock);
	uint64_t before = clock_steady_ms();
	while (lock_wait(&lock, before + 50))
		;
	assert_true(clock_steady_ms() >= before + 50);
	assert_true(lock_is_mine(&lock));
	/* one that is over returns at once */
	assert_false(lock_wait(&lock, 0));
	assert_false(lock_wait(&lock, before));
	assert_true(lock_is_mine(&lock));
	lock_drop(&lock);
	lock_done(&lock);
}

static void
take_twice(struct lock *lock)
{
	lock_take(lock);
	lock_take(lock);
}

static void
drop_untaken(struct lock *lock)
{
	lock_drop(lock);
}

static void
wait_untaken(struct lock *lock)
{
	(void)lock_wait(lock, 0);
}

struct misuse_row {
	const char *name;
	void (*run)(struct lock *lock);
};

static const struct misuse_row misuse_rows[] = {
	{ "misuse: taken twice", take_twice },
	{ "misuse: dropped, not taken", drop_untaken },
	{ "misuse: waited, not taken", wait_untaken },
};

static void
test_misuse(void **state)
{
	const struct misuse_row *row = *state;
	int status = 0;
	struct rlimit none = { 0, 0 };
	struct lock lock;

	lock_init(&lock);
	pid_t pid = fork();
	if (pid == 0) {
		(void)setrlimit(RLIMIT_CORE, &none);
		(void)close(STDERR_FILENO);
		(void)signal(SIGABRT, SIG_DFL);
		row->run(&lock);
		_exit(0);
	}
	assert_int_equal(pid, waitpid(pid, &status, 0));
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
	lock_done(&lock);
}

int
main(int argc, char **argv)
{
	UNIT(test_excludes);
	UNIT(test_wakes_all);
	UNIT(test_deadline);
	UNIT_ROWS(misuse_rows, test_misuse);
	return unit_run(argc, argv);
}
