/*
 * shard: what a log answers about one file in one set, and what it is worth.
 *
 * By a manifest: a line with the digest, or the neighbours of where it would be;
 * by an opening: a line of a salted manifest; by a list: the files that the record
 * itself names; by file: what the record describes is no set.  Lines must verify
 * against a root, the root must be what a record signed, the record must be
 * proved: shard_check does the first, shard_record the rest.  Two lines side by
 * side in any tree leave no leaf between them, whatever its size is said to be.
 *
 * Threads: one.  Memory: spans borrow the answer's document.
 */
#ifndef HEADWATER_CLIENT_SHARD_H
#define HEADWATER_CLIENT_SHARD_H

#include "client/fetched.h"
#include "schema/manifest.h"

enum shard_verdict {
	SHARD_UNKNOWN,
	SHARD_IN,
	SHARD_NOT_IN,
};

enum shard_by {
	SHARD_BY_NOTHING,
	SHARD_BY_MANIFEST,
	SHARD_BY_OPENING,
	SHARD_BY_LIST,
	SHARD_BY_FILE,
};

const char *shard_verdict_name(enum shard_verdict verdict);
const char *shard_by_name(enum shard_by by);

struct shard_line {
	uint64_t index;
	struct span text;
	struct manifest_line parts;
	struct tree_proof proof;
};

struct shard {
	enum shard_verdict verdict;
	enum shard_by by;
	struct span reason; /* of unknown; the log's word */
	struct digest set;
	bool has_record;
	struct hash record;
	uint64_t size;	  /* lines of the set, with the next: where there are */
	struct hash root; /* as the log says: shard_record needs it signed */
	size_t line_count;
	struct shard_line lines[2];
};

/* The members of an answer that say this: dataset, record, verdict, by, reason,
 * size, merkleTreeHash, lines. */
void shard_read(struct object *o, struct shard *ret);

/* The lines against the root: what they show about `file` is the verdict.
 * ERR_MISMATCH with what is wrong. */
MUST_CHECK enum err shard_check(
    const struct shard *shard, const struct hash *file, struct why *w);

/* Does the record say what the answer rests on?  Form and digests only. */
MUST_CHECK enum err shard_judge(const struct shard *shard,
    const struct record *record, const struct hash *file, struct why *w);

/* The record, proved, and that it says what the answer rests on: that the set has
 * this root, lists the file or all its files, or is a single file.  Who signed is
 * judged where the keyring can be had. */
MUST_CHECK enum err shard_record(struct session *session,
    const struct shard *shard, const struct hash *file, struct fetched *ret,
    struct why *w);

/* How a command ends that asked: 0 in, 1 not in, 3 unknown; whatever failed is 3
 * or usage, never 1, which would say that the file is not there. */
void shard_exit(
    struct session *session, enum shard_verdict verdict, enum err err);

#endif
