/*
 * failstop: ends the process where stored pages are damaged.
 *
 * LMDB reads its pages in place and trusts what stands in them: a page that the
 * disk no longer gives is a SIGBUS, one whose numbers were changed a SIGSEGV or a
 * failed assertion.  Nothing read after it could be trusted, so a sentence is
 * written and the process ends with a status that headwaterd(8) lists; what was
 * acknowledged is durable.  A null pointer that our own code follows is a fault
 * of ours and stays a signal, for a core; LMDB follows one where a bit of a
 * node's flags is wrong.
 *
 * Threads: any once it has started.  Memory: a static stack for signals.
 */
#ifndef HEADWATER_DAEMON_FAILSTOP_H
#define HEADWATER_DAEMON_FAILSTOP_H

/* Once, from the main thread, before others.  `status`: the exit status. */
void failstop_start(int status);

/* From now on this one. */
void failstop_set_status(int status);

/* The same end, for what is found otherwise; safe in a signal handler. */
_Noreturn void failstop_end(const char *sentence);

#endif
