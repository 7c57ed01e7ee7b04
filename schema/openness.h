/*
 * openness: how open a release is, by what is on the ledger (FORMATS 5.9).
 *
 * A function of a dossier.  A component is met when its bytes are named by digest,
 * or by a record that stands, under a licence that the Model Openness Framework
 * accepts; a name alone is claimed and no more.  Beside it the checklist of the
 * Open Source AI Definition 1.0, which is binary, and what the release says of
 * itself.  Every line has the records and the evidence that it rests on, and what
 * would raise it.
 *
 * Threads: any.  Memory: the caller's arena; it borrows the dossier.
 */
#ifndef HEADWATER_SCHEMA_OPENNESS_H
#define HEADWATER_SCHEMA_OPENNESS_H

#include "schema/evidence.h"
#include "schema/mof.h"

#define OPENNESS_CLAIMS_MAX 32
#define OPENNESS_RECORDS_MAX 16 /* that one line names */

/* The lower, the worse: of several of one role the worst counts. */
#define OPENNESS_VERDICT_TABLE(X) \
	X(OPENNESS_NOT_MET, "not-met") \
	X(OPENNESS_CLAIMED, "claimed") \
	X(OPENNESS_MET, "met")

enum openness_verdict {
#define X(name, text) name,
	OPENNESS_VERDICT_TABLE(X)
#undef X
};

const char *openness_verdict_name(enum openness_verdict verdict);

/* OSAID 1.0: line, name in answers, name for people */
#define OSAID_TABLE(X) \
	X(OSAID_DESCRIBED, "data-described", "Data: described in full") \
	X(OSAID_LISTED, "data-listed", "Data: all of it listed") \
	X(OSAID_AVAILABILITY, "data-availability", \
	    "Data: how each set can be had") \
	X(OSAID_CODE, "code", "Code: all, under OSI licences") \
	X(OSAID_PARAMETERS, "parameters", "Parameters: under open terms")

enum osaid_line {
#define X(line, text, name) line,
	OSAID_TABLE(X)
#undef X
	    OSAID_LINES,
};

struct openness_line {
	enum openness_verdict verdict;
	const char *name;	   /* for people */
	const char *key;	   /* for programs */
	const struct mof_row *row; /* of a component; else NULL */
	bool is_contradicted;	   /* two say different licences of it */
	bool is_waived;
	struct span why;
	struct span license; /* that counted, or is in the way; may be empty */
	enum evidence_level level;
	struct span raise; /* what would raise it; empty: nothing */
	size_t record_count;
	size_t records[OPENNESS_RECORDS_MAX]; /* of the dossier */
};

/* What the release says of itself. */
struct openness_claim {
	struct span text;
	size_t record;
	bool is_judged; /* else nothing here can tell */
	bool is_shown;
	struct span why;
};

struct openness {
	const struct dossier *dossier;
	unsigned class; /* of MOF; 0: Unclassified */
	struct mof_progress progress;
	struct openness_line components[MOF_COMPONENTS];
	bool is_osaid;
	struct openness_line osaid[OSAID_LINES];
	size_t claim_count;
	struct openness_claim claims[OPENNESS_CLAIMS_MAX];
	struct evidence_lineage lineage;
};

MUST_CHECK enum err openness_judge(
    const struct dossier *dossier, struct arena *arena, struct openness **ret);

void openness_print(const struct openness *openness, struct writer *w);

#endif
