/*
 * strict: how many requests RFC 9112 sees in a stream, read as strictly as it may
 * be: a second opinion beside the log's.
 *
 * Threads: any.  Memory: none.
 */
#ifndef HEADWATER_TESTS_HOSTILE_STRICT_H
#define HEADWATER_TESTS_HOSTILE_STRICT_H

#include "schema/span.h"

/* Whole requests up to the first that is malformed, incomplete, or the last on
 * its connection.  A request in chunks is the last, however its body ends. */
size_t strict_count(struct span stream);

#endif
