/* http: odd requests against a server in this process, over real sockets. */
#include "tests/unit.h"

#include <arpa/inet.h>
#include <assert.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "daemon/clock.h"
#include "daemon/http.h"
#include "daemon/metric.h"
#include "daemon/serve.h"
#include "tests/hostile/shapes.h"

/* ---- handlers that answer with what they were given ---- */

static atomic_uint handled;

static enum served
answer_text(struct reply *reply, const char *text)
{
	atomic_fetch_add(&handled, 1);
	writer_text(&reply->body, text);
	return SERVED;
}

#define PLAIN(name) \
	enum served name(struct request *request, struct reply *reply) \
	{ \
		(void)request; \
		return answer_text(reply, #name "\n"); \
	}
PLAIN(serve_checkpoint)
PLAIN(serve_tile)
PLAIN(serve_inclusion)
PLAIN(serve_consistency)
PLAIN(serve_record_proof)
PLAIN(serve_records)
PLAIN(serve_releases)
PLAIN(serve_release)
PLAIN(serve_openness)
PLAIN(serve_license_drift)
PLAIN(serve_licensing)
PLAIN(serve_health)
PLAIN(serve_metrics)
PLAIN(serve_openapi)

PLAIN(serve_blob)
PLAIN(serve_advisories)
PLAIN(serve_contains)
PLAIN(serve_dataset_shard)
PLAIN(serve_shard)

/* Streams are told by what their name says: `later` waits twice, `no` is refused
 * before the body, `stop` after its first bytes. */
static atomic_uint dropped;

static void *resume_soon(void *context);

static enum stream_begun
stream_begin(struct request *request, struct reply *reply)
{
	pthread_t thread;

	if (span_is(request->segments[0], "no")) {
		reply->status = 403;
		writer_text(&reply->body, "no\n");
		return STREAM_SERVED;
	}
	if (!span_is(request->segments[0], "later") || request->calls == 3)
		return STREAM_GO;
	assert(pthread_create(&thread, NULL, resume_soon, request) == 0);
	(void)pthread_detach(thread);
	return STREAM_LATER;
}

static enum err
stream_take(struct request *request, struct span bytes, struct why *w)
{
	/* kept in place of an allocation: how much has come */
	request->stream = (void *)((uintptr_t)request->stream + bytes.len);
	if (span_is(request->segments[0], "stop"))
		return why(w, ERR_TOO_LARGE, "stop");
	return ERR_OK;
}

static enum served
stream_end(struct request *request, struct reply *reply)
{
	atomic_fetch_add(&handled, 1);
	reply->status = 201;
	writer_decimal(&reply->body, (uintptr_t)request->stream);
	writer_text(&reply->body, "\n");
	return SERVED;
}

static void
stream_drop(struct request *request)
{
	(void)request;
	atomic_fetch_add(&dropped, 1);
}

const struct serve_stream serve_blob_put = {
	.begin = stream_begin,
	.take = stream_take,
	.end = stream_end,
	.drop = stream_drop,
};

enum served
serve_records_post(struct request *request, struct reply *reply)
{
	atomic_fetch_add(&handled, 1);
	reply->status = 201;
	writer_decimal(&reply->body, request->body.len);
	writer_text(&reply->body, "\n");
	return SERVED;
}

static void
pause_ms(long ms)
{
	const struct timespec pause = {
		.tv_sec = ms / 1000,
		.tv_nsec = ms % 1000 * 1000000,
	};

	(void)nanosleep(&pause, NULL);
}

#define AWAIT_MS 20000

/* Waits until it is at least that; a loaded machine takes its time. */
static bool
await(const atomic_uint *what, unsigned least)
{
	for (long waited_ms = 0; atomic_load(what) < least; waited_ms += 5) {
		if (waited_ms >= AWAIT_MS)
			return false;
		pause_ms(5);
	}
	return true;
}

static atomic_uint let_go; /* the slow ones wait for it */
static atomic_uint begun;

/* Takes as long as it is told, and is done elsewhere. */
enum served
serve_lineage(struct request *request, struct reply *reply)
{
	if (request->is_hasty)
		return SERVED_AWAY;
	assert(request->calls == 1);
	if (span_is(request->segments[0], "held"))
		(void)await(&let_go, 1);
	return answer_text(reply, "away\n");
}

static void *
resume_soon(void *context)
{
	pause_ms(20);
	request_resume(context);
	return NULL;
}

static void *
resume_when_let_go(void *context)
{
	(void)await(&let_go, 1);
	pause_ms(100);
	request_resume(context);
	return NULL;
}

/* /v1/records/now is resumed before the handler returned, `held` from another
 * thread when it is let go, anything else from one soon afterwards; four times
 * each. */
enum served
serve_record(struct request *request, struct reply *reply)
{
	pthread_t thread;

	atomic_fetch_add(&begun, 1);
	if (request->calls == 5)
		return answer_text(reply, "resumed\n");
	if (span_is(request->segments[0], "now")) {
		request_resume(request);
	} else {
		bool is_held = span_is(request->segments[0], "held");
		assert(pthread_create(&thread, NULL,
			   is_held ? resume_when_let_go : resume_soon,
			   request) == 0);
		(void)pthread_detach(thread);
	}
	return SERVED_LATER;
}

#define LARGE ((size_t)8 << 20)
enum served
serve_record_statement(struct request *request, struct reply *reply)
{
	uint32_t words[1024];
	(void)request;

	/* each says where it stands */
	for (size_t at = 0; at < LARGE; at += sizeof(words)) {
		for (size_t i = 0; i < sizeof(words) / 4; i++)
			words[i] = (uint32_t)(at / 4 + i);
		writer_bytes(&reply->body, words, sizeof(words));
	}
	return SERVED;
}

/* ---- the server ---- */

static struct ledger ledger;
static struct http *http;
static uint16_t port;

static void
start(struct http_options options)
{
	struct why w = { "" };

	assert_err(ERR_OK, http_new(&ledger, &options, &http, &w));
	port =
	    (uint16_t)strtoul(strrchr(http_address(http), ':') + 1, NULL, 10);
	assert_err(ERR_OK, http_start(http, &w));
}

static void
stop(void)
{
	assert_true(http_stop(http, AWAIT_MS));
	http_free(http);
}

/* For what is to be cut: long enough that nothing else is. */
#define QUICK_MS 1000

static struct http_options
quick(void)
{
	struct http_options options = http_defaults("127.0.0.1:0");

	options.deadlines = (struct watchdog_deadlines){
		.headers_ms = QUICK_MS,
		.body_ms = QUICK_MS,
		.answer_ms = QUICK_MS,
	};
	return options;
}

static int
open_from(const char *host)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	struct sockaddr_in own = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_int_equal(1, inet_pton(AF_INET, host, &own.sin_addr));
	assert_int_equal(0, bind(fd, (struct sockaddr *)&own, sizeof(own)));
	assert_int_equal(
	    0, connect(fd, (struct sockaddr *)&address, sizeof(address)));
	return fd;
}

static int
open_one(void)
{
	return open_from("127.0.0.1");
}

static void
push(int fd, const void *data, size_t len)
{
	const char *from = data;

	while (len > 0) {
		ssize_t sent = send(fd, from, len, MSG_NOSIGNAL);
		if (sent <= 0)
			return; /* refused already */
		from += sent;
		len -= (size_t)sent;
	}
}

static bool asks_head; /* the answer has no body, whatever its length is */

/* Is the first answer there? */
static bool
is_whole(const char *answer, size_t len)
{
	static const char name[] = "\r\nContent-Length: ";
	const char *end = strstr(answer, "\r\n\r\n");

	if (end == NULL)
		return false;
	size_t head = (size_t)(end - answer) + 4;
	const char *length = strstr(answer, name);
	if (length == NULL || length > end || asks_head)
		return true;
	return len - head >= strtoul(length + sizeof(name) - 1, NULL, 10);
}

/* Reads until the end, or an answer and then `quiet_ms` of silence; true at the
 * end of the stream. */
static bool
pull(int fd, char *out, size_t cap, int quiet_ms)
{
	size_t len = 0;
	bool is_closed = false;

	out[0] = '\0';
	while (!is_closed && len + 1 < cap) {
		struct pollfd wait = { .fd = fd, .events = POLLIN };
		if (poll(&wait, 1, is_whole(out, len) ? quiet_ms : AWAIT_MS) !=
		    1)
			break;
		ssize_t got = recv(fd, out + len, cap - 1 - len, 0);
		is_closed = got <= 0;
		len += got > 0 ? (size_t)got : 0;
		out[len] = '\0';
	}
	return is_closed;
}

static int
status_of(const char *answer)
{
	return strncmp(answer, "HTTP/1.1 ", 9) == 0
	    ? (int)strtol(answer + 9, NULL, 10)
	    : 0;
}

/* ---- the matrix: shapes.h has what any server is asked ---- */

#define BLOB(name) "PUT /v1/blobs/" name " HTTP/1.1\r\n" H

static const struct shape streams[] = {
	ROW("a streamed PUT", BLOB("go") CL3 E "abc", 201, STAYS),
	ROW("one without a byte", BLOB("go") "Content-Length: 0\r\n" E, 201,
	    STAYS),
	ROW("one that waits first", BLOB("later") CL3 E "abc", 201, STAYS),
	ROW("one that is refused before its body", BLOB("no") CL3 E "abc", 403,
	    CLOSES),
	ROW("one that is refused and has no body",
	    BLOB("no") "Content-Length: 0\r\n" E, 403, CLOSES),
	ROW("one that is refused in its body", BLOB("stop") CL3 E "abc", 413,
	    CLOSES),
	ROW("one without a length", BLOB("go") TE E "3\r\nabc\r\n0\r\n\r\n",
	    400, CLOSES),
	ROW("one with a range",
	    BLOB("go") CL3 "Content-Range: bytes 0-2/9\r\n" E "abc", 201,
	    STAYS),
	ROW("a range of a POST",
	    POST CL3 "Content-Range: bytes 0-2/9\r\n" E "abc" SMUGGLED, 400,
	    CLOSES),
};

static void
test_row(void **state)
{
	const struct shape *row = *state;
	static char answer[65536];
	int fd;

	start(http_defaults("127.0.0.1:0"));
	atomic_store(&handled, 0);
	fd = open_one();
	push(fd, row->text, row->len);
	asks_head = strncmp(row->text, "HEAD ", 5) == 0;
	bool is_closed = pull(
	    fd, answer, sizeof(answer), row->ends == CLOSES ? AWAIT_MS : 100);
	asks_head = false;
	if (row->status != status_of(answer))
		print_message("# %s: %s\n", row->name, answer);
	assert_int_equal(row->status, status_of(answer));
	assert_int_equal(row->ends == CLOSES, is_closed);
	/* what was smuggled behind it has never been answered */
	assert_null(strstr(answer, "serve_health"));
	if (row->status >= 400)
		assert_int_equal(0, atomic_load(&handled));
	(void)close(fd);
	stop();
}

/* ---- the rest ---- */

static void
test_headers_of_answers(void **state)
{
	static char answer[65536];
	(void)state;

	start(quick());
	int fd = open_one();
	push(fd, GET E, sizeof(GET E) - 1);
	(void)pull(fd, answer, sizeof(answer), 100);
	assert_non_null(strstr(answer, "X-Content-Type-Options: nosniff\r\n"));
	assert_non_null(strstr(answer, "Referrer-Policy: no-referrer\r\n"));
	assert_non_null(strstr(answer, "Cache-Control: no-store\r\n"));
	assert_non_null(strstr(answer, "Access-Control-Allow-Origin: *\r\n"));
	push(fd, "DELETE /v1/records HTTP/1.1\r\n" H E, 40);
	(void)pull(fd, answer, sizeof(answer), 100);
	assert_non_null(strstr(answer, "Allow: GET, HEAD, POST, OPTIONS\r\n"));
	assert_non_null(
	    strstr(answer, "Content-Type: application/problem+json\r\n"));
	(void)close(fd);
	stop();
}

static void
test_a_head_has_no_body(void **state)
{
	static char answer[65536];
	static const char text[] =
	    "HEAD /checkpoint HTTP/1.1\r\n" H "Connection: close\r\n" E;
	(void)state;

	start(quick());
	int fd = open_one();
	push(fd, text, sizeof(text) - 1);
	(void)pull(fd, answer, sizeof(answer), 100);
	assert_non_null(strstr(answer, "Content-Length: 17\r\n"));
	assert_null(strstr(answer, "serve_checkpoint"));
	(void)close(fd);
	stop();
}

static void
test_pipelined(void **state)
{
	static char answer[1 << 20];
	static const char last[] = GET "Connection: close\r\n" E;
	const size_t count = 500;
	size_t found = 0;
	(void)state;

	start(http_defaults("127.0.0.1:0"));
	int fd = open_one();
	for (size_t i = 0; i + 1 < count; i++)
		push(fd, GET E, sizeof(GET E) - 1);
	push(fd, last, sizeof(last) - 1);
	assert_true(pull(fd, answer, sizeof(answer), AWAIT_MS));
	for (char *at = answer; (at = strstr(at, "serve_checkpoint")) != NULL;
	     at++)
		found++;
	assert_int_equal(count, found);
	(void)close(fd);
	stop();
}

static void
test_resumed(void **state)
{
	static const char *const texts[] = {
		"GET /v1/records/now HTTP/1.1\r\n" H E,
		"GET /v1/records/later HTTP/1.1\r\n" H E,
	};
	char answer[4096];
	int fds[64];
	(void)state;

	start(http_defaults("127.0.0.1:0"));
	for (size_t i = 0; i < 64; i++) {
		fds[i] = open_one();
		push(fds[i], texts[i % 2], strlen(texts[i % 2]));
	}
	for (size_t i = 0; i < 64; i++) {
		(void)pull(fds[i], answer, sizeof(answer), 10);
		assert_int_equal(200, status_of(answer));
		assert_non_null(strstr(answer, "resumed\n"));
		(void)close(fds[i]);
	}
	assert_int_equal(0, metric_value(METRIC_WAITING));
	stop();
}

/* Hangs up, so that nobody is there for the answer. */
static void
reset(int fd)
{
	const struct linger linger = { .l_onoff = 1, .l_linger = 0 };

	(void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
	(void)close(fd);
}

static bool
await_waiting(uint64_t count)
{
	for (long ms = 0; metric_value(METRIC_WAITING) != count; ms += 5) {
		if (ms >= AWAIT_MS)
			return false;
		pause_ms(5);
	}
	return true;
}

static void
test_a_peer_that_leaves_while_it_waits(void **state)
{
	static const char text[] = "GET /v1/records/later HTTP/1.1\r\n" H E;
	(void)state;

	start(http_defaults("127.0.0.1:0"));
	for (size_t i = 0; i < 32; i++) {
		int fd = open_one();
		push(fd, text, sizeof(text) - 1);
		reset(fd);
	}
	stop();
	assert_int_equal(0, metric_value(METRIC_WAITING));
	assert_int_equal(0, metric_value(METRIC_CONNECTIONS));
}

/* Whoever takes his time does not hold up the others, nor those who write. */
static void
test_long_work(void **state)
{
	static const char slow[] = "GET /v1/lineage/held HTTP/1.1\r\n" H E;
	char answer[4096];
	int fds[4];
	(void)state;

	start(http_defaults("127.0.0.1:0"));
	atomic_store(&let_go, 0);
	for (size_t i = 0; i < 4; i++) {
		fds[i] = open_one();
		push(fds[i], slow, sizeof(slow) - 1);
	}
	for (size_t i = 0; i < 16; i++) {
		int fd = open_one();
		push(fd, GET E, sizeof(GET E) - 1);
		(void)pull(fd, answer, sizeof(answer), 10);
		assert_int_equal(200, status_of(answer));
		(void)close(fd);
	}
	atomic_store(&let_go, 1);
	for (size_t i = 0; i < 4; i++) {
		(void)pull(fds[i], answer, sizeof(answer), 10);
		assert_non_null(strstr(answer, "away\n"));
		(void)close(fds[i]);
	}
	assert_int_equal(0, metric_value(METRIC_WAITING));
	stop();
}

/* What is asked by those who have hung up is not done. */
static void
test_work_for_nobody(void **state)
{
	static const char held[] = "GET /v1/lineage/held HTTP/1.1\r\n" H E;
	static const char text[] = "GET /v1/lineage/away HTTP/1.1\r\n" H E;
	char answer[4096];
	int fds[4 + 8];
	(void)state;

	start(http_defaults("127.0.0.1:0"));
	atomic_store(&let_go, 0);
	unsigned before = atomic_load(&handled);
	for (size_t i = 0; i < 12; i++) {
		fds[i] = open_one();
		push(fds[i], i < 4 ? held : text, sizeof(text) - 1);
		assert_true(await_waiting(i + 1));
	}
	for (size_t i = 5; i < 12; i++)
		reset(fds[i]);
	atomic_store(&let_go, 1);
	for (size_t i = 0; i < 5; i++) {
		(void)pull(fds[i], answer, sizeof(answer), 10);
		assert_non_null(strstr(answer, "away\n"));
		(void)close(fds[i]);
	}
	assert_true(await_waiting(0));
	assert_int_equal(before + 5, atomic_load(&handled));
	stop();
}

/* Answers that nobody takes are kept up to a bound, then there are no more. */
static void
test_deaf(void **state)
{
	static const char text[] =
	    "GET /v1/records/ab/statement HTTP/1.1\r\n" H E;
	const int window = 4096;
	char answer[4096];
	int fds[20];
	size_t refused = 0;
	(void)state;

	start(http_defaults("127.0.0.1:0"));
	for (size_t i = 0; i < 20; i++) {
		fds[i] = open_one();
		(void)setsockopt(
		    fds[i], SOL_SOCKET, SO_RCVBUF, &window, sizeof(window));
		push(fds[i], text, sizeof(text) - 1);
		struct pollfd wait = { .fd = fds[i], .events = POLLIN };
		assert_int_equal(1, poll(&wait, 1, AWAIT_MS));
	}
	/* what is small is given to everybody */
	int fd = open_one();
	push(fd, GET E, sizeof(GET E) - 1);
	(void)pull(fd, answer, sizeof(answer), 10);
	assert_int_equal(200, status_of(answer));
	(void)close(fd);
	for (size_t i = 0; i < 20; i++) {
		(void)pull(fds[i], answer, 512, 100);
		refused += status_of(answer) == 503;
		(void)close(fds[i]);
	}
	assert_in_range(refused, 4, 5); /* of 8 MiB, in 128 */
	stop();
}

/* One answer of many that are given at once, in blocks. */
struct taken {
	size_t len; /* of the body */
	int fd;
	bool has_head;
	bool is_good;
};

static void
take_some(struct taken *taken)
{
	static uint32_t words[8192];
	char head[4096];

	if (!taken->has_head) { /* byte by byte: behind it comes the body */
		size_t len = 0;
		while (len < 4 || memcmp(head + len - 4, E, 2) != 0 ||
		    memcmp(head + len - 2, E, 2) != 0)
			assert_int_equal(
			    1, recv(taken->fd, head + len++, 1, 0));
		taken->has_head = true;
		taken->is_good = true;
	}
	ssize_t got = recv(taken->fd, words, sizeof(words), MSG_WAITALL);
	assert_int_equal(sizeof(words), got);
	for (size_t i = 0; i < sizeof(words) / 4; i++)
		if (words[i] != taken->len / 4 + i)
			taken->is_good = false;
	taken->len += sizeof(words);
}

static void
test_long_answers(void **state)
{
	static const char text[] =
	    "GET /v1/records/ab/statement HTTP/1.1\r\n" H E;
	struct taken all[12];
	(void)state;

	start(http_defaults("127.0.0.1:0"));
	for (size_t i = 0; i < 12; i++) {
		all[i] = (struct taken){ .fd = open_one() };
		push(all[i].fd, text, sizeof(text) - 1);
	}
	/* one leaves in its middle, one takes nothing for now */
	take_some(&all[10]);
	reset(all[10].fd);
	for (size_t at = 0; at < LARGE; at += 32768)
		for (size_t i = 0; i < 10; i++)
			take_some(&all[i]);
	while (all[11].len < LARGE)
		take_some(&all[11]);
	for (size_t i = 0; i < 12; i++) {
		assert_true(all[i].is_good);
		if (i != 10)
			(void)close(all[i].fd);
	}
	stop();
}

/* Sends a byte every 50 ms; gives how long it took until the other side hung
 * up. */
static uint64_t
drip(const char *text, size_t len)
{
	uint64_t begun_ms = clock_steady_ms();
	int fd = open_one();
	char answer[4096];
	bool is_cut = false;

	for (size_t i = 0; !is_cut && i < len; i++) {
		is_cut = send(fd, text + i, 1, MSG_NOSIGNAL) != 1;
		pause_ms(50);
		if (recv(fd, answer, sizeof(answer), MSG_DONTWAIT) == 0)
			is_cut = true;
	}
	assert_true(is_cut);
	(void)close(fd);
	return clock_steady_ms() - begun_ms;
}

static void
test_slow_headers(void **state)
{
	static char text[AWAIT_MS / 50] = GET "X: ";
	size_t len = strlen(text);
	(void)state;

	memset(text + len, 'a', sizeof(text) - len);
	start(quick());
	assert_in_range(drip(text, sizeof(text)), QUICK_MS - 50, AWAIT_MS);
	stop();
}

static void
test_slow_body(void **state)
{
	static const char head[] = POST "Content-Length: 4096\r\n" E;
	char text[sizeof(head) - 1 + 64];
	(void)state;

	start(quick());
	memcpy(text, head, sizeof(head) - 1);
	memset(text + sizeof(head) - 1, 'a', 64);
	int fd = open_one();
	char answer[4096];
	uint64_t begun_ms = clock_steady_ms();
	push(fd, text, sizeof(text));
	assert_true(pull(fd, answer, sizeof(answer), AWAIT_MS));
	assert_in_range(clock_steady_ms() - begun_ms, QUICK_MS - 50, AWAIT_MS);
	(void)close(fd);
	stop();
}

/* The size of a chunk fills the library's buffer and does not end: that costs
 * nothing. */
static void
test_a_size_that_fits_nowhere(void **state)
{
	static char zeros[100000];
	char answer[4096];
	struct timespec before, after;
	(void)state;

	start(http_defaults("127.0.0.1:0"));
	int fd = open_one();
	memset(zeros, '0', sizeof(zeros));
	push(fd, POST TE E, sizeof(POST TE E) - 1);
	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before);
	push(fd, zeros, sizeof(zeros));
	assert_true(pull(fd, answer, sizeof(answer), AWAIT_MS));
	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after);
	assert_int_equal(400, status_of(answer));
	int64_t cpu_us = (after.tv_sec - before.tv_sec) * 1000000 +
	    (after.tv_nsec - before.tv_nsec) / 1000;
	/* a loop that spins would do so until the deadline */
	assert_in_range(cpu_us, 0, 1000000);
	(void)close(fd);
	stop();
}

/* He is held until then; who leaves, and a log that ends, need not wait. */
static void
test_held_until_it_leaves(void **state)
{
	static char zeros[100000];
	(void)state;

	start(http_defaults("127.0.0.1:0"));
	memset(zeros, '0', sizeof(zeros));
	for (size_t i = 0; i < 2; i++) {
		int fd = open_one();
		push(fd, POST TE E, sizeof(POST TE E) - 1);
		push(fd, zeros, 60000);
		assert_true(await_waiting(1));
		reset(fd);
		assert_true(i == 1 || await_waiting(0));
	}
	stop();
	assert_int_equal(0, metric_value(METRIC_WAITING));
	assert_int_equal(0, metric_value(METRIC_CONNECTIONS));
}

static void
test_slow_reader(void **state)
{
	static const char text[] =
	    "GET /v1/records/ab/statement HTTP/1.1\r\n" H E;
	struct http_options options = quick();
	uint64_t cut = metric_value(METRIC_CUT);
	(void)state;

	/* 8 MiB would have 128 s more; a reader that takes nothing is idle and
	   cut by nobody but the watchdog */
	options.deadlines.answer_ms = 0;
	start(options);
	int fd = open_one();
	push(fd, text, sizeof(text) - 1);
	pause_ms(1000);
	assert_int_equal(cut, metric_value(METRIC_CUT));
	(void)close(fd);
	stop();
}

static void
test_idle(void **state)
{
	char answer[4096];
	(void)state;

	start(quick());
	int fd = open_one();
	uint64_t begun_ms = clock_steady_ms();
	push(fd, GET E, sizeof(GET E) - 1);
	assert_true(pull(fd, answer, sizeof(answer), AWAIT_MS));
	assert_int_equal(200, status_of(answer));
	assert_in_range(clock_steady_ms() - begun_ms, QUICK_MS - 50, AWAIT_MS);
	(void)close(fd);
	stop();
}

/* A chunked body one byte longer than it may be, and far longer. */
static void
test_chunks_over_the_cap(void **state)
{
	static const size_t sizes[] = { BODY_RECORD_MAX, BODY_RECORD_MAX + 1,
		4 * BODY_RECORD_MAX };
	static char body[4 * BODY_RECORD_MAX];
	char answer[4096];
	(void)state;

	start(http_defaults("127.0.0.1:0"));
	memset(body, 'a', sizeof(body));
	for (size_t i = 0; i < 3; i++) {
		char chunk[32];
		int fd = open_one();
		int len = snprintf(chunk, sizeof(chunk), "%zx\r\n", sizes[i]);
		push(fd, POST TE E, sizeof(POST TE E) - 1);
		push(fd, chunk, (size_t)len);
		push(fd, body, sizes[i]);
		push(fd, "\r\n0\r\n\r\n", i == 0 ? 7 : 2);
		bool is_closed = pull(fd, answer, sizeof(answer), AWAIT_MS);
		assert_int_equal(i == 0 ? 201 : 413, status_of(answer));
		assert_true(is_closed);
		(void)close(fd);
	}
	stop();
}

static void
test_a_large_body_is_not_read(void **state)
{
	static const char text[] = POST "Content-Length: 200000\r\n"
					"Expect: 100-continue\r\n" E;
	char answer[4096];
	(void)state;

	start(http_defaults("127.0.0.1:0"));
	int fd = open_one();
	push(fd, text, sizeof(text) - 1);
	assert_true(pull(fd, answer, sizeof(answer), AWAIT_MS));
	assert_null(strstr(answer, "100 Continue"));
	assert_int_equal(413, status_of(answer));
	(void)close(fd);
	stop();
}

static void
test_asks_first_then_sends(void **state)
{
	static const char text[] = POST "Content-Length: 3\r\n"
					"Expect: 100-continue\r\n" E;
	char answer[4096];
	(void)state;

	start(http_defaults("127.0.0.1:0"));
	int fd = open_one();
	push(fd, text, sizeof(text) - 1);
	(void)pull(fd, answer, sizeof(answer), 100);
	assert_int_equal(100, status_of(answer));
	push(fd, "abc", 3);
	(void)pull(fd, answer, sizeof(answer), 100);
	assert_int_equal(201, status_of(answer));
	(void)close(fd);
	stop();
}

/* Where the library keeps a head that came in pieces must not matter. */
static void
test_large_headers_in_pieces(void **state)
{
	static char text[16384] = GET;
	char answer[4096];
	size_t len = sizeof(GET) - 1;
	(void)state;

	for (size_t i = 0; i < 60; i++) {
		memcpy(text + len, "X: ", 3);
		memset(text + len + 3, 'a', 200);
		memcpy(text + len + 203, "\r\n", 3);
		len += 205;
	}
	memcpy(text + len, E, sizeof(E));
	len += sizeof(E) - 1;
	start(http_defaults("127.0.0.1:0"));
	int fd = open_one();
	for (size_t round = 0; round < 3; round++) {
		for (size_t at = 0; at < len; at += 700) {
			push(fd, text + at, len - at < 700 ? len - at : 700);
			pause_ms(2);
		}
		(void)pull(fd, answer, sizeof(answer), 100);
		assert_int_equal(200, status_of(answer));
	}
	(void)close(fd);
	stop();
}

/* An address of this machine that is not loopback, or false. */
static bool
find_address(struct sockaddr_in *ret)
{
	struct ifaddrs *list;
	bool is_found = false;

	if (getifaddrs(&list) != 0)
		return false;
	for (struct ifaddrs *at = list; at != NULL; at = at->ifa_next) {
		if (at->ifa_addr == NULL || at->ifa_addr->sa_family != AF_INET)
			continue;
		memcpy(ret, at->ifa_addr, sizeof(*ret));
		is_found = ntohl(ret->sin_addr.s_addr) >> 24 != 127;
		if (is_found)
			break;
	}
	freeifaddrs(list);
	return is_found;
}

static void
test_too_many_of_one_address(void **state)
{
	struct http_options options = http_defaults("0.0.0.0:0");
	struct sockaddr_in address;
	char answer[4096];
	int fds[5];
	size_t taken = 0, refused = 0, dropped_at_once = 0;
	(void)state;

	if (!find_address(&address))
		skip();
	options.per_address = 2;
	start(options);
	address.sin_port = htons(port);
	for (size_t i = 0; i < 5; i++) {
		fds[i] = socket(AF_INET, SOCK_STREAM, 0);
		assert_int_equal(0,
		    connect(
			fds[i], (struct sockaddr *)&address, sizeof(address)));
	}
	for (size_t i = 0; i < 5; i++)
		push(fds[i], GET E, sizeof(GET E) - 1);
	for (size_t i = 0; i < 5; i++) {
		(void)pull(fds[i], answer, sizeof(answer), 10);
		taken += status_of(answer) == 200;
		refused += status_of(answer) == 429;
		dropped_at_once += status_of(answer) == 0;
	}
	assert_int_equal(2, taken);
	/* two threads that accept at once let one more in to be told */
	assert_in_range(refused, 2, 3);
	assert_int_equal(3, refused + dropped_at_once);
	for (size_t i = 0; i < 5; i++)
		(void)close(fds[i]);
	stop();
}

static const char large_head[] =
    POST "Content-Type: application/x-ndjson\r\nContent-Length: "
	 "8388608\r\n" E;
static char large_body[(8 << 20)];

/* All but `missing` bytes of it. */
static int
open_large(size_t missing)
{
	int fd = open_one();

	push(fd, large_head, sizeof(large_head) - 1);
	push(fd, large_body, sizeof(large_body) - missing);
	return fd;
}

/* What all requests may send together: the ones above it are sent away. */
static void
test_body_budget(void **state)
{
	char answer[4096] = "";
	struct pollfd fds[10];
	size_t refused = 0;
	(void)state;

	start(http_defaults("127.0.0.1:0"));
	for (size_t i = 0; i < 10; i++)
		fds[i] = (struct pollfd){
			.fd = open_large(1),
			.events = POLLIN,
		};
	assert_in_range(poll(fds, 10, AWAIT_MS), 1, 3);
	for (size_t i = 0; i < 10; i++) {
		if (poll(&fds[i], 1, 0) == 1) {
			(void)pull(fds[i].fd, answer, sizeof(answer), 10);
			assert_int_equal(503, status_of(answer));
			assert_non_null(strstr(answer, "Retry-After: "));
			refused++;
		}
	}
	assert_in_range(refused, 1, 3);
	for (size_t i = 0; i < 10; i++)
		(void)close(fds[i].fd);
	/* all of it is given back, when it was seen that they left */
	uint64_t end_ms = clock_steady_ms() + AWAIT_MS;
	do {
		int fd = open_large(0);
		(void)pull(fd, answer, sizeof(answer), 10);
		(void)close(fd);
	} while (status_of(answer) == 503 && clock_steady_ms() < end_ms);
	assert_int_equal(201, status_of(answer));
	stop();
}

static void
test_stop_finishes_what_waits(void **state)
{
	static const char text[] = "GET /v1/records/held HTTP/1.1\r\n" H E;
	char answer[4096];
	(void)state;

	start(http_defaults("127.0.0.1:0"));
	atomic_store(&let_go, 0);
	atomic_store(&begun, 0);
	int idle = open_one();
	int fd = open_one();
	push(fd, text, sizeof(text) - 1);
	assert_true(await(&begun, 1));
	/* with a pause between, while it is stopped */
	atomic_store(&let_go, 1);
	stop();
	assert_true(pull(fd, answer, sizeof(answer), 100));
	assert_int_equal(200, status_of(answer));
	assert_non_null(strstr(answer, "Connection: close\r\n"));
	(void)close(fd);
	(void)close(idle);
}

static void
test_an_address_that_is_taken(void **state)
{
	struct why w = { "" };
	struct http *second;
	(void)state;

	start(http_defaults("127.0.0.1:0"));
	struct http_options options = http_defaults(http_address(http));
	assert_err(ERR_CONFLICT, http_new(&ledger, &options, &second, &w));
	options.address = "127.0.0.1";
	assert_err(ERR_USAGE, http_new(&ledger, &options, &second, &w));
	options.address = "127.0.0.1:65536";
	assert_err(ERR_USAGE, http_new(&ledger, &options, &second, &w));
	options.address = "::1:8080";
	assert_err(ERR_USAGE, http_new(&ledger, &options, &second, &w));
	stop();
}

/* Whoever began to stream is told of the end, whatever that was. */
static void
test_every_stream_is_dropped(void **state)
{
	static const char *const names[] = { "go", "later", "no", "stop" };
	char text[256];
	char answer[4096];

	(void)state;
	start(quick());
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		for (unsigned sent = 0; sent < 4; sent++) {
			unsigned before = atomic_load(&dropped);
			int fd = open_one();
			(void)snprintf(text, sizeof(text),
			    "PUT /v1/blobs/%s HTTP/1.1\r\n" H CL3 E "%.*s",
			    names[i], (int)sent, "abc");
			push(fd, text, strlen(text));
			if (sent < 3)
				(void)shutdown(fd, SHUT_WR);
			(void)pull(fd, answer, sizeof(answer), 50);
			(void)close(fd);
			assert_true(await(&dropped, before + 1));
			assert_int_equal(before + 1, atomic_load(&dropped));
		}
	}
	stop();
}

int
main(int argc, char **argv)
{
	UNIT_ROWS(shapes, test_row);
	UNIT_ROWS(streams, test_row);
	UNIT(test_every_stream_is_dropped);
	UNIT(test_headers_of_answers);
	UNIT(test_a_head_has_no_body);
	UNIT(test_pipelined);
	UNIT(test_resumed);
	UNIT(test_a_peer_that_leaves_while_it_waits);
	UNIT(test_long_work);
	UNIT(test_work_for_nobody);
	UNIT(test_deaf);
	UNIT(test_long_answers);
	UNIT(test_slow_headers);
	UNIT(test_slow_body);
	UNIT(test_a_size_that_fits_nowhere);
	UNIT(test_held_until_it_leaves);
	UNIT(test_slow_reader);
	UNIT(test_idle);
	UNIT(test_chunks_over_the_cap);
	UNIT(test_a_large_body_is_not_read);
	UNIT(test_asks_first_then_sends);
	UNIT(test_large_headers_in_pieces);
	UNIT(test_too_many_of_one_address);
	UNIT(test_body_budget);
	UNIT(test_stop_finishes_what_waits);
	UNIT(test_an_address_that_is_taken);
	return unit_run(argc, argv);
}
