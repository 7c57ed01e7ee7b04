#include "daemon/check.h"

#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>

#include "daemon/index_build.h"
#include "daemon/prove.h"
#include "schema/key.h"

#define LACKING_MAX 4096 /* entries that are named */

/* What should be in the table, and what is, both in its order. */
struct compare {
	struct txn *index;
	FILE *out;
	struct check_result result;
	const struct damage
	    *damage; /* found before; NULL: was not looked for */
	struct index_runs *runs;
	struct index_scan scan;
	uint64_t end; /* the watermark: what lies above it is not looked at */
	uint64_t extra;
	uint64_t lacking[LACKING_MAX]; /* entries, as often as a place lacks */
	size_t lacking_count;
	uint64_t not_named;
	enum err err;
};

static void
fault(struct compare *c, const char *what, uint64_t number)
{
	c->result.faults++;
	(void)fprintf(c->out, "index: %s %" PRIu64 "\n", what, number);
}

/* Of an entry that is damaged nobody knows which it should have. */
static bool
is_damaged(const struct compare *c, uint64_t position)
{
	return damage_has(index_runs_damage(c->runs), position) ||
	    (c->damage != NULL && damage_has(c->damage, position));
}

static void
note_lack(struct compare *c, uint64_t position)
{
	if (is_damaged(c, position))
		return;
	if (c->lacking_count < LACKING_MAX)
		c->lacking[c->lacking_count++] = position;
	else
		c->not_named++;
}

static bool
next_stored(struct compare *c, struct index_place *ret)
{
	while (index_scan_next(&c->scan, ret))
		if (ret->position < c->end)
			return true;
	return false;
}

static int
compare_places(const struct index_place *a, const struct index_place *b)
{
	if (a->place != b->place)
		return a->place < b->place ? -1 : 1;
	if (a->position != b->position)
		return a->position < b->position ? -1 : 1;
	return 0;
}

static void
compare_all(struct compare *c)
{
	struct index_place expected = { .place = 0 };
	struct index_place stored = { .place = 0 };
	bool has_expected = index_runs_next(c->runs, &expected, &c->err);
	bool has_stored = next_stored(c, &stored);

	while (has_expected || has_stored) {
		int order = !has_stored ? -1
		    : !has_expected	? 1
					: compare_places(&expected, &stored);
		if (order < 0)
			note_lack(c, expected.position);
		if (order > 0)
			c->extra += !is_damaged(c, stored.position);
		if (order <= 0)
			has_expected =
			    index_runs_next(c->runs, &expected, &c->err);
		if (order >= 0)
			has_stored = next_stored(c, &stored);
	}
}

static int
compare_positions(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a;
	uint64_t y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* One line an entry, however many of its places are missing. */
static void
tell(struct compare *c)
{
	qsort(c->lacking, c->lacking_count, sizeof(c->lacking[0]),
	    compare_positions);
	for (size_t i = 0; i < c->lacking_count; i++) {
		if (i == 0 || c->lacking[i] != c->lacking[i - 1])
			fault(c, "places are missing of entry", c->lacking[i]);
	}
	if (c->not_named > 0)
		fault(c, "places are missing of other entries:", c->not_named);
	if (c->scan.lost > 0)
		fault(c, "places that are there and not found:", c->scan.lost);
	if (c->extra > 0)
		fault(c, "places that no entry has:", c->extra);
}

static enum err
compare(struct compare *c, const struct index_source *source, struct why *w)
{
	enum err err = index_runs_new(source, &c->runs, w);

	if (err != ERR_OK)
		return err;
	c->scan = index_scan_open(c->index);
	c->scan.probes = true;
	compare_all(c);
	index_scan_close(&c->scan);
	if (c->err == ERR_OK)
		c->err = c->index->err;
	if (c->err == ERR_OK)
		tell(c);
	else
		(void)why(w, c->err, "index: cannot be compared (%s)",
		    err_text(c->err));
	index_runs_free(c->runs);
	return c->err;
}

/* Is it an index of this log? */
static bool
is_of_log(
    struct compare *c, struct store *store, const struct tree_head *watermark)
{
	struct txn log = store_begin(store, TXN_READ);
	struct hash root;
	uint64_t size = store_log_size(&log);
	bool is_same = watermark->size <= size &&
	    prove_root(&log, watermark->size, &root) == ERR_OK &&
	    hash_equal(&root, &watermark->root);

	enum err err = txn_end(&log);
	if (err != ERR_OK && err != ERR_CORRUPT) {
		c->err = err;
		return false;
	}
	if (watermark->size > size)
		fault(c, "it is ahead of the log, complete up to",
		    watermark->size);
	else if (!is_same)
		fault(c, "it is of another history, complete up to",
		    watermark->size);
	return is_same;
}

enum err
check_index(
    const struct check_job *job, struct check_result *ret, struct why *w)
{
	struct txn txn = store_begin(job->index, TXN_READ);
	struct compare *c = calloc(1, sizeof(*c));
	enum err err = ERR_OK;

	if (c == NULL) {
		txn_abort(&txn);
		return why(w, ERR_MEMORY, "index: out of memory");
	}
	c->index = &txn;
	c->out = job->out;
	c->damage = job->damage;
	struct tree_head watermark = store_index_watermark(&txn);
	const struct index_source source = {
		.log = job->log,
		.key = store_key(job->index),
		.end = watermark.size,
		.folder = job->folder,
		.threads = job->threads,
		.allows_damage = true,
		.trusts_bytes = job->damage != NULL,
	};
	c->end = watermark.size;
	c->result.entries = watermark.size;
	if (txn.err != ERR_OK)
		err = why(w, txn.err, "index: cannot be compared (%s)",
		    err_text(txn.err));
	else if (is_of_log(c, job->log, &watermark))
		err = compare(c, &source, w);
	else if (c->err != ERR_OK)
		err = why(
		    w, c->err, "log: cannot be read (%s)", err_text(c->err));
	if (err == ERR_OK)
		*ret = c->result;
	free(c);
	txn_abort(&txn);
	return err;
}

/* ---- making it anew ---- */

static enum err
read_head(struct store *log, struct tree_head *ret, struct why *w)
{
	struct txn txn = store_begin(log, TXN_READ);
	uint64_t size = store_log_size(&txn);
	enum err err = prove_root(&txn, size, &ret->root);
	enum err end = txn_end(&txn);

	ret->size = size;
	if (err == ERR_OK)
		err = end;
	return err == ERR_OK
	    ? ERR_OK
	    : why(w, err, "log: cannot be read (%s)", err_text(err));
}

static enum err
make_anew(const char *folder, struct store **index, struct why *w)
{
	char path[PATH_MAX];
	int len = snprintf(path, sizeof(path), "%s/index", folder);

	if (len < 0 || (size_t)len >= sizeof(path))
		return why(w, ERR_LIMIT, "%s: path too long", folder);
	store_close(*index);
	*index = NULL;
	enum err err = store_remove(path, w);
	return err == ERR_OK ? store_open(path, STORE_INDEX, index, w) : err;
}

/* Nothing is thrown away before all that is to be in it is there. */
enum err
check_reindex(
    struct store *log, const char *folder, struct store **index, struct why *w)
{
	struct index_runs *runs = NULL;
	struct tree_head head;
	uint8_t key[STORE_KEY_LEN];

	enum err err = read_head(log, &head, w);
	if (err != ERR_OK)
		return err;
	key_random(key, sizeof(key));
	const struct index_source source = {
		.log = log, .key = key, .end = head.size, .folder = folder
	};
	err = index_runs_new(&source, &runs, w);
	if (err == ERR_OK)
		err = make_anew(folder, index, w);
	if (err == ERR_OK)
		err = index_build(runs, *index, &head, w);
	index_runs_free(runs);
	return err;
}
