/*
 * store: one LMDB environment and its transactions.  With store_log and
 * store_index the only door to LMDB.
 *
 * A transaction is sticky: after its first failure every call is a no-op, and
 * txn_end aborts and gives that failure.  Rules: one environment per folder and
 * process (ERR_CONFLICT for a second), NOTLS readers, real syncs, files grown by
 * written zeros, FD_CLOEXEC set, no DUPSORT.  After a failed commit or growth no
 * write begins on this handle any more.
 *
 * Errors: ERR_FULL (disk or map), ERR_IO, ERR_CORRUPT, ERR_BUSY (too many
 * readers), ERR_MEMORY, ERR_CONFLICT (an appended key that is not above all).
 *
 * Threads: one writer at a time per store (its owner says which thread); readers
 * any.  Memory: store_open / store_close; spans read are dead at txn_end.
 */
#ifndef HEADWATER_DAEMON_STORE_H
#define HEADWATER_DAEMON_STORE_H

#include <stdint.h>

#include "schema/err.h"
#include "schema/span.h"

struct store;
struct MDB_txn;

enum store_kind {
	STORE_LOG,   /* tables entry, hash, meta */
	STORE_INDEX, /* tables place, meta */
};

enum store_table {
	TABLE_ENTRY,
	TABLE_HASH,
	TABLE_PLACE,
	TABLE_META,
	TABLES,
};

#define STORE_FORMAT 4	  /* any other is refused, untouched */
#define STORE_KEY_LEN 16  /* of the random key that each store has of its own */
#define STORE_READERS 512 /* at once, of all processes */

/* Opens `folder` for reading and writing.  A missing one is made whole under
 * `folder`.new and renamed, synced; ERR_CORRUPT for a file that is cut off,
 * punched or damaged; ERR_REFUSED for another kind or another format. */
MUST_CHECK enum err store_open(const char *folder, enum store_kind kind,
    struct store **ret, struct why *w);
void store_close(struct store *store); /* NULL is fine; no open transactions */
/* Deletes one that is closed, damaged or not there; for what can be made again. */
MUST_CHECK enum err store_remove(const char *folder, struct why *w);
enum store_kind store_kind_of(const struct store *store);

/* mdb_reader_check; call at start and each minute. */
void store_sweep_readers(struct store *store);

/* The random key that was made with the store, for places nobody can choose.
 * Constant but for store_index_reset. */
const uint8_t *store_key(const struct store *store);

/* Bytes of the data file, for metrics and growth tests. */
uint64_t store_file_bytes(const struct store *store);

enum txn_mode {
	TXN_READ,
	TXN_WRITE,
};

struct txn {
	struct store *store;
	struct MDB_txn *handle; /* NULL when it could not begin */
	enum txn_mode mode;
	enum err err; /* the first failure */
};

/* A write first makes sure that the file has room: a full disk fails here. */
struct txn store_begin(struct store *store, enum txn_mode mode);

/* Ends it: a write commits (data and meta synced) when nothing failed.  Any
 * failure of a commit means: outcome unknown, stop (ERR_IO, ERR_FULL). */
MUST_CHECK enum err txn_end(struct txn *txn);
void txn_abort(struct txn *txn); /* for reads, and writes given up */
void txn_fail(struct txn *txn, enum err err); /* the first one counts */

/* ---- for store_log and store_index ---- */

/* Value of a key; SPAN_EMPTY and false where it is not there (no failure). */
bool txn_get(
    struct txn *txn, enum store_table table, struct span key, struct span *ret);
/* `is_append`: the key is above all others (MDB_APPEND). */
void txn_put(struct txn *txn, enum store_table table, struct span key,
    struct span value, bool is_append);
/* Room of `len` bytes for the value, written before the next call (RESERVE). */
uint8_t *txn_reserve(struct txn *txn, enum store_table table, struct span key,
    size_t len, bool is_append);
/* The last pair of a table; false when it is empty. */
bool txn_last(struct txn *txn, enum store_table table, struct span *ret_key,
    struct span *ret_value);
void txn_delete(struct txn *txn, enum store_table table, struct span key);
void txn_clear(struct txn *txn, enum store_table table);

struct MDB_cursor;
struct txn_cursor {
	struct txn *txn;
	struct MDB_cursor *handle;
	bool is_started;
};
struct txn_cursor txn_cursor_open(struct txn *txn, enum store_table table);
void txn_cursor_close(struct txn_cursor *cursor); /* before txn_end */
/* The first pair at or above `key`, then the next ones; false at the end. */
bool txn_cursor_seek(struct txn_cursor *cursor, struct span key,
    struct span *ret_key, struct span *ret_value);
bool txn_cursor_next(
    struct txn_cursor *cursor, struct span *ret_key, struct span *ret_value);

/* The last pair below `key`, then those before it; false at the beginning. */
bool txn_cursor_below(struct txn_cursor *cursor, struct span key,
    struct span *ret_key, struct span *ret_value);
bool txn_cursor_back(
    struct txn_cursor *cursor, struct span *ret_key, struct span *ret_value);

/* Puts a pair above all others; many in a row cost no search each. */
void txn_cursor_append(
    struct txn_cursor *cursor, struct span key, struct span value);

/* Lets the disk read what lies from one value to another, both of this
 * transaction: a hint, where many are read in their order. */
void txn_read_ahead(struct span from, struct span until);

#endif
