#include "daemon/index_merge.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "daemon/limits.h"

#define BUFFER_KEYS_MIN 256
#define BUFFER_KEYS_MAX 65536

/* One run, as far as it was read. */
struct reading {
	struct index_place *buffer;
	size_t count; /* in the buffer */
	size_t taken;
	uint64_t at; /* in the file, of what comes after the buffer */
	uint64_t left;
};

/* The first that a run still has. */
struct head {
	struct index_place place;
	struct reading *reading;
};

struct index_merge {
	int fd;
	size_t buffer_keys;
	struct index_place *buffers;
	struct reading *readings;
	struct head *heap; /* each is not above its two children */
	size_t heap_count;
	struct index_place last;
	bool has_last;
	enum err err;
};

static bool
is_below(const struct index_place *a, const struct index_place *b)
{
	return a->place != b->place ? a->place < b->place
				    : a->position < b->position;
}

static enum err
fill(struct index_merge *merge, struct reading *reading)
{
	size_t want = reading->left < merge->buffer_keys ? (size_t)reading->left
							 : merge->buffer_keys;
	uint8_t *bytes = (uint8_t *)reading->buffer;
	size_t len = want * sizeof(*reading->buffer);
	uint64_t at = reading->at * sizeof(*reading->buffer);

	while (len > 0) {
		ssize_t done = pread(merge->fd, bytes, len, (off_t)at);
		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return ERR_IO;
		bytes += done;
		len -= (size_t)done;
		at += (uint64_t)done;
	}
	reading->at += want;
	reading->left -= want;
	reading->count = want;
	reading->taken = 0;
	return ERR_OK;
}

/* False when the run has no more, or cannot be read. */
static bool
take(
    struct index_merge *merge, struct reading *reading, struct index_place *ret)
{
	if (reading->taken == reading->count) {
		if (reading->left == 0 || merge->err != ERR_OK)
			return false;
		merge->err = fill(merge, reading);
		if (merge->err != ERR_OK)
			return false;
	}
	*ret = reading->buffer[reading->taken++];
	return true;
}

/* Lets the head at `at` sink to where it belongs. */
static void
sink(struct index_merge *merge, size_t at)
{
	struct head *heap = merge->heap;
	struct head sinking = heap[at];
	size_t child;

	while ((child = at * 2 + 1) < merge->heap_count) {
		if (child + 1 < merge->heap_count &&
		    is_below(&heap[child + 1].place, &heap[child].place))
			child++;
		if (!is_below(&heap[child].place, &sinking.place))
			break;
		heap[at] = heap[child];
		at = child;
	}
	heap[at] = sinking;
}

static bool
next(struct index_merge *merge, struct index_place *ret)
{
	struct head *top = merge->heap;

	if (merge->heap_count == 0 || merge->err != ERR_OK)
		return false;
	*ret = top->place;
	if (!take(merge, top->reading, &top->place))
		*top = merge->heap[--merge->heap_count];
	sink(merge, 0);
	return true;
}

bool
index_merge_next(
    struct index_merge *merge, struct index_place *ret, enum err *ret_err)
{
	struct index_place place;

	while (next(merge, &place)) {
		/* a record may have a place twice */
		if (merge->has_last && !is_below(&merge->last, &place))
			continue;
		merge->last = place;
		merge->has_last = true;
		*ret = place;
		return true;
	}
	*ret_err = merge->err;
	return false;
}

static enum err
open_runs(struct index_merge *merge, const struct index_run *runs, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct reading *reading = &merge->readings[i];
		struct head *head = &merge->heap[merge->heap_count];
		reading->buffer = merge->buffers + i * merge->buffer_keys;
		reading->at = runs[i].at;
		reading->left = runs[i].count;
		head->reading = reading;
		if (take(merge, reading, &head->place))
			merge->heap_count++;
	}
	for (size_t i = merge->heap_count / 2; i > 0; i--)
		sink(merge, i - 1);
	return merge->err;
}

static size_t
buffer_keys_for(size_t runs)
{
	size_t keys = INDEX_MERGED_KEYS / runs;

	if (keys < BUFFER_KEYS_MIN)
		return BUFFER_KEYS_MIN;
	return keys < BUFFER_KEYS_MAX ? keys : BUFFER_KEYS_MAX;
}

enum err
index_merge_new(int fd, const struct index_run *runs, size_t count,
    struct index_merge **ret)
{
	struct index_merge *merge = calloc(1, sizeof(*merge));
	size_t room = count > 0 ? count : 1;

	if (merge == NULL)
		return ERR_MEMORY;
	merge->fd = fd;
	merge->buffer_keys = buffer_keys_for(room);
	merge->buffers =
	    calloc(room * merge->buffer_keys, sizeof(*merge->buffers));
	merge->readings = calloc(room, sizeof(*merge->readings));
	merge->heap = calloc(room, sizeof(*merge->heap));
	enum err err = ERR_MEMORY;
	if (merge->buffers != NULL && merge->readings != NULL &&
	    merge->heap != NULL)
		err = open_runs(merge, runs, count);
	if (err != ERR_OK) {
		index_merge_free(merge);
		return err;
	}
	*ret = merge;
	return ERR_OK;
}

void
index_merge_free(struct index_merge *merge)
{
	if (merge == NULL)
		return;
	free(merge->buffers);
	free(merge->readings);
	free(merge->heap);
	free(merge);
}
