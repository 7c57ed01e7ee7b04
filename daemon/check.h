/*
 * check: `headwaterd --check` (fsck) and `--reindex`.
 *
 * Re-derives leaf hashes, tree hashes, root, judgements, gists and index from the
 * entries and compares; reports every difference, one line each, on stdout: one
 * for a damaged entry, not another for each that rests on it.
 *
 * Threads: its own, while it lasts; no signer is needed (the stored and published
 * checkpoint is verified by `vkey` from the key file's public part when one is
 * given).  Memory: bounded whatever the log's size; of the disk 16 bytes a place.
 */
#ifndef HEADWATER_DAEMON_CHECK_H
#define HEADWATER_DAEMON_CHECK_H

#include <stdio.h>

#include "daemon/ledger.h"

struct blob_records;
struct damage;
struct blobs;

struct check_job {
	struct store *log;
	struct store *index;
	struct blobs *blobs; /* NULL: long keyrings cannot be read */
	const char *folder;  /* the data directory */
	const struct note_key
	    *key; /* NULL: who signed keyrings and checkpoint is
	                               not verified */
	bool
	    is_quick; /* hashes and index alone: nothing is parsed or verified */
	size_t threads; /* 0: as many as there are cores */
	struct damage
	    *damage; /* NULL, or where check_log found it: check_index,
	                          after it, does not tell of that again */
	FILE *out;
};

struct check_result {
	uint64_t entries;
	uint64_t faults;
	uint64_t withheld; /* entries that are not there to be checked */
};

/* ERR_REFUSED where the key is of another log: neither its keyring nor its
 * checkpoint is by it. */
MUST_CHECK enum err check_key(const struct check_job *job, struct why *w);

MUST_CHECK enum err check_log(
    const struct check_job *job, struct check_result *ret, struct why *w);
MUST_CHECK enum err check_index(
    const struct check_job *job, struct check_result *ret, struct why *w);

/* Both, as much at once as can be: the sequential part of the one beside the
 * sorting of the other. */
MUST_CHECK enum err check_log_and_index(const struct check_job *job,
    struct check_result *ret_log, struct check_result *ret_index,
    struct why *w);

/*
 * Throws the index in `folder`/index away, files and all, and makes it again from
 * the log, up to the stored size; not when an entry or its facts are damaged
 * (ERR_CORRUPT).  Facts are believed by their checksum, as the follower believes
 * them: check_log is what derives them again.  `*index` is the old one, NULL where
 * it could not be opened, and then the new.
 */
MUST_CHECK enum err check_reindex(
    struct store *log, const char *folder, struct store **index, struct why *w);

/* Every blob is hashed, every manifest's sidecar made again and compared; parts
 * are not looked at.  `entries`: blobs. */
MUST_CHECK enum err check_blobs(const struct blob_records *records,
    struct blobs *blobs, FILE *out, struct check_result *ret, struct why *w);

/* Makes all sidecars anew; ERR_CORRUPT where a blob is damaged, after the rest. */
MUST_CHECK enum err check_mend_blobs(const struct blob_records *records,
    struct blobs *blobs, FILE *out, struct why *w);

#endif
