/*
 * team: one job shared by several threads until it is done, where nobody is served
 * meanwhile: --check, --reindex, a start.
 *
 * Threads: the caller is one of them.  Memory: none.
 */
#ifndef HEADWATER_DAEMON_TEAM_H
#define HEADWATER_DAEMON_TEAM_H

#include <stddef.h>

#define TEAM_MAX 16

/* As many as have a core each, at most `max`. */
size_t team_size(size_t max);

/* Calls `run` with each number below `size`, at once where threads can be had and
 * one after the other where not; returns when all have. */
void team_run(
    size_t size, void (*run)(void *context, size_t number), void *context);

#endif
