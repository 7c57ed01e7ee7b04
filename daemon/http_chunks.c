#include "daemon/http_chunks.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "daemon/clock.h"

/* A look costs about 1 us an exchange: a tenth of the time at most. */
#define EXCHANGES_A_MS 128

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
	exchange->read_at = read_from(socket_of(exchange));
	exchange->read_round = chunks->round;
	exchange->is_in_chunks = true;
	exchange->chunks_next = chunks->first;
	chunks->first = exchange;
	chunks->count++;
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
	chunks->count--;
}

void
chunks_took(struct http_chunks *chunks, struct exchange *exchange)
{
	/* the library reads once a round, however many chunks that holds */
	if (!exchange->is_in_chunks || exchange->read_round == chunks->round)
		return;
	exchange->read_round = chunks->round;
	exchange->read_at = read_from(socket_of(exchange));
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
chunks_cut(struct http_chunks *chunks)
{
	chunks->round++;
	if (chunks->count == 0)
		return;
	uint64_t now_ms = clock_steady_ms();
	if (now_ms - chunks->looked_ms <= chunks->count / EXCHANGES_A_MS)
		return;
	chunks->looked_ms = now_ms;
	for (struct exchange *at = chunks->first; at != NULL;
	     at = at->chunks_next) {
		if (at->stage == EXCHANGE_BODY &&
		    read_from(socket_of(at)) > at->read_at + CHUNK_FRAMING_MAX)
			cut(at);
	}
}
