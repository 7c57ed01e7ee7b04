#include "client/sorter.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* What a record takes beside its bytes is small where it is as long as a line. */
#define BYTES_PER_PLACE 64
#define READER_LEN ((size_t)64 << 10)
#define BUFFER_LEN ((size_t)256 << 10) /* of what is written */
#define PREFIX_LEN 8

/* Where a record lies; most comparisons end in the prefix. */
struct place {
	uint64_t prefix;
	const uint8_t *data;
	uint16_t len;
};

struct run {
	uint64_t begin;
	uint64_t end;
};

/* A run that is being read, with its record in front. */
struct front {
	struct spill_reader reader;
	struct span record;
};

struct sorter {
	size_t memory;
	uint8_t *bytes; /* of records; then of readers */
	size_t held;
	struct place *places;
	size_t count; /* in memory */
	size_t cap;
	struct spill spill;
	uint8_t *buffer;
	struct run *runs;
	size_t run_count;
	size_t run_max;
	struct front *fronts; /* a heap, the least record first */
	size_t front_count;
	size_t next; /* of those in memory */
};

/* ---- birth and death ---- */

struct sorter *
sorter_new(size_t memory)
{
	struct sorter *sorter = calloc(1, sizeof(*sorter));

	assert(memory >= 4 * READER_LEN);
	if (sorter == NULL)
		return NULL;
	sorter->memory = memory;
	sorter->cap = memory / BYTES_PER_PLACE;
	sorter->run_max = memory / READER_LEN; /* each needs a reader */
	/* untouched pages cost nothing, so small sets stay small */
	sorter->bytes = calloc(memory, 1);
	sorter->places = calloc(sorter->cap, sizeof(*sorter->places));
	sorter->buffer = calloc(BUFFER_LEN, 1);
	sorter->runs = calloc(sorter->run_max, sizeof(*sorter->runs));
	sorter->fronts = calloc(sorter->run_max, sizeof(*sorter->fronts));
	sorter->spill = spill_begin(sorter->buffer, BUFFER_LEN);
	if (sorter->bytes != NULL && sorter->places != NULL &&
	    sorter->buffer != NULL && sorter->runs != NULL &&
	    sorter->fronts != NULL)
		return sorter;
	sorter_free(sorter);
	return NULL;
}

void
sorter_free(struct sorter *sorter)
{
	if (sorter == NULL)
		return;
	spill_end(&sorter->spill);
	free(sorter->bytes);
	free(sorter->places);
	free(sorter->buffer);
	free(sorter->runs);
	free(sorter->fronts);
	free(sorter);
}

/* ---- runs ---- */

static int
by_record(const void *a, const void *b)
{
	const struct place *left = a;
	const struct place *right = b;

	if (left->prefix != right->prefix)
		return left->prefix < right->prefix ? -1 : 1;
	return span_compare(
	    span_of(left->data, left->len), span_of(right->data, right->len));
}

/* The first bytes as a number; zeros stand for what a short one lacks, which
 * orders it before what it begins, or leaves the two equal. */
static uint64_t
prefix_of(struct span record)
{
	uint64_t prefix = 0;

	for (size_t i = 0; i < PREFIX_LEN; i++)
		prefix = prefix << 8 | (i < record.len ? record.data[i] : 0);
	return prefix;
}

static void
sort_held(struct sorter *sorter)
{
	if (sorter->count > 1)
		qsort(sorter->places, sorter->count, sizeof(*sorter->places),
		    by_record);
}

static enum err
write_run(struct sorter *sorter, struct why *w)
{
	uint64_t begin = sorter->spill.len;
	enum err err = ERR_OK;

	if (sorter->run_count == sorter->run_max)
		return why(w, ERR_LIMIT,
		    "more than %zu times %zu MiB of names: too many to be "
		    "sorted",
		    sorter->run_max, sorter->memory >> 20);
	sort_held(sorter);
	for (size_t i = 0; i < sorter->count && err == ERR_OK; i++) {
		const struct place *place = &sorter->places[i];
		err = spill_put(
		    &sorter->spill, span_of(place->data, place->len), w);
	}
	sorter->runs[sorter->run_count++] =
	    (struct run){ begin, sorter->spill.len };
	sorter->count = 0;
	sorter->held = 0;
	return err;
}

enum err
sorter_add(struct sorter *sorter, struct span record, struct why *w)
{
	assert(record.len > 0 && record.len <= SPILL_RECORD_MAX);
	if (sorter->memory - sorter->held < record.len ||
	    sorter->count == sorter->cap) {
		enum err err = write_run(sorter, w);
		if (err != ERR_OK)
			return err;
	}
	uint8_t *to = sorter->bytes + sorter->held;
	memcpy(to, record.data, record.len);
	sorter->places[sorter->count++] = (struct place){
		.prefix = prefix_of(record),
		.data = to,
		.len = (uint16_t)record.len,
	};
	sorter->held += record.len;
	return ERR_OK;
}

/* ---- the merge ---- */

/* Sinks the front at `at` below those that are less. */
static void
sink(struct sorter *sorter, size_t at)
{
	struct front *fronts = sorter->fronts;

	for (;;) {
		size_t least = 2 * at + 1;
		if (least >= sorter->front_count)
			return;
		if (least + 1 < sorter->front_count &&
		    span_compare(
			fronts[least + 1].record, fronts[least].record) < 0)
			least++;
		if (span_compare(fronts[at].record, fronts[least].record) <= 0)
			return;
		struct front moved = fronts[at];
		fronts[at] = fronts[least];
		fronts[least] = moved;
		at = least;
	}
}

/* The memory of the records, all written, is that of the readers now. */
static enum err
open_runs(struct sorter *sorter, struct why *w)
{
	size_t share = sorter->memory / sorter->run_count;
	enum err err = ERR_OK;

	for (size_t i = 0; i < sorter->run_count && err == ERR_OK; i++) {
		struct front *front = &sorter->fronts[i];
		front->reader =
		    spill_read(&sorter->spill, sorter->runs[i].begin,
			sorter->runs[i].end, sorter->bytes + i * share, share);
		err = spill_next(&front->reader, &front->record, w);
	}
	sorter->front_count = sorter->run_count;
	for (size_t i = sorter->front_count / 2; i > 0; i--)
		sink(sorter, i - 1);
	return err;
}

enum err
sorter_sort(struct sorter *sorter, struct why *w)
{
	if (sorter->run_count == 0) {
		sort_held(sorter);
		return ERR_OK;
	}
	enum err err = sorter->count > 0 ? write_run(sorter, w) : ERR_OK;
	if (err == ERR_OK)
		err = spill_flush(&sorter->spill, w);
	/* given back: they are not needed any more */
	free(sorter->places);
	sorter->places = NULL;
	return err == ERR_OK ? open_runs(sorter, w) : err;
}

/* The record given last stands in the first front still. */
static enum err
next_merged(struct sorter *sorter, struct span *ret, struct why *w)
{
	struct front *front = &sorter->fronts[0];

	if (sorter->next > 0 && sorter->front_count > 0) {
		enum err err = spill_next(&front->reader, &front->record, w);
		if (err != ERR_OK)
			return err;
		if (front->record.len == 0)
			*front = sorter->fronts[--sorter->front_count];
		sink(sorter, 0);
	}
	sorter->next = 1;
	*ret = sorter->front_count > 0 ? front->record : SPAN_EMPTY;
	return ERR_OK;
}

enum err
sorter_next(struct sorter *sorter, struct span *ret, struct why *w)
{
	if (sorter->run_count > 0)
		return next_merged(sorter, ret, w);
	*ret = SPAN_EMPTY;
	if (sorter->next == sorter->count)
		return ERR_OK;
	const struct place *place = &sorter->places[sorter->next++];
	*ret = span_of(place->data, place->len);
	return ERR_OK;
}
