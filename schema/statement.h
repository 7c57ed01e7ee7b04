/*
 * statement: in-toto Statement v1, read strictly.
 *
 * Threads: any.  Memory: statement_done frees the document that spans borrow.
 */
#ifndef HEADWATER_SCHEMA_STATEMENT_H
#define HEADWATER_SCHEMA_STATEMENT_H

#include "schema/arena.h"
#include "schema/digest_set.h"
#include "schema/object.h"

#define STATEMENT_TYPE "https://in-toto.io/Statement/v1"
#define STATEMENT_SUBJECTS_MAX 512
#define STATEMENT_TYPE_MAX 512 /* bytes of a predicateType */

/* in-toto ResourceDescriptor, as far as Headwater looks at it. */
struct resource {
	struct span name; /* empty where none is given */
	struct span uri;
	struct span role; /* annotations.role */
	struct digest_set digest;
	struct span license; /* annotations.license: an SPDX expression */
};

struct statement {
	struct json *json;
	struct span predicate_type;
	size_t subject_count;
	struct resource *subjects;
	json_value *predicate; /* NULL where there is none */
};

/* `is_ours` of the parts depends on predicate_type: unknown members of subjects
 * are refused for predicates under https://headwater/, ignored elsewhere. */
MUST_CHECK enum err statement_parse(struct span payload, struct arena *arena,
    struct statement *ret, struct why *w);
void statement_done(struct statement *statement);

/* One ResourceDescriptor.  `needs_digest`: without one it is refused. */
MUST_CHECK enum err resource_read(json_value *value, bool is_ours,
    struct arena *arena, struct resource *ret, struct why *w);

#endif
