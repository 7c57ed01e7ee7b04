/*
 * view: one snapshot of index and log, and records as questions see them.
 *
 * The index snapshot is opened first: whatever it is complete up to is then in
 * the log's snapshot.  Nothing at or above `end` exists for a question: neither
 * what is not published nor what is not indexed.
 *
 * Failures stick in the transactions and come out at view_close; until then
 * whatever could not be read is "not there".  Threads: one at a time.
 * Memory: records and spans borrow the view's pages; dead at view_close.
 */
#ifndef HEADWATER_DAEMON_VIEW_H
#define HEADWATER_DAEMON_VIEW_H

#include "daemon/gist.h"
#include "daemon/limits.h"
#include "daemon/store_index.h"
#include "daemon/store_log.h"

struct view_record {
	uint64_t position;
	uint64_t stamp_ms;
	struct hash id;
	struct span keyid; /* "SHA256:…" in the entry */
	struct span entry;
	bool is_withheld; /* and `entry` is none */
	struct gist gist;
};

struct view {
	struct store *store; /* of the index: its places */
	struct txn index;
	struct txn log;
	uint64_t end; /* complete up to */
	/* records read and places searched, so that who asks much can stop */
	uint64_t work;
	/* the last answers, since a walk asks twice for each record */
	bool has_last;
	struct view_record last;
	bool has_looked;
	bool is_disputed; /* somebody withdraws: */
	struct hash looked;
};

/* `published` was asked for before. */
struct view view_open(
    struct store *log, struct store *index, uint64_t published);
/* The first failure of either. */
MUST_CHECK enum err view_close(struct view *view);
bool view_failed(const struct view *view);

/* False only on failure, for positions below `end`. */
bool view_get(struct view *view, uint64_t position, struct view_record *ret);
/* The same, and the entry was hashed again: for what is shown. */
bool view_get_checked(
    struct view *view, uint64_t position, struct view_record *ret);

/* Exact: the stored leaf hash is compared. */
bool view_find(
    struct view *view, const struct hash *id, uint64_t *ret_position);

/* Positions at a place of the index, as index_walk, below `end`. */
struct index_walk view_walk(
    struct view *view, enum index_tag tag, struct span value, uint64_t from);

/* `prefix` NUL digest, as INDEX_OWN and INDEX_MADE want it; an empty prefix
 * gives the digest alone. */
#define VIEW_VALUE_MAX 384
struct span view_value(struct span prefix, const struct digest *digest,
    uint8_t out[static VIEW_VALUE_MAX]);

/* Was it withdrawn by its own principal?  A withdrawal cannot be. */
bool view_withdrawn(
    struct view *view, const struct view_record *record, struct hash *ret);

/* Has this principal named it as his own: is it the first subject of a named
 * dataset, code, model or run record of his that stands?  `*ret_is_cut`: there
 * are more than were looked at. */
bool view_has_own(struct view *view, struct span principal,
    const struct digest *digest, bool *ret_is_cut);

/* Withdrawals by other principals, by position. */
struct view_disputes {
	size_t count;
	bool is_cut; /* there are, or may be, more */
	struct hash ids[LINEAGE_DISPUTES_MAX];
};
void view_disputes(struct view *view, const struct view_record *record,
    struct view_disputes *ret);

#endif
