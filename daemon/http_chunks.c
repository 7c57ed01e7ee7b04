#include "daemon/http_chunks.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "daemon/clock.h"

/* Each look at one costs two calls of the system: in most rounds only those that
 * came last are looked at. */
#define NEWEST 64
#define ROUNDS_A_WHOLE_LOOK 16
#define HELD_LOOK_MS 20
#define DROPS_MAX 4096	  /* 32 MiB: more than any system keeps for one */
#define CHUNK_FRAME_MIN 4 /* CR LF behind its size, and behind its data */

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
	exchange->is_in_chunks = true;
	exchange->suspected_at = UINT64_MAX;
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
chunks_took(struct exchange *exchange, size_t len)
{
	size_t framing = 0;

	/* a chunk that comes in pieces is taken for several: it may be */
	if (exchange->is_in_chunks) {
		framing = CHUNK_FRAME_MIN;
		for (size_t rest = len; rest > 0; rest /= 16)
			framing++;
	}
	watched_understand(exchange->watched, len + framing);
}

/* In two looks: what was read in the round before the first may be given in the
 * next one. */
static bool
is_stuck(struct exchange *exchange)
{
	uint64_t understood = watched_understood(exchange->watched);

	if (exchange->stage != EXCHANGE_BODY ||
	    read_from(exchange_socket(exchange)) <=
		understood + CHUNK_EXTRA_MAX)
		return false;
	bool is_known = exchange->suspected_at == understood;
	exchange->suspected_at = understood;
	return is_known;
}

static void
hold(struct http_chunks *chunks, struct exchange *exchange)
{
	chunks_remove(chunks, exchange);
	exchange->reply = reply_new();
	exchange->held_until_ms = clock_steady_ms() + CHUNK_HOLD_MS;
	(void)exchange_suspend(exchange, EXCHANGE_HELD);
	exchange->chunks_next = chunks->held;
	chunks->held = exchange;
}

static void
let_go(struct exchange *exchange)
{
	int fd = exchange_socket(exchange);
	uint8_t unused[8192]; /* nobody writes it; so much at a time */
	ssize_t dropped = 1;

	exchange_stop_waiting(exchange);
	handle_spoiled(
	    exchange, "the size or the extension of a chunk is too long");
	(void)shutdown(fd, SHUT_RDWR);
	/* the library must find that end, and nothing before it: what is there
	   it would take by 128 bytes, and read all again each time */
	for (size_t i = 0; i < DROPS_MAX && dropped > 0; i++)
		dropped =
		    recv(fd, unused, sizeof(unused), MSG_DONTWAIT | MSG_TRUNC);
	MHD_resume_connection(exchange->connection);
}

void
chunks_look(struct http_chunks *chunks)
{
	bool is_whole = ++chunks->rounds % ROUNDS_A_WHOLE_LOOK == 0;
	size_t left = is_whole ? SIZE_MAX : NEWEST;
	struct exchange *at = chunks->first;

	while (at != NULL && left > 0) {
		struct exchange *next = at->chunks_next;
		if (is_stuck(at))
			hold(chunks, at);
		at = next;
		left--;
	}
}

void
chunks_let_go(struct http_chunks *chunks, bool is_ending)
{
	struct exchange **at = &chunks->held;

	if (*at == NULL) /* as in most rounds */
		return;
	uint64_t now_ms = clock_steady_ms();
	if (now_ms < chunks->look_ms && !is_ending)
		return;
	chunks->look_ms = now_ms + HELD_LOOK_MS;
	while (*at != NULL) {
		struct exchange *exchange = *at;
		if (!is_ending && exchange->held_until_ms > now_ms &&
		    !exchange_is_deserted(exchange)) {
			at = &exchange->chunks_next;
			continue;
		}
		*at = exchange->chunks_next;
		let_go(exchange);
	}
}

int
chunks_timeout_ms(const struct http_chunks *chunks, int other_ms)
{
	return chunks->held != NULL && other_ms > HELD_LOOK_MS ? HELD_LOOK_MS
							       : other_ms;
}
