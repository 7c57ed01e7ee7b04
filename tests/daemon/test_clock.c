/* clock: the system's, or a test's. */
#include "tests/unit.h"

#include <time.h>

#include "daemon/clock.h"

static uint64_t
read_number(void *context)
{
	uint64_t *number = context;

	return (*number)++;
}

static void
test_injected(void **state)
{
	uint64_t number = 41;
	struct clock clock = { .now_ms = read_number, .context = &number };
	(void)state;

	assert_int_equal(41, clock_now_ms(&clock));
	assert_int_equal(42, clock_now_ms(&clock));
}

static void
test_system(void **state)
{
	struct clock clock = { 0 };
	uint64_t seconds = (uint64_t)time(NULL);
	(void)state;

	assert_true(clock_now_ms(NULL) / 1000 >= seconds);
	assert_true(clock_now_ms(&clock) / 1000 <= seconds + 10);
}

static void
test_steady(void **state)
{
	uint64_t last = clock_steady_ms();
	(void)state;

	for (int i = 0; i < 100000; i++) {
		uint64_t now = clock_steady_ms();
		assert_true(now >= last);
		last = now;
	}
}

static void
test_due(void **state)
{
	uint64_t last_ms = 0;
	uint64_t first_ms;
	(void)state;

	assert_true(clock_is_due(&last_ms, UINT64_MAX)); /* never before */
	first_ms = last_ms;
	assert_false(clock_is_due(&last_ms, UINT64_MAX));
	assert_int_equal(first_ms, last_ms);
	assert_true(clock_is_due(&last_ms, 0));
	assert_true(last_ms >= first_ms);
}

int
main(int argc, char **argv)
{
	UNIT(test_injected);
	UNIT(test_system);
	UNIT(test_steady);
	UNIT(test_due);
	return unit_run(argc, argv);
}
