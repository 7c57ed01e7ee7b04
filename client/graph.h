/*
 * graph: a lineage as the log tells it, read strictly.
 *
 * Every edge joins nodes that are listed; the root is the first node.  That the
 * answer is true and whole is the log's word: an audit finds out.
 *
 * Threads: one.  Memory: the caller's arena; graph_done frees what texts borrow.
 */
#ifndef HEADWATER_CLIENT_GRAPH_H
#define HEADWATER_CLIENT_GRAPH_H

#include "schema/arena.h"
#include "schema/digest_set.h"

#define GRAPH_NODES_MAX 1000 /* what a lineage may hold */
#define GRAPH_EDGES_MAX 4000
#define GRAPH_ANSWER_MAX ((size_t)32 << 20)

struct graph_node {
	struct digest digest;
	size_t name_count;
	struct span *names; /* what records call it: strangers' text */
	size_t record_count;
	bool is_gap;	       /* no record says where it is from */
	size_t advisory_count; /* that warn of it, or of a file in it */
	struct hash advisory;  /* the first of them */
};

enum graph_standing {
	GRAPH_UNJUDGED, /* asked as nobody */
	GRAPH_OWN,
	GRAPH_CITED,
	GRAPH_STRANGER,
};

struct graph_edge {
	size_t from; /* the way the data went */
	size_t to;
	struct span role; /* empty where none is given */
	struct hash record;
	uint64_t index;
	struct span principal;
	enum graph_standing standing;
	bool is_withdrawn;
	struct hash withdrawn; /* by this record */
	size_t dispute_count;
	bool has_level; /* of evidence: auditors were named */
	uint64_t level;
	uint64_t contradicted; /* audits that say the contrary */
};

struct graph {
	struct json *json;
	uint64_t tree_size;
	bool is_down;
	bool is_truncated;
	const char *as; /* whom it was asked as; NULL: nobody (the caller's) */
	size_t node_count;
	struct graph_node *nodes;
	size_t edge_count;
	struct graph_edge *edges;
};

/* `root`: what was asked for; another answer is ERR_MISMATCH. */
MUST_CHECK enum err graph_parse(struct span answer, const struct digest *root,
    struct arena *arena, struct graph *ret, struct why *w);
void graph_done(struct graph *graph);

#endif
