/*
 * warned: what stands against an artifact, or against anything that it was made of
 * (FORMATS 1.8, 5.3), by the log's word.
 *
 * Threads: one.  Memory: the session's arena.
 */
#ifndef HEADWATER_CLIENT_WARNED_H
#define HEADWATER_CLIENT_WARNED_H

#include "client/session.h"
#include "schema/digest_set.h"

/* A line for each artifact that is warned of, at most WARNED_SHOWN, as
 * "advisories" of a JSON object; nothing where there is none. */
MUST_CHECK enum err warned_tell(struct session *session,
    const struct digest *digest, struct writer *json, struct why *w);

#endif
