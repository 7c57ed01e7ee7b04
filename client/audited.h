/*
 * audited: what an audit has recomputed of a log, and where it is kept.
 *
 * All leaf hashes (they are the record ids) and the nodes that tiles hold, from
 * which the right edge and every tile can be made; a table of the ids, for
 * duplicates; the keyring in force.  On disk: audit/ids (32 bytes a record) and
 * audit/state (`keyring <index> <base64 of its entry>` LF, then the signed
 * checkpoint).  What is read back is hashed again and must give that
 * checkpoint's root.
 *
 * Threads: one.  Memory: audited_init / audited_done; 32 bytes a record and 8 to
 * 16 for the table.  Limit: AUDITED_RECORDS_MAX.
 */
#ifndef HEADWATER_CLIENT_AUDITED_H
#define HEADWATER_CLIENT_AUDITED_H

#include "client/trust.h"
#include "schema/judge.h"
#include "schema/tile.h"
#include "schema/tree.h"

#define AUDITED_LEVELS 4 /* tile levels: 2^32 leaves have 0 to 3 */
#define AUDITED_RECORDS_MAX ((uint64_t)1 << 31)

struct audited_level {
	size_t count;
	size_t cap;
	struct hash *hashes;
};

struct audited {
	struct tree_edge edge; /* its size is how far it got */
	struct audited_level levels[AUDITED_LEVELS]; /* 0: the ids */
	size_t table_cap;
	uint32_t *table; /* position + 1 of an id; 0: free */
	uint8_t table_key[KEY_SHORT_LEN];
	struct keyring *keyring; /* NULL before entry 0 */
	uint64_t keyring_index;
	struct writer keyring_entry; /* its bytes */
};

void audited_init(struct audited *audited);
void audited_done(struct audited *audited);

#define AUDITED_NEW UINT64_MAX
/* The next leaf; `*ret_same` is the position of an equal one, or AUDITED_NEW. */
MUST_CHECK enum err audited_append(struct audited *audited,
    const struct hash *leaf, uint64_t *ret_same, struct why *w);

/* Takes over the keyring; copies the entry. */
MUST_CHECK enum err audited_set_keyring(struct audited *audited,
    struct keyring *keyring, uint64_t index, struct span entry, struct why *w);
/* The id of the keyring in force. */
const struct hash *audited_keyring_id(const struct audited *audited);

/* What a tile of hashes must hold; empty where it is not complete yet. */
struct span audited_tile(
    const struct audited *audited, const struct tile *tile);

/* ERR_MISSING: nothing kept yet.  ERR_CORRUPT: not what was written; then
 * `*audited` is empty. */
MUST_CHECK enum err audited_load(struct audited *audited,
    const struct trust *trust, struct arena *arena, struct why *w);
/* `note` is the signed checkpoint of exactly this size and root; `before` is the
 * size that is on disk already. */
MUST_CHECK enum err audited_save(const struct audited *audited,
    const struct trust *trust, uint64_t before, struct span note,
    struct why *w);

#endif
