/*
 * claim: what a document that came with a set says of it, by name alone
 * (FORMATS 1.9).
 *
 * Claimed and no more: the signer copied it.  It names no artifact, so it makes
 * no edge, closes no gap and is no licence of the record.
 *
 * Threads: any.  Memory: the caller's arena; spans borrow the statement.
 */
#ifndef HEADWATER_SCHEMA_CLAIM_H
#define HEADWATER_SCHEMA_CLAIM_H

#include "schema/member.h"

#define CLAIMS_MAX 256
#define CLAIM_NAME_MAX MEMBER_LABEL_MAX /* bytes */

#define CLAIM_TABLE(X) \
	X(CLAIM_BASE_MODEL, "base-model") \
	X(CLAIM_DATASET, "dataset") \
	X(CLAIM_LICENSE, "license") \
	X(CLAIM_OPENNESS, "openness")

enum claim_what {
	CLAIM_NOTHING,
#define X(name, text) name,
	CLAIM_TABLE(X)
#undef X
	    CLAIM_WHATS,
};

const char *claim_what_name(enum claim_what what);

struct claim {
	enum claim_what what;
	struct span name;
};

struct claims {
	size_t count;
	struct claim *all;
};

/* The member `claims`: none where it is missing, each once. */
void claim_read(struct object *o, struct arena *arena, struct claims *ret);

#endif
