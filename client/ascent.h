/*
 * ascent: checks what a log says of a file in all that an artifact was made of.
 *
 * Absent: from the artifact upwards, each step is a proved record of the publisher
 * (or one that such a record cites) that signs its lists as complete, and each
 * artifact met is a set that is shown not to hold the file, or a single file that
 * is another one.  Present: the set that holds it, and the records that lead from
 * there to the artifact.  That the log names all steps that there are is its word.
 *
 * A citation is a hash, so a chain of them ends: whoever cites, directly or not,
 * begins with a record of the publisher's own.
 *
 * Threads: one.  Memory: as ancestry.
 */
#ifndef HEADWATER_CLIENT_ASCENT_H
#define HEADWATER_CLIENT_ASCENT_H

#include "client/ancestry.h"

/* Asks, and checks the answer: `ret->verdict` holds then, `ret->nodes` are what
 * was met.  ERR_MISMATCH: it is not so. */
MUST_CHECK enum err ascent_ask(struct session *session,
    const struct ancestry_question *question, struct ancestry *ret,
    struct why *w);

#endif
