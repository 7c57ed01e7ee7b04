/*
 * check: `headwaterd --check` (fsck) and `--reindex`.
 *
 * Re-derives leaf hashes, tree hashes, root, judgements, gists and index from the
 * entries and compares; reports every difference, one line each, on stdout.
 *
 * Threads: before any; no signer is needed (the stored and published checkpoint
 * is verified by `vkey` from the key file's public part when one is given).
 */
#ifndef HEADWATER_DAEMON_CHECK_H
#define HEADWATER_DAEMON_CHECK_H

#include <stdio.h>

#include "daemon/ledger.h"

struct blob_records;
struct blobs;

struct check_result {
	uint64_t entries;
	uint64_t faults;
	uint64_t withheld; /* entries that are not there to be checked */
};

/* `key` NULL: who signed keyrings and checkpoint is not verified. */
MUST_CHECK enum err check_log(struct store *log, const struct note_key *key,
    FILE *out, struct check_result *ret, struct why *w);
/* The same without any signature: what an index rests on. */
MUST_CHECK enum err check_facts(
    struct store *log, FILE *out, struct check_result *ret, struct why *w);
MUST_CHECK enum err check_index(struct store *log, struct store *index,
    FILE *out, struct check_result *ret, struct why *w);

/* Throws the index in `folder` away, files and all, and makes it again from the
 * log, up to the stored size; not when check_facts finds a fault in the log.
 * `*index` is the old one, NULL where it could not be opened, and then the new. */
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
