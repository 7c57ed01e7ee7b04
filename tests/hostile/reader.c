#include "tests/hostile/reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "tests/hostile/wire.h"

#define PATIENCE_MS 5000

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
ask(struct reader *reader, struct wire_talk **talk, struct span request)
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

static int
compare(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void *
run(void *argument)
{
	struct reader *reader = argument;
	struct wire_talk *talks[READER_CONNECTIONS] = { NULL };
	uint64_t begun_us = wire_now_us();

	for (uint64_t due_us = begun_us;
	     due_us < begun_us + reader->run_ms * 1000 &&
	     reader->count < READER_SAMPLES_MAX;
	     due_us += reader->pace_us) {
		size_t at = reader->count % READER_CONNECTIONS;
		sleep_until(due_us);
		if (!ask(reader, &talks[at],
			reader
			    ->requests[reader->count % reader->request_count]))
			reader->failures++;
		reader->latencies_us[reader->count++] =
		    (uint32_t)(wire_now_us() - due_us);
	}
	for (size_t i = 0; i < READER_CONNECTIONS; i++)
		wire_talk_done(talks[i]);
	qsort(reader->latencies_us, reader->count,
	    sizeof(reader->latencies_us[0]), compare);
	return NULL;
}

void
reader_start(struct reader *reader)
{
	reader->failures = reader->count = 0;
	if (pthread_create(&reader->thread, NULL, run, reader) != 0)
		abort();
}

void
reader_join(struct reader *reader)
{
	(void)pthread_join(reader->thread, NULL);
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
