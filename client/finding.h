/*
 * finding: what was found, written as an audit's statement (FORMATS 1.11).
 *
 * Threads: one.  Memory: spans are the caller's until it is written.
 */
#ifndef HEADWATER_CLIENT_FINDING_H
#define HEADWATER_CLIENT_FINDING_H

#include "client/draft.h"
#include "schema/audit_record.h"

struct finding {
	struct audit_record audit;
	size_t subject_count;
	const struct resource **subjects; /* records that they cite are not */
	struct span environment; /* lines "name: value"; may be empty */
	struct span description;
};

/* The statement from its first subject on. */
void finding_write(struct draft *draft, const struct finding *finding);

#endif
