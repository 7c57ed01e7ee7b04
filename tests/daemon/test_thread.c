/* thread: its name, and when it runs. */
#include "tests/unit.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "daemon/thread.h"
#include "daemon/thread_inner.h"

/* ---- what the system knows ---- */

struct row {
	const char *name;
	enum thread_turn turn;
	uint64_t turn_us; /* 0: the system's own */
};

static const struct row rows[] = {
	{ "prompt", THREAD_PROMPT, 100 },
	{ "usual", THREAD_USUAL, 0 },
	{ "patient", THREAD_PATIENT, 500 },
	{ "a name of 15 by", THREAD_USUAL, 0 },
};

struct seen {
	const struct row *row;
	char name[16];
	struct thread_attributes before;
	struct thread_attributes attributes;
};

static struct thread_attributes
attributes_now(void)
{
	struct thread_attributes now = { 0 };

	(void)syscall(SYS_sched_getattr, 0, &now, sizeof(now), 0);
	return now;
}

static void *
run(void *context)
{
	struct seen *seen = context;

	seen->before = attributes_now();
	thread_begin(seen->row->name, seen->row->turn);
	(void)pthread_getname_np(
	    pthread_self(), seen->name, sizeof(seen->name));
	seen->attributes = attributes_now();
	return NULL;
}

static void
test_row(void **state)
{
	struct seen seen = { .row = *state };
	pthread_t thread;

	assert_int_equal(0, pthread_create(&thread, NULL, run, &seen));
	assert_int_equal(0, pthread_join(thread, NULL));
	assert_string_equal(seen.row->name, seen.name);
	assert_int_equal(seen.before.nice, seen.attributes.nice);
	assert_int_equal(seen.before.policy, seen.attributes.policy);
	/* a system that has no turns of each thread's own tells of none */
	if (seen.before.runtime_ns > 0 && seen.row->turn_us > 0)
		assert_int_equal(
		    seen.row->turn_us * 1000, seen.attributes.runtime_ns);
	else
		assert_int_equal(
		    seen.before.runtime_ns, seen.attributes.runtime_ns);
}

/* ---- turns ---- */

#define PASSES_MAX 5000 /* a loaded machine has others to let go first */
#define ENOUGH 5

struct pair {
	atomic_bool is_over;
	atomic_uint_fast64_t steps; /* of the other */
};

static void *
go_on(void *context)
{
	struct pair *pair = context;

	while (!atomic_load(&pair->is_over))
		atomic_fetch_add(&pair->steps, 1);
	return NULL;
}

static uint64_t
own_us(void)
{
	struct timespec own;

	(void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &own);
	return (uint64_t)own.tv_sec * 1000000 + (uint64_t)own.tv_nsec / 1000;
}

/* How often the other went on within thread_share, a millisecond of work on one
 * processor before each: ENOUGH, or less of `passes`. */
static size_t
count_shared(struct pair *pair, size_t passes)
{
	size_t shared = 0;

	for (size_t i = 0; i < passes && shared < ENOUGH; i++) {
		uint64_t end_us = own_us() + 1000;
		while (own_us() < end_us)
			;
		uint64_t before = atomic_load(&pair->steps);
		thread_share();
		shared += atomic_load(&pair->steps) != before;
	}
	return shared;
}

static void *
share(void *context)
{
	struct pair *pair = context;
	static size_t counts[2];

	/* it never said that it has much; it is interrupted at any place */
	counts[0] = count_shared(pair, 20 * ENOUGH);
	thread_begin("patient", THREAD_PATIENT);
	counts[1] = count_shared(pair, PASSES_MAX);
	return counts;
}

static void
test_share(void **state)
{
	struct pair pair = { .steps = 0 };
	pthread_t threads[2];
	cpu_set_t before, one;
	void *counts;
	(void)state;

	assert_int_equal(0, sched_getaffinity(0, sizeof(before), &before));
	CPU_ZERO(&one);
	CPU_SET((size_t)sched_getcpu(), &one);
	assert_int_equal(0, sched_setaffinity(0, sizeof(one), &one));
	assert_int_equal(0, pthread_create(&threads[0], NULL, go_on, &pair));
	assert_int_equal(0, pthread_create(&threads[1], NULL, share, &pair));
	assert_int_equal(0, sched_setaffinity(0, sizeof(before), &before));
	assert_int_equal(0, pthread_join(threads[1], &counts));
	atomic_store(&pair.is_over, true);
	assert_int_equal(0, pthread_join(threads[0], NULL));
	assert_true(((size_t *)counts)[0] < ENOUGH);
	assert_int_equal(ENOUGH, ((size_t *)counts)[1]);
}

int
main(int argc, char **argv)
{
	UNIT_ROWS(rows, test_row);
	UNIT(test_share);
	return unit_run(argc, argv);
}
