/*
 * shard_inner: one judgement of shard, and what its two files ask of each other;
 * nobody else.
 *
 * Threads and memory: as shard.h.
 */
#ifndef HEADWATER_DAEMON_SHARD_INNER_H
#define HEADWATER_DAEMON_SHARD_INNER_H

#include "daemon/shard.h"

struct judging {
	struct view *view;
	const struct blobs *blobs;
	const struct view_record *record;
	const struct hash *shard;
	struct arena *arena;
	struct why *w;
	struct hash manifest; /* sha256 of the set */
	bool has_list;	      /* the further subjects are its files */
	bool has_root;
	struct hash root; /* as the record signed it */
	struct shard_finding *ret;
};

void judging_find(
    struct judging *judging, enum shard_verdict verdict, enum shard_by by);

/* Each finds nothing where what it asks is not here. */
MUST_CHECK enum err judging_ask_manifest(struct judging *judging);
MUST_CHECK enum err judging_ask_openings(struct judging *judging);

#endif
