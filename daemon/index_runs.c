#include "daemon/index_runs.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/fault.h"
#include "daemon/file.h"
#include "daemon/index_keys.h"
#include "daemon/index_merge.h"
#include "daemon/limits.h"
#include "daemon/lock.h"
#include "daemon/team.h"

#define BLOCK ((size_t)512) /* entries that a thread takes at once */
#define AHEAD (8 * BLOCK)   /* entries that the disk is asked for before */
#define RUNS_MAX 65536 /* 10^10 records, at 10 places and 2,000,000 a run */
#define RADIX_BITS 8   /* of a place that one pass looks at */
#define RADIX 256
#define RADIX_PASSES 8

struct deriver;

struct index_runs {
	struct index_source source;
	size_t threads;
	size_t run_keys;
	struct deriver *derivers;
	int fd;

	struct lock lock;
	uint64_t
	    next; /* under lock, as what follows: the first that nobody has */
	uint64_t written; /* places in the file */
	struct index_run *runs;
	size_t run_count;
	struct damage damage;
	enum err err; /* the first failure, and what is said of it */
	struct why why;

	struct index_merge *merge; /* when all is derived */
};

/* What one thread has. */
struct deriver {
	struct index_runs *runs;
	struct txn txn;
	struct index_keys keys;
	struct index_place *scratch;
};

/* ---- what the threads share ---- */

static void
fail(struct index_runs *runs, enum err err, const char *sentence)
{
	lock_take(&runs->lock);
	if (runs->err == ERR_OK)
		runs->err = why(&runs->why, err, "%s", sentence);
	lock_drop(&runs->lock);
}

/* The next entries that nobody has; false when there are none, or no need. */
static bool
claim(struct index_runs *runs, struct tree_range *ret)
{
	lock_take(&runs->lock);
	uint64_t left = runs->source.end - runs->next;
	bool is_there = left > 0 && runs->err == ERR_OK;
	if (is_there) {
		ret->begin = runs->next;
		ret->end = runs->next + (left < BLOCK ? left : BLOCK);
		runs->next = ret->end;
	}
	lock_drop(&runs->lock);
	return is_there;
}

static void
note_damage(struct index_runs *runs, uint64_t position)
{
	struct why w;

	if (!runs->source.allows_damage) {
		(void)why(&w, ERR_CORRUPT,
		    "log: entry %" PRIu64
		    " is damaged, so no index is made of it; `headwaterd "
		    "--check` lists all that are",
		    position);
		fail(runs, ERR_CORRUPT, w.text);
		return;
	}
	lock_take(&runs->lock);
	damage_add(&runs->damage, position);
	lock_drop(&runs->lock);
}

/* Room in the file, for so many places. */
static bool
add_run(struct index_runs *runs, size_t count, uint64_t *ret_at)
{
	lock_take(&runs->lock);
	bool has_room = runs->run_count < RUNS_MAX;
	if (has_room) {
		*ret_at = runs->written;
		runs->runs[runs->run_count++] =
		    (struct index_run){ runs->written, count };
		runs->written += count;
	}
	lock_drop(&runs->lock);
	return has_room;
}

/* ---- one piece ---- */

/* By place alone, from its last byte to its first: what is equal keeps its order,
 * and positions come ascending. */
static struct index_place *
sort_places(struct index_place *from, struct index_place *to, size_t count)
{
	static _Thread_local size_t starts[RADIX_PASSES][RADIX];

	memset(starts, 0, sizeof(starts));
	for (size_t i = 0; i < count; i++)
		for (size_t pass = 0; pass < RADIX_PASSES; pass++)
			starts[pass][from[i].place >> (RADIX_BITS * pass) &
			    (RADIX - 1)]++;
	for (size_t pass = 0; pass < RADIX_PASSES; pass++) {
		size_t sum = 0;
		for (size_t digit = 0; digit < RADIX; digit++) {
			size_t of_digit = starts[pass][digit];
			starts[pass][digit] = sum;
			sum += of_digit;
		}
		for (size_t i = 0; i < count; i++)
			to[starts[pass][from[i].place >> (RADIX_BITS * pass) &
			    (RADIX - 1)]++] = from[i];
		struct index_place *sorted = to;
		to = from;
		from = sorted;
	}
	return from;
}

static enum err
write_all(int fd, const void *data, size_t len, uint64_t at)
{
	const uint8_t *bytes = data;

	while (len > 0) {
		ssize_t done = pwrite(fd, bytes, len, (off_t)at);
		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return errno == ENOSPC || errno == EDQUOT ? ERR_FULL
								  : ERR_IO;
		bytes += done;
		len -= (size_t)done;
		at += (uint64_t)done;
	}
	return ERR_OK;
}

static void
spill(struct deriver *d)
{
	struct index_runs *runs = d->runs;
	size_t count = d->keys.count;
	uint64_t at;

	if (count == 0)
		return;
	struct index_place *sorted =
	    sort_places(d->keys.places, d->scratch, count);
	d->keys.count = 0;
	if (!add_run(runs, count, &at)) {
		fail(runs, ERR_LIMIT, "index: more places than can be sorted");
		return;
	}
	enum err err = write_all(
	    runs->fd, sorted, count * sizeof(*sorted), at * sizeof(*sorted));
	FAULT("index-run-written");
	if (err != ERR_OK)
		fail(runs, err,
		    err == ERR_FULL
			? "index: no room on the disk to sort its places"
			: "index: its sorted places cannot be written");
}

/* ---- deriving ---- */

static bool
derive_entry(struct deriver *d, uint64_t position)
{
	struct log_entry entry;
	bool is_there = d->runs->source.trusts_bytes
	    ? store_log_get(&d->txn, position, &entry)
	    : store_log_get_checked(&d->txn, position, &entry);

	return is_there &&
	    index_keys_add(&d->keys, d->runs->source.key, position, &entry) ==
	    ERR_OK;
}

/* Damage is told, and walked over where it may be. */
static void
derive_one(struct deriver *d, uint64_t position)
{
	size_t before = d->keys.count;

	if (derive_entry(d, position))
		return;
	d->keys.count = before;
	if (d->txn.err == ERR_CORRUPT)
		d->txn.err = ERR_OK;
	if (d->txn.err == ERR_OK)
		note_damage(d->runs, position);
}

/* What some thread takes when this block is done; each part is asked for once. */
static void
read_ahead(struct deriver *d, uint64_t begin)
{
	uint64_t end = d->runs->source.end;
	uint64_t from = begin == 0 ? 0 : begin + AHEAD - BLOCK;
	uint64_t until = begin + AHEAD < end ? begin + AHEAD : end;

	store_log_read_ahead(&d->txn, from, until);
}

static void
derive_block(struct deriver *d, struct tree_range range)
{
	read_ahead(d, range.begin);
	for (uint64_t at = range.begin; at < range.end; at++) {
		if (d->txn.err != ERR_OK)
			return;
		derive_one(d, at);
		if (d->keys.count >= d->runs->run_keys)
			spill(d);
	}
}

static void
derive(void *context, size_t number)
{
	struct index_runs *runs = context;
	struct deriver *d = &runs->derivers[number];
	struct tree_range range;

	d->txn = store_begin(runs->source.log, TXN_READ);
	while (d->txn.err == ERR_OK && claim(runs, &range))
		derive_block(d, range);
	enum err err = txn_end(&d->txn);
	if (err != ERR_OK)
		fail(runs, err, "log: its entries cannot be read");
	else
		spill(d);
}

/* ---- all of it ---- */

static enum err
prepare(struct index_runs *runs)
{
	size_t cap = runs->run_keys + INDEX_RECORD_KEYS_MAX;

	runs->runs = calloc(RUNS_MAX, sizeof(*runs->runs));
	runs->derivers = calloc(runs->threads, sizeof(*runs->derivers));
	if (runs->runs == NULL || runs->derivers == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < runs->threads; i++) {
		struct deriver *d = &runs->derivers[i];
		d->runs = runs;
		d->keys.cap = cap;
		d->keys.places = calloc(cap, sizeof(*d->keys.places));
		d->scratch = calloc(cap, sizeof(*d->scratch));
		if (d->keys.places == NULL || d->scratch == NULL)
			return ERR_MEMORY;
	}
	return ERR_OK;
}

static void
free_derivers(struct index_runs *runs)
{
	for (size_t i = 0; runs->derivers != NULL && i < runs->threads; i++) {
		free(runs->derivers[i].keys.places);
		free(runs->derivers[i].scratch);
	}
	free(runs->derivers);
	runs->derivers = NULL;
}

static enum err
make(struct index_runs *runs)
{
	enum err err =
	    file_open_unnamed(runs->source.folder, &runs->fd, &runs->why);

	if (err == ERR_OK && prepare(runs) != ERR_OK)
		err = why(&runs->why, ERR_MEMORY, "index: out of memory");
	if (err != ERR_OK)
		return err;
	team_run(runs->threads, derive, runs);
	free_derivers(runs);
	if (runs->err != ERR_OK)
		return runs->err;
	damage_sort(&runs->damage);
	err = index_merge_new(
	    runs->fd, runs->runs, runs->run_count, &runs->merge);
	return err == ERR_OK
	    ? ERR_OK
	    : why(&runs->why, err, "index: its sorted places cannot be read");
}

enum err
index_runs_new(
    const struct index_source *source, struct index_runs **ret, struct why *w)
{
	struct index_runs *runs = calloc(1, sizeof(*runs));

	if (runs == NULL)
		return why(w, ERR_MEMORY, "index: out of memory");
	lock_init(&runs->lock);
	runs->fd = -1;
	runs->source = *source;
	runs->threads = source->threads != 0 ? source->threads
					     : team_size(INDEX_THREADS_MAX);
	runs->run_keys = source->run_keys != 0 ? source->run_keys
					       : INDEX_RUN_KEYS / runs->threads;
	enum err err = make(runs);
	if (err != ERR_OK) {
		err = why(w, err, "%s", runs->why.text);
		index_runs_free(runs);
		return err;
	}
	*ret = runs;
	return ERR_OK;
}

void
index_runs_free(struct index_runs *runs)
{
	if (runs == NULL)
		return;
	index_merge_free(runs->merge);
	free_derivers(runs);
	if (runs->fd >= 0)
		(void)close(runs->fd);
	free(runs->runs);
	lock_done(&runs->lock);
	free(runs);
}

const struct index_source *
index_runs_source(const struct index_runs *runs)
{
	return &runs->source;
}

bool
index_runs_next(
    struct index_runs *runs, struct index_place *ret, enum err *ret_err)
{
	return index_merge_next(runs->merge, ret, ret_err);
}

const struct damage *
index_runs_damage(const struct index_runs *runs)
{
	return &runs->damage;
}
