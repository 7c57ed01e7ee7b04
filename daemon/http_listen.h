/*
 * http_listen: a socket from HOST:PORT, its name, and when it begins to listen.
 *
 * Bound, the address is ours before there is anything to ask at it.
 * Threads: any.  Memory: none.
 */
#ifndef HEADWATER_DAEMON_HTTP_LISTEN_H
#define HEADWATER_DAEMON_HTTP_LISTEN_H

#include "schema/err.h"

#define HTTP_ADDRESS_MAX 80 /* "[IPv6]:port" with NUL */

/* `127.0.0.1:8080`, `[::1]:8080`, `localhost:0`; port 0: a free one.  ERR_USAGE
 * when it is not of this form, ERR_CONFLICT when the address is taken. */
MUST_CHECK enum err http_listen(
    const char *address, int *ret_fd, struct why *w);

/* Until then whoever connects is refused.  ERR_CONFLICT: somebody else began at
 * this address in the meantime. */
MUST_CHECK enum err http_listen_begin(
    int fd, const char *address, struct why *w);

/* The address that it got, as HOST:PORT. */
void http_listen_name(int fd, char out[static HTTP_ADDRESS_MAX]);

#endif
