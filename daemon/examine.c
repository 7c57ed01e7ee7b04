#include "daemon/examine.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "daemon/gist.h"
#include "daemon/limits.h"
#include "daemon/team.h"
#include "schema/judge.h"

#define SHARE 16 /* entries that a thread takes at once */

/* What one thread has. */
struct hand {
	struct txn txn;
	struct arena *arena;
	struct writer gist;
};

struct examiner {
	struct store *log;
	enum examine_depth depth;
	size_t threads;
	struct hand *hands;
	struct examined *results;

	/* the call that is under way */
	uint64_t first;
	size_t count;
	const struct keyring *keyring;
	atomic_size_t taken;
};

/* ---- one entry ---- */

struct judged {
	const struct log_entry *entry;
	struct envelope envelope;
	struct record record;
};

static enum err
compare_gist(struct hand *hand, const struct record *record,
    const char *principal, const struct log_entry *entry, struct why *w)
{
	writer_clear(&hand->gist);
	gist_pack(record, principal, &hand->gist);
	enum err err = writer_end(&hand->gist);
	if (err == ERR_MEMORY)
		return err;
	if (err != ERR_OK || !span_equal(writer_view(&hand->gist), entry->gist))
		return why(w, ERR_MISMATCH,
		    "the facts stored beside it are not its own");
	return ERR_OK;
}

/* By the keyring, if there is one; then its facts are known too. */
static enum err
judge(const struct examiner *examiner, struct hand *hand,
    const struct judged *judged, struct why *w)
{
	const struct keyring_member *member;

	if (examiner->keyring == NULL)
		return ERR_OK;
	enum err err = judge_entry(
	    examiner->keyring, &judged->envelope, &judged->record, &member, w);
	return err == ERR_OK ? compare_gist(hand, &judged->record,
				   member->principal, judged->entry, w)
			     : err;
}

static enum err
examine_record(const struct examiner *examiner, struct hand *hand,
    const struct log_entry *entry, struct examined *ret)
{
	struct judged judged = { .entry = entry };

	arena_reset(hand->arena);
	enum err err = envelope_parse_entry(
	    entry->entry, hand->arena, &judged.envelope, &ret->why);
	if (err == ERR_OK)
		err = record_parse(judged.envelope.payload, hand->arena,
		    &judged.record, &ret->why);
	if (err != ERR_OK)
		return err;
	ret->is_keyring = judged.record.kind == RECORD_KEYRING;
	if (!ret->is_keyring)
		err = judge(examiner, hand, &judged, &ret->why);
	record_done(&judged.record);
	return err;
}

/* Damage is what we look for: it must not end the transaction. */
static void
forgive(struct hand *hand)
{
	if (hand->txn.err == ERR_CORRUPT)
		hand->txn.err = ERR_OK;
}

static void
examine_one(struct examiner *examiner, struct hand *hand, uint64_t position,
    struct examined *ret)
{
	struct log_entry entry;
	struct gist gist;

	ret->err = ERR_OK;
	ret->is_keyring = false;
	ret->is_withheld = false;
	ret->is_there = store_log_get(&hand->txn, position, &entry);
	forgive(hand);
	if (!ret->is_there)
		return;
	ret->stamp_ms = entry.stamp_ms;
	ret->keyring = entry.keyring;
	ret->id = entry.leaf;
	ret->is_withheld = entry.is_withheld;
	if (!entry.is_withheld)
		ret->leaf = tree_leaf(entry.entry);
	if (gist_unpack(entry.gist, &gist) != ERR_OK)
		ret->err = why(&ret->why, ERR_CORRUPT,
		    "the facts stored beside it are not of their form");
	else
		ret->is_keyring = gist.kind == RECORD_KEYRING;
	if (ret->err == ERR_OK && examiner->depth == EXAMINE_ALL &&
	    !entry.is_withheld)
		ret->err = examine_record(examiner, hand, &entry, ret);
}

/* ---- many ---- */

static void
work(void *context, size_t number)
{
	struct examiner *examiner = context;
	struct hand *hand = &examiner->hands[number];
	size_t at;

	while ((at = atomic_fetch_add(&examiner->taken, SHARE)) <
	    examiner->count) {
		size_t end =
		    at + SHARE < examiner->count ? at + SHARE : examiner->count;
		for (; at < end && hand->txn.err == ERR_OK; at++)
			examine_one(examiner, hand, examiner->first + at,
			    &examiner->results[at]);
	}
}

enum err
examine(struct examiner *examiner, uint64_t first, size_t count,
    const struct keyring *keyring, const struct examined **ret)
{
	assert(count >= 1 && count <= EXAMINE_MAX);
	examiner->first = first;
	examiner->count = count;
	examiner->keyring = keyring;
	atomic_store(&examiner->taken, 0);
	/* the disk reads what is asked for next */
	store_log_read_ahead(&examiner->hands[0].txn,
	    first == 0 ? 0 : first + count, first + 2 * count);
	forgive(&examiner->hands[0]);
	team_run(examiner->threads, work, examiner);
	for (size_t i = 0; i < examiner->threads; i++)
		if (examiner->hands[i].txn.err != ERR_OK)
			return examiner->hands[i].txn.err;
	for (size_t i = 0; i < count; i++)
		if (examiner->results[i].err == ERR_MEMORY)
			return ERR_MEMORY;
	*ret = examiner->results;
	return ERR_OK;
}

static enum err
prepare(struct examiner *examiner)
{
	examiner->hands = calloc(examiner->threads, sizeof(*examiner->hands));
	examiner->results = calloc(EXAMINE_MAX, sizeof(*examiner->results));
	if (examiner->hands == NULL || examiner->results == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < examiner->threads; i++) {
		struct hand *hand = &examiner->hands[i];
		hand->arena = arena_new(ADMIT_ARENA_MAX);
		hand->gist = writer_heap(GIST_LEN_MAX);
		hand->txn = store_begin(examiner->log, TXN_READ);
		if (hand->txn.err != ERR_OK)
			return hand->txn.err;
		if (hand->arena == NULL)
			return ERR_MEMORY;
	}
	return ERR_OK;
}

enum err
examiner_new(struct store *log, enum examine_depth depth, size_t threads,
    struct examiner **ret)
{
	struct examiner *examiner = calloc(1, sizeof(*examiner));

	if (examiner == NULL)
		return ERR_MEMORY;
	examiner->log = log;
	examiner->depth = depth;
	examiner->threads = threads != 0 ? threads : team_size(TEAM_MAX);
	enum err err = prepare(examiner);
	if (err != ERR_OK) {
		examiner_free(examiner);
		return err;
	}
	*ret = examiner;
	return ERR_OK;
}

void
examiner_free(struct examiner *examiner)
{
	if (examiner == NULL)
		return;
	for (size_t i = 0; examiner->hands != NULL && i < examiner->threads;
	     i++) {
		struct hand *hand = &examiner->hands[i];
		if (hand->txn.store != NULL)
			txn_abort(&hand->txn);
		arena_free(hand->arena);
		writer_done(&hand->gist);
	}
	free(examiner->hands);
	free(examiner->results);
	free(examiner);
}
