/*
 * usage: CPU time and memory of processes, from /proc.
 *
 * Threads: any.  Memory: none.
 */
#ifndef HEADWATER_TESTS_BENCH_USAGE_H
#define HEADWATER_TESTS_BENCH_USAGE_H

#include <stddef.h>

/* User and system time of the processes together; in steps of 10 ms. */
double usage_cpu_s(const int *pids, size_t count);
double usage_own_s(void);

#endif
