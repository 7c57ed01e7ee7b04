#include "client/proved.h"

#include <string.h>

/* ---- the record ---- */

enum err
proved_open(struct span file, const struct note_key *key, struct arena *arena,
    struct proved *ret, struct why *w)
{
	struct proved proved = { 0 };
	enum err err = tlog_proof_parse(file, arena, &proved.proof, w);

	if (err == ERR_OK && !proved.proof.has_extra)
		err = why(w, ERR_SYNTAX,
		    "the proof carries no entry (no extra line): nothing to "
		    "check it against; ask for the record itself");
	if (err != ERR_OK)
		return err;
	proved.id = tree_leaf(proved.proof.extra);
	err = tlog_proof_verify(
	    &proved.proof, &proved.id, key, &proved.checkpoint, w);
	if (err == ERR_OK)
		err = envelope_parse_entry(
		    proved.proof.extra, arena, &proved.envelope, w);
	if (err == ERR_OK)
		err = record_parse(
		    proved.envelope.payload, arena, &proved.record, w);
	if (err == ERR_OK)
		*ret = proved;
	return err;
}

void
proved_done(struct proved *proved)
{
	record_done(&proved->record);
}

enum err
proved_origin(struct span file, struct arena *arena,
    char ret[static NOTE_NAME_MAX + 1], struct why *w)
{
	struct tlog_proof proof;
	struct note *note = arena_take(arena, 1, sizeof(*note));
	struct checkpoint checkpoint;
	enum err err = tlog_proof_parse(file, arena, &proof, w);

	if (note == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	if (err == ERR_OK)
		err = note_parse(proof.checkpoint, note, w);
	if (err == ERR_OK)
		err = checkpoint_parse(note->text, &checkpoint, w);
	if (err == ERR_OK)
		memcpy(ret, checkpoint.origin, sizeof(checkpoint.origin));
	return err;
}

/* ---- who signed ---- */

/* A keyring names the one before it itself; that this is true of the log is
 * known by following it (audit).  Entry 0 has none before it. */
static enum err
judge_as_keyring(const struct proved *proved, const struct proved_by *by,
    struct keyring **ret, struct why *w)
{
	struct judge_log log = { by->key->name, by->key->key, by->lines };

	return judge_keyring_alone(
	    &log, &proved->envelope, proved->proof.index == 0, ret, w);
}

enum err
proved_keyring(struct span file, const struct proved_by *by,
    struct arena *arena, struct proved_keyring *ret, struct why *w)
{
	struct proved proved;
	enum err err = proved_open(file, by->key, arena, &proved, w);

	if (err != ERR_OK)
		return err;
	if (proved.record.kind != RECORD_KEYRING)
		err = why(w, ERR_MISMATCH,
		    "the record beside the proof is no keyring");
	if (err == ERR_OK)
		err = judge_as_keyring(&proved, by, &ret->keyring, w);
	if (err == ERR_OK)
		ret->index = proved.proof.index;
	proved_done(&proved);
	return err;
}

static void
set_signer(struct proved *proved, const char *principal)
{
	size_t len = strlen(principal);

	memcpy(proved->principal, principal, len + 1);
	proved->has_signer = true;
}

static enum err
judge_by(struct proved *proved, const struct keyring *keyring, uint64_t index,
    struct why *w)
{
	const struct keyring_member *member = NULL;

	if (index >= proved->proof.index)
		return why(w, ERR_MISMATCH,
		    "keyring: it stands at index %llu, not below the record's "
		    "%llu",
		    (unsigned long long)index,
		    (unsigned long long)proved->proof.index);
	enum err err = judge_entry(
	    keyring, &proved->envelope, &proved->record, &member, w);
	if (err == ERR_REFUSED) /* in a proof it is no refusal, it is false */
		err = ERR_MISMATCH;
	if (err == ERR_OK)
		set_signer(proved, member->principal);
	return err;
}

enum err
proved_judge(struct proved *proved, const struct proved_by *by,
    struct span keyring_file, struct arena *arena, struct why *w)
{
	struct proved_keyring found = { 0 };
	enum err err;

	if (proved->record.kind == RECORD_KEYRING) {
		err = judge_as_keyring(proved, by, &found.keyring, w);
		if (err == ERR_OK)
			set_signer(proved, by->key->name);
		keyring_free(found.keyring);
		return err == ERR_REFUSED ? ERR_MISMATCH : err;
	}
	err = proved_keyring(keyring_file, by, arena, &found, w);
	if (err != ERR_OK) {
		why_prefix(w, "keyring");
		return err;
	}
	err = judge_by(proved, found.keyring, found.index, w);
	keyring_free(found.keyring);
	return err;
}
