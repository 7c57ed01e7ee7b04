#include "daemon/http_exchange.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/clock.h"
#include "daemon/http_reply.h"
#include "daemon/log.h"
#include "daemon/metric.h"

/* Enough for the refusal to arrive; not enough to upload anything. */
#define DISCARD_MS 1000
/* A body's buffer larger than this is given back at once. */
#define BODY_KEPT ((size_t)64 << 10)
/* The release whose way of cutting a head the gate knows; 1.0.0 and later are
 * strict themselves. */
#define KNOWN_LAYOUT "0.9.75"
#define ANSWER_RATE ((size_t)64 << 10) /* bytes a second, at least */

static void
resume(struct request *request)
{
	struct exchange *exchange = request->inside;

	exchange->resume(exchange);
}

struct exchange *
exchange_new(struct http_shared *shared)
{
	struct exchange *exchange = calloc(1, sizeof(*exchange));

	if (exchange == NULL)
		return NULL;
	exchange->shared = shared;
	exchange->body = writer_heap(BODY_LINES_MAX);
	exchange->request.arena = arena_new(REQUEST_ARENA_MAX);
	if (exchange->request.arena == NULL) {
		exchange_free(exchange);
		return NULL;
	}
	return exchange;
}

void
exchange_free(struct exchange *exchange)
{
	if (exchange == NULL)
		return;
	arena_free(exchange->request.arena);
	writer_done(&exchange->body);
	free(exchange);
}

static void
set_deadline(struct exchange *exchange, uint64_t wait_ms)
{
	watched_set_deadline(exchange->watched, clock_steady_ms() + wait_ms);
}

void
exchange_begin(struct exchange *exchange, struct MHD_Connection *connection,
    struct watched *watched, const char *target)
{
	struct arena *arena = exchange->request.arena;
	size_t len = target == NULL ? 0 : strlen(target);

	exchange->connection = connection;
	exchange->watched = watched;
	exchange->stage = EXCHANGE_HEAD;
	exchange->refusal = ERR_OK;
	exchange->counted = 0;
	exchange->begun_ms = clock_steady_ms();
	exchange->raw = target;
	exchange->target_len = len;
	exchange->request = (struct request){
		.ledger = exchange->shared->ledger,
		.arena = arena,
		.resume = resume,
		.inside = exchange,
	};
	/* one byte more than is allowed, so that the gate sees it */
	if (len > sizeof(exchange->target) - 1)
		len = sizeof(exchange->target) - 1;
	if (len > 0)
		memcpy(exchange->target, target, len);
	exchange->target[len] = '\0';
	atomic_fetch_add(&exchange->shared->active, 1);
}

static void
stop_waiting(struct exchange *exchange)
{
	exchange->stage = EXCHANGE_BODY;
	atomic_fetch_sub(&exchange->shared->waiting, 1);
	metric_sub(METRIC_WAITING, 1);
}

void
exchange_end(struct exchange *exchange)
{
	/* resumed, but the peer had gone: the handler is not asked again */
	if (exchange->stage == EXCHANGE_WAITING)
		stop_waiting(exchange);
	atomic_fetch_sub(&exchange->shared->body_bytes, exchange->counted);
	atomic_fetch_sub(&exchange->shared->active, 1);
	if (exchange->body.cap > BODY_KEPT) {
		writer_done(&exchange->body);
		exchange->body = writer_heap(BODY_LINES_MAX);
	}
	writer_clear(&exchange->body);
	arena_reset(exchange->request.arena);
	set_deadline(exchange, exchange->shared->deadlines.headers_ms);
}

/* ---- answers ---- */

static void
count_answer(const struct exchange *exchange)
{
	const struct reply *reply = &exchange->reply;

	metric_add(METRIC_ANSWERS, 1);
	if (reply->status >= 500)
		metric_add(METRIC_ERRORS, 1);
	if (reply->status == 503)
		metric_add(METRIC_BUSY, 1);
	log_event(LOG_DEBUG, "answered",
	    LOG_SPAN(
		"target", span_of(exchange->target, strlen(exchange->target))),
	    LOG_NUMBER("status", (uint64_t)reply->status),
	    LOG_NUMBER("bytes", reply->body.len),
	    LOG_NUMBER("ms", clock_steady_ms() - exchange->begun_ms));
}

static enum MHD_Result
send_reply(struct exchange *exchange)
{
	struct reply *reply = &exchange->reply;
	size_t len = reply->body.len;

	if (writer_end(&reply->body) != ERR_OK) {
		struct why w = { "answer: larger than it may be" };
		reply_error(reply, writer_end(&reply->body), &w);
	}
	/* 0.9.75 takes LF for CRLF in chunks: where such a body ends is not what
	   a proxy may think, so nothing behind it is ever read */
	if (exchange->pass.is_chunked ||
	    atomic_load(&exchange->shared->is_quiet))
		reply->must_close = true;
	count_answer(exchange);
	set_deadline(exchange,
	    exchange->shared->deadlines.answer_ms + len / ANSWER_RATE * 1000);
	return http_reply_send(
	    exchange->connection, reply, exchange->pass.method != GATE_POST);
}

static void
set_error(struct exchange *exchange, enum err err, const struct why *w)
{
	exchange->reply = reply_new();
	reply_error(&exchange->reply, err, w);
	if (err == ERR_METHOD)
		exchange->reply.allow = exchange->match.allow;
}

/* Now, with the end of the connection; the rest of the request is read away. */
static enum MHD_Result
send_early(struct exchange *exchange, enum err err, const struct why *w)
{
	exchange->stage = EXCHANGE_REFUSED;
	set_error(exchange, err, w);
	count_answer(exchange);
	set_deadline(exchange, DISCARD_MS);
	return http_reply_send_early(exchange->connection, &exchange->reply);
}

/* In the first call: the library closes behind it. */
static enum MHD_Result
send_first(struct exchange *exchange, enum err err, const struct why *w)
{
	exchange->stage = EXCHANGE_REFUSED;
	set_error(exchange, err, w);
	exchange->reply.must_close = true;
	return send_reply(exchange);
}

/* ---- the head ---- */

static enum MHD_Result
/* NOLINTNEXTLINE(readability-function-size): the library's signature */
collect(void *context, enum MHD_ValueKind kind, const char *name,
    size_t name_len, const char *value, size_t value_len)
{
	struct gate_head *head = context;

	(void)kind;
	if (head->header_count < HTTP_HEADERS_MAX)
		head->headers[head->header_count] = (struct gate_header){
			.name = span_of(name, name_len),
			.value = span_of(value, value_len),
		};
	head->header_count++;
	return MHD_YES;
}

static void
read_head(struct exchange *exchange, const struct exchange_line *line,
    struct gate_head *head)
{
	head->header_count = 0;
	head->method = span_of_text(line->method);
	head->version = span_of_text(line->version);
	head->target = span_of(exchange->target, strlen(exchange->target));
	head->path_len = strlen(line->url);
	/* 0.9.75 leaves method, target and version where they came in, so what
	   stands between them is what strlen did not see */
	head->target_len = exchange->target_len;
	if (exchange->raw > line->method && line->version > exchange->raw)
		head->target_len = (size_t)(line->version - line->method) -
		    head->method.len - 2;
	if (head->target.len > HTTP_URI_MAX)
		head->target_len = head->target.len;
	(void)MHD_get_connection_values_n(
	    exchange->connection, MHD_HEADER_KIND, collect, head);
	head->raw = SPAN_EMPTY;
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(
	    exchange->connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
	if (info != NULL && strcmp(MHD_get_version(), KNOWN_LAYOUT) == 0)
		head->raw = span_of(line->method, info->header_size);
}

/* Refused by what the bytes say: answered and closed before any body. */
static enum MHD_Result
refuse(struct exchange *exchange, enum err err, const struct why *w)
{
	metric_add(METRIC_GATE_REFUSED, 1);
	log_event(LOG_INFO, "gate", LOG_TEXT("error", err_name(err)),
	    LOG_TEXT("detail", w->text));
	return send_first(exchange, err, w);
}

enum MHD_Result
exchange_head(struct exchange *exchange, const struct exchange_line *line)
{
	struct gate_head head;
	struct why why_text = { "" };

	exchange->pass = (struct gate_pass){ .method = GATE_OTHER };
	read_head(exchange, line, &head);
	enum err err = gate_judge(&head, &exchange->pass, &why_text);
	if (err == ERR_OK && watched_is_over(exchange->watched))
		err = why(&why_text, ERR_TOO_MANY,
		    "connections: too many from this address");
	if (err != ERR_OK)
		return refuse(exchange, err, &why_text);
	err = route_find(&exchange->pass, &exchange->request, &exchange->match,
	    &exchange->why);
	exchange->refusal = err;
	exchange->stage = EXCHANGE_BODY;
	set_deadline(exchange, exchange->shared->deadlines.body_ms);
	/* an answer in this first call ends the connection, so the good ones
	   wait for the second */
	if (err == ERR_OK || !gate_has_body(&exchange->pass))
		return MHD_YES;
	if (!exchange->pass.expects_continue)
		return send_early(exchange, err, &exchange->why);
	return send_first(exchange, err, &exchange->why);
}

/* ---- the body ---- */

enum MHD_Result
exchange_take(struct exchange *exchange, const char *data, size_t len)
{
	struct http_shared *shared = exchange->shared;
	struct why why_text = { "" };

	if (exchange->stage == EXCHANGE_REFUSED)
		return MHD_YES; /* read away, until the watchdog's deadline */
	if (len > exchange->match.body_max - exchange->body.len) {
		enum err err = why(&why_text, ERR_TOO_LARGE,
		    "body: more than %zu bytes", exchange->match.body_max);
		return send_early(exchange, err, &why_text);
	}
	size_t before = atomic_fetch_add(&shared->body_bytes, len);
	exchange->counted += len;
	if (before + len > BODIES_BYTES_MAX) {
		enum err err = why(&why_text, ERR_BUSY,
		    "body: too much is being sent by others just now");
		return send_early(exchange, err, &why_text);
	}
	writer_bytes(&exchange->body, data, len);
	if (writer_end(&exchange->body) == ERR_OK)
		return MHD_YES;
	enum err err = why(&why_text, ERR_MEMORY, "out of memory");
	return send_early(exchange, err, &why_text);
}

void
exchange_spoil(struct exchange *exchange, const char *detail)
{
	struct why w = { "" };
	enum err err = why(&w, ERR_SYNTAX, "body: %s", detail);

	(void)send_early(exchange, err, &w);
	set_deadline(exchange, 0);
}

/* ---- the answer ---- */

static enum MHD_Result
serve(struct exchange *exchange)
{
	struct request *request = &exchange->request;

	request->calls++;
	exchange->reply = reply_new();
	if (exchange->match.handler(request, &exchange->reply) == SERVED)
		return send_reply(exchange);
	/* resumed only by this thread, later: it cannot be overtaken */
	writer_done(&exchange->reply.body);
	exchange->stage = EXCHANGE_WAITING;
	watched_set_deadline(exchange->watched, UINT64_MAX);
	atomic_fetch_add(&exchange->shared->waiting, 1);
	metric_add(METRIC_WAITING, 1);
	MHD_suspend_connection(exchange->connection);
	return MHD_YES;
}

static enum MHD_Result
answer_options(struct exchange *exchange)
{
	exchange->reply = reply_new();
	exchange->reply.status = MHD_HTTP_NO_CONTENT;
	exchange->reply.allow = exchange->match.allow;
	return send_reply(exchange);
}

enum MHD_Result
exchange_complete(struct exchange *exchange)
{
	if (exchange->stage == EXCHANGE_REFUSED)
		return MHD_NO; /* answered long ago: close */
	if (exchange->refusal != ERR_OK) {
		set_error(exchange, exchange->refusal, &exchange->why);
		return send_reply(exchange);
	}
	if (exchange->match.handler == NULL)
		return answer_options(exchange);
	if (exchange->stage == EXCHANGE_WAITING) {
		stop_waiting(exchange);
	} else {
		metric_add(METRIC_REQUESTS, 1);
		exchange->request.body = writer_view(&exchange->body);
	}
	return serve(exchange);
}
