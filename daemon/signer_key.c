#include "daemon/signer_key.h"

#include "daemon/fault.h"
#include "daemon/file.h"
#include "daemon/signer_state.h"
#include "schema/arena.h"

#define ARENA_MAX ((size_t)4 << 10)

/* A state without its key: unused ones are what a crash of ours left. */
static enum err
clear_state(const char *path, struct why *w)
{
	struct signer_state state;

	if (!file_exists(path))
		return ERR_OK;
	enum err err = signer_state_look(path, NULL, &state, w);
	if (err != ERR_OK)
		return err;
	if (state.edge.size != 0)
		return why(w, ERR_CONFLICT,
		    "%s: belongs to a log of %llu entries whose key is not "
		    "here; put that key back, or use another --key",
		    path, (unsigned long long)state.edge.size);
	return file_remove(path, w);
}

static enum err
write_key(const char *path, const struct note_key *key,
    const struct secret_key *secret, struct why *w)
{
	uint8_t text[NOTE_SKEY_MAX + 1];
	struct writer line = writer_of(text, sizeof(text));

	note_secret_print(key, secret, &line);
	enum err err = writer_end(&line);
	if (err == ERR_OK)
		err = file_create(path, writer_view(&line), 0600, w);
	key_wipe(text, sizeof(text));
	return err;
}

/* State first, key last: see the header. */
static enum err
write_pair(const char *path, const struct note_key *key,
    const struct secret_key *secret, struct why *w)
{
	char state_path[PATH_MAX];
	struct signer_state state;
	enum err err = signer_state_path(path, state_path, w);

	if (err == ERR_OK)
		err = clear_state(state_path, w);
	if (err == ERR_OK)
		err = signer_state_create(state_path, key, w);
	if (err != ERR_OK)
		return err;
	FAULT("signer-keygen-state");
	err = write_key(path, key, secret, w);
	if (err != ERR_OK) {
		/* nothing or a pair; should this fail too, the next keygen
		 * does it */
		(void)!file_remove(state_path, NULL);
		return err;
	}
	FAULT("signer-keygen-key");
	/* another keygen may have taken the state for a crash's */
	return signer_state_look(state_path, key, &state, w);
}

enum err
signer_key_make(
    const char *origin, const char *path, struct note_key *ret, struct why *w)
{
	struct public_key public;
	struct note_key key;

	if (!note_is_name(span_of_text(origin)))
		return why(w, ERR_USAGE,
		    "--origin: a log's name has 1 to %d bytes, no space and no "
		    "+; it is usually its address without https://",
		    NOTE_NAME_MAX);
	if (file_exists(path))
		return why(w, ERR_CONFLICT,
		    "%s: is there already, and a key is never written over; "
		    "name another --key",
		    path);
	struct secret_key *secret = key_secret_random();
	if (secret == NULL)
		return why(w, ERR_MEMORY, "key: no locked memory for it");
	key_secret_public(secret, &public);
	note_key_make(origin, &public, &key);
	enum err err = write_pair(path, &key, secret, w);
	key_secret_free(secret);
	if (err == ERR_OK)
		*ret = key;
	return err;
}

static enum err
parse_key(const char *path, struct span text, struct note_key *ret,
    struct secret_key **ret_secret, struct why *w)
{
	if (text.len == 0)
		return why(
		    w, ERR_REFUSED, "%s: is empty; put the key back", path);
	enum err err = note_secret_parse(text, ret, ret_secret, w);
	if (err == ERR_OK || err == ERR_MEMORY)
		return err;
	why_prefix(w, path);
	return ERR_REFUSED;
}

enum err
signer_key_read(const char *path, struct note_key *ret,
    struct secret_key **ret_secret, struct why *w)
{
	struct arena *arena = arena_new(ARENA_MAX);
	struct span text;

	if (arena == NULL)
		return why(w, ERR_MEMORY, "%s: no memory to read it", path);
	enum err err = file_read_private(path, NOTE_SKEY_MAX, arena, &text, w);
	if (err == ERR_OK) {
		err = parse_key(path, text, ret, ret_secret, w);
		/* it lies in our arena: the span only lends it as const */
		key_wipe((void *)(uintptr_t)text.data, text.len);
	}
	arena_free(arena);
	if (err == ERR_TOO_LARGE)
		return why(w, ERR_REFUSED,
		    "%s: longer than %d bytes, so no log key as "
		    "headwater-signer keygen makes one",
		    path, NOTE_SKEY_MAX);
	return err == ERR_CONFLICT ? ERR_REFUSED : err;
}
