/*
 * request: what came in, after the gate, as handlers see it.
 *
 * Handlers are called with the whole body.  A handler that must wait returns
 * SERVED_LATER after it has arranged for request_resume to be called exactly once
 * from any thread (even before it returned); then it is called again with `calls`
 * one higher and `state` as it left it.  While it waits the connection is
 * suspended: no thread is blocked.
 *
 * Where it has much to do and `is_hasty` is set, others wait for it: it returns
 * SERVED_AWAY and is called again, with the same `calls`, by a worker.
 *
 * Threads: one at a time, request_resume any.  Memory: the arena dies with the
 * request.
 */
#ifndef HEADWATER_DAEMON_REQUEST_H
#define HEADWATER_DAEMON_REQUEST_H

#include "daemon/gate.h"
#include "daemon/ledger.h"
#include "daemon/limits.h"
#include "schema/arena.h"

enum request_method {
	METHOD_GET, /* HEAD too: http drops the body */
	METHOD_POST,
	METHOD_PUT,
};

struct request_query {
	struct span name;
	struct span value; /* %XX decoded once */
};

#define REQUEST_SEGMENTS_MAX 16

struct request {
	struct ledger *ledger;
	struct arena *arena;
	struct arena *scratch; /* of this call only; NULL where it is hasty */
	enum request_method method;
	struct span path; /* raw, without the query */
	/* What ':' (one segment) and '*' (the rest, '/' included) of the route took,
	   %XX decoded once where the route says so. */
	struct span segments[REQUEST_SEGMENTS_MAX];
	size_t segment_count;
	struct request_query queries[HTTP_QUERIES_MAX];
	size_t query_count;
	struct span media_type; /* of the body, lower case, without parameters;
	                           empty where none is given */
	struct span accept;
	struct span body; /* empty where a stream takes it */
	/* of a stream: how it comes */
	uint64_t body_len;
	bool is_gzip;
	bool has_range;
	struct gate_range range;
	unsigned calls; /* 1 at first */
	bool is_hasty;	/* called by a loop of http */
	void *state;	/* the handler's own, in the arena */
	void *stream;	/* a stream's own, NULL at first */
	void (*resume)(struct request *request); /* http's, as what follows */
	void *inside;
};

enum served {
	SERVED,
	SERVED_LATER,
	SERVED_AWAY,
};

void request_resume(struct request *request);

/* The one value of a query; false where it is not given.  (One given twice, an
 * unknown name or a route without queries never come this far: 400 or 404.) */
bool request_query(
    const struct request *request, const char *name, struct span *ret);

/* A decimal within [min, max]; *value is left as it is where none is given.
 * ERR_SYNTAX names it and its bounds. */
MUST_CHECK enum err request_query_number(const struct request *request,
    const char *name, const uint64_t bounds[static 2], uint64_t *value,
    struct why *w);

#endif
