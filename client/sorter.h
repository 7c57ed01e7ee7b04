/*
 * sorter: sorts more records than fit into memory.
 *
 * Records are compared as bytes, a shorter one before those that it begins.  What
 * does not fit into SORTER_MEMORY is sorted run by run into a spill and merged
 * while it is read, so memory does not grow with their number.
 *
 * Threads: one at a time.  Memory: sorter_new / sorter_free.
 */
#ifndef HEADWATER_CLIENT_SORTER_H
#define HEADWATER_CLIENT_SORTER_H

#include "client/spill.h"

#define SORTER_MEMORY ((size_t)32 << 20) /* of records; twice that in all */

struct sorter;

/* `memory`: SORTER_MEMORY, less in tests.  NULL when memory is out. */
struct sorter *sorter_new(size_t memory);
void sorter_free(struct sorter *sorter); /* NULL is fine */

/* 1 to SPILL_RECORD_MAX bytes. */
MUST_CHECK enum err sorter_add(
    struct sorter *sorter, struct span record, struct why *w);
/* After the last one; then sorter_next gives them in order, valid until the next
 * call, and an empty span at the end. */
MUST_CHECK enum err sorter_sort(struct sorter *sorter, struct why *w);
MUST_CHECK enum err sorter_next(
    struct sorter *sorter, struct span *ret, struct why *w);

#endif
