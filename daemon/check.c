#include "daemon/check.h"

#include <inttypes.h>

#include "daemon/gist.h"
#include "daemon/limits.h"
#include "daemon/store_log.h"
#include "schema/judge.h"

/* A walk from entry 0 to the end, with all that is needed to judge. */
struct walk {
	struct txn *txn;
	const struct note_key *key; /* NULL: who signed keyrings is not known */
	bool must_verify;	    /* signatures too */
	FILE *out;
	struct check_result result;
	struct arena *arena;
	struct writer gist;
	uint64_t size;
	struct tree_edge edge;
	uint64_t last_stamp_ms;
	struct keyring *keyring; /* the last one below */
	uint64_t keyring_position;
	struct hash keyring_id;
	/* the checkpoint that is stored, and our root at its size */
	struct tree_head stored;
	bool has_stored;
	struct why why; /* of the entry at hand */
};

static void
fault(struct walk *walk, uint64_t position, const char *what)
{
	walk->result.faults++;
	(void)fprintf(walk->out, "entry %" PRIu64 ": %s\n", position, what);
}

/* What its own texts have said; but want of memory is no fault of the entry's. */
static void
fault_why(struct walk *walk, uint64_t position, enum err err)
{
	if (err == ERR_MEMORY)
		txn_fail(walk->txn, err);
	else
		fault(walk, position, walk->why.text);
}

static void
fault_log(struct walk *walk, const char *what)
{
	walk->result.faults++;
	(void)fprintf(walk->out, "log: %s\n", what);
}

/* Damage is what we look for: it must not end the walk. */
static void
forgive(struct walk *walk)
{
	if (walk->txn->err == ERR_CORRUPT)
		walk->txn->err = ERR_OK;
}

/* ---- one entry ---- */

/* Every hash that this entry completes, against what is stored. */
static void
check_hashes(struct walk *walk, const struct hash *leaf)
{
	uint64_t position = walk->edge.size;
	uint64_t number = tree_stored_count(position);
	struct hash made[TREE_LEVELS];
	struct hash stored;
	size_t count = tree_append(&walk->edge, leaf, made);

	for (size_t i = 0; i < count; i++) {
		bool is_there =
		    store_log_get_hash(walk->txn, number + i, &stored);
		forgive(walk);
		if (is_there && hash_equal(&stored, &made[i]))
			continue;
		fault(walk, position,
		    i == 0 ? "its stored leaf hash is not that of its bytes"
			   : "a tree hash that it completes is wrong");
	}
}

/* Takes a new keyring into the walk's hands. */
static enum err
judge_new_keyring(struct walk *walk, const struct envelope *envelope,
    uint64_t position, const struct hash *leaf)
{
	struct keyring *keyring;
	const struct hash *before = position == 0 ? NULL : &walk->keyring_id;
	enum err err;

	if (walk->key != NULL) {
		struct judge_log log = { .origin = walk->key->name,
			.key = walk->key->key };
		err =
		    judge_keyring(&log, envelope, before, &keyring, &walk->why);
	} else {
		err = keyring_parse(envelope->payload, &keyring, &walk->why);
	}
	if (err != ERR_OK)
		return err;
	keyring_free(walk->keyring);
	walk->keyring = keyring;
	walk->keyring_position = position;
	walk->keyring_id = *leaf;
	return ERR_OK;
}

/* By the last keyring below it, and nothing else; gives its principal. */
static enum err
judge(struct walk *walk, const struct envelope *envelope,
    const struct record *record, const struct hash *leaf,
    const char **ret_principal)
{
	const struct keyring_member *member;
	uint64_t position = walk->edge.size - 1;

	if (record->kind == RECORD_KEYRING) {
		enum err err =
		    judge_new_keyring(walk, envelope, position, leaf);
		if (err == ERR_OK)
			*ret_principal = walk->keyring->origin;
		return err;
	}
	if (walk->keyring == NULL)
		return why(
		    &walk->why, ERR_REFUSED, "no keyring stands below it");
	enum err err = walk->must_verify
	    ? judge_entry(walk->keyring, envelope, record, &member, &walk->why)
	    : judge_signer(
		  walk->keyring, envelope->keyid, record, &member, &walk->why);
	if (err == ERR_OK)
		*ret_principal = member->principal;
	return err;
}

static void
check_gist(struct walk *walk, const struct record *record,
    const char *principal, struct span stored)
{
	writer_clear(&walk->gist);
	gist_pack(record, principal, &walk->gist);
	if (writer_end(&walk->gist) == ERR_MEMORY)
		txn_fail(walk->txn, ERR_MEMORY);
	else if (writer_end(&walk->gist) != ERR_OK ||
	    !span_equal(writer_view(&walk->gist), stored))
		fault(walk, walk->edge.size - 1,
		    "the facts stored beside it are not its own");
}

static void
check_record(
    struct walk *walk, const struct log_entry *entry, const struct hash *leaf)
{
	uint64_t position = walk->edge.size - 1;
	struct envelope envelope;
	struct record record;
	const char *principal = NULL;
	/* by the keyring before, if it is itself one */
	uint64_t judged_by = walk->keyring_position;

	arena_reset(walk->arena);
	enum err err = envelope_parse_entry(
	    entry->entry, walk->arena, &envelope, &walk->why);
	if (err == ERR_OK)
		err = record_parse(
		    envelope.payload, walk->arena, &record, &walk->why);
	if (err != ERR_OK) {
		fault_why(walk, position, err);
		return;
	}
	if (entry->keyring != judged_by)
		fault(walk, position, "it names another keyring as its judge");
	err = judge(walk, &envelope, &record, leaf, &principal);
	if (err != ERR_OK)
		fault_why(walk, position, err);
	else
		check_gist(walk, &record, principal, entry->gist);
	record_done(&record);
}

/* Its bytes are gone: the stored leaf hash is taken for them, and the root over
 * all of them shows that it is the right one. */
static void
take_withheld(struct walk *walk, struct hash *leaf)
{
	uint64_t position = walk->edge.size;
	struct tree_position place = { .level = 0, .n = position };
	struct span reason = store_log_reason(walk->txn, position);

	walk->result.withheld++;
	(void)fprintf(walk->out, "entry %" PRIu64 ": withheld%s%.*s\n",
	    position, reason.len > 0 ? ": " : "", SPAN_ARGS(reason));
	(void)store_log_get_node(walk->txn, place, leaf);
}

static void
check_entry(struct walk *walk)
{
	uint64_t position = walk->edge.size;
	struct log_entry entry = { .entry = SPAN_EMPTY };
	bool is_there = store_log_get(walk->txn, position, &entry);

	forgive(walk);
	if (!is_there)
		fault(walk, position, "missing or not of the stored form");
	struct hash leaf = tree_leaf(entry.entry);
	if (entry.is_withheld)
		take_withheld(walk, &leaf);
	check_hashes(walk, &leaf);
	if (!is_there)
		return;
	if (entry.stamp_ms < walk->last_stamp_ms)
		fault(walk, position,
		    "its time is before that of the one "
		    "below it");
	walk->last_stamp_ms = entry.stamp_ms;
	if (!entry.is_withheld)
		check_record(walk, &entry, &leaf);
}

/* ---- the whole ---- */

static void
check_stored(struct walk *walk)
{
	struct span note = store_log_get_checkpoint(walk->txn);
	struct checkpoint checkpoint;
	struct note parsed;
	struct why w = { 0 };

	if (note.len == 0)
		return;
	enum err err = walk->key != NULL
	    ? checkpoint_verify(note, walk->key, &checkpoint, &w)
	    : note_parse(note, &parsed, &w);
	if (err == ERR_OK && walk->key == NULL)
		err = checkpoint_parse(parsed.text, &checkpoint, &w);
	if (err != ERR_OK) {
		fault_log(walk, w.text);
		return;
	}
	if (checkpoint.head.size > walk->size)
		fault_log(walk, "it ends below its own stored checkpoint");
	walk->stored = checkpoint.head;
	walk->has_stored = true;
}

static void
check_root(struct walk *walk)
{
	if (!walk->has_stored || walk->edge.size != walk->stored.size)
		return;
	struct hash root = tree_edge_root(&walk->edge);
	if (!hash_equal(&root, &walk->stored.root))
		fault_log(walk,
		    "its entries do not make the root of its "
		    "stored checkpoint");
}

static void
check_end(struct walk *walk)
{
	struct hash hash;

	if (store_log_get_hash(walk->txn, tree_stored_count(walk->size), &hash))
		fault_log(walk, "hashes are stored that no entry makes");
}

static enum err
walk_init(
    struct walk *walk, struct txn *txn, const struct note_key *key, FILE *out)
{
	*walk = (struct walk){
		.txn = txn,
		.key = key,
		.out = out,
		.arena = arena_new(ADMIT_ARENA_MAX),
		.gist = writer_heap(GIST_LEN_MAX),
		.size = store_log_size(txn),
	};
	return walk->arena == NULL ? ERR_MEMORY : txn->err;
}

static void
walk_done(struct walk *walk)
{
	arena_free(walk->arena);
	writer_done(&walk->gist);
	keyring_free(walk->keyring);
}

static enum err
walk_all(struct walk *walk, struct why *w)
{
	check_stored(walk);
	while (walk->edge.size < walk->size && walk->txn->err == ERR_OK) {
		check_entry(walk);
		check_root(walk);
	}
	check_end(walk);
	walk->result.entries = walk->size;
	forgive(walk);
	return walk->txn->err == ERR_OK
	    ? ERR_OK
	    : why(w, walk->txn->err, "log: cannot be read (%s)",
		  err_text(walk->txn->err));
}

enum err
check_log(struct store *log, const struct note_key *key, FILE *out,
    struct check_result *ret, struct why *w)
{
	struct txn txn = store_begin(log, TXN_READ);
	struct walk walk;

	enum err err = walk_init(&walk, &txn, key, out);
	walk.must_verify = true;
	if (err != ERR_OK)
		err = why(w, err, "log: cannot be read (%s)", err_text(err));
	else
		err = walk_all(&walk, w);
	if (err == ERR_OK && key == NULL)
		(void)fputs("log: no key was given, so keyrings and checkpoint "
			    "were not verified\n",
		    out);
	if (err == ERR_OK)
		*ret = walk.result;
	walk_done(&walk);
	txn_abort(&txn);
	return err;
}

enum err
check_facts(
    struct store *log, FILE *out, struct check_result *ret, struct why *w)
{
	struct txn txn = store_begin(log, TXN_READ);
	struct walk walk;

	enum err err = walk_init(&walk, &txn, NULL, out);
	if (err != ERR_OK)
		err = why(w, err, "log: cannot be read (%s)", err_text(err));
	else
		err = walk_all(&walk, w);
	if (err == ERR_OK)
		*ret = walk.result;
	walk_done(&walk);
	txn_abort(&txn);
	return err;
}
