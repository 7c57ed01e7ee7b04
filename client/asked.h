/*
 * asked: what a question to the log is about: an artifact, and each file in it.
 *
 * Of a folder the first LISTING_KEPT_MAX files are asked for one by one; that
 * there are more is warned of.
 *
 * Threads: one.  Memory: borrows the item's.
 */
#ifndef HEADWATER_CLIENT_ASKED_H
#define HEADWATER_CLIENT_ASKED_H

#include "client/item.h"

struct asked {
	struct span what; /* the path, or as it was given */
	struct digest digest;
};

/* In one line, above what is known of it. */
void asked_print(struct output *out, const struct asked *asked);

typedef enum err asked_take(
    void *context, const struct asked *asked, struct why *w);

/* None of what is no folder, nor files of no bytes: half the world has them. */
MUST_CHECK enum err asked_each_file(struct session *session,
    const struct item *item, asked_take *take, void *context, struct why *w);

#endif
