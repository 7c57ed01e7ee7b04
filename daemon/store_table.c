/* What is done inside a transaction: values and walks. */
#include "daemon/store.h"

#include <assert.h>
#include <sys/mman.h>
#include <unistd.h>

#include "daemon/store_inner.h"

static MDB_val
val_of(struct span span)
{
	/* LMDB takes it without const and only reads */
	void *data = (void *)(uintptr_t)span.data;

	return (MDB_val){ .mv_size = span.len, .mv_data = data };
}

static struct span
span_of_val(const MDB_val *val)
{
	return span_of(val->mv_data, val->mv_size);
}

/* Two values that are further apart do not lie in their order. */
#define AHEAD_MAX ((uintptr_t)64 << 20)

/* ---- room that it will need in the file ---- */

static void
count_put(struct store *store, size_t key_len, size_t len, bool is_append)
{
	struct store_room *room = &store->room;
	uint64_t page_bytes = store->file.page_bytes;
	uint64_t whole = (uint64_t)len + 32; /* headers */

	room->shared_bytes += key_len + 32;
	/* LMDB wants two nodes in a page */
	if (whole > page_bytes / 4)
		room->whole_bytes +=
		    (whole + page_bytes - 1) / page_bytes * page_bytes;
	else
		room->shared_bytes += len;
	if (!is_append)
		room->paths++;
}

/* ---- single values ---- */

bool
txn_get(
    struct txn *txn, enum store_table table, struct span key, struct span *ret)
{
	MDB_val found;
	MDB_val wanted = val_of(key);

	*ret = SPAN_EMPTY;
	if (txn->err != ERR_OK)
		return false;
	int rc =
	    mdb_get(txn->handle, txn->store->tables[table], &wanted, &found);
	if (rc == MDB_NOTFOUND)
		return false;
	txn_fail(txn, store_err_of(rc));
	if (rc != 0)
		return false;
	*ret = span_of_val(&found);
	return true;
}

static void *
put(struct txn *txn, enum store_table table, struct span key, MDB_val *value,
    unsigned flags)
{
	MDB_val name = val_of(key);

	if (txn->err != ERR_OK)
		return NULL;
	assert(txn->mode == TXN_WRITE);
	count_put(
	    txn->store, key.len, value->mv_size, (flags & MDB_APPEND) != 0);
	int rc = mdb_put(
	    txn->handle, txn->store->tables[table], &name, value, flags);
	txn_fail(txn, store_err_of(rc));
	return rc == 0 ? value->mv_data : NULL;
}

void
txn_put(struct txn *txn, enum store_table table, struct span key,
    struct span value, bool is_append)
{
	MDB_val data = val_of(value);

	(void)put(txn, table, key, &data, is_append ? MDB_APPEND : 0);
}

uint8_t *
txn_reserve(struct txn *txn, enum store_table table, struct span key,
    size_t len, bool is_append)
{
	MDB_val data = { .mv_size = len };

	return put(txn, table, key, &data,
	    MDB_RESERVE | (is_append ? MDB_APPEND : 0u));
}

void
txn_delete(struct txn *txn, enum store_table table, struct span key)
{
	MDB_val name = val_of(key);

	if (txn->err != ERR_OK)
		return;
	assert(txn->mode == TXN_WRITE);
	txn->store->room.paths++;
	int rc = mdb_del(txn->handle, txn->store->tables[table], &name, NULL);
	if (rc != MDB_NOTFOUND)
		txn_fail(txn, store_err_of(rc));
}

void
txn_clear(struct txn *txn, enum store_table table)
{
	struct store *store = txn->store;

	if (txn->err != ERR_OK)
		return;
	assert(txn->mode == TXN_WRITE);
	/* every page goes to the free list: 8 bytes each */
	uint64_t pages = store_used_bytes(store) / store->file.page_bytes;
	store->room.whole_bytes += pages * 16;
	txn_fail(
	    txn, store_err_of(mdb_drop(txn->handle, store->tables[table], 0)));
}

bool
txn_last(struct txn *txn, enum store_table table, struct span *ret_key,
    struct span *ret_value)
{
	struct txn_cursor cursor = txn_cursor_open(txn, table);
	MDB_val key;
	MDB_val value;

	if (cursor.handle == NULL)
		return false;
	int rc = mdb_cursor_get(cursor.handle, &key, &value, MDB_LAST);
	txn_cursor_close(&cursor);
	if (rc != MDB_NOTFOUND)
		txn_fail(txn, store_err_of(rc));
	if (rc != 0)
		return false;
	*ret_key = span_of_val(&key);
	*ret_value = span_of_val(&value);
	return true;
}

/* ---- walking ---- */

struct txn_cursor
txn_cursor_open(struct txn *txn, enum store_table table)
{
	struct txn_cursor cursor = { .txn = txn };

	if (txn->err == ERR_OK)
		txn_fail(txn,
		    store_err_of(mdb_cursor_open(txn->handle,
			txn->store->tables[table], &cursor.handle)));
	if (txn->err != ERR_OK)
		cursor.handle = NULL;
	return cursor;
}

void
txn_cursor_close(struct txn_cursor *cursor)
{
	if (cursor->handle != NULL)
		mdb_cursor_close(cursor->handle);
	cursor->handle = NULL;
}

static bool
cursor_get(struct txn_cursor *cursor, MDB_val key, MDB_cursor_op op,
    struct span *ret_key, struct span *ret_value)
{
	MDB_val value;

	if (cursor->handle == NULL || cursor->txn->err != ERR_OK)
		return false;
	cursor->is_started = true;
	int rc = mdb_cursor_get(cursor->handle, &key, &value, op);
	if (rc != MDB_NOTFOUND)
		txn_fail(cursor->txn, store_err_of(rc));
	if (rc != 0)
		return false;
	*ret_key = span_of_val(&key);
	*ret_value = span_of_val(&value);
	return true;
}

bool
txn_cursor_seek(struct txn_cursor *cursor, struct span key,
    struct span *ret_key, struct span *ret_value)
{
	return cursor_get(
	    cursor, val_of(key), MDB_SET_RANGE, ret_key, ret_value);
}

bool
txn_cursor_next(
    struct txn_cursor *cursor, struct span *ret_key, struct span *ret_value)
{
	return cursor_get(cursor, (MDB_val){ 0 },
	    cursor->is_started ? MDB_NEXT : MDB_FIRST, ret_key, ret_value);
}

bool
txn_cursor_below(struct txn_cursor *cursor, struct span key,
    struct span *ret_key, struct span *ret_value)
{
	bool is_above =
	    cursor_get(cursor, val_of(key), MDB_SET_RANGE, ret_key, ret_value);

	return cursor_get(cursor, (MDB_val){ 0 },
	    is_above ? MDB_PREV : MDB_LAST, ret_key, ret_value);
}

bool
txn_cursor_back(
    struct txn_cursor *cursor, struct span *ret_key, struct span *ret_value)
{
	return cursor_get(cursor, (MDB_val){ 0 }, MDB_PREV, ret_key, ret_value);
}

void
txn_cursor_append(struct txn_cursor *cursor, struct span key, struct span value)
{
	struct txn *txn = cursor->txn;
	MDB_val name = val_of(key);
	MDB_val data = val_of(value);

	if (cursor->handle == NULL || txn->err != ERR_OK)
		return;
	assert(txn->mode == TXN_WRITE);
	count_put(txn->store, key.len, value.len, true);
	txn_fail(txn,
	    store_err_of(
		mdb_cursor_put(cursor->handle, &name, &data, MDB_APPEND)));
}

/* The map is read at random, page by page, as questions want it. */
void
txn_read_ahead(struct span from, struct span until)
{
	uintptr_t begin = (uintptr_t)from.data;
	uintptr_t end = (uintptr_t)until.data + until.len;
	uintptr_t page_bytes = (uintptr_t)sysconf(_SC_PAGESIZE);

	begin -= begin % page_bytes;
	if (begin < end && end - begin <= AHEAD_MAX)
		(void)madvise((void *)begin, end - begin, MADV_WILLNEED);
}
