#include "client/item.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/stored.h"
#include "schema/envelope.h"
#include "schema/record.h"
#include "schema/text.h"
#include "schema/tlog_proof.h"

static bool
is_role(struct span text)
{
	if (text.len == 0 || text.len > RECORD_ROLE_MAX)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		uint8_t byte = text.data[i];
		if (!((byte >= 'a' && byte <= 'z') ||
			(byte >= '0' && byte <= '9') || byte == '-'))
			return false;
	}
	return true;
}

/* A file whose name holds a '=' is that file, not a role. */
static void
split_role(const char *text, struct item *item)
{
	struct span rest = span_of_text(text);
	struct span role;

	item->what = text;
	if (access(text, F_OK) == 0 || !span_cut(&rest, '=', &role) ||
	    !is_role(role))
		return;
	item->role = role;
	item->what = (const char *)rest.data;
}

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

static enum err
resolve_git(struct session *session, struct item *item, struct why *w)
{
	struct digest *digests =
	    arena_take(session->arena, 2, sizeof(*digests));
	enum err err = git_read_head(item->what, session->arena, &item->git, w);

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
resolve_path(struct session *session, struct item *item, struct why *w)
{
	item->name = base_name(item->what);
	if (git_is_repository(item->what))
		return resolve_git(session, item, w);
	enum err err = hashing_path(
	    &session->out, item->what, session->arena, &item->hashing, w);
	if (err == ERR_OK)
		err = hashing_digests(
		    &item->hashing, session->arena, &item->digest);
	item->kind = item->hashing.is_set ? ITEM_SET : ITEM_FILE;
	return err;
}

static enum err
resolve_digest(struct session *session, struct item *item, struct why *w)
{
	struct digest *digest = arena_take(session->arena, 1, sizeof(*digest));

	if (digest == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	enum err err = digest_parse(span_of_text(item->what), digest, w);
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
	/* the record is left open: its texts live as long as the session */
	item->digest = record.statement.subjects[0].digest;
	item->name = record.name;
	if (!item->digest.has_node)
		return why(w, ERR_REFUSED, "%s: a record about no artifact",
		    item->what);
	return ERR_OK;
}

static enum err
resolve_record(struct session *session, struct item *item, struct why *w)
{
	struct hash id;
	struct span proof;
	enum err err = session_trust(session, w);

	if (err == ERR_OK)
		err = stored_resolve(
		    &session->trust, item->what, session->arena, &id, w);
	if (err == ERR_OK)
		err = stored_get(
		    &session->trust, &id, session->arena, &proof, NULL, w);
	if (err == ERR_OK)
		err = read_subject(session, proof, item, w);
	if (err != ERR_OK)
		return err;
	item->kind = ITEM_RECORD;
	item->digest.has_citation = true;
	item->digest.citation = id;
	return ERR_OK;
}

static bool
is_hex(const char *text)
{
	size_t len = strlen(text);

	return len >= STORED_PREFIX_MIN && len <= HASH_TEXT_LEN &&
	    strspn(text, "0123456789abcdef") == len;
}

enum err
item_resolve(
    struct session *session, const char *text, struct item *ret, struct why *w)
{
	struct item item = { .role = SPAN_EMPTY };
	enum err err;

	split_role(text, &item);
	if (access(item.what, F_OK) == 0)
		err = resolve_path(session, &item, w);
	else if (strchr(item.what, ':') != NULL &&
	    strchr(item.what, '/') == NULL)
		err = resolve_digest(session, &item, w);
	else if (is_hex(item.what))
		err = resolve_record(session, &item, w);
	else
		err = why(w, ERR_MISSING,
		    "%s: no such file or folder, and neither a digest "
		    "(sha256:…) nor the id of a record stored here",
		    item.what);
	if (err == ERR_OK)
		*ret = item;
	return err;
}

enum err
item_recheck(struct session *session, const struct item *item, struct why *w)
{
	struct item again = { .what = item->what };
	enum err err;

	if (item->kind == ITEM_DIGEST || item->kind == ITEM_RECORD)
		return ERR_OK;
	err = resolve_path(session, &again, w);
	if (err != ERR_OK)
		return err;
	for (size_t i = 0; i < again.digest.count; i++) {
		if (!digest_equal(
			&again.digest.digests[i], &item->digest.digests[i]))
			return why(w, ERR_REFUSED,
			    "%s: changed during the run: what went in is not "
			    "what is there now; nothing is recorded",
			    item->what);
	}
	return ERR_OK;
}

enum err
item_node(const struct item *item, struct digest *ret, struct why *w)
{
	if (!item->digest.has_node)
		return why(w, ERR_REFUSED,
		    "%s: an empty file: its digest says nothing", item->what);
	*ret = item->digest.node;
	return ERR_OK;
}
