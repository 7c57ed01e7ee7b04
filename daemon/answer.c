#include "daemon/answer.h"

#include "daemon/log.h"
#include "schema/envelope.h"

static enum served
finish(const struct request *request, struct reply *reply, enum err err,
    const struct why *w)
{
	if (err == ERR_OK)
		err = writer_end(&reply->body);
	if (err == ERR_OK)
		return SERVED;
	if (err_class(err) == ERR_CLASS_FAULT ||
	    err_class(err) == ERR_CLASS_CORRUPT)
		log_event(LOG_ERROR, "not-answered",
		    LOG_SPAN("path", request->path),
		    LOG_TEXT("error", err_name(err)));
	reply_error(reply, err, w);
	return SERVED;
}

enum served
answer_now(struct request *request, struct reply *reply, answer_put *put)
{
	struct why w = { .text = "" };

	return finish(request, reply, put(request, reply, &w), &w);
}

enum served
answer_from_index(struct request *request, struct reply *reply, answer_put *put)
{
	struct why w = { .text = "" };
	bool is_later = false;
	enum err err = serve_wait_index(request, &is_later, &w);

	if (err == ERR_OK && is_later)
		return SERVED_LATER;
	if (err == ERR_OK && request->is_hasty)
		return SERVED_AWAY;
	if (err == ERR_OK)
		err = put(request, reply, &w);
	return finish(request, reply, err, &w);
}

struct view
answer_view(const struct request *request)
{
	struct ledger *ledger = request->ledger;
	uint64_t published = published_size(ledger->published);

	return view_open(ledger->log, ledger->index, published);
}

enum err
answer_payload(struct span entry, struct arena *arena, struct span *ret)
{
	struct envelope envelope;
	enum err err = envelope_parse_entry(entry, arena, &envelope, NULL);

	if (err == ERR_MEMORY)
		return err;
	if (err != ERR_OK)
		return ERR_CORRUPT;
	*ret = envelope.payload;
	return ERR_OK;
}
