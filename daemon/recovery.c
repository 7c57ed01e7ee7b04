#include "daemon/recovery.h"

#include <inttypes.h>

#include "daemon/keyring_blob.h"
#include "daemon/limits.h"
#include "daemon/prove.h"
#include "schema/judge.h"

#define WAYS_OUT \
	"put the newer copy of the log back; a log that is lost must not be " \
	"continued by this key"

enum err
recovery_refuse(struct recovery *s, enum refusal refusal, enum err err)
{
	s->refusal = refusal;
	return err;
}

/* A failure to read: the disk's, or contradicting bytes. */
enum err
recovery_unreadable(struct recovery *s, enum err err)
{
	/* a keyring's lines: the sentence says which, and how to get them back */
	if (err == ERR_MISSING)
		return recovery_refuse(s, REFUSAL_DAMAGED, err);
	return recovery_refuse(s,
	    err == ERR_CORRUPT || err == ERR_DIVERGED ? REFUSAL_DAMAGED
						      : REFUSAL_IO,
	    why(s->w, err,
		"log: cannot be read (%s); `headwaterd --check` "
		"says where",
		err_text(err)));
}

/* ---- whose log is it ---- */

/* The keyring record at `position`, whose predecessor stands at `before`. */
enum err
recovery_load_keyring(struct recovery *s, struct txn *txn, uint64_t position,
    struct keyring **ret)
{
	struct keyring_source lines = keyring_blob_source(s->ledger->blobs);
	struct judge_log log = {
		.origin = s->ledger->key.name,
		.key = s->ledger->key.key,
		.lines = &lines,
	};
	struct log_entry entry;
	struct envelope envelope;
	struct hash before_id;
	bool is_first = position == 0;

	if (!store_log_get_checked(txn, position, &entry))
		return ERR_CORRUPT;
	if (!is_first &&
	    !store_log_get_node(
		txn, (struct tree_position){ .n = entry.keyring }, &before_id))
		return ERR_CORRUPT;
	arena_reset(s->arena);
	enum err err =
	    envelope_parse_entry(entry.entry, s->arena, &envelope, s->w);
	if (err != ERR_OK)
		return err == ERR_MEMORY ? err : ERR_CORRUPT;
	return judge_keyring(
	    &log, &envelope, is_first ? NULL : &before_id, ret, s->w);
}

/* Entry 0 names the origin and is signed by the log key. */
static enum err
check_owner(struct recovery *s, struct txn *txn)
{
	struct keyring *keyring = NULL;
	struct why *w = s->w;

	enum err err = recovery_load_keyring(s, txn, 0, &keyring);
	keyring_free(keyring);
	if (err == ERR_OK)
		return ERR_OK;
	if (txn->err != ERR_OK)
		err = txn->err;
	/* want of memory says nothing about whose log it is */
	if (err == ERR_MISSING || err_class(err) != ERR_CLASS_INPUT)
		return recovery_unreadable(s, err);
	why_prefix(w, "key: this is the log of another key (entry 0)");
	return recovery_refuse(s, REFUSAL_FOREIGN, err);
}

/* The checkpoint stored with the last commit binds what lies below it. */
static enum err
check_stored(struct recovery *s, struct txn *txn)
{
	struct span note = store_log_get_checkpoint(txn);
	struct checkpoint checkpoint;
	struct hash root;

	if (note.len == 0)
		return ERR_OK;
	if (checkpoint_verify(note, &s->ledger->key, &checkpoint, s->w) !=
	    ERR_OK) {
		why_prefix(s->w, "the checkpoint stored in the log");
		return recovery_refuse(s, REFUSAL_FOREIGN, ERR_MISMATCH);
	}
	s->stored = checkpoint.head.size;
	if (s->stored > s->size)
		return recovery_refuse(s, REFUSAL_DAMAGED,
		    why(s->w, ERR_CORRUPT,
			"log: it has %" PRIu64 " entries, but its own "
			"checkpoint is of %" PRIu64,
			s->size, s->stored));
	enum err err = prove_root(txn, s->stored, &root);
	if (err != ERR_OK)
		return recovery_unreadable(s, err);
	if (!hash_equal(&root, &checkpoint.head.root))
		return recovery_refuse(s, REFUSAL_DAMAGED,
		    why(s->w, ERR_DIVERGED,
			"log: its hashes do not make the root of its own "
			"checkpoint at size %" PRIu64
			"; `headwaterd --check` says where",
			s->stored));
	return ERR_OK;
}

/* ---- log and signer ---- */

/* What the signer has signed must be a beginning of what is here. */
static enum err
check_signer(struct recovery *s, struct txn *txn)
{
	struct tree_head *head = &s->signed_head;
	struct hash root;

	if (head->size > s->size)
		return recovery_refuse(s, REFUSAL_BEHIND,
		    why(s->w, ERR_REFUSED,
			"log: it has %" PRIu64 " entries, but its signer has "
			"signed %" PRIu64 ": %s",
			s->size, head->size, WAYS_OUT));
	enum err err = prove_root(txn, head->size, &root);
	if (err != ERR_OK)
		return recovery_unreadable(s, err);
	if (!hash_equal(&root, &head->root))
		return recovery_refuse(s, REFUSAL_DAMAGED,
		    why(s->w, ERR_DIVERGED,
			"log: its hashes do not make the root that the signer "
			"has signed at size %" PRIu64
			"; `headwaterd --check` says where",
			head->size));
	return ERR_OK;
}

/* Is the entry at `edge`, and each hash that it completes, as it is stored? */
static bool
is_whole(struct txn *txn, struct tree_edge *edge)
{
	uint64_t number = tree_stored_count(edge->size);
	struct hash made[TREE_LEVELS];
	struct log_entry entry;
	struct hash stored;

	/* what sealing reads back must pass here, or cutting helps nobody; the
	 * bytes of a withheld one are not there to be signed */
	if (!store_log_get_checked(txn, edge->size, &entry) ||
	    entry.is_withheld)
		return false;
	size_t count = tree_append(edge, &entry.leaf, made);
	for (size_t i = 0; i < count; i++) {
		if (!store_log_get_hash(txn, number + i, &stored) ||
		    !hash_equal(&stored, &made[i]))
			return false;
	}
	return true;
}

/* Looks through all that the signer has not signed, before it signs any of it;
 * gives where it ends or is damaged. */
static enum err
check_unsigned(struct recovery *s, struct txn *txn, uint64_t *ret_whole)
{
	struct tree_edge edge;
	uint64_t whole = s->signed_head.size;

	if (!store_log_get_edge(txn, whole, &edge))
		return recovery_unreadable(
		    s, txn->err == ERR_OK ? ERR_CORRUPT : txn->err);
	while (whole < s->size && is_whole(txn, &edge))
		whole++;
	if (txn->err != ERR_OK && txn->err != ERR_CORRUPT)
		return recovery_unreadable(s, txn->err);
	*ret_whole = whole;
	return ERR_OK;
}

/* Back to the signer's size: nobody was told of more.  What stands below a stored
 * checkpoint was told of. */
static enum err
cut(struct recovery *s, uint64_t damaged)
{
	uint64_t size = s->signed_head.size;

	if (!s->options->cut_unsealed)
		return recovery_refuse(s, REFUSAL_DAMAGED,
		    why(s->w, ERR_CORRUPT,
			"entry %" PRIu64 ": damaged, and its signer has "
			"signed %" PRIu64 " only: `--cut-unsealed` cuts the "
			"log there",
			damaged, size));
	if (size < s->stored)
		return recovery_refuse(s, REFUSAL_DAMAGED,
		    why(s->w, ERR_CORRUPT,
			"entry %" PRIu64 ": damaged, but a checkpoint over "
			"%" PRIu64 " entries was stored: nothing below it can "
			"be cut",
			damaged, s->stored));
	struct txn txn = store_begin(s->ledger->log, TXN_WRITE);
	store_log_cut(&txn, size);
	enum err err = txn_end(&txn);
	if (err != ERR_OK)
		return recovery_unreadable(s, err);
	s->size = size;
	return ERR_OK;
}

/* The signer is fed by the everyday step. */
static enum err
feed_chunk(struct recovery *s)
{
	uint64_t from = s->signed_head.size;
	struct tree_head to = { .size = s->size };
	struct txn txn = store_begin(s->ledger->log, TXN_READ);

	if (to.size - from > BATCH_ENTRIES_MAX)
		to.size = from + BATCH_ENTRIES_MAX;
	enum err err = prove_root(&txn, to.size, &to.root);
	txn_abort(&txn);
	if (err != ERR_OK)
		return recovery_unreadable(s, err);
	err = seal(s->sealing, from, &to, s->w);
	if (err == ERR_OK) {
		s->signed_head = to;
		return ERR_OK;
	}
	return recovery_refuse(s,
	    err == ERR_CORRUPT || err == ERR_DIVERGED ? REFUSAL_DAMAGED
		: err_class(err) == ERR_CLASS_INPUT   ? REFUSAL_STATE
						      : REFUSAL_IO,
	    err);
}

static enum err
check_log(struct recovery *s, uint64_t *ret_whole)
{
	struct txn txn = store_begin(s->ledger->log, TXN_READ);

	s->size = store_log_size(&txn);
	enum err err =
	    txn.err == ERR_OK ? ERR_OK : recovery_unreadable(s, txn.err);
	if (err == ERR_OK && s->size > 0)
		err = check_owner(s, &txn);
	if (err == ERR_OK)
		err = check_stored(s, &txn);
	if (err == ERR_OK)
		err = check_signer(s, &txn);
	if (err == ERR_OK)
		err = check_unsigned(s, &txn, ret_whole);
	txn_abort(&txn);
	return err;
}

enum err
recovery_make_equal(struct recovery *s)
{
	uint64_t whole = 0;
	enum err err = check_log(s, &whole);

	if (err == ERR_OK && whole < s->size)
		err = cut(s, whole);
	while (err == ERR_OK && s->signed_head.size < s->size)
		err = feed_chunk(s);
	return err;
}
