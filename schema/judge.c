#include "schema/judge.h"

#include <string.h>

/* The one whose record this is by the name of his key, or NULL: it may not
 * stand in the log. */
static const struct keyring_member *
find_signer(const struct keyring *keyring, const char *keyid,
    const struct record *record, struct why *w)
{
	const struct keyring_member *member = keyring_find(keyring, keyid);
	struct span principal = text_name_principal(record->name);

	if (record->kind == RECORD_KEYRING) {
		(void)why(w, ERR_REFUSED,
		    "predicateType: keyrings are made by the log alone");
		return NULL;
	}
	if (member == NULL) {
		(void)why(w, ERR_REFUSED,
		    "keyid: %s is not in the log's keyring", keyid);
		return NULL;
	}
	if (record_kind_is_named(record->kind) &&
	    !span_is(principal, member->principal)) {
		(void)why(w, ERR_REFUSED,
		    "subject[0].name: \"%.*s\" belongs to %.*s, the key to %s",
		    SPAN_ARGS(record->name), SPAN_ARGS(principal),
		    member->principal);
		return NULL;
	}
	return member;
}

enum err
judge_signer(const struct keyring *keyring, const char *keyid,
    const struct record *record, const struct keyring_member **ret,
    struct why *w)
{
	const struct keyring_member *member =
	    find_signer(keyring, keyid, record, w);

	if (member == NULL)
		return ERR_REFUSED;
	*ret = member;
	return ERR_OK;
}

enum err
judge_entry(const struct keyring *keyring, const struct envelope *envelope,
    const struct record *record, const struct keyring_member **ret,
    struct why *w)
{
	const struct keyring_member *member =
	    find_signer(keyring, envelope->keyid, record, w);

	if (member == NULL)
		return ERR_REFUSED;
	enum err err = envelope_verify(envelope, &member->key, w);
	if (err == ERR_OK)
		*ret = member;
	return err;
}

static enum err
check_keyring(const struct judge_log *log, const struct keyring *keyring,
    const struct hash *before_id, struct why *w)
{
	if (strcmp(keyring->origin, log->origin) != 0)
		return why(w, ERR_REFUSED,
		    "subject[0].name: \"%s\", the log is \"%s\"",
		    keyring->origin, log->origin);
	if (before_id == NULL && keyring->has_previous)
		return why(w, ERR_REFUSED,
		    "predicate.previous: the first keyring has none before it");
	if (before_id != NULL &&
	    (!keyring->has_previous ||
		!hash_equal(before_id, &keyring->previous)))
		return why(w, ERR_REFUSED,
		    "predicate.previous: not the keyring before this one");
	return ERR_OK;
}

static enum err
open_keyring(const struct judge_log *log, const struct envelope *envelope,
    struct keyring **ret, struct why *w)
{
	enum err err = envelope_verify(envelope, &log->key, w);

	return err == ERR_OK
	    ? keyring_parse(envelope->payload, log->lines, ret, w)
	    : err;
}

enum err
judge_keyring(const struct judge_log *log, const struct envelope *envelope,
    const struct hash *before_id, struct keyring **ret, struct why *w)
{
	struct keyring *keyring;
	enum err err = open_keyring(log, envelope, &keyring, w);

	if (err != ERR_OK)
		return err;
	err = check_keyring(log, keyring, before_id, w);
	if (err == ERR_OK)
		*ret = keyring;
	else
		keyring_free(keyring);
	return err;
}

enum err
judge_keyring_alone(const struct judge_log *log,
    const struct envelope *envelope, bool is_first, struct keyring **ret,
    struct why *w)
{
	struct keyring *keyring;
	enum err err = open_keyring(log, envelope, &keyring, w);

	if (err != ERR_OK)
		return err;
	if (keyring->has_previous == is_first)
		err = why(w, ERR_MISMATCH,
		    "keyring: entry 0, and only entry 0, has none before it");
	if (err == ERR_OK)
		err = check_keyring(log, keyring,
		    keyring->has_previous ? &keyring->previous : NULL, w);
	if (err == ERR_OK)
		*ret = keyring;
	else
		keyring_free(keyring);
	return err;
}
