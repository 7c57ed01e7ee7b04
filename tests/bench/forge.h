/*
 * forge: the records that the bench sends and stores, all alike but distinct.
 *
 * Record `number` is a training run of publisher `bench` with one output, node
 * `number`, and FORGE_INPUTS inputs: nodes of records before it, drawn by a hash
 * from all that there are, which no cache likes.  About 900 bytes of statement,
 * 1.4 KiB of envelope, 11 places in the index.
 *
 * Threads: one a forge.  Memory: forge_new / forge_free.
 */
#ifndef HEADWATER_TESTS_BENCH_FORGE_H
#define HEADWATER_TESTS_BENCH_FORGE_H

#include "schema/envelope.h"
#include "schema/sha256.h"
#include "schema/statement.h"
#include "schema/writer.h"

#define FORGE_INPUTS 3
#define FORGE_LINE_MAX ((size_t)2048) /* of one envelope */
#define FORGE_PRINCIPAL "bench"

struct forge;

struct forge *forge_new(
    void); /* after key_start; ends the process if it can't */
void forge_free(struct forge *forge);

/* The node that record `number` makes, and the numbers of those that went in. */
struct hash forge_node(uint64_t number);
void forge_inputs(uint64_t number, uint64_t ret[static FORGE_INPUTS]);

void forge_payload(uint64_t number, struct writer *w);

/* The envelope in its normal form, signed; unsigned ones have a signature of
 * zeros. */
void forge_envelope(struct forge *forge, uint64_t number, struct writer *w);
void forge_unsigned(struct forge *forge, uint64_t number, struct writer *w);

void forge_signer_line(const struct forge *forge, struct writer *w);

#endif
