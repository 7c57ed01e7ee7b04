#include "client/stored.h"

#include <stdio.h>
#include <string.h>

#include "client/session.h"
#include "schema/tlog_proof.h"

static enum err
path_of(const struct trust *trust, const struct hash *id, const char *suffix,
    char ret[static DISK_PATH_MAX], struct why *w)
{
	char name[HASH_TEXT_MAX + 64] = "records/";
	size_t len = strlen(name);

	hash_print(id, name + len);
	len += HASH_TEXT_LEN;
	memcpy(name + len, suffix, strlen(suffix) + 1);
	return disk_join(trust->dir, name, ret, w);
}

enum err
stored_path(const struct trust *trust, const struct hash *id,
    char ret[static DISK_PATH_MAX], struct why *w)
{
	return path_of(trust, id, STORED_PROOF_SUFFIX, ret, w);
}

enum err
stored_beside(
    const char *proof_path, char ret[static DISK_PATH_MAX], struct why *w)
{
	size_t len = strlen(proof_path);
	size_t suffix_len = strlen(STORED_PROOF_SUFFIX);

	/* as --save-proof names it */
	if (len > suffix_len &&
	    strcmp(proof_path + len - suffix_len, STORED_PROOF_SUFFIX) == 0)
		len -= suffix_len;
	if (len + sizeof(STORED_KEYRING_SUFFIX) > DISK_PATH_MAX)
		return why(w, ERR_LIMIT, "the path of the proof is too long");
	(void)snprintf(ret, DISK_PATH_MAX, "%.*s%s", (int)len, proof_path,
	    STORED_KEYRING_SUFFIX);
	return ERR_OK;
}

bool
stored_keyring(const struct trust *trust, const struct hash *id,
    struct arena *arena, struct span *ret)
{
	struct stored kept = { .keyring = SPAN_EMPTY };

	if (stored_get(trust, id, arena, &kept, NULL) != ERR_OK ||
	    kept.keyring.len == 0)
		return false;
	*ret = kept.keyring;
	return true;
}

enum err
stored_put(const struct trust *trust, const struct hash *id, struct span proof,
    struct span keyring_proof, struct why *w)
{
	char path[DISK_PATH_MAX];
	enum err err = disk_join(trust->dir, "records", path, w);

	if (err == ERR_OK)
		err = disk_make_dirs(path, w);
	/* the keyring first: a proof that is there has its keyring too */
	if (err == ERR_OK && keyring_proof.len > 0) {
		err = path_of(trust, id, STORED_KEYRING_SUFFIX, path, w);
		if (err == ERR_OK)
			err = disk_write(path, keyring_proof, w);
	}
	if (err == ERR_OK)
		err = stored_path(trust, id, path, w);
	if (err == ERR_OK)
		err = disk_write(path, proof, w);
	return err;
}

enum err
stored_get(const struct trust *trust, const struct hash *id,
    struct arena *arena, struct stored *ret, struct why *w)
{
	char path[DISK_PATH_MAX];
	struct stored stored = { 0 };
	enum err err = stored_path(trust, id, path, w);

	if (err == ERR_OK)
		err = disk_read(path, TLOG_PROOF_MAX, arena, &stored.proof, w);
	if (err == ERR_MISSING)
		return why(
		    w, ERR_NOT_FOUND, "this client keeps no such record");
	if (err == ERR_OK)
		err = path_of(trust, id, STORED_KEYRING_SUFFIX, path, w);
	if (err == ERR_OK) {
		err =
		    disk_read(path, TLOG_PROOF_MAX, arena, &stored.keyring, w);
		if (err == ERR_MISSING)
			err = ERR_OK;
	}
	if (err == ERR_OK)
		*ret = stored;
	return err;
}

/* ---- short ids ---- */

static bool
is_hex(struct span text)
{
	for (size_t i = 0; i < text.len; i++) {
		uint8_t byte = text.data[i];
		if (!(byte >= '0' && byte <= '9') &&
		    !(byte >= 'a' && byte <= 'f'))
			return false;
	}
	return true;
}

static enum err
resolve_prefix(const struct trust *trust, struct span prefix,
    struct arena *arena, struct hash *ret, struct why *w)
{
	char dir[DISK_PATH_MAX];
	struct disk_names list = { 0 };
	struct hash ids[2];
	size_t found = 0;
	enum err err = disk_join(trust->dir, "records", dir, w);

	if (err == ERR_OK)
		err = disk_list(dir, STORED_PROOF_SUFFIX, arena, &list, w);
	if (err != ERR_OK)
		return err;
	for (size_t i = 0; i < list.count && found < 2; i++) {
		struct span head = span_part(list.names[i], 0, prefix.len);
		/* `<id>.keyring` is no id, nor is what others put there */
		if (span_equal(head, prefix) &&
		    hash_parse(list.names[i], &ids[found]))
			found++;
	}
	if (found == 0)
		return why(w, ERR_NOT_FOUND,
		    "%.*s…: this client keeps no record that begins so; "
		    "others need all 64 digits, or an index for headwater show",
		    SPAN_ARGS(prefix));
	if (found > 1) {
		char first[HASH_TEXT_MAX];
		char second[HASH_TEXT_MAX];
		hash_print(&ids[0], first);
		hash_print(&ids[1], second);
		return why(w, ERR_CONFLICT,
		    "%.*s…: more than one record begins so: %s, %s; give more "
		    "digits",
		    SPAN_ARGS(prefix), first, second);
	}
	*ret = ids[0];
	return ERR_OK;
}

enum err
stored_resolve(const struct trust *trust, const char *text, struct arena *arena,
    struct hash *ret, struct why *w)
{
	struct span id = span_of_text(text);

	if (hash_parse(id, ret))
		return ERR_OK;
	if (id.len > HASH_TEXT_LEN || !is_hex(id))
		return why(w, ERR_USAGE,
		    "%.100s: a record id is 64 lower-case hex digits, or a "
		    "unique beginning of at least %d",
		    text, STORED_PREFIX_MIN);
	if (id.len < STORED_PREFIX_MIN)
		return why(w, ERR_USAGE,
		    "%s: too short, at least %d digits of a record id", text,
		    STORED_PREFIX_MIN);
	return resolve_prefix(trust, id, arena, ret, w);
}

enum err
stored_resolve_id(
    struct session *session, const char *text, struct hash *ret, struct why *w)
{
	if (hash_parse(span_of_text(text), ret))
		return ERR_OK;
	enum err err = session_trust(session, w);
	return err != ERR_OK
	    ? err
	    : stored_resolve(&session->trust, text, session->arena, ret, w);
}
