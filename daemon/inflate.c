#include "daemon/inflate.h"

#include <assert.h>
#include <limits.h>
#include <stdlib.h>
#define ZLIB_CONST
#include <zlib.h>

#define OUT_LEN ((size_t)64 << 10)
#define GZIP_WINDOW (15 + 16) /* the largest, and gzip's header alone */

struct inflate {
	z_stream stream;
	bool is_open;
	bool is_ended;
	uint64_t left; /* bytes that may still come out */
	inflate_sink *sink;
	void *context;
	uint8_t out[OUT_LEN];
};

enum err
inflate_new(
    uint64_t max, inflate_sink *sink, void *context, struct inflate **ret)
{
	struct inflate *state = calloc(1, sizeof(*state));

	if (state == NULL)
		return ERR_MEMORY;
	state->left = max;
	state->sink = sink;
	state->context = context;
	if (inflateInit2(&state->stream, GZIP_WINDOW) != Z_OK) {
		inflate_free(state);
		return ERR_MEMORY;
	}
	state->is_open = true;
	*ret = state;
	return ERR_OK;
}

/* What one call made: it is counted before anybody sees it. */
static enum err
give(struct inflate *state, struct why *w)
{
	size_t len = OUT_LEN - state->stream.avail_out;

	if (len > state->left)
		return why(w, ERR_TOO_LARGE,
		    "body: it unpacks to more than the recorded size");
	state->left -= len;
	if (len == 0)
		return ERR_OK;
	return state->sink(state->context, span_of(state->out, len), w);
}

static enum err
step(struct inflate *state, struct why *w)
{
	state->stream.next_out = state->out;
	state->stream.avail_out = (unsigned)OUT_LEN;
	int code = inflate(&state->stream, Z_NO_FLUSH);
	if (code == Z_MEM_ERROR)
		return why(w, ERR_MEMORY, "out of memory");
	if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR)
		return why(w, ERR_SYNTAX, "body: not gzip, or damaged: %s",
		    state->stream.msg == NULL ? "bad data" : state->stream.msg);
	state->is_ended = code == Z_STREAM_END;
	return give(state, w);
}

enum err
inflate_add(struct inflate *state, struct span bytes, struct why *w)
{
	z_stream *stream = &state->stream;
	enum err err = ERR_OK;

	assert(bytes.len <= UINT_MAX);
	stream->next_in = bytes.data;
	stream->avail_in = (unsigned)bytes.len;
	do {
		if (state->is_ended && stream->avail_in > 0)
			return why(w, ERR_SYNTAX,
			    "body: bytes stand behind the end of its gzip");
		if (state->is_ended)
			return ERR_OK;
		err = step(state, w);
		/* a full buffer: there may be more without any input */
	} while (
	    err == ERR_OK && (stream->avail_in > 0 || stream->avail_out == 0));
	return err;
}

enum err
inflate_end(struct inflate *state, struct why *w)
{
	if (state->is_ended)
		return ERR_OK;
	return why(w, ERR_SYNTAX, "body: its gzip is cut off");
}

void
inflate_free(struct inflate *state)
{
	if (state == NULL)
		return;
	if (state->is_open)
		(void)inflateEnd(&state->stream);
	free(state);
}
