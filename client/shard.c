#include "client/shard.h"

#include <inttypes.h>
#include <string.h>

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

static enum err
read_line(json_value *value, struct shard_line *ret, struct why *w)
{
	struct object o = object_of(value, "", w);

	ret->index = object_number(&o, "index", TREE_SIZE_MAX);
	object_text(&o, "line", 1, MANIFEST_LINE_MAX - 1, &ret->text);
	json_value *hashes =
	    object_array(&o, "hashes", 0, TREE_PROOF_MAX, &ret->proof.count);
	if (o.err == ERR_OK &&
	    manifest_line_parse(ret->text, &ret->parts) != ERR_OK)
		object_fail_member(&o, "line", "no line of a manifest");
	enum err err = object_end_open(&o);
	return err == ERR_OK ? read_hashes(hashes, &ret->proof, w) : err;
}

static void
read_lines(struct object *o, struct shard *ret)
{
	json_value *lines = object_array(o, "lines", 1, 2, &ret->line_count);

	for (size_t i = 0; o->err == ERR_OK && i < ret->line_count; i++)
		member_keep(o,
		    read_line(json_element(lines, i), &ret->lines[i], o->why),
		    "lines", i);
}

static void
read_verdict(struct object *o, enum shard_verdict *ret)
{
	struct span text;

	object_line(o, "verdict", 1, 16, &text);
	for (size_t i = 0; i < sizeof(verdicts) / sizeof(verdicts[0]); i++) {
		if (span_is(text, verdicts[i])) {
			*ret = (enum shard_verdict)i;
			return;
		}
	}
	object_fail_member(o, "verdict", "in, not-in or unknown is needed");
}

static void
read_set(struct object *o, struct shard *ret)
{
	struct span text;
	struct why w = { 0 };

	object_line(o, "dataset", 1, DIGEST_TEXT_MAX, &text);
	if (o->err == ERR_OK && digest_parse(text, &ret->set, &w) != ERR_OK)
		object_fail_member(o, "dataset", w.text);
	ret->has_record = object_has(o, "record") && !object_null(o, "record");
	if (!ret->has_record)
		return;
	object_line(o, "record", 1, HASH_TEXT_LEN, &text);
	if (o->err == ERR_OK && !hash_parse(text, &ret->record))
		object_fail_member(o, "record", "no record id");
}

/* What a record lists, its signer says: no line proves it here. */
static bool
is_proved_by_lines(struct object *o)
{
	struct span by = SPAN_EMPTY;

	if (!object_has(o, "by") || object_null(o, "by"))
		return true;
	object_line(o, "by", 1, 16, &by);
	return span_is(by, "manifest");
}

void
shard_read(struct object *o, struct shard *ret)
{
	struct span text;

	*ret = (struct shard){ .verdict = SHARD_UNKNOWN };
	read_set(o, ret);
	read_verdict(o, &ret->verdict);
	if (ret->verdict == SHARD_UNKNOWN) {
		(void)object_optional_text(
		    o, "reason", 1, REASON_LEN_MAX, &ret->reason);
		return;
	}
	if (!is_proved_by_lines(o)) {
		ret->verdict = SHARD_UNKNOWN;
		ret->reason = span_of_text(
		    "its manifest is not in the log; what its record lists "
		    "or discloses is not proved by lines of it");
		return;
	}
	ret->size = object_number(o, "size", TREE_SIZE_MAX);
	object_line(o, "merkleTreeHash", 1, HASH_BASE64_LEN, &text);
	if (o->err == ERR_OK && !hash_parse_base64(text, &ret->root))
		object_fail_member(
		    o, "merkleTreeHash", "the base64 of 32 bytes is needed");
	read_lines(o, ret);
	if (o->err == ERR_OK && !ret->has_record)
		object_fail_member(o, "record", "missing");
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

	if (err != ERR_OK)
		return err;
	if (shard->verdict == SHARD_IN &&
	    (shard->line_count != 1 ||
		!hash_equal(&shard->lines[0].parts.digest, file)))
		return why(w, ERR_MISMATCH,
		    "the log's answer: its line names another file");
	if (shard->verdict == SHARD_NOT_IN && !is_absent(shard, file))
		return why(w, ERR_MISMATCH,
		    "the log's answer: its lines do not show that the file is "
		    "not between them");
	return ERR_OK;
}

/* ---- the record ---- */

static enum err
check_record(
    const struct record *record, const struct shard *shard, struct why *w)
{
	const struct digest_set *set = &record->statement.subjects[0].digest;
	const struct digest *sha256 = digest_set_find(set, DIGEST_SHA256);
	const struct digest *root =
	    digest_set_find(set, DIGEST_MERKLE_TREE_HASH);

	if (record->kind != RECORD_DATASET && record->kind != RECORD_MODEL)
		return why(w, ERR_MISMATCH,
		    "the log's answer: its record is of no set, it is of the "
		    "kind %s",
		    record_kind_name(record->kind));
	if (sha256 == NULL || !digest_equal(sha256, &shard->set))
		return why(w, ERR_MISMATCH,
		    "the log's answer: its record is of another set");
	if (root == NULL ||
	    memcmp(root->bytes, shard->root.bytes, HASH_LEN) != 0)
		return why(w, ERR_MISMATCH,
		    "the log's answer: its root is not the one that the record "
		    "signed");
	if (!shard->is_salted && record->disclosure == DISCLOSURE_SALTED)
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

enum err
shard_record(struct session *session, const struct shard *shard,
    struct fetched *ret, struct why *w)
{
	struct fetched fetched;
	enum err err = fetched_record(session, &shard->record, &fetched, w);

	if (err != ERR_OK)
		return err;
	err = check_record(&fetched.proved.record, shard, w);
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
