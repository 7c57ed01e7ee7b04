#include "client/shard.h"

#include <inttypes.h>
#include <string.h>

#include "client/answer.h"
#include "schema/making.h"

#define REASON_LEN_MAX 1024

static const char *const verdicts[] = {
	[SHARD_UNKNOWN] = "unknown",
	[SHARD_IN] = "in",
	[SHARD_NOT_IN] = "not-in",
};

const char *
shard_verdict_name(enum shard_verdict verdict)
{
	return verdicts[verdict];
}

static const char *const bys[] = {
	[SHARD_BY_NOTHING] = "",
	[SHARD_BY_MANIFEST] = "manifest",
	[SHARD_BY_OPENING] = "opening",
	[SHARD_BY_LIST] = "list",
	[SHARD_BY_FILE] = "file",
};

const char *
shard_by_name(enum shard_by by)
{
	return bys[by];
}

/* ---- reading ---- */

static enum err
read_hashes(json_value *array, struct tree_proof *proof, struct why *w)
{
	for (size_t i = 0; i < proof->count; i++) {
		struct span text;
		if (!json_element_text(array, i, &text) ||
		    !hash_parse_base64(text, &proof->hashes[i]))
			return why(w, ERR_SYNTAX,
			    "hashes[%zu]: the base64 of 32 bytes is needed", i);
	}
	return ERR_OK;
}

static void
read_text(struct object *o, bool is_salted, struct shard_line *ret)
{
	struct manifest_salted salted;
	enum err err;

	object_text(o, "line", 1, MANIFEST_SALTED_MAX - 1, &ret->text);
	if (o->err != ERR_OK)
		return;
	err = is_salted ? manifest_line_parse_salted(ret->text, &salted)
			: manifest_line_parse(ret->text, &ret->parts);
	if (err != ERR_OK)
		object_fail_member(o, "line", "no line of a manifest");
	else if (is_salted)
		ret->parts = salted.file;
}

static enum err
read_line(
    json_value *value, bool is_salted, struct shard_line *ret, struct why *w)
{
	struct object o = object_of(value, "", w);

	ret->index = object_number(&o, "index", TREE_SIZE_MAX);
	read_text(&o, is_salted, ret);
	json_value *hashes =
	    object_array(&o, "hashes", 0, TREE_PROOF_MAX, &ret->proof.count);
	enum err err = object_end_open(&o);
	return err == ERR_OK ? read_hashes(hashes, &ret->proof, w) : err;
}

static void
read_lines(struct object *o, struct shard *ret)
{
	struct span root;
	bool is_salted = ret->by == SHARD_BY_OPENING;
	json_value *lines = object_array(o, "lines", 1, 2, &ret->line_count);

	for (size_t i = 0; o->err == ERR_OK && i < ret->line_count; i++)
		member_keep(o,
		    read_line(json_element(lines, i), is_salted, &ret->lines[i],
			o->why),
		    "lines", i);
	ret->size = object_number(o, "size", TREE_SIZE_MAX);
	object_line(o, "merkleTreeHash", 1, HASH_BASE64_LEN, &root);
	if (o->err == ERR_OK && !hash_parse_base64(root, &ret->root))
		object_fail_member(
		    o, "merkleTreeHash", "the base64 of 32 bytes is needed");
}

static void
read_verdict(struct object *o, struct shard *ret)
{
	ret->verdict = (enum shard_verdict)answer_word(
	    o, "verdict", verdicts, SHARD_NOT_IN + 1);
	if (o->err != ERR_OK || ret->verdict == SHARD_UNKNOWN)
		return;
	ret->by = (enum shard_by)answer_word(o, "by", bys, SHARD_BY_FILE + 1);
	if (o->err == ERR_OK && !ret->has_record)
		object_fail_member(o, "record", "missing");
}

void
shard_read(struct object *o, struct shard *ret)
{
	*ret = (struct shard){ .verdict = SHARD_UNKNOWN };
	answer_digest(o, "dataset", &ret->set);
	ret->has_record = answer_optional_id(o, "record", &ret->record);
	read_verdict(o, ret);
	if (o->err == ERR_OK && ret->verdict == SHARD_UNKNOWN)
		(void)object_optional_text(
		    o, "reason", 1, REASON_LEN_MAX, &ret->reason);
	if (ret->by == SHARD_BY_MANIFEST || ret->by == SHARD_BY_OPENING)
		read_lines(o, ret);
}

/* ---- checking ---- */

static enum err
check_proofs(const struct shard *shard, struct why *w)
{
	for (size_t i = 0; i < shard->line_count; i++) {
		const struct shard_line *line = &shard->lines[i];
		struct hash leaf = tree_leaf(line->text);
		if (tree_verify_inclusion(line->index, shard->size, &leaf,
			&line->proof, &shard->root) != ERR_OK)
			return why(w, ERR_MISMATCH,
			    "the log's answer: line %" PRIu64 " of %" PRIu64
			    " does not verify against the set's root",
			    line->index, shard->size);
	}
	return ERR_OK;
}

/* Nothing can stand between the lines, and the digest would. */
static bool
is_absent(const struct shard *shard, const struct hash *file)
{
	const struct shard_line *low = &shard->lines[0];
	const struct shard_line *high = &shard->lines[shard->line_count - 1];
	bool is_below = hash_compare(&low->parts.digest, file) < 0;
	bool is_above = hash_compare(file, &high->parts.digest) < 0;

	if (shard->line_count == 2)
		return is_below && is_above && low->index + 1 == high->index;
	return (low->index == 0 && is_above) ||
	    (low->index + 1 == shard->size && is_below);
}

enum err
shard_check(const struct shard *shard, const struct hash *file, struct why *w)
{
	enum err err = check_proofs(shard, w);

	/* a list and a single file have no lines: the record tells */
	if (err != ERR_OK || shard->by == SHARD_BY_LIST ||
	    shard->by == SHARD_BY_FILE)
		return err;
	if (shard->verdict == SHARD_IN &&
	    (shard->line_count != 1 ||
		!hash_equal(&shard->lines[0].parts.digest, file)))
		return why(w, ERR_MISMATCH,
		    "the log's answer: its line names another file");
	if (shard->verdict == SHARD_NOT_IN &&
	    (shard->by != SHARD_BY_MANIFEST || !is_absent(shard, file)))
		return why(w, ERR_MISMATCH,
		    "the log's answer: its lines do not show that the file is "
		    "not between them");
	return ERR_OK;
}

/* ---- the record ---- */

/* Its subject that is the set. */
static const struct resource *
find_set(const struct record *record, const struct digest *set)
{
	const struct statement *statement = &record->statement;

	for (size_t i = 0; i < statement->subject_count; i++) {
		const struct digest *digest = digest_set_find(
		    &statement->subjects[i].digest, set->algorithm);
		if (digest != NULL && digest_equal(digest, set))
			return &statement->subjects[i];
	}
	return NULL;
}

static bool
lists_files(const struct record *record, const struct resource *set)
{
	return set == &record->statement.subjects[0] &&
	    (record->kind == RECORD_DATASET || record->kind == RECORD_MODEL);
}

static enum err
check_root(const struct record *record, const struct resource *set,
    const struct shard *shard, struct why *w)
{
	const struct digest *root =
	    digest_set_find(&set->digest, DIGEST_MERKLE_TREE_HASH);

	if (root == NULL ||
	    memcmp(root->bytes, shard->root.bytes, HASH_LEN) != 0)
		return why(w, ERR_MISMATCH,
		    "the log's answer: its root is not the one that the record "
		    "signed");
	if (!lists_files(record, set))
		return ERR_OK;
	if (shard->by == SHARD_BY_MANIFEST &&
	    record->disclosure == DISCLOSURE_SALTED)
		return why(w, ERR_MISMATCH,
		    "the log's answer: the record is of a salted set, whose "
		    "lines are of another form");
	if (record->has_files && record->files != shard->size)
		return why(w, ERR_MISMATCH,
		    "the log's answer: %" PRIu64
		    " lines, where the record says %" PRIu64 " files",
		    shard->size, record->files);
	return ERR_OK;
}

/* Are all its parts signed as all there are? */
static bool
is_list_complete(const struct record *record)
{
	const char *role = record->kind == RECORD_MODEL ? "weights" : "shard";

	return record->makes_parts && making_check_parts(record) == NULL &&
	    making_is_complete(record, span_of_text(role));
}

static bool
lists_it(const struct record *record, const struct hash *file)
{
	for (size_t i = 1; i < record->statement.subject_count; i++) {
		const struct digest *digest = digest_set_find(
		    &record->statement.subjects[i].digest, DIGEST_SHA256);
		if (digest != NULL &&
		    memcmp(digest->bytes, file->bytes, HASH_LEN) == 0)
			return true;
	}
	return false;
}

static enum err
check_list(const struct record *record, const struct resource *set,
    const struct shard *shard, const struct hash *file, struct why *w)
{
	bool is_there = lists_it(record, file);

	if (!lists_files(record, set) ||
	    is_there != (shard->verdict == SHARD_IN))
		return why(w, ERR_MISMATCH,
		    "the log's answer: the record's list of files says "
		    "otherwise");
	if (!is_there && !is_list_complete(record))
		return why(w, ERR_MISMATCH,
		    "the log's answer: the record does not sign its list of "
		    "files as complete");
	return ERR_OK;
}

/* What has neither root nor parts is a file, by its record's word. */
static enum err
check_file(const struct record *record, const struct resource *set,
    const struct shard *shard, const struct hash *file, struct why *w)
{
	struct digest digest = digest_sha256(file);
	bool is_it = digest_equal(&digest, &shard->set);

	if (digest_set_find(&set->digest, DIGEST_MERKLE_TREE_HASH) != NULL ||
	    (lists_files(record, set) && record->makes_parts))
		return why(w, ERR_MISMATCH,
		    "the log's answer: it is a set, by the record");
	if (is_it != (shard->verdict == SHARD_IN))
		return why(w, ERR_MISMATCH,
		    "the log's answer: two digests are compared wrongly");
	return ERR_OK;
}

enum err
shard_judge(const struct shard *shard, const struct record *record,
    const struct hash *file, struct why *w)
{
	const struct resource *set = find_set(record, &shard->set);

	if (set == NULL)
		return why(w, ERR_MISMATCH,
		    "the log's answer: its record is not about this set");
	switch (shard->by) {
	case SHARD_BY_MANIFEST:
	case SHARD_BY_OPENING:
		return check_root(record, set, shard, w);
	case SHARD_BY_LIST:
		return check_list(record, set, shard, file, w);
	case SHARD_BY_FILE:
		return check_file(record, set, shard, file, w);
	case SHARD_BY_NOTHING:
		break;
	}
	return ERR_OK;
}

enum err
shard_record(struct session *session, const struct shard *shard,
    const struct hash *file, struct fetched *ret, struct why *w)
{
	struct fetched fetched;
	enum err err = fetched_record(session, &shard->record, &fetched, w);

	if (err != ERR_OK)
		return err;
	err = shard_judge(shard, &fetched.proved.record, file, w);
	fetched_find_keyring(session, &fetched);
	if (err == ERR_OK)
		err = fetched_judge(session, &fetched, w);
	if (err == ERR_OK)
		*ret = fetched;
	else
		fetched_done(&fetched);
	return err;
}

void
shard_exit(struct session *session, enum shard_verdict verdict, enum err err)
{
	int exit_code = err_exit_code(err);

	if (err == ERR_OK && verdict == SHARD_NOT_IN)
		session->exit_code = 1;
	if (exit_code == 1 || (err == ERR_OK && verdict == SHARD_UNKNOWN))
		session->exit_code = 3;
}
