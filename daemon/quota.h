/*
 * quota: bytes of blobs that each principal's records have brought here.
 *
 * A blob is counted for every principal whose record names it and taken when one
 * of them has room: nobody can fill another's quota by naming what is his.
 * Counted from the disk and the index when the first upload comes, so nothing of
 * it is stored.
 *
 * Threads: any.  Memory: quota_new / quota_free; one line a principal.
 */
#ifndef HEADWATER_DAEMON_QUOTA_H
#define HEADWATER_DAEMON_QUOTA_H

#include <stdint.h>

#include "schema/err.h"
#include "schema/text.h"

#define QUOTA_NAMES_MAX 64 /* of one blob */

struct quota_names {
	size_t count;
	char names[QUOTA_NAMES_MAX][TEXT_PRINCIPAL_MAX + 1];
};

/* A principal, once; no more than there is room for. */
void quota_names_add(struct quota_names *names, struct span principal);

struct quota;

struct quota *quota_new(uint64_t limit); /* bytes, of each principal */
void quota_free(struct quota *quota);	 /* NULL is fine */

void quota_clear(struct quota *quota); /* nothing is counted yet */

/* What is there already. */
MUST_CHECK enum err quota_count(
    struct quota *quota, const struct quota_names *names, uint64_t bytes);
/* ERR_REFUSED, with the figures, where none of them has room. */
MUST_CHECK enum err quota_claim(struct quota *quota,
    const struct quota_names *names, uint64_t bytes, struct why *w);
void quota_drop(
    struct quota *quota, const struct quota_names *names, uint64_t bytes);

/* For tests and metrics. */
uint64_t quota_used(struct quota *quota, struct span principal);

#endif
