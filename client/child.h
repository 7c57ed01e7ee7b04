/*
 * child: runs the command of `record run` and listens to what it prints.
 *
 * Without a shell.  stdin is inherited; stdout and stderr pass through to our
 * stderr, so that ours keeps the answer alone, and are hashed and kept in the
 * order in which they came.  SIGINT and SIGQUIT of the terminal reach the command
 * as they reach us, who wait for what it makes of them; SIGTERM and SIGHUP are
 * handed on.
 *
 * Threads: one call at a time in a process (signals).  Memory: none.
 */
#ifndef HEADWATER_CLIENT_CHILD_H
#define HEADWATER_CLIENT_CHILD_H

#include "schema/sha256.h"

#define CHILD_NOT_FOUND 127 /* as shells have it */
#define CHILD_NOT_RUNNABLE 126

struct child {
	int status; /* its exit status; 128 + n when signal n ended it */
	int signal; /* which one that was, else 0 */
	uint64_t started_ms;
	uint64_t finished_ms;
	uint64_t log_len; /* bytes it printed */
	struct hash log;
	bool is_kept;	  /* all of them are in `keep_fd` */
	bool left_others; /* its own children still had its output open */
};

/* `argv` ends in NULL.  `keep_fd` gets what is printed; -1: nothing does.  A
 * command that cannot be started has a status too. */
MUST_CHECK enum err child_run(
    char *const argv[], int keep_fd, struct child *ret, struct why *w);

#endif
