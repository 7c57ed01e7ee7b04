/*
 * warning: advisories as answers show them, with what was answered.
 *
 * Withdrawn ones warn of nothing.  An answer is the publisher's when its principal
 * has named something that it is about as his own; the newest of those says how
 * the warning stands.
 *
 * Threads: any, one view each.  Memory: the arena; spans borrow the view.
 */
#ifndef HEADWATER_DAEMON_WARNING_H
#define HEADWATER_DAEMON_WARNING_H

#include "daemon/lineage_graph.h"

struct blobs;

struct warning_reply {
	struct view_record record;
	bool is_publishers;
};

struct warning {
	struct view_record record;
	enum advisory_status status; /* by its publishers' newest answer */
	size_t reply_count;	     /* by position */
	struct warning_reply *replies;
	bool is_cut; /* there are, or may be, more answers */
};

/* Is it a warning, neither withdrawn nor withheld? */
bool warning_stands(struct view *view, const struct view_record *record);

/* `as`: only his answers make the status, and they are found first; empty:
 * every publisher's do. */
MUST_CHECK enum err warning_tell(struct view *view,
    const struct view_record *record, struct span as, struct arena *arena,
    struct warning *ret);

/* Positions of warnings about a digest that stand, ascending. */
struct warning_list {
	size_t count;
	bool is_cut; /* there are, or may be, more */
	uint64_t positions[WARNINGS_NODE_MAX];
};
void warning_find(
    struct view *view, const struct digest *digest, struct warning_list *ret);

/* What stands against each node of a lineage: warnings about it, and about lines
 * of its manifest where that is here (`blobs` NULL: none is). */
struct warning_ids {
	size_t count;
	struct hash ids[WARNINGS_NODE_MAX];
};
struct warning_nodes {
	struct warning_ids **nodes; /* as many as the lineage has; NULL: none */
	bool is_cut;		    /* there are, or may be, more */
};
MUST_CHECK enum err warning_look(const struct lineage *lineage,
    const struct blobs *blobs, struct arena *arena, struct warning_nodes *ret);

#endif
