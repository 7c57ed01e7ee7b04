/*
 * url: where a log is.
 *
 * Threads: any.  Memory: none.
 */
#ifndef HEADWATER_CLIENT_URL_H
#define HEADWATER_CLIENT_URL_H

#include "schema/writer.h"

#define URL_MAX 2048 /* bytes of a log's URL, with NUL */

/* The form in which a log's URL is kept: http(s), host, no query, no fragment,
 * no final '/'; a user or password is refused. */
MUST_CHECK enum err url_parse(
    const char *text, char ret[static URL_MAX], struct why *w);

/* As the value of a query: all but RFC 3986's unreserved (§2.3) as %XX. */
void url_escape(struct span text, struct writer *w);

#endif
