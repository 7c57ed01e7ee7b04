#include "daemon/http_chunks.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#define ROUNDS_A_LOOK 64 /* the list is not walked in each */

static int
socket_of(const struct exchange *exchange)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(
	    exchange->connection, MHD_CONNECTION_INFO_CONNECTION_FD);

	return info == NULL ? -1 : info->connect_fd;
}

/* Bytes that have been read from it since it was opened; 0 where the kernel does
 * not say. */
static uint64_t
read_from(int fd)
{
	struct tcp_info info;
	socklen_t len = sizeof(info);
	int waiting;

	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) != 0 ||
	    len < offsetof(struct tcp_info, tcpi_bytes_received) +
		    sizeof(info.tcpi_bytes_received) ||
	    ioctl(fd, FIONREAD, &waiting) != 0)
		return 0;
	return (uint64_t)info.tcpi_bytes_received - (uint64_t)waiting;
}

void
chunks_add(struct http_chunks *chunks, struct exchange *exchange)
{
	if (!exchange->pass.is_chunked || exchange->stage != EXCHANGE_BODY)
		return;
	exchange->wasted_at = chunks->wasted;
	exchange->is_in_chunks = true;
	exchange->chunks_next = chunks->first;
	chunks->first = exchange;
}

void
chunks_remove(struct http_chunks *chunks, struct exchange *exchange)
{
	struct exchange **at = &chunks->first;

	if (!exchange->is_in_chunks)
		return;
	while (*at != exchange)
		at = &(*at)->chunks_next;
	*at = exchange->chunks_next;
	exchange->is_in_chunks = false;
}

void
chunks_took(struct http_chunks *chunks, struct exchange *exchange)
{
	exchange->wasted_at = chunks->wasted;
}

/* Of the whole connection, so that what came early counts, too. */
static bool
is_stuck(const struct http_chunks *chunks, const struct exchange *exchange)
{
	return exchange->stage == EXCHANGE_BODY &&
	    chunks->wasted - exchange->wasted_at > CHUNK_ROUNDS_MAX &&
	    read_from(socket_of(exchange)) >
	    exchange->body.len + CHUNK_FRAMING_MAX;
}

static void
cut(struct exchange *exchange)
{
	handle_spoiled(
	    exchange, "the size or the extension of a chunk is too long");
	/* the library sees that the peer hung up */
	(void)shutdown(socket_of(exchange), SHUT_RDWR);
}

void
chunks_wasted(struct http_chunks *chunks)
{
	chunks->wasted++;
	if (chunks->wasted % ROUNDS_A_LOOK != 0)
		return;
	for (struct exchange *at = chunks->first; at != NULL;
	     at = at->chunks_next) {
		if (is_stuck(chunks, at))
			cut(at);
	}
}
