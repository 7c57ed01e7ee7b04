/*
 * odd: sends the odd requests to a log over sockets, TAP on stdout.
 *
 *	odd --to 127.0.0.1:8080 --marker ENVELOPE --deadline-ms 1000
 *	    [--through 127.0.0.1:8081 --sent FILE] [--only NAME]
 *
 * The log is fresh and has ENVELOPE's key, the deadlines of headers and bodies
 * are as given.  --through: the requests go to a proxy in front of that log,
 * whose own answers are its affair; what is asked for then is that every exchange
 * ends and that the log has answered as many requests as the proxy has sent on:
 * FILE gets a line of each with the log's status, or "-" where none was sent.
 */
#include "tests/hostile/odd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "tests/hostile/shapes.h"
#include "tests/hostile/wire.h"

#define BYTES_MAX ((size_t)64 << 20)
#define PATIENCE_MS 20000 /* for an answer that is due at once */

static const char probe[] = "GET /checkpoint HTTP/1.1\r\nHost: probe\r\n\r\n";

struct run {
	struct sockaddr_in log;
	struct sockaddr_in to; /* the log or the proxy */
	bool is_through;
	const char *sent_path;
	uint64_t deadline_ms;
	const char *only;
	struct writer marker; /* a whole request */
	struct writer bytes;  /* of one row, with its tail */
	size_t tests;
	size_t failures;
};

struct outcome {
	size_t answers;
	int status;
	bool is_closed;
	bool serves; /* the probe was answered, and nothing else */
	uint64_t took_ms;
	uint64_t accepted;
	uint64_t records;
	uint64_t answered; /* by the log */
	uint64_t sent;	   /* by the proxy */
};

/* ---- one row ---- */

static void
put_row(struct run *run, const struct odd *row)
{
	size_t marker_len = run->marker.len;

	writer_clear(&run->bytes);
	writer_bytes(&run->bytes, row->text, row->len);
	if (row->tail == ODD_BODY)
		writer_format(
		    &run->bytes, "Content-Length: %zu\r\n\r\n", marker_len);
	if (row->tail == ODD_CHUNK)
		writer_format(&run->bytes, "%zx\r\n", marker_len);
	if (row->tail != ODD_ALONE && row->tail != ODD_HALF)
		writer_span(&run->bytes, writer_view(&run->marker));
	if (row->tail == ODD_CHUNK)
		writer_text(&run->bytes, "\r\n0\r\n\r\n");
}

static bool
is_served(struct wire_talk *talk)
{
	size_t before = talk->count;

	wire_say(talk, probe, sizeof(probe) - 1);
	return wire_hear(talk, 1, PATIENCE_MS) && talk->count == before + 1 &&
	    talk->statuses[before] == 200 && talk->parsed == talk->in_len;
}

static void
talk_through(struct run *run, const struct odd *row, struct outcome *ret)
{
	struct wire_talk *talk = wire_talk_new(wire_open(&run->to));
	uint64_t begun_us = wire_now_us();
	struct span bytes = writer_view(&run->bytes);

	talk->is_head = span_starts(bytes, "HEAD ");
	wire_say(talk, (const char *)bytes.data, bytes.len);
	if (row->tail == ODD_HALF) {
		(void)wire_hear(talk, 0, PATIENCE_MS);
		(void)shutdown(talk->fd, SHUT_WR);
	}
	if (row->answers > 0)
		(void)wire_hear(talk, row->answers, PATIENCE_MS);
	ret->answers = talk->count;
	ret->status = talk->count == 0 ? 0 : talk->statuses[talk->count - 1];
	if (row->end == ODD_STAYS && !run->is_through)
		ret->serves = is_served(talk);
	else /* one more than there are: until the end of the stream */
		(void)wire_hear(
		    talk, WIRE_ANSWERS_MAX, run->deadline_ms + PATIENCE_MS);
	if (row->end != ODD_STAYS)
		ret->answers = talk->count;
	ret->is_closed = talk->is_closed;
	ret->took_ms = (wire_now_us() - begun_us) / 1000;
	wire_talk_done(talk);
}

/* Requests that the proxy has sent on, up to now; those that the library itself
 * answers are not counted by the log either. */
static uint64_t
sent_on(const struct run *run)
{
	char line[64];
	uint64_t count = 0;
	FILE *file = run->sent_path == NULL ? NULL : fopen(run->sent_path, "r");

	if (file == NULL)
		return 0;
	while (fgets(line, sizeof(line), file) != NULL)
		count += line[0] != '-' && strcmp(line, "414\n") != 0 &&
		    strcmp(line, "431\n") != 0;
	(void)fclose(file);
	return count;
}

/* The proxy writes its line when it is done, which may be a little later. */
static void
settle(struct run *run, struct outcome *o, uint64_t sent, uint64_t answered)
{
	const struct timespec pause = { .tv_nsec = 10 * 1000000 };

	for (size_t i = 0; i < 1000; i++) {
		o->sent = sent_on(run) - sent;
		o->answered =
		    wire_metric(&run->log, "headwater_answers_total") -
		    answered - 1 - i;
		if (!run->is_through || o->sent == o->answered)
			break;
		(void)nanosleep(&pause, NULL);
	}
}

static void
measure(struct run *run, const struct odd *row, struct outcome *ret)
{
	uint64_t requests = wire_metric(&run->log, "headwater_requests_total");
	uint64_t records = wire_metric(&run->log, "headwater_records_total");

	uint64_t sent = sent_on(run);
	uint64_t answered = wire_metric(&run->log, "headwater_answers_total");

	*ret = (struct outcome){ .answers = 0 };
	put_row(run, row);
	talk_through(run, row, ret);
	ret->records =
	    wire_metric(&run->log, "headwater_records_total") - records;
	/* four of ours were counted in between, and the probe */
	ret->accepted = wire_metric(&run->log, "headwater_requests_total") -
	    requests - 4 - ret->serves;
	settle(run, ret, sent, answered + 2);
}

static const char *
fault_of(const struct run *run, const struct odd *row, const struct outcome *o)
{
	if (o->took_ms > run->deadline_ms + PATIENCE_MS)
		return "took too long";
	if (run->is_through)
		return o->sent == o->answered
		    ? NULL
		    : "the log answered another number than were sent on";
	if (o->records != 0)
		return "the marker was stored";
	if (o->accepted != row->accepted)
		return "another number of requests was accepted";
	if (o->answers != row->answers || o->status != row->status)
		return "another answer";
	if (row->end == ODD_STAYS ? !o->serves : !o->is_closed)
		return "another end of the connection";
	if (row->end == ODD_WAITS && o->took_ms + 100 < run->deadline_ms)
		return "closed before the deadline";
	return NULL;
}

static void
report(struct run *run, const char *name, const char *fault)
{
	run->tests++;
	run->failures += fault != NULL;
	printf(
	    "%s %zu - %s\n", fault == NULL ? "ok" : "not ok", run->tests, name);
	if (fault != NULL)
		printf("# %s\n", fault);
}

static void
run_row(struct run *run, const struct odd *row)
{
	struct outcome outcome;

	if (run->only != NULL && strcmp(run->only, row->name) != 0)
		return;
	measure(run, row, &outcome);
	const char *fault = fault_of(run, row, &outcome);
	report(run, row->name, fault);
	if (fault == NULL)
		return;
	printf("# answers %zu (last %d), %s, accepted %llu, stored %llu, "
	       "sent on %llu, answered %llu, %llu ms\n",
	    outcome.answers, outcome.status,
	    outcome.is_closed	 ? "closed"
		: outcome.serves ? "serves"
				 : "open",
	    (unsigned long long)outcome.accepted,
	    (unsigned long long)outcome.records,
	    (unsigned long long)outcome.sent,
	    (unsigned long long)outcome.answered,
	    (unsigned long long)outcome.took_ms);
}

/* ---- all rows ---- */

static void
run_list(struct run *run, const struct odd_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		run_row(run, &list->rows[i]);
}

static void
run_made(struct run *run)
{
	static struct odd made[ODD_MADE_MAX];
	struct writer bytes = writer_heap(BYTES_MAX);
	struct odd_list list = { .rows = made };

	list.count = odd_make(made, &bytes);
	run_list(run, &list);
	writer_done(&bytes);
}

static void
run_shapes(struct run *run)
{
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		const struct shape *shape = &shapes[i];
		/* what is taken is no envelope */
		int status = shape->status == 201 ? 400 : shape->status;
		run_row(run,
		    &(struct odd){
			.name = shape->name,
			.text = shape->text,
			.len = shape->len,
			.answers = 1,
			.status = status,
			.end = shape->ends == STAYS ? ODD_STAYS : ODD_CLOSES,
			.accepted =
			    shape->status == 200 || shape->status == 201,
		    });
	}
}

/* Sent honestly, the marker is stored: it would have been seen. */
static void
run_marker(struct run *run)
{
	const struct odd row = { .name = "the marker by itself",
		.tail = ODD_MARKER,
		.answers = 1,
		.status = 201,
		.end = ODD_STAYS,
		.accepted = 1 };
	struct outcome outcome;

	if (run->is_through || run->only != NULL)
		return;
	measure(run, &row, &outcome);
	const char *fault =
	    outcome.records == 1 ? NULL : "the marker was not stored";
	outcome.records = 0;
	report(run, row.name,
	    fault != NULL ? fault : fault_of(run, &row, &outcome));
}

/* ---- options ---- */

static void
put_marker(struct run *run, const char *path)
{
	static char envelope[131072];
	FILE *file = fopen(path, "r");

	if (file == NULL) {
		perror(path);
		exit(2);
	}
	size_t len = fread(envelope, 1, sizeof(envelope), file);
	(void)fclose(file);
	writer_format(&run->marker,
	    "POST /v1/records HTTP/1.1\r\nHost: marker\r\n"
	    "Content-Length: %zu\r\n\r\n",
	    len);
	writer_bytes(&run->marker, envelope, len);
}

static void
set_option(struct run *run, const char *name, const char *value)
{
	if (strcmp(name, "--to") == 0) {
		run->log = wire_address(value);
		if (!run->is_through)
			run->to = run->log;
	} else if (strcmp(name, "--through") == 0) {
		run->to = wire_address(value);
		run->is_through = true;
	} else if (strcmp(name, "--sent") == 0) {
		run->sent_path = value;
	} else if (strcmp(name, "--marker") == 0) {
		put_marker(run, value);
	} else if (strcmp(name, "--deadline-ms") == 0) {
		run->deadline_ms = strtoull(value, NULL, 10);
	} else if (strcmp(name, "--only") == 0) {
		run->only = value;
	} else {
		(void)fprintf(stderr, "odd: %s: see odd.c\n", name);
		exit(2);
	}
}

int
main(int argc, char **argv)
{
	struct run run = {
		.deadline_ms = 1000,
		.marker = writer_heap(BYTES_MAX),
		.bytes = writer_heap(BYTES_MAX),
	};

	(void)setvbuf(stdout, NULL, _IOLBF, 0);
	for (int i = 1; i + 1 < argc; i += 2)
		set_option(&run, argv[i], argv[i + 1]);
	if (run.marker.len == 0) {
		(void)fprintf(stderr, "odd: --marker is needed\n");
		return 2;
	}
	run_shapes(&run);
	run_list(&run, &odd_lines);
	run_list(&run, &odd_headers);
	run_list(&run, &odd_bodies);
	run_made(&run);
	run_marker(&run);
	printf("1..%zu\n", run.tests);
	writer_done(&run.marker);
	writer_done(&run.bytes);
	return run.failures > 0;
}
