#include "client/trust.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "schema/policy.h"

/* ---- places ---- */

static enum err
copy_home(const char *own, char ret[static DISK_PATH_MAX], struct why *w)
{
	size_t len = strlen(own);

	if (len >= DISK_PATH_MAX)
		return why(w, ERR_USAGE, "HEADWATER_HOME: too long");
	memcpy(ret, own, len + 1);
	return ERR_OK;
}

enum err
trust_home(char ret[static DISK_PATH_MAX], struct why *w)
{
	const char *own = getenv("HEADWATER_HOME");
	const char *data = getenv("XDG_DATA_HOME");
	const char *user = getenv("HOME");

	if (own != NULL && own[0] != '\0')
		return copy_home(own, ret, w);
	/* the XDG specification: a relative path is invalid, ignore it */
	if (data != NULL && data[0] == '/')
		return disk_join(data, "headwater", ret, w);
	if (user != NULL && user[0] != '\0')
		return disk_join(user, ".local/share/headwater", ret, w);
	return why(w, ERR_USAGE,
	    "HOME is not set: say where to keep things with HEADWATER_HOME");
}

static enum err
dir_of(const char *home, const char *origin, char ret[static DISK_PATH_MAX],
    struct why *w)
{
	char name[HASH_TEXT_MAX + 8] = "logs/";
	struct hash hash = sha256_of(span_of_text(origin));

	hash_print(&hash, name + strlen(name));
	return disk_join(home, name, ret, w);
}

enum err
trust_write(const struct trust *trust, const char *name, struct span bytes,
    struct why *w)
{
	char path[DISK_PATH_MAX];
	enum err err = disk_join(trust->dir, name, path, w);

	return err == ERR_OK ? disk_write(path, bytes, w) : err;
}

enum err
trust_read(const struct trust *trust, const char *name, struct arena *arena,
    struct span *ret, struct why *w)
{
	char path[DISK_PATH_MAX];
	enum err err = disk_join(trust->dir, name, path, w);

	if (err != ERR_OK)
		return err;
	return disk_read(path, NOTE_LEN_MAX, arena, ret, w);
}

/* ---- what is remembered ---- */

static struct span
without_line_end(struct span text)
{
	while (text.len > 0 && text.data[text.len - 1] == '\n')
		text.len--;
	return text;
}

static enum err
load_url(struct trust *trust, struct arena *arena, struct why *w)
{
	struct span text;
	char url[URL_MAX];
	enum err err = trust_read(trust, "url", arena, &text, w);

	if (err != ERR_OK)
		return err;
	text = without_line_end(text);
	if (text.len >= sizeof(url))
		return why(w, ERR_CORRUPT, "%s/url: too long", trust->dir);
	memcpy(url, text.data, text.len);
	url[text.len] = '\0';
	return url_parse(url, trust->url, w);
}

static enum err
load_key(struct trust *trust, struct arena *arena, struct why *w)
{
	struct span text;
	struct policy *policy = arena_take(arena, 1, sizeof(*policy));
	enum err err = trust_read(trust, "policy", arena, &text, w);

	if (err != ERR_OK)
		return err;
	if (policy == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	err = policy_parse(text, policy, w);
	if (err == ERR_OK && policy->count != 1)
		err = why(
		    w, ERR_CORRUPT, "%zu logs, one expected", policy->count);
	if (err != ERR_OK)
		why_prefix(w, "policy of a pinned log");
	else
		trust->key = policy->logs[0].key;
	return err;
}

/* The checkpoint seen is verified each time: a damaged file must not become the
 * measure of what the log says. */
enum err
trust_load_seen(struct trust *trust, struct arena *arena, struct why *w)
{
	struct span note;
	enum err err = trust_read(trust, "checkpoint", arena, &note, w);

	trust->has_seen = false;
	if (err == ERR_MISSING)
		return ERR_OK;
	if (err == ERR_OK)
		err = checkpoint_verify(note, &trust->key, &trust->seen, w);
	if (err != ERR_OK) {
		why_prefix(w, "the checkpoint seen last, as kept here");
		return err;
	}
	trust->has_seen = true;
	return ERR_OK;
}

static enum err
load(struct trust *trust, struct arena *arena, struct why *w)
{
	enum err err = load_url(trust, arena, w);

	if (err == ERR_OK)
		err = load_key(trust, arena, w);
	if (err == ERR_OK)
		err = trust_load_seen(trust, arena, w);
	return err;
}

/* ---- pinning ---- */

static enum err
write_pin(struct trust *trust, struct why *w)
{
	char text[URL_MAX + NOTE_VKEY_MAX + 64];
	char vkey[NOTE_VKEY_MAX];
	struct writer url = writer_of(text, sizeof(text));
	enum err err = disk_make_dirs(trust->dir, w);

	writer_format(&url, "%s\n", trust->url[0] != '\0' ? trust->url : "");
	if (err == ERR_OK)
		err = trust_write(trust, "url", writer_view(&url), w);
	note_key_print(&trust->key, vkey);
	struct writer policy = writer_of(text, sizeof(text));
	writer_text(&policy, "log ");
	writer_text(&policy, vkey);
	writer_text(&policy, " ");
	writer_text(&policy, trust->url);
	writer_text(&policy, "\nquorum none\n");
	if (err == ERR_OK)
		err = trust_write(trust, "policy", writer_view(&policy), w);
	return err;
}

/* Is another key pinned under this origin? */
static enum err
refuse_other_key(const struct trust *trust, struct arena *arena, struct why *w)
{
	struct trust *before = arena_take(arena, 1, sizeof(*before));

	if (before == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	memcpy(before->dir, trust->dir, sizeof(before->dir));
	if (!disk_exists(trust->dir) ||
	    load_key(before, arena, NULL) != ERR_OK ||
	    key_public_equal(&before->key.key, &trust->key.key))
		return ERR_OK;
	return why(w, ERR_CONFLICT,
	    "%.128s is pinned with another key; to believe the new one, "
	    "remove %.256s yourself",
	    trust->key.name, trust->dir);
}

enum err
trust_pin(const char *home, const char *url, const struct note_key *key,
    struct trust *ret, struct why *w)
{
	struct arena *arena = arena_new((size_t)1 << 20);

	if (arena == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	*ret = (struct trust){ .key = *key };
	enum err err = dir_of(home, key->name, ret->dir, w);
	if (err == ERR_OK)
		err = url_parse(url, ret->url, w);
	if (err == ERR_OK)
		err = refuse_other_key(ret, arena, w);
	if (err == ERR_OK)
		err = write_pin(ret, w);
	if (err == ERR_OK)
		err = trust_load_seen(ret, arena, w);
	arena_free(arena);
	return err;
}

/* ---- finding ---- */

enum err
trust_list(const char *home, struct arena *arena, struct trust **ret,
    size_t *ret_count, struct why *w)
{
	char logs[DISK_PATH_MAX];
	struct disk_names names = { 0 };
	enum err err = disk_join(home, "logs", logs, w);

	if (err == ERR_OK)
		err = disk_list(logs, "", arena, &names, w);
	if (err != ERR_OK)
		return err;
	struct trust *list = arena_take(arena, names.count, sizeof(*list));
	if (list == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	size_t good = 0;
	for (size_t i = 0; i < names.count; i++) {
		char name[DISK_PATH_MAX];
		(void)snprintf(
		    name, sizeof(name), "%.*s", SPAN_ARGS(names.names[i]));
		err = disk_join(logs, name, list[good].dir, w);
		if (err == ERR_OK)
			err = load(&list[good], arena, w);
		/* made, but init did not get as far as pinning */
		if (err == ERR_MISSING)
			continue;
		if (err != ERR_OK)
			return err;
		good++;
	}
	*ret = list;
	*ret_count = good;
	return ERR_OK;
}

static enum err
pick(const struct trust *list, size_t count, const char *wanted,
    const struct trust **ret, struct why *w)
{
	char url[URL_MAX];
	bool is_url = wanted != NULL && strstr(wanted, "://") != NULL;
	size_t found = 0;

	if (is_url && url_parse(wanted, url, w) != ERR_OK)
		return ERR_USAGE;
	for (size_t i = 0; i < count; i++) {
		const struct trust *trust = &list[i];
		bool fits = wanted == NULL ||
		    (is_url ? strcmp(url, trust->url) == 0
			    : strcmp(wanted, trust->key.name) == 0);
		if (fits) {
			*ret = trust;
			found++;
		}
	}
	if (found == 1)
		return ERR_OK;
	if (count == 0)
		return why(w, ERR_MISSING,
		    "no log is pinned; begin with: headwater init URL --vkey "
		    "KEY");
	if (found == 0)
		return why(w, ERR_MISSING,
		    "%.200s: not a pinned log; pinned is %.128s (%.128s)",
		    wanted, list[0].key.name, list[0].url);
	return why(w, ERR_USAGE,
	    "%zu logs are pinned: choose with --log, like --log %.128s", found,
	    list[0].key.name);
}

enum err
trust_open(
    const char *home, const char *wanted, struct trust *ret, struct why *w)
{
	struct arena *arena = arena_new((size_t)16 << 20);
	struct trust *list = NULL;
	const struct trust *found = NULL;
	size_t count = 0;

	if (arena == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	enum err err = trust_list(home, arena, &list, &count, w);
	if (err == ERR_OK)
		err = pick(list, count, wanted, &found, w);
	if (found != NULL)
		*ret = *found;
	arena_free(arena);
	return err;
}
