/*
 * commit: the point of no return.
 *
 * One LMDB transaction holds the entries of a batch, the tree's new hashes and
 * the newest checkpoint that was signed before.  When it has returned ERR_OK the
 * batch is in the log for ever.  Any error: the outcome is unknown, stop.
 *
 * Threads: the log's one writer.  Memory: none.
 */
#ifndef HEADWATER_DAEMON_COMMIT_H
#define HEADWATER_DAEMON_COMMIT_H

#include "daemon/grow.h"

/* `note` may be empty: nothing was signed yet. */
MUST_CHECK enum err commit(
    struct store *log, const struct growth *growth, struct span note);

#endif
