/*
 * gate: what may come in at all.
 *
 * libmicrohttpd 0.9.75 accepts most of the shapes that smuggle requests past a
 * proxy, so the head of every request is judged here, by its bytes and before
 * any handler.  What is refused here ends the connection: the two sides may not
 * agree on where the next request begins.
 *
 * Pure: no I/O, no library.  Threads: any.  Memory: spans borrow the head.
 */
#ifndef HEADWATER_DAEMON_GATE_H
#define HEADWATER_DAEMON_GATE_H

#include <stdint.h>

#include "daemon/limits.h"
#include "schema/err.h"
#include "schema/span.h"

struct gate_header {
	struct span name;
	struct span value;
};

/* A request's head as it was received. */
struct gate_head {
	struct span method;
	struct span version;
	struct span target; /* before anything was decoded */
	/* What the library takes for the path, and how many bytes stand between
	   the blanks behind the method and before the version: differences mean
	   a NUL in method or target, or more than two blanks. */
	size_t path_len;
	size_t target_len;
	/* All of it as the library left it: NULs stand where the separators
	   were.  Its data NULL: not known. */
	struct span raw;
	size_t header_count; /* may be above HTTP_HEADERS_MAX: refused */
	struct gate_header headers[HTTP_HEADERS_MAX];
};

enum gate_method {
	GATE_GET,
	GATE_HEAD,
	GATE_POST,
	GATE_PUT,
	GATE_OPTIONS,
	GATE_OTHER, /* well formed; 405 or 404 */
};

/* `Content-Range: bytes begin-last/size` of a PUT. */
struct gate_range {
	uint64_t begin;
	uint64_t last;
	uint64_t size;
};

#define GATE_MEDIA_TYPE_MAX 64

struct gate_pass {
	enum gate_method method;
	struct span path;
	struct span query; /* behind '?' */
	bool has_query;
	bool has_length;
	bool is_chunked;
	bool expects_continue;
	/* there is a Content-Encoding, a Content-Range; read of a PUT alone */
	bool is_gzip;
	bool has_range;
	struct gate_range range;
	uint64_t length; /* Content-Length; 0 where none is given */
	struct span accept;
	size_t media_type_len;
	char media_type[GATE_MEDIA_TYPE_MAX]; /* lower case, no parameters; a
	                                         longer one is cut */
};

MUST_CHECK enum err gate_judge(
    const struct gate_head *head, struct gate_pass *ret, struct why *w);

/* May a body follow? */
bool gate_has_body(const struct gate_pass *pass);

/* Bytes of a target: `[A-Za-z0-9/._:@+-]`, and in queries `?=&`; '%' begins two
 * hex digits. */
bool gate_is_plain(uint8_t byte);

/* `%XX` decoded once, either case of hex; the result must be plain bytes.  `out`
 * holds text.len bytes.  False where it is not of this form. */
MUST_CHECK bool gate_decode(struct span text, uint8_t *out, size_t *ret_len);

#endif
