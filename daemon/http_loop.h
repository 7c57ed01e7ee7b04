/*
 * http_loop: one thread, one library daemon without threads, one epoll.
 *
 * Who resumes a request puts it on its loop's list and wakes the loop by an
 * eventfd; only the loop's own thread talks to the library, so a resume can never
 * overtake the suspend.
 *
 * Memory: in place; loop_init, then loop_open, loop_start, loop_join, loop_close.
 */
#ifndef HEADWATER_DAEMON_HTTP_LOOP_H
#define HEADWATER_DAEMON_HTTP_LOOP_H

#include "daemon/http_chunks.h"
#include "daemon/lock.h"

struct http_loop {
	struct http_shared *shared;
	struct MHD_Daemon *daemon;
	int epoll_fd;
	int wake_fd;
	pthread_t thread;
	bool is_running;
	bool is_quiesced; /* the loop's own, as what follows */
	struct http_chunks chunks;
	struct pace pace;
	struct exchange *resuming; /* was resumed, and is its turn */
	struct exchange *spare;
	size_t spare_count;
	struct lock lock;
	struct exchange *resumed; /* under lock */
};

void loop_init(struct http_loop *loop, struct http_shared *shared);

/* Listens on a copy of `listen_fd`, for at most `connections`. */
MUST_CHECK enum err loop_open(
    struct http_loop *loop, int listen_fd, size_t connections);
MUST_CHECK enum err loop_start(struct http_loop *loop);
void loop_wake(struct http_loop *loop); /* it looks at its flags; any thread */
void loop_join(struct http_loop *loop);
void loop_close(struct http_loop *loop);

#endif
