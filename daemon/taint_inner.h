/*
 * taint_inner: what taint's files ask of each other; nobody else.
 *
 * Threads and memory: as taint.h.
 */
#ifndef HEADWATER_DAEMON_TAINT_INNER_H
#define HEADWATER_DAEMON_TAINT_INNER_H

#include "daemon/taint.h"

/* A manifest that is here, and the first record that stands and has it. */
struct tainting_manifest {
	struct hash digest;
	struct hash root; /* as the record signs it */
	uint64_t position;
};

/* A line of a salted set that is shown. */
struct tainting_opening {
	struct hash digest; /* of the file */
	struct digest set;  /* of the first record that stands: */
	uint64_t position;
	uint64_t disclosure; /* the record that opens it */
	uint64_t index;
	struct span line;
};

struct tainting {
	const struct taint_question *question;
	struct view *view;
	struct arena *arena;
	struct lineage *lineage;
	struct taint *taint;
	struct attested attested; /* of the lineage's edges */
	size_t manifest_count;
	struct tainting_manifest *manifests;
	size_t opening_count;
	struct tainting_opening *openings; /* NULL: none */
	size_t probes;
	bool *is_searched; /* of the question's nodes */
	enum err err;
};

/* ---- taint_search ---- */

/* Collects the manifests to be asked. */
void tainting_collect(struct tainting *tainting);
/* Asks them for each node that was reached and not asked for yet. */
void tainting_search(struct tainting *tainting);

/* ---- taint_openings ---- */

/* Collects what is opened of salted sets; joins those that have this node. */
void tainting_collect_openings(struct tainting *tainting);
void tainting_search_openings(struct tainting *tainting, size_t node);

/* ---- taint_path ---- */

/* Of what kind each node is, and by which steps. */
void tainting_trace(struct tainting *tainting);

#endif
