/*
 * http: libmicrohttpd's only door, with the other http_ files.
 *
 * Each of our threads has a libmicrohttpd daemon without threads of its own and
 * runs it in our loop: 0.9.75 with its own epoll loop falls to 400 requests a
 * second above 128 connections.  Who resumes a request puts it on its loop's
 * list and wakes the loop by an eventfd; only the loop's thread talks to the
 * library.
 *
 * Threads: http_options.threads of its own and the watchdog's.  Memory: http_new
 * / http_free.
 */
#ifndef HEADWATER_DAEMON_HTTP_H
#define HEADWATER_DAEMON_HTTP_H

#include "daemon/http_listen.h"
#include "daemon/ledger.h"
#include "daemon/watchdog.h"

#define HTTP_THREADS_MAX 64

struct http;

struct http_options {
	const char *address; /* of http_listen */
	size_t threads;
	size_t connections; /* of all threads together */
	size_t per_address;
	struct watchdog_deadlines deadlines;
};

struct http_options http_defaults(const char *address);

/* Its address is taken; nobody can connect before http_start. */
MUST_CHECK enum err http_new(struct ledger *ledger,
    const struct http_options *options, struct http **ret, struct why *w);
const char *http_address(const struct http *http); /* that it got */
MUST_CHECK enum err http_start(struct http *http, struct why *w);

/* No new connections; answers end theirs. */
void http_quiesce(struct http *http);

/* Waits up to `wait_ms` for requests in flight, then ends the threads.  Who could
 * still resume a request (batch, indexer) has been stopped before.  False: some
 * were cut off. */
bool http_stop(struct http *http, uint64_t wait_ms);
void http_free(struct http *http); /* NULL is fine; not while it runs */

#endif
