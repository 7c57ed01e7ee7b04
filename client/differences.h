/*
 * differences: how terms that have drifted differ from those agreed to.
 *
 * Both texts are blobs of the log, each by its digest.
 *
 * Threads: one.  Memory: the session's arena.
 */
#ifndef HEADWATER_CLIENT_DIFFERENCES_H
#define HEADWATER_CLIENT_DIFFERENCES_H

#include "client/session.h"
#include "client/text_diff.h"
#include "schema/licensing.h"

#define DIFFERENCES_MAX 32

struct difference {
	const struct drift_document *document;
	struct span newest_by; /* who saw the newer text */
	bool is_told;	       /* else: why not */
	const char *reason;
	struct text_diff diff;
};

struct differences {
	size_t count;
	bool is_cut; /* more than are looked at */
	struct difference all[DIFFERENCES_MAX];
};

/* That a text is not in the log, or not the one of its digest, is its reason;
 * ERR_MEMORY, and what ends a question (ERR_MISSING). */
MUST_CHECK enum err differences_find(struct session *session,
    const struct licensing *licensing, struct differences *ret, struct why *w);

#endif
