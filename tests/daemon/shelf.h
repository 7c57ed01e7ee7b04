/*
 * shelf: a log and its index in a folder of their own, filled with records made
 * of real statements, for tests of what reads them.
 *
 * Places are put here as store_index.h says, or by the indexer, so that the two
 * check each other.  Signatures are not real: nobody who reads looks at them.
 */
#ifndef HEADWATER_TESTS_SHELF_H
#define HEADWATER_TESTS_SHELF_H

#include <assert.h>

#include "daemon/gist.h"
#include "daemon/indexer.h"
#include "daemon/store_index.h"
#include "daemon/store_log.h"
#include "schema/envelope.h"
#include "tests/folder.h"
#include "tests/unit.h"

struct shelf {
	char folder[FOLDER_MAX];
	struct store *log;
	struct store *index;
	struct arena *arena;
	bool by_indexer;    /* indexer_follow puts the places */
	bool is_followed;   /* an indexer's thread does */
	struct writer text; /* of the statement that is being made */
	bool is_open;	    /* a write to the log is under way */
	struct txn txn;
	struct tree_edge edge;
	size_t place_count;
	size_t place_cap;
	struct index_place *places; /* not yet in the index */
};

struct shelf_artifact {
	unsigned node;
	const char *role;	  /* NULL: none */
	const struct hash *cites; /* NULL: nothing */
	const char *name;	  /* NULL: one is made up */
};

struct shelf_statement {
	enum record_kind kind;
	unsigned principal;
	size_t subject_count;
	const struct shelf_artifact *subjects;
	size_t input_count;
	const struct shelf_artifact *inputs;
	const struct hash *withdraws;
	const char *version;
};

static inline void
shelf_open(struct shelf *shelf)
{
	char path[FOLDER_PATH_MAX];
	struct why w = { "" };

	*shelf = (struct shelf){ .arena = arena_new((size_t)64 << 20) };
	assert_non_null(shelf->arena);
	shelf->text = writer_heap((size_t)1 << 20);
	folder_make(shelf->folder);
	folder_path(path, shelf->folder, "log");
	assert_err(ERR_OK, store_open(path, STORE_LOG, &shelf->log, &w));
	folder_path(path, shelf->folder, "index");
	assert_err(ERR_OK, store_open(path, STORE_INDEX, &shelf->index, &w));
}

static inline void
shelf_close(struct shelf *shelf)
{
	assert(!shelf->is_open);
	store_close(shelf->log);
	store_close(shelf->index);
	arena_free(shelf->arena);
	writer_done(&shelf->text);
	free(shelf->places);
	folder_remove(shelf->folder);
}

static inline struct digest
shelf_digest(unsigned node)
{
	char text[32];
	struct hash hash;

	(void)snprintf(text, sizeof(text), "node %u", node);
	hash = sha256_of(span_of_text(text));
	return digest_sha256(&hash);
}

/* ---- making a statement ---- */

static inline void
shelf_put_artifact(
    const struct shelf_artifact *artifact, const char *name, struct writer *w)
{
	struct digest digest = shelf_digest(artifact->node);

	writer_comma(w);
	writer_text(w, "{");
	writer_member_text(w, "name",
	    span_of_text(artifact->name != NULL ? artifact->name : name));
	writer_text(w, ",\"digest\":{\"sha256\":\"");
	writer_hex(w, span_of(digest.bytes, digest.len));
	if (artifact->cites != NULL) {
		writer_text(w, "\",\"tlogLeaf\":\"");
		writer_hex(w, hash_span(artifact->cites));
	}
	writer_text(w, "\"}");
	if (artifact->role != NULL) {
		writer_text(w, ",\"annotations\":{");
		writer_member_text(w, "role", span_of_text(artifact->role));
		writer_text(w, "}");
	}
	writer_text(w, "}");
}

static inline void
shelf_put_list(const struct shelf_artifact *list, size_t count,
    const char *prefix, struct writer *w)
{
	writer_text(w, "[");
	for (size_t i = 0; i < count; i++) {
		char name[64];

		(void)snprintf(name, sizeof(name), "%s%zu", prefix, i);
		shelf_put_artifact(&list[i], name, w);
	}
	writer_text(w, "]");
}

static inline void
shelf_put_subjects(
    const struct shelf_statement *s, uint64_t salt, struct writer *w)
{
	char name[64];

	writer_text(w, "[");
	if (s->kind == RECORD_WITHDRAWAL) {
		writer_text(w, "{\"digest\":{\"tlogLeaf\":\"");
		writer_hex(w, hash_span(s->withdraws));
		writer_text(w, "\"}}");
	}
	for (size_t i = 0; i < s->subject_count; i++) {
		if (i == 0)
			(void)snprintf(name, sizeof(name), "p%u/t%llu",
			    s->principal, (unsigned long long)salt);
		else
			(void)snprintf(name, sizeof(name), "f/%zu", i);
		shelf_put_artifact(&s->subjects[i], name, w);
	}
	writer_text(w, "]");
}

static inline void
shelf_put_predicate(
    const struct shelf_statement *s, uint64_t salt, struct writer *w)
{
	switch (s->kind) {
	case RECORD_RUN:
	case RECORD_PROVENANCE:
		writer_text(w, "{\"buildDefinition\":{\"buildType\":\"");
		writer_text(w,
		    s->kind == RECORD_RUN ? RECORD_RUN_TYPE
					  : "https://ci.example/b");
		writer_text(w,
		    "\",\"externalParameters\":{},\"resolvedDependencies\":");
		shelf_put_list(s->inputs, s->input_count, "in/", w);
		writer_text(w,
		    "},\"runDetails\":{\"builder\":{\"id\":"
		    "\"https://ci.example/");
		writer_decimal(w, salt);
		writer_text(w, "\"}}}");
		return;
	case RECORD_DATASET:
	case RECORD_MODEL:
		writer_text(w, "{\"derivedFrom\":");
		shelf_put_list(s->inputs, s->input_count, "in/", w);
		writer_text(w, "}");
		return;
	case RECORD_RELEASE:
		writer_text(w, "{");
		writer_member_text(w, "version", span_of_text(s->version));
		writer_text(w, "}");
		return;
	case RECORD_EVALUATION:
		writer_text(
		    w, "{\"metrics\":[{\"name\":\"a\",\"value\":\"1\"}]}");
		return;
	case RECORD_WITHDRAWAL:
		writer_text(w, "{\"reason\":\"");
		writer_decimal(w, salt);
		writer_text(w, "\"}");
		return;
	case RECORD_ADVISORY:
		writer_text(w,
		    "{\"reason\":\"bug\",\"severity\":\"low\","
		    "\"action\":\"note\"}");
		return;
	case RECORD_LICENSE:
		writer_text(w, "{\"license\":\"MIT\"}");
		return;
	case RECORD_AUDIT:
		writer_text(
		    w, "{\"method\":\"rehash\",\"verdict\":\"confirmed\"}");
		return;
	case RECORD_CODE:
	case RECORD_OTHER:
	case RECORD_KEYRING:
	case RECORD_DISCLOSURE:
	case RECORD_KINDS:
		writer_text(w, "{}");
		return;
	}
}

static inline const char *
shelf_type_of(enum record_kind kind)
{
	static const char *const types[] = {
#define X(name, text, type) [name] = type,
		RECORD_TABLE(X)
#undef X
	};

	return types[kind] != NULL ? types[kind] : "https://other.example/v1";
}

static inline struct span
shelf_print(struct shelf *shelf, const struct shelf_statement *s, uint64_t salt)
{
	struct writer *w = &shelf->text;

	writer_clear(w);
	writer_text(w, "{\"_type\":\"" STATEMENT_TYPE "\",\"subject\":");
	shelf_put_subjects(s, salt, w);
	writer_member_text(
	    w, "predicateType", span_of_text(shelf_type_of(s->kind)));
	writer_text(w, ",\"predicate\":");
	shelf_put_predicate(s, salt, w);
	writer_text(w, "}");
	assert_err(ERR_OK, writer_end(w));
	return writer_view(w);
}

/* ---- putting it on the shelf ---- */

static inline void
shelf_place(struct shelf *shelf, enum index_tag tag, struct span value)
{
	if (shelf->place_count == shelf->place_cap) {
		shelf->place_cap = shelf->place_cap * 2 + 64;
		shelf->places = realloc(
		    shelf->places, shelf->place_cap * sizeof(*shelf->places));
		assert_non_null(shelf->places);
	}
	shelf->places[shelf->place_count++] = (struct index_place){
		.place = store_index_place(shelf->index, tag, value),
		.position = shelf->edge.size,
	};
}

/* A digest, behind `prefix` and a NUL where one is given. */
static inline void
shelf_place_digest(struct shelf *shelf, enum index_tag tag, const char *prefix,
    const struct digest *digest)
{
	uint8_t value[512];
	struct writer w = writer_of(value, sizeof(value));

	if (prefix != NULL) {
		writer_text(&w, prefix);
		writer_u8(&w, 0);
	}
	digest_write(digest, &w);
	shelf_place(shelf, tag, writer_view(&w));
}

static inline void
shelf_place_artifacts(
    struct shelf *shelf, const struct record *record, const char *principal)
{
	const struct statement *s = &record->statement;
	bool is_origin = record_kind_is_origin(record->kind);
	bool is_warning =
	    record->kind == RECORD_ADVISORY && !record->advisory.is_answer;

	for (size_t i = 0; i < s->subject_count; i++) {
		const struct digest_set *set = &s->subjects[i].digest;

		for (size_t d = 0; d < set->count; d++)
			shelf_place_digest(
			    shelf, INDEX_SUBJECT, NULL, &set->digests[d]);
		for (size_t d = 0; d < set->count && is_warning; d++)
			if (set->has_node)
				shelf_place_digest(shelf, INDEX_ADVISORY, NULL,
				    &set->digests[d]);
		if (!set->has_node)
			continue;
		if (record_is_part(record, i)) {
			shelf_place_digest(
			    shelf, INDEX_INPUT, NULL, &set->node);
			shelf_place_digest(
			    shelf, INDEX_USED, principal, &set->node);
		}
		if (is_origin && i == 0)
			shelf_place_digest(
			    shelf, INDEX_OWN, principal, &set->node);
		if (is_origin)
			shelf_place_digest(
			    shelf, INDEX_MADE, principal, &set->node);
	}
	for (size_t i = 0; i < record->input_count; i++) {
		const struct digest_set *set = &record->inputs[i].digest;

		if (!set->has_node)
			continue;
		shelf_place_digest(shelf, INDEX_INPUT, NULL, &set->node);
		shelf_place_digest(shelf, INDEX_USED, principal, &set->node);
	}
}

static inline void
shelf_place_hash(struct shelf *shelf, enum index_tag tag,
    enum digest_algorithm algorithm, const struct hash *hash)
{
	struct digest digest = digest_sha256(hash);

	digest.algorithm = algorithm;
	shelf_place_digest(shelf, tag, NULL, &digest);
}

static inline void
shelf_place_texts(struct shelf *shelf, const struct license_texts *texts)
{
	for (size_t i = 0; i < texts->count; i++)
		shelf_place_hash(
		    shelf, INDEX_LICENSE_TEXT, DIGEST_SHA256, &texts->all[i]);
}

static inline void
shelf_place_source(struct shelf *shelf, struct span source)
{
	struct hash hash = sha256_of(source);

	if (source.len > 0)
		shelf_place_hash(
		    shelf, INDEX_LICENSE_SOURCE, DIGEST_SHA256, &hash);
}

static inline void
shelf_place_references(struct shelf *shelf, const struct record *record)
{
	shelf_place_texts(shelf, &record->license_texts);
	for (size_t i = 0; i < record->components.count; i++) {
		const struct component *one = &record->components.all[i];

		shelf_place_texts(shelf, &one->texts);
		if (one->has_digest && one->digest.has_node)
			shelf_place_digest(
			    shelf, INDEX_COMPONENT, NULL, &one->digest.node);
		if (one->has_record)
			shelf_place_hash(shelf, INDEX_COMPONENT,
			    DIGEST_TLOG_LEAF, &one->record);
	}
	shelf_place_source(shelf, record->terms.source);
	for (size_t i = 0; i < record->terms.document_count; i++)
		shelf_place_source(shelf, record->terms.documents[i].source);
	for (size_t i = 0; i < record->audit.about_count; i++)
		shelf_place_hash(shelf, INDEX_ABOUT, DIGEST_TLOG_LEAF,
		    &record->audit.about[i]);
}

static inline void
shelf_place_record(struct shelf *shelf, const struct record *record,
    const char *principal, const char *keyid, const struct hash *id)
{
	uint8_t value[512];
	struct writer w = writer_of(value, sizeof(value));
	uint8_t kind = (uint8_t)record->kind;

	shelf_place(shelf, INDEX_ID, hash_span(id));
	shelf_place(shelf, INDEX_SIGNER, span_of_text(keyid));
	shelf_place(shelf, INDEX_PRINCIPAL, span_of_text(principal));
	shelf_place(shelf, INDEX_KIND, span_of(&kind, 1));
	if (record->name.len > 0)
		shelf_place(shelf, INDEX_NAME, record->name);
	if (record->kind == RECORD_RELEASE) {
		writer_span(&w, record->name);
		writer_text(&w, "\n");
		writer_span(&w, record->version);
		shelf_place(shelf, INDEX_VERSION, writer_view(&w));
	}
	if (record->kind == RECORD_WITHDRAWAL) {
		shelf_place(
		    shelf, INDEX_DISPUTES, hash_span(&record->withdraws));
		writer_span(&w, hash_span(&record->withdraws));
		writer_text(&w, principal);
		shelf_place(shelf, INDEX_WITHDRAWN, writer_view(&w));
	}
	if (record->advisory.is_answer) {
		const struct hash *warning = &record->advisory.in_reply_to;

		shelf_place(shelf, INDEX_REPLY, hash_span(warning));
		writer_span(&w, hash_span(warning));
		writer_text(&w, principal);
		shelf_place(shelf, INDEX_REPLY, writer_view(&w));
	}
	for (size_t i = 0; i < record->attachment_count; i++) {
		const struct attachment *one = &record->attachments[i];

		shelf_place(shelf, INDEX_ATTACHMENT, hash_span(&one->sha256));
		if (one->is_manifest && !one->is_salted)
			shelf_place(shelf, INDEX_MANIFEST, span_of("", 1));
	}
	shelf_place_references(shelf, record);
	shelf_place_artifacts(shelf, record, principal);
}

static inline void
shelf_keyid(unsigned principal, char out[static SSH_FINGERPRINT_MAX])
{
	(void)snprintf(out, SSH_FINGERPRINT_MAX, "SHA256:%043u", principal);
}

static inline struct hash
shelf_put_entry(struct shelf *shelf, struct span entry, struct span gist)
{
	struct hash made[TREE_LEVELS];
	struct hash id = tree_leaf(entry);
	uint64_t position = shelf->edge.size;
	uint64_t number = tree_stored_count(position);
	size_t count;

	if (!shelf->is_open)
		shelf->txn = store_begin(shelf->log, TXN_WRITE);
	shelf->is_open = true;
	store_log_put(&shelf->txn, position,
	    &(struct log_entry){
		.stamp_ms = 1700000000000 + position,
		.leaf = id,
		.gist = gist,
		.entry = entry,
	    });
	count = tree_append(&shelf->edge, &id, made);
	for (size_t i = 0; i < count; i++)
		store_log_put_hash(&shelf->txn, number + i, &made[i]);
	return id;
}

/* Any statement as it is; its id. */
static inline struct hash
shelf_add_text(struct shelf *shelf, unsigned principal, struct span payload)
{
	struct record record;
	struct envelope envelope = { .payload = payload };
	struct why w = { "" };
	char name[16];
	enum err err;
	struct writer gist;
	struct writer entry;
	struct hash id;

	(void)snprintf(name, sizeof(name), "p%u", principal);
	shelf_keyid(principal, envelope.keyid);
	err = record_parse(payload, shelf->arena, &record, &w);
	if (err != ERR_OK)
		print_message("# %s\n", w.text);
	assert_err(ERR_OK, err);
	gist = writer_heap(GIST_LEN_MAX);
	gist_pack(&record, name, &gist);
	entry = writer_heap(ENTRY_LEN_MAX);
	envelope_print(&envelope, &entry);
	assert_err(ERR_OK, writer_end(&gist));
	assert_err(ERR_OK, writer_end(&entry));
	id = tree_leaf(writer_view(&entry));
	shelf_place_record(shelf, &record, name, envelope.keyid, &id);
	(void)shelf_put_entry(shelf, writer_view(&entry), writer_view(&gist));
	record_done(&record);
	arena_reset(shelf->arena);
	writer_done(&gist);
	writer_done(&entry);
	return id;
}

static inline struct hash
shelf_add(struct shelf *shelf, const struct shelf_statement *s)
{
	return shelf_add_text(
	    shelf, s->principal, shelf_print(shelf, s, shelf->edge.size));
}

static inline int
shelf_compare(const void *a, const void *b)
{
	const struct index_place *left = a;
	const struct index_place *right = b;

	if (left->place != right->place)
		return left->place < right->place ? -1 : 1;
	return left->position < right->position
	    ? -1
	    : left->position > right->position;
}

/* Commits what was added, and its places. */
static inline void
shelf_commit(struct shelf *shelf)
{
	struct tree_head head = { .size = shelf->edge.size };
	struct txn txn;

	assert_true(shelf->is_open);
	shelf->is_open = false;
	assert_err(ERR_OK, txn_end(&shelf->txn));
	head.root = tree_edge_root(&shelf->edge);
	if (shelf->is_followed) {
		shelf->place_count = 0;
		return;
	}
	if (shelf->by_indexer) {
		shelf->place_count = 0;
		assert_err(ERR_OK,
		    indexer_follow(shelf->log, shelf->index, &head, NULL));
		return;
	}
	qsort(shelf->places, shelf->place_count, sizeof(*shelf->places),
	    shelf_compare);
	txn = store_begin(shelf->index, TXN_WRITE);
	for (size_t i = 0; i < shelf->place_count; i++)
		if (i == 0 ||
		    shelf_compare(&shelf->places[i - 1], &shelf->places[i]) !=
			0)
			store_index_put(&txn, &shelf->places[i]);
	store_index_set_watermark(&txn, &head);
	assert_err(ERR_OK, txn_end(&txn));
	shelf->place_count = 0;
}

#endif
