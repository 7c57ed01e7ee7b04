#include "daemon/http_exchange.h"

#include <poll.h>
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
#define ARENA_KEPT ((size_t)64 << 10)
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

void
exchange_set_deadline(struct exchange *exchange, uint64_t wait_ms)
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
	exchange->answer_counted = 0;
	exchange->is_answered = false;
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

void
exchange_stop_waiting(struct exchange *exchange)
{
	exchange->stage = EXCHANGE_BODY;
	atomic_fetch_sub(&exchange->shared->waiting, 1);
	metric_sub(METRIC_WAITING, 1);
}

/* What a question took once is not kept for ever. */
static void
empty_arena(struct exchange *exchange)
{
	struct arena **arena = &exchange->request.arena;
	struct arena *fresh = NULL;

	if (arena_used(*arena) > ARENA_KEPT)
		fresh = arena_new(REQUEST_ARENA_MAX);
	if (fresh == NULL) {
		arena_reset(*arena);
		return;
	}
	arena_free(*arena);
	*arena = fresh;
}

void
exchange_end(struct exchange *exchange)
{
	/* resumed, but the peer had gone: the handler is not asked again */
	if (exchange->stage == EXCHANGE_WAITING ||
	    exchange->stage == EXCHANGE_HELD ||
	    exchange->stage == EXCHANGE_OPENING)
		exchange_stop_waiting(exchange);
	if (exchange->is_answered)
		reply_done(&exchange->reply);
	if (exchange->is_streaming)
		exchange->match.stream->drop(&exchange->request);
	atomic_fetch_sub(&exchange->shared->body_bytes, exchange->counted);
	atomic_fetch_sub(
	    &exchange->shared->answer_bytes, exchange->answer_counted);
	atomic_fetch_sub(&exchange->shared->active, 1);
	if (exchange->body.cap > BODY_KEPT) {
		writer_done(&exchange->body);
		exchange->body = writer_heap(BODY_LINES_MAX);
	}
	writer_clear(&exchange->body);
	empty_arena(exchange);
	exchange_set_deadline(exchange, exchange->shared->deadlines.headers_ms);
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
	    LOG_NUMBER("bytes", reply_len(reply)),
	    LOG_NUMBER("ms", clock_steady_ms() - exchange->begun_ms));
}

/* Too large, or more than may wait to be taken by all together. */
static void
judge_answer(struct exchange *exchange)
{
	struct reply *reply = &exchange->reply;
	atomic_size_t *bytes = &exchange->shared->answer_bytes;
	struct why w = { "" };
	enum err err = writer_end(&reply->body);

	if (err != ERR_OK) {
		err = why(&w, err, "answer: larger than it may be");
	} else {
		exchange->answer_counted = reply->body.len;
		if (atomic_fetch_add(bytes, reply->body.len) + reply->body.len >
			ANSWERS_BYTES_MAX &&
		    reply->body.len > ANSWER_LEN_SMALL)
			err = why(&w, ERR_BUSY,
			    "answer: too much waits to be taken by others");
	}
	if (err != ERR_OK)
		reply_error(reply, err, &w);
}

enum MHD_Result
exchange_send(struct exchange *exchange)
{
	struct reply *reply = &exchange->reply;

	judge_answer(exchange);
	/* 0.9.75 takes LF for CRLF in chunks: where such a body ends is not what
	   a proxy may think, so nothing behind it is ever read */
	if (exchange->pass.is_chunked ||
	    atomic_load(&exchange->shared->is_quiet))
		reply->must_close = true;
	count_answer(exchange);
	exchange_set_deadline(exchange,
	    exchange->shared->deadlines.answer_ms +
		reply_len(reply) / ANSWER_RATE * 1000);
	return http_reply_send(exchange->pace, exchange->connection, reply,
	    exchange->pass.method != GATE_POST &&
		exchange->pass.method != GATE_PUT);
}

void
exchange_set_error(struct exchange *exchange, enum err err, const struct why *w)
{
	exchange->reply = reply_new();
	reply_error(&exchange->reply, err, w);
	if (err == ERR_METHOD)
		exchange->reply.allow = exchange->match.allow;
}

int
exchange_socket(const struct exchange *exchange)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(
	    exchange->connection, MHD_CONNECTION_INFO_CONNECTION_FD);

	return info == NULL ? -1 : info->connect_fd;
}

bool
exchange_is_deserted(const struct exchange *exchange)
{
	struct pollfd fd = { .fd = exchange_socket(exchange) };

	return poll(&fd, 1, 0) == 1 && (fd.revents & (POLLHUP | POLLERR)) != 0;
}

enum MHD_Result
exchange_suspend(struct exchange *exchange, enum exchange_stage stage)
{
	reply_done(&exchange->reply);
	exchange->stage = stage;
	watched_set_deadline(exchange->watched, UINT64_MAX);
	atomic_fetch_add(&exchange->shared->waiting, 1);
	metric_add(METRIC_WAITING, 1);
	MHD_suspend_connection(exchange->connection);
	return MHD_YES;
}

enum MHD_Result
exchange_send_reply_early(struct exchange *exchange)
{
	exchange->stage = EXCHANGE_REFUSED;
	count_answer(exchange);
	exchange_set_deadline(exchange, DISCARD_MS);
	return http_reply_send_early(exchange->connection, &exchange->reply);
}

enum MHD_Result
exchange_send_early(
    struct exchange *exchange, enum err err, const struct why *w)
{
	exchange_set_error(exchange, err, w);
	return exchange_send_reply_early(exchange);
}

enum MHD_Result
exchange_send_reply_first(struct exchange *exchange)
{
	exchange->stage = EXCHANGE_REFUSED;
	exchange->reply.must_close = true;
	return exchange_send(exchange);
}

enum MHD_Result
exchange_send_first(
    struct exchange *exchange, enum err err, const struct why *w)
{
	exchange_set_error(exchange, err, w);
	return exchange_send_reply_first(exchange);
}
