/*
 * plans: the attacks of the siege, one after the other.
 *
 * Threads: one.  Memory: what one sends is kept until the next is asked for.
 */
#ifndef HEADWATER_TESTS_HOSTILE_PLANS_H
#define HEADWATER_TESTS_HOSTILE_PLANS_H

#include "tests/hostile/ammunition.h"
#include "tests/hostile/attack.h"

#define PLANS_MAX 64

struct plans_of {
	const struct sockaddr_in *log;
	const struct ammunition *ammunition;
	uint64_t headers_ms; /* the log's deadlines */
	uint64_t body_ms;
	uint64_t spare_ms; /* behind a deadline */
};

/* Ready to start; false behind the last. */
bool plans_at(size_t at, const struct plans_of *of, struct attack *ret);

#endif
