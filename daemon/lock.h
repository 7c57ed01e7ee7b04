/*
 * lock: a mutex that knows its holder, and a condition to wait for.
 *
 * Taking a lock that this thread holds, or dropping one that it does not hold,
 * stops the process.  Threads: any.  Memory: in place.
 */
#ifndef HEADWATER_DAEMON_LOCK_H
#define HEADWATER_DAEMON_LOCK_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#if defined(__clang__)
#define LOCK_CAPABILITY __attribute__((capability("lock")))
#define LOCK_TAKES(...) __attribute__((acquire_capability(__VA_ARGS__)))
#define LOCK_DROPS(...) __attribute__((release_capability(__VA_ARGS__)))
#define LOCK_NEEDS(...) __attribute__((requires_capability(__VA_ARGS__)))
#else
#define LOCK_CAPABILITY
#define LOCK_TAKES(...)
#define LOCK_DROPS(...)
#define LOCK_NEEDS(...)
#endif

struct LOCK_CAPABILITY lock {
	pthread_mutex_t mutex;
	pthread_cond_t changed;
	_Atomic uintptr_t holder; /* its pthread_self(); 0: nobody */
};

void lock_init(struct lock *lock);
void lock_done(struct lock *lock);
void lock_take(struct lock *lock) LOCK_TAKES(*lock);
void lock_drop(struct lock *lock) LOCK_DROPS(*lock);
bool lock_is_mine(const struct lock *lock);

/* Waits, with the lock dropped meanwhile, until lock_signal or `deadline_ms` on
 * the steady clock (UINT64_MAX: for ever).  False at the deadline.  Wakes
 * spuriously: ask the condition again. */
bool lock_wait(struct lock *lock, uint64_t deadline_ms) LOCK_NEEDS(*lock);
void lock_signal(struct lock *lock);	 /* wakes all that wait; held or not */
void lock_signal_one(struct lock *lock); /* where any one of them will do */

#endif
