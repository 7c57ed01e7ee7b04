/* Opening, checking and closing a store; store_txn.c works in it. */
#include "daemon/store.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/fault.h"
#include "daemon/file.h"
#include "daemon/store_inner.h"
#include "schema/key.h"
#include "schema/reader.h"
#include "schema/writer.h"

#define DATA_NAME "data.mdb"
#define LOCK_NAME "lock.mdb"
#define NEW_SUFFIX ".new"
#define FORMAT_LEN 5

static const char *const kind_names[] = { "log", "index" };

/* ---- a new one ---- */

static void
put_format(struct txn *txn)
{
	uint8_t bytes[FORMAT_LEN];
	struct writer w = writer_of(bytes, sizeof(bytes));

	writer_u8(&w, (uint8_t)txn->store->kind);
	writer_u32(&w, STORE_FORMAT);
	txn_put(
	    txn, TABLE_META, span_of_text(META_FORMAT), writer_view(&w), false);
}

static enum err
fill_new(struct store *store, const char *folder, struct why *w)
{
	enum err err = store_env_open(store, folder, w);
	if (err == ERR_OK)
		err = store_env_use(store, folder, w);
	if (err != ERR_OK)
		return err;
	struct txn txn = store_begin(store, TXN_WRITE);
	store_env_tables(&txn, MDB_CREATE);
	put_format(&txn);
	key_random(store->key, sizeof(store->key));
	txn_put(&txn, TABLE_META, span_of_text(META_KEY),
	    span_of(store->key, sizeof(store->key)), false);
	err = txn_end(&txn);
	if (err != ERR_OK)
		return why(
		    w, err, "%s: cannot start it: %s", folder, err_text(err));
	return ERR_OK;
}

static enum err
paths_of(const char *folder, char new_folder[static PATH_MAX], struct why *w)
{
	int len = snprintf(new_folder, PATH_MAX, "%s%s", folder, NEW_SUFFIX);

	if (len < 0 || len >= PATH_MAX - (int)sizeof("/" DATA_NAME))
		return why(w, ERR_LIMIT, "%s: path too long", folder);
	return ERR_OK;
}

/* What a creation left behind that was cut short: nobody was told of it. */
static enum err
remove_new(const char *new_folder, struct why *w)
{
	static const char *const names[] = { DATA_NAME, LOCK_NAME };
	char path[PATH_MAX];

	for (size_t i = 0; i < 2; i++) {
		(void)snprintf(path, sizeof(path), "%.*s/%s",
		    (int)(sizeof(path) - sizeof("/" DATA_NAME)), new_folder,
		    names[i]);
		if (unlink(path) != 0 && errno != ENOENT)
			return file_failed(w, path, "cannot remove it");
	}
	if (rmdir(new_folder) != 0)
		return file_failed(w, new_folder, "cannot remove it");
	return ERR_OK;
}

/* LMDB syncs no folder, and its first pages come before anything is synced: so
 * that a crash leaves a whole store or none, it is renamed when it is whole. */
static enum err
make_new(struct store *store, const char *folder, struct why *w)
{
	char new_folder[PATH_MAX];

	enum err err = paths_of(folder, new_folder, w);
	if (err == ERR_OK && file_exists(new_folder))
		err = remove_new(new_folder, w);
	if (err == ERR_OK)
		err = file_make_folder(new_folder, w);
	if (err == ERR_OK)
		err = fill_new(store, new_folder, w);
	if (store->env != NULL)
		mdb_env_close(store->env);
	store->env = NULL;
	store->broken = false;
	if (err == ERR_OK)
		err = file_sync_folder(new_folder, w);
	FAULT("store-made");
	if (err == ERR_OK && rename(new_folder, folder) != 0)
		err = file_failed(w, folder, "cannot rename the new one to it");
	FAULT("store-renamed");
	/* syncs the folder and the one above it */
	return err == ERR_OK ? file_make_folder(folder, w) : err;
}

/* ---- one that is there ---- */

static bool
get_number(struct txn *txn, const char *name, uint64_t *ret)
{
	struct span value;

	if (!txn_get(txn, TABLE_META, span_of_text(name), &value))
		return false;
	struct reader r = reader_of(value);
	*ret = reader_u64(&r);
	return reader_end(&r) == ERR_OK;
}

static enum err
check_format(struct txn *txn, const char *folder, struct why *w)
{
	struct span value = SPAN_EMPTY;

	if (txn->err == ERR_OK)
		(void)txn_get(
		    txn, TABLE_META, span_of_text(META_FORMAT), &value);
	if (err_class(txn->err) == ERR_CLASS_FAULT)
		return why(w, txn->err, "%s: cannot read it: %s", folder,
		    err_text(txn->err));
	struct reader r = reader_of(value);
	unsigned kind = reader_u8(&r);
	uint32_t format = reader_u32(&r);
	if (reader_end(&r) != ERR_OK || kind > STORE_INDEX)
		return why(
		    w, ERR_CORRUPT, "%s: does not say what it is", folder);
	if (format != STORE_FORMAT)
		return why(w, ERR_REFUSED,
		    "%s: has format %lu, of %s version; this one knows %d "
		    "only: run the version that wrote it",
		    folder, (unsigned long)format,
		    format < STORE_FORMAT ? "an older" : "a newer",
		    STORE_FORMAT);
	if (kind != txn->store->kind)
		return why(w, ERR_REFUSED, "%s: is a store of kind %s, not %s",
		    folder, kind_names[kind], kind_names[txn->store->kind]);
	return ERR_OK;
}

static enum err
check_meta(struct txn *txn, const char *folder, struct why *w)
{
	struct store *store = txn->store;
	struct span key = SPAN_EMPTY;

	if (!get_number(txn, META_GROWN, &store->grown) ||
	    !txn_get(txn, TABLE_META, span_of_text(META_KEY), &key) ||
	    key.len != sizeof(store->key))
		return why(
		    w, ERR_CORRUPT, "%s: its key or length is damaged", folder);
	memcpy(store->key, key.data, key.len);
	if (store->file.len < store->grown)
		return why(w, ERR_CORRUPT,
		    "%s: " DATA_NAME " is cut off: %llu bytes, was %llu",
		    folder, (unsigned long long)store->file.len,
		    (unsigned long long)store->grown);
	return ERR_OK;
}

static enum err
read_tables(struct txn *txn, const char *folder, struct why *w)
{
	/* meta alone first: what kind it is decides about the others */
	store_env_table(txn, TABLE_META, 0);
	enum err err = check_format(txn, folder, w);
	if (err == ERR_OK)
		err = check_meta(txn, folder, w);
	if (err != ERR_OK)
		return err;
	store_env_tables(txn, 0);
	if (txn->err != ERR_OK)
		return why(w, txn->err, "%s: its tables are not there", folder);
	return ERR_OK;
}

static enum err
read_start(struct store *store, const char *folder, struct why *w)
{
	struct txn txn = { .store = store, .mode = TXN_READ };

	int rc = mdb_txn_begin(store->env, NULL, MDB_RDONLY, &txn.handle);
	if (rc != 0)
		return why(w, store_err_of(rc), "%s: cannot read it: %s",
		    folder, mdb_strerror(rc));
	enum err err = read_tables(&txn, folder, w);
	if (err != ERR_OK) {
		mdb_txn_abort(txn.handle);
		return err;
	}
	/* only a commit keeps the tables' handles */
	rc = mdb_txn_commit(txn.handle);
	if (rc != 0)
		return why(w, store_err_of(rc), "%s: cannot read it: %s",
		    folder, mdb_strerror(rc));
	return ERR_OK;
}

static enum err
open_old(struct store *store, const char *folder, struct why *w)
{
	char path[PATH_MAX];
	struct stat st;

	int len = snprintf(path, sizeof(path), "%s/%s", folder, DATA_NAME);
	if (len < 0 || (size_t)len >= sizeof(path))
		return why(w, ERR_LIMIT, "%s: path too long", folder);
	if (stat(folder, &st) != 0)
		return file_failed(w, folder, "cannot look at it");
	store->device = st.st_dev;
	store->inode = st.st_ino;
	if (!store_register(store))
		return why(w, ERR_CONFLICT, "%s: is open already", folder);
	if (!file_exists(path))
		return why(w, ERR_CORRUPT, "%s: is not there", path);
	enum err err = store_file_check(path, w);
	if (err == ERR_OK)
		err = store_env_open(store, folder, w);
	if (err == ERR_OK)
		err = store_env_use(store, folder, w);
	if (err == ERR_OK)
		err = read_start(store, folder, w);
	if (err == ERR_OK)
		store_sweep_readers(store);
	return err;
}

enum err
store_open(
    const char *folder, enum store_kind kind, struct store **ret, struct why *w)
{
	struct store *store = calloc(1, sizeof(*store));

	if (store == NULL)
		return why(w, ERR_MEMORY, "%s: no memory to open it", folder);
	store->kind = kind;
	lock_init(&store->lock);
	enum err err = ERR_OK;
	if (!file_exists(folder))
		err = make_new(store, folder, w);
	if (err == ERR_OK)
		err = open_old(store, folder, w);
	if (err != ERR_OK) {
		store_close(store);
		return err;
	}
	*ret = store;
	return ERR_OK;
}

/* Renamed first: a crash leaves it or nothing, and what is renamed the next
 * make_new removes. */
enum err
store_remove(const char *folder, struct why *w)
{
	char new_folder[PATH_MAX];

	if (!file_exists(folder))
		return ERR_OK;
	enum err err = paths_of(folder, new_folder, w);
	if (err == ERR_OK && file_exists(new_folder))
		err = remove_new(new_folder, w);
	if (err == ERR_OK && rename(folder, new_folder) != 0)
		err = file_failed(w, folder, "cannot rename it");
	return err == ERR_OK ? remove_new(new_folder, w) : err;
}

void
store_close(struct store *store)
{
	if (store == NULL)
		return;
	assert(store->reading == 0 && !store->writing);
	for (size_t i = 0; i < store->idle_count; i++)
		mdb_txn_abort(store->idle[i]);
	if (store->env != NULL)
		mdb_env_close(store->env);
	store_unregister(store);
	lock_done(&store->lock);
	free(store);
}

enum store_kind
store_kind_of(const struct store *store)
{
	return store->kind;
}

const uint8_t *
store_key(const struct store *store)
{
	return store->key;
}

void
store_sweep_readers(struct store *store)
{
	int dead;

	(void)mdb_reader_check(store->env, &dead);
}

uint64_t
store_file_bytes(const struct store *store)
{
	return store->file.len;
}
