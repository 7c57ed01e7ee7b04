#include "daemon/check.h"

#include <inttypes.h>

#include "daemon/check_tree.h"
#include "daemon/gist.h"
#include "daemon/keyring_blob.h"
#include "daemon/limits.h"
#include "schema/judge.h"

#define NONE UINT64_MAX
#define COUNT_MIN 64 /* entries at once, after a keyring: another may follow */

/* A walk from entry 0 to the end, with all that is needed to judge. */
struct walk {
	const struct check_job *job;
	struct txn *txn;
	struct examiner *examiner;
	struct check_result result;
	struct arena *arena;
	struct writer gist;
	struct check_tree tree;
	uint64_t last_stamp_ms;
	struct keyring
	    *keyring; /* the last one below; NULL: nothing is judged */
	uint64_t keyring_position;
	struct hash keyring_id;
	uint64_t suspect; /* damaged, and may be a keyring: NONE */
	struct hash suspect_id;
	bool is_unjudged; /* their keyring is damaged */
	struct why why;	  /* of the entry at hand */
};

static void
fault(struct walk *walk, uint64_t position, const char *what)
{
	check_tree_fault(&walk->tree, position, what);
}

static void
fault_log(struct walk *walk, const char *what)
{
	walk->tree.faults++;
	(void)fprintf(walk->job->out, "log: %s\n", what);
}

/* Damage is what we look for: it must not end the walk. */
static void
forgive(struct walk *walk)
{
	if (walk->txn->err == ERR_CORRUPT)
		walk->txn->err = ERR_OK;
}

/* ---- keyrings ---- */

/* Takes a new keyring into the walk's hands. */
static void
put_keyring(struct walk *walk, struct keyring *keyring, uint64_t position,
    const struct hash *leaf)
{
	keyring_free(walk->keyring);
	walk->keyring = keyring;
	walk->keyring_position = position;
	walk->keyring_id = *leaf;
	walk->suspect = NONE;
	walk->is_unjudged = false;
}

static enum err
parse_keyring(struct walk *walk, const struct log_entry *entry,
    const struct envelope *envelope, uint64_t position, struct keyring **ret)
{
	const struct note_key *key = walk->job->key;
	const struct hash *before = position == 0 ? NULL : &walk->keyring_id;
	struct keyring_source lines = keyring_blob_source(walk->job->blobs);
	struct record record;
	enum err err;

	if (key != NULL) {
		struct judge_log log = { key->name, key->key, &lines };
		err = judge_keyring(&log, envelope, before, ret, &walk->why);
	} else {
		err = keyring_parse(envelope->payload, &lines, ret, &walk->why);
	}
	if (err == ERR_OK)
		err = record_parse(
		    envelope->payload, walk->arena, &record, &walk->why);
	if (err != ERR_OK)
		return err;
	writer_clear(&walk->gist);
	gist_pack(&record, (*ret)->origin, &walk->gist);
	record_done(&record);
	err = writer_end(&walk->gist);
	if (err == ERR_MEMORY)
		return err;
	if (err != ERR_OK || !span_equal(writer_view(&walk->gist), entry->gist))
		fault(walk, position,
		    "the facts stored beside it are not its own");
	return ERR_OK;
}

static void
check_keyring(struct walk *walk, uint64_t position, const struct hash *leaf)
{
	struct keyring *keyring = NULL;
	struct envelope envelope;
	struct log_entry entry;
	enum err err = ERR_CORRUPT;

	arena_reset(walk->arena);
	if (store_log_get(walk->txn, position, &entry))
		err = envelope_parse_entry(
		    entry.entry, walk->arena, &envelope, &walk->why);
	if (err == ERR_OK)
		err =
		    parse_keyring(walk, &entry, &envelope, position, &keyring);
	if (err == ERR_OK) {
		put_keyring(walk, keyring, position, leaf);
		return;
	}
	keyring_free(keyring);
	if (err == ERR_MEMORY) {
		txn_fail(walk->txn, err);
		return;
	}
	fault(walk, position, walk->why.text);
	walk->suspect = position;
	walk->suspect_id = *leaf;
}

/* An entry by whose keyring others were judged is damaged: that is one fault, not
 * one of each of them.  True when it has just come to that. */
static bool
loses_keyring(struct walk *walk, const struct examined *found)
{
	if (walk->suspect == NONE || !found->is_there ||
	    found->keyring != walk->suspect)
		return false;
	if (!walk->job->is_quick)
		(void)fprintf(walk->job->out,
		    "entry %" PRIu64
		    ": not judged, nor are those that follow: entry "
		    "%" PRIu64 ", their keyring, is damaged\n",
		    walk->tree.edge.size, walk->suspect);
	put_keyring(walk, NULL, walk->suspect, &walk->suspect_id);
	walk->is_unjudged = true;
	return true;
}

/* ---- one entry ---- */

static void
tell_withheld(struct walk *walk, uint64_t position)
{
	struct span reason = store_log_reason(walk->txn, position);

	walk->result.withheld++;
	(void)fprintf(walk->job->out, "entry %" PRIu64 ": withheld%s%.*s\n",
	    position, reason.len > 0 ? ": " : "", SPAN_ARGS(reason));
}

/* What stands beside it: its time, and by what it was judged. */
static void
check_facts(struct walk *walk, const struct examined *found, uint64_t position,
    const struct hash *leaf)
{
	bool is_early = found->stamp_ms < walk->last_stamp_ms;
	/* by the keyring before, if it is itself one */
	bool is_judged_so = found->keyring == walk->keyring_position;

	walk->last_stamp_ms = found->stamp_ms;
	if (is_early)
		fault(walk, position,
		    "its time is before that of the one below it");
	if (!is_judged_so)
		fault(walk, position, "it names another keyring as its judge");
	else if (!hash_equal(&found->id, leaf))
		fault(walk, position,
		    "the leaf hash stored beside it is not its own");
	else if (found->err != ERR_OK)
		fault(walk, position, found->why.text);
	else if (found->is_keyring && walk->job->is_quick)
		put_keyring(walk, NULL, position, leaf);
	else if (found->is_keyring)
		check_keyring(walk, position, leaf);
	else if (walk->keyring == NULL && !walk->is_unjudged &&
	    !walk->job->is_quick)
		fault(walk, position, "no keyring stands below it");
}

static void
check_entry(struct walk *walk, const struct examined *found)
{
	uint64_t position = walk->tree.edge.size;
	struct hash leaf;
	bool is_whole = check_tree_leaf(&walk->tree, found, &leaf);

	check_tree_append(&walk->tree, &leaf);
	if (!found->is_there)
		fault(walk, position, "missing or not of the stored form");
	if (found->is_withheld)
		tell_withheld(walk, position);
	if (is_whole) {
		check_facts(walk, found, position, &leaf);
		return;
	}
	if (!found->is_there || found->is_keyring) {
		walk->suspect = position;
		walk->suspect_id = leaf;
	}
}

/* ---- the whole ---- */

static void
check_stored(struct walk *walk)
{
	const struct note_key *key = walk->job->key;
	struct span note = store_log_get_checkpoint(walk->txn);
	struct checkpoint checkpoint;
	struct note parsed;
	struct why w = { 0 };

	if (note.len == 0)
		return;
	enum err err = key != NULL
	    ? checkpoint_verify(note, key, &checkpoint, &w)
	    : note_parse(note, &parsed, &w);
	if (err == ERR_OK && key == NULL)
		err = checkpoint_parse(parsed.text, &checkpoint, &w);
	if (err != ERR_OK) {
		fault_log(walk, w.text);
		return;
	}
	if (checkpoint.head.size > walk->tree.size)
		fault_log(walk, "it ends below its own stored checkpoint");
	walk->tree.stored = checkpoint.head;
	walk->tree.has_stored = true;
}

static void
check_end(struct walk *walk)
{
	struct hash hash;

	if (store_log_get_hash(
		walk->txn, tree_stored_count(walk->tree.size), &hash))
		fault_log(walk, "hashes are stored that no entry makes");
}

/* As many as one keyring judges; gives how many next. */
static size_t
check_some(struct walk *walk, size_t count)
{
	const struct keyring *keyring = walk->keyring;
	const struct examined *found;
	enum err err = examine(
	    walk->examiner, walk->tree.edge.size, count, keyring, &found);

	if (err != ERR_OK)
		txn_fail(walk->txn, err);
	for (size_t i = 0; i < count && walk->txn->err == ERR_OK; i++) {
		if (loses_keyring(walk, &found[i]))
			return COUNT_MIN;
		check_entry(walk, &found[i]);
		if (walk->keyring != keyring)
			return COUNT_MIN;
	}
	return count * 2 < EXAMINE_MAX ? count * 2 : EXAMINE_MAX;
}

static enum err
walk_all(struct walk *walk)
{
	size_t count = COUNT_MIN;

	check_stored(walk);
	while (walk->tree.edge.size < walk->tree.size &&
	    walk->txn->err == ERR_OK) {
		uint64_t left = walk->tree.size - walk->tree.edge.size;
		count = check_some(walk, left < count ? (size_t)left : count);
	}
	check_end(walk);
	walk->result.entries = walk->tree.size;
	walk->result.faults = walk->tree.faults;
	forgive(walk);
	return walk->txn->err;
}

static enum err
walk_init(struct walk *walk, struct txn *txn, const struct check_job *job)
{
	*walk = (struct walk){
		.job = job,
		.txn = txn,
		.arena = arena_new(ADMIT_ARENA_MAX),
		.gist = writer_heap(GIST_LEN_MAX),
		.tree = { .txn = txn,
		    .out = job->out,
		    .damage = job->damage,
		    .size = store_log_size(txn) },
		.suspect = NONE,
	};
	if (walk->arena == NULL)
		return ERR_MEMORY;
	if (txn->err != ERR_OK)
		return txn->err;
	return examiner_new(job->log,
	    job->is_quick ? EXAMINE_BYTES : EXAMINE_ALL, job->threads,
	    &walk->examiner);
}

static void
walk_done(struct walk *walk)
{
	examiner_free(walk->examiner);
	arena_free(walk->arena);
	writer_done(&walk->gist);
	keyring_free(walk->keyring);
}

enum err
check_log(const struct check_job *job, struct check_result *ret, struct why *w)
{
	struct txn txn = store_begin(job->log, TXN_READ);
	struct walk walk;

	enum err err = walk_init(&walk, &txn, job);
	if (err == ERR_OK)
		err = walk_all(&walk);
	if (err != ERR_OK)
		err = why(w, err, "log: cannot be read (%s)", err_text(err));
	else
		*ret = walk.result;
	if (err == ERR_OK && job->key == NULL)
		(void)fputs("log: no key was given, so keyrings and checkpoint "
			    "were not verified\n",
		    job->out);
	walk_done(&walk);
	txn_abort(&txn);
	return err;
}
