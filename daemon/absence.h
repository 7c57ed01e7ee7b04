/*
 * absence: is a file in anything that an artifact was made of, by the lists of one
 * principal?
 *
 * Walks up from the artifact as that principal (its own records and what they
 * cite; what others claim does not count and fills nothing), and asks each set on
 * the way.  "Yes" needs one place.  "No" needs that every list on the way is
 * signed as complete and that every set shows its files; else it is "unknown",
 * and the first gap is named.  What came in with the role code, tool or
 * environment is no data: it is listed apart and not looked into.
 *
 * "No" says: by these signed, complete lists, for these exact bytes.  Where lists
 * end (`is_end`) nobody says of what they were made.
 *
 * Work: as lineage, and at most ABSENCE_SETS_MAX manifests.  Threads: any, one
 * view each.  Memory: the arena; spans borrow the view.
 */
#ifndef HEADWATER_DAEMON_ABSENCE_H
#define HEADWATER_DAEMON_ABSENCE_H

#include "daemon/lineage.h"
#include "daemon/shard.h"

struct absence_question {
	struct digest root;
	struct hash shard;
	struct span as;
	const struct blobs *blobs; /* NULL: none are kept */
};

enum absence_verdict {
	ABSENCE_UNKNOWN,
	ABSENCE_YES, /* it is in there */
	ABSENCE_NO,
};

/* Of one node of the lineage. */
struct absence_node {
	bool is_data;	/* reached otherwise than as code, tool, environment */
	bool is_judged; /* then `finding` holds */
	bool is_model;	/* a record that counts says so */
	bool says_inputs; /* and signs a list of what it was made of */
	bool is_end;	  /* no list goes further up */
	struct shard_finding finding;
};

/* A record whose list of what went into a node is complete, and signed so. */
struct absence_step {
	size_t node;
	const struct lineage_edge *edge; /* one that it makes */
};

struct absence {
	enum absence_verdict verdict;
	const struct lineage *lineage; /* strangers left out */
	struct absence_node *nodes;    /* of the lineage's */
	size_t step_count;
	struct absence_step *steps;
	size_t unread; /* manifests that are damaged here: gaps */
	bool has_gap;  /* of unknown: the first one */
	size_t gap;    /* a node */
	struct why gap_why;
	bool is_found; /* of yes: */
	size_t found;  /* the node that is the file, or that has it */
	/* edges from there to the root */
	size_t path_count;
	const struct lineage_edge *path[LINEAGE_DEPTH_MAX];
};

MUST_CHECK enum err absence_ask(struct view *view,
    const struct absence_question *question, struct arena *arena,
    const struct absence **ret, struct why *w);

#endif
