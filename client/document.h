/*
 * document: a text that is agreed to, from a file or from the web, as it is.
 *
 * Threads: one.  Memory: the session's arena.
 */
#ifndef HEADWATER_CLIENT_DOCUMENT_H
#define HEADWATER_CLIENT_DOCUMENT_H

#include "client/session.h"
#include "schema/sha256.h"

#define DOCUMENT_CLAUSE_MAX 512

struct document {
	struct span body;
	struct hash sha256;
	struct span media_type;
	struct span source; /* the URL asked for; empty: from a file */
	uint64_t fetched_ms;
};

/* At most WEB_LEN_MAX.  A page of HTML is warned of: it may change each time, and
 * its terms not. */
MUST_CHECK enum err document_fetch(struct session *session, const char *url,
    struct document *ret, struct why *w);
MUST_CHECK enum err document_read(struct session *session, const char *path,
    struct document *ret, struct why *w);

/* The words of a text that name a URL: its line, or the part of a long line around
 * it; empty where it is not named or the words are no text. */
struct span document_clause(struct span body, struct span url);

#endif
