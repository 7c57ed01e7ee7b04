/*
 * http_handle: the library's calls for one request, in order: its head, what
 * comes of its body, its end; and what a worker does of it.
 *
 * Threads: the loop's, and a worker's in between.  Memory: the exchange's.
 */
#ifndef HEADWATER_DAEMON_HTTP_HANDLE_H
#define HEADWATER_DAEMON_HTTP_HANDLE_H

#include "daemon/http_exchange.h"

struct handle_line {
	const char *url;
	const char *method;
	const char *version;
};

enum MHD_Result handle_head(
    struct exchange *exchange, const struct handle_line *line);
enum MHD_Result handle_body(
    struct exchange *exchange, const char *data, size_t len);
enum MHD_Result handle_complete(struct exchange *exchange);

/* The body that comes is not of the form: answered now, and closed. */
void handle_spoiled(struct exchange *exchange, const char *detail);

#endif
