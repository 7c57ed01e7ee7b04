/*
 * release_diff: what differs between two releases, fact by fact.
 *
 * Each dossier is a list of facts: a subject (the name of a data set, of code, of a
 * run, …), what is said of it and the value; two lists in one order are merged.
 * Named alike is taken for the same thing in another version; what has no name is
 * known by its digest.  Only what is walked counts.
 *
 * Threads: any.  Memory: the caller's arena; it borrows the dossiers.
 */
#ifndef HEADWATER_SCHEMA_RELEASE_DIFF_H
#define HEADWATER_SCHEMA_RELEASE_DIFF_H

#include "schema/dossier.h"

#define RELEASE_FACTS_MAX 16384 /* of one release */

/* fact, name in answers */
#define RELEASE_FACT_TABLE(X) \
	X(RELEASE_ARTIFACT, "artifact") /* what was released */ \
	X(RELEASE_DATA, "data") \
	X(RELEASE_CODE, "code") \
	X(RELEASE_MODEL, "model") /* that it was made from */ \
	X(RELEASE_OTHER, "other") /* that nobody describes */ \
	X(RELEASE_COMPONENT, "component") \
	X(RELEASE_LICENCE, "licence") \
	X(RELEASE_LICENCE_TEXT, "licence-text") \
	X(RELEASE_PARAMETER, "parameter") \
	X(RELEASE_SEED, "seed") \
	X(RELEASE_RUN, "run") /* stage, order of the data, command */ \
	X(RELEASE_METRIC, "metric") \
	X(RELEASE_CLAIM, "claim")

enum release_fact_kind {
#define X(name, text) name,
	RELEASE_FACT_TABLE(X)
#undef X
	    RELEASE_FACT_KINDS,
};

const char *release_fact_name(enum release_fact_kind kind);

struct release_fact {
	enum release_fact_kind kind;
	struct span subject;
	struct span key; /* of a parameter, seed, metric, …; may be empty */
	struct span value;
	struct digest digest; /* of data, code, …: what `value` prints */
	bool has_digest;
	size_t record; /* that says so, in its dossier */
	bool has_record;
};

enum release_change {
	RELEASE_ADDED,
	RELEASE_REMOVED,
	RELEASE_CHANGED,
};

struct release_difference {
	enum release_change change;
	const struct release_fact *before; /* NULL of what was added */
	const struct release_fact *after;  /* NULL of what was removed */
};

struct release_diff {
	size_t count; /* by kind, subject, key */
	const struct release_difference *all;
	size_t same; /* facts that are in both */
	bool is_cut; /* more facts, or more of a lineage, than were looked at */
};

/* ERR_MEMORY only. */
MUST_CHECK enum err release_diff(const struct dossier *before,
    const struct dossier *after, struct arena *arena, struct release_diff *ret);

#endif
