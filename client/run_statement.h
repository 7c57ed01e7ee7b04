/*
 * run_statement: a run as SLSA Provenance v1 (FORMATS.md 1.4).
 *
 * It is written twice: before the command with digests that stand in for the
 * outputs, so that a mistyped option does not cost a night's training; and after
 * it.
 *
 * Threads: one.  Memory: the draft's.
 */
#ifndef HEADWATER_CLIENT_RUN_STATEMENT_H
#define HEADWATER_CLIENT_RUN_STATEMENT_H

#include "client/run.h"

/* The whole statement, from the outputs as subjects on. */
void run_write(struct draft *draft, const struct run *run);

/* Writes and judges it before the outputs are there. */
MUST_CHECK enum err run_rehearse(struct run *run, struct why *w);

#endif
