/*
 * listed: pages of the log's list of records, read strictly.
 *
 * What a list says is the log's word; the records themselves have proofs.
 *
 * Threads: one.  Memory: a row's texts borrow its page (listed_done).
 */
#ifndef HEADWATER_CLIENT_LISTED_H
#define HEADWATER_CLIENT_LISTED_H

#include "client/session.h"
#include "schema/object.h"
#include "schema/sha256.h"

#define LISTED_PAGE_MAX 1000
#define LISTED_NAME_MAX 4096

struct listed_row {
	struct hash id;
	uint64_t index;
	struct span kind;
	struct span principal;
	struct span name; /* empty where it has none */
	struct span time; /* the log's own word */
	bool is_withdrawn;
	struct hash withdrawn;
	bool is_withheld; /* by the operator: there is no more to be had */
};

struct listed_page {
	struct json *json;
	json_value *rows;
	uint64_t tree_size;
	size_t count;
	bool has_next;
	uint64_t next;
};

/* `query` begins "/v1/records?"; the page behind `before`, NULL for the first. */
MUST_CHECK enum err listed_get(struct session *session, const char *query,
    const struct listed_page *before, struct listed_page *ret, struct why *w);
/* The one at `index`, with the page that it borrows. */
MUST_CHECK enum err listed_at(struct session *session, uint64_t index,
    struct listed_page *ret_page, struct listed_row *ret, struct why *w);
void listed_done(struct listed_page *page);

MUST_CHECK enum err listed_row(const struct listed_page *page, size_t at,
    struct listed_row *ret, struct why *w);

#endif
