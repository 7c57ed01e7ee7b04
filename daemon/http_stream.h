/*
 * http_stream: bodies that are handed on as they come, in constant memory.
 *
 * Threads: the loop's alone.  Memory: the exchange's.
 */
#ifndef HEADWATER_DAEMON_HTTP_STREAM_H
#define HEADWATER_DAEMON_HTTP_STREAM_H

#include "daemon/http_exchange.h"

/* Before the first byte of a body that is streamed: may it come?  Called again
 * when a stream that had to wait was resumed. */
enum MHD_Result stream_open(struct exchange *exchange);

/* Its deadline moves on with what has come. */
enum MHD_Result stream_body(struct exchange *exchange, struct span bytes);

#endif
