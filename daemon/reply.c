#include "daemon/reply.h"

#include "daemon/clock.h"
#include "daemon/limits.h"

#define RETRY_SPREAD_S 3

struct reply
reply_new(void)
{
	return (struct reply){
		.status = 200,
		.media_type = REPLY_JSON,
		.cache = REPLY_NO_STORE,
		.body = writer_heap(ANSWER_LEN_MAX),
	};
}

void
reply_error(struct reply *reply, enum err err, const struct why *w)
{
	writer_clear(&reply->body);
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
