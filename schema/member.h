/*
 * member: members that several predicates have, each read in one way.
 *
 * `o` is the predicate, sticky: its end is the caller's to ask.  Sentences name
 * the member.
 *
 * Threads: any.  Memory: the caller's arena; spans borrow the statement.
 */
#ifndef HEADWATER_SCHEMA_MEMBER_H
#define HEADWATER_SCHEMA_MEMBER_H

#include "schema/statement.h"

#define MEMBER_TEXTS_MAX 1024 /* parameters, seeds */
#define MEMBER_LABEL_MAX 256  /* bytes of a short text: a name, a unit */
#define MEMBER_ROLES_MAX 32   /* in `complete` */

/* Resources with a digest; `*ret` and the count are 0 where there are none. */
struct resources {
	size_t count;
	struct resource *all;
};
void member_resources(struct object *o, const char *name, size_t max,
    struct arena *arena, struct resources *ret);

/* Roles, each once. */
struct roles {
	size_t count;
	struct span *all;
};
void member_roles(
    struct object *o, const char *name, struct arena *arena, struct roles *ret);

/* An object of texts, which may be empty. */
void member_texts(struct object *o, const char *name);

/* A text of several lines: LF and TAB are allowed. */
bool member_is_block(struct span text);
void member_block(struct object *o, const char *name);
/* The same, and its text; empty where it is missing. */
void member_block_text(struct object *o, const char *name, struct span *ret);

/* {"tlogLeaf": id} and nothing else; true where it is there. */
bool member_citation(
    struct object *o, const char *name, struct arena *arena, struct hash *ret);

/* A time in UTC; true where it is there. */
bool member_time(struct object *o, const char *name, uint64_t *ret_ms);

void member_version(struct object *o, const char *name, struct span *ret);

/* A text of digits, at most 2^63-1; true where it is there. */
bool member_decimal(struct object *o, const char *name, uint64_t *ret);
void member_needs_decimal(struct object *o, const char *name, uint64_t *ret);

/* The number of a text among `count` names, of which the first, "", stands for a
 * missing member. */
unsigned member_word(struct object *o, const char *name,
    const char *const *words, unsigned count);

/* Up to `max` elements, each by `read`; returns how many. */
size_t member_elements(struct object *o, const char *name, size_t max,
    struct arena *arena,
    enum err (*read)(json_value *, struct arena *, struct why *));

/* Keeps a failure of an element, whose sentence says what but not where. */
void member_keep(struct object *o, enum err err, const char *name, size_t at);

#endif
