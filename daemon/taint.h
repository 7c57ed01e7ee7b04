/*
 * taint: what came of a file, whoever used it, however far down.
 *
 * Sets that list it are found by the index; those whose manifests hold it by
 * asking each manifest that is here (its filter first), at most MANIFESTS_LOOK_MAX
 * a question, from `after` on.  Then lineage is walked down, and what is reached
 * is asked of all manifests in turn: a filtered shard that went into another set
 * is found there.
 *
 * Of the ways that lead to an artifact the most direct kind is told: directly; by
 * way of a model's weights (quantised, merged, tuned); by way of data that a model
 * generated.
 *
 * Work: as lineage, and the manifests'.  Threads: any, one view each.  Memory: the
 * arena; spans borrow the view.
 */
#ifndef HEADWATER_DAEMON_TAINT_H
#define HEADWATER_DAEMON_TAINT_H

#include "daemon/attested.h"
#include "daemon/warning.h"

enum taint_kind {
	TAINT_DIRECT,
	TAINT_VIA_MODEL,
	TAINT_VIA_SYNTHETIC,
	TAINT_KINDS,
};

struct taint_question {
	struct digest root;
	struct span as; /* a principal; empty: nothing is concluded */
	size_t limit;	/* nodes */
	uint64_t from;	/* manifests of records at or above this position */
	const struct blobs *blobs; /* NULL: none are kept */
	struct attested_question trust;
};

/* A set that has it. */
struct taint_set {
	const struct lineage_edge *edge; /* from the root to the set */
	uint64_t index;			 /* where edge->is_shown: its line */
	struct span line;
	uint64_t disclosure; /* where edge->is_opened: by which record */
};

struct taint_hit {
	size_t node;
	enum taint_kind kind;
	/* 0: some step is a claim about what is another's; else the lowest
	   evidence level of its steps (attested.h), 1 at least: each is told
	   by whom named as his own what it made, or is shown by a manifest,
	   or is cited */
	unsigned level;
	size_t step_count;
	const struct lineage_edge **steps; /* from the root */
	size_t release_count;
	struct view_record *releases;
};

struct taint_warning {
	size_t node; /* of what it warns */
	struct warning warning;
};

struct taint {
	const struct lineage *lineage;
	bool is_truncated;
	size_t unread; /* manifests that are damaged here */
	bool has_next;
	uint64_t next; /* the last position whose manifest was asked */
	size_t set_count;
	struct taint_set *sets;
	size_t hit_count;
	struct taint_hit *hits;
	size_t warning_count;
	struct taint_warning *warnings;
};

MUST_CHECK enum err taint_ask(struct view *view,
    const struct taint_question *question, struct arena *arena,
    const struct taint **ret);

#endif
