/*
 * index_build: an index made anew, in the order of its table: what --reindex does,
 * and a start without one.
 *
 * The watermark moves with the last transaction: one that is cut short is of no
 * size, and whoever finds it empties it first.
 *
 * Threads: before any, but for those of index_runs.  Memory: index_runs'.
 */
#ifndef HEADWATER_DAEMON_INDEX_BUILD_H
#define HEADWATER_DAEMON_INDEX_BUILD_H

#include "daemon/index_runs.h"
#include "schema/tree.h"

/* Empties `index`, gives it the key by which the runs were made, and writes all
 * that they have.  `head`: what they go up to. */
MUST_CHECK enum err index_build(struct index_runs *runs, struct store *index,
    const struct tree_head *head, struct why *w);

/* Both: sorts the places of the log's entries, below `head`, and builds. */
MUST_CHECK enum err index_build_anew(struct store *log, const char *folder,
    struct store *index, const struct tree_head *head, struct why *w);

#endif
