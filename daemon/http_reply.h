/*
 * http_reply: a reply, as the library sends it.
 *
 * Threads: the loop's.  Memory: the reply's body is given away in every case.
 */
#ifndef HEADWATER_DAEMON_HTTP_REPLY_H
#define HEADWATER_DAEMON_HTTP_REPLY_H

#include <microhttpd.h>

#include "daemon/http_pace.h"

/* `is_public`: any web page may read it (GET). */
enum MHD_Result http_reply_send(struct pace *pace,
    struct MHD_Connection *connection, struct reply *reply, bool is_public);

/*
 * The answer to a request whose body is on its way.  The library takes no answer
 * between the first byte of a body and the last, and closing at once may throw
 * the answer away on the peer's side; so it is written past the library, and
 * what still comes is for the caller to read away for a moment.
 */
enum MHD_Result http_reply_send_early(
    struct MHD_Connection *connection, struct reply *reply);

#endif
