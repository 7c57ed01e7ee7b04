#include "client/sink.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define OUT_LEN ((size_t)256 << 10)

struct sink {
	int fd;
	struct sha256 sha256;
	struct tree_edge edge;
	uint64_t len;
	size_t held;
	uint8_t out[OUT_LEN];
};

struct sink *
sink_new(int fd)
{
	struct sink *sink = calloc(1, sizeof(*sink));

	if (sink == NULL)
		return NULL;
	sink->fd = fd;
	sha256_init(&sink->sha256);
	return sink;
}

void
sink_free(struct sink *sink)
{
	free(sink);
}

static enum err
flush(struct sink *sink, struct why *w)
{
	struct span rest = span_of(sink->out, sink->held);

	sink->held = 0;
	while (rest.len > 0 && sink->fd >= 0) {
		ssize_t put = write(sink->fd, rest.data, rest.len);
		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return why(w, errno == ENOSPC ? ERR_FULL : ERR_IO,
			    "writing the manifest: %s", strerrordesc_np(errno));
		rest = span_part(rest, (size_t)put, rest.len);
	}
	return ERR_OK;
}

enum err
sink_line(struct sink *sink, struct span line, struct why *w)
{
	struct hash made[TREE_LEVELS];
	struct hash leaf = tree_leaf(span_part(line, 0, line.len - 1));

	assert(line.len > 1 && line.len <= OUT_LEN);
	(void)tree_append(&sink->edge, &leaf, made);
	sink->len += line.len;
	if (OUT_LEN - sink->held < line.len) {
		enum err err = flush(sink, w);
		if (err != ERR_OK)
			return err;
	}
	sha256_add(&sink->sha256, line);
	memcpy(sink->out + sink->held, line.data, line.len);
	sink->held += line.len;
	return ERR_OK;
}

enum err
sink_end(struct sink *sink, struct sink_result *ret, struct why *w)
{
	enum err err = flush(sink, w);

	if (err != ERR_OK)
		return err;
	*ret = (struct sink_result){
		.sha256 = sha256_done(&sink->sha256),
		.root = tree_edge_root(&sink->edge),
		.count = sink->edge.size,
		.len = sink->len,
	};
	return ERR_OK;
}
