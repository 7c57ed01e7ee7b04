/*
 * fault: places where a test may kill the process or make a step fail.
 *
 * Compiled in with -DHEADWATER_FAULTS (debug and sanitizer builds), nothing at
 * all in a release.  HEADWATER_FAULT=NAME[:COUNT] in the environment kills the
 * process (SIGKILL to itself) the COUNT-th time that FAULT(NAME) is passed;
 * HEADWATER_FAULT=NAME:COUNT:error makes FAULT_FAILS(NAME) true then.
 *
 * Threads: any.
 */
#ifndef HEADWATER_DAEMON_FAULT_H
#define HEADWATER_DAEMON_FAULT_H

#include <stdbool.h>

#ifdef HEADWATER_FAULTS
void fault_pass(const char *name);
bool fault_fails(const char *name);
void fault_set(const char *spec); /* in place of the environment; NULL: none */
#define FAULT(name) fault_pass(name)
#define FAULT_FAILS(name) fault_fails(name)
#else
#define FAULT(name) ((void)0)
#define FAULT_FAILS(name) false
#endif

#endif
