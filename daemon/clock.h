/*
 * clock: the time, injectable.
 *
 * Threads: any.  Memory: none.
 */
#ifndef HEADWATER_DAEMON_CLOCK_H
#define HEADWATER_DAEMON_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/* Wall clock; a test puts its own function here. */
struct clock {
	uint64_t (*now_ms)(void *context); /* NULL: the system's */
	void *context;
};

uint64_t clock_now_ms(const struct clock *clock); /* since 1970; NULL is fine */
uint64_t clock_steady_ms(void); /* for deadlines: never goes back */
uint64_t clock_steady_us(void); /* for how long something took */

/* For what is not to be said each time: true where `*last_ms` is that long ago, or
 * 0, and then it is now.  On the steady clock. */
bool clock_is_due(uint64_t *last_ms, uint64_t every_ms);

#endif
