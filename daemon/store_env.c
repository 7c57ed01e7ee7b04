/* LMDB's environment under a store. */
#include "daemon/store.h"

#include <errno.h>
#include <pthread.h>

#include "daemon/failstop.h"
#include "daemon/limits.h"
#include "daemon/store_inner.h"

#define STORES_MAX 16		       /* open in one process */
#define MAP_SIZE_MIN ((size_t)1 << 30) /* where address space is short */

static const char *const table_names[TABLES] = {
	[TABLE_ENTRY] = "entry",
	[TABLE_HASH] = "hash",
	[TABLE_PLACE] = "place",
	[TABLE_META] = "meta",
};

enum err
store_err_of(int rc)
{
	switch (rc) {
	case MDB_SUCCESS:
		return ERR_OK;
	case MDB_MAP_FULL:
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
		return ERR_FULL;
	case MDB_READERS_FULL:
		return ERR_BUSY;
	case ENOMEM:
		return ERR_MEMORY;
	case MDB_KEYEXIST:
		return ERR_CONFLICT;
	case MDB_CORRUPTED:
	case MDB_PAGE_NOTFOUND:
	case MDB_INVALID:
	case MDB_VERSION_MISMATCH:
	case MDB_INCOMPATIBLE:
	case MDB_NOTFOUND:
		return ERR_CORRUPT;
	default:
		return ERR_IO;
	}
}

uint64_t
store_used_bytes(const struct store *store)
{
	MDB_envinfo info;

	(void)mdb_env_info(store->env, &info); /* fails without an env only */
	return ((uint64_t)info.me_last_pgno + 1) * store->file.page_bytes;
}

static bool
has_table(enum store_kind kind, enum store_table table)
{
	switch (table) {
	case TABLE_ENTRY:
	case TABLE_HASH:
		return kind == STORE_LOG;
	case TABLE_PLACE:
		return kind == STORE_INDEX;
	case TABLE_META:
		return true;
	case TABLES:
		break;
	}
	return false;
}

/* ---- one environment per folder and process: closing a second one would drop
 * the first one's locks and its readers' slots ---- */

static pthread_mutex_t open_mutex = PTHREAD_MUTEX_INITIALIZER;
static const struct store *open_stores[STORES_MAX];

bool
store_register(const struct store *store)
{
	const struct store **free_place = NULL;

	pthread_mutex_lock(&open_mutex);
	for (size_t i = 0; i < STORES_MAX; i++) {
		const struct store *other = open_stores[i];
		if (other == NULL) {
			free_place = &open_stores[i];
		} else if (other->device == store->device &&
		    other->inode == store->inode) {
			free_place = NULL;
			break;
		}
	}
	if (free_place != NULL)
		*free_place = store;
	pthread_mutex_unlock(&open_mutex);
	return free_place != NULL;
}

void
store_unregister(const struct store *store)
{
	pthread_mutex_lock(&open_mutex);
	for (size_t i = 0; i < STORES_MAX; i++) {
		if (open_stores[i] == store)
			open_stores[i] = NULL;
	}
	pthread_mutex_unlock(&open_mutex);
}

/* ---- the environment ---- */

static void
on_assert(MDB_env *env, const char *text)
{
	(void)env;
	(void)text;
	failstop_end("a stored page is damaged (LMDB)");
}

static int
open_env(const char *folder, size_t map_bytes, MDB_env **ret)
{
	MDB_env *env;
	int rc = mdb_env_create(&env);

	if (rc != 0)
		return rc;
	(void)mdb_env_set_assert(env, on_assert);
	rc = mdb_env_set_maxdbs(env, TABLES);
	if (rc == 0)
		rc = mdb_env_set_maxreaders(env, STORE_READERS);
	if (rc == 0)
		rc = mdb_env_set_mapsize(env, map_bytes);
	/* NORDAHEAD: reading ahead of random keys only costs memory */
	if (rc == 0)
		rc = mdb_env_open(env, folder, MDB_NOTLS | MDB_NORDAHEAD, 0600);
	if (rc != 0)
		mdb_env_close(env);
	else
		*ret = env;
	return rc;
}

enum err
store_env_open(struct store *store, const char *folder, struct why *w)
{
	size_t map_bytes = MAP_SIZE;
	int rc = open_env(folder, map_bytes, &store->env);

	while (rc == ENOMEM && map_bytes > MAP_SIZE_MIN) {
		map_bytes /= 4;
		rc = open_env(folder, map_bytes, &store->env);
	}
	if (rc != 0)
		return why(w, store_err_of(rc), "%s: cannot open it: %s",
		    folder, mdb_strerror(rc));
	return ERR_OK;
}

enum err
store_env_use(struct store *store, const char *folder, struct why *w)
{
	MDB_stat stat;
	int fd;

	int rc = mdb_env_get_fd(store->env, &fd);
	if (rc == 0)
		rc = mdb_env_stat(store->env, &stat);
	enum err err = store_err_of(rc);
	if (err == ERR_OK)
		err = store_file_use(&store->file, fd, stat.ms_psize);
	if (err != ERR_OK)
		return why(w, err, "%s: cannot use its data file", folder);
	return ERR_OK;
}

void
store_env_table(struct txn *txn, enum store_table table, unsigned flags)
{
	if (txn->err != ERR_OK)
		return;
	int rc = mdb_dbi_open(
	    txn->handle, table_names[table], flags, &txn->store->tables[table]);
	txn_fail(txn, store_err_of(rc));
}

void
store_env_tables(struct txn *txn, unsigned flags)
{
	for (enum store_table i = 0; i < TABLES; i++) {
		if (has_table(txn->store->kind, i))
			store_env_table(txn, i, flags);
	}
}
