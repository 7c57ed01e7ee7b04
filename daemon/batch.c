#include "daemon/batch.h"

#include <assert.h>
#include <stdlib.h>

#include "daemon/lock.h"
#include "daemon/metric.h"

struct batch {
	struct lock lock;
	size_t entries_max; /* fixed at birth */
	size_t bytes_max;
	struct submission *first; /* under lock, as all below */
	struct submission **end;  /* where the next one is hung */
	size_t count;
	size_t bytes;
	bool is_woken;
	bool is_closed;
};

struct batch *
batch_new(size_t entries_max, size_t bytes_max)
{
	struct batch *batch = calloc(1, sizeof(*batch));

	if (batch == NULL)
		return NULL;
	lock_init(&batch->lock);
	batch->entries_max = entries_max;
	batch->bytes_max = bytes_max;
	batch->end = &batch->first;
	return batch;
}

void
batch_free(struct batch *batch)
{
	if (batch == NULL)
		return;
	assert(batch->first == NULL);
	lock_done(&batch->lock);
	free(batch);
}

/* `count` more of `bytes` in all, or `count` fewer. */
static void
account(struct batch *batch, size_t count, size_t bytes)
{
	batch->count += count;
	batch->bytes += bytes;
	metric_set(METRIC_QUEUE, batch->count);
}

static enum err
add(struct batch *batch, struct submission *first, size_t count, struct why *w)
{
	struct submission *last = NULL;
	size_t seen = 0;
	size_t bytes = 0;

	for (struct submission *s = first; s != NULL; s = s->next) {
		bytes += s->admitted.entry.len;
		seen++;
		last = s;
	}
	assert(seen == count);
	if (batch->is_closed)
		return why(w, ERR_BUSY, "the log is stopping, try again later");
	if (count > batch->entries_max - batch->count ||
	    bytes > batch->bytes_max - batch->bytes)
		return why(w, ERR_BUSY,
		    "%zu entries wait to be logged already, try again later",
		    batch->count);
	if (last == NULL)
		return ERR_OK;
	*batch->end = first;
	batch->end = &last->next;
	account(batch, count, bytes);
	return ERR_OK;
}

enum err
batch_add(
    struct batch *batch, struct submission *first, size_t count, struct why *w)
{
	lock_take(&batch->lock);
	enum err err = add(batch, first, count, w);
	lock_drop(&batch->lock);
	if (err == ERR_OK)
		lock_signal(&batch->lock);
	return err;
}

/* At most `max` from the front, as a list of its own. */
static struct submission *
cut(struct batch *batch, size_t max)
{
	struct submission *first = batch->first;
	struct submission **link = &batch->first;

	while (*link != NULL && max-- > 0) {
		account(batch, (size_t)-1, 0 - (*link)->admitted.entry.len);
		link = &(*link)->next;
	}
	struct submission *rest = *link;
	if (link == &batch->first)
		return NULL;
	*link = NULL;
	batch->first = rest;
	if (rest == NULL)
		batch->end = &batch->first;
	return first;
}

struct submission *
batch_take(struct batch *batch, size_t max, uint64_t until_ms, bool *ret_closed)
{
	bool is_waiting = true;

	lock_take(&batch->lock);
	while (is_waiting && batch->first == NULL && !batch->is_woken &&
	    !batch->is_closed)
		is_waiting = lock_wait(&batch->lock, until_ms);
	struct submission *taken = cut(batch, max);
	batch->is_woken = false;
	*ret_closed = batch->is_closed && taken == NULL;
	lock_drop(&batch->lock);
	return taken;
}

void
batch_wake(struct batch *batch)
{
	lock_take(&batch->lock);
	batch->is_woken = true;
	lock_signal(&batch->lock);
	lock_drop(&batch->lock);
}

void
batch_close(struct batch *batch)
{
	lock_take(&batch->lock);
	batch->is_closed = true;
	lock_signal(&batch->lock);
	lock_drop(&batch->lock);
}

/* Takes those past their deadline out, in order. */
static struct submission *
cut_expired(struct batch *batch, uint64_t now_ms)
{
	struct submission *expired = NULL;
	struct submission **end = &expired;
	struct submission **link = &batch->first;

	while (*link != NULL) {
		struct submission *s = *link;
		if (s->deadline_ms > now_ms) {
			link = &s->next;
			continue;
		}
		account(batch, (size_t)-1, 0 - s->admitted.entry.len);
		*link = s->next;
		s->next = NULL;
		*end = s;
		end = &s->next;
	}
	batch->end = link;
	return expired;
}

void
batch_expire(struct batch *batch, uint64_t now_ms)
{
	lock_take(&batch->lock);
	struct submission *expired = cut_expired(batch, now_ms);
	lock_drop(&batch->lock);
	batch_refuse(
	    expired, "it waited too long to be logged, try again later");
}

size_t
batch_count(struct batch *batch)
{
	lock_take(&batch->lock);
	size_t count = batch->count;
	lock_drop(&batch->lock);
	return count;
}

void
batch_answer(struct submission *first)
{
	while (first != NULL) {
		struct submission *s = first;
		first = s->next; /* s is gone once it was answered */
		s->next = NULL;
		s->err = ERR_OK;
		metric_add(
		    s->is_duplicate ? METRIC_DUPLICATES : METRIC_RECORDS, 1);
		s->done(s);
	}
}

void
batch_refuse(struct submission *first, const char *sentence)
{
	while (first != NULL) {
		struct submission *s = first;
		first = s->next;
		s->next = NULL;
		s->err = why(&s->why, ERR_BUSY, "%s", sentence);
		s->done(s);
	}
}
