#include "daemon/serve.h"

#include "daemon/clock.h"
#include "daemon/indexer.h"
#include "daemon/metric.h"

enum served
serve_health(struct request *request, struct reply *reply)
{
	struct why w = { "" };

	if (!ledger_is_healthy(request->ledger, &w)) {
		reply_error(reply, ERR_BUSY, &w);
		return SERVED;
	}
	writer_text(&reply->body, "{");
	writer_member_text(&reply->body, "status", span_of_text("ok"));
	writer_member_number(&reply->body, "treeSize",
	    published_size(request->ledger->published));
	writer_text(&reply->body, "}\n");
	return SERVED;
}

enum served
serve_metrics(struct request *request, struct reply *reply)
{
	(void)request;
	reply->media_type = "text/plain; version=0.0.4; charset=utf-8";
	metric_print(&reply->body);
	return SERVED;
}

/* The file itself, from the folder that the build runs in. */
__asm__(".pushsection .rodata\n"
	".balign 16\n"
	"openapi_begin:\n"
	".incbin \"schema/openapi.json\"\n"
	"openapi_end:\n"
	".balign 8\n"
	"openapi_len:\n"
	".quad openapi_end - openapi_begin\n"
	".popsection\n");
extern const uint8_t openapi_begin[] __attribute__((visibility("hidden")));
extern const uint64_t openapi_len __attribute__((visibility("hidden")));

enum served
serve_openapi(struct request *request, struct reply *reply)
{
	(void)request;
	reply->cache = REPLY_NO_CACHE;
	writer_bytes(&reply->body, openapi_begin, openapi_len);
	return SERVED;
}

/* ---- waiting for the index ---- */

struct waiting {
	struct index_waiter waiter;
	uint64_t min_size; /* 0: none was asked for */
};

static void
wake(struct index_waiter *waiter)
{
	request_resume(waiter->context);
}

static enum err
begin_waiting(struct request *request, bool *ret_later, struct why *w)
{
	struct indexer *indexer = request->ledger->indexer;
	uint64_t size = published_size(request->ledger->published);
	const uint64_t bounds[2] = { 1, UINT64_MAX };
	uint64_t min_size = 0;
	enum err err =
	    request_query_number(request, "min_size", bounds, &min_size, w);

	if (err != ERR_OK)
		return err;
	if (min_size > size)
		return why(w, ERR_SYNTAX,
		    "min_size: %llu, but the log has %llu entries",
		    (unsigned long long)min_size, (unsigned long long)size);
	struct waiting *waiting =
	    arena_take(request->arena, 1, sizeof(*waiting));
	if (waiting == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	bool is_asked = min_size > indexer_size(indexer);
	waiting->min_size = min_size;
	waiting->waiter = (struct index_waiter){
		.size = is_asked ? min_size : size,
		.deadline_ms = clock_steady_ms() +
		    (is_asked ? MIN_SIZE_WAIT_MS : INDEX_WAIT_MS),
		.wake = wake,
		.context = request,
	};
	request->state = waiting;
	*ret_later = indexer_wait(indexer, &waiting->waiter);
	return ERR_OK;
}

enum err
serve_wait_index(struct request *request, bool *ret_later, struct why *w)
{
	*ret_later = false;
	if (request->calls == 1)
		return begin_waiting(request, ret_later, w);
	const struct waiting *waiting = request->state;
	uint64_t size = indexer_size(request->ledger->indexer);
	if (size < waiting->min_size)
		return why(w, ERR_BUSY,
		    "min_size: the index is complete up to %llu only",
		    (unsigned long long)size);
	return ERR_OK;
}
