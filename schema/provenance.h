/*
 * provenance: SLSA Provenance v1, ours (a run) and everybody else's.
 *
 * https://slsa.dev/spec/v1.0/provenance.  A run is read as strictly as our own
 * predicates.  Of any other build only the resolved dependencies matter: those
 * with a digest went into the subjects, the others are ignored.
 *
 * Threads: any.  Memory: the caller's arena; spans borrow the statement.
 */
#ifndef HEADWATER_SCHEMA_PROVENANCE_H
#define HEADWATER_SCHEMA_PROVENANCE_H

#include "schema/predicate.h"

#define PROVENANCE_ARGUMENTS_MAX 1024
#define PROVENANCE_ARGUMENT_MAX 32768 /* bytes of one; it may be empty */

/* `o` is the predicate; fills inputs and complete. */
void provenance_run(
    struct object *o, struct arena *arena, struct predicate *ret);

MUST_CHECK enum err provenance_foreign(json_value *predicate,
    struct arena *arena, struct predicate *ret, struct why *w);

#endif
