/*
 * advisory: a warning about artifacts, or the answer to one (FORMATS 1.8).
 *
 * Threads: any.  Memory: the caller's arena; spans borrow the statement.
 */
#ifndef HEADWATER_SCHEMA_ADVISORY_H
#define HEADWATER_SCHEMA_ADVISORY_H

#include "schema/member.h"

/* Packed in gists: append, never renumber. */
#define ADVISORY_REASON_TABLE(X) \
	X(ADVISORY_ILLEGAL, "illegal") \
	X(ADVISORY_POISON, "poison") \
	X(ADVISORY_PROPAGANDA, "propaganda") \
	X(ADVISORY_COPYRIGHT, "copyright") \
	X(ADVISORY_OPT_OUT, "opt-out") \
	X(ADVISORY_PERSONAL_DATA, "personal-data") \
	X(ADVISORY_BUG, "bug") \
	X(ADVISORY_LICENCE, "licence")
#define ADVISORY_SEVERITY_TABLE(X) \
	X(ADVISORY_LOW, "low") \
	X(ADVISORY_MEDIUM, "medium") \
	X(ADVISORY_HIGH, "high") \
	X(ADVISORY_CRITICAL, "critical")
#define ADVISORY_ACTION_TABLE(X) \
	X(ADVISORY_EXCLUDE, "exclude") \
	X(ADVISORY_RECALL, "recall") \
	X(ADVISORY_NOTE, "note")
#define ADVISORY_STATUS_TABLE(X) \
	X(ADVISORY_ACCEPTED, "accepted") \
	X(ADVISORY_REJECTED, "rejected") \
	X(ADVISORY_FIXED, "fixed")

#define X(name, text) name,
/* 0 in each: not said, as in the other form it must be */
enum advisory_reason {
	ADVISORY_NO_REASON,
	ADVISORY_REASON_TABLE(X) ADVISORY_REASONS,
};
enum advisory_severity {
	ADVISORY_NO_SEVERITY,
	ADVISORY_SEVERITY_TABLE(X) ADVISORY_SEVERITIES,
};
enum advisory_action {
	ADVISORY_NO_ACTION,
	ADVISORY_ACTION_TABLE(X) ADVISORY_ACTIONS,
};
enum advisory_status {
	ADVISORY_NO_STATUS,
	ADVISORY_STATUS_TABLE(X) ADVISORY_STATUSES,
};
#undef X

/* As they stand in records and answers; "" of what is not said. */
const char *advisory_reason_name(enum advisory_reason reason);
const char *advisory_severity_name(enum advisory_severity severity);
const char *advisory_action_name(enum advisory_action action);
const char *advisory_status_name(enum advisory_status status);

struct advisory {
	enum advisory_reason reason; /* of a warning, with the next two */
	enum advisory_severity severity;
	enum advisory_action action;
	bool is_answer;
	struct hash in_reply_to; /* of an answer, with the next */
	enum advisory_status status;
	bool has_fixed_in;
	struct resource fixed_in;
};

/* The members of a predicate that say this. */
void advisory_read(struct object *o, struct arena *arena, struct advisory *ret);

#endif
