/*
 * sealer: the thread behind the sequencer that has committed batches signed,
 * publishes them and answers whoever waits for them.
 *
 * One batch is at the signer and one committed behind it; a third finds no place
 * and the sequencer waits.
 *
 * Threads: its own; the sequencer calls the rest.  Memory: sealer_new / _free.
 */
#ifndef HEADWATER_DAEMON_SEALER_H
#define HEADWATER_DAEMON_SEALER_H

#include "daemon/ledger.h"

struct sealer;

struct sealer *sealer_new(struct ledger *ledger, uint64_t sealed_size);
void sealer_free(struct sealer *sealer);
MUST_CHECK enum err sealer_start(struct sealer *sealer);
void sealer_stop(struct sealer *sealer); /* seals what it has, then joins */

/* Until there is place for a batch. */
void sealer_wait(struct sealer *sealer);

/* Committed up to `head`; `waiters` are answered once it is published. */
void sealer_take(struct sealer *sealer, const struct tree_head *head,
    struct submission *waiters);

/* Hangs a duplicate of a committed, unsealed entry to that entry's batch.  False
 * when it can be answered at once: it is published, or the ledger has failed. */
bool sealer_join(struct sealer *sealer, struct submission *submission);

#endif
