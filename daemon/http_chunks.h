/*
 * http_chunks: bodies in chunks whose framing does not end.
 *
 * While the size or the extension of a chunk fills its buffer, libmicrohttpd
 * 0.9.75 asks to be run at once, again and again: 33 KB burnt a core until the
 * body's deadline.  It shows nothing of that; but the kernel knows what has been
 * read from a socket, and a stretch of it that is no chunk's data is framing.
 *
 * Threads: the loop's.  Memory: none; the exchanges are the loop's.
 */
#ifndef HEADWATER_DAEMON_HTTP_CHUNKS_H
#define HEADWATER_DAEMON_HTTP_CHUNKS_H

#include "daemon/http_handle.h"

#define CHUNK_FRAMING_MAX ((size_t)8 << 10) /* between the data of two chunks */

struct http_chunks {
	struct exchange *first;
	size_t count;
	uint64_t looked_ms;
	uint64_t round; /* of the loop */
};

/* Behind handle_head; only those that are sent in chunks are kept. */
void chunks_add(struct http_chunks *chunks, struct exchange *exchange);
void chunks_remove(struct http_chunks *chunks, struct exchange *exchange);
/* Data has come. */
void chunks_took(struct http_chunks *chunks, struct exchange *exchange);

/* Ends those whose framing is too long; between two runs of the library. */
void chunks_cut(struct http_chunks *chunks);

#endif
