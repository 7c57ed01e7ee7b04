/*
 * transport: HTTP to a log, with patience.
 *
 * 429 and 503 are tried again, at most TRANSPORT_TRIES times, waiting as
 * Retry-After says (at most 10 s).  problem+json becomes the sentence, "the log
 * says: …".
 *
 * Errors: ERR_NOT_FOUND (404), ERR_REFUSED (other 4xx), ERR_BUSY (429, 503),
 * ERR_MISSING (unreachable, 451, 5xx), ERR_TOO_LARGE (an answer above `max`).
 *
 * Threads: one.  Memory: transport_new / transport_free; bodies in the arena.
 */
#ifndef HEADWATER_CLIENT_TRANSPORT_H
#define HEADWATER_CLIENT_TRANSPORT_H

#include "client/transport_curl.h"

#define TRANSPORT_TRIES 3

struct transport;

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

/* The same, whatever the answer is: what a HEAD says is in its head. */
MUST_CHECK enum err transport_ask(struct transport *transport,
    const struct transport_call *call, struct arena *arena,
    struct transport_answer *ret, struct why *w);

/* Waits, unless a test stands behind the door. */
void transport_wait(struct transport *transport, uint64_t wait_ms);

#endif
