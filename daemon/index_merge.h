/*
 * index_merge: sorted pieces of places in a file, read as one.
 *
 * Threads: one.  Memory: index_merge_new / index_merge_free: INDEX_MERGED_KEYS
 * places in all, whatever the pieces.  The file and the list are the caller's.
 */
#ifndef HEADWATER_DAEMON_INDEX_MERGE_H
#define HEADWATER_DAEMON_INDEX_MERGE_H

#include "daemon/store_index.h"

/* In places, as the file has them: struct index_place, of this machine. */
struct index_run {
	uint64_t at;
	uint64_t count;
};

struct index_merge;

MUST_CHECK enum err index_merge_new(int fd, const struct index_run *runs,
    size_t count, struct index_merge **ret);
void index_merge_free(struct index_merge *merge); /* NULL is fine */

/* Ascending, each once.  False at the end and when it fails: *ret_err says. */
bool index_merge_next(
    struct index_merge *merge, struct index_place *ret, enum err *ret_err);

#endif
