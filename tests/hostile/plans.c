#include "tests/hostile/plans.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

static const char headers[] = "GET /checkpoint HTTP/1.1\r\nHost: siege\r\nX: ";
static const char body[] = "POST /v1/records HTTP/1.1\r\nHost: siege\r\n"
			   "Content-Length: 100000\r\n\r\n{";
static const char chunks[] = "POST /v1/records HTTP/1.1\r\nHost: siege\r\n"
			     "Transfer-Encoding: chunked\r\n\r\n";
static const char refused[] = "GET /checkpoint HTTP/1.1\r\nHost: a/b\r\n\r\n";
static const char nowhere[] = "GET /nowhere HTTP/1.1\r\nHost: siege\r\n\r\n";

enum deadline {
	NO_DEADLINE,
	HEADERS_DEADLINE,
	BODY_DEADLINE,
	ANSWER_DEADLINE,
};

struct plan {
	struct attack attack;
	enum deadline deadline;
	size_t ammunition; /* offset of its request; 0: its own text */
	size_t repeat;	   /* its text so often, behind `chunks` */
};

#define TEXT(text) \
	{ \
		.data = (const uint8_t *)(text), .len = sizeof(text) - 1 \
	}
#define AMMUNITION(member) offsetof(struct ammunition, member) + 1

static const struct plan plans[] = {
	{ .attack = { "2,000 idle", ATTACK_DRIP, 2000, TEXT(""), 0 },
	    .deadline = HEADERS_DEADLINE },
	{ .attack = { "500 slow headers", ATTACK_DRIP, 500, TEXT(headers),
	      100 },
	    .deadline = HEADERS_DEADLINE },
	{ .attack = { "500 slow bodies", ATTACK_DRIP, 500, TEXT(body), 100 },
	    .deadline = BODY_DEADLINE },
	{ .attack = { "500 slow chunks", ATTACK_DRIP, 500, TEXT(chunks), 100 },
	    .deadline = BODY_DEADLINE },
	{ .attack = { "500 half closed", ATTACK_HALF, 500, TEXT(body), 0 },
	    .deadline = BODY_DEADLINE },
	{ .attack = { "64 sizes without end", ATTACK_DRIP, 64, TEXT("0"), 0 },
	    .deadline = BODY_DEADLINE,
	    .repeat = 40000 },
	{ .attack = { "aborts", ATTACK_ABORT, 32, TEXT(nowhere), 0 } },
	{ .attack = { "aborted POSTs", ATTACK_ABORT, 32, { NULL, 0 }, 0 },
	    .ammunition = AMMUNITION(duplicate) },
	{ .attack = { "refused by the gate", ATTACK_FLOOD, 64, TEXT(refused),
	      0 } },
	{ .attack = { "bad signatures", ATTACK_FLOOD, 64, { NULL, 0 }, 0 },
	    .ammunition = AMMUNITION(bad) },
	{ .attack = { "lines of bad signatures", ATTACK_FLOOD, 8, { NULL, 0 },
	      0 },
	    .ammunition = AMMUNITION(bad_lines) },
	{ .attack = { "duplicates", ATTACK_FLOOD, 64, { NULL, 0 }, 0 },
	    .ammunition = AMMUNITION(duplicate) },
	{ .attack = { "lineage at the limit", ATTACK_FLOOD, 64, { NULL, 0 },
	      0 },
	    .ammunition = AMMUNITION(lineage) },
	{ .attack = { "bundles", ATTACK_FLOOD, 64, { NULL, 0 }, 0 },
	    .ammunition = AMMUNITION(bundle) },
	{ .attack = { "200 deaf to lineage", ATTACK_DEAF, 200, { NULL, 0 }, 0 },
	    .deadline = ANSWER_DEADLINE,
	    .ammunition = AMMUNITION(lineage) },
	{ .attack = { "1,000 deaf to bundles", ATTACK_DEAF, 1000, { NULL, 0 },
	      0 },
	    .deadline = ANSWER_DEADLINE,
	    .ammunition = AMMUNITION(bundle) },
};

/* Made once, however often it is tried. */
static struct span
repeated(struct span piece, size_t times)
{
	static char *made;
	size_t head = sizeof(chunks) - 1;
	char *text = realloc(made, head + piece.len * times);

	if (text == NULL)
		abort();
	made = text;
	memcpy(text, chunks, head);
	for (size_t i = 0; i < times; i++)
		memcpy(text + head + i * piece.len, piece.data, piece.len);
	return span_of(text, head + piece.len * times);
}

static struct attack
prepare(const struct plans_of *of, const struct plan *plan)
{
	struct attack attack = plan->attack;
	const uint64_t limits[] = {
		[NO_DEADLINE] = 0,
		[HEADERS_DEADLINE] = of->headers_ms,
		[BODY_DEADLINE] = of->body_ms + of->headers_ms,
		[ANSWER_DEADLINE] = 0,
	};

	attack.log = of->log;
	attack.limit_ms = limits[plan->deadline];
	if (attack.limit_ms > 0)
		attack.limit_ms += of->spare_ms;
	if (plan->ammunition > 0)
		memcpy(&attack.request,
		    (const char *)of->ammunition + plan->ammunition - 1,
		    sizeof(attack.request));
	if (plan->repeat > 0)
		attack.request = repeated(attack.request, plan->repeat);
	return attack;
}

bool
plans_at(size_t at, const struct plans_of *of, struct attack *ret)
{
	if (at >= sizeof(plans) / sizeof(plans[0]))
		return false;
	*ret = prepare(of, &plans[at]);
	return true;
}
