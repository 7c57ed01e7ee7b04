#include "schema/record.h"

#include <stdlib.h>
#include <string.h>

#include "schema/predicate.h"
#include "schema/provenance.h"
#include "schema/text.h"

/* ---- what each kind demands ---- */

/* Further subjects: none, or each named by a relative path, or as free as the
 * first. */
enum further {
	FURTHER_NONE,
	FURTHER_PATHS,
	FURTHER_FREE,
};

enum named {
	NAMED_NOT, /* the first subject's name is free */
	NAMED_BY_PRINCIPAL,
	NAMED_BY_LOG,
};

/* Digests that the first subject must have. */
enum identity {
	IDENTITY_ANY,
	IDENTITY_SHA256,
	IDENTITY_CODE, /* gitCommit and gitTree, or sha256 */
	IDENTITY_SET,  /* sha256 and merkleTreeHash */
};

struct rule {
	enum named named;
	enum further further;
	enum identity identity;
	void (*read)(struct object *, struct arena *, struct predicate *);
};

static const struct rule rules[] = {
	[RECORD_OTHER] = { .named = NAMED_NOT },
	[RECORD_PROVENANCE] = { .named = NAMED_NOT },
	[RECORD_DATASET] = { .named = NAMED_BY_PRINCIPAL,
	    .further = FURTHER_PATHS,
	    .identity = IDENTITY_SHA256,
	    .read = predicate_dataset },
	[RECORD_MODEL] = { .named = NAMED_BY_PRINCIPAL,
	    .further = FURTHER_PATHS,
	    .identity = IDENTITY_SHA256,
	    .read = predicate_model },
	[RECORD_CODE] = { .named = NAMED_BY_PRINCIPAL,
	    .identity = IDENTITY_CODE,
	    .read = predicate_code },
	[RECORD_RUN] = { .named = NAMED_BY_PRINCIPAL,
	    .further = FURTHER_PATHS,
	    .read = provenance_run },
	[RECORD_EVALUATION] = { .named = NAMED_BY_PRINCIPAL,
	    .read = predicate_evaluation },
	[RECORD_RELEASE] = { .named = NAMED_BY_PRINCIPAL,
	    .further = FURTHER_PATHS,
	    .read = predicate_release },
	[RECORD_WITHDRAWAL] = { .read = predicate_withdrawal },
	[RECORD_KEYRING] = { .named = NAMED_BY_LOG,
	    .identity = IDENTITY_SHA256,
	    .read = predicate_keyring },
	[RECORD_ADVISORY] = { .further = FURTHER_FREE,
	    .read = predicate_advisory },
	[RECORD_LICENSE] = { .named = NAMED_BY_PRINCIPAL,
	    .identity = IDENTITY_SHA256,
	    .read = predicate_license },
	[RECORD_AUDIT] = { .further = FURTHER_FREE, .read = predicate_audit },
	[RECORD_DISCLOSURE] = { .identity = IDENTITY_SET,
	    .read = predicate_disclosure },
};

static const struct {
	const char *name;
	const char *type;
} kinds[] = {
#define X(kind, name, type) [kind] = { name, type },
	RECORD_TABLE(X)
#undef X
};

const char *
record_kind_name(enum record_kind kind)
{
	return kinds[kind].name;
}

bool
record_kind_parse(struct span text, enum record_kind *ret)
{
	for (size_t i = 0; i < RECORD_KINDS; i++) {
		if (span_is(text, kinds[i].name)) {
			*ret = (enum record_kind)i;
			return true;
		}
	}
	return false;
}

bool
record_kind_is_origin(enum record_kind kind)
{
	return kind == RECORD_DATASET || kind == RECORD_CODE ||
	    kind == RECORD_MODEL || kind == RECORD_RUN;
}

bool
record_kind_is_named(enum record_kind kind)
{
	return rules[kind].named == NAMED_BY_PRINCIPAL;
}

static enum err
find_kind(const struct statement *s, enum record_kind *ret, struct why *w)
{
	if (span_is(s->predicate_type, STATEMENT_SLSA_TYPE)) {
		*ret = s->is_run ? RECORD_RUN : RECORD_PROVENANCE;
		return ERR_OK;
	}
	for (size_t i = 0; i < RECORD_KINDS; i++) {
		if (kinds[i].type != NULL &&
		    span_is(s->predicate_type, kinds[i].type)) {
			*ret = (enum record_kind)i;
			return ERR_OK;
		}
	}
	if (s->is_ours)
		return why(w, ERR_SYNTAX,
		    "predicateType: %.*s is reserved and not known here",
		    SPAN_ARGS(s->predicate_type));
	*ret = RECORD_OTHER;
	return ERR_OK;
}

/* ---- subjects ---- */

static bool
has(const struct digest_set *set, enum digest_algorithm algorithm)
{
	return digest_set_find(set, algorithm) != NULL;
}

static enum err
check_identity(
    enum identity identity, const struct digest_set *set, struct why *w)
{
	bool has_sha256 = has(set, DIGEST_SHA256);

	if (identity == IDENTITY_SHA256 && !has_sha256)
		return why(w, ERR_SYNTAX, "subject[0].digest: sha256 needed");
	if (identity == IDENTITY_CODE && !has_sha256 &&
	    !(has(set, DIGEST_GIT_COMMIT) && has(set, DIGEST_GIT_TREE)))
		return why(w, ERR_SYNTAX,
		    "subject[0].digest: gitCommit and gitTree, or sha256 "
		    "needed");
	if (identity == IDENTITY_SET &&
	    !(has_sha256 && has(set, DIGEST_MERKLE_TREE_HASH)))
		return why(w, ERR_SYNTAX,
		    "subject[0].digest: sha256 and merkleTreeHash needed");
	return ERR_OK;
}

/* tlogLeaf names a record: beside other digests it cites, alone it says that
 * the artifact is a record, which none is. */
static enum err
check_artifacts(const struct statement *s, struct why *w)
{
	for (size_t i = 0; i < s->subject_count; i++) {
		const struct digest_set *set = &s->subjects[i].digest;
		if (set->has_citation && set->count == 1)
			return why(w, ERR_SYNTAX,
			    "subject[%zu].digest: tlogLeaf names a record, a "
			    "digest of the artifact is needed",
			    i);
	}
	return ERR_OK;
}

static int
compare_spans(const void *a, const void *b)
{
	const struct span *left = a;
	const struct span *right = b;

	return span_compare(*left, *right);
}

/* Names of further subjects are relative paths, each once; sorted to find
 * those that come twice. */
static enum err
check_paths(const struct statement *s, struct arena *arena, struct why *w)
{
	size_t count = s->subject_count - 1;
	struct span *paths = arena_take(arena, count, sizeof(*paths));

	if (paths == NULL)
		return why(w, ERR_MEMORY, "subject: no memory left");
	for (size_t i = 0; i < count; i++) {
		paths[i] = s->subjects[i + 1].name;
		if (!text_is_path(paths[i]))
			return why(w, ERR_SYNTAX,
			    "subject[%zu].name: a relative path without "
			    "empty, . or .. segments is needed",
			    i + 1);
	}
	if (count > 1)
		qsort(paths, count, sizeof(*paths), compare_spans);
	for (size_t i = 1; i < count; i++) {
		if (span_equal(paths[i - 1], paths[i]))
			return why(w, ERR_SYNTAX,
			    "subject: the name \"%.*s\" comes twice",
			    SPAN_ARGS(paths[i]));
	}
	return ERR_OK;
}

static enum err
check_subjects(struct record *record, struct arena *arena, struct why *w)
{
	const struct statement *s = &record->statement;
	const struct rule *rule = &rules[record->kind];

	if (rule->further == FURTHER_NONE && s->subject_count > 1)
		return why(w, ERR_SYNTAX, "subject: a %s record has one",
		    kinds[record->kind].name);
	if (rule->named == NAMED_BY_PRINCIPAL &&
	    !text_is_name(s->subjects[0].name))
		return why(w, ERR_SYNTAX,
		    "subject[0].name: <principal>/<path> of a-z, 0-9, '.', "
		    "'_', '@', '-' and at most %d bytes is needed",
		    TEXT_NAME_MAX);
	if (rule->named != NAMED_NOT)
		record->name = s->subjects[0].name;
	enum err err = check_artifacts(s, w);
	if (err == ERR_OK)
		err = check_identity(rule->identity, &s->subjects[0].digest, w);
	if (err == ERR_OK && rule->further == FURTHER_PATHS)
		err = check_paths(s, arena, w);
	return err;
}

/* Exactly {"digest":{"tlogLeaf":id}}: nothing else to tell apart two
 * withdrawals of one record. */
static enum err
check_withdrawn(struct record *record, struct why *w)
{
	const struct statement *s = &record->statement;
	const struct digest_set *set = &s->subjects[0].digest;

	if (s->subject_count != 1 || s->subjects[0].member_count != 1 ||
	    set->count != 1 || !set->has_citation)
		return why(w, ERR_SYNTAX,
		    "subject: {\"digest\": {\"tlogLeaf\": id}} and nothing "
		    "else is needed");
	record->withdraws = set->citation;
	return ERR_OK;
}

/* What the predicate says about its first subject's digests. */
static enum err
check_said(
    const struct record *record, struct predicate *predicate, struct why *w)
{
	const struct digest_set *set = &record->statement.subjects[0].digest;
	struct hash root;

	if (record->kind == RECORD_DATASET || record->kind == RECORD_MODEL)
		return attachment_check(
		    &predicate->attachments, predicate->disclosure, set, w);
	if (record->kind == RECORD_LICENSE)
		return license_record_check(&predicate->attachments, set, w);
	if (record->kind != RECORD_DISCLOSURE)
		return ERR_OK;
	memcpy(root.bytes, digest_set_find(set, DIGEST_MERKLE_TREE_HASH)->bytes,
	    HASH_LEN);
	return object_within(
	    w, opening_verify(&predicate->openings, &root, w), "predicate");
}

/* ---- predicates ---- */

static enum err
read_ours(struct record *record, struct arena *arena,
    struct predicate *predicate, struct why *w)
{
	if (record->statement.predicate == NULL)
		return why(w, ERR_SYNTAX, "predicate: missing");
	struct object o =
	    object_of(record->statement.predicate, "predicate", w);
	rules[record->kind].read(&o, arena, predicate);
	enum err err = object_end(&o);
	if (err != ERR_OK)
		return err;
	if (record->kind == RECORD_WITHDRAWAL)
		return check_withdrawn(record, w);
	err = check_subjects(record, arena, w);
	return err == ERR_OK ? check_said(record, predicate, w) : err;
}

static enum err
read_predicate(struct record *record, struct arena *arena, struct why *w)
{
	struct predicate predicate = { .has_files = false };
	enum err err = ERR_OK;

	if (record->kind == RECORD_PROVENANCE)
		err = provenance_foreign(
		    record->statement.predicate, arena, &predicate, w);
	else if (record->kind != RECORD_OTHER)
		err = read_ours(record, arena, &predicate, w);
	record->version = predicate.version;
	record->license = predicate.license;
	record->input_count = predicate.inputs.count;
	record->inputs = predicate.inputs.all;
	record->complete_count = predicate.complete.count;
	record->complete = predicate.complete.all;
	record->attachment_count = predicate.attachments.count;
	record->attachments = predicate.attachments.all;
	record->disclosure = predicate.disclosure;
	record->has_files = predicate.has_files;
	record->files = predicate.files;
	record->claims = predicate.claims;
	record->advisory = predicate.advisory;
	record->openings = predicate.openings;
	record->license_texts = predicate.license_texts;
	record->availability = predicate.availability;
	record->source_category = predicate.source_category;
	record->components = predicate.components;
	record->terms = predicate.terms;
	record->audit = predicate.audit;
	return err;
}

enum err
record_parse(
    struct span payload, struct arena *arena, struct record *ret, struct why *w)
{
	struct record record = { .kind = RECORD_OTHER };
	enum err err = statement_parse(payload, arena, &record.statement, w);

	if (err != ERR_OK)
		return err;
	err = find_kind(&record.statement, &record.kind, w);
	if (err == ERR_OK)
		err = read_predicate(&record, arena, w);
	if (err != ERR_OK) {
		statement_done(&record.statement);
		return err;
	}
	for (size_t i = 1; i < record.statement.subject_count; i++)
		record.makes_parts =
		    record.makes_parts || record_is_part(&record, i);
	*ret = record;
	return ERR_OK;
}

void
record_done(struct record *record)
{
	statement_done(&record->statement);
}

bool
record_is_part(const struct record *record, size_t at)
{
	if (record->kind != RECORD_DATASET && record->kind != RECORD_MODEL)
		return false;
	if (at == 0 || at >= record->statement.subject_count)
		return false;
	struct span role = record->statement.subjects[at].role;
	return span_is(role, "shard") || span_is(role, "weights");
}
