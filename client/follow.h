/*
 * follow: reads a log from where an audit stands to its signed head, through
 * tiles and entry bundles, and recomputes all of it.
 *
 * Every leaf hash, the root, every hash of every tile at every level, each record
 * by the keyring below it, the chain of keyrings, ids that are there twice.  A
 * served tile is never used for anything: it is compared with what was computed
 * (reference of such mistakes: CVE-2026-56865).  What is wrong becomes a finding
 * that names its place; what cannot be fetched is an error.  With is_tree_only
 * entries are bytes: any C2SP log can be followed, whatever it holds, also twice.
 *
 * Threads: one.  Memory: follow_done.
 */
#ifndef HEADWATER_CLIENT_FOLLOW_H
#define HEADWATER_CLIENT_FOLLOW_H

#include "client/audited.h"
#include "client/history.h"
#include "client/progress.h"

#define FOLLOW_FINDINGS_MAX 64	 /* kept; all are counted */
#define FOLLOW_WITHHELD_MAX 1024 /* likewise */

/* An entry whose bytes the operator took away (FORMATS 6.3). */
struct follow_withheld {
	uint64_t index;
	struct hash id;
	struct why said; /* the log's word for it */
};

struct follow {
	struct trust *trust;
	struct transport *transport;
	struct history_head head; /* followed up to it */
	struct progress progress;
	bool is_tree_only; /* set between follow_init and follow_run */
	struct audited audited;
	uint64_t start; /* where it stood before */
	struct arena *bundle_arena;
	struct arena *entry_arena;
	struct tree_edge told; /* what the level-0 tiles say */
	uint64_t bundles;
	uint64_t tiles;
	uint64_t keyrings;
	bool is_stopped; /* a bundle was so broken that nothing follows it */
	size_t withheld_count;
	struct follow_withheld withheld[FOLLOW_WITHHELD_MAX];
	size_t finding_count;
	struct why findings[FOLLOW_FINDINGS_MAX];
};

/* `audited` begins empty or as loaded. */
MUST_CHECK enum err follow_init(struct follow *follow, struct why *w);
void follow_done(struct follow *follow);

/* What was withheld when it was followed before is still not checked: it is kept
 * beside the rest (audit/withheld, an index a line). */
void follow_withheld_load(struct follow *follow, struct arena *arena);
MUST_CHECK enum err follow_withheld_save(
    const struct follow *follow, struct why *w);

/* To follow->head.  ERR_OK: it got there, or stopped at a finding. */
MUST_CHECK enum err follow_run(struct follow *follow, struct why *w);

#endif
