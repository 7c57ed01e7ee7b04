/*
 * mender: sidecars that are missing or damaged, made again while the log serves.
 *
 * Looks at all of them once at its start; afterwards when a question meets one.  A
 * manifest that is itself damaged is remembered, so that nobody makes us read it
 * again and again.
 *
 * Threads: the worker's; any may ask.  Memory: mender_new / mender_free.
 */
#ifndef HEADWATER_DAEMON_MENDER_H
#define HEADWATER_DAEMON_MENDER_H

#include "daemon/ledger.h"

struct mender;

/* Of the ledger's blobs, by its worker; begins at once. */
MUST_CHECK enum err mender_new(struct ledger *ledger, struct mender **ret);
void mender_free(struct mender *mender); /* after the worker; NULL is fine */

#endif
