/*
 * web: one document from the web, on demand and within limits.
 *
 * For licence texts: http and https, GET, no cookies, no credentials, no proxy
 * but the environment's; at most WEB_REDIRECTS redirects, never from https to
 * http; the bytes as they come (an encoded body is refused, for the digest is of
 * what stands there); 200 only; text/…, application/xhtml+xml and application/pdf,
 * or whatever is UTF-8 where the server does not know.
 *
 * Threads: one.  Memory: the caller's arena.
 */
#ifndef HEADWATER_CLIENT_WEB_H
#define HEADWATER_CLIENT_WEB_H

#include "schema/arena.h"

#define WEB_LEN_MAX ((size_t)1 << 20)
#define WEB_TIME_MS 30000
#define WEB_REDIRECTS 5
#define WEB_URL_MAX 2048

struct web_limits {
	size_t len_max;
	long time_ms;
	long redirects;
};

extern const struct web_limits web_limits; /* those above */

struct web_page {
	struct span body;
	struct span
	    media_type;	 /* lower case, without parameters; may be empty */
	struct span url; /* where it was found in the end */
	uint64_t fetched_ms;
};

/* ERR_USAGE (the URL), ERR_NOT_FOUND (404, 410), ERR_REFUSED (another status,
 * type, encoding, an empty body), ERR_TOO_LARGE, ERR_MISSING (no answer in time,
 * cut off, too many redirects). */
MUST_CHECK enum err web_fetch(const char *url, const struct web_limits *limits,
    struct arena *arena, struct web_page *ret, struct why *w);

#endif
