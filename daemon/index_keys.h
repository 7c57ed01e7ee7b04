/*
 * index_keys: the places of the index at which one record is found.
 *
 * The one answer to "what is in the index": the indexer and whoever makes an index
 * anew write what this gives, the check compares with it.
 *
 * Threads: any.  Memory: the caller's array.
 */
#ifndef HEADWATER_DAEMON_INDEX_KEYS_H
#define HEADWATER_DAEMON_INDEX_KEYS_H

#include "daemon/gist.h"
#include "daemon/store_index.h"
#include "daemon/store_log.h"
#include "schema/digest_set.h"
#include "schema/record.h"

/* Each subject: its digests, again where they are warned of, and as a part twice,
 * own and made; each input twice; attachments; references; the rest. */
#define INDEX_RECORD_KEYS_MAX \
	(STATEMENT_SUBJECTS_MAX * (2 * DIGEST_SET_MAX + 4) + \
	    RECORD_INPUTS_MAX * 2 + ATTACHMENTS_MAX + GIST_REFERENCES_MAX + \
	    16)

struct index_keys {
	struct index_place *places;
	size_t cap;
	size_t count;
};

/* Under which a reference is found. */
enum index_tag index_keys_tag(enum gist_reference_what what);

/* Room for any one record more? */
bool index_keys_have_room(const struct index_keys *keys);

/* The places of the entry at `position`, by the key of an index (store_key).  One
 * may come twice.  Needs room.  ERR_CORRUPT when its gist is of no use. */
MUST_CHECK enum err index_keys_add(struct index_keys *keys,
    const uint8_t key[static STORE_KEY_LEN], uint64_t position,
    const struct log_entry *entry);

/* In the order of the table, each once. */
void index_keys_sort(struct index_keys *keys);

#endif
