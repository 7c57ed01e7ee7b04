#include "daemon/http_handle.h"

#include <stddef.h>
#include <string.h>

#include "daemon/http_stream.h"
#include "daemon/log.h"
#include "daemon/metric.h"

/* The release whose way of cutting a head the gate knows; 1.0.0 and later are
 * strict themselves. */
#define KNOWN_LAYOUT "0.9.75"

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
read_head(struct exchange *exchange, const struct handle_line *line,
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
	if (info != NULL)
		watched_understand(exchange->watched, info->header_size);
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
	return exchange_send_first(exchange, err, w);
}

enum MHD_Result
handle_head(struct exchange *exchange, const struct handle_line *line)
{
	struct gate_head head;
	struct why why_text = { "" };

	if (exchange->stage == EXCHANGE_OPENING)
		return stream_open(exchange);
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
	exchange_set_deadline(exchange, exchange->shared->deadlines.body_ms);
	if (err == ERR_OK && exchange->match.stream != NULL)
		return stream_open(exchange);
	/* an answer in this first call ends the connection, so the good ones
	   wait for the second */
	if (err == ERR_OK || !gate_has_body(&exchange->pass))
		return MHD_YES;
	if (!exchange->pass.expects_continue)
		return exchange_send_early(exchange, err, &exchange->why);
	return exchange_send_first(exchange, err, &exchange->why);
}

/* ---- the body ---- */

enum MHD_Result
handle_body(struct exchange *exchange, const char *data, size_t len)
{
	struct http_shared *shared = exchange->shared;
	struct why why_text = { "" };

	if (exchange->stage == EXCHANGE_REFUSED)
		return MHD_YES; /* read away, until the watchdog's deadline */
	if (exchange->match.stream != NULL)
		return stream_body(exchange, span_of(data, len));
	if (len > exchange->match.body_max - exchange->body.len) {
		enum err err = why(&why_text, ERR_TOO_LARGE,
		    "body: more than %zu bytes", exchange->match.body_max);
		return exchange_send_early(exchange, err, &why_text);
	}
	size_t before = atomic_fetch_add(&shared->body_bytes, len);
	exchange->counted += len;
	if (before + len > BODIES_BYTES_MAX) {
		enum err err = why(&why_text, ERR_BUSY,
		    "body: too much is being sent by others just now");
		return exchange_send_early(exchange, err, &why_text);
	}
	writer_bytes(&exchange->body, data, len);
	if (writer_end(&exchange->body) == ERR_OK)
		return MHD_YES;
	enum err err = why(&why_text, ERR_MEMORY, "out of memory");
	return exchange_send_early(exchange, err, &why_text);
}

void
handle_spoiled(struct exchange *exchange, const char *detail)
{
	struct why w = { "" };
	enum err err = why(&w, ERR_SYNTAX, "body: %s", detail);

	(void)exchange_send_early(exchange, err, &w);
	exchange_set_deadline(exchange, 0);
}

/* ---- the answer ---- */

/* On a worker's thread.  What is late, or what nobody waits for any more, is not
 * done: who asks and hangs up, again and again, must not fill the queue. */
static void
run_work(struct work *work, struct arena *scratch, bool is_late)
{
	struct exchange *exchange = (struct exchange *)(void *)((char *)work -
	    offsetof(struct exchange, work));
	struct request *request = &exchange->request;
	struct reply reply = reply_new();
	struct why w = { "" };

	request->is_hasty = false;
	request->scratch = scratch;
	if (is_late || exchange_is_deserted(exchange)) {
		enum err err = why(&w, ERR_BUSY, "too much is asked just now");
		reply_error(&reply, err, &w);
	} else if (exchange->match.handler(request, &reply) != SERVED) {
		/* it may be served by another thread by now: hands off */
		reply_done(&reply);
		return;
	}
	exchange->reply = reply;
	exchange->is_answered = true;
	request_resume(request);
}

static enum MHD_Result
serve(struct exchange *exchange)
{
	struct request *request = &exchange->request;

	request->calls++;
	request->is_hasty = true;
	request->scratch = NULL;
	exchange->reply = reply_new();
	enum served served = exchange->match.handler(request, &exchange->reply);
	if (served == SERVED)
		return exchange_send(exchange);
	enum MHD_Result result = exchange_suspend(exchange, EXCHANGE_WAITING);
	exchange->work.run = run_work;
	if (served == SERVED_AWAY)
		workers_add(exchange->shared->workers,
		    request->method == METHOD_POST ? WORK_WRITE : WORK_QUESTION,
		    &exchange->work);
	return result;
}

static enum MHD_Result
answer_options(struct exchange *exchange)
{
	exchange->reply = reply_new();
	exchange->reply.status = MHD_HTTP_NO_CONTENT;
	exchange->reply.allow = exchange->match.allow;
	return exchange_send(exchange);
}

enum MHD_Result
handle_complete(struct exchange *exchange)
{
	if (exchange->stage == EXCHANGE_REFUSED)
		return MHD_NO; /* answered long ago: close */
	if (exchange->refusal != ERR_OK) {
		exchange_set_error(exchange, exchange->refusal, &exchange->why);
		return exchange_send(exchange);
	}
	if (exchange->match.handler == NULL)
		return answer_options(exchange);
	if (exchange->stage == EXCHANGE_WAITING) {
		exchange_stop_waiting(exchange);
		if (exchange->is_answered) {
			exchange->is_answered = false;
			return exchange_send(exchange);
		}
	} else {
		metric_add(METRIC_REQUESTS, 1);
		exchange->request.body = writer_view(&exchange->body);
	}
	return serve(exchange);
}
