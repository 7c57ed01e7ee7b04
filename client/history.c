#include "client/history.h"

#include <stdio.h>
#include <string.h>

#include "client/transport.h"
#include "schema/object.h"
#include "schema/tree.h"

#define ASKS 3		 /* of a checkpoint that seems smaller */
#define ASK_WAIT_MS 2500 /* caches may keep one for 5 s (tlog-tiles) */
#define PROOF_ANSWER_MAX ((size_t)16 << 10)

/* ---- evidence ---- */

enum err
history_diverged(
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
	    trust_read(trust, "checkpoint", arena, &seen, NULL) == ERR_OK) {
		memcpy(name + len + 16, "-seen", 6);
		err = trust_write(trust, name, seen, NULL);
	}
	memcpy(name + len + 16, "-offered", 9);
	if (err == ERR_OK)
		err = trust_write(trust, name, note, NULL);
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
check_past(const struct trust *trust, const struct tree_head *old,
    const struct tree_head *head, struct arena *arena, struct why *w)
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
	enum err err = transport_do(trust->transport, &call, arena, &body, w);
	if (err == ERR_NOT_FOUND || err == ERR_REFUSED) {
		/* no proof is no finding: it could not be checked */
		why_prefix(w, "no proof that the log only grew");
		return ERR_MISSING;
	}
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
advance(struct trust *trust, struct span note, const struct checkpoint *offered,
    struct arena *arena, struct why *w)
{
	enum err err = ERR_OK;
	const struct tree_head *seen = &trust->seen.head;
	const struct tree_head *head = &offered->head;
	bool is_newer = !trust->has_seen || head->size > seen->size;
	if (trust->has_seen)
		err = check_past(trust, is_newer ? seen : head,
		    is_newer ? head : seen, arena, w);
	if (err == ERR_MISMATCH) {
		char what[256];
		(void)snprintf(what, sizeof(what),
		    "the log shows two histories: size %llu seen before, and "
		    "size %llu now, do not fit together",
		    (unsigned long long)seen->size,
		    (unsigned long long)head->size);
		return history_diverged(trust, note, what, w);
	}
	if (err != ERR_OK || !is_newer)
		return err;
	if (trust->dir[0] != '\0')
		err = trust_write(trust, "checkpoint", note, w);
	if (err == ERR_OK) {
		trust->seen = *offered;
		trust->has_seen = true;
	}
	return err;
}

enum err
history_accept(struct trust *trust, struct span note, struct arena *arena,
    struct checkpoint *ret, struct why *w)
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
		err = trust_load_seen(trust, arena, w);
	if (err == ERR_OK)
		err = advance(trust, note, &checkpoint, arena, w);
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
	return history_diverged(trust, note, what, w);
}

enum err
history_fetch(struct trust *trust, struct arena *arena,
    struct history_head *ret, struct why *w)
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
		enum err err =
		    transport_do(trust->transport, &call, arena, &note, w);
		if (err != ERR_OK)
			return err;
		err = checkpoint_verify(note, &trust->key, &offered, w);
		if (err != ERR_OK) {
			why_prefix(w, "/checkpoint");
			return err;
		}
		if (offered.head.size >= size_min) {
			*ret = (struct history_head){ offered, note };
			return history_accept(
			    trust, note, arena, &ret->checkpoint, w);
		}
		if (ask == ASKS)
			return went_back(trust, note, size_min, &offered, w);
		transport_wait(trust->transport, ASK_WAIT_MS);
	}
}

enum err
history_compare(const struct trust *trust, const struct checkpoint *checkpoint,
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
