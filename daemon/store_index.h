/*
 * store_index: places of positions, derived from the log and thrown away at will.
 *
 * A key is 8 bytes of a keyed hash (key_short_hash; the key is made with the
 * index and kept in it) over a tag and a value, then the position, big-endian;
 * the value is empty.  Two values may share a place, so what is found is compared
 * in the record.  Readers ignore positions at or above the watermark.
 *
 * Threads: the indexer writes, any reads.  Memory: as store.h.
 */
#ifndef HEADWATER_DAEMON_STORE_INDEX_H
#define HEADWATER_DAEMON_STORE_INDEX_H

#include "daemon/store.h"
#include "schema/tree.h"

enum index_tag {
	INDEX_ID = 1,  /* record id, 32 bytes */
	INDEX_SUBJECT, /* a digest (digest_write) of any subject */
	INDEX_INPUT, /* the node of an input: resolvedDependencies, derivedFrom;
	                    also of a part (it went into the first subject) */
	INDEX_NAME,  /* a bound name */
	INDEX_VERSION,	 /* release: name LF version */
	INDEX_SIGNER,	 /* keyid */
	INDEX_PRINCIPAL, /* principal */
	INDEX_KIND,	 /* one byte: enum record_kind */
	INDEX_OWN,  /* principal NUL node: dataset, code, model, run records of
	                    that principal with the node as first subject, named */
	INDEX_MADE, /* principal NUL node: such records with the node as any
	                    subject (closes its gap) */
	INDEX_WITHDRAWN,  /* record id, 32 bytes, then principal: withdrawals */
	INDEX_DISPUTES,	  /* record id: withdrawals of it by anybody */
	INDEX_USED,	  /* principal NUL node: as INDEX_INPUT, records of that
	               principal: so that nobody crowds them out */
	INDEX_ATTACHMENT, /* sha256 of an attachment, 32 bytes */
	INDEX_MANIFEST,	  /* one byte 0: dataset and model records that attach
	                    the first subject's manifest, open */
	INDEX_ADVISORY,	  /* a digest (digest_write) of a subject that has a
	                    node: warnings, not answers */
	INDEX_REPLY,	  /* id of a warning, 32 bytes: answers to it; and the
	                    same, then principal: those by that principal */
	/* a digest (digest_write), as gist.h refers to each */
	INDEX_LICENSE_TEXT,   /* records that rest on this text */
	INDEX_LICENSE_SOURCE, /* license records that name this URI */
	INDEX_ABOUT,	      /* audits of this record */
	INDEX_COMPONENT,      /* releases that name this component */
};

struct index_place {
	uint64_t place; /* of store_index_place */
	uint64_t position;
};

/* Thread-safe: the key changes in store_index_reset alone. */
uint64_t store_index_place(
    const struct store *index, enum index_tag tag, struct span value);
/* The same by the key of an index that is not made yet. */
uint64_t store_index_place_of(const uint8_t key[static STORE_KEY_LEN],
    enum index_tag tag, struct span value);

/* Any order is right; sorted input is fast. */
void store_index_put(struct txn *txn, const struct index_place *place);

/* How many places there are of positions below `end`: reads the whole table. */
uint64_t store_index_count(struct txn *txn, uint64_t end);

/* All places, in their order, whatever the watermark.  A scan goes from page to
 * page: where it probes, the first and the last of each are searched too, as a
 * question would, which shows that every one between them is found. */
struct index_scan {
	struct txn_cursor cursor;
	bool probes;
	uint64_t lost; /* how many of those a search does not find */
	uintptr_t page;
	struct index_place last;
};
struct index_scan index_scan_open(struct txn *txn);
/* Writes one that lies above all that are there. */
void index_scan_append(
    struct index_scan *scan, const struct index_place *place);
bool index_scan_next(struct index_scan *scan, struct index_place *ret);
void index_scan_close(struct index_scan *scan);

/* What it is complete up to; size 0 in a new index. */
struct tree_head store_index_watermark(struct txn *txn);
void store_index_set_watermark(struct txn *txn, const struct tree_head *head);

/* Forgets everything and takes a new key: `key`, or one of its own where that is
 * NULL.  Before other threads use it. */
MUST_CHECK enum err store_index_reset(
    struct store *index, const uint8_t *key, struct why *w);

/* Positions at a place, ascending, from `from`, below the watermark read in the
 * same transaction. */
struct index_walk {
	struct txn_cursor cursor;
	uint64_t place;
	uint64_t from;
	uint64_t end; /* the watermark */
	bool is_done;
};
struct index_walk index_walk_open(
    struct txn *txn, uint64_t place, uint64_t from);
/* The same below `end`, which is not above the watermark: who knows it need not
 * have it looked up for each walk. */
struct index_walk index_walk_open_below(
    struct txn *txn, uint64_t place, uint64_t from, uint64_t end);
bool index_walk_next(struct index_walk *walk, uint64_t *ret_position);
/* The same from the last one down; a walk goes one way. */
bool index_walk_back(struct index_walk *walk, uint64_t *ret_position);
void index_walk_close(struct index_walk *walk);

#endif
