#include "daemon/rekey.h"

#include <assert.h>

#include "daemon/gist.h"
#include "daemon/keyring_blob.h"
#include "daemon/limits.h"
#include "daemon/signer_link.h"
#include "schema/judge.h"

enum err
rekey_init(struct rekey *rekey)
{
	*rekey = (struct rekey){
		.arena = arena_new(ADMIT_ARENA_MAX),
		.lines = writer_heap(KEYRING_BLOB_MAX),
	};
	return rekey->arena == NULL ? ERR_MEMORY : ERR_OK;
}

void
rekey_done(struct rekey *rekey)
{
	arena_free(rekey->arena);
	keyring_free(rekey->keyring);
	writer_done(&rekey->lines);
	*rekey = (struct rekey){ 0 };
}

/* The lines that came with it. */
static enum err
give_lines(void *context, const struct hash *sha256, size_t len,
    struct writer *ret, struct why *w)
{
	const struct rekey *asked = context;

	(void)sha256;
	if (asked->lines.len != len)
		return why(w, ERR_MISMATCH, "%zu bytes of lines, not %zu",
		    asked->lines.len, len);
	writer_span(ret, writer_view(&asked->lines));
	return ERR_OK;
}

/* The signer's word is checked like anybody's: it becomes an entry that all must
 * be able to judge. */
static enum err
read_keyring(struct rekey *rekey, const struct note_key *key,
    const struct hash *previous, struct why *w)
{
	struct keyring_source lines = {
		.load = give_lines,
		.context = rekey,
	};
	struct judge_log log = { key->name, key->key, &lines };
	struct envelope envelope;
	struct record record;

	enum err err =
	    envelope_parse_entry(rekey->entry, rekey->arena, &envelope, w);
	if (err == ERR_OK)
		err = judge_keyring(
		    &log, &envelope, previous, &rekey->keyring, w);
	if (err == ERR_OK)
		err = record_parse(envelope.payload, rekey->arena, &record, w);
	if (err != ERR_OK)
		return err;
	struct writer gist = writer_heap(GIST_LEN_MAX);
	gist_pack(&record, key->name, &gist);
	rekey->gist = arena_copy(rekey->arena, writer_view(&gist));
	err = writer_end(&gist);
	writer_done(&gist);
	record_done(&record);
	rekey->id = tree_leaf(rekey->entry);
	return err == ERR_OK && rekey->gist.data == NULL ? ERR_MEMORY : err;
}

static enum err
ask(struct rekey *rekey, struct ledger *ledger,
    const struct signers_view *in_force, uint64_t stamp_ms, struct why *w)
{
	const struct hash *previous = in_force == NULL ? NULL : &in_force->id;
	uint8_t *buffer = arena_take(rekey->arena, ENTRY_LEN_MAX, 1);
	uint64_t next_ms;

	if (buffer == NULL)
		return why(w, ERR_MEMORY, "keyring: out of memory");
	struct signer_given given = {
		.entry = writer_of(buffer, ENTRY_LEN_MAX),
		.lines = &rekey->lines,
	};
	struct signer_moment moment = { stamp_ms, previous };
	writer_clear(&rekey->lines);
	enum err err =
	    signer_link_keyring(ledger->signer, &moment, &given, &next_ms, w);
	if (err != ERR_OK)
		return err;
	rekey->entry = writer_view(&given.entry);
	err = read_keyring(rekey, &ledger->key, previous, w);
	if (err != ERR_OK) {
		why_prefix(w, "keyring from the signer");
		return err;
	}
	rekey->next_change_ms = next_ms;
	if (in_force != NULL &&
	    keyring_same_members(in_force->keyring, rekey->keyring)) {
		keyring_free(rekey->keyring);
		rekey->keyring = NULL;
	}
	/* before anything of it is committed */
	if (rekey->keyring != NULL && rekey->lines.len > 0)
		return keyring_blob_put(
		    ledger->blobs, writer_view(&rekey->lines), w);
	return ERR_OK;
}

enum err
rekey(struct rekey *rekey, struct ledger *ledger, uint64_t stamp_ms,
    struct why *w)
{
	assert(rekey->keyring == NULL);
	if (stamp_ms < rekey->next_change_ms)
		return ERR_OK;
	arena_reset(rekey->arena);
	const struct signers_view *in_force = signers_hold(ledger->signers);
	enum err err = ask(rekey, ledger, in_force, stamp_ms, w);
	if (in_force != NULL)
		signers_let_go(ledger->signers, in_force);
	if (err != ERR_OK) {
		keyring_free(rekey->keyring);
		rekey->keyring = NULL;
	}
	return err;
}

enum err
rekey_put(struct rekey *rekey, struct signers *signers, uint64_t position)
{
	struct keyring *keyring = rekey->keyring;

	rekey->keyring = NULL;
	return signers_put(signers, keyring, position, &rekey->id);
}
