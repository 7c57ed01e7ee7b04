/*
 * draw: a lineage as a tree in the terminal.
 *
 * Each artifact is drawn out once, below the first edge that leads to it; where it
 * comes again it is only named.  Between an artifact and what it was made from
 * stands the record that says so.  Strangers' text is escaped.  No recursion.
 *
 * Threads: one.  Memory: the caller's arena.
 */
#ifndef HEADWATER_CLIENT_DRAW_H
#define HEADWATER_CLIENT_DRAW_H

#include "client/graph.h"
#include "client/output.h"

MUST_CHECK enum err draw_graph(struct output *out, const struct graph *graph,
    struct arena *arena, struct why *w);

#endif
