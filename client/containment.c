#include "client/containment.h"

#include <string.h>
#include <unistd.h>

#include "client/answer.h"
#include "client/download.h"
#include "client/item.h"
#include "client/list.h"
#include "client/listed.h"
#include "client/progress.h"
#include "schema/text.h"

#define ANSWER_MAX ((size_t)1 << 20)
#define OPENINGS_LEN_MAX ((size_t)1 << 20)
#define QUESTION_MAX 512

/* ---- what is asked ---- */

enum err
containment_hash(
    struct session *session, const char *text, struct hash *ret, struct why *w)
{
	struct digest node;
	struct item item;
	enum err err = item_resolve(session, text, &item, w);

	if (err == ERR_OK)
		err = item_node(&item, &node, w);
	if (err == ERR_OK && node.algorithm != DIGEST_SHA256)
		err = why(w, ERR_USAGE,
		    "%.200s: a sha256 is needed: manifests hold no other "
		    "digest",
		    text);
	if (err == ERR_OK)
		memcpy(ret->bytes, node.bytes, HASH_LEN);
	return err;
}

static enum err
resolve(struct containment *c, const struct arguments *arguments, struct why *w)
{
	c->set_name = arguments->words[0];
	c->file_name = arguments->words[1];
	c->as = options_value(arguments, "as");
	if (c->as != NULL && !text_is_principal(span_of_text(c->as)))
		return why(w, ERR_USAGE,
		    "--as %.128s: a principal is needed: [a-z0-9._@-], at most "
		    "%d bytes",
		    c->as, TEXT_PRINCIPAL_MAX);
	enum err err = containment_hash(c->session, c->set_name, &c->set, w);
	if (err == ERR_OK)
		err = containment_hash(c->session, c->file_name, &c->file, w);
	return err;
}

static enum err
check_principal(const struct containment *c, struct why *w)
{
	const struct proved *proved = &c->record.proved;

	if (c->as != NULL && proved->has_signer &&
	    strcmp(proved->principal, c->as) != 0)
		return why(w, ERR_MISMATCH,
		    "the log's answer: its record is by %.128s, not by %.64s",
		    proved->principal, c->as);
	return ERR_OK;
}

static enum err
prove_record(struct containment *c, struct why *w)
{
	enum err err =
	    shard_record(c->session, &c->shard, &c->file, &c->record, w);

	c->is_proved = err == ERR_OK;
	return err == ERR_OK ? check_principal(c, w) : err;
}

/* ---- an open manifest ---- */

static enum err
read_answer(struct containment *c, struct why *w)
{
	struct object o = object_of(json_root(c->json), "the log's answer", w);
	shard_read(&o, &c->shard);
	enum err err = object_end_open(&o);
	struct digest set = digest_sha256(&c->set);
	if (err == ERR_OK && !digest_equal(&set, &c->shard.set))
		err = why(
		    w, ERR_MISMATCH, "the log's answer is about another set");
	return err;
}

static enum err
ask(struct containment *c, struct why *w)
{
	char path[QUESTION_MAX];
	char set[HASH_TEXT_MAX];
	char file[HASH_TEXT_MAX];

	hash_print(&c->set, set);
	hash_print(&c->file, file);
	enum err err = answer_path(path, sizeof(path), w,
	    "/v1/datasets/sha256:%s/shards/sha256:%s%s%s", set, file,
	    c->as != NULL ? "?as=" : "", c->as != NULL ? c->as : "");
	if (err == ERR_OK)
		err = answer_get(c->session, path, ANSWER_MAX, &c->json, w);
	if (err == ERR_NOT_FOUND) {
		c->shard.reason =
		    span_of_text("the log knows no such set with a manifest");
		return ERR_OK;
	}
	return err == ERR_OK ? read_answer(c, w) : err;
}

/* Reads all lines; gives whether one has the digest. */
static enum err
search_list(const struct containment *c, struct list *list, bool *ret_is_there,
    struct why *w)
{
	struct progress progress = progress_begin(
	    &c->session->out, "checking lines", c->shard.size, false);
	bool is_there = false;
	enum err err = list_next(list, w);

	while (err == ERR_OK && !list->is_at_end) {
		is_there = is_there || hash_equal(&list->line.digest, &c->file);
		progress_add(&progress, 1);
		err = list_next(list, w);
	}
	progress_end(&progress);
	if (err == ERR_OK)
		err = list_expect(list, &c->set, w);
	if (err == ERR_OK)
		*ret_is_there = is_there;
	return err;
}

/* The manifest itself, from its bytes to the root that is signed. */
static enum err
check_whole(struct containment *c, struct why *w)
{
	struct list *list = arena_take(c->session->arena, 1, sizeof(*list));
	bool is_there = false;
	int fd;

	if (c->shard.by != SHARD_BY_MANIFEST)
		return why(w, ERR_USAGE,
		    "--whole: the log holds no manifest of this set");
	if (list == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	enum err err = download_blob(c->session, &c->set, &fd, w);
	if (err != ERR_OK)
		return err;
	err = list_open(list, fd, "the manifest", c->session->arena, w);
	if (err == ERR_OK) {
		list_want_root(list);
		err = search_list(c, list, &is_there, w);
	}
	(void)close(fd);
	if (err != ERR_OK)
		return err;
	struct hash root = list_root(list);
	if (!hash_equal(&root, &c->shard.root) || list->count != c->shard.size)
		return why(w, ERR_MISMATCH,
		    "the manifest has another root or length than the record "
		    "signed");
	if (is_there != (c->shard.verdict == SHARD_IN))
		return why(w, ERR_MISMATCH,
		    "the log's answer: the manifest says otherwise");
	c->is_whole = true;
	return ERR_OK;
}

static enum err
find_in_manifest(struct containment *c, bool is_whole, struct why *w)
{
	enum err err = ask(c, w);

	if (err != ERR_OK || c->shard.verdict == SHARD_UNKNOWN)
		return err;
	err = shard_check(&c->shard, &c->file, w);
	if (err == ERR_OK)
		err = prove_record(c, w);
	if (err == ERR_OK && is_whole)
		err = check_whole(c, w);
	return err;
}

/* ---- a salted one ---- */

static enum err
read_openings(struct containment *c, const char *path, struct why *w)
{
	struct arena *arena = c->session->arena;
	struct digest_set set = { 0 };
	struct span text;
	enum err err = disk_read(path, OPENINGS_LEN_MAX, arena, &text, w);

	if (err == ERR_OK)
		err = json_parse(text, &c->json, w);
	if (err != ERR_OK)
		return err;
	struct object o = object_of(json_root(c->json), "", w);
	json_value *digest = object_object(&o, "digest");
	opening_read(&o, OPENINGS_MAX, arena, &c->openings);
	err = object_end(&o);
	if (err == ERR_OK)
		err = object_within(
		    w, digest_set_read(digest, true, arena, &set, w), "digest");
	if (err != ERR_OK)
		return err;
	const struct digest *sha256 = digest_set_find(&set, DIGEST_SHA256);
	const struct digest *root =
	    digest_set_find(&set, DIGEST_MERKLE_TREE_HASH);
	if (sha256 == NULL || root == NULL ||
	    memcmp(sha256->bytes, c->set.bytes, HASH_LEN) != 0)
		return why(w, ERR_MISMATCH,
		    "digest: they are openings of another set");
	c->shard.set = *sha256;
	c->shard.by = SHARD_BY_OPENING;
	c->shard.size = c->openings.all[0].size;
	memcpy(c->shard.root.bytes, root->bytes, HASH_LEN);
	return opening_verify(&c->openings, &c->shard.root, w);
}

static bool
is_record_of_set(const struct containment *c, const struct listed_row *row)
{
	return !row->is_withdrawn &&
	    (span_is(row->kind, "dataset") || span_is(row->kind, "model")) &&
	    (c->as == NULL || span_is(row->principal, c->as));
}

/* The record that signed this root: the first that does, among those that have
 * the set as a subject. */
static enum err
find_record(struct containment *c, struct why *w)
{
	char query[HASH_TEXT_MAX + 64] = "/v1/records?subject=sha256:";
	struct listed_page page;

	hash_print(&c->set, query + strlen(query));
	enum err err = listed_get(c->session, query, NULL, &page, w);
	if (err != ERR_OK)
		return err;
	for (size_t i = 0; i < page.count && !c->is_proved; i++) {
		struct listed_row row;
		struct why other = { 0 };
		err = listed_row(&page, i, &row, w);
		if (err != ERR_OK)
			break;
		if (!is_record_of_set(c, &row))
			continue;
		c->shard.record = row.id;
		err = shard_record(
		    c->session, &c->shard, &c->file, &c->record, &other);
		c->is_proved = err == ERR_OK;
		/* somebody may have given this digest to another root */
		if (err != ERR_OK && err != ERR_MISMATCH) {
			err = why(w, err, "%s", other.text);
			break;
		}
		err = ERR_OK;
	}
	listed_done(&page);
	return err == ERR_OK && c->is_proved ? check_principal(c, w) : err;
}

static enum err
find_in_openings(struct containment *c, const char *path, struct why *w)
{
	enum err err = read_openings(c, path, w);

	if (err != ERR_OK) {
		why_prefix(w, path);
		return err;
	}
	err = find_record(c, w);
	if (err != ERR_OK)
		return err;
	if (!c->is_proved) {
		c->shard.reason = span_of_text(
		    "the log knows no record that signed this set and root");
		return ERR_OK;
	}
	for (size_t i = 0; i < c->openings.count; i++) {
		struct opening *one = &c->openings.all[i];
		if (hash_equal(&one->parts.file.digest, &c->file))
			c->opening = one;
	}
	if (c->opening != NULL)
		c->shard.verdict = SHARD_IN;
	else
		c->shard.reason = span_of_text(
		    "no opening is of this file, and a salted set does not "
		    "show what is not in it");
	return ERR_OK;
}

enum err
containment_find(struct session *session, const struct arguments *arguments,
    struct containment *ret, struct why *w)
{
	const char *openings = options_value(arguments, "openings");
	bool is_whole = options_has(arguments, "whole");

	*ret = (struct containment){ .session = session };
	if (openings != NULL && is_whole)
		return why(w, ERR_USAGE,
		    "--whole: a salted set has no manifest that is published");
	enum err err = session_online(session, w);
	if (err == ERR_OK)
		err = resolve(ret, arguments, w);
	if (err != ERR_OK)
		return err;
	return openings != NULL ? find_in_openings(ret, openings, w)
				: find_in_manifest(ret, is_whole, w);
}

void
containment_done(struct containment *c)
{
	if (c->is_proved)
		fetched_done(&c->record);
	json_done(c->json);
}
