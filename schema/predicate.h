/*
 * predicate: what stands in the predicates under https://headwater/.
 *
 * One function a kind, each a list of its members: whatever is not listed is
 * refused, and texts are all there is.  `o` is the predicate, sticky: its end is
 * the caller's to ask.  The parts that runs share are here too.
 *
 * Threads: any.  Memory: the caller's arena; spans borrow the statement.
 */
#ifndef HEADWATER_SCHEMA_PREDICATE_H
#define HEADWATER_SCHEMA_PREDICATE_H

#include "schema/statement.h"

#define PREDICATE_INPUTS_MAX 512
#define PREDICATE_ROLES_MAX 32	 /* in `complete` */
#define PREDICATE_TEXTS_MAX 1024 /* parameters, seeds */
#define PREDICATE_LABEL_MAX 256	 /* bytes of a short text: a name, a unit */
#define PREDICATE_ATTACHMENTS_MAX 64
#define PREDICATE_METRICS_MAX 256
#define PREDICATE_REFERENCES_MAX 64 /* benchmark, harness, byproducts */
#define PREDICATE_COMPONENTS_MAX 128
#define PREDICATE_SIGNERS_MAX 512

struct predicate {
	struct span version;
	struct span license;
	size_t input_count;
	struct resource *inputs;
	size_t complete_count;
	struct span *complete;
};

void predicate_dataset(
    struct object *o, struct arena *arena, struct predicate *ret);
void predicate_model(
    struct object *o, struct arena *arena, struct predicate *ret);
void predicate_code(
    struct object *o, struct arena *arena, struct predicate *ret);
void predicate_evaluation(
    struct object *o, struct arena *arena, struct predicate *ret);
void predicate_release(
    struct object *o, struct arena *arena, struct predicate *ret);
void predicate_withdrawal(
    struct object *o, struct arena *arena, struct predicate *ret);
void predicate_keyring(
    struct object *o, struct arena *arena, struct predicate *ret);

/* ---- parts ---- */

/* Resources with a digest; `*ret` and the count are 0 where there are none. */
struct resources {
	size_t count;
	struct resource *all;
};
void predicate_resources(struct object *o, const char *name, size_t max,
    struct arena *arena, struct resources *ret);

/* `complete`: roles, each once. */
void predicate_complete(
    struct object *o, struct arena *arena, struct predicate *ret);

/* An object of texts, which may be empty. */
void predicate_texts(struct object *o, const char *name);

/* A text of several lines: LF and TAB are allowed. */
bool predicate_is_block(struct span text);

/* {"tlogLeaf": id} and nothing else; true where it is there. */
bool predicate_citation(
    struct object *o, const char *name, struct arena *arena, struct hash *ret);

#endif
