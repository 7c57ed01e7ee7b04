#include "daemon/http_reply.h"

#include <stdlib.h>
#include <sys/socket.h>

#include "daemon/tile_cache.h"

static const char *
cache_control(enum reply_cache cache)
{
	switch (cache) {
	case REPLY_NO_STORE:
		return "no-store";
	case REPLY_NO_CACHE:
		return "no-cache";
	case REPLY_IMMUTABLE:
		return "public, max-age=31536000, immutable";
	}
	abort();
}

static bool
add(struct MHD_Response *response, const char *name, const char *value)
{
	return MHD_add_response_header(response, name, value) == MHD_YES;
}

static bool
add_headers(
    const struct reply *reply, bool is_public, struct MHD_Response *response)
{
	bool is_fine = add(response, "Content-Type", reply->media_type) &&
	    add(response, "Cache-Control", cache_control(reply->cache)) &&
	    add(response, "X-Content-Type-Options", "nosniff") &&
	    add(response, "Referrer-Policy", "no-referrer");

	if (is_fine && is_public)
		is_fine = add(response, "Access-Control-Allow-Origin", "*");
	if (is_fine && reply->retry_after_s > 0) {
		char seconds[16];
		(void)snprintf(
		    seconds, sizeof(seconds), "%u", reply->retry_after_s);
		is_fine = add(response, "Retry-After", seconds);
	}
	if (is_fine && reply->allow != NULL)
		is_fine = add(response, "Allow", reply->allow);
	if (is_fine && reply->location != NULL)
		is_fine = add(response, "Location", reply->location);
	if (is_fine && reply->is_download)
		is_fine = add(response, "Content-Disposition", "attachment");
	if (is_fine && reply->has_offset) {
		char offset[24];
		(void)snprintf(offset, sizeof(offset), "%llu",
		    (unsigned long long)reply->offset);
		is_fine = add(response, "Upload-Offset", offset);
	}
	if (is_fine && reply->must_close)
		is_fine = add(response, "Connection", "close");
	return is_fine;
}

static void
let_tile_go(void *tile)
{
	tile_bytes_let_go(tile);
}

/* Its bytes are shared, and stay until the last of them is sent. */
static struct MHD_Response *
response_of_tile(struct reply *reply)
{
	struct tile_bytes *tile = reply->tile;
	struct span bytes = tile_bytes_view(tile);
	/* the library takes it without const and only reads */
	void *data = (void *)(uintptr_t)bytes.data;
	struct MHD_Response *response =
	    MHD_create_response_from_buffer_with_free_callback_cls(
		bytes.len, data, let_tile_go, tile);

	if (response != NULL)
		reply->tile = NULL;
	reply_done(reply);
	return response;
}

static struct MHD_Response *
response_of_file(struct reply *reply)
{
	struct MHD_Response *response =
	    MHD_create_response_from_fd64(reply->fd_len, reply->fd);

	if (response != NULL)
		reply->fd = -1;
	reply_done(reply);
	return response;
}

static struct MHD_Response *
response_in_blocks(
    struct pace *pace, struct MHD_Connection *connection, struct reply *reply)
{
	struct MHD_Response *response = pace_response(pace, connection, reply);

	if (response == NULL)
		reply_done(reply);
	return response;
}

/* What is sent is the response's from here on. */
static struct MHD_Response *
make_response(
    struct pace *pace, struct MHD_Connection *connection, struct reply *reply)
{
	static char nothing[1];
	size_t len = reply->body.len;
	struct MHD_Response *response;

	if (reply->fd != -1)
		return response_of_file(reply);
	if (reply_len(reply) > PACE_BLOCK)
		return response_in_blocks(pace, connection, reply);
	if (reply->tile != NULL)
		return response_of_tile(reply);
	response = len == 0 ? MHD_create_response_from_buffer(
				  0, nothing, MHD_RESPMEM_PERSISTENT)
			    : MHD_create_response_from_buffer(
				  len, reply->body.data, MHD_RESPMEM_MUST_FREE);
	if (response == NULL || len == 0)
		writer_done(&reply->body);
	return response;
}

enum MHD_Result
http_reply_send(struct pace *pace, struct MHD_Connection *connection,
    struct reply *reply, bool is_public)
{
	struct MHD_Response *response = make_response(pace, connection, reply);
	enum MHD_Result result = MHD_NO;

	if (response == NULL)
		return MHD_NO;
	if (add_headers(reply, is_public, response))
		result = MHD_queue_response(
		    connection, (unsigned)reply->status, response);
	MHD_destroy_response(response);
	return result;
}

enum MHD_Result
http_reply_send_early(struct MHD_Connection *connection, struct reply *reply)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(
	    connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	char text[PROBLEM_LEN_MAX + 512];
	struct writer out = writer_of(text, sizeof(text));

	writer_format(&out,
	    "HTTP/1.1 %d %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\n"
	    "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n"
	    "Connection: close\r\n",
	    reply->status, MHD_get_reason_phrase_for((unsigned)reply->status),
	    reply->media_type, reply->body.len);
	if (reply->retry_after_s > 0)
		writer_format(
		    &out, "Retry-After: %u\r\n", reply->retry_after_s);
	if (reply->allow != NULL)
		writer_format(&out, "Allow: %s\r\n", reply->allow);
	writer_text(&out, "\r\n");
	writer_span(&out, writer_view(&reply->body));
	reply_done(reply);
	if (writer_end(&out) != ERR_OK || info == NULL ||
	    send(info->connect_fd, text, out.len,
		MSG_NOSIGNAL | MSG_DONTWAIT) != (ssize_t)out.len)
		return MHD_NO;
	(void)shutdown(info->connect_fd, SHUT_WR); /* nothing comes behind */
	return MHD_YES;
}
