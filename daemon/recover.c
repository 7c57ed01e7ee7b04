#include "daemon/recover.h"

#include <stdlib.h>

#include "daemon/index_build.h"
#include "daemon/indexer.h"
#include "daemon/limits.h"
#include "daemon/publish.h"
#include "daemon/recovery.h"
#include "daemon/signer_link.h"

/* ---- what serves ---- */

/* The signer can always repeat what it signed last. */
static enum err
publish_again(struct recovery *s)
{
	struct sealing *sealing = s->sealing;
	struct writer note = writer_of(sealing->note, sizeof(sealing->note));

	if (s->size == 0)
		return ERR_OK;
	enum err err = signer_link_repeat(s->ledger->signer, &note, s->w);
	if (err == ERR_OK)
		err = writer_end(&note);
	if (err == ERR_OK)
		err = seal_check(
		    sealing, writer_view(&note), &s->signed_head, s->w);
	if (err != ERR_OK)
		return recovery_refuse(s, REFUSAL_STATE, err);
	publish(s->ledger, sealing);
	return ERR_OK;
}

/* The last keyring: the last entry, or the one that judged it. */
static enum err
find_keyring(struct recovery *s, struct txn *txn, uint64_t *ret_position)
{
	uint64_t last = s->size - 1;
	struct envelope envelope;
	struct log_entry entry;
	struct record record;

	if (!store_log_get_checked(txn, last, &entry))
		return ERR_CORRUPT;
	arena_reset(s->arena);
	enum err err =
	    envelope_parse_entry(entry.entry, s->arena, &envelope, s->w);
	if (err == ERR_OK)
		err = record_parse(envelope.payload, s->arena, &record, s->w);
	if (err != ERR_OK)
		return err == ERR_MEMORY ? err : ERR_CORRUPT;
	*ret_position = record.kind == RECORD_KEYRING ? last : entry.keyring;
	record_done(&record);
	return ERR_OK;
}

static enum err
put_keyring(struct recovery *s)
{
	struct txn txn = store_begin(s->ledger->log, TXN_READ);
	struct keyring *keyring = NULL;
	uint64_t position;
	struct hash id;

	if (s->size == 0) {
		txn_abort(&txn);
		return ERR_OK;
	}
	enum err err = find_keyring(s, &txn, &position);
	if (err == ERR_OK)
		err = recovery_load_keyring(s, &txn, position, &keyring);
	if (err == ERR_OK &&
	    !store_log_get_node(
		&txn, (struct tree_position){ .n = position }, &id))
		err = ERR_CORRUPT;
	txn_abort(&txn);
	if (err != ERR_OK) {
		keyring_free(keyring);
		return recovery_unreadable(s, err);
	}
	err = signers_put(s->ledger->signers, keyring, position, &id);
	return err == ERR_OK ? ERR_OK : recovery_unreadable(s, err);
}

/* Every id is found: in the index, or among the recent. */
static enum err
fill_recent(struct recovery *s, uint64_t from)
{
	struct txn txn = store_begin(s->ledger->log, TXN_READ);

	for (uint64_t position = from; position < s->size; position++) {
		struct hash id;
		if (!store_log_get_hash(
			&txn, tree_stored_number(0, position), &id)) {
			txn_fail(&txn, ERR_CORRUPT);
			break;
		}
		if (!recent_add(s->ledger->recent, &id, position))
			txn_fail(&txn, ERR_LIMIT);
	}
	enum err err = txn_end(&txn);
	return err == ERR_OK ? ERR_OK : recovery_unreadable(s, err);
}

/* An index that is a little behind is followed while we serve; one that is far
 * behind must first come near enough for `recent` to hold the rest. */
static enum err
prepare_index(struct recovery *s)
{
	struct store *log = s->ledger->log;
	struct store *index = s->ledger->index;
	uint64_t at;

	enum err err = indexer_align(log, index, &s->signed_head, &at, s->w);
	if (err == ERR_OK && s->size - at > INDEX_LAG_MAX) {
		err = at == 0
		    ? index_build_anew(
			  log, s->ledger->folder, index, &s->signed_head, s->w)
		    : indexer_follow(log, index, &s->signed_head, s->w);
		at = s->size;
	}
	if (err != ERR_OK) {
		why_prefix(s->w, RECOVERY_REINDEX);
		return recovery_refuse(
		    s, err == ERR_CORRUPT ? REFUSAL_DAMAGED : REFUSAL_IO, err);
	}
	return fill_recent(s, at);
}

enum err
recover(struct ledger *ledger, const struct signer_hello *hello,
    const struct recover_options *options, enum refusal *ret_refusal,
    struct why *w)
{
	struct recovery s = {
		.ledger = ledger,
		.options = options,
		.arena = arena_new(ADMIT_ARENA_MAX),
		.sealing = calloc(1, sizeof(*s.sealing)),
		.signed_head = hello->head,
		.refusal = REFUSAL_IO,
		.w = w,
	};
	enum err err = ERR_OK;

	ledger->key = hello->key;
	if (s.arena == NULL || s.sealing == NULL) {
		err = why(w, ERR_MEMORY, "recovery: out of memory");
	} else {
		s.sealing->log = ledger->log;
		s.sealing->signer = ledger->signer;
		err = recovery_make_equal(&s);
	}
	if (err == ERR_OK)
		err = publish_again(&s);
	if (err == ERR_OK)
		err = put_keyring(&s);
	if (err == ERR_OK)
		err = prepare_index(&s);
	arena_free(s.arena);
	free(s.sealing);
	*ret_refusal = err == ERR_OK ? REFUSAL_NONE : s.refusal;
	return err;
}
