#include "client/item.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "client/cited.h"
#include "client/stored.h"
#include "schema/envelope.h"
#include "schema/record.h"
#include "schema/text.h"
#include "schema/tlog_proof.h"

static struct span
base_name(const char *path)
{
	struct span rest = span_of_text(path);

	while (rest.len > 1 && rest.data[rest.len - 1] == '/')
		rest.len--;
	size_t at = rest.len;
	while (at > 0 && rest.data[at - 1] != '/')
		at--;
	rest = span_part(rest, at, rest.len);
	return text_is_path(rest) ? rest : SPAN_EMPTY;
}

struct item
item_split(const char *text)
{
	struct item item = { .what = text };
	struct span rest = span_of_text(text);
	struct span role;

	/* a file whose name holds a '=' is that file, not a role */
	if (access(text, F_OK) != 0 && span_cut(&rest, '=', &role) &&
	    statement_is_role(role)) {
		item.role = role;
		item.what = text + role.len + 1;
	}
	item.name = base_name(item.what);
	return item;
}

/* ---- each kind ---- */

static enum err
resolve_git(struct session *session, enum git_untracked untracked,
    struct item *item, struct why *w)
{
	struct digest *digests =
	    arena_take(session->arena, 2, sizeof(*digests));
	enum err err =
	    git_read_head(item->what, untracked, session->arena, &item->git, w);

	if (err != ERR_OK)
		return err;
	if (digests == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	digests[0] = item->git.commit;
	digests[1] = item->git.tree;
	item->kind = ITEM_GIT;
	item->digest = (struct digest_set){
		.count = 2,
		.digests = digests,
		.has_node = true,
		.node = digests[0],
	};
	return ERR_OK;
}

static enum err
take_hashing(struct session *session, struct item *item, struct why *w)
{
	enum err err =
	    hashing_digests(&item->hashing, session->arena, &item->digest);

	item->kind = item->hashing.is_set ? ITEM_SET : ITEM_FILE;
	return err == ERR_OK ? ERR_OK : why(w, err, "out of memory");
}

static enum err
resolve_path(struct session *session, enum git_untracked untracked,
    struct item *item, struct why *w)
{
	if (git_is_repository(item->what))
		return resolve_git(session, untracked, item, w);
	enum err err = hashing_path(
	    &session->out, item->what, session->arena, &item->hashing, w);
	return err == ERR_OK ? take_hashing(session, item, w) : err;
}

static enum err
resolve_digest(struct session *session, struct item *item, struct why *w)
{
	struct digest *digest = arena_take(session->arena, 1, sizeof(*digest));

	if (digest == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	enum err err = digest_parse(span_of_text(item->what), digest, w);
	if (err == ERR_SYNTAX)
		return ERR_USAGE; /* it came from the command line */
	if (err != ERR_OK)
		return err;
	if (digest->algorithm == DIGEST_TLOG_LEAF)
		return why(w, ERR_USAGE,
		    "%s: a record, not an artifact: give its id alone",
		    item->what);
	item->kind = ITEM_DIGEST;
	item->digest = (struct digest_set){
		.count = 1,
		.digests = digest,
		.has_node = !digest_is_of_nothing(digest),
		.node = *digest,
	};
	return ERR_OK;
}

/* The set without the record that it cites: that one is not ours to repeat. */
static enum err
take_subject(struct session *session, const struct record *record,
    struct item *item, struct why *w)
{
	const struct digest_set *from = &record->statement.subjects[0].digest;
	struct digest *digests =
	    arena_take(session->arena, from->count, sizeof(*digests));

	if (!from->has_node)
		return why(w, ERR_REFUSED, "%s: a record about no artifact",
		    item->what);
	item->name = arena_copy(session->arena, record->name);
	if (digests == NULL || item->name.data == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	item->digest = (struct digest_set){
		.digests = digests,
		.has_node = true,
		.node = from->node,
	};
	for (size_t i = 0; i < from->count; i++) {
		if (from->digests[i].algorithm != DIGEST_TLOG_LEAF)
			digests[item->digest.count++] = from->digests[i];
	}
	return ERR_OK;
}

/* The first subject of a proof's record. */
static enum err
read_subject(struct session *session, struct span proof_text, struct item *item,
    struct why *w)
{
	struct tlog_proof proof;
	struct envelope envelope;
	struct record record;
	enum err err = tlog_proof_parse(proof_text, session->arena, &proof, w);

	if (err == ERR_OK)
		err = envelope_parse_entry(
		    proof.extra, session->arena, &envelope, w);
	if (err == ERR_OK)
		err =
		    record_parse(envelope.payload, session->arena, &record, w);
	if (err != ERR_OK)
		return err;
	err = take_subject(session, &record, item, w);
	record_done(&record);
	return err;
}

static enum err
resolve_record(struct session *session, struct item *item, struct why *w)
{
	struct hash id;
	struct stored stored;
	enum err err = session_trust(session, w);

	if (err == ERR_OK)
		err = stored_resolve(
		    &session->trust, item->what, session->arena, &id, w);
	if (err == ERR_OK)
		err = stored_get(
		    &session->trust, &id, session->arena, &stored, w);
	if (err == ERR_NOT_FOUND)
		return why(w, err,
		    "%s: no such file, and no record that this client keeps: "
		    "name the artifact by its digest",
		    item->what);
	if (err == ERR_OK)
		err = read_subject(session, stored.proof, item, w);
	if (err != ERR_OK)
		return err;
	item->kind = ITEM_RECORD;
	item->has_citation = true;
	item->citation = id;
	return ERR_OK;
}

static bool
is_hex(const char *text)
{
	size_t len = strlen(text);

	return len >= STORED_PREFIX_MIN && len <= HASH_TEXT_LEN &&
	    strspn(text, "0123456789abcdef") == len;
}

static enum err
resolve(struct session *session, struct item *item, struct why *w)
{
	if (access(item->what, F_OK) == 0)
		return resolve_path(session, GIT_UNTRACKED_REFUSED, item, w);
	if (errno == EACCES || errno == ELOOP) /* it may well be there */
		return why(w, ERR_MISSING, "%s: %s", item->what,
		    strerrordesc_np(errno));
	item->name = SPAN_EMPTY;
	if (strchr(item->what, ':') != NULL && strchr(item->what, '/') == NULL)
		return resolve_digest(session, item, w);
	if (is_hex(item->what))
		return resolve_record(session, item, w);
	return why(w, ERR_MISSING,
	    "%s: no such file or folder, and neither a digest (sha256:…) nor "
	    "the id of a record stored here",
	    item->what);
}

enum err
item_resolve(
    struct session *session, const char *text, struct item *ret, struct why *w)
{
	struct item item = item_split(text);
	enum err err = resolve(session, &item, w);

	if (err == ERR_OK)
		*ret = item;
	return err;
}

enum err
item_hash(struct session *session, const struct hashing_wish *wish,
    const char *path, struct item *ret, struct why *w)
{
	struct item item = { .what = path, .name = base_name(path) };
	enum err err =
	    hashing_run(wish, path, session->arena, &item.hashing, w);

	if (err == ERR_OK)
		err = take_hashing(session, &item, w);
	if (err == ERR_OK)
		*ret = item;
	return err;
}

static bool
same_digests(const struct digest_set *a, const struct digest_set *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++) {
		if (!digest_equal(&a->digests[i], &b->digests[i]))
			return false;
	}
	return true;
}

enum err
item_recheck(struct session *session, const struct item *item, struct why *w)
{
	struct item again = { .what = item->what };
	struct why reason = { 0 };

	if (item->kind == ITEM_DIGEST || item->kind == ITEM_RECORD)
		return ERR_OK;
	enum err err =
	    resolve_path(session, GIT_UNTRACKED_FINE, &again, &reason);
	if (err == ERR_MEMORY || err == ERR_IO)
		return why(w, err, "%s", reason.text);
	if (err != ERR_OK)
		return why(w, ERR_REFUSED,
		    "%s: not what it was before the run (%s): nothing is "
		    "recorded",
		    item->what, reason.text);
	if (!same_digests(&again.digest, &item->digest))
		return why(w, ERR_REFUSED,
		    "%s: changed during the run: what went in is not what is "
		    "there now; nothing is recorded",
		    item->what);
	return ERR_OK;
}

enum err
item_node(const struct item *item, struct digest *ret, struct why *w)
{
	if (!item->digest.has_node)
		return why(w, ERR_REFUSED,
		    "%s: an empty file or folder: its digest tells nothing "
		    "apart",
		    item->what);
	*ret = item->digest.node;
	return ERR_OK;
}

enum err
item_cite(struct session *session, const struct item *item,
    struct digest_set *ret, struct why *w)
{
	struct digest_set set = item->digest;
	struct hash id = item->citation;

	*ret = set;
	if (!item->has_citation &&
	    (!session->has_trust || !set.has_node ||
		!cited_get(&session->trust, &set.node, &id)))
		return ERR_OK;
	struct digest *digests =
	    arena_take(session->arena, set.count + 1, sizeof(*digests));
	if (digests == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	memcpy(digests, set.digests, set.count * sizeof(*digests));
	/* the last in the alphabet */
	digests[set.count] = digest_sha256(&id);
	digests[set.count].algorithm = DIGEST_TLOG_LEAF;
	set.digests = digests;
	set.count++;
	set.has_citation = true;
	set.citation = id;
	*ret = set;
	return ERR_OK;
}
