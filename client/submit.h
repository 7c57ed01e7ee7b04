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

/* One result of each line of an NDJSON batch. */
struct submit_line {
	struct span text;
	enum err err;
	struct why why;
	struct submitted submitted;
};
/* Fills each line's result; ERR_OK also where lines were refused. */
MUST_CHECK enum err submit_lines(struct session *session,
    struct submit_line *lines, size_t count, struct why *w);

/* {"id","index","treeSize","duplicate","proof":path} */
void submit_print_json(const struct session *session,
    const struct submitted *submitted, struct writer *w);
/* "recorded <id> at index 5", where the proof is. */
void submit_print(struct session *session, const struct submitted *submitted);

#endif
