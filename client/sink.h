/*
 * sink: the lines of a manifest, in order, written and digested.
 *
 * Threads: one.  Memory: sink_new / sink_free.
 */
#ifndef HEADWATER_CLIENT_SINK_H
#define HEADWATER_CLIENT_SINK_H

#include "schema/tree.h"

struct sink_result {
	struct hash sha256;
	struct hash root;
	uint64_t count; /* lines */
	uint64_t len;	/* bytes */
};

struct sink;

/* `fd` stays the caller's; -1: they go nowhere.  NULL when memory is out. */
struct sink *sink_new(int fd);
void sink_free(struct sink *sink); /* NULL is fine */

/* With its LF, which is no part of the leaf.  ERR_IO, ERR_FULL. */
MUST_CHECK enum err sink_line(
    struct sink *sink, struct span line, struct why *w);
/* After the last; once. */
MUST_CHECK enum err sink_end(
    struct sink *sink, struct sink_result *ret, struct why *w);

#endif
