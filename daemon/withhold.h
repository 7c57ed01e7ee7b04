/*
 * withhold: `headwaterd --withhold INDEX`: takes one entry's bytes away for good.
 *
 * Its leaf hash, its facts (what questions of lineage rest on) and who signed it
 * stay, so every proof about the log still verifies; what was said is gone, and
 * with it the blobs that no other record names.
 *
 * Not for keyrings, on which the judgement of others rests, nor above the stored
 * checkpoint: what may still have to be signed must be there.
 *
 * Threads: none but its own, nobody serves the log.  Memory: none that stays.
 */
#ifndef HEADWATER_DAEMON_WITHHOLD_H
#define HEADWATER_DAEMON_WITHHOLD_H

#include <stdio.h>

#include "daemon/blob.h"
#include "daemon/store.h"

struct withhold {
	struct store *log; /* closed afterwards */
	struct store *index;
	struct blobs *blobs;
	const char *log_file; /* the log's data file */
	uint64_t position;
	struct span reason; /* may be empty */
};

/* What was done goes to `out`, a line each.  ERR_REFUSED, ERR_CONFLICT (withheld
 * already). */
MUST_CHECK enum err withhold_entry(
    struct withhold *withhold, FILE *out, struct why *w);

#endif
