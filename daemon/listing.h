/*
 * listing: what a record signs of its lists: are all inputs, all parts there?
 *
 * A list is complete for a role when the record says so of the role; what came in
 * with the role code, tool or environment is no data and needs no such word.
 *
 * Threads: any.  Memory: none; sentences are constant.
 */
#ifndef HEADWATER_DAEMON_LISTING_H
#define HEADWATER_DAEMON_LISTING_H

#include "daemon/gist.h"

/* A role of what is used to work on data. */
bool listing_is_apart(struct span role);

/* NULL, or a sentence why what went in may not all be listed: each role that its
 * inputs have must be signed as complete, and by a run one that data can have. */
const char *listing_check_inputs(const struct gist *gist);
/* The same of the parts of a dataset or model. */
const char *listing_check_parts(const struct gist *gist);

/* Signs a role as complete that inputs can have, parts not: then it says of what
 * was made, even where it lists none. */
bool listing_says_inputs(const struct gist *gist);

#endif
