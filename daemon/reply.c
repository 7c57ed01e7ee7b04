#include "daemon/reply.h"

#include <unistd.h>

#include "daemon/clock.h"
#include "daemon/limits.h"
#include "daemon/tile_cache.h"

#define RETRY_SPREAD_S 3

struct reply
reply_new(void)
{
	return (struct reply){
		.status = 200,
		.media_type = REPLY_JSON,
		.cache = REPLY_NO_STORE,
		.body = writer_heap(ANSWER_LEN_MAX),
		.fd = -1,
	};
}

uint64_t
reply_len(const struct reply *reply)
{
	if (reply->fd != -1)
		return reply->fd_len;
	return reply->tile != NULL ? tile_bytes_view(reply->tile).len
				   : reply->body.len;
}

static void
drop_others(struct reply *reply)
{
	if (reply->fd != -1)
		(void)close(reply->fd);
	reply->fd = -1;
	if (reply->tile != NULL)
		tile_bytes_let_go(reply->tile);
	reply->tile = NULL;
}

void
reply_done(struct reply *reply)
{
	drop_others(reply);
	writer_done(&reply->body);
}

void
reply_error(struct reply *reply, enum err err, const struct why *w)
{
	drop_others(reply);
	writer_clear(&reply->body);
	reply->is_download = false;
	reply->status = err_status(err);
	reply->media_type = PROBLEM_MEDIA_TYPE;
	reply->cache = REPLY_NO_STORE;
	reply->location = NULL;
	/* spread, so that those who were sent away do not return as one */
	if (err_class(err) == ERR_CLASS_RETRY)
		reply->retry_after_s =
		    (unsigned)(clock_steady_ms() % RETRY_SPREAD_S) + 1;
	problem_print(err, w, &reply->body);
}

void
reply_have(struct reply *reply, const struct why *w, uint64_t have)
{
	reply_error(reply, ERR_CONFLICT, w);
	writer_clear(&reply->body);
	problem_print_have(ERR_CONFLICT, w, have, &reply->body);
}
