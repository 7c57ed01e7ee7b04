/* thread: its name, and when it runs. */
#include "tests/unit.h"

#include <pthread.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "daemon/thread.h"

struct row {
	const char *name;
	enum thread_turn turn;
	int nicer; /* than who began it */
};

static const struct row rows[] = {
	{ "prompt", THREAD_PROMPT, 0 },
	{ "usual", THREAD_USUAL, 0 },
	{ "patient", THREAD_PATIENT, 5 },
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

int
main(int argc, char **argv)
{
	UNIT_ROWS(rows, test_row);
	return unit_run(argc, argv);
}
