/*
 * index_runs: every place of the first entries of a log, in the order of an index,
 * in bounded memory.
 *
 * Several threads derive the places from the facts beside the entries, and sort
 * them in pieces, which wait in a file without a name; then they are merged as
 * they are asked for.  An entry must have its leaf hash, its facts their checksum;
 * no JSON is parsed and no signature verified: `--check` does.
 *
 * Threads: its own while index_runs_new lasts, then one.  Memory: index_runs_new /
 * index_runs_free, bounded by INDEX_RUN_KEYS whatever the log's size; of the disk
 * 16 bytes a place.
 */
#ifndef HEADWATER_DAEMON_INDEX_RUNS_H
#define HEADWATER_DAEMON_INDEX_RUNS_H

#include "daemon/damage.h"
#include "daemon/store_index.h"

struct index_source {
	struct store *log;
	const uint8_t *key; /* of the index: STORE_KEY_LEN bytes; kept */
	uint64_t end;	    /* entries below it */
	const char *folder; /* for the file */
	size_t threads;	    /* 0: as many as there are cores */
	size_t run_keys;    /* in one piece; 0: as memory allows */
	size_t slice_keys;  /* of index_build: in one transaction; 0: as many */
	bool allows_damage; /* else it ends with the first, ERR_CORRUPT */
	bool trusts_bytes;  /* the leaf hashes were compared already */
};

struct index_runs;

MUST_CHECK enum err index_runs_new(
    const struct index_source *source, struct index_runs **ret, struct why *w);
void index_runs_free(struct index_runs *runs); /* NULL is fine */
const struct index_source *index_runs_source(const struct index_runs *runs);

/* Ascending, each once.  False at the end and when it fails: *ret_err says. */
bool index_runs_next(
    struct index_runs *runs, struct index_place *ret, enum err *ret_err);

/* Entries whose places are not known. */
const struct damage *index_runs_damage(const struct index_runs *runs);

#endif
