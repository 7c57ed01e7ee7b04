#include "daemon/gather.h"

#include <assert.h>

/* A list that is hung at its end. */
struct list {
	struct submission *first;
	struct submission **end;
};

static void
hang(struct list *list, struct submission *s)
{
	s->next = NULL;
	*list->end = s;
	list->end = &s->next;
}

static bool
is_fit(const struct gather *g, struct submission *s)
{
	if (s->admitted.keyring == g->keyring_position)
		return true;
	s->err = admit_again(g->keyring, &s->admitted, &s->why);
	s->admitted.keyring = g->keyring_position;
	return s->err == ERR_OK;
}

/* Refuses whom the keyring of this batch no longer has; gives the rest. */
static struct submission *
judge_again(const struct gather *g, struct submission *first)
{
	struct list kept = { .end = &kept.first };

	while (first != NULL) {
		struct submission *s = first;
		first = s->next;
		if (is_fit(g, s)) {
			hang(&kept, s);
			continue;
		}
		s->next = NULL;
		s->done(s);
	}
	return kept.first;
}

/* Marks those that are in the log.  The order makes it exact: an id leaves
 * `recent` only when the index holds it, so one that is not there is in a snapshot
 * opened afterwards, or new. */
static enum err
find_known(struct gather *g, struct submission *first, struct why *w)
{
	for (struct submission *s = first; s != NULL; s = s->next)
		s->is_duplicate = recent_find(
		    g->ledger->recent, &s->admitted.id, &s->position);
	struct txn index = store_begin(g->ledger->index, TXN_READ);
	struct txn log = store_begin(g->ledger->log, TXN_READ);
	for (struct submission *s = first; s != NULL; s = s->next) {
		if (!s->is_duplicate)
			s->is_duplicate = ledger_find_indexed(
			    &index, &log, &s->admitted.id, &s->position);
	}
	enum err log_err = txn_end(&log);
	enum err index_err = txn_end(&index);
	if (log_err != ERR_OK)
		return why(w, log_err, "log: cannot be read");
	if (index_err != ERR_OK)
		return why(w, index_err, "index: cannot be read");
	return ERR_OK;
}

static void
append(struct gather *g, struct submission *s)
{
	struct log_entry entry = {
		.keyring = g->keyring_position,
		.leaf = s->admitted.id,
		.gist = s->admitted.gist,
		.entry = s->admitted.entry,
	};

	s->position = grow_add(g->growth, &entry);
	/* not visible before it is published, but a duplicate of it is known */
	bool has_room =
	    recent_add(g->ledger->recent, &s->admitted.id, s->position);
	assert(has_room); /* the sequencer waits for room before it takes */
}

/* Gives each its position, or its answer. */
static struct submission *
place(struct gather *g, struct submission *first)
{
	struct list waiters = { .end = &waiters.first };

	while (first != NULL) {
		struct submission *s = first;
		first = s->next;
		s->next = NULL;
		/* the same twice in one batch: known only now */
		if (!s->is_duplicate)
			s->is_duplicate = recent_find(
			    g->ledger->recent, &s->admitted.id, &s->position);
		if (!s->is_duplicate)
			append(g, s);
		if (s->position >= g->growth->first)
			hang(&waiters, s);
		else if (sealer_join(g->sealer, s))
			continue;
		else if (s->position < published_size(g->ledger->published))
			batch_answer(s);
		else
			batch_refuse(s, LEDGER_FAILED_TEXT);
	}
	return waiters.first;
}

enum err
gather(struct gather *g, struct submission *first, struct why *w)
{
	g->waiters = judge_again(g, first);
	if (g->waiters == NULL)
		return ERR_OK;
	enum err err = find_known(g, g->waiters, w);
	if (err == ERR_OK)
		g->waiters = place(g, g->waiters);
	return err;
}
