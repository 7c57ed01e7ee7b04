/*
 * attack: many connections that do one kind of harm.
 *
 * The thread that attacks has a low priority and shares its processor: its work
 * would be done elsewhere, not on the log's machine.
 *
 * Threads: one of its own.  Memory: in place, attack_join frees the rest.
 */
#ifndef HEADWATER_TESTS_HOSTILE_ATTACK_H
#define HEADWATER_TESTS_HOSTILE_ATTACK_H

#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>

#include "schema/span.h"

enum attack_kind {
	ATTACK_FLOOD, /* asks, reads the answer, asks again */
	ATTACK_DRIP,  /* sends `request`, then a byte each drip_ms; 0: none */
	ATTACK_DEAF,  /* asks and reads nothing */
	ATTACK_HALF,  /* sends `request` and closes its direction */
	ATTACK_ABORT, /* sends `request` and resets, again and again */
};

struct attack {
	const char *name;
	enum attack_kind kind;
	size_t connections;
	struct span request;
	uint64_t drip_ms;
	/* by which the log must have closed each: none hangs; 0: not looked at */
	uint64_t limit_ms;

	const struct sockaddr_in *log;
	pthread_t thread;
	atomic_bool is_over;
	atomic_size_t opened;
	size_t answers;	     /* whole ones */
	size_t good;	     /* … with 2xx */
	size_t closed;	     /* by the log */
	uint64_t longest_ms; /* from opening to that */
	size_t hung;	     /* still open at the limit */
};

void attack_start(struct attack *attack);
void attack_join(struct attack *attack); /* ends it */

#endif
