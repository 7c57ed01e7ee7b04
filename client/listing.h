/*
 * listing: files, as they come, become a manifest.
 *
 * Sorted through `sorter`, so of ten million lines only a few are in memory; the
 * manifest goes to a file while its digests are computed.
 *
 * Threads: one at a time.  Memory: listing_new / listing_free; what is kept, in
 * the caller's arena.
 */
#ifndef HEADWATER_CLIENT_LISTING_H
#define HEADWATER_CLIENT_LISTING_H

#include "client/sink.h"
#include "schema/manifest.h"

/* So many lines are kept, the first; the others are in their file alone. */
#define LISTING_KEPT_MAX 1000

struct listing_wish {
	bool is_salted;
	bool has_oms;	   /* the OMS root too */
	bool checks_paths; /* the same path may come twice */
	int fd;		   /* where the manifest goes; -1: nowhere */
};

struct listing_result {
	struct sink_result set;
	bool has_oms;
	struct hash oms;
	struct span manifest;	     /* of at most LISTING_KEPT_MAX files */
	struct manifest_line *lines; /* the first; NULL of a salted one */
};

struct listing;

/* NULL when memory is out. */
struct listing *listing_new(const struct listing_wish *wish);
void listing_free(struct listing *listing); /* NULL is fine */

/* Paths are checked by form.  ERR_SYNTAX, ERR_IO, ERR_FULL. */
MUST_CHECK enum err listing_add(
    struct listing *listing, const struct manifest_line *line, struct why *w);
/* After the last; once.  ERR_CONFLICT: a path comes twice; ERR_NOT_FOUND: there
 * was no file. */
MUST_CHECK enum err listing_end(struct listing *listing, struct arena *arena,
    struct listing_result *ret, struct why *w);

#endif
