#include "daemon/check.h"

#include <inttypes.h>
#include <stdlib.h>

#include "daemon/index_keys.h"
#include "daemon/indexer.h"
#include "daemon/prove.h"

/* The keys of one record at a time, compared with the table. */
struct compare {
	struct txn *log;
	struct txn *index;
	FILE *out;
	struct check_result result;
	struct index_keys keys;
	uint64_t keys_expected;
	bool is_partial; /* some entry's are not known */
};

static void
fault(struct compare *c, const char *what, uint64_t number)
{
	c->result.faults++;
	(void)fprintf(c->out, "index: %s %" PRIu64 "\n", what, number);
}

static bool
has_place(struct compare *c, const struct index_place *place)
{
	struct index_walk walk =
	    index_walk_open(c->index, place->place, place->position);
	uint64_t position;
	bool is_there =
	    index_walk_next(&walk, &position) && position == place->position;

	index_walk_close(&walk);
	return is_there;
}

/* The places of an entry that is whole; false where it is not. */
static bool
derive(struct compare *c, uint64_t position)
{
	struct log_entry entry;
	struct hash leaf;

	c->keys.count = 0;
	return store_log_get_checked(c->log, position, &entry, &leaf) &&
	    index_keys_add(
		&c->keys, c->index->store, position, &entry, &leaf) == ERR_OK;
}

static void
compare_entry(struct compare *c, uint64_t position)
{
	size_t missing = 0;

	if (!derive(c, position)) {
		/* damage in the log is the log's fault: said, and walked over */
		if (c->log->err == ERR_CORRUPT)
			c->log->err = ERR_OK;
		fault(c, "places are not known of the damaged entry", position);
		c->is_partial = true;
		return;
	}
	index_keys_sort(&c->keys);
	for (size_t i = 0; i < c->keys.count; i++)
		missing += !has_place(c, &c->keys.places[i]);
	if (missing > 0)
		fault(c, "places are missing of entry", position);
	c->keys_expected += c->keys.count;
}

/* Is it an index of this log? */
static bool
is_of_log(struct compare *c, const struct tree_head *watermark)
{
	struct hash root;

	if (watermark->size > store_log_size(c->log)) {
		fault(c, "it is ahead of the log, complete up to",
		    watermark->size);
		return false;
	}
	if (prove_root(c->log, watermark->size, &root) == ERR_OK &&
	    hash_equal(&root, &watermark->root))
		return true;
	if (c->log->err == ERR_CORRUPT)
		c->log->err = ERR_OK;
	fault(c, "it is of another history, complete up to", watermark->size);
	return false;
}

/* Each record's places are there; so the table is right when it has no more. */
static enum err
compare_all(struct compare *c)
{
	struct tree_head watermark = store_index_watermark(c->index);

	c->result.entries = watermark.size;
	if (c->index->err == ERR_OK && is_of_log(c, &watermark)) {
		for (uint64_t at = 0; at < watermark.size &&
		     c->log->err == ERR_OK && c->index->err == ERR_OK;
		     at++)
			compare_entry(c, at);
		uint64_t found = store_index_count(c->index, watermark.size);
		if (!c->is_partial && found > c->keys_expected)
			fault(c, "places that no entry has:",
			    found - c->keys_expected);
	}
	return c->log->err != ERR_OK ? c->log->err : c->index->err;
}

enum err
check_index(struct store *log, struct store *index, FILE *out,
    struct check_result *ret, struct why *w)
{
	struct txn index_txn = store_begin(index, TXN_READ);
	struct txn log_txn = store_begin(log, TXN_READ);
	struct compare c = {
		.log = &log_txn,
		.index = &index_txn,
		.out = out,
		.keys = { .cap = INDEX_RECORD_KEYS_MAX },
	};
	enum err err = ERR_MEMORY;

	c.keys.places = calloc(c.keys.cap, sizeof(*c.keys.places));
	if (c.keys.places != NULL)
		err = compare_all(&c);
	if (err == ERR_OK)
		*ret = c.result;
	else
		err = why(
		    w, err, "index: cannot be compared (%s)", err_text(err));
	free(c.keys.places);
	txn_abort(&log_txn);
	txn_abort(&index_txn);
	return err;
}

/* ---- making it anew ---- */

/* The index rests on the facts stored beside the entries, which no hash covers:
 * they are derived again before anything is thrown away. */
static enum err
require_facts(struct store *log, struct why *w)
{
	struct check_result result;
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	if (out == NULL)
		return why(w, ERR_MEMORY, "reindex: out of memory");
	enum err err = check_facts(log, out, &result, w);
	(void)fclose(out);
	if (err == ERR_OK && result.faults > 0)
		err = why(w, ERR_CORRUPT,
		    "log: %" PRIu64 " faults, the index is left as it is; "
		    "`headwaterd --check` lists them, the first is: %.*s",
		    result.faults, (int)(span_find(span_of(text, len), '\n')),
		    text);
	free(text);
	return err;
}

enum err
check_reindex(
    struct store *log, const char *folder, struct store **index, struct why *w)
{
	struct tree_head head;

	enum err err = require_facts(log, w);
	if (err != ERR_OK)
		return err;
	struct txn txn = store_begin(log, TXN_READ);
	head.size = store_log_size(&txn);
	err = prove_root(&txn, head.size, &head.root);
	txn_abort(&txn);
	if (err != ERR_OK)
		return why(w, err, "log: cannot be read (%s)", err_text(err));
	store_close(*index);
	*index = NULL;
	err = store_remove(folder, w);
	if (err == ERR_OK)
		err = store_open(folder, STORE_INDEX, index, w);
	return err == ERR_OK ? indexer_follow(log, *index, &head, w) : err;
}
