/*
 * floor_commit: one thread that commits whatever waits: entries, tree hashes and
 * an index by id, in one synced LMDB transaction.
 *
 * Threads: one of its own.  Memory: in place.
 */
#ifndef HEADWATER_TESTS_BENCH_FLOOR_COMMIT_H
#define HEADWATER_TESTS_BENCH_FLOOR_COMMIT_H

#include "tests/bench/floor_record.h"

bool floor_commit_start(const char *folder);
void floor_commit_add(struct floor_record *record);
void floor_commit_stop(void); /* after what waits is committed */

#endif
