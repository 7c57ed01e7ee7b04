/*
 * lineage_standing: who says it, and does it count (FORMATS 1.6)?
 *
 * Threads: one.  Memory: the lineage's.
 */
#ifndef HEADWATER_DAEMON_LINEAGE_STANDING_H
#define HEADWATER_DAEMON_LINEAGE_STANDING_H

#include "daemon/lineage_graph.h"

/* How a record has a digest among its subjects. */
enum standing_subject {
	SUBJECT_NOT,
	SUBJECT_ALIAS, /* as another digest of one: looked up, never walked */
	SUBJECT_NODE,
};
enum standing_subject standing_subject_of(const struct gist *gist,
    const struct digest *digest, struct gist_artifact *ret);

/*
 * Collects the records that have the node as a subject, at most
 * LINEAGE_RECORDS_MAX: those of the asked principal first and what walked edges
 * cite, so that nobody crowds them out, then all others; by position.  Once a
 * node.
 */
void standing_look(struct lineage *lineage, size_t at);

/* Positions of the records that have the node as an input or a part: those of the
 * asked principal first, in the same way. */
struct standing_found {
	size_t count;
	uint64_t positions[LINEAGE_RECORDS_MAX]; /* ascending */
};
void standing_users(
    struct lineage *lineage, size_t at, struct standing_found *ret);

/* Does a record of the asked principal that uses the node cite this one there? */
bool standing_is_cited_later(
    struct lineage *lineage, size_t node, const struct hash *id);

/* Is it the first subject of a named, unwithdrawn dataset, code, model or run
 * record of the asked principal? */
bool standing_is_own(struct lineage *lineage, size_t at);

/* Does an edge walked into the node name this record? */
bool standing_is_cited(
    const struct lineage *lineage, size_t node, const struct hash *id);

/* After the walk: does no record that counts make it? */
void standing_find_gap(struct lineage *lineage, size_t at);

#endif
