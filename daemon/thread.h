/*
 * thread: what the system knows of a thread of ours: its name, and when it runs.
 *
 * Two cores serve the loops of http, which answer in microseconds, and work that
 * takes milliseconds.  A loop that wakes up must not wait for the end of somebody's
 * turn, which was up to 4 ms later while others flooded the log.
 *
 * Linux ends a turn when somebody wakes up who goes first, or else at its next
 * tick, 1 to 10 ms apart.  Who wakes up goes first only where he has not had more
 * than his share; so a thread with much to do asks itself, at good places, whether
 * others should have their turn.
 *
 * Threads: each for itself.  Memory: none.
 */
#ifndef HEADWATER_DAEMON_THREAD_H
#define HEADWATER_DAEMON_THREAD_H

enum thread_turn {
	THREAD_PROMPT,	/* short turns, taken at once */
	THREAD_USUAL,	/* as any other; thread_share does nothing */
	THREAD_PATIENT, /* work of milliseconds: the prompt go first */
};

/* The first that a thread does.  `name`: at most 15 bytes.  The length of turns is
 * sched_setattr(2)'s, from Linux 6.12 on; a system that knows or allows none is no
 * failure: it is only slower under load. */
void thread_begin(const char *name, enum thread_turn turn);

/* Where it may find more to do without end: those who wait for its processor go
 * first once it has had its turn, 0.2 ms of the prompt and 0.5 of the patient. */
void thread_share(void);

/* It slept: what it does from now on is a new turn. */
void thread_waited(void);

#endif
