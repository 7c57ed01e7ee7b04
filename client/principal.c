#include "client/principal.h"

#include <string.h>

#include "client/keyrings.h"

#define KEY_FILE_MAX ((size_t)16 << 10)

static void
set_key(struct principal *principal, const struct public_key *key)
{
	principal->key = *key;
	ssh_fingerprint(key, principal->keyid);
}

/* ---- the key ---- */

static enum err
load_private(struct span file, struct principal *ret, struct why *w)
{
	struct public_key key;
	enum err err = ssh_private_parse(file, &ret->secret, w);

	if (err != ERR_OK)
		return err;
	key_secret_public(ret->secret, &key);
	set_key(ret, &key);
	return ERR_OK;
}

/* A .pub file names a key; its private half must be in the agent. */
static enum err
load_public(struct span file, struct principal *ret, struct why *w)
{
	struct public_key keys[SSH_AGENT_KEYS_MAX];
	struct public_key key;
	size_t count = 0;
	enum err err = ssh_public_parse(file, &key, w);

	if (err == ERR_OK)
		err = ssh_agent_open(&ret->agent, w);
	if (err == ERR_OK)
		err = ssh_agent_list(&ret->agent, keys, &count, w);
	if (err != ERR_OK)
		return err;
	for (size_t i = 0; i < count; i++) {
		if (key_public_equal(&keys[i], &key)) {
			set_key(ret, &key);
			return ERR_OK;
		}
	}
	return why(w, ERR_MISSING,
	    "a public key, and ssh-agent does not hold its private half (or is "
	    "locked); ssh-add it, or give the private key file");
}

static enum err
load_file(struct session *session, struct principal *ret, struct why *w)
{
	struct span file;
	enum err err = disk_read(
	    session->key_file, KEY_FILE_MAX, session->arena, &file, w);

	if (err != ERR_OK)
		return err;
	if (span_starts(file, "ssh-") || span_starts(file, "sk-"))
		err = load_public(file, ret, w);
	else
		err = load_private(file, ret, w);
	if (err != ERR_OK)
		why_prefix(w, session->key_file);
	return err;
}

enum err
principal_load_key(
    struct session *session, struct principal *ret, struct why *w)
{
	struct principal principal = { .agent = { .fd = -1 } };

	if (session->key_file == NULL)
		return why(w, ERR_USAGE,
		    "which key? Give --key FILE or set HEADWATER_KEY");
	enum err err = load_file(session, &principal, w);
	if (err == ERR_OK)
		*ret = principal;
	else
		principal_done(&principal);
	return err;
}

void
principal_done(struct principal *principal)
{
	ssh_agent_close(&principal->agent);
	key_secret_free(principal->secret);
	principal->secret = NULL;
}

/* ---- who that is ---- */

static enum err
find_in_agent(
    const struct keyring *keyring, struct principal *ret, struct why *w)
{
	struct public_key keys[SSH_AGENT_KEYS_MAX];
	char keyid[SSH_FINGERPRINT_MAX];
	size_t count = 0;
	size_t found = 0;
	enum err err = ssh_agent_open(&ret->agent, w);

	if (err == ERR_OK)
		err = ssh_agent_list(&ret->agent, keys, &count, w);
	if (err != ERR_OK)
		return err;
	for (size_t i = 0; i < count; i++) {
		ssh_fingerprint(&keys[i], keyid);
		if (keyring_find(keyring, keyid) == NULL)
			continue;
		set_key(ret, &keys[i]);
		found++;
	}
	if (found == 1)
		return ERR_OK;
	if (found > 1)
		return why(w, ERR_USAGE,
		    "ssh-agent holds %zu keys that this log knows: choose one "
		    "with --key FILE.pub",
		    found);
	if (count == 0)
		return why(w, ERR_MISSING,
		    "ssh-agent shows no Ed25519 key: ssh-add yours, unlock it "
		    "(ssh-add -X), or give --key FILE");
	return why(w, ERR_REFUSED,
	    "none of the %zu Ed25519 keys in ssh-agent is in this log's "
	    "keyring; ssh-add yours or give --key FILE",
	    count);
}

static enum err
look_up(const struct keyring *keyring, struct principal *ret, struct why *w)
{
	char line[SSH_LINE_LEN + 1];
	struct writer text = writer_of(line, sizeof(line));
	const struct keyring_member *member = keyring_find(keyring, ret->keyid);

	if (member != NULL) {
		memcpy(ret->name, member->principal, sizeof(ret->name));
		return ERR_OK;
	}
	ssh_public_print(&ret->key, &text);
	return why(w, ERR_REFUSED,
	    "%s is not in this log's keyring; its operator has to add: "
	    "YOURNAME "
	    "%.*s",
	    ret->keyid, SPAN_ARGS(writer_view(&text)));
}

static enum err
load_with(struct session *session, const struct keyring *keyring,
    struct principal *ret, struct why *w)
{
	enum err err = session->key_file != NULL
	    ? load_file(session, ret, w)
	    : find_in_agent(keyring, ret, w);

	return err == ERR_OK ? look_up(keyring, ret, w) : err;
}

enum err
principal_load(struct session *session, struct principal *ret, struct why *w)
{
	struct principal principal = { .agent = { .fd = -1 } };
	struct keyrings_found found = { 0 };
	struct keyrings list;
	enum err err = keyrings_list(session, 0, &list, w);

	if (err == ERR_OK)
		err = keyrings_below(session, &list, UINT64_MAX, &found, w);
	if (err == ERR_OK)
		err = load_with(session, found.keyring, &principal, w);
	keyring_free(found.keyring);
	if (err == ERR_OK)
		*ret = principal;
	else
		principal_done(&principal);
	return err;
}

/* ---- signing ---- */

static enum err
sign_by_agent(struct principal *principal, struct span payload,
    struct arena *arena, struct envelope *ret, struct why *w)
{
	struct span type = span_of_text(ENVELOPE_PAYLOAD_TYPE);
	struct envelope envelope = { .payload = arena_copy(arena, payload) };
	struct writer pae = writer_heap(ENVELOPE_LEN_MAX);

	if (payload.len > ENVELOPE_PAYLOAD_MAX)
		return why(w, ERR_LIMIT, "statement: %zu bytes, at most %zu",
		    payload.len, (size_t)ENVELOPE_PAYLOAD_MAX);
	envelope_pae(type, payload, &pae);
	envelope.pae = arena_copy(arena, writer_view(&pae));
	bool is_whole = writer_end(&pae) == ERR_OK;
	writer_done(&pae);
	if (!is_whole || envelope.payload.data == NULL ||
	    envelope.pae.data == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	memcpy(envelope.keyid, principal->keyid, sizeof(envelope.keyid));
	enum err err = ssh_agent_sign(&principal->agent, &principal->key,
	    envelope.pae, &envelope.signature, w);
	if (err == ERR_OK)
		*ret = envelope;
	return err;
}

enum err
principal_sign(struct principal *principal, struct span payload,
    struct arena *arena, struct envelope *ret, struct why *w)
{
	struct envelope envelope;
	enum err err;

	if (principal->secret == NULL)
		err = sign_by_agent(principal, payload, arena, &envelope, w);
	else
		err =
		    envelope_sign(payload, principal->secret, arena, &envelope);
	if (err == ERR_LIMIT && principal->secret != NULL)
		return why(w, err, "statement: %zu bytes, at most %zu",
		    payload.len, (size_t)ENVELOPE_PAYLOAD_MAX);
	if (err == ERR_OK)
		err = envelope_verify(&envelope, &principal->key, w);
	if (err == ERR_OK)
		*ret = envelope;
	return err;
}
