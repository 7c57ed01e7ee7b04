/*
 * shard: is a file in a set?
 *
 * A set is what a dataset or model record describes.  Three ways to know: its
 * manifest, when its bytes are here (proved line by line); a line of a salted
 * manifest that somebody opened (proved too); the files that the record itself
 * lists (its signer's word).  "Not in" needs the manifest, or the signer's word
 * that the list is complete; what is no set is a single file.
 *
 * Work: O(log n) of the manifest.  Threads: any, one view each.  Memory: the
 * arena; records borrow the view.
 */
#ifndef HEADWATER_DAEMON_SHARD_H
#define HEADWATER_DAEMON_SHARD_H

#include "daemon/view.h"
#include "schema/arena.h"

struct blobs;

enum shard_verdict {
	SHARD_UNKNOWN,
	SHARD_IN,
	SHARD_NOT_IN,
};

enum shard_by {
	SHARD_BY_NOTHING,  /* unknown */
	SHARD_BY_MANIFEST, /* one line, or the neighbours of where it would be */
	SHARD_BY_OPENING,  /* one line of a salted manifest */
	SHARD_BY_LIST,	   /* the record's further subjects */
	SHARD_BY_FILE,	   /* it is no set: its digest is, or is not, the one */
};

struct shard_line {
	uint64_t index;
	struct span line; /* without its LF */
	struct tree_proof proof;
};

struct shard_finding {
	enum shard_verdict verdict;
	enum shard_by by;
	const char *reason; /* of unknown: a sentence, constant; else NULL */
	bool has_record;
	struct view_record record; /* it rests on */
	struct hash disclosure;	   /* of SHARD_BY_OPENING: the record's id */
	uint64_t size;		   /* of the tree, where there are lines */
	struct hash root;
	size_t line_count;
	struct shard_line *lines;
};

struct shard_question {
	struct digest set; /* any digest of the set */
	struct hash shard;
	struct span as; /* only this principal's records; empty: anybody's */
	const struct blobs *blobs; /* NULL: none are kept */
	struct arena *arena;	   /* for what is found */
};

/* What one record shows that has the set as its first subject, or as any by its
 * node; it is not withdrawn.  Only dataset and model records list files.
 * ERR_CORRUPT and ERR_IO of the manifest, with a sentence. */
MUST_CHECK enum err shard_judge(struct view *view,
    const struct shard_question *question, const struct view_record *record,
    struct shard_finding *ret, struct why *w);

/* By the first record that decides it, those with a manifest before others. */
MUST_CHECK enum err shard_ask(struct view *view,
    const struct shard_question *question, struct shard_finding *ret,
    struct why *w);

#endif
