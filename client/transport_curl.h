/*
 * transport_curl: one call, once.  The only door to libcurl.
 *
 * http and https, no redirects, no credentials in URLs, bounded in size and time
 * (TRANSPORT_CONNECT_MS, TRANSPORT_IDLE_MS without a byte).
 *
 * Threads: one.  Memory: transport_curl_new / transport_curl_free; bodies in the
 * arena.
 */
#ifndef HEADWATER_CLIENT_TRANSPORT_CURL_H
#define HEADWATER_CLIENT_TRANSPORT_CURL_H

#include "schema/arena.h"

#define TRANSPORT_CONNECT_MS 10000
#define TRANSPORT_IDLE_MS 60000

enum transport_method {
	TRANSPORT_GET,
	TRANSPORT_POST,
	TRANSPORT_PUT, /* a part of a file */
	TRANSPORT_HEAD,
};

/* What a PUT sends: bytes [begin, end) of a file of `size` bytes. */
struct transport_part {
	int fd; /* read at its offsets, wherever it stands */
	uint64_t begin;
	uint64_t end;
	uint64_t size;
};

struct transport_call {
	const char *base; /* the log's URL, without a final '/' */
	const char *path; /* "/v1/records/…"; already encoded */
	enum transport_method method;
	const char *content_type; /* of a POST */
	struct span body;
	struct transport_part part;
	size_t max; /* bytes of the answer */
	/* a file that the body of a 2xx goes into instead of the arena, cut to
	   nothing before each try; NULL: none */
	const int *sink;
};

struct transport_answer {
	int status;
	uint64_t retry_ms; /* Retry-After, 0 where none was given */
	bool is_problem;   /* application/problem+json */
	bool has_offset;   /* Upload-Offset */
	uint64_t offset;
	struct span body;
};

struct transport_curl;

struct transport_curl *transport_curl_new(void); /* NULL: it did not start */
void transport_curl_free(struct transport_curl *curl); /* NULL is fine */

/* `state` is what transport_curl_new gave.  ERR_MISSING where nothing answered;
 * ERR_TOO_LARGE, ERR_IO (of the sink, or of the part). */
MUST_CHECK enum err transport_curl_perform(void *state,
    const struct transport_call *call, struct arena *arena,
    struct transport_answer *ret, struct why *w);

#endif
