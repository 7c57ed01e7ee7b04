/*
 * publish: what was signed becomes visible.
 *
 * Threads: the sealer; recovery before any.  Memory: none.
 */
#ifndef HEADWATER_DAEMON_PUBLISH_H
#define HEADWATER_DAEMON_PUBLISH_H

#include "daemon/ledger.h"
#include "daemon/seal.h"

void publish(struct ledger *ledger, const struct sealing *sealing);

#endif
