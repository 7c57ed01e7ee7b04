/*
 * route: which handler answers what, by one table.
 *
 * Order of the checks: path (404), method (405 with Allow), query (400; 404 on
 * the paths of tlog-tiles, where caches key by it), media type (415), length
 * (413).  Literal segments are compared as bytes, so `%2e` is never a dot.
 *
 * Threads: any.  Memory: decoded values lie in the request's arena.
 */
#ifndef HEADWATER_DAEMON_ROUTE_H
#define HEADWATER_DAEMON_ROUTE_H

#include "daemon/gate.h"
#include "daemon/serve.h"

struct route_match {
	serve_handler *handler; /* NULL: OPTIONS, answered by `allow` alone */
	const struct serve_stream *stream; /* takes the body; else NULL */
	const char *allow; /* set as soon as the path is known */
	size_t body_max;   /* 0: no body */
};

/* Fills path, method, segments, queries, media type and accept of `request`,
 * whose arena is used.  `ret->allow` is written with ERR_METHOD too. */
MUST_CHECK enum err route_find(const struct gate_pass *pass,
    struct request *request, struct route_match *ret, struct why *w);

#endif
