/* Transactions of a store: room, beginning, ending. */
#include "daemon/store.h"

#include <assert.h>

#include "daemon/fault.h"
#include "daemon/store_inner.h"
#include "schema/writer.h"

#define ROOM_MIN ((uint64_t)1 << 19) /* that each write finds behind the data */
#define ROOM_PAGES 64		     /* roots, free lists, rounding */
#define PATH_LEN 5		     /* pages from root to leaf: 10^9 keys */
/* More pages than this a transaction does not copy: INDEX_SLICE_KEYS dirties a
 * page each at most, and LMDB itself spills at 131,072. */
#define COPIES_MAX 32768

void
txn_fail(struct txn *txn, enum err err)
{
	if (txn->err == ERR_OK)
		txn->err = err;
}

/* ---- room in the file ---- */

/* An upper bound of the bytes that this transaction puts behind the data. */
static uint64_t
room_needed(struct store *store, uint64_t used)
{
	const struct store_room *room = &store->room;
	uint64_t page_bytes = store->file.page_bytes;
	uint64_t copies = room->paths * PATH_LEN;

	if (copies > used / page_bytes)
		copies = used / page_bytes;
	if (copies > COPIES_MAX)
		copies = COPIES_MAX;
	uint64_t need =
	    room->whole_bytes + room->shared_bytes * 2 + copies * page_bytes;
	return need + need / 128 + ROOM_PAGES * page_bytes;
}

/* Before a write begins: room for one like the last, twice. */
static enum err
grow_ahead(struct store *store)
{
	uint64_t need = store->last_need * 2;

	return store_file_grow(&store->file, store_used_bytes(store),
	    need < ROOM_MIN ? ROOM_MIN : need);
}

static void
put_number(struct txn *txn, const char *name, uint64_t number)
{
	uint8_t bytes[8];
	struct writer w = writer_of(bytes, sizeof(bytes));

	writer_u64(&w, number);
	txn_put(txn, TABLE_META, span_of_text(name), writer_view(&w), false);
}

/*
 * Before a commit: room for what it really holds, which is there already unless
 * this is by far the largest yet.  The new length is put on record with it, so
 * that a file that somebody cut shorter is known as such.
 */
static void
grow_for_commit(struct txn *txn)
{
	struct store *store = txn->store;
	uint64_t used = store_used_bytes(store);

	store->last_need = room_needed(store, used);
	txn_fail(txn, store_file_grow(&store->file, used, store->last_need));
	uint64_t len = store->file.len;
	if (txn->err == ERR_OK && len != store->grown) {
		put_number(txn, META_GROWN, len);
		store->grown = len;
	}
}

/* ---- beginning and ending ---- */

static MDB_txn *
take_idle(struct store *store)
{
	MDB_txn *handle = NULL;

	lock_take(&store->lock);
	store->reading++;
	if (store->idle_count > 0)
		handle = store->idle[--store->idle_count];
	lock_drop(&store->lock);
	return handle;
}

static void
put_idle(struct store *store, MDB_txn *handle)
{
	lock_take(&store->lock);
	store->reading--;
	if (handle != NULL && store->idle_count < STORE_READERS) {
		store->idle[store->idle_count++] = handle;
		handle = NULL;
	}
	lock_drop(&store->lock);
	if (handle != NULL)
		mdb_txn_abort(handle);
}

static void
begin_read(struct txn *txn)
{
	struct store *store = txn->store;
	MDB_txn *handle = take_idle(store);
	int rc;

	if (handle != NULL) {
		rc = mdb_txn_renew(handle);
		if (rc != 0)
			mdb_txn_abort(handle);
	} else {
		rc = mdb_txn_begin(store->env, NULL, MDB_RDONLY, &handle);
	}
	if (rc == 0)
		txn->handle = handle;
	else
		put_idle(store, NULL);
	txn_fail(txn, store_err_of(rc));
}

static void
begin_write(struct txn *txn)
{
	struct store *store = txn->store;

	bool was_writing = store->writing;
	store->writing = true;
	assert(!was_writing);
	store->room = (struct store_room){ 0 };
	if (store->broken)
		txn_fail(txn, ERR_IO);
	if (txn->err == ERR_OK)
		txn_fail(txn, grow_ahead(store));
	if (txn->err == ERR_OK)
		txn_fail(txn,
		    store_err_of(
			mdb_txn_begin(store->env, NULL, 0, &txn->handle)));
	if (txn->err != ERR_OK) {
		txn->handle = NULL;
		store->broken = true;
	}
}

struct txn
store_begin(struct store *store, enum txn_mode mode)
{
	struct txn txn = { .store = store, .mode = mode };

	if (mode == TXN_READ)
		begin_read(&txn);
	else
		begin_write(&txn);
	return txn;
}

void
txn_abort(struct txn *txn)
{
	struct store *store = txn->store;

	if (txn->mode == TXN_READ) {
		if (txn->handle != NULL) {
			mdb_txn_reset(txn->handle);
			put_idle(store, txn->handle);
		}
	} else if (store != NULL) {
		if (txn->handle != NULL)
			mdb_txn_abort(txn->handle);
		store->writing = false;
	}
	txn->handle = NULL;
	txn->store = NULL;
}

#define COMMIT_FAULT(point) \
	(store->kind == STORE_LOG ? "commit-" point : "index-commit-" point)

static enum err
commit(struct store *store, MDB_txn *handle)
{
	(void)store; /* a release has no faults */
	FAULT(COMMIT_FAULT("before"));
	if (FAULT_FAILS(COMMIT_FAULT("error"))) {
		mdb_txn_abort(handle);
		return ERR_IO;
	}
	enum err err = store_err_of(mdb_txn_commit(handle));
	FAULT(COMMIT_FAULT("after"));
	/* committed, and its caller never hears of it */
	if (FAULT_FAILS(COMMIT_FAULT("unknown")))
		return ERR_IO;
	return err;
}

enum err
txn_end(struct txn *txn)
{
	struct store *store = txn->store;

	if (txn->mode == TXN_WRITE && txn->err == ERR_OK) {
		uint64_t grown = store->grown;
		grow_for_commit(txn);
		if (txn->err == ERR_OK) {
			txn->err = commit(store, txn->handle);
			txn->handle = NULL;
		}
		if (txn->err != ERR_OK) {
			store->grown = grown;
			store->broken = true;
		}
	}
	enum err err = txn->err;
	txn_abort(txn);
	return err;
}
