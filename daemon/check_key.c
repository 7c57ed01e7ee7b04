#include "daemon/check.h"

#include <string.h>

#include "daemon/limits.h"
#include "daemon/store_log.h"
#include "schema/envelope.h"
#include "schema/record.h"

enum owner {
	OWNER_UNKNOWN, /* it cannot be read */
	OWNER_SAME,
	OWNER_OTHER,
};

/* Whose keyring entry 0 is. */
static enum owner
owner_of_keyring(struct txn *txn, const struct note_key *key,
    struct arena *arena, char origin[static NOTE_NAME_MAX + 1])
{
	char keyid[SSH_FINGERPRINT_MAX];
	struct envelope envelope;
	struct record record;
	struct log_entry entry;

	if (!store_log_get(txn, 0, &entry) ||
	    envelope_parse_entry(entry.entry, arena, &envelope, NULL) !=
		ERR_OK ||
	    record_parse(envelope.payload, arena, &record, NULL) != ERR_OK)
		return OWNER_UNKNOWN;
	ssh_fingerprint(&key->key, keyid);
	(void)snprintf(
	    origin, NOTE_NAME_MAX + 1, "%.*s", SPAN_ARGS(record.name));
	record_done(&record);
	return strcmp(origin, key->name) == 0 &&
		strcmp(envelope.keyid, keyid) == 0
	    ? OWNER_SAME
	    : OWNER_OTHER;
}

static enum owner
owner_of_checkpoint(struct txn *txn, const struct note_key *key)
{
	struct span text = store_log_get_checkpoint(txn);
	struct note note;

	if (text.len == 0 || note_parse(text, &note, NULL) != ERR_OK)
		return OWNER_UNKNOWN;
	enum err err = note_verify(&note, key, NULL);
	if (err == ERR_NOT_FOUND)
		return OWNER_OTHER;
	return err == ERR_OK ? OWNER_SAME : OWNER_UNKNOWN;
}

enum err
check_key(const struct check_job *job, struct why *w)
{
	struct txn txn = store_begin(job->log, TXN_READ);
	struct arena *arena = arena_new(ADMIT_ARENA_MAX);
	char origin[NOTE_NAME_MAX + 1] = "";
	enum owner of_keyring = OWNER_UNKNOWN;
	enum owner of_checkpoint = OWNER_UNKNOWN;

	if (arena != NULL && txn.err == ERR_OK && store_log_size(&txn) > 0) {
		of_keyring = owner_of_keyring(&txn, job->key, arena, origin);
		of_checkpoint = owner_of_checkpoint(&txn, job->key);
	}
	arena_free(arena);
	txn_abort(&txn);
	if (of_keyring == OWNER_SAME || of_checkpoint == OWNER_SAME ||
	    (of_keyring == OWNER_UNKNOWN && of_checkpoint == OWNER_UNKNOWN))
		return ERR_OK;
	if (origin[0] != '\0' && strcmp(origin, job->key->name) != 0)
		return why(w, ERR_REFUSED,
		    "the key is of \"%s\", the log is \"%s\"", job->key->name,
		    origin);
	return why(w, ERR_REFUSED,
	    "the key is not the one by which this log was signed");
}
