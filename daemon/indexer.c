#include "daemon/indexer.h"

#include <assert.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>

#include "daemon/index_keys.h"
#include "daemon/ledger.h"
#include "daemon/limits.h"
#include "daemon/lock.h"
#include "daemon/metric.h"
#include "daemon/prove.h"
#include "daemon/thread.h"

struct indexer {
	struct ledger *ledger;
	pthread_t thread;
	bool is_started;
	struct index_keys keys; /* of its thread */
	struct lock lock;
	uint64_t size; /* under lock, as all below: the watermark */
	struct index_waiter *waiters;
	bool is_noticed;
	bool is_ending; /* nobody waits any more */
};

/* ---- one merge ---- */

/* Collects the places of as many records from `from` on as there is room for;
 * gives the head that the index then holds. */
static enum err
collect(struct txn *log, const struct store *index, uint64_t from,
    struct index_keys *keys, struct tree_head *to)
{
	uint64_t position = from;
	struct log_entry entry;

	keys->count = 0;
	while (position < to->size && index_keys_have_room(keys)) {
		enum err err = ERR_CORRUPT;
		if (store_log_get(log, position, &entry))
			err = index_keys_add(
			    keys, store_key(index), position, &entry);
		if (err != ERR_OK) {
			txn_fail(log, err);
			return log->err;
		}
		position++;
	}
	if (position == to->size)
		return ERR_OK;
	to->size = position;
	return prove_root(log, position, &to->root);
}

/* In transactions that stay below LMDB's spill limit; the last one moves the
 * watermark, and readers ignore what lies above it. */
static enum err
write_slices(struct store *index, const struct index_keys *keys,
    const struct tree_head *to)
{
	size_t done = 0;

	do {
		size_t end = keys->count - done > INDEX_SLICE_KEYS
		    ? done + INDEX_SLICE_KEYS
		    : keys->count;
		struct txn txn = store_begin(index, TXN_WRITE);
		for (; done < end; done++)
			store_index_put(&txn, &keys->places[done]);
		if (end == keys->count)
			store_index_set_watermark(&txn, to);
		enum err err = txn_end(&txn);
		if (err != ERR_OK)
			return err;
	} while (done < keys->count);
	return ERR_OK;
}

/* From `*at` as far as one merge goes towards `to`; moves `*at`. */
static enum err
merge(struct store *log, struct store *index, struct index_keys *keys,
    const struct tree_head *to, uint64_t *at)
{
	struct tree_head reached = *to;
	struct txn txn = store_begin(log, TXN_READ);

	if (txn.err == ERR_OK)
		(void)collect(&txn, index, *at, keys, &reached);
	enum err err = txn_end(&txn);
	if (err != ERR_OK)
		return err;
	index_keys_sort(keys);
	err = write_slices(index, keys, &reached);
	if (err == ERR_OK)
		*at = reached.size;
	return err;
}

static enum err
keys_init(struct index_keys *keys)
{
	*keys = (struct index_keys){ .cap = INDEX_MERGE_KEYS };
	_Static_assert(INDEX_MERGE_KEYS > INDEX_RECORD_KEYS_MAX,
	    "any one record fits a merge");
	keys->places = calloc(keys->cap, sizeof(*keys->places));
	return keys->places == NULL ? ERR_MEMORY : ERR_OK;
}

static enum err
read_watermark(struct store *index, struct tree_head *ret)
{
	struct txn txn = store_begin(index, TXN_READ);
	struct tree_head head = store_index_watermark(&txn);
	enum err err = txn_end(&txn);

	if (err == ERR_OK)
		*ret = head;
	return err;
}

/* Is it of this log's history? */
static enum err
compare(struct store *log, const struct tree_head *watermark,
    const struct tree_head *to, bool *ret_is_same)
{
	struct hash root;

	*ret_is_same = false;
	if (watermark->size > to->size)
		return ERR_OK;
	struct txn txn = store_begin(log, TXN_READ);
	enum err err = prove_root(&txn, watermark->size, &root);
	enum err end = txn_end(&txn);
	*ret_is_same = err == ERR_OK && hash_equal(&root, &watermark->root);
	return err == ERR_OK ? end : err;
}

enum err
indexer_align(struct store *log, struct store *index,
    const struct tree_head *to, uint64_t *ret_size, struct why *w)
{
	struct tree_head watermark;
	bool is_same;

	enum err err = read_watermark(index, &watermark);
	if (err != ERR_OK)
		return why(w, err, "index: its watermark cannot be read");
	err = compare(log, &watermark, to, &is_same);
	if (err != ERR_OK)
		return why(w, err, "log: no root can be made at size %" PRIu64,
		    watermark.size);
	*ret_size = watermark.size;
	if (is_same)
		return ERR_OK;
	*ret_size = 0;
	return store_index_reset(index, NULL, w);
}

enum err
indexer_follow(struct store *log, struct store *index,
    const struct tree_head *to, struct why *w)
{
	struct index_keys keys;
	uint64_t at = 0;

	enum err err = indexer_align(log, index, to, &at, w);
	if (err == ERR_OK && keys_init(&keys) != ERR_OK)
		err = why(w, ERR_MEMORY, "index: out of memory");
	if (err != ERR_OK)
		return err;
	while (err == ERR_OK && at < to->size) {
		err = merge(log, index, &keys, to, &at);
		if (err != ERR_OK)
			err = why(w, err,
			    "index: cannot follow the log above "
			    "entry %" PRIu64,
			    at);
	}
	free(keys.places);
	return err;
}

/* ---- those who wait ---- */

/* Takes out whom the index, or the time, has reached.  Needs the lock. */
static struct index_waiter *
cut(struct indexer *indexer, uint64_t now_ms)
{
	struct index_waiter *reached = NULL;
	struct index_waiter **link = &indexer->waiters;

	while (*link != NULL) {
		struct index_waiter *waiter = *link;
		bool is_due = indexer->is_ending ||
		    waiter->size <= indexer->size ||
		    waiter->deadline_ms <= now_ms;
		if (!is_due) {
			link = &waiter->next;
			continue;
		}
		*link = waiter->next;
		waiter->next = reached;
		reached = waiter;
	}
	return reached;
}

static void
wake(struct index_waiter *waiters)
{
	while (waiters != NULL) {
		struct index_waiter *waiter = waiters;
		waiters = waiter->next; /* it is gone once it was woken */
		waiter->wake(waiter);
	}
}

bool
indexer_wait(struct indexer *indexer, struct index_waiter *waiter)
{
	lock_take(&indexer->lock);
	bool must_wait = !indexer->is_ending && waiter->size > indexer->size;
	if (must_wait) {
		waiter->next = indexer->waiters;
		indexer->waiters = waiter;
		lock_signal(&indexer->lock);
	}
	lock_drop(&indexer->lock);
	return must_wait;
}

void
indexer_expire(struct indexer *indexer, uint64_t now_ms)
{
	lock_take(&indexer->lock);
	struct index_waiter *due = cut(indexer, now_ms);
	lock_drop(&indexer->lock);
	wake(due);
}

uint64_t
indexer_size(struct indexer *indexer)
{
	lock_take(&indexer->lock);
	uint64_t size = indexer->size;
	lock_drop(&indexer->lock);
	return size;
}

/* ---- the thread ---- */

/* The order is what makes lookups exact: the index holds them, then they are
 * forgotten, then somebody is told. */
static void
tell(struct indexer *indexer, uint64_t size)
{
	recent_forget_below(indexer->ledger->recent, size);
	metric_set(METRIC_INDEX_SIZE, size);
	lock_take(&indexer->lock);
	indexer->size = size;
	struct index_waiter *reached = cut(indexer, 0);
	lock_drop(&indexer->lock);
	wake(reached);
}

static bool
sleep_until_noticed(struct indexer *indexer)
{
	lock_take(&indexer->lock);
	while (!indexer->is_noticed && !indexer->is_ending)
		(void)lock_wait(&indexer->lock, UINT64_MAX);
	indexer->is_noticed = false;
	bool is_ending = indexer->is_ending;
	lock_drop(&indexer->lock);
	return !is_ending;
}

/* A merge writes about a page a key, and syncs beside the log: keys are let gather,
 * unless somebody waits for them.  Under load they gather longer, the longer the
 * last merge took, so that it has little of two cores. */
static void
let_gather(struct indexer *indexer, uint64_t took_ms)
{
	uint64_t pause_ms = INDEX_PAUSE_MS;

	if (indexer->keys.count >= INDEX_PAUSE_KEYS &&
	    took_ms * INDEX_PAUSE_SHARE > pause_ms)
		pause_ms = took_ms * INDEX_PAUSE_SHARE;
	if (pause_ms > INDEX_PAUSE_MAX_MS)
		pause_ms = INDEX_PAUSE_MAX_MS;
	uint64_t until_ms = clock_steady_ms() + pause_ms;
	lock_take(&indexer->lock);
	while (indexer->waiters == NULL && !indexer->is_ending &&
	    clock_steady_ms() < until_ms)
		(void)lock_wait(&indexer->lock, until_ms);
	lock_drop(&indexer->lock);
}

static void *
run(void *argument)
{
	struct indexer *indexer = argument;
	uint64_t at = indexer_size(indexer);
	enum err err = ERR_OK;

	thread_begin("indexer", THREAD_USUAL);
	while (err == ERR_OK && sleep_until_noticed(indexer)) {
		struct published_head to;
		published_get(indexer->ledger->published, &to);
		if (at >= to.head.size)
			continue;
		uint64_t begun_ms = clock_steady_ms();
		err = merge(indexer->ledger->log, indexer->ledger->index,
		    &indexer->keys, &to.head, &at);
		if (err != ERR_OK)
			break;
		tell(indexer, at);
		if (at < to.head.size)
			indexer_notice(indexer); /* there is more */
		else
			let_gather(indexer, clock_steady_ms() - begun_ms);
	}
	if (err != ERR_OK)
		ledger_fail(
		    indexer->ledger, err, "index: it cannot follow the log");
	return NULL;
}

/* ---- from outside ---- */

enum err
indexer_new(struct ledger *ledger, struct indexer **ret, struct why *w)
{
	struct indexer *indexer = calloc(1, sizeof(*indexer));
	struct published_head to;

	if (indexer == NULL)
		return why(w, ERR_MEMORY, "index: out of memory");
	lock_init(&indexer->lock);
	indexer->ledger = ledger;
	indexer->is_noticed = true;
	published_get(ledger->published, &to);
	enum err err = keys_init(&indexer->keys);
	if (err == ERR_OK)
		err = indexer_align(
		    ledger->log, ledger->index, &to.head, &indexer->size, w);
	if (err != ERR_OK) {
		indexer_free(indexer);
		return err;
	}
	metric_set(METRIC_INDEX_SIZE, indexer->size);
	*ret = indexer;
	return ERR_OK;
}

enum err
indexer_start(struct indexer *indexer)
{
	if (pthread_create(&indexer->thread, NULL, run, indexer) != 0)
		return ERR_MEMORY;
	indexer->is_started = true;
	return ERR_OK;
}

void
indexer_notice(struct indexer *indexer)
{
	lock_take(&indexer->lock);
	indexer->is_noticed = true;
	lock_signal(&indexer->lock);
	lock_drop(&indexer->lock);
}

void
indexer_stop(struct indexer *indexer)
{
	lock_take(&indexer->lock);
	indexer->is_ending = true;
	struct index_waiter *all = cut(indexer, 0);
	lock_signal(&indexer->lock);
	lock_drop(&indexer->lock);
	wake(all);
	if (indexer->is_started)
		pthread_join(indexer->thread, NULL);
	indexer->is_started = false;
}

void
indexer_free(struct indexer *indexer)
{
	if (indexer == NULL)
		return;
	assert(!indexer->is_started);
	lock_done(&indexer->lock);
	free(indexer->keys.places);
	free(indexer);
}
