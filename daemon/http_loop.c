#include "daemon/http_loop.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "daemon/clock.h"
#include "daemon/log.h"
#include "daemon/metric.h"
#include "daemon/thread.h"

#define SPARE_MAX 256 /* exchanges that a loop keeps */
#define RESUMED_A_ROUND 16
#define IDLE_MS 1000 /* a loop looks at its flags this often */

/* ---- resuming ---- */

void
loop_wake(struct http_loop *loop)
{
	const uint64_t one = 1;
	ssize_t written = write(loop->wake_fd, &one, sizeof(one));

	/* it can only be full of wakes that nobody has read yet */
	assert(written == sizeof(one) || errno == EAGAIN);
}

/* Any thread.  The last thing that is done with the exchange by its caller. */
static void
resume(struct exchange *exchange)
{
	struct http_loop *loop = exchange->loop;

	lock_take(&loop->lock);
	bool is_first = loop->resumed == NULL;
	exchange->next = loop->resumed;
	loop->resumed = exchange;
	lock_drop(&loop->lock);
	if (is_first)
		loop_wake(loop);
}

static struct exchange *
take_resumed(struct http_loop *loop)
{
	lock_take(&loop->lock);
	struct exchange *exchange = loop->resumed;
	loop->resumed = NULL;
	lock_drop(&loop->lock);
	return exchange;
}

/* A few: a commit answers a thousand at once, and each has its proof to be made. */
static void
resume_some(struct http_loop *loop)
{
	for (size_t i = 0; i < RESUMED_A_ROUND && loop->resuming != NULL; i++) {
		struct exchange *exchange = loop->resuming;
		loop->resuming = exchange->next;
		MHD_resume_connection(exchange->connection);
	}
}

/* ---- the library's callbacks, all on the loop's thread ---- */

static void
notice_log(void *context, const char *format, va_list list)
{
	char text[256];

	(void)context;
	/* nobody's format but the library's comes here */
	int len = vsnprintf(text, sizeof(text), format, list);
	if (len > 0 && len < (int)sizeof(text) && text[len - 1] == '\n')
		text[len - 1] = '\0';
	if (len > 0)
		log_event(LOG_DEBUG, "http", LOG_TEXT("note", text));
}

static enum MHD_Result
allow(void *context, const struct sockaddr *address, socklen_t len)
{
	struct http_shared *shared = context;

	(void)len;
	return watchdog_allows(shared->watchdog, address) ? MHD_YES : MHD_NO;
}

static void
notice_connection(void *context, struct MHD_Connection *connection,
    void **socket_context, enum MHD_ConnectionNotificationCode code)
{
	struct http_loop *loop = context;
	struct http_shared *shared = loop->shared;

	if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
		if (*socket_context != NULL)
			watchdog_remove(shared->watchdog, *socket_context);
		*socket_context = NULL;
		metric_sub(METRIC_CONNECTIONS, 1);
		return;
	}
	const union MHD_ConnectionInfo *fd = MHD_get_connection_info(
	    connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	int socket_fd = fd->connect_fd;
	const union MHD_ConnectionInfo *address = MHD_get_connection_info(
	    connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	metric_add(METRIC_CONNECTIONS, 1);
	*socket_context =
	    watchdog_add(shared->watchdog, socket_fd, address->client_addr,
		clock_steady_ms() + shared->deadlines.headers_ms);
}

static size_t
unescape(void *context, struct MHD_Connection *connection, char *text)
{
	(void)context;
	(void)connection;
	return strlen(text);
}

static struct exchange *
spare_take(struct http_loop *loop)
{
	struct exchange *exchange = loop->spare;

	if (exchange == NULL) {
		exchange = exchange_new(loop->shared);
		if (exchange == NULL)
			return NULL;
		exchange->loop = loop;
		exchange->pace = &loop->pace;
		exchange->resume = resume;
		return exchange;
	}
	loop->spare = exchange->next;
	loop->spare_count--;
	return exchange;
}

/* The first that is known of a request; what it gives is the request's context
 * in every later call. */
static void *
notice_target(
    void *context, const char *target, struct MHD_Connection *connection)
{
	struct http_loop *loop = context;
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(
	    connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	struct watched *watched = info->socket_context;
	struct exchange *exchange = watched == NULL ? NULL : spare_take(loop);

	if (exchange != NULL)
		exchange_begin(exchange, connection, watched, target);
	return exchange;
}

static void
notice_completed(void *context, struct MHD_Connection *connection,
    void **request_context, enum MHD_RequestTerminationCode code)
{
	struct http_loop *loop = context;
	struct exchange *exchange = *request_context;

	(void)connection;
	(void)code;
	*request_context = NULL;
	if (exchange == NULL)
		return;
	chunks_remove(&loop->chunks, exchange);
	exchange_end(exchange);
	if (loop->spare_count == SPARE_MAX) {
		exchange_free(exchange);
		return;
	}
	exchange->next = loop->spare;
	loop->spare = exchange;
	loop->spare_count++;
}

static enum MHD_Result
/* NOLINTNEXTLINE(readability-function-size): the library's signature */
handle(void *context, struct MHD_Connection *connection, const char *url,
    const char *method, const char *version, const char *data, size_t *data_len,
    void **request_context)
{
	struct http_loop *loop = context;
	struct exchange *exchange = *request_context;
	struct handle_line line = {
		.url = url,
		.method = method,
		.version = version,
	};

	(void)connection;
	if (exchange == NULL)
		return MHD_NO; /* no memory or no place: close */
	if (exchange->stage == EXCHANGE_HEAD ||
	    exchange->stage == EXCHANGE_OPENING) {
		enum MHD_Result result = handle_head(exchange, &line);
		chunks_add(&loop->chunks, exchange);
		return result;
	}
	if (*data_len == 0)
		return handle_complete(exchange);
	size_t len = *data_len;
	*data_len = 0;
	chunks_took(exchange, len);
	return handle_body(exchange, data, len);
}

/* ---- loops ---- */

static struct MHD_Daemon *
start_library(struct http_loop *loop, int listen_fd, unsigned connections)
{
	/* MHD_ALLOW_SUSPEND_RESUME without the pipe to itself: nobody but this
	   thread resumes */
	const unsigned flags = MHD_USE_EPOLL | MHD_USE_ERROR_LOG |
	    ((unsigned)MHD_ALLOW_SUSPEND_RESUME & ~(unsigned)MHD_USE_ITC);
	struct MHD_OptionItem options[] = {
		{ MHD_OPTION_LISTEN_SOCKET, listen_fd, NULL },
		{ MHD_OPTION_CONNECTION_LIMIT, connections, NULL },
		{ MHD_OPTION_CONNECTION_TIMEOUT, HTTP_IDLE_S, NULL },
		{ MHD_OPTION_CONNECTION_MEMORY_LIMIT,
		    HTTP_MEMORY_PER_CONNECTION, NULL },
		/* strict, it closes in silence; the gate says why */
		{ MHD_OPTION_STRICT_FOR_CLIENT, 0, NULL },
		{ MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1, NULL },
		{ MHD_OPTION_END, 0, NULL },
	};

	return MHD_start_daemon(flags, 0, allow, loop->shared, handle, loop,
	    MHD_OPTION_EXTERNAL_LOGGER, notice_log, NULL, MHD_OPTION_ARRAY,
	    options, MHD_OPTION_NOTIFY_CONNECTION, notice_connection, loop,
	    MHD_OPTION_NOTIFY_COMPLETED, notice_completed, loop,
	    MHD_OPTION_URI_LOG_CALLBACK, notice_target, loop,
	    MHD_OPTION_UNESCAPE_CALLBACK, unescape, NULL, MHD_OPTION_END);
}

static bool
watch_fd(int epoll_fd, int fd)
{
	struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };

	return epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0;
}

void
loop_init(struct http_loop *loop, struct http_shared *shared)
{
	*loop = (struct http_loop){
		.shared = shared,
		.epoll_fd = -1,
		.wake_fd = -1,
	};
	pace_init(&loop->pace, &shared->waiting);
	lock_init(&loop->lock);
}

enum err
loop_open(struct http_loop *loop, int listen_fd, size_t connections)
{
	loop->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	loop->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	int own_fd = fcntl(listen_fd, F_DUPFD_CLOEXEC, 0);
	if (loop->epoll_fd == -1 || loop->wake_fd == -1 || own_fd == -1)
		return ERR_IO;
	loop->daemon = start_library(loop, own_fd, (unsigned)connections);
	if (loop->daemon == NULL) {
		(void)close(own_fd);
		return ERR_IO;
	}
	const union MHD_DaemonInfo *info =
	    MHD_get_daemon_info(loop->daemon, MHD_DAEMON_INFO_EPOLL_FD);
	if (info == NULL || !watch_fd(loop->epoll_fd, info->epoll_fd) ||
	    !watch_fd(loop->epoll_fd, loop->wake_fd))
		return ERR_IO;
	return ERR_OK;
}

static int
timeout_of(struct http_loop *loop)
{
	MHD_UNSIGNED_LONG_LONG timeout_ms;

	if (loop->resuming != NULL || pace_has_waiting(&loop->pace))
		return 0;
	if (MHD_get_timeout(loop->daemon, &timeout_ms) != MHD_YES ||
	    timeout_ms > IDLE_MS)
		return IDLE_MS;
	return (int)timeout_ms;
}

static void
quiesce(struct http_loop *loop)
{
	loop->is_quiesced = true;
	MHD_socket fd = MHD_quiesce_daemon(loop->daemon);
	if (fd != MHD_INVALID_SOCKET)
		(void)close(fd);
}

/* Until something is there.  The library is looked at in any case. */
static void
wait(struct http_loop *loop, int wait_ms)
{
	struct epoll_event events[2];
	uint64_t wakes;
	int count = epoll_wait(loop->epoll_fd, events, 2, 0);

	if (count == 0 && wait_ms > 0) {
		count = epoll_wait(loop->epoll_fd, events, 2, wait_ms);
		thread_waited();
	}
	/* what was resumed meanwhile stays in its list, and the wake in its
	   descriptor, until those before it had their turn */
	for (int i = 0; loop->resuming == NULL && i < count; i++) {
		if (events[i].data.fd != loop->wake_fd)
			continue;
		(void)!read(loop->wake_fd, &wakes, sizeof(wakes));
		loop->resuming = take_resumed(loop);
	}
}

static void *
run(void *argument)
{
	struct http_loop *loop = argument;

	thread_begin("http", THREAD_PROMPT);
	while (!atomic_load(&loop->shared->is_ending)) {
		thread_share();
		int wait_ms =
		    chunks_timeout_ms(&loop->chunks, timeout_of(loop));
		wait(loop, wait_ms);
		resume_some(loop);
		pace_round(&loop->pace);
		if (!loop->is_quiesced && atomic_load(&loop->shared->is_quiet))
			quiesce(loop);
		(void)MHD_run(loop->daemon);
		if (wait_ms == 0)
			chunks_look(&loop->chunks);
		chunks_let_go(&loop->chunks, loop->is_quiesced);
	}
	return NULL;
}

enum err
loop_start(struct http_loop *loop)
{
	if (pthread_create(&loop->thread, NULL, run, loop) != 0)
		return ERR_MEMORY;
	loop->is_running = true;
	return ERR_OK;
}

void
loop_join(struct http_loop *loop)
{
	if (loop->is_running)
		(void)pthread_join(loop->thread, NULL);
	loop->is_running = false;
}

void
loop_close(struct http_loop *loop)
{
	/* the library stops the process when a suspended one is left */
	if (loop->daemon != NULL && atomic_load(&loop->shared->waiting) == 0)
		MHD_stop_daemon(loop->daemon);
	while (loop->spare != NULL) {
		struct exchange *next = loop->spare->next;
		exchange_free(loop->spare);
		loop->spare = next;
	}
	if (loop->epoll_fd != -1)
		(void)close(loop->epoll_fd);
	if (loop->wake_fd != -1)
		(void)close(loop->wake_fd);
	lock_done(&loop->lock);
}
