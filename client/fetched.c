#include "client/fetched.h"

#include <string.h>

#include "client/history.h"
#include "client/keyrings.h"

static enum err
ask(struct session *session, const struct hash *id, struct fetched *ret,
    struct why *w)
{
	char path[HASH_TEXT_MAX + 32] = "/v1/records/";
	size_t len = strlen(path);
	struct tlog_proof parsed;
	struct checkpoint checkpoint;

	hash_print(id, path + len);
	memcpy(path + len + HASH_TEXT_LEN, "/proof", 7);
	enum err err =
	    session_get(session, path, TLOG_PROOF_MAX, &ret->stored.proof, w);
	if (err == ERR_OK)
		err = tlog_proof_parse(
		    ret->stored.proof, session->arena, &parsed, w);
	if (err == ERR_OK)
		err = history_accept(&session->trust, parsed.checkpoint,
		    session->arena, &checkpoint, w);
	return err;
}

enum err
fetched_record(struct session *session, const struct hash *id,
    struct fetched *ret, struct why *w)
{
	struct fetched fetched = { 0 };
	enum err err = session_trust(session, w);

	if (err == ERR_OK)
		err = stored_get(
		    &session->trust, id, session->arena, &fetched.stored, w);
	if (err == ERR_NOT_FOUND)
		err = ask(session, id, &fetched, w);
	if (err == ERR_OK)
		err = proved_open(fetched.stored.proof, &session->trust.key,
		    session->arena, &fetched.proved, w);
	if (err != ERR_OK)
		return err;
	if (!hash_equal(id, &fetched.proved.id)) {
		proved_done(&fetched.proved);
		return why(w, ERR_MISMATCH,
		    "the proof is of another record than the one asked for");
	}
	*ret = fetched;
	return ERR_OK;
}

enum err
fetched_named(struct session *session, const char *text, struct fetched *ret,
    struct why *w)
{
	struct hash id;
	enum err err = session_trust(session, w);

	if (err == ERR_OK)
		err = stored_resolve(
		    &session->trust, text, session->arena, &id, w);
	if (err == ERR_OK)
		err = fetched_record(session, &id, ret, w);
	return err;
}

void
fetched_done(struct fetched *fetched)
{
	proved_done(&fetched->proved);
}

void
fetched_find_keyring(struct session *session, struct fetched *fetched)
{
	uint64_t index = fetched->proved.proof.index;
	struct keyrings list;
	struct keyrings_found below;

	if (fetched->stored.keyring.len > 0 ||
	    fetched->proved.record.kind == RECORD_KEYRING)
		return;
	if (keyrings_list(session, index + 1, &list, NULL) != ERR_OK ||
	    keyrings_below(session, &list, index, &below, NULL) != ERR_OK)
		return;
	fetched->stored.keyring = below.proof;
	keyring_free(below.keyring);
}

enum err
fetched_judge(struct session *session, struct fetched *fetched, struct why *w)
{
	struct proved *proved = &fetched->proved;
	struct keyring_lines context;
	struct keyring_source lines = session_lines(session, NULL, &context);
	struct proved_by by = { &session->trust.key, &lines };

	if (fetched->stored.keyring.len == 0 &&
	    proved->record.kind != RECORD_KEYRING)
		return ERR_OK;
	return proved_judge(
	    proved, &by, fetched->stored.keyring, session->arena, w);
}
