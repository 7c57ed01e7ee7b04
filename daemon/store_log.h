/*
 * store_log: the log, only ever appended to: entries by position, tree hashes by
 * their number (schema/tree.h), the last stored checkpoint, the format's version.
 *
 * An entry's value: u8 version 1 (2: withheld), u64 stamp, u64 position of the keyring it was
 * judged by, leaf hash, u32 length of the gist, gist, u64 checksum (SipHash of all
 * before it, keyed by the position), entry.  The leaf hash is in the tree too:
 * here it spares each reader a search.  Keys are u64 big-endian.  On reading, nothing is
 * believed: the facts must fit their checksum, the entry its leaf hash
 * (store_log_get_checked).
 *
 * Threads and memory: as store.h.
 */
#ifndef HEADWATER_DAEMON_STORE_LOG_H
#define HEADWATER_DAEMON_STORE_LOG_H

#include "daemon/store.h"
#include "schema/sha256.h"
#include "schema/tree.h"

struct log_entry {
	uint64_t stamp_ms; /* the log's own word */
	uint64_t keyring; /* position of the keyring that judged it; its own for
	                      entry 0 */
	struct hash leaf; /* of the entry: the record's id */
	struct span gist; /* packed facts (daemon/gist.h) */
	struct span entry; /* the leaf's bytes */
	bool is_withheld;  /* they are zeros but for the keyid and signature */
};

/* Entries that are committed: the last position and one. */
uint64_t store_log_size(struct txn *txn);

void store_log_put(
    struct txn *txn, uint64_t position, const struct log_entry *entry);
/* False where it is not there or a failure stands in txn. */
bool store_log_get(struct txn *txn, uint64_t position, struct log_entry *ret);
/* The same, and the leaf hash must be that of the entry (of a withheld one there
 * is no telling): ERR_CORRUPT in txn otherwise.  What is served is read by this. */
bool store_log_get_checked(
    struct txn *txn, uint64_t position, struct log_entry *ret);

/* A hint that the entries from `first` up to `end` come next. */
void store_log_read_ahead(struct txn *txn, uint64_t first, uint64_t end);

/*
 * Overwrites an entry with zeros, all but its last `kept` bytes; facts and leaf
 * hash stay, and the reason.  (Where the old bytes lay on the disk they still
 * lie: scrub.h.)  ERR_CONFLICT in txn when it is withheld already.
 */
void store_log_withhold(
    struct txn *txn, uint64_t position, size_t kept, struct span reason);
/* Empty where none was given. */
struct span store_log_reason(struct txn *txn, uint64_t position);

void store_log_put_hash(
    struct txn *txn, uint64_t number, const struct hash *hash);
bool store_log_get_hash(struct txn *txn, uint64_t number, struct hash *ret);
/* Of `count` leaves from `first` on, in one walk; a missing one is ERR_CORRUPT. */
bool store_log_get_leaves(
    struct txn *txn, uint64_t first, size_t count, struct hash *out);
/* A node by its place; the same table. */
bool store_log_get_node(
    struct txn *txn, struct tree_position position, struct hash *ret);

/* The right edge of the tree at any `size` up to what is stored. */
bool store_log_get_edge(struct txn *txn, uint64_t size, struct tree_edge *ret);

/* The signed note of a batch before; empty where there is none yet. */
void store_log_set_checkpoint(struct txn *txn, struct span note);
struct span store_log_get_checkpoint(struct txn *txn);

/* Cuts entries and hashes back to `size` (only --cut-unsealed does). */
void store_log_cut(struct txn *txn, uint64_t size);

#endif
