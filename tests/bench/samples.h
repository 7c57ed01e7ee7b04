/*
 * samples: are the answers true that a server gave under load?
 *
 * Each sampled answer's proof is verified as the client does it: the log's
 * signature, the inclusion of the very entry that was sent, its id.
 *
 * Threads: one.  Memory: none kept.
 */
#ifndef HEADWATER_TESTS_BENCH_SAMPLES_H
#define HEADWATER_TESTS_BENCH_SAMPLES_H

#include "tests/bench/drive.h"

struct samples_result {
	size_t checked; /* records */
	size_t wrong;	/* each with a line on stderr */
};

/* `lines` records in each request; the first and the last of them are looked at,
 * and that there are as many answers. */
void samples_check(const struct drive_result *result, const char *vkey,
    size_t lines, struct samples_result *ret);

#endif
