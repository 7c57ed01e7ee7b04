#include "daemon/thread.h"

#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "daemon/clock.h"
#include "daemon/thread_inner.h"

/* Of the system, and what a thread has at most before it asks. */
#define PROMPT_TURN_US 100 /* the shortest that Linux knows */
#define PROMPT_MOST_US 200
#define PATIENT_TURN_US 500
#define PATIENT_MOST_US 500

/* Of this thread. */
static _Thread_local uint64_t most_us;	/* 0: thread_share does nothing */
static _Thread_local uint64_t since_us; /* 0: it waited */

static void
take_turns(uint64_t turn_us, uint64_t until_us)
{
	const struct thread_attributes attributes = {
		.size = sizeof(attributes),
		.policy = SCHED_OTHER,
		.nice = getpriority(PRIO_PROCESS, 0),
		.runtime_ns = turn_us * 1000,
	};

	(void)syscall(SYS_sched_setattr, 0, &attributes, 0);
	most_us = until_us;
}

void
thread_begin(const char *name, enum thread_turn turn)
{
	(void)pthread_setname_np(pthread_self(), name);
	switch (turn) {
	case THREAD_PROMPT:
		take_turns(PROMPT_TURN_US, PROMPT_MOST_US);
		return;
	case THREAD_USUAL:
		return;
	case THREAD_PATIENT:
		take_turns(PATIENT_TURN_US, PATIENT_MOST_US);
		return;
	}
	abort();
}

void
thread_waited(void)
{
	since_us = 0;
}

void
thread_share(void)
{
	if (most_us == 0)
		return;
	uint64_t now_us = clock_steady_us();
	if (since_us == 0)
		since_us = now_us;
	if (now_us - since_us < most_us)
		return;
	(void)sched_yield();
	since_us = clock_steady_us();
}
