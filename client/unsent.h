/*
 * unsent: what was signed and is not in the log.
 *
 *	unsent/<SHA-256 of the statement>.json
 *
 * below the pinned log's folder, for `headwater submit`: a run may have taken a
 * week, and what it signed outlives a log that is away.
 *
 * Threads: one.  Memory: none.
 */
#ifndef HEADWATER_CLIENT_UNSENT_H
#define HEADWATER_CLIENT_UNSENT_H

#include "client/session.h"
#include "schema/envelope.h"

/* The envelope and an LF. */
MUST_CHECK enum err unsent_write(
    const char *path, const struct envelope *envelope, struct why *w);

/* Keeps it, unless it stands in the file `given` already, and says how to send
 * it; where that fails, that it is lost. */
void unsent_keep(struct session *session, const struct envelope *envelope,
    const char *given);

#endif
