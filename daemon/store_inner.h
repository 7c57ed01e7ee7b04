/*
 * store_inner: what store_env, store_txn, store_table, store_open and store_index
 * know of a store; nobody else.
 *
 * Threads: `room` and the file belong to the writer, `idle` is under its lock,
 * the rest is constant after store_open.
 */
#ifndef HEADWATER_DAEMON_STORE_INNER_H
#define HEADWATER_DAEMON_STORE_INNER_H

#include <lmdb.h>
#include <sys/types.h>

#include "daemon/lock.h"
#include "daemon/store.h"
#include "daemon/store_file.h"

/* What a write transaction will need of the file, counted as it is filled. */
struct store_room {
	uint64_t whole_bytes;  /* values in pages of their own */
	uint64_t shared_bytes; /* the rest, in pages that may be half full */
	uint64_t paths; /* places changed at random: each copies a path */
};

struct store {
	enum store_kind kind;
	MDB_env *env;
	MDB_dbi tables[TABLES];
	uint8_t key[STORE_KEY_LEN];
	dev_t device; /* with `inode`: of the folder, once in a process */
	ino_t inode;

	struct store_file file;
	struct store_room room;
	uint64_t last_need;   /* bytes that the last write asked for */
	uint64_t grown;	      /* length of the file that is on record */
	_Atomic bool writing; /* one writer at a time */
	_Atomic bool broken;  /* a commit failed: outcome unknown */

	struct lock lock;
	MDB_txn *idle[STORE_READERS]; /* reset, ready to renew */
	size_t idle_count;
	size_t reading; /* read transactions that are open */
};

/* Names in the meta table. */
#define META_FORMAT "format"	     /* u8 kind, u32 STORE_FORMAT */
#define META_KEY "key"		     /* STORE_KEY_LEN bytes */
#define META_GROWN "grown"	     /* u64: the file is at least this long */
#define META_CHECKPOINT "checkpoint" /* of store_log */
#define META_WITHHELD "withheld"     /* then a u64 position: the reason */
#define META_WATERMARK "watermark"   /* of store_index: u64 size, hash */

/* What LMDB's (or the system's) code means for us; ERR_OK for 0. */
enum err store_err_of(int rc);

/* Bytes of the file up to the last page that the last commit uses. */
uint64_t store_used_bytes(const struct store *store);

/* One environment per folder and process: false for a second. */
bool store_register(const struct store *store);
void store_unregister(const struct store *store);

MUST_CHECK enum err store_env_open(
    struct store *store, const char *folder, struct why *w);
/* Takes its data file's descriptor and page size. */
MUST_CHECK enum err store_env_use(
    struct store *store, const char *folder, struct why *w);

/* Opens one table, or those of its kind; makes them with `flags` MDB_CREATE. */
void store_env_table(struct txn *txn, enum store_table table, unsigned flags);
void store_env_tables(struct txn *txn, unsigned flags);

#endif
