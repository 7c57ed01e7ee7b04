/*
 * drive: keep-alive connections that each send one request after the other, on
 * one thread and one epoll, and a clock.
 *
 * Counts what is answered between the warm-up and the end; whatever is still
 * under way then is read to its end without being counted.
 *
 * Threads: one.  Memory: the result's lists are the caller's (drive_done).
 */
#ifndef HEADWATER_TESTS_BENCH_DRIVE_H
#define HEADWATER_TESTS_BENCH_DRIVE_H

#include "tests/bench/requests.h"

#define DRIVE_PIDS_MAX 8
#define DRIVE_SAMPLES_MAX 64

struct drive_plan {
	uint16_t port; /* of 127.0.0.1 */
	size_t connections;
	uint64_t warm_ms;
	uint64_t run_ms;
	uint64_t rate; /* requests a second of all; 0: as fast as answered */
	const struct requests *requests;
	bool is_endless; /* from the first again after the last */
	const char *ok;	 /* statuses that count: "201 200" */
	size_t pid_count;
	int pids[DRIVE_PIDS_MAX]; /* of the server: their CPU is counted */
};

struct drive_sample {
	struct span request;
	struct span answer; /* its body */
};

struct drive_result {
	size_t answered; /* with a status that counts */
	size_t refused;	 /* 429 and 503: told to come again */
	size_t errors;	 /* any other status, lost connections */
	int odd_status;	 /* of the last such error; 0: connection lost */
	bool is_short;	 /* requests ran out before the time */
	double run_s;
	double server_s;	/* CPU of the pids */
	double own_s;		/* CPU of this process */
	size_t bytes;		/* of bodies that came */
	uint32_t *latencies_us; /* sorted */
	size_t latency_count;
	size_t sample_count;
	struct drive_sample samples[DRIVE_SAMPLES_MAX];
};

void drive_run(const struct drive_plan *plan, struct drive_result *ret);
void drive_done(struct drive_result *result);

#endif
