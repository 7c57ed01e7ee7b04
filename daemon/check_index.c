#include "daemon/check.h"

#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>

#include "daemon/index_build.h"
#include "daemon/prove.h"
#include "daemon/team.h"
#include "schema/key.h"

#define LACKING_MAX 4096 /* entries that are named */

/* What should be in the table, and what is, both in its order. */
struct compare {
	const struct check_job *job;
	struct txn index;
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
	const char *foreign; /* it is no index of this log, and why; or NULL */
	enum err err;
	struct why why;
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

/* Is it an index of this log? */
static void
judge_head(struct compare *c, const struct tree_head *watermark)
{
	struct txn log = store_begin(c->job->log, TXN_READ);
	uint64_t size = store_log_size(&log);
	struct hash root;
	bool is_same = watermark->size <= size &&
	    prove_root(&log, watermark->size, &root) == ERR_OK &&
	    hash_equal(&root, &watermark->root);
	enum err err = txn_end(&log);

	if (err != ERR_OK && err != ERR_CORRUPT)
		c->err = why(
		    &c->why, err, "log: cannot be read (%s)", err_text(err));
	else if (watermark->size > size)
		c->foreign = "it is ahead of the log, complete up to";
	else if (!is_same)
		c->foreign = "it is of another history, complete up to";
}

/* What should be in it, sorted; needs nothing that check_log finds. */
static void
prepare(struct compare *c)
{
	c->index = store_begin(c->job->index, TXN_READ);
	struct tree_head watermark = store_index_watermark(&c->index);
	const struct index_source source = {
		.log = c->job->log,
		.key = store_key(c->job->index),
		.end = watermark.size,
		.folder = c->job->folder,
		.threads = c->job->threads,
		.allows_damage = true,
		.trusts_bytes = c->job->damage != NULL,
	};

	c->end = watermark.size;
	c->result.entries = watermark.size;
	c->err = c->index.err;
	if (c->err != ERR_OK)
		(void)why(&c->why, c->err, "index: cannot be compared (%s)",
		    err_text(c->err));
	else
		judge_head(c, &watermark);
	if (c->err == ERR_OK && c->foreign == NULL)
		c->err = index_runs_new(&source, &c->runs, &c->why);
}

static void
compare(struct compare *c)
{
	c->scan = index_scan_open(&c->index);
	c->scan.probes = true;
	compare_all(c);
	index_scan_close(&c->scan);
	if (c->err == ERR_OK)
		c->err = c->index.err;
	if (c->err == ERR_OK)
		tell(c);
	else
		(void)why(&c->why, c->err, "index: cannot be compared (%s)",
		    err_text(c->err));
}

static enum err
finish(struct compare *c, struct check_result *ret, struct why *w)
{
	if (c->err == ERR_OK && c->foreign != NULL)
		fault(c, c->foreign, c->end);
	else if (c->err == ERR_OK)
		compare(c);
	if (c->err == ERR_OK)
		*ret = c->result;
	return c->err == ERR_OK ? ERR_OK : why(w, c->err, "%s", c->why.text);
}

static struct compare *
compare_new(const struct check_job *job)
{
	struct compare *c = calloc(1, sizeof(*c));

	if (c != NULL)
		*c = (struct compare){
			.job = job, .out = job->out, .damage = job->damage
		};
	return c;
}

static void
compare_free(struct compare *c)
{
	index_runs_free(c->runs);
	txn_abort(&c->index);
	free(c);
}

enum err
check_index(
    const struct check_job *job, struct check_result *ret, struct why *w)
{
	struct compare *c = compare_new(job);

	if (c == NULL)
		return why(w, ERR_MEMORY, "index: out of memory");
	prepare(c);
	enum err err = finish(c, ret, w);
	compare_free(c);
	return err;
}

/* ---- both at once ---- */

struct both {
	struct compare *compare;
	struct check_result *log;
	enum err err;
	struct why why;
};

static void
run_part(void *context, size_t number)
{
	struct both *both = context;

	if (number == 0)
		both->err =
		    check_log(both->compare->job, both->log, &both->why);
	else
		prepare(both->compare);
}

enum err
check_log_and_index(const struct check_job *job, struct check_result *ret_log,
    struct check_result *ret_index, struct why *w)
{
	struct both both = { .compare = compare_new(job), .log = ret_log };

	if (both.compare == NULL)
		return why(w, ERR_MEMORY, "index: out of memory");
	team_run(2, run_part, &both);
	enum err err = both.err == ERR_OK
	    ? finish(both.compare, ret_index, w)
	    : why(w, both.err, "%s", both.why.text);
	compare_free(both.compare);
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
