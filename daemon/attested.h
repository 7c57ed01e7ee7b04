/*
 * attested: the evidence level of each edge of one lineage (schema/evidence.h).
 *
 * Audits are looked for by the records that make the edges: at most
 * ATTESTED_RECORD_MAX of one, the newest of the first ATTESTED_WALK_MAX, and
 * ATTESTED_MAX in all.  What is left out is
 * said, and raises nothing.
 *
 * Threads: one view's.  Memory: the arena; attested_done gives back what was
 * parsed.
 */
#ifndef HEADWATER_DAEMON_ATTESTED_H
#define HEADWATER_DAEMON_ATTESTED_H

#include "daemon/lineage.h"
#include "schema/evidence.h"

#define ATTESTED_RECORD_MAX 64
#define ATTESTED_WALK_MAX 1024 /* positions of one that are read for it */
#define ATTESTED_MAX 256

struct attested_question {
	size_t auditor_count; /* whom the reader trusts */
	const struct span *auditors;
};

struct attested {
	struct dossier
	    dossier; /* edges as the lineage's; records made of both */
	bool is_cut;
	size_t count; /* of edges */
	struct evidence *edges;
};

/* ERR_MEMORY, ERR_CORRUPT; damage comes out at view_close. */
MUST_CHECK enum err attested_judge(const struct lineage *lineage,
    const struct attested_question *question, struct arena *arena,
    struct attested *ret);
void attested_done(struct attested *attested);

#endif
