/*
 * http_chunks: bodies in chunks whose framing does not end.
 *
 * While the size or the extension of a chunk fills its buffer, libmicrohttpd
 * 0.9.75 asks to be run at once, again and again: 33 KB burnt a core until the
 * body's deadline.  It shows nothing of that.  But rounds that bring nothing can
 * be counted, and the kernel knows what has been read from a socket: who gave no
 * data in so many of them, and sent more than his chunks held, is the one.
 *
 * Threads: the loop's.  Memory: none; the exchanges are the loop's.
 */
#ifndef HEADWATER_DAEMON_HTTP_CHUNKS_H
#define HEADWATER_DAEMON_HTTP_CHUNKS_H

#include "daemon/http_handle.h"

#define CHUNK_FRAMING_MAX ((size_t)8 << 10) /* what is not the chunks' data */
#define CHUNK_ROUNDS_MAX 256		    /* that brought nothing */

struct http_chunks {
	struct exchange *first;
	bool has_worked; /* set by whatever happens in a round */
	uint64_t
	    wasted; /* rounds that were to be at once and brought nothing */
};

/* Behind handle_head; only those that are sent in chunks are kept. */
void chunks_add(struct http_chunks *chunks, struct exchange *exchange);
void chunks_remove(struct http_chunks *chunks, struct exchange *exchange);

/* Data has come. */
void chunks_took(struct http_chunks *chunks, struct exchange *exchange);

/* A round of the library is over, which had been asked for at once. */
void chunks_wasted(struct http_chunks *chunks);

#endif
