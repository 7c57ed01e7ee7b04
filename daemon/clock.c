#include "daemon/clock.h"

#include <stdlib.h>
#include <time.h>

static uint64_t
read_us(clockid_t id)
{
	struct timespec time;

	if (clock_gettime(id, &time) != 0)
		abort(); /* both clocks are always there */
	if (time.tv_sec < 0)
		return 0; /* before 1970 */
	return (uint64_t)time.tv_sec * 1000000 + (uint64_t)time.tv_nsec / 1000;
}

uint64_t
clock_now_ms(const struct clock *clock)
{
	if (clock != NULL && clock->now_ms != NULL)
		return clock->now_ms(clock->context);
	return read_us(CLOCK_REALTIME) / 1000;
}

uint64_t
clock_steady_ms(void)
{
	return read_us(CLOCK_MONOTONIC) / 1000;
}

uint64_t
clock_steady_us(void)
{
	return read_us(CLOCK_MONOTONIC);
}

bool
clock_is_due(uint64_t *last_ms, uint64_t every_ms)
{
	uint64_t now_ms = clock_steady_ms();

	if (*last_ms != 0 && now_ms - *last_ms < every_ms)
		return false;
	*last_ms = now_ms;
	return true;
}
