/*
 * dossier_gather: the dossier of a release, out of one snapshot.
 *
 * Costs what the dossier may hold (schema/dossier.h), whatever the log does.  What
 * the operator withholds is left out, and then the dossier is cut.
 *
 * Threads: any, one view each.  Memory: the arena, which the dossier lives in;
 * spans borrow the view; dossier_gather_done frees the rest.
 */
#ifndef HEADWATER_DAEMON_DOSSIER_GATHER_H
#define HEADWATER_DAEMON_DOSSIER_GATHER_H

#include "daemon/view.h"
#include "schema/dossier.h"

struct dossier_gather {
	struct dossier_build *build;
	const struct dossier *dossier;
};

/* ERR_NOT_FOUND: no such release, nothing about the artifact.  To be done with
 * also after a failure.  Damage comes out at view_close. */
MUST_CHECK enum err dossier_gather(struct view *view,
    const struct dossier_question *question, struct arena *arena,
    struct dossier_gather *ret, struct why *w);
void dossier_gather_done(struct dossier_gather *gather);

#endif
