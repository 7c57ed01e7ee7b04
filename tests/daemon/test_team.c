/* team: each number is run once, whatever the threads. */
#include "tests/unit.h"

#include <assert.h>
#include <stdatomic.h>

#include "daemon/team.h"

static atomic_uint runs[TEAM_MAX];

static void
count(void *context, size_t number)
{
	assert(context == runs);
	atomic_fetch_add(&runs[number], 1);
}

static void
test_sizes(void **state)
{
	(void)state;
	for (size_t size = 1; size <= TEAM_MAX; size++) {
		for (size_t i = 0; i < TEAM_MAX; i++)
			atomic_store(&runs[i], 0);
		team_run(size, count, runs);
		for (size_t i = 0; i < TEAM_MAX; i++)
			assert_int_equal(i < size, atomic_load(&runs[i]));
	}
}

/* A member may have a team of its own. */
static void
run_inner(void *context, size_t number)
{
	(void)number;
	team_run(3, count, context);
}

static void
test_teams_of_teams(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEAM_MAX; i++)
		atomic_store(&runs[i], 0);
	team_run(4, run_inner, runs);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(4, atomic_load(&runs[i]));
}

static void
test_cores(void **state)
{
	(void)state;
	assert_int_equal(1, team_size(1));
	assert_true(team_size(TEAM_MAX) >= 1);
	assert_true(team_size(TEAM_MAX) <= TEAM_MAX);
}

int
main(int argc, char **argv)
{
	UNIT(test_sizes);
	UNIT(test_teams_of_teams);
	UNIT(test_cores);
	return unit_run(argc, argv);
}
