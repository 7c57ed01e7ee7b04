/* thread: its name, and when it runs. */
#include "tests/unit.h"

#include <pthread.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "daemon/clock.h"
#include "daemon/thread.h"

struct row {
	const char *name;
	enum thread_turn turn;
	int nicer; /* than who began it */
};

static const struct row rows[] = {
	{ "prompt", THREAD_PROMPT, 0 },
	{ "usual", THREAD_USUAL, 0 },
	{ "patient", THREAD_PATIENT, 10 },
	{ "a name of 15 by", THREAD_USUAL, 0 },
};

struct seen {
	const struct row *row;
	char name[16];
	int nice;
};

static int
nice_now(void)
{
	return getpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid));
}

static void *
run(void *context)
{
	struct seen *seen = context;

	thread_begin(seen->row->name, seen->row->turn);
	(void)pthread_getname_np(
	    pthread_self(), seen->name, sizeof(seen->name));
	seen->nice = nice_now();
	return NULL;
}

static void
test_row(void **state)
{
	struct seen seen = { .row = *state };
	pthread_t thread;
	int before = nice_now();

	assert_int_equal(0, pthread_create(&thread, NULL, run, &seen));
	assert_int_equal(0, pthread_join(thread, NULL));
	assert_string_equal(seen.row->name, seen.name);
	if (seen.row->nicer == 0)
		assert_int_equal(before, seen.nice);
	else /* it is no promise where it had been patient before */
		assert_true(seen.nice >= seen.row->nicer);
	assert_int_equal(before, nice_now());
}

static void
test_share(void **state)
{
	uint64_t since_us = 0;
	uint64_t begun_us = clock_steady_us();
	(void)state;

	thread_share(&since_us);
	assert_true(since_us >= begun_us);
	uint64_t due_us = since_us -= THREAD_SHARE_US;
	thread_share(&since_us);
	assert_true(since_us >= due_us + THREAD_SHARE_US);
	/* too early, unless this thread itself has to wait in between */
	do {
		due_us = since_us = clock_steady_us();
		thread_share(&since_us);
	} while (since_us != due_us);
}

int
main(int argc, char **argv)
{
	UNIT_ROWS(rows, test_row);
	UNIT(test_share);
	return unit_run(argc, argv);
}
