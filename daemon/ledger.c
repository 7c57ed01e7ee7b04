#include "daemon/ledger.h"

#include <stdlib.h>

#include "daemon/device.h"
#include "daemon/limits.h"
#include "daemon/signer_link.h"
#include "daemon/store_index.h"
#include "daemon/store_log.h"
#include "daemon/tile_cache.h"

struct ledger *
ledger_new(void)
{
	struct ledger *ledger = calloc(1, sizeof(*ledger));

	if (ledger == NULL)
		return NULL;
	ledger->signers = signers_new();
	ledger->recent = recent_new(RECENT_IDS_MAX);
	ledger->published = published_new();
	ledger->batch = batch_new(QUEUE_ENTRIES_MAX, QUEUE_BYTES_MAX);
	ledger->tiles = tile_cache_new(TILE_CACHE_BYTES);
	if (ledger->signers == NULL || ledger->recent == NULL ||
	    ledger->published == NULL || ledger->batch == NULL ||
	    ledger->tiles == NULL) {
		ledger_free(ledger);
		return NULL;
	}
	return ledger;
}

void
ledger_free(struct ledger *ledger)
{
	if (ledger == NULL)
		return;
	tile_cache_free(ledger->tiles);
	batch_free(ledger->batch);
	published_free(ledger->published);
	recent_free(ledger->recent);
	signers_free(ledger->signers);
	store_close(ledger->index);
	store_close(ledger->log);
	free(ledger);
}

static bool
is_readable(struct store *store)
{
	struct txn txn = store_begin(store, TXN_READ);

	return txn_end(&txn) == ERR_OK;
}

bool
ledger_is_healthy(struct ledger *ledger, struct why *w)
{
	uint64_t since_ms = atomic_load(&ledger->unsealed_since_ms);
	const char *ill = NULL;

	if (atomic_load(&ledger->is_stopping))
		ill = "the log is stopping";
	else if (atomic_load(&ledger->is_failed))
		ill = "the log has failed and is about to end";
	else if (!signer_link_is_alive(ledger->signer))
		ill = "the signer is gone";
	else if (since_ms != 0 && clock_steady_ms() > since_ms + SEAL_STALE_MS)
		ill = "something committed waits too long for its signature";
	else if (!is_readable(ledger->log) || !is_readable(ledger->index))
		ill = "the store cannot be read";
	if (ill == NULL)
		return true;
	return why(w, ERR_BUSY, "%s", ill) == ERR_OK;
}

void
ledger_fail(struct ledger *ledger, enum err err, const char *sentence)
{
	struct why w = { 0 };

	if (atomic_exchange(&ledger->is_failed, true))
		return;
	batch_close(ledger->batch);
	/* the signer's end says nothing about the disk; else the next start must
	   look past what memory shows */
	if (err != ERR_MISSING &&
	    marker_set(ledger->folder, sentence, &w) != ERR_OK)
		w.text[0] = '\0'; /* then the disk takes nothing at all */
	err = why(&w, err, "%s", sentence);
	if (ledger->fail != NULL)
		ledger->fail(ledger->fail_context, err, &w);
}

bool
ledger_find_indexed(struct txn *index, struct txn *log, const struct hash *id,
    uint64_t *ret_position)
{
	uint64_t place =
	    store_index_place(index->store, INDEX_ID, hash_span(id));
	struct index_walk walk = index_walk_open(index, place, 0);
	uint64_t position;
	struct hash leaf;
	bool is_found = false;

	while (!is_found && index_walk_next(&walk, &position)) {
		if (!store_log_get_hash(
			log, tree_stored_number(0, position), &leaf))
			break;
		is_found = hash_equal(&leaf, id);
	}
	index_walk_close(&walk);
	if (is_found)
		*ret_position = position;
	return is_found;
}

enum err
ledger_find(
    struct ledger *ledger, const struct hash *id, uint64_t *ret_position)
{
	uint64_t position;

	if (recent_find(ledger->recent, id, &position)) {
		if (position >= published_size(ledger->published))
			return ERR_NOT_FOUND;
		*ret_position = position;
		return ERR_OK;
	}
	/* the index first: the log then holds all that it points to */
	struct txn index = store_begin(ledger->index, TXN_READ);
	struct txn log = store_begin(ledger->log, TXN_READ);
	bool is_found = ledger_find_indexed(&index, &log, id, &position);
	enum err log_err = txn_end(&log);
	enum err index_err = txn_end(&index);
	if (log_err != ERR_OK)
		return log_err;
	if (index_err != ERR_OK)
		return index_err;
	if (!is_found)
		return ERR_NOT_FOUND;
	*ret_position = position;
	return ERR_OK;
}
