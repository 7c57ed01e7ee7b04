/*
 * terms: what the ledger has seen of a licence's text and of what that takes in,
 * and who rests on it.
 *
 * From one snapshot (a license record), or from all of one text: further ones of
 * its URLs, of the documents that it takes in, and of their URLs, until there are
 * no more or a bound is met.  The newest of each are looked at.
 *
 * Threads: the question's.  Memory: the caller's arena; items borrow the view.
 * terms_done gives back the parsed records.
 */
#ifndef HEADWATER_DAEMON_TERMS_H
#define HEADWATER_DAEMON_TERMS_H

#include "daemon/lookup.h"
#include "schema/drift.h"

#define TERMS_NEWEST_MAX 64 /* of one text, of one URL */
#define TERMS_WANTS_MAX 256 /* texts and URLs asked for */
#define TERMS_RESTS_MAX 256 /* records shown that rest on a text */

/* A record that rests on a text of the URLs asked about. */
struct terms_rest {
	struct lookup_item item;
	struct hash text;
	bool is_old; /* another text stands there now */
};

struct terms {
	struct drift_question question;
	struct drift drift;
	struct snapshots snapshots;
	struct lookup_item *items; /* of each snapshot */
	struct record *records;
	size_t rest_count;
	struct terms_rest *rests; /* text by text, the newest first */
	bool is_cut;
};

/* ERR_NOT_FOUND: no license record has this id, or this text. */
MUST_CHECK enum err terms_gather(struct view *view,
    const struct drift_question *question, struct arena *arena,
    struct terms *ret, struct why *w);
void terms_done(struct terms *terms);

void terms_render(
    const struct view *view, const struct terms *terms, struct writer *w);

#endif
