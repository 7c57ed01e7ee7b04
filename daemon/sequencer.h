/*
 * sequencer: the one writer, and the sealer behind it.
 *
 * The sequencer takes whatever waits as soon as the previous commit has returned:
 * stamp, keyring, duplicates, grow, commit.  The sealer has one batch at the
 * signer and one committed behind it: seal, publish, answers.  Any failure after
 * the point of no return stops the process: ledger_fail, which calls `fail`.
 *
 * Threads: two of its own.  Memory: sequencer_new / sequencer_free; nothing is
 * allocated after start but for a new keyring.
 */
#ifndef HEADWATER_DAEMON_SEQUENCER_H
#define HEADWATER_DAEMON_SEQUENCER_H

#include "daemon/ledger.h"

struct sequencer;

/* `fail` is called once, on any thread, when the process must exit non-zero. */
MUST_CHECK enum err sequencer_new(struct ledger *ledger,
    void (*fail)(void *context, enum err err, const struct why *why),
    void *context, struct sequencer **ret);
MUST_CHECK enum err sequencer_start(struct sequencer *sequencer);

/* Closes the batch, finishes what is in flight, joins both threads. */
void sequencer_stop(struct sequencer *sequencer);
void sequencer_free(struct sequencer *sequencer);

/* SIGHUP: have the signer read allowed_signers again and log a new keyring if the
 * members changed.  Any thread; done by the sequencer. */
void sequencer_reload(struct sequencer *sequencer);

#endif
