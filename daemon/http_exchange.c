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
	exchange->is_streaming = false;
	exchange->streamed = 0;
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
	atomic_fetch_sub(&exchange->shared->waiting, 1);
	metric_sub(METRIC_WAITING, 1);
}

void
exchange_end(struct exchange *exchange)
{
	/* resumed, but the peer had gone: the handler is not asked again */
	if (exchange->stage == EXCHANGE_WAITING ||
	    exchange->stage == EXCHANGE_OPENING)
		stop_waiting(exchange);
	if (exchange->is_streaming)
		exchange->match.stream->drop(&exchange->request);
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
	    LOG_NUMBER(
		"bytes", reply->fd == -1 ? reply->body.len : reply->fd_len),
	    LOG_NUMBER("ms", clock_steady_ms() - exchange->begun_ms));
}

static enum MHD_Result
send_reply(struct exchange *exchange)
{
	struct reply *reply = &exchange->reply;
	uint64_t len = reply->fd == -1 ? reply->body.len : reply->fd_len;

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
	return http_reply_send(exchange->connection, reply,
	    exchange->pass.method != GATE_POST &&
		exchange->pass.method != GATE_PUT);
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
send_reply_early(struct exchange *exchange)
{
	exchange->stage = EXCHANGE_REFUSED;
	count_answer(exchange);
	set_deadline(exchange, DISCARD_MS);
	return http_reply_send_early(exchange->connection, &exchange->reply);
}

static enum MHD_Result
send_early(struct exchange *exchange, enum err err, const struct why *w)
{
	set_error(exchange, err, w);
	return send_reply_early(exchange);
}

/* In the first call: the library closes behind it. */
static enum MHD_Result
send_reply_first(struct exchange *exchange)
{
	exchange->stage = EXCHANGE_REFUSED;
	exchange->reply.must_close = true;
	return send_reply(exchange);
}

static enum MHD_Result
send_first(struct exchange *exchange, enum err err, const struct why *w)
{
	set_error(exchange, err, w);
	return send_reply_first(exchange);
}

/* ---- the head ---- */

/* Refused by what the bytes say: answered and closed before any body. */
static enum MHD_Result
refuse(struct exchange *exchange, enum err err, const struct why *w)
{
	metric_add(METRIC_GATE_REFUSED, 1);
	log_event(LOG_INFO, "gate", LOG_TEXT("error", err_name(err)),
	    LOG_TEXT("detail", w->text));
	return send_first(exchange, err, w);
}

/* Resumed only by this thread, later: it cannot be overtaken. */
static enum MHD_Result
suspend(struct exchange *exchange, enum exchange_stage stage)
{
	reply_done(&exchange->reply);
	exchange->stage = stage;
	watched_set_deadline(exchange->watched, UINT64_MAX);
	atomic_fetch_add(&exchange->shared->waiting, 1);
	metric_add(METRIC_WAITING, 1);
	MHD_suspend_connection(exchange->connection);
	return MHD_YES;
}

/* Before the first byte of a body that is streamed: may it come? */
static enum MHD_Result
open_stream(struct exchange *exchange)
{
	struct reply *reply = &exchange->reply;
	bool has_body = gate_has_body(&exchange->pass);

	exchange->is_streaming = true;
	exchange->request.calls++;
	*reply = reply_new();
	switch (exchange->match.stream->begin(&exchange->request, reply)) {
	case STREAM_GO:
		reply_done(reply);
		exchange->stage = EXCHANGE_BODY;
		exchange->opened_ms = clock_steady_ms();
		set_deadline(exchange, exchange->shared->deadlines.body_ms);
		return MHD_YES;
	case STREAM_LATER:
		return suspend(exchange, EXCHANGE_OPENING);
	case STREAM_SERVED:
		break;
	}
	metric_add(METRIC_REQUESTS, 1);
	return has_body && !exchange->pass.expects_continue
	    ? send_reply_early(exchange)
	    : send_reply_first(exchange);
}

enum MHD_Result
exchange_head(struct exchange *exchange, const struct exchange_line *line)
{
	struct gate_head head;
	struct why why_text = { "" };

	if (exchange->stage == EXCHANGE_OPENING) {
		stop_waiting(exchange);
		return open_stream(exchange);
	}
	exchange->pass = (struct gate_pass){ .method = GATE_OTHER };
	exchange_read_head(exchange, line, &head);
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
	if (err == ERR_OK && exchange->match.stream != NULL)
		return open_stream(exchange);
	/* an answer in this first call ends the connection, so the good ones
	   wait for the second */
	if (err == ERR_OK || !gate_has_body(&exchange->pass))
		return MHD_YES;
	if (!exchange->pass.expects_continue)
		return send_early(exchange, err, &exchange->why);
	return send_first(exchange, err, &exchange->why);
}

/* ---- the body ---- */

static enum MHD_Result
take_stream(struct exchange *exchange, struct span bytes)
{
	struct why why_text = { "" };
	uint64_t body_ms = exchange->shared->deadlines.body_ms;

	enum err err =
	    exchange->match.stream->take(&exchange->request, bytes, &why_text);
	if (err != ERR_OK)
		return send_early(exchange, err, &why_text);
	exchange->streamed += bytes.len;
	watched_set_deadline(exchange->watched,
	    exchange->opened_ms + body_ms +
		exchange->streamed / BLOB_RATE_MIN * 1000);
	return MHD_YES;
}

enum MHD_Result
exchange_take(struct exchange *exchange, const char *data, size_t len)
{
	struct http_shared *shared = exchange->shared;
	struct why why_text = { "" };

	if (exchange->stage == EXCHANGE_REFUSED)
		return MHD_YES; /* read away, until the watchdog's deadline */
	if (exchange->match.stream != NULL)
		return take_stream(exchange, span_of(data, len));
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
	return suspend(exchange, EXCHANGE_WAITING);
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
		exchange->stage = EXCHANGE_BODY;
	} else {
		metric_add(METRIC_REQUESTS, 1);
		exchange->request.body = writer_view(&exchange->body);
	}
	return serve(exchange);
}
