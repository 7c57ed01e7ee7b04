/*
 * lineage_graph: the nodes and edges of one answer.
 *
 * Bounded at birth: `limit` nodes, LINEAGE_EDGES_MAX edges, LINEAGE_NAMES_MAX
 * names a node.  What does not fit sets is_truncated.
 *
 * Threads: one.  Memory: the arena; spans borrow the view.
 */
#ifndef HEADWATER_DAEMON_LINEAGE_GRAPH_H
#define HEADWATER_DAEMON_LINEAGE_GRAPH_H

#include "daemon/view.h"
#include "schema/arena.h"

struct lineage_question {
	struct digest root;
	bool is_down;
	size_t depth;	/* edges from the root, at most */
	size_t limit;	/* nodes */
	struct span as; /* a principal; empty: nothing is concluded */
	bool strangers; /* walk what is neither own nor cited */
	/* Up, with `as`: what is neither is left out, so that nobody's claims
	   fill the answer. */
	bool only_counted;
	/* Down, with `as`: cited too is what a record of his names that uses
	   what the edge leads to. */
	bool looks_ahead;
};

enum lineage_standing {
	STANDING_NONE, /* no principal was given */
	STANDING_OWN,
	STANDING_CITED,
	STANDING_STRANGER,
};

/* As answers have it; "" where no principal was given. */
const char *lineage_standing_name(enum lineage_standing standing);

/* A record that makes at least one edge. */
struct lineage_record {
	struct view_record record;
	bool is_withdrawn;
	struct hash withdrawn;
	struct view_disputes disputes;
};

#define LINEAGE_NO_EDGE SIZE_MAX

struct lineage_node {
	struct digest digest;
	size_t depth;
	bool is_walked; /* reached by edges that are walked */
	bool is_looked; /* its records were collected */
	bool is_made;	/* some record closes its gap */
	bool is_gap;
	bool is_own_known;
	bool is_own;
	size_t record_count;
	uint64_t *positions; /* of records with it as a subject, ascending */
	struct hash *ids;
	size_t name_count;
	struct span names[LINEAGE_NAMES_MAX];
	size_t into; /* the last walked edge that led here */
};

struct lineage_edge {
	size_t from; /* the way the data went */
	size_t to;
	struct span role;
	struct span hint; /* what the record calls `from` */
	const struct lineage_record *record;
	enum lineage_standing standing;
	bool is_walked;
	bool is_part;	   /* a part of `to`, not what it was made of */
	bool is_shown;	   /* by a manifest: lineage_join */
	bool is_opened;	   /* and that by a single line of it */
	bool has_citation; /* what it cites of `from` */
	struct hash citation;
	size_t next_into;
};

#define LINEAGE_SLOTS 2048 /* twice LINEAGE_NODES_MAX, a power of two */

struct lineage {
	struct lineage_question question;
	uint64_t size; /* complete up to */
	bool is_truncated;
	size_t node_count;
	struct lineage_node *nodes; /* the root first, by distance */
	size_t edge_count;
	struct lineage_edge *edges;
	size_t queue_head; /* nodes in the order of being expanded */
	size_t queue_count;
	size_t *queue;
	size_t looked; /* records, for only_counted */
	struct arena *arena;
	struct view *view;
	enum err err;		       /* memory */
	uint16_t slots[LINEAGE_SLOTS]; /* node and one; 0: free */
};

/* The graph with its root.  NULL when memory is out. */
struct lineage *lineage_start(const struct lineage_question *question,
    struct view *view, struct arena *arena);

/* Finds or adds; false, and truncated, when the nodes are as many as asked. */
bool lineage_add_node(
    struct lineage *lineage, const struct digest *digest, size_t *ret);

/* A hint of what it is called, each once; empty and unprintable ones and those
 * above TEXT_NAME_MAX are left out. */
void lineage_add_name(struct lineage_node *node, struct span name);

/* NULL, and truncated, when the edges are as many as may be. */
struct lineage_edge *lineage_add_edge(
    struct lineage *lineage, size_t from, size_t to);

/* Notes that the edge was walked into the node at its far end. */
void lineage_walk_into(
    struct lineage *lineage, struct lineage_edge *edge, size_t far);

#endif
