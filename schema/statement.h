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
#include "schema/spdx.h"

#define STATEMENT_TYPE "https://in-toto.io/Statement/v1"
#define STATEMENT_PREFIX "https://headwater/" /* predicates of ours */
#define STATEMENT_SLSA_TYPE "https://slsa.dev/provenance/v1"
#define STATEMENT_RUN_TYPE "https://headwater/run/v1" /* its buildType, ours */
#define STATEMENT_SUBJECTS_MAX 512
#define STATEMENT_TYPE_MAX 512	/* bytes of a predicateType */
#define STATEMENT_TEXT_MAX 4096 /* bytes of a text where nothing is said */
#define STATEMENT_URI_MAX 2048
#define STATEMENT_LICENSE_MAX SPDX_TEXT_MAX
#define STATEMENT_ROLE_MAX 64 /* [a-z0-9-] */

/* in-toto ResourceDescriptor, as far as Headwater looks at it. */
struct resource {
	struct span name; /* empty where none is given */
	struct span uri;
	struct span role; /* annotations.role */
	struct digest_set digest;
	struct span license; /* annotations.license: an SPDX expression */
	size_t member_count; /* as it stands: of withdrawals and keyrings */
};

struct statement {
	struct json *json;
	struct span predicate_type;
	bool is_ours; /* a predicate under STATEMENT_PREFIX, or a run */
	bool is_run;  /* SLSA provenance with STATEMENT_RUN_TYPE */
	size_t subject_count;
	struct resource *subjects;
	json_value *predicate; /* NULL where there is none */
};

/* Unknown members of the statement and its subjects are refused in ours and
 * ignored elsewhere. */
MUST_CHECK enum err statement_parse(struct span payload, struct arena *arena,
    struct statement *ret, struct why *w);
void statement_done(struct statement *statement);

/* One ResourceDescriptor.  Of ours it has a digest; elsewhere the set may be
 * empty, and what is not of the expected form is ignored. */
MUST_CHECK enum err resource_read(json_value *value, bool is_ours,
    struct arena *arena, struct resource *ret, struct why *w);

/* Reads a member that is an absolute URI, a role, an SPDX expression;
 * gives true where it is there. */
bool statement_uri(struct object *o, const char *name, struct span *ret);
bool statement_role(struct object *o, const char *name, struct span *ret);
bool statement_license(struct object *o, const char *name, struct span *ret);
bool statement_is_role(struct span text);
bool statement_is_license(struct span text); /* it parses (spdx) */

#endif
