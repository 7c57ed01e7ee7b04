#include "daemon/http_pace.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/tile_cache.h"

struct paced {
	struct pace *pace;
	struct MHD_Connection *connection;
	struct paced *next;	 /* of those who wait */
	bool has_turn;		 /* it has waited */
	struct span bytes;	 /* of what follows */
	struct tile_bytes *tile; /* NULL: of the heap */
};

void
pace_init(struct pace *pace, atomic_size_t *suspended)
{
	*pace = (struct pace){ .left = PACE_BLOCKS, .suspended = suspended };
	pace->end = &pace->first;
}

bool
pace_has_waiting(const struct pace *pace)
{
	return pace->first != NULL;
}

void
pace_round(struct pace *pace)
{
	pace->left = PACE_BLOCKS;
	for (size_t i = 0; i < PACE_BLOCKS && pace->first != NULL; i++) {
		struct paced *paced = pace->first;
		pace->first = paced->next;
		if (pace->first == NULL)
			pace->end = &pace->first;
		paced->has_turn = true;
		atomic_fetch_sub(pace->suspended, 1);
		MHD_resume_connection(paced->connection);
	}
}

static void
wait_for_turn(struct paced *paced)
{
	struct pace *pace = paced->pace;

	paced->next = NULL;
	*pace->end = paced;
	pace->end = &paced->next;
	atomic_fetch_add(pace->suspended, 1);
	MHD_suspend_connection(paced->connection);
}

/* The library's: the next block, or 0 and it is suspended. */
static ssize_t
give(void *context, uint64_t at, char *out, size_t cap)
{
	struct paced *paced = context;
	struct pace *pace = paced->pace;
	size_t len = paced->bytes.len - (size_t)at;

	if (pace->left == 0 || (!paced->has_turn && pace_has_waiting(pace))) {
		paced->has_turn = false;
		wait_for_turn(paced);
		return 0;
	}
	pace->left--;
	paced->has_turn = false;
	if (len > cap)
		len = cap;
	memcpy(out, paced->bytes.data + at, len);
	return (ssize_t)len;
}

static void
let_go(void *context)
{
	struct paced *paced = context;

	if (paced->tile != NULL)
		tile_bytes_let_go(paced->tile);
	else /* it was the writer's */
		free((void *)(uintptr_t)paced->bytes.data);
	free(paced);
}

struct MHD_Response *
pace_response(
    struct pace *pace, struct MHD_Connection *connection, struct reply *reply)
{
	struct paced *paced = calloc(1, sizeof(*paced));

	if (paced == NULL)
		return NULL;
	*paced = (struct paced){
		.pace = pace,
		.connection = connection,
		.tile = reply->tile,
		.bytes = reply->tile != NULL ? tile_bytes_view(reply->tile)
					     : writer_view(&reply->body),
	};
	struct MHD_Response *response = MHD_create_response_from_callback(
	    paced->bytes.len, PACE_BLOCK, give, paced, let_go);
	if (response == NULL) {
		free(paced);
		return NULL;
	}
	if (reply->tile != NULL) {
		reply->tile = NULL;
		reply_done(reply);
	}
	return response;
}
