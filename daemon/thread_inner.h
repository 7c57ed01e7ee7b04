/*
 * thread_inner: what sched_setattr(2) and sched_getattr(2) speak of.  libc has
 * neither them nor this, and the kernel's header does not go with libc's.
 */
#ifndef HEADWATER_DAEMON_THREAD_INNER_H
#define HEADWATER_DAEMON_THREAD_INNER_H

#include <stdint.h>

struct thread_attributes {
	uint32_t size;
	uint32_t policy;
	uint64_t flags;
	int32_t nice;
	uint32_t priority;
	uint64_t runtime_ns; /* of SCHED_OTHER: a turn; 0 before Linux 6.12 */
	uint64_t deadline_ns;
	uint64_t period_ns;
};

#endif
