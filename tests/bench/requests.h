/*
 * requests: whole HTTP/1.1 requests, made before any clock starts.
 *
 * Either forged (POSTs of signed records), or read from a file: each line is a
 * body for a POST, or a path for a GET.
 *
 * Threads: made by as many as there are cores, then constant.
 */
#ifndef HEADWATER_TESTS_BENCH_REQUESTS_H
#define HEADWATER_TESTS_BENCH_REQUESTS_H

#include <stdint.h>

#include "schema/span.h"

struct requests_plan {
	const char *path; /* of POSTs */
	const char *type; /* content type */
	const char *file; /* NULL: forge */
	uint64_t first;	  /* number of the first record, or line of the file */
	size_t count;	  /* of requests, at most */
	size_t lines;	  /* records a request; 1: no newline */
};

struct requests {
	size_t count;
	struct span *list; /* head, empty line, body */
};

void requests_forge(const struct requests_plan *plan, struct requests *ret);
void requests_posts(const struct requests_plan *plan, struct requests *ret);
void requests_gets(const struct requests_plan *plan, struct requests *ret);

struct span requests_body(struct span request);

#endif
