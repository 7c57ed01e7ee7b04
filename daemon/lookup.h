/*
 * lookup: lists of records by what they are about, who signed them, what they
 * are called.
 *
 * Walks the one place of the index that promises the fewest candidates and
 * compares each candidate with every filter; at most LIST_LOOK_MAX are looked
 * at, so the work is bounded whatever is combined.
 *
 * Threads: any.  Memory: items in the caller's arena; they borrow the view.
 */
#ifndef HEADWATER_DAEMON_LOOKUP_H
#define HEADWATER_DAEMON_LOOKUP_H

#include "daemon/view.h"
#include "schema/arena.h"

struct lookup_filter {
	bool has_subject;
	struct digest subject; /* any digest of any subject */
	struct span signer;    /* keyid; empty: any, as below */
	struct span principal;
	struct span name;    /* a bound name */
	struct span version; /* only with a name */
	bool has_kind;
	enum record_kind kind;
	bool is_warning; /* advisories that are no answers */
	bool has_reference;
	struct gist_reference reference; /* that it makes */
};

struct lookup_item {
	struct view_record record;
	bool is_withdrawn; /* by its own principal */
	struct hash withdrawn;
};

struct lookup_page {
	uint64_t size; /* complete up to */
	size_t count;
	struct lookup_item *items; /* by position */
	bool has_next;
	uint64_t next; /* the last position looked at */
};

struct lookup_range {
	uint64_t from; /* records at or above this position */
	size_t limit;  /* at most so many of them */
};

MUST_CHECK enum err lookup_page(struct view *view,
    const struct lookup_filter *filter, const struct lookup_range *range,
    struct arena *arena, struct lookup_page *ret);

/*
 * The newest `limit` records that match, newest first; `is_cut` where there are
 * more, or may be: half of LIST_LOOK_MAX are looked at from the newest down, and
 * where too few of them match, half from the oldest up.
 */
struct lookup_newest {
	size_t count;
	struct lookup_item *items;
	bool is_cut;
};
MUST_CHECK enum err lookup_newest(struct view *view,
    const struct lookup_filter *filter, size_t limit, struct arena *arena,
    struct lookup_newest *ret);

#endif
