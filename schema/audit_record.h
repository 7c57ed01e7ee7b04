/*
 * audit_record: what somebody found when he looked himself (FORMATS 1.11).
 *
 * About artifacts, its subjects, and where it is given about records.  It has a
 * method, always, and says how much was looked at.  It makes no edge; it counts
 * for more than a claim only where another principal signed it (FORMATS 1.11).
 *
 * Threads: any.  Memory: the caller's arena; spans borrow the statement.
 */
#ifndef HEADWATER_SCHEMA_AUDIT_RECORD_H
#define HEADWATER_SCHEMA_AUDIT_RECORD_H

#include "schema/member.h"

#define AUDIT_ABOUT_MAX 64 /* records */

/* Append, never renumber. */
#define AUDIT_METHOD_TABLE(X) \
	X(AUDIT_REHASH, "rehash") \
	X(AUDIT_REFETCH, "refetch") \
	X(AUDIT_OPEN_SHARDS, "open-shards") \
	X(AUDIT_ORDER, "order") \
	X(AUDIT_RE_RUN, "re-run") \
	X(AUDIT_SEGMENT, "segment") \
	X(AUDIT_EVALUATION, "evaluation") \
	X(AUDIT_LICENCE_REVIEW, "licence-review")
#define AUDIT_VERDICT_TABLE(X) \
	X(AUDIT_CONFIRMED, "confirmed") \
	X(AUDIT_CONTRADICTED, "contradicted") \
	X(AUDIT_INCONCLUSIVE, "inconclusive")
#define AUDIT_COMPARISON_TABLE(X) \
	X(AUDIT_BIT_EXACT, "bit-exact") \
	X(AUDIT_TOLERANCE, "tolerance")

#define X(name, text) name,
/* 0 in each: not said */
enum audit_method {
	AUDIT_NO_METHOD,
	AUDIT_METHOD_TABLE(X) AUDIT_METHODS,
};
enum audit_verdict {
	AUDIT_NO_VERDICT,
	AUDIT_VERDICT_TABLE(X) AUDIT_VERDICTS,
};
enum audit_comparison {
	AUDIT_NO_COMPARISON,
	AUDIT_COMPARISON_TABLE(X) AUDIT_COMPARISONS,
};
#undef X

const char *audit_method_name(enum audit_method method);
const char *audit_verdict_name(enum audit_verdict verdict);
const char *audit_comparison_name(enum audit_comparison comparison);
MUST_CHECK bool audit_method_parse(struct span text, enum audit_method *ret);
MUST_CHECK bool audit_verdict_parse(struct span text, enum audit_verdict *ret);

struct audit_record {
	enum audit_method method;
	enum audit_verdict verdict;
	enum audit_comparison comparison;
	struct span metric; /* texts may be empty */
	struct span threshold;
	struct span measured;
	struct span seed;
	bool has_coverage;
	struct span unit;
	uint64_t checked; /* at most `of` */
	uint64_t of;
	size_t about_count;
	struct hash *about; /* records, each once */
};

/* The members of an audit's predicate but `description` and `attachments`. */
void audit_record_read(
    struct object *o, struct arena *arena, struct audit_record *ret);

#endif
