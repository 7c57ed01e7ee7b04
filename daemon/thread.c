#include "daemon/thread.h"

#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "daemon/clock.h"

#define PATIENT_NICE 10
#define PROMPT_TURN_NS 100000 /* the shortest that Linux knows */

/* sched_setattr(2): libc has neither it nor this, and the kernel's header does
 * not go with libc's. */
struct attributes {
	uint32_t size;
	uint32_t policy;
	uint64_t flags;
	int32_t nice;
	uint32_t priority;
	uint64_t runtime_ns;
	uint64_t deadline_ns;
	uint64_t period_ns;
};

static int
nice_now(void)
{
	return getpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid));
}

static void
be_prompt(void)
{
	const struct attributes attributes = {
		.size = sizeof(attributes),
		.policy = SCHED_OTHER,
		.nice = nice_now(),
		.runtime_ns = PROMPT_TURN_NS,
	};

	(void)syscall(SYS_sched_setattr, 0, &attributes, 0);
}

void
thread_begin(const char *name, enum thread_turn turn)
{
	(void)pthread_setname_np(pthread_self(), name);
	switch (turn) {
	case THREAD_PROMPT:
		be_prompt();
		return;
	case THREAD_USUAL:
		return;
	case THREAD_PATIENT:
		(void)setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid),
		    nice_now() + PATIENT_NICE);
		return;
	}
	abort();
}

void
thread_share(uint64_t *since_us)
{
	if (clock_steady_us() - *since_us < THREAD_SHARE_US)
		return;
	(void)sched_yield();
	*since_us = clock_steady_us();
}
