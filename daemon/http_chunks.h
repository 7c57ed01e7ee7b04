/*
 * http_chunks: bodies in chunks whose framing does not end.
 *
 * While the size or the extension of a chunk fills its buffer, libmicrohttpd
 * 0.9.75 asks to be run at once, again and again, and reads all of it again: 33 KB
 * burnt a core until the body's deadline.  It shows nothing of that.  But the
 * kernel knows what has been read from a socket, and what made sense of it is
 * counted: the heads and bodies of all its requests, and a chunk's data with the
 * least that must stand around it.  Whose rest is longer than CHUNK_EXTRA_MAX has
 * an extension, or a size, that no client writes.  He gets his answer after
 * CHUNK_HOLD_MS and costs nothing until then: answered at once, he came 14,000
 * times a second.
 *
 * Threads: the loop's.  Memory: none; the exchanges are the loop's.
 */
#ifndef HEADWATER_DAEMON_HTTP_CHUNKS_H
#define HEADWATER_DAEMON_HTTP_CHUNKS_H

#include "daemon/http_handle.h"

#define CHUNK_EXTRA_MAX ((size_t)8 << 10)
#define CHUNK_HOLD_MS 500

struct http_chunks {
	struct exchange *first;
	struct exchange *held;
	size_t rounds;
	uint64_t look_ms; /* at those that are held, on the steady clock */
};

/* Behind handle_head; only those that are sent in chunks are kept. */
void chunks_add(struct http_chunks *chunks, struct exchange *exchange);
void chunks_remove(struct http_chunks *chunks, struct exchange *exchange);

/* `len` bytes of its body have come, in chunks or not. */
void chunks_took(struct exchange *exchange, size_t len);

/* A round of the library is over that it had asked for at once: who is it?  He
 * is suspended. */
void chunks_look(struct http_chunks *chunks);

/* Answers those whose time is over, all where `is_ending`. */
void chunks_let_go(struct http_chunks *chunks, bool is_ending);

/* How long the loop may sleep that else would sleep for `other_ms`. */
int chunks_timeout_ms(const struct http_chunks *chunks, int other_ms);

#endif
