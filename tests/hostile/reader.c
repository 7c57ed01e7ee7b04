#include "tests/hostile/reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "daemon/thread.h"
#include "tests/hostile/wire.h"

#define PATIENCE_MS 20000

static void
sleep_until(uint64_t due_us)
{
	const struct timespec due = {
		.tv_sec = (time_t)(due_us / 1000000),
		.tv_nsec = (long)(due_us % 1000000) * 1000,
	};

	(void)clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL);
}

/* On a new connection when the log has ended this one, as a client does. */
static bool
ask(const struct reader *reader, struct wire_talk **talk, struct span request)
{
	for (size_t tries = 0; tries < 2; tries++) {
		if (*talk == NULL || (*talk)->is_closed) {
			wire_talk_done(*talk);
			*talk = wire_talk_new(wire_open(reader->log));
		}
		(*talk)->in_len = (*talk)->parsed = (*talk)->count = 0;
		wire_say(*talk, (const char *)request.data, request.len);
		if (wire_hear(*talk, 1, PATIENCE_MS))
			return (*talk)->statuses[0] == 200;
		if (!(*talk)->is_closed)
			return false;
	}
	return false;
}

static void *
run(void *argument)
{
	struct reader_thread *own = argument;
	const struct reader *reader = own->reader;
	struct wire_talk *talk = NULL;
	size_t number = (size_t)(own - reader->threads);

	thread_begin("reader", THREAD_PROMPT);
	uint64_t begun_us = wire_now_us();
	uint64_t due_us = begun_us + number * reader->pace_us / READERS;

	while (due_us < begun_us + reader->run_ms * 1000 &&
	    own->count < READER_SAMPLES_MAX) {
		struct span request = reader->requests[(number + own->count) %
		    reader->request_count];
		sleep_until(due_us);
		uint64_t asked_us = wire_now_us();
		if (!ask(reader, &talk, request))
			own->failures++;
		uint64_t now_us = wire_now_us();
		own->latencies_us[own->count++] = (uint32_t)(now_us - asked_us);
		do
			due_us += reader->pace_us;
		while (due_us < now_us);
	}
	wire_talk_done(talk);
	return NULL;
}

void
reader_start(struct reader *reader)
{
	for (size_t i = 0; i < READERS; i++) {
		struct reader_thread *own = &reader->threads[i];
		own->reader = reader;
		own->failures = own->count = 0;
		if (pthread_create(&own->thread, NULL, run, own) != 0)
			abort();
	}
}

static int
compare(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

void
reader_join(struct reader *reader)
{
	reader->count = reader->failures = 0;
	for (size_t i = 0; i < READERS; i++) {
		struct reader_thread *own = &reader->threads[i];
		(void)pthread_join(own->thread, NULL);
		memcpy(reader->latencies_us + reader->count, own->latencies_us,
		    own->count * sizeof(own->latencies_us[0]));
		reader->count += own->count;
		reader->failures += own->failures;
	}
	qsort(reader->latencies_us, reader->count,
	    sizeof(reader->latencies_us[0]), compare);
}

uint32_t
reader_permille(const struct reader *reader, size_t permille)
{
	size_t at = reader->count * permille / 1000;

	if (reader->count == 0)
		return UINT32_MAX;
	return reader
	    ->latencies_us[at < reader->count ? at : reader->count - 1];
}
