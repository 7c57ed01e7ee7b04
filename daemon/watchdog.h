/*
 * watchdog: who is connected, since when, and until when.
 *
 * libmicrohttpd's timeout is of inactivity only: a byte a second keeps a
 * connection for ever.  So each connection has an absolute deadline here, and a
 * thread of ours shuts its socket down when that has passed; the library then
 * sees an end of file.  The same thread expires waiting submissions and waiters
 * for the index.
 *
 * Connections are counted by address (IPv6 by /64); loopback is exempt, since a
 * proxy connects from there.
 *
 * Threads: any; one lock inside, deadlines are atomic.  Memory: watchdog_new /
 * watchdog_free; a `watched` stays until watchdog_remove.
 */
#ifndef HEADWATER_DAEMON_WATCHDOG_H
#define HEADWATER_DAEMON_WATCHDOG_H

#include <sys/socket.h>

#include "daemon/ledger.h"

#define WATCHDOG_TICK_MS 50

struct watchdog;
struct watched;

/* Of one request, each from the step before. */
struct watchdog_deadlines {
	uint64_t headers_ms;
	uint64_t body_ms;
	uint64_t answer_ms; /* and 1 s more for each 64 KiB */
};

MUST_CHECK enum err watchdog_new(struct ledger *ledger, size_t connections,
    size_t per_address, struct watchdog **ret);
void watchdog_free(struct watchdog *watchdog); /* NULL is fine */
MUST_CHECK enum err watchdog_start(struct watchdog *watchdog);
void watchdog_stop(struct watchdog *watchdog);

/* False: this address has so many connections that a new one is closed at once
 * (twice the number that is served: between them the answer is 429). */
bool watchdog_allows(struct watchdog *watchdog, const struct sockaddr *address);

/* NULL when all places are taken.  The descriptor must stay open until
 * watchdog_remove has returned. */
struct watched *watchdog_add(struct watchdog *watchdog, int fd,
    const struct sockaddr *address, uint64_t deadline_ms);
void watchdog_remove(struct watchdog *watchdog, struct watched *watched);

/* On the steady clock; UINT64_MAX: none. */
void watched_set_deadline(struct watched *watched, uint64_t deadline_ms);

/* Bytes that came on it and made sense, of all its requests; by one thread. */
void watched_understand(struct watched *watched, uint64_t bytes);
uint64_t watched_understood(const struct watched *watched);

/* Is it beyond what its address may have? */
bool watched_is_over(const struct watched *watched);

#endif
