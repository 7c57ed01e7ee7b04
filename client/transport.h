/*
 * transport: HTTP to a log.  The only door to libcurl.
 *
 * http and https, no redirects, no credentials in URLs, bounded in size and time
 * (TRANSPORT_CONNECT_MS, TRANSPORT_IDLE_MS without a byte).  429 and 503 are tried
 * again, at most TRANSPORT_TRIES times, waiting as Retry-After says (at most 10
 * s).  problem+json becomes the sentence, "the log says: …".
 *
 * Errors: ERR_NOT_FOUND (404), ERR_REFUSED (other 4xx), ERR_BUSY (429, 503),
 * ERR_MISSING (unreachable, 451, 5xx), ERR_TOO_LARGE (an answer above `max`).
 *
 * Threads: one.  Memory: transport_new / transport_free; bodies in the arena.
 */
#ifndef HEADWATER_CLIENT_TRANSPORT_H
#define HEADWATER_CLIENT_TRANSPORT_H

#include "schema/arena.h"

#define TRANSPORT_TRIES 3
#define TRANSPORT_CONNECT_MS 10000
#define TRANSPORT_IDLE_MS 60000

struct transport;

struct transport_call {
	const char *base;	  /* the log's URL, without a final '/' */
	const char *path;	  /* "/v1/records/…"; already encoded */
	bool is_post;		  /* else GET */
	const char *content_type; /* of a POST */
	struct span body;
	size_t max; /* bytes of the answer */
	/* a file that the body of a 2xx goes into instead of the arena, cut to
	   nothing before each try; NULL: none */
	const int *sink;
};

struct transport_answer {
	int status;
	uint64_t retry_ms; /* Retry-After, 0 where none was given */
	bool is_problem;   /* application/problem+json */
	struct span body;
};

/* Does one call once; ERR_MISSING where nothing answered.  What is behind the
 * door: libcurl, or a log that a test made up. */
typedef enum err transport_perform(void *state,
    const struct transport_call *call, struct arena *arena,
    struct transport_answer *ret, struct why *w);

/* NULL when memory is out. */
struct transport *transport_new(void);
struct transport *transport_of(transport_perform *perform, void *state);
void transport_free(struct transport *transport); /* NULL is fine */

/* A call with its retries; `*ret` is the body of a 2xx. */
MUST_CHECK enum err transport_do(struct transport *transport,
    const struct transport_call *call, struct arena *arena, struct span *ret,
    struct why *w);

/* Waits, unless a test stands behind the door. */
void transport_wait(struct transport *transport, uint64_t wait_ms);

#endif
