/*
 * signer_process: headwater-signer as a child of ours, on a socket.
 *
 * Threads: start it from the main thread: the kernel kills it when the thread
 * that started it ends (PR_SET_PDEATHSIG), and its stream ends with the process.
 * Memory: in place.
 */
#ifndef HEADWATER_DAEMON_SIGNER_PROCESS_H
#define HEADWATER_DAEMON_SIGNER_PROCESS_H

#include <limits.h>
#include <sys/types.h>

#include "schema/err.h"

struct signer_program {
	const char *program; /* NULL: headwater-signer beside /proc/self/exe */
	const char *key_path;
	const char *signers_path;
};

/* The path of headwater-signer beside our own executable. */
MUST_CHECK enum err signer_process_program(
    char out[static PATH_MAX], struct why *w);

struct signer_process {
	int fd;	    /* our end of its socket; waits at most SUBMIT_WAIT_MS */
	int pid_fd; /* readable when it has ended; -1: none was started */
	pid_t pid;
};

/* ERR_IO when it cannot be started. */
MUST_CHECK enum err signer_process_start(const struct signer_program *program,
    struct signer_process *ret, struct why *w);

/* For one that is not to be believed any more. */
void signer_process_kill(const struct signer_process *process);

/* Closes its stream, at which it ends by itself within SIGNER_GONE_MS, or is
 * killed.  One that was never started is fine. */
void signer_process_end(struct signer_process *process);

#endif
