/*
 * thread: what the system knows of a thread of ours: its name, and when it runs.
 *
 * Two cores serve the loops of http, which answer in microseconds, and work that
 * takes milliseconds.  A loop that wakes up must not wait for the end of somebody's
 * turn, which was up to 4 ms later while others flooded the log.
 *
 * Threads: each for itself.  Memory: none.
 */
#ifndef HEADWATER_DAEMON_THREAD_H
#define HEADWATER_DAEMON_THREAD_H

enum thread_turn {
	THREAD_PROMPT, /* short turns, taken at once (sched_setattr(2), from Linux
	                   6.12 on; before it is as any) */
	THREAD_USUAL,
	THREAD_PATIENT, /* others go first, but it is never starved (nice) */
};

/* The first that a thread does.  `name`: at most 15 bytes.  A system that refuses
 * is no failure: it is only slower under load. */
void thread_begin(const char *name, enum thread_turn turn);

#endif
