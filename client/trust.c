#include "client/trust.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "schema/object.h"
#include "schema/policy.h"

#define ASKS 3		 /* of a checkpoint that seems smaller */
#define ASK_WAIT_MS 2500 /* caches may keep one for 5 s (tlog-tiles) */
#define PROOF_ANSWER_MAX ((size_t)16 << 10)

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

static enum err
write_in(const struct trust *trust, const char *name, struct span bytes,
    struct why *w)
{
	char path[DISK_PATH_MAX];
	enum err err = disk_join(trust->dir, name, path, w);

	return err == ERR_OK ? disk_write(path, bytes, w) : err;
}

static enum err
read_in(const struct trust *trust, const char *name, struct arena *arena,
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
	char url[TRANSPORT_URL_MAX];
	enum err err = read_in(trust, "url", arena, &text, w);

	if (err != ERR_OK)
		return err;
	text = without_line_end(text);
	if (text.len >= sizeof(url))
		return why(w, ERR_CORRUPT, "%s/url: too long", trust->dir);
	memcpy(url, text.data, text.len);
	url[text.len] = '\0';
	return transport_url(url, trust->url, w);
}

static enum err
load_key(struct trust *trust, struct arena *arena, struct why *w)
{
	struct span text;
	struct policy *policy = arena_take(arena, 1, sizeof(*policy));
	enum err err = read_in(trust, "policy", arena, &text, w);

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
static enum err
load_seen(struct trust *trust, struct arena *arena, struct why *w)
{
	struct span note;
	enum err err = read_in(trust, "checkpoint", arena, &note, w);

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
		err = load_seen(trust, arena, w);
	return err;
}

/* ---- pinning ---- */

static enum err
write_pin(struct trust *trust, struct why *w)
{
	char text[TRANSPORT_URL_MAX + NOTE_VKEY_MAX + 64];
	char vkey[NOTE_VKEY_MAX];
	struct writer url = writer_of(text, sizeof(text));
	enum err err = disk_make_dirs(trust->dir, w);

	writer_format(&url, "%s\n", trust->url[0] != '\0' ? trust->url : "");
	if (err == ERR_OK)
		err = write_in(trust, "url", writer_view(&url), w);
	note_key_print(&trust->key, vkey);
	struct writer policy = writer_of(text, sizeof(text));
	writer_text(&policy, "log ");
	writer_text(&policy, vkey);
	writer_text(&policy, " ");
	writer_text(&policy, trust->url);
	writer_text(&policy, "\nquorum none\n");
	if (err == ERR_OK)
		err = write_in(trust, "policy", writer_view(&policy), w);
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
		err = transport_url(url, ret->url, w);
	if (err == ERR_OK)
		err = refuse_other_key(ret, arena, w);
	if (err == ERR_OK)
		err = write_pin(ret, w);
	if (err == ERR_OK)
		err = load_seen(ret, arena, w);
	arena_free(arena);
	return err;
}

/* ---- finding ---- */

enum err
trust_list(const char *home, struct arena *arena, struct trust **ret,
    size_t *ret_count, struct why *w)
{
	char logs[DISK_PATH_MAX];
	struct span *names = NULL;
	size_t count = 0;
	enum err err = disk_join(home, "logs", logs, w);

	if (err == ERR_OK)
		err = disk_list(logs, "", arena, &names, &count, w);
	if (err != ERR_OK)
		return err;
	struct trust *list = arena_take(arena, count, sizeof(*list));
	if (list == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	size_t good = 0;
	for (size_t i = 0; i < count; i++) {
		char name[DISK_PATH_MAX];
		(void)snprintf(name, sizeof(name), "%.*s", SPAN_ARGS(names[i]));
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
	char url[TRANSPORT_URL_MAX];
	bool is_url = wanted != NULL && strstr(wanted, "://") != NULL;
	size_t found = 0;

	if (is_url && transport_url(wanted, url, w) != ERR_OK)
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
	if (err == ERR_OK)
		*ret = *found;
	arena_free(arena);
	return err;
}

/* ---- evidence ---- */

enum err
trust_diverged(
    struct trust *trust, struct span note, const char *what, struct why *w)
{
	struct arena *arena = arena_new((size_t)1 << 20);
	char dir[DISK_PATH_MAX];
	char name[HASH_TEXT_MAX + 32] = "evidence/";
	struct hash hash = sha256_of(note);
	struct span seen = SPAN_EMPTY;
	size_t len = strlen(name);

	if (trust->dir[0] == '\0' || arena == NULL) {
		arena_free(arena);
		return why(w, ERR_DIVERGED, "%s", what);
	}
	hash_print(&hash, name + len);
	name[len + 16] = '\0';
	enum err err = disk_join(trust->dir, "evidence", dir, NULL);
	if (err == ERR_OK)
		err = disk_make_dirs(dir, NULL);
	if (err == ERR_OK &&
	    read_in(trust, "checkpoint", arena, &seen, NULL) == ERR_OK) {
		memcpy(name + len + 16, "-seen", 6);
		err = write_in(trust, name, seen, NULL);
	}
	memcpy(name + len + 16, "-offered", 9);
	if (err == ERR_OK)
		err = write_in(trust, name, note, NULL);
	arena_free(arena);
	return why(w, ERR_DIVERGED,
	    "%s; do not trust this log: %s %.200s/evidence, show both to "
	    "others",
	    what,
	    err == ERR_OK ? "both checkpoints are kept under"
			  : "(keeping the checkpoints failed) see",
	    trust->dir);
}

/* ---- consistency ---- */

static enum err
read_hashes(
    json_value *array, size_t count, struct tree_proof *ret, struct why *w)
{
	ret->count = count;
	for (size_t i = 0; i < count; i++) {
		struct span text;
		if (!json_element_text(array, i, &text) ||
		    !hash_parse_base64(text, &ret->hashes[i]))
			return why(w, ERR_SYNTAX,
			    "consistency proof: hashes[%zu] is no hash", i);
	}
	return ERR_OK;
}

static enum err
read_consistency(struct span body, const struct tree_head *old,
    const struct tree_head *head, struct tree_proof *ret, struct why *w)
{
	struct json *json = NULL;
	size_t count = 0;
	enum err err = json_parse_answer(body, &json, w);

	if (err != ERR_OK)
		return err;
	struct object o = object_of(json_root(json), "consistency proof", w);
	uint64_t from = object_number(&o, "old", TREE_SIZE_MAX);
	uint64_t size = object_number(&o, "size", TREE_SIZE_MAX);
	json_value *array =
	    object_array(&o, "hashes", 0, TREE_PROOF_MAX, &count);
	err = object_end_open(&o);
	if (err == ERR_OK && (from != old->size || size != head->size))
		err = why(w, ERR_SYNTAX,
		    "consistency proof: of other sizes than asked for");
	if (err == ERR_OK)
		err = read_hashes(array, count, ret, w);
	json_done(json);
	return err;
}

/* Is `old` the past of `head`?  ERR_MISMATCH: no. */
static enum err
check_past(const struct trust *trust, struct transport *transport,
    const struct tree_head *old, const struct tree_head *head,
    struct arena *arena, struct why *w)
{
	char path[96];
	struct tree_proof proof = { 0 };
	struct span body;

	if (old->size == 0)
		return ERR_OK; /* every log begins empty */
	if (old->size == head->size)
		return hash_equal(&old->root, &head->root)
		    ? ERR_OK
		    : why(w, ERR_MISMATCH, "one size, two roots");
	(void)snprintf(path, sizeof(path), "/v1/proofs/consistency/%llu/%llu",
	    (unsigned long long)old->size, (unsigned long long)head->size);
	struct transport_call call = {
		.base = trust->url,
		.path = path,
		.max = PROOF_ANSWER_MAX,
	};
	enum err err = transport_do(transport, &call, arena, &body, w);
	if (err == ERR_OK)
		err = read_consistency(body, old, head, &proof, w);
	if (err != ERR_OK)
		return err;
	if (tree_verify_consistency(old, head, &proof) != ERR_OK)
		return why(
		    w, ERR_MISMATCH, "its consistency proof does not verify");
	return ERR_OK;
}

/* Under the lock: the checkpoint file is read again, since another process of
 * this user may have moved it. */
static enum err
advance(struct trust *trust, struct transport *transport, struct span note,
    const struct checkpoint *offered, struct arena *arena, struct why *w)
{
	char what[256];
	enum err err = ERR_OK;
	const struct tree_head *seen = &trust->seen.head;
	const struct tree_head *head = &offered->head;
	bool is_newer = !trust->has_seen || head->size > seen->size;
	if (trust->has_seen)
		err = check_past(trust, transport, is_newer ? seen : head,
		    is_newer ? head : seen, arena, w);
	if (err == ERR_MISMATCH) {
		(void)snprintf(what, sizeof(what),
		    "the log shows two histories: size %llu seen before, and "
		    "size %llu now, do not fit together",
		    (unsigned long long)seen->size,
		    (unsigned long long)head->size);
		return trust_diverged(trust, note, what, w);
	}
	if (err != ERR_OK || !is_newer)
		return err;
	if (trust->dir[0] != '\0')
		err = write_in(trust, "checkpoint", note, w);
	if (err == ERR_OK) {
		trust->seen = *offered;
		trust->has_seen = true;
	}
	return err;
}

enum err
trust_accept(struct trust *trust, struct transport *transport, struct span note,
    struct arena *arena, struct checkpoint *ret, struct why *w)
{
	char path[DISK_PATH_MAX];
	struct checkpoint checkpoint;
	int lock = -1;
	enum err err = checkpoint_verify(note, &trust->key, &checkpoint, w);

	bool is_kept = trust->dir[0] != '\0';
	if (err == ERR_OK && is_kept)
		err = disk_join(trust->dir, "lock", path, w);
	if (err == ERR_OK && is_kept)
		err = disk_lock(path, &lock, w);
	if (err == ERR_OK && is_kept)
		err = load_seen(trust, arena, w);
	if (err == ERR_OK)
		err = advance(trust, transport, note, &checkpoint, arena, w);
	disk_unlock(lock);
	if (err == ERR_OK)
		*ret = checkpoint;
	return err;
}

/* Whether the smaller one is a past of the other does not matter then, and a log
 * that went back has no proof of it. */
static enum err
went_back(struct trust *trust, struct span note, uint64_t size_min,
    const struct checkpoint *offered, struct why *w)
{
	char what[256];

	(void)snprintf(what, sizeof(what),
	    "the log went back: size %llu was seen before, and now it says "
	    "%llu",
	    (unsigned long long)size_min,
	    (unsigned long long)offered->head.size);
	return trust_diverged(trust, note, what, w);
}

enum err
trust_fetch(struct trust *trust, struct transport *transport,
    struct arena *arena, struct trust_head *ret, struct why *w)
{
	struct transport_call call = {
		.base = trust->url,
		.path = "/checkpoint",
		.max = NOTE_LEN_MAX,
	};
	/* what was seen before asking: another process may see more meanwhile */
	uint64_t size_min = trust->has_seen ? trust->seen.head.size : 0;

	for (unsigned ask = 1;; ask++) {
		struct checkpoint offered;
		struct span note;
		enum err err = transport_do(transport, &call, arena, &note, w);
		if (err == ERR_OK)
			err = checkpoint_verify(note, &trust->key, &offered, w);
		if (err != ERR_OK)
			return err;
		if (offered.head.size >= size_min) {
			*ret = (struct trust_head){ offered, note };
			return trust_accept(
			    trust, transport, note, arena, &ret->checkpoint, w);
		}
		if (ask == ASKS)
			return went_back(trust, note, size_min, &offered, w);
		transport_wait(transport, ASK_WAIT_MS);
	}
}

enum err
trust_compare(const struct trust *trust, const struct checkpoint *checkpoint,
    bool *ret_compared, struct why *w)
{
	const struct tree_head *seen = &trust->seen.head;

	if (!trust->has_seen || seen->size != checkpoint->head.size) {
		*ret_compared = false;
		return ERR_OK;
	}
	if (!hash_equal(&seen->root, &checkpoint->head.root))
		return why(w, ERR_DIVERGED,
		    "the log signed two roots for size %llu: the proof's and "
		    "the one seen before; keep both, show them to others",
		    (unsigned long long)seen->size);
	*ret_compared = true;
	return ERR_OK;
}
