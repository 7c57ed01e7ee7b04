/*
 * dossier_gather: the dossier of a release, out of a log's records, each proved.
 *
 * Each record that counts was fetched with its proof and is signed by the
 * principal that it counts for, by the keyring below it; so is each withdrawal.
 * Which records there are is the log's word: an audit finds out.
 *
 * Threads: one.  Memory: the session's arena; dossier_gather_done frees the rest.
 */
#ifndef HEADWATER_CLIENT_DOSSIER_GATHER_H
#define HEADWATER_CLIENT_DOSSIER_GATHER_H

#include "client/session.h"
#include "schema/dossier.h"

struct dossier_gather {
	struct session *session;
	struct dossier_build *build;
	const struct dossier *dossier;
	size_t fetched; /* records that were proved, withdrawals among them */
};

/* NAME/VERSION of a release, or an item (ERR_USAGE where it is neither); `as`:
 * whose word, of an item; NULL: the newest release's publisher.  The log is
 * pinned and online afterwards. */
MUST_CHECK enum err dossier_gather_question(struct session *session,
    const char *text, const char *as, struct dossier_question *ret,
    struct why *w);

/* ERR_NOT_FOUND: no such release, nothing about the artifact.  ERR_MISMATCH: a
 * record is not what the log says.  ERR_MISSING: who signed one could not be
 * checked.  To be done with also after a failure. */
MUST_CHECK enum err dossier_gather(struct session *session,
    const struct dossier_question *question, struct dossier_gather *ret,
    struct why *w);
void dossier_gather_done(struct dossier_gather *gather);

#endif
