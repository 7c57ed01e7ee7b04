/*
 * reader: an honest reader at a steady pace, and how long its answers take.
 *
 * A request has its time; when the one before it is late, the wait counts too.
 *
 * Threads: one of its own.  Memory: in place.
 */
#ifndef HEADWATER_TESTS_HOSTILE_READER_H
#define HEADWATER_TESTS_HOSTILE_READER_H

#include <netinet/in.h>
#include <pthread.h>

#include "schema/span.h"

#define READER_SAMPLES_MAX 65536
#define READER_CONNECTIONS 8

struct reader {
	const struct sockaddr_in *log;
	const struct span *requests;
	size_t request_count;
	uint64_t pace_us; /* between two */
	uint64_t run_ms;
	pthread_t thread;
	size_t failures; /* no answer, or another than 200 */
	size_t count;
	uint32_t
	    latencies_us[READER_SAMPLES_MAX]; /* sorted when it has ended */
};

void reader_start(struct reader *reader);
void reader_join(struct reader *reader);

/* 500: the median; 990: one in a hundred is slower. */
uint32_t reader_permille(const struct reader *reader, size_t permille);

#endif
