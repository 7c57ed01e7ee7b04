/*
 * floor: the bare server that others are measured by: libmicrohttpd,
 * parse, verify, leaf hash, tree, group commit with fsync, id index, suspend and
 * resume.  No signer, no proof, no lineage, no limits: what nobody can go below
 * with these libraries on this machine.
 *
 *	floor FOLDER PORT THREADS PUBLIC_KEY
 *
 * FOLDER is a new one.  Two event loops as headwaterd has them, since the
 * library's own collapses above 128 connections.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <microhttpd.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "tests/bench/floor_commit.h"

#define BODY_MAX ((size_t)128 << 10)
#define THREADS_MAX 8
#define ANSWER_MAX 160

struct loop {
	pthread_t thread;
	struct MHD_Daemon *daemon;
	int epoll_fd;
	int wake_fd;
	pthread_mutex_t lock;
	struct exchange *resumed; /* under lock */
};

struct exchange {
	struct floor_record record; /* first: it is cast back */
	struct loop *loop;
	struct MHD_Connection *connection;
	struct exchange *next;
	bool is_waiting;
	size_t len;
	size_t cap;
	uint8_t *body;
};

static struct loop loops[THREADS_MAX];
static volatile sig_atomic_t is_ending;

/* ---- resuming ---- */

static void
resume(struct floor_record *record)
{
	struct exchange *exchange = (struct exchange *)record;
	struct loop *loop = exchange->loop;
	const uint64_t one = 1;

	(void)pthread_mutex_lock(&loop->lock);
	bool is_first = loop->resumed == NULL;
	exchange->next = loop->resumed;
	loop->resumed = exchange;
	(void)pthread_mutex_unlock(&loop->lock);
	if (is_first)
		(void)!write(loop->wake_fd, &one, sizeof(one));
}

static void
resume_all(struct loop *loop)
{
	(void)pthread_mutex_lock(&loop->lock);
	struct exchange *exchange = loop->resumed;
	loop->resumed = NULL;
	(void)pthread_mutex_unlock(&loop->lock);
	while (exchange != NULL) {
		struct exchange *next = exchange->next;
		MHD_resume_connection(exchange->connection);
		exchange = next;
	}
}

/* ---- requests ---- */

static enum MHD_Result
reply(struct MHD_Connection *connection, unsigned status, const char *text)
{
	struct MHD_Response *response = MHD_create_response_from_buffer(
	    strlen(text), (void *)(uintptr_t)text, MHD_RESPMEM_MUST_COPY);
	enum MHD_Result result =
	    MHD_queue_response(connection, status, response);

	MHD_destroy_response(response);
	return result;
}

static enum MHD_Result
answer(struct exchange *exchange)
{
	const struct floor_record *record = &exchange->record;
	char text[ANSWER_MAX];
	char id[HASH_TEXT_MAX];

	for (size_t i = 0; i < HASH_LEN; i++)
		(void)snprintf(id + 2 * i, 3, "%02x", record->id.bytes[i]);
	(void)snprintf(text, sizeof(text), "{\"id\":\"%s\",\"index\":%llu}\n",
	    id, (unsigned long long)record->index);
	return reply(
	    exchange->connection, record->is_duplicate ? 200 : 201, text);
}

static enum MHD_Result
complete(struct exchange *exchange)
{
	if (exchange->is_waiting)
		return answer(exchange);
	exchange->record.done = resume;
	if (!floor_record_take(
		exchange->body, exchange->len, &exchange->record))
		return reply(exchange->connection, 403, "refused\n");
	exchange->is_waiting = true;
	MHD_suspend_connection(exchange->connection);
	floor_commit_add(&exchange->record);
	return MHD_YES;
}

static enum MHD_Result
take(struct exchange *exchange, const char *data, size_t len)
{
	if (exchange->len + len > BODY_MAX)
		return MHD_NO;
	if (exchange->len + len > exchange->cap) {
		exchange->cap = exchange->cap * 2 + 4096 + len;
		exchange->body = realloc(exchange->body, exchange->cap);
		if (exchange->body == NULL)
			return MHD_NO;
	}
	memcpy(exchange->body + exchange->len, data, len);
	exchange->len += len;
	return MHD_YES;
}

static enum MHD_Result
handle(void *context, struct MHD_Connection *connection, const char *url,
    const char *method, const char *version, const char *data, size_t *data_len,
    void **request_context)
{
	struct exchange *exchange = *request_context;

	(void)url, (void)method, (void)version;
	if (exchange == NULL) {
		exchange = calloc(1, sizeof(*exchange));
		if (exchange == NULL)
			return MHD_NO;
		exchange->loop = context;
		exchange->connection = connection;
		*request_context = exchange;
		return MHD_YES;
	}
	if (*data_len == 0)
		return complete(exchange);
	size_t len = *data_len;
	*data_len = 0;
	return take(exchange, data, len);
}

static void
end_request(void *context, struct MHD_Connection *connection,
    void **request_context, enum MHD_RequestTerminationCode code)
{
	struct exchange *exchange = *request_context;

	(void)context, (void)connection, (void)code;
	if (exchange == NULL)
		return;
	floor_record_done(&exchange->record);
	free(exchange->body);
	free(exchange);
	*request_context = NULL;
}

/* ---- loops ---- */

static void *
run(void *argument)
{
	struct loop *loop = argument;
	struct epoll_event events[2];
	MHD_UNSIGNED_LONG_LONG timeout_ms;
	uint64_t wakes;

	while (!is_ending) {
		int wait_ms = 1000;
		if (MHD_get_timeout(loop->daemon, &timeout_ms) == MHD_YES &&
		    timeout_ms < 1000)
			wait_ms = (int)timeout_ms;
		(void)epoll_wait(loop->epoll_fd, events, 2, wait_ms);
		(void)!read(loop->wake_fd, &wakes, sizeof(wakes));
		resume_all(loop);
		(void)MHD_run(loop->daemon);
	}
	return NULL;
}

static bool
watch(int epoll_fd, int fd)
{
	struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };

	return epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0;
}

static bool
start_loop(struct loop *loop, int listen_fd)
{
	const unsigned flags = MHD_USE_EPOLL |
	    ((unsigned)MHD_ALLOW_SUSPEND_RESUME & ~(unsigned)MHD_USE_ITC);

	(void)pthread_mutex_init(&loop->lock, NULL);
	loop->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	loop->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	loop->daemon = MHD_start_daemon(flags, 0, NULL, NULL, handle, loop,
	    MHD_OPTION_LISTEN_SOCKET, fcntl(listen_fd, F_DUPFD_CLOEXEC, 0),
	    MHD_OPTION_CONNECTION_LIMIT, 4096u, MHD_OPTION_NOTIFY_COMPLETED,
	    end_request, NULL, MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1,
	    MHD_OPTION_END);
	if (loop->daemon == NULL)
		return false;
	const union MHD_DaemonInfo *info =
	    MHD_get_daemon_info(loop->daemon, MHD_DAEMON_INFO_EPOLL_FD);
	return info != NULL && watch(loop->epoll_fd, info->epoll_fd) &&
	    watch(loop->epoll_fd, loop->wake_fd) &&
	    pthread_create(&loop->thread, NULL, run, loop) == 0;
}

static int
listen_on(const char *port)
{
	const struct sockaddr_in address = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)strtoul(port, NULL, 10)),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	const int one = 1;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, (const void *)&address, sizeof(address)) != 0 ||
	    listen(fd, 4096) != 0) {
		perror("floor: listen");
		exit(1);
	}
	return fd;
}

static void
on_signal(int number)
{
	(void)number;
	is_ending = 1;
}

int
main(int argc, char **argv)
{
	if (argc != 5 || !floor_record_start(argv[4])) {
		(void)fprintf(stderr, "floor FOLDER PORT THREADS PUBLIC_KEY\n");
		return 2;
	}
	size_t threads = strtoul(argv[3], NULL, 10);
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGTERM, on_signal);
	int fd = listen_on(argv[2]);
	if (!floor_commit_start(argv[1]))
		return 1;
	for (size_t i = 0; i < threads && i < THREADS_MAX; i++)
		if (!start_loop(&loops[i], fd))
			return 1;
	while (!is_ending)
		(void)pause();
	/* whoever still waits is cut off with the process */
	floor_commit_stop();
	return 0;
}
