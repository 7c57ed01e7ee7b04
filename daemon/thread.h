/*
 * thread: what the system knows of a thread of ours: its name, and when it runs.
 *
 * Two cores serve the loops of http, which answer in microseconds, and work that
 * takes milliseconds.  A loop that wakes up must not wait for the end of somebody's
 * turn, which was up to 4 ms later while others flooded the log.
 *
 * Linux ends a turn when somebody wakes up who goes first, or else at its next
 * tick, 1 to 10 ms apart.  Who wakes up goes first only where he has not had more
 * than his share, so those who can wait have a small one, and are soon behind.
 *
 * Threads: each for itself.  Memory: none.
 */
#ifndef HEADWATER_DAEMON_THREAD_H
#define HEADWATER_DAEMON_THREAD_H

#include <stdint.h>

#define THREAD_SHARE_US 200

enum thread_turn {
	THREAD_PROMPT, /* short turns, taken at once (sched_setattr(2), from Linux
	                   6.12 on; before it is as any) */
	THREAD_USUAL,
	THREAD_PATIENT, /* others go first, but it is never starved (nice) */
};

/* The first that a thread does.  `name`: at most 15 bytes.  A system that refuses
 * is no failure: it is only slower under load. */
void thread_begin(const char *name, enum thread_turn turn);

/* Where a thread that always finds more to do is at a good place: once in
 * THREAD_SHARE_US it lets those go first who wait for its processor.
 * `since_us`: the thread's own, 0 at first. */
void thread_share(uint64_t *since_us);

#endif
