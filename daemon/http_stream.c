#include "daemon/http_stream.h"

#include "daemon/clock.h"
#include "daemon/metric.h"

enum MHD_Result
stream_open(struct exchange *exchange)
{
	struct reply *reply = &exchange->reply;
	bool has_body = gate_has_body(&exchange->pass);

	if (exchange->stage == EXCHANGE_OPENING)
		exchange_stop_waiting(exchange);
	exchange->is_streaming = true;
	exchange->request.calls++;
	*reply = reply_new();
	switch (exchange->match.stream->begin(&exchange->request, reply)) {
	case STREAM_GO:
		reply_done(reply);
		exchange->stage = EXCHANGE_BODY;
		exchange->opened_ms = clock_steady_ms();
		exchange_set_deadline(
		    exchange, exchange->shared->deadlines.body_ms);
		return MHD_YES;
	case STREAM_LATER:
		return exchange_suspend(exchange, EXCHANGE_OPENING);
	case STREAM_SERVED:
		break;
	}
	metric_add(METRIC_REQUESTS, 1);
	return has_body && !exchange->pass.expects_continue
	    ? exchange_send_reply_early(exchange)
	    : exchange_send_reply_first(exchange);
}

enum MHD_Result
stream_body(struct exchange *exchange, struct span bytes)
{
	struct why why_text = { "" };
	uint64_t body_ms = exchange->shared->deadlines.body_ms;

	enum err err =
	    exchange->match.stream->take(&exchange->request, bytes, &why_text);
	if (err != ERR_OK)
		return exchange_send_early(exchange, err, &why_text);
	exchange->streamed += bytes.len;
	watched_set_deadline(exchange->watched,
	    exchange->opened_ms + body_ms +
		exchange->streamed / BLOB_RATE_MIN * 1000);
	return MHD_YES;
}
