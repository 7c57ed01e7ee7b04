/*
 * run: what goes into a run and what comes out of it, by the command line.
 *
 * Threads: one.  Memory: the session's arena.
 */
#ifndef HEADWATER_CLIENT_RUN_H
#define HEADWATER_CLIENT_RUN_H

#include "client/child.h"
#include "client/recording.h"

struct run {
	struct session *session;
	const struct arguments *arguments;
	struct recording recording;
	size_t input_count;
	struct item *inputs;
	size_t output_count;
	struct item *outputs;
	struct span *names; /* of the outputs: the bound one, then paths */
	bool has_child;	    /* a command ran */
	struct child child;
	struct hash environment; /* of its text */
};

/* Roles and names of --output, before anything is there to be hashed. */
MUST_CHECK enum err run_take_outputs(struct run *run, struct why *w);
/* Hashes each --input. */
MUST_CHECK enum err run_take_inputs(struct run *run, struct why *w);

/* ERR_REFUSED names the first input that is not what it was. */
MUST_CHECK enum err run_recheck_inputs(struct run *run, struct why *w);
/* Hashes each output; a file that the command did not write is warned of. */
MUST_CHECK enum err run_hash_outputs(struct run *run, struct why *w);

#endif
