/*
 * artifact: a file or directory, compared with what a record is about.
 *
 * A directory is compared by its manifest.  Every digest that both know must
 * agree, and at least one must be there.
 *
 * Threads: one.  Memory: the caller's arena.
 */
#ifndef HEADWATER_CLIENT_ARTIFACT_H
#define HEADWATER_CLIENT_ARTIFACT_H

#include "client/hashing.h"
#include "schema/statement.h"

struct artifact {
	const char *path; /* set by the caller */
	struct hash sha256;
	const struct resource *subject; /* NULL: no subject is it */
};

/* Is any subject named by a digest that a file can be checked against? */
bool artifact_can_check(const struct statement *statement);

/* Hashes what lies at the path and looks for it among the subjects.  ERR_MISSING
 * where it is not there. */
MUST_CHECK enum err artifact_check(const struct output *out,
    const struct statement *statement, struct arena *arena,
    struct artifact *artifact, struct why *w);

#endif
