/*
 * mutants: damages the odd requests at random and counts with the log: never may
 * more requests get past its gate than RFC 9112, read strictly, sees in them.
 *
 *	mutants --to 127.0.0.1:8080 --count 5000 [--seed N] [--print N]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "schema/writer.h"
#include "tests/hostile/odd.h"
#include "tests/hostile/shapes.h"
#include "tests/hostile/strict.h"
#include "tests/hostile/wire.h"

#define SEEDS_MAX 1024
#define SEED_LEN_MAX 4096
#define LONGEST_MS 20000
#define SHOWN_MAX 5

struct run {
	struct sockaddr_in log;
	size_t count;
	uint64_t state;
	size_t print; /* that mutant, and nothing is sent; 0: none */
	size_t seed_count;
	struct span seeds[SEEDS_MAX];
	uint64_t past; /* requests that got past the gate, until now */
};

static const char *const words[] = { "\r", "\n", "\r\n", "\r\n\r\n", " ", "\t",
	":", ",", ";", "\v", "\f", "\x7f", "\x80", "\xff", "0", "3", "\"", "#",
	"?", "%", "%00", "/", "Host: a\r\n", "Host : a\r\n", " Host: a\r\n",
	"Content-Length: 3\r\n", "Content-Length: 0\r\n",
	"Content-Length: 40\r\n", "Content-Length:\t5\r\n",
	"content-length: 5 \r\n", "Content-Length: +5\r\n",
	"Transfer-Encoding: chunked\r\n", "Transfer-Encoding:chunked\r\n",
	"Transfer-Encoding: x\r\n", "Transfer-Encoding\r\n", "X: a\r\n b\r\n",
	"X:\r\n", ": a\r\n", "X\r\n", "Connection: close\r\n",
	"Connection: keep-alive\r\n", "Expect: 100-continue\r\n",
	"GET /checkpoint HTTP/1.1\r\nHost: a\r\n\r\n",
	"GET /healthz HTTP/1.0\r\nHost: a\r\n\r\n",
	"POST /v1/records HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc",
	"0\r\n\r\n", "3\r\nabc\r\n", "abc", "HTTP/1.1", "HTTP/1.0", "GET ",
	"POST " };

static size_t
draw(struct run *run, size_t below)
{
	run->state ^= run->state << 13;
	run->state ^= run->state >> 7;
	run->state ^= run->state << 17;
	return below == 0 ? 0 : (size_t)(run->state % below);
}

/* ---- mutants ---- */

static void
add_seed(struct run *run, const char *text, size_t len)
{
	if (len > 0 && len <= SEED_LEN_MAX && run->seed_count < SEEDS_MAX)
		run->seeds[run->seed_count++] = span_of(text, len);
}

static void
add_seeds(struct run *run)
{
	const struct odd_list *const lists[] = { &odd_lines, &odd_headers,
		&odd_bodies };

	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
		add_seed(run, shapes[i].text, shapes[i].len);
	for (size_t i = 0; i < 3; i++)
		for (size_t j = 0; j < lists[i]->count; j++)
			add_seed(
			    run, lists[i]->rows[j].text, lists[i]->rows[j].len);
}

static struct span
any_piece(struct run *run)
{
	static const uint8_t nul[1];
	static uint8_t byte;
	struct span seed = run->seeds[draw(run, run->seed_count)];

	switch (draw(run, 8)) {
	case 0:
		return span_part(
		    seed, draw(run, seed.len), draw(run, seed.len));
	case 1:
		byte = (uint8_t)draw(run, 256);
		return span_of(&byte, 1);
	case 2:
		return span_of(nul, 1);
	case 3:
		return SPAN_EMPTY;
	default:
		return span_of_text(
		    words[draw(run, sizeof(words) / sizeof(words[0]))]);
	}
}

/* A piece instead of up to a few bytes, somewhere; in `w` from `from` on. */
static void
damage(struct run *run, struct span whole, struct writer *w)
{
	size_t at = draw(run, whole.len + 1);
	size_t cut = draw(run, 3) == 0 ? draw(run, 30) : draw(run, 3);

	writer_span(w, span_part(whole, 0, at));
	writer_span(w, any_piece(run));
	if (at + cut < whole.len)
		writer_span(w, span_part(whole, at + cut, whole.len));
}

static void
make_mutant(struct run *run, struct writer *ret)
{
	static uint8_t buffers[2][1 << 20];
	struct writer w = writer_of(buffers[0], sizeof(buffers[0]));
	struct span whole;

	/* several in a row, so that something stands behind */
	for (size_t i = 1 + draw(run, 3); i > 0; i--)
		writer_span(&w, run->seeds[draw(run, run->seed_count)]);
	whole = writer_view(&w);
	for (size_t i = draw(run, 4); i > 0; i--) {
		w = writer_of(buffers[i % 2], sizeof(buffers[0]));
		if (whole.data == w.data)
			w = writer_of(buffers[(i + 1) % 2], sizeof(buffers[0]));
		damage(run, whole, &w);
		whole = writer_view(&w);
	}
	writer_clear(ret);
	writer_span(ret, whole);
}

/* ---- one of them ---- */

static uint64_t
past_gate(const struct run *run)
{
	return wire_metric(&run->log, "headwater_answers_total") -
	    wire_metric(&run->log, "headwater_gate_refused_total");
}

/* The milliseconds until the log had closed. */
static uint64_t
send_mutant(struct run *run, struct span mutant)
{
	struct wire_talk *talk = wire_talk_new(wire_open(&run->log));
	uint64_t begun_us = wire_now_us();

	wire_say(talk, (const char *)mutant.data, mutant.len);
	(void)wire_hear(talk, 0, LONGEST_MS);
	(void)shutdown(talk->fd, SHUT_WR);
	(void)wire_hear(talk, WIRE_ANSWERS_MAX, 2 * (uint64_t)LONGEST_MS);
	wire_talk_done(talk);
	return (wire_now_us() - begun_us) / 1000;
}

/*
 * The library puts NULs over a line's end, and over a colon, before the gate can
 * look: NUL LF, or a line that begins with a colon, may look like CR LF then.  In
 * front of a proxy this harms nobody, behind one it does not arrive.
 */
static bool
is_hidden(struct span mutant)
{
	static const char colon[] = "\n:";

	return span_find(mutant, 0) < mutant.len ||
	    memmem(mutant.data, mutant.len, colon, 2) != NULL;
}

static const char *
try_mutant(struct run *run, struct span mutant)
{
	uint64_t took_ms = send_mutant(run, mutant);
	uint64_t before = run->past;

	/* the first of our own two questions was answered in between */
	run->past = past_gate(run);
	if (took_ms > LONGEST_MS)
		return "took too long";
	if (!is_hidden(mutant) && run->past - before - 2 > strict_count(mutant))
		return "more got past the gate than are there";
	return NULL;
}

static void
show(struct span mutant)
{
	printf("# \"");
	for (size_t i = 0; i < mutant.len; i++) {
		uint8_t byte = mutant.data[i];
		if (byte == '\r')
			printf("\\r");
		else if (byte == '\n')
			printf("\\n");
		else if (byte < 0x20 || byte >= 0x7f || byte == '"')
			printf("\\x%02x", byte);
		else
			(void)putchar(byte);
	}
	printf("\"\n");
}

static void
set_option(struct run *run, const char *name, const char *value)
{
	if (strcmp(name, "--to") == 0)
		run->log = wire_address(value);
	else if (strcmp(name, "--count") == 0)
		run->count = strtoul(value, NULL, 10);
	else if (strcmp(name, "--seed") == 0)
		run->state += strtoull(value, NULL, 10);
	else if (strcmp(name, "--print") == 0)
		run->print = strtoul(value, NULL, 10);
}

int
main(int argc, char **argv)
{
	static struct run run = { .state = 0x9e3779b97f4a7c15 };
	struct writer mutant = writer_heap((size_t)2 << 20);
	size_t bad = 0, whole = 0, hidden = 0;

	for (int i = 1; i + 1 < argc; i += 2)
		set_option(&run, argv[i], argv[i + 1]);
	add_seeds(&run);
	if (run.print == 0)
		run.past = past_gate(&run);
	for (size_t i = 1; i <= run.count && bad < SHOWN_MAX; i++) {
		make_mutant(&run, &mutant);
		struct span text = writer_view(&mutant);
		if (run.print == i)
			show(text);
		if (run.print > 0)
			continue;
		whole += strict_count(text);
		hidden += is_hidden(text);
		const char *fault = try_mutant(&run, text);
		if (fault == NULL)
			continue;
		bad++;
		printf("# mutant %zu: %s: %zu are there\n", i, fault,
		    strict_count(text));
		show(text);
	}
	printf("# %zu mutants, %zu whole requests in them; %zu not compared\n",
	    run.count, whole, hidden);
	printf("%s 1 - no more gets past the gate than is there\n1..1\n",
	    bad == 0 ? "ok" : "not ok");
	writer_done(&mutant);
	return bad > 0;
}
