#include "daemon/lock.h"

#include <assert.h>
#include <errno.h>
#include <time.h>

/* clang's analysis does not know what pthread's functions do */
#if defined(__clang__)
#define LOCK_ITSELF __attribute__((no_thread_safety_analysis))
#else
#define LOCK_ITSELF
#endif

/* Each call below fails only where its caller broke the contract. */
static void
require(int rc)
{
	assert(rc == 0);
	(void)rc;
}

static uintptr_t
self(void)
{
	return (uintptr_t)pthread_self();
}

void
lock_init(struct lock *lock)
{
	pthread_mutexattr_t mutex;
	pthread_condattr_t changed;

	require(pthread_mutexattr_init(&mutex));
	require(pthread_mutexattr_settype(&mutex, PTHREAD_MUTEX_ERRORCHECK));
	require(pthread_mutex_init(&lock->mutex, &mutex));
	require(pthread_mutexattr_destroy(&mutex));
	require(pthread_condattr_init(&changed));
	/* a wall clock that is set must not move deadlines */
	require(pthread_condattr_setclock(&changed, CLOCK_MONOTONIC));
	require(pthread_cond_init(&lock->changed, &changed));
	require(pthread_condattr_destroy(&changed));
	lock->holder = 0;
}

void
lock_done(struct lock *lock)
{
	require(pthread_cond_destroy(&lock->changed));
	require(pthread_mutex_destroy(&lock->mutex));
}

LOCK_ITSELF void
lock_take(struct lock *lock)
{
	require(pthread_mutex_lock(&lock->mutex)); /* EDEADLK: held by us */
	lock->holder = self();
}

LOCK_ITSELF void
lock_drop(struct lock *lock)
{
	assert(lock_is_mine(lock));
	lock->holder = 0;
	require(pthread_mutex_unlock(&lock->mutex));
}

bool
lock_is_mine(const struct lock *lock)
{
	return lock->holder == self();
}

LOCK_ITSELF bool
lock_wait(struct lock *lock, uint64_t deadline_ms)
{
	struct timespec deadline = {
		.tv_sec = (time_t)(deadline_ms / 1000),
		.tv_nsec = (long)(deadline_ms % 1000) * 1000000,
	};
	int rc;

	assert(lock_is_mine(lock));
	lock->holder = 0;
	if (deadline_ms == UINT64_MAX)
		rc = pthread_cond_wait(&lock->changed, &lock->mutex);
	else
		rc = pthread_cond_timedwait(
		    &lock->changed, &lock->mutex, &deadline);
	lock->holder = self();
	require(rc == ETIMEDOUT ? 0 : rc);
	return rc == 0;
}

void
lock_signal(struct lock *lock)
{
	require(pthread_cond_broadcast(&lock->changed));
}

void
lock_signal_one(struct lock *lock)
{
	require(pthread_cond_signal(&lock->changed));
}
