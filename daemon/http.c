#include "daemon/http.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "daemon/clock.h"
#include "daemon/http_loop.h"

#define STOP_POLL_MS 5

struct http {
	struct http_options options;
	struct http_shared shared;
	char address[HTTP_ADDRESS_MAX];
	int listen_fd;
	bool is_watched; /* the watchdog runs */
	size_t loop_count;
	struct http_loop *loops;
};

struct http_options
http_defaults(const char *address)
{
	return (struct http_options){
		.address = address,
		.threads = HTTP_THREADS_DEFAULT,
		.connections = HTTP_CONNECTIONS_MAX,
		.per_address = HTTP_PER_ADDRESS_DEFAULT,
		.deadlines = {
			.headers_ms = HTTP_HEADERS_DEADLINE_MS,
			.body_ms = HTTP_BODY_DEADLINE_MS,
			.answer_ms = HTTP_ANSWER_DEADLINE_MS,
		},
	};
}

enum err
http_new(struct ledger *ledger, const struct http_options *options,
    struct http **ret, struct why *w)
{
	struct http *http = calloc(1, sizeof(*http));

	assert(options->threads >= 1 && options->threads <= HTTP_THREADS_MAX);
	if (http == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	http->options = *options;
	http->shared.ledger = ledger;
	http->shared.deadlines = options->deadlines;
	http->listen_fd = -1;
	http->loops = calloc(options->threads, sizeof(*http->loops));
	enum err err = http->loops == NULL
	    ? ERR_MEMORY
	    : watchdog_new(ledger, options->connections, options->per_address,
		  &http->shared.watchdog);
	if (err == ERR_OK)
		err = workers_new(options->threads, &http->shared.workers);
	if (err != ERR_OK)
		err = why(w, err, "out of memory");
	else
		err = http_listen(options->address, &http->listen_fd, w);
	if (err != ERR_OK) {
		http_free(http);
		return err;
	}
	http_listen_name(http->listen_fd, http->address);
	*ret = http;
	return ERR_OK;
}

const char *
http_address(const struct http *http)
{
	return http->address;
}

static enum err
open_loops(struct http *http, struct why *w)
{
	size_t count = http->options.threads;
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < count; i++) {
		loop_init(&http->loops[i], &http->shared);
		http->loop_count++;
		err = loop_open(&http->loops[i], http->listen_fd,
		    http->options.connections / count);
	}
	if (err == ERR_OK)
		return ERR_OK;
	return why(w, err, "http: no event loop: %s", strerror(errno));
}

enum err
http_start(struct http *http, struct why *w)
{
	enum err err =
	    http_listen_begin(http->listen_fd, http->options.address, w);

	if (err == ERR_OK)
		err = open_loops(http, w);
	if (err != ERR_OK)
		return err;
	err = watchdog_start(http->shared.watchdog);
	http->is_watched = err == ERR_OK;
	if (err == ERR_OK)
		err = workers_start(http->shared.workers);
	for (size_t i = 0; err == ERR_OK && i < http->loop_count; i++)
		err = loop_start(&http->loops[i]);
	return err == ERR_OK ? ERR_OK : why(w, err, "http: no threads");
}

static void
wake_all(struct http *http)
{
	for (size_t i = 0; i < http->loop_count; i++)
		loop_wake(&http->loops[i]);
}

void
http_quiesce(struct http *http)
{
	atomic_store(&http->shared.is_quiet, true);
	wake_all(http);
}

bool
http_stop(struct http *http, uint64_t wait_ms)
{
	uint64_t deadline_ms = clock_steady_ms() + wait_ms;
	const struct timespec pause = { .tv_nsec = STOP_POLL_MS * 1000000L };

	http_quiesce(http);
	while (atomic_load(&http->shared.active) > 0 &&
	    clock_steady_ms() < deadline_ms)
		(void)nanosleep(&pause, NULL);
	bool is_whole = atomic_load(&http->shared.active) == 0;
	workers_stop(http->shared.workers);
	atomic_store(&http->shared.is_ending, true);
	wake_all(http);
	for (size_t i = 0; i < http->loop_count; i++)
		loop_join(&http->loops[i]);
	if (http->is_watched)
		watchdog_stop(http->shared.watchdog);
	http->is_watched = false;
	return is_whole;
}

void
http_free(struct http *http)
{
	if (http == NULL)
		return;
	for (size_t i = 0; i < http->loop_count; i++)
		loop_close(&http->loops[i]);
	if (http->listen_fd != -1)
		(void)close(http->listen_fd);
	watchdog_free(http->shared.watchdog);
	workers_free(http->shared.workers);
	free(http->loops);
	free(http);
}
