/*
 * particular: what a run or an evaluation says beside its lists, value by value.
 *
 * Parameters, seeds, stage, order of the data, command and times of a run;
 * metrics, parameters and seeds of an evaluation (FORMATS 1.3, 1.4).  Of a record
 * that was judged: nothing is checked again, what is not there is left out.
 *
 * Threads: any.  Memory: spans borrow the statement.
 */
#ifndef HEADWATER_SCHEMA_PARTICULAR_H
#define HEADWATER_SCHEMA_PARTICULAR_H

#include "schema/record.h"

/* kind, name in answers */
#define PARTICULAR_TABLE(X) \
	X(PARTICULAR_PARAMETER, "parameter") \
	X(PARTICULAR_SEED, "seed") \
	X(PARTICULAR_STAGE, "stage") \
	X(PARTICULAR_ORDER, "dataOrder") \
	X(PARTICULAR_COMMAND, "command") /* its sha256 */ \
	X(PARTICULAR_BUILDER, "builder") \
	X(PARTICULAR_INVOCATION, "invocation") \
	X(PARTICULAR_STARTED, "startedOn") \
	X(PARTICULAR_FINISHED, "finishedOn") \
	X(PARTICULAR_METRIC, "metric")

enum particular_kind {
#define X(name, text) name,
	PARTICULAR_TABLE(X)
#undef X
	    PARTICULAR_KINDS,
};

const char *particular_kind_name(enum particular_kind kind);

struct particular {
	enum particular_kind kind;
	struct span name; /* of a parameter, seed or metric; else empty */
	struct span value;
	struct span unit; /* of a metric; may be empty */
};

/* Calls back for each, by kind, within one in the order of the record. */
typedef void particular_take(void *context, const struct particular *one);
void particular_walk(
    const struct record *record, particular_take *take, void *context);

/* The buildType of a run or of other provenance, where that is a URI. */
struct span particular_build_type(const struct record *record);

/* The text of a member of the predicate itself (description, source, …);
 * SPAN_EMPTY where it is missing. */
struct span particular_text(const struct record *record, const char *name);

#endif
