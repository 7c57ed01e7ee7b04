/*
 * lineage: the graph around a digest, from one snapshot.
 *
 * Breadth first, in a fixed order (records by position, then as the record lists
 * them), bounded in nodes, edges and records a node; costs what it returns, not
 * what the ledger holds, and ends on cycles since each node is expanded once.
 *
 * With `as`, only edges that are own or cited are walked; strangers' are shown.
 * Edges of withdrawn records are shown and never walked.  A node that only such
 * edges reach is in the answer, unexpanded.
 *
 * Threads: any, one view each.  Memory: the arena; spans borrow the view.
 */
#ifndef HEADWATER_DAEMON_LINEAGE_H
#define HEADWATER_DAEMON_LINEAGE_H

#include "daemon/lineage_graph.h"

/* An unknown digest gives one node, a gap.  Damage comes out at view_close. */
MUST_CHECK enum err lineage_ask(struct view *view,
    const struct lineage_question *question, struct arena *arena,
    const struct lineage **ret);

/* ---- the same in steps, for who knows edges that no record lists ---- */

MUST_CHECK enum err lineage_begin(struct view *view,
    const struct lineage_question *question, struct arena *arena,
    struct lineage **ret);

/* Expands whatever was reached and is not expanded yet. */
void lineage_walk(struct lineage *lineage);

/* Down only: `to` is a set whose manifest has `from`, so it is walked whoever
 * says so; `record` describes the set. */
struct lineage_joint {
	size_t from; /* a node */
	const struct digest *to;
	const struct view_record *record;
	struct span path; /* in the manifest; in the arena */
	bool is_opened;	  /* one line of a salted manifest shows it */
};
void lineage_join(struct lineage *lineage, const struct lineage_joint *joint);

/* Names and gaps; the first failure. */
MUST_CHECK enum err lineage_describe(struct lineage *lineage);

#endif
