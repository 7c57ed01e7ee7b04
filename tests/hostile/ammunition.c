#include "tests/hostile/ammunition.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "schema/envelope.h"
#include "schema/sha256.h"
#include "schema/statement.h"
#include "schema/text.h"
#include "tests/hostile/wire.h"

#define PRINCIPAL "siege"
#define RUNS 60		   /* of the graph */
#define INPUTS 66	   /* of each: 3,960 edges */
#define LEAVES 930	   /* other nodes of the graph */
#define FILLERS 260	   /* so that a bundle of 256 is whole */
#define BAD_LINES 500	   /* of one request */
#define FIRST_NODE 1000000 /* the runs' own */
#define BODY_MAX ((size_t)8 << 20)

struct forging {
	struct secret_key *key;
	struct public_key public;
	struct arena *arena;
	struct writer payload;
	struct writer body;
};

static _Noreturn void
die(const char *what)
{
	(void)fprintf(stderr, "siege: %s\n", what);
	exit(2);
}

static struct forging
forging_new(void)
{
	static const uint8_t seed[KEY_SEED_LEN] =
	    "headwater: siege, worth nothing";
	struct forging forging = {
		.key = key_secret_of_seed(seed),
		.arena = arena_new(BODY_MAX),
		.payload = writer_heap(BODY_MAX),
		.body = writer_heap(BODY_MAX),
	};

	if (forging.key == NULL || forging.arena == NULL)
		die("no memory");
	key_secret_public(forging.key, &forging.public);
	return forging;
}

static void
forging_done(struct forging *forging)
{
	key_secret_free(forging->key);
	arena_free(forging->arena);
	writer_done(&forging->payload);
	writer_done(&forging->body);
}

void
ammunition_signer_line(struct writer *w)
{
	struct forging forging = forging_new();

	writer_text(w, PRINCIPAL " ");
	ssh_public_print(&forging.public, w);
	writer_text(w, "\n");
	forging_done(&forging);
}

/* ---- statements ---- */

static void
put_hex(uint64_t node, struct writer *w)
{
	struct hash hash = sha256_of(span_of(&node, sizeof(node)));

	writer_hex(w, hash_span(&hash));
}

static void
put_resource(uint64_t node, const char *role, struct writer *w)
{
	writer_format(
	    w, "{\"name\":\"" PRINCIPAL "/%llu\",", (unsigned long long)node);
	writer_text(w, "\"digest\":{\"sha256\":\"");
	put_hex(node, w);
	writer_format(w, "\"},\"annotations\":{\"role\":\"%s\"}}", role);
}

/* Run `number` made its own node out of the run before it, and of leaves. */
static void
put_run(uint64_t number, size_t inputs, struct writer *w)
{
	writer_text(w, "{\"_type\":\"" STATEMENT_TYPE "\",\"subject\":[");
	put_resource(FIRST_NODE + number, "weights", w);
	writer_text(w,
	    "],\"predicateType\":\"" STATEMENT_SLSA_TYPE
	    "\",\"predicate\":{\"buildDefinition\":{\"buildType\":"
	    "\"" STATEMENT_RUN_TYPE
	    "\",\"externalParameters\":{\"stage\":\"training\"},"
	    "\"resolvedDependencies\":[");
	for (size_t i = 0; i < inputs; i++) {
		uint64_t node = i == 0 && number > 0
		    ? FIRST_NODE + number - 1
		    : (number * 37 + i * 131) % LEAVES;
		writer_comma(w);
		put_resource(node, i == 0 ? "base" : "train", w);
	}
	writer_text(w,
	    "]},\"runDetails\":{\"builder\":{\"id\":"
	    "\"https://runner.example/siege\"}}}}");
}

static void
put_envelope(
    struct forging *forging, uint64_t number, size_t inputs, struct writer *w)
{
	struct envelope envelope;

	writer_clear(&forging->payload);
	put_run(number, inputs, &forging->payload);
	arena_reset(forging->arena);
	if (envelope_sign(writer_view(&forging->payload), forging->key,
		forging->arena, &envelope) != ERR_OK)
		die("cannot sign");
	envelope_print(&envelope, w);
}

/* ---- requests ---- */

static struct span
keep(struct writer *w)
{
	struct span view = writer_view(w);
	char *copy = malloc(view.len);

	if (copy == NULL || view.len == 0)
		die("no memory");
	memcpy(copy, view.data, view.len);
	writer_done(w);
	return span_of(copy, view.len);
}

static struct span
post(const char *type, struct span body)
{
	struct writer w = writer_heap(2 * BODY_MAX);

	writer_format(&w,
	    "POST /v1/records HTTP/1.1\r\nHost: siege\r\n"
	    "Content-Type: application/%s\r\nContent-Length: %zu\r\n\r\n",
	    type, body.len);
	writer_span(&w, body);
	return keep(&w);
}

static struct span
get(const char *path)
{
	struct writer w = writer_heap(4096);

	writer_format(&w, "GET %s HTTP/1.1\r\nHost: siege\r\n\r\n", path);
	return keep(&w);
}

/* Another run with the signature of the one before. */
static void
put_bad(struct forging *forging, uint64_t number, struct writer *w)
{
	size_t from = w->len;

	put_envelope(forging, number, 2, w);
	/* 64 bytes of signature: its first character is the first that differs
	   from the keyid's end */
	char *sig = memmem(w->data + from, w->len - from, "\"sig\":\"", 7);
	if (sig == NULL)
		die("no signature");
	sig[9] = sig[9] == 'A' ? 'B' : 'A';
}

static void
store(const struct sockaddr_in *log, struct forging *forging)
{
	struct wire_talk *talk = wire_talk_new(wire_open(log));
	struct span request;

	writer_clear(&forging->body);
	for (uint64_t i = 0; i < RUNS + FILLERS; i++) {
		put_envelope(forging, i, i < RUNS ? INPUTS : 2, &forging->body);
		writer_text(&forging->body, "\n");
	}
	request = post("x-ndjson", writer_view(&forging->body));
	wire_say(talk, (const char *)request.data, request.len);
	if (!wire_hear(talk, 1, 20000) || talk->statuses[0] != 200 ||
	    strstr(talk->in, "\"line\":") != NULL)
		die("the log did not take the records");
	wire_talk_done(talk);
	free((void *)(uintptr_t)request.data);
}

static struct span
lineage(void)
{
	char hex[TEXT_HEX_LEN(sizeof(struct hash)) + 1];
	char path[256];
	struct writer w = writer_of(hex, sizeof(hex) - 1);

	put_hex(FIRST_NODE + RUNS - 1, &w);
	hex[sizeof(hex) - 1] = '\0';
	(void)snprintf(path, sizeof(path),
	    "/v1/lineage/sha256:%s?limit=1000&as=" PRINCIPAL, hex);
	return get(path);
}

void
ammunition_make(const struct sockaddr_in *log, struct ammunition *ret)
{
	struct forging forging = forging_new();

	store(log, &forging);
	writer_clear(&forging.body);
	put_envelope(&forging, 0, INPUTS, &forging.body);
	ret->duplicate = post("json", writer_view(&forging.body));
	writer_clear(&forging.body);
	put_bad(&forging, 0, &forging.body);
	ret->bad = post("json", writer_view(&forging.body));
	writer_clear(&forging.body);
	for (uint64_t i = 0; i < BAD_LINES; i++) {
		put_bad(&forging, i, &forging.body);
		writer_text(&forging.body, "\n");
	}
	ret->bad_lines = post("x-ndjson", writer_view(&forging.body));
	ret->lineage = lineage();
	ret->bundle = get("/tile/entries/000");
	ret->reads[0] = get("/checkpoint");
	ret->reads[1] = get("/tile/0/000");
	ret->reads[2] = get("/v1/proofs/inclusion/300/17");
	ret->reads[3] = get("/v1/proofs/consistency/17/300");
	forging_done(&forging);
}
