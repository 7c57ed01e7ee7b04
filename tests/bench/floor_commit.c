#include "tests/bench/floor_commit.h"

#include <lmdb.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "schema/tree.h"

#define MAP_SIZE ((size_t)256 << 30)
#define BATCH_MAX 4096

static struct {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	struct floor_record *first; /* under lock, as all here */
	struct floor_record **last;
	bool is_stopping;

	MDB_env *env;
	MDB_dbi entries;
	MDB_dbi hashes;
	MDB_dbi ids;
	struct tree_edge edge;
} room = { .lock = PTHREAD_MUTEX_INITIALIZER,
	.wake = PTHREAD_COND_INITIALIZER };

static void
must(int code, const char *what)
{
	if (code == 0)
		return;
	(void)fprintf(stderr, "floor: %s: %s\n", what, mdb_strerror(code));
	exit(1);
}

static void
put_number(MDB_txn *txn, MDB_dbi table, uint64_t number, MDB_val value)
{
	uint64_t key_bytes = __builtin_bswap64(number);
	MDB_val key = { sizeof(key_bytes), &key_bytes };

	must(mdb_put(txn, table, &key, &value, MDB_APPEND), "append");
}

static void
put_record(MDB_txn *txn, struct floor_record *record)
{
	struct hash made[TREE_LEVELS];
	uint64_t index = room.edge.size;
	uint64_t number = tree_stored_count(index);
	MDB_val id = { HASH_LEN, record->id.bytes };
	MDB_val position = { sizeof(index), &index };

	int code = mdb_put(txn, room.ids, &id, &position, MDB_NOOVERWRITE);
	record->is_duplicate = code == MDB_KEYEXIST;
	if (record->is_duplicate) {
		record->index = *(const uint64_t *)position.mv_data;
		return;
	}
	must(code, "id");
	put_number(txn, room.entries, index,
	    (MDB_val){ record->entry_len, record->entry });
	size_t count = tree_append(&room.edge, &record->id, made);
	for (size_t i = 0; i < count; i++)
		put_number(txn, room.hashes, number + i,
		    (MDB_val){ HASH_LEN, made[i].bytes });
	record->index = index;
}

static void
commit(struct floor_record *first)
{
	MDB_txn *txn;

	must(mdb_txn_begin(room.env, NULL, 0, &txn), "begin");
	for (struct floor_record *r = first; r != NULL; r = r->next)
		put_record(txn, r);
	must(mdb_txn_commit(txn), "commit");
	while (first != NULL) {
		struct floor_record *next = first->next;
		first->done(first);
		first = next;
	}
}

/* Everything that waits, up to BATCH_MAX; NULL at the end. */
static struct floor_record *
take(void)
{
	struct floor_record *first;
	struct floor_record **end;
	size_t count = 0;

	(void)pthread_mutex_lock(&room.lock);
	while (room.first == NULL && !room.is_stopping)
		(void)pthread_cond_wait(&room.wake, &room.lock);
	first = room.first;
	for (end = &room.first; *end != NULL && count < BATCH_MAX; count++)
		end = &(*end)->next;
	struct floor_record *rest = *end;
	*end = NULL;
	room.first = rest;
	if (rest == NULL)
		room.last = &room.first;
	(void)pthread_mutex_unlock(&room.lock);
	return first;
}

static void *
run(void *argument)
{
	struct floor_record *first;

	while ((first = take()) != NULL)
		commit(first);
	return argument;
}

bool
floor_commit_start(const char *folder)
{
	MDB_txn *txn;

	room.last = &room.first;
	(void)mkdir(folder, 0700);
	must(mdb_env_create(&room.env), "env");
	must(mdb_env_set_mapsize(room.env, MAP_SIZE), "map");
	must(mdb_env_set_maxdbs(room.env, 4), "tables");
	must(mdb_env_open(room.env, folder, 0, 0600), "open");
	must(mdb_txn_begin(room.env, NULL, 0, &txn), "begin");
	must(mdb_dbi_open(txn, "entry", MDB_CREATE, &room.entries), "entry");
	must(mdb_dbi_open(txn, "hash", MDB_CREATE, &room.hashes), "hash");
	must(mdb_dbi_open(txn, "id", MDB_CREATE, &room.ids), "id");
	must(mdb_txn_commit(txn), "commit");
	return pthread_create(&room.thread, NULL, run, NULL) == 0;
}

void
floor_commit_add(struct floor_record *record)
{
	record->next = NULL;
	(void)pthread_mutex_lock(&room.lock);
	bool was_empty = room.first == NULL;
	*room.last = record;
	room.last = &record->next;
	if (was_empty)
		(void)pthread_cond_signal(&room.wake);
	(void)pthread_mutex_unlock(&room.lock);
}

void
floor_commit_stop(void)
{
	(void)pthread_mutex_lock(&room.lock);
	room.is_stopping = true;
	(void)pthread_cond_signal(&room.wake);
	(void)pthread_mutex_unlock(&room.lock);
	(void)pthread_join(room.thread, NULL);
	mdb_env_close(room.env);
}
