/*
 * submit: sends envelopes and believes nothing of the answer.
 *
 * The id is the leaf hash of what was sent, computed here.  The proof must hold
 * exactly those bytes, be signed by the pinned log, and its checkpoint must be
 * consistent with the last one seen; then proof and keyring are stored.
 *
 * Threads: one.  Memory: the session's arena.
 */
#ifndef HEADWATER_CLIENT_SUBMIT_H
#define HEADWATER_CLIENT_SUBMIT_H

#include "client/session.h"
#include "schema/envelope.h"

#define SUBMIT_LINES_MAX 1000
#define SUBMIT_BODY_MAX ((size_t)8 << 20)

struct submitted {
	struct hash id;
	uint64_t index;
	uint64_t tree_size;
	bool is_duplicate;
	struct span proof;
};

MUST_CHECK enum err submit_envelope(struct session *session,
    const struct envelope *envelope, struct submitted *ret, struct why *w);

/* One line of an NDJSON batch and what became of it. */
struct submit_line {
	size_t number; /* of the file, from 1: for the caller */
	struct envelope envelope;
	enum err err;
	struct why why;
	struct submitted submitted;
};
/* Sends those whose err is ERR_OK, in as many calls as it takes, and fills each
 * one's result; ERR_OK also where lines were refused. */
MUST_CHECK enum err submit_lines(struct session *session,
    struct submit_line *lines, size_t count, struct why *w);

/* {"id","index","treeSize","duplicate","proof":path} */
void submit_print_json(const struct session *session,
    const struct submitted *submitted, struct writer *w);

#endif
