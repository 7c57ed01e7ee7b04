/*
 * answer: what answers of a log have in common, read strictly.
 *
 * Sticky as the object they read from.
 *
 * Threads: one.  Memory: texts borrow the document (json_done).
 */
#ifndef HEADWATER_CLIENT_ANSWER_H
#define HEADWATER_CLIENT_ANSWER_H

#include "client/session.h"
#include "schema/digest_set.h"

/* GET of a path, parsed; failures say that it is the log's answer. */
MUST_CHECK enum err answer_get(struct session *session, const char *path,
    size_t max, struct json **ret, struct why *w);

/* Where it is about less than the log has shown before. */
void answer_warn_of_size(const struct session *session, uint64_t tree_size);

void answer_digest(struct object *o, const char *name, struct digest *ret);
void answer_id(struct object *o, const char *name, struct hash *ret);
/* The same where it is null: false. */
bool answer_optional_id(struct object *o, const char *name, struct hash *ret);
/* A text where it is not null. */
void answer_optional_line(
    struct object *o, const char *name, size_t max, struct span *ret);
/* The number of a text among words. */
unsigned answer_word(struct object *o, const char *name,
    const char *const *words, unsigned count);
struct answer_texts {
	size_t count;
	struct span *all; /* the arena's */
};
void answer_texts(struct object *o, const char *name, size_t max,
    struct answer_texts *ret, struct arena *arena);

/* The path of a question; ERR_USAGE where it is too long. */
MUST_CHECK enum err answer_path(char *path, size_t cap, struct why *w,
    const char *format, ...) PRINTF(4, 5);

#endif
