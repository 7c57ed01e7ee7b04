/*
 * blob_terms: what the log's records say of a blob: who may bring it, how long it
 * is, whether it is a set's manifest and with which root.
 *
 * Only records that are not withdrawn (nor withheld) speak.  One that says
 * "manifest" of somebody else's text does not make it one: the text is taken as
 * it is when another record names it otherwise.
 *
 * Threads: as view.h.  Memory: none.
 */
#ifndef HEADWATER_DAEMON_BLOB_TERMS_H
#define HEADWATER_DAEMON_BLOB_TERMS_H

#include "daemon/quota.h"
#include "daemon/view.h"

#define BLOB_LOOK_MAX 4096 /* records looked at for one blob */

/* Records that may name a blob: the first half of those that are looked at, then
 * the newest half.  A text that is known to all, as a licence's, may be named by
 * thousands: whoever has just recorded it is heard all the same. */
struct namers {
	struct view *view;
	struct index_walk first;
	struct index_walk newest;
	size_t looked;
	uint64_t end; /* behind the last one of the first half */
};
struct namers namers_open(struct view *view, const struct hash *digest);
bool namers_next(struct namers *namers, struct view_record *ret);
void namers_close(struct namers *namers);

struct blob_terms {
	struct quota_names names; /* none: no record names it so */
	uint64_t size;
	bool is_plain;	  /* some record does not call it a manifest */
	bool is_manifest; /* some record does */
};

/* Of the records that name it with this size; `size` NULL: with the largest. */
struct blob_terms blob_terms_find(
    struct view *view, const struct hash *digest, const uint64_t *size);

/* Everybody who named it, withdrawn or not: who pays for it. */
void blob_terms_names(
    struct view *view, const struct hash *digest, struct quota_names *ret);

/* Do records name it, and is each of them withheld? */
bool blob_terms_withheld(struct view *view, const struct hash *digest);

/* The largest attachment of this digest that a record names, or the one of
 * `size`. */
bool blob_find_attachment(const struct gist *gist, const struct hash *digest,
    const uint64_t *size, struct gist_attachment *ret);

#endif
