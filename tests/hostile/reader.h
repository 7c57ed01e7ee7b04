/*
 * reader: honest readers at a steady pace, and how long their answers take.
 *
 * Each has a connection and a thread of its own and asks one thing after the
 * other; what it could not ask since an answer was late is left out.  It stands for
 * somebody who has a machine of his own: it goes on as soon as its answer is there.
 *
 * Threads: READERS of its own.  Memory: in place.
 */
#ifndef HEADWATER_TESTS_HOSTILE_READER_H
#define HEADWATER_TESTS_HOSTILE_READER_H

#include <netinet/in.h>
#include <pthread.h>

#include "schema/span.h"

#define READERS 8
#define READER_SAMPLES_MAX 8192 /* of each */

struct reader {
	const struct sockaddr_in *log;
	const struct span *requests;
	size_t request_count;
	uint64_t pace_us; /* between two of each */
	uint64_t run_ms;
	size_t failures; /* no answer, or another than 200 */
	size_t count;
	uint32_t latencies_us[READERS * READER_SAMPLES_MAX]; /* sorted */
	struct reader_thread {
		struct reader *reader;
		pthread_t thread;
		size_t failures;
		size_t count;
		uint32_t latencies_us[READER_SAMPLES_MAX];
	} threads[READERS];
};

void reader_start(struct reader *reader);
void reader_join(struct reader *reader);

/* 500: the median; 990: one in a hundred is slower. */
uint32_t reader_permille(const struct reader *reader, size_t permille);

#endif
