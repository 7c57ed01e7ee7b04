/*
 * ancestry: what a log answers about a file in all that an artifact was made of,
 * read strictly, and the records that it rests on, each proved once.
 *
 * Nothing of it is believed yet: ascent checks it, step by step.
 *
 * Threads: one.  Memory: the session's arena; ancestry_done frees the records.
 */
#ifndef HEADWATER_CLIENT_ANCESTRY_H
#define HEADWATER_CLIENT_ANCESTRY_H

#include "client/shard.h"

#define ANCESTRY_NODES_MAX 1024
#define ANCESTRY_STEPS_MAX 4096

enum ancestry_verdict {
	ANCESTRY_UNKNOWN,
	ANCESTRY_PRESENT,
	ANCESTRY_ABSENT,
};

struct ancestry_question {
	struct digest root;
	struct hash file;
	const char *as;
};

/* A record, proved once. */
struct ancestry_record {
	struct hash id;
	struct fetched fetched;
};

struct ancestry_step {
	struct digest node; /* made by this record; of a path: the step's end */
	struct digest from; /* of a path */
	struct hash id;
	const struct ancestry_record *record; /* once it is checked */
};

/* What was met on the way. */
struct ancestry_node {
	struct digest digest;
	const struct shard *shard; /* how the file is shown not to be in it */
	const struct ancestry_record *record;
	bool is_part; /* of another node met, by a record */
	bool is_made; /* some step says what it was made from */
};

struct ancestry {
	struct session *session;
	struct ancestry_question question;
	struct json *json;
	uint64_t tree_size;
	enum ancestry_verdict verdict;
	struct digest gap; /* of unknown: the first one, the log's word */
	struct span gap_why;
	size_t shard_count;
	struct shard *shards;
	size_t step_count;
	struct ancestry_step *steps;
	size_t path_count; /* of present: from the set to the artifact */
	struct ancestry_step *path;
	size_t record_count;
	struct ancestry_record *records;
	size_t node_count;
	struct ancestry_node *nodes;
};

/* Asks and reads.  ERR_MISMATCH where it is an answer to another question. */
MUST_CHECK enum err ancestry_ask(struct session *session,
    const struct ancestry_question *question, struct ancestry *ret,
    struct why *w);
void ancestry_done(struct ancestry *ancestry); /* also after a failure */

/* A record with its proof, and who signed it where that can be had. */
MUST_CHECK enum err ancestry_record(struct ancestry *ancestry,
    const struct hash *id, const struct ancestry_record **ret, struct why *w);

/* The log's words about one node; NULL: none. */
const struct shard *ancestry_shard(
    const struct ancestry *ancestry, const struct digest *node);

#endif
