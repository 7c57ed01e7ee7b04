/*
 * set_kit: a shelf with blobs beside it, and records of sets of files, runs,
 * releases and advisories in few words, for tests of what asks about files.
 *
 * Files are nodes of the shelf; a set's members are files, its digest that of its
 * manifest.
 */
#ifndef HEADWATER_TESTS_SET_KIT_H
#define HEADWATER_TESTS_SET_KIT_H

#include "daemon/blob.h"
#include "daemon/view.h"
#include "schema/manifest.h"
#include "tests/daemon/manifest_kit.h"
#include "tests/daemon/shelf.h"

#define KIT_MEMBERS_MAX 1024

struct kit {
	struct shelf shelf;
	struct blobs *blobs;
	struct writer text;
	uint64_t salt; /* makes each statement another */
};

struct kit_set {
	struct digest digest;
	struct hash sha256;
	struct hash root;
	size_t bytes;
	size_t count;
	uint16_t members[KIT_MEMBERS_MAX];
};

static inline void
kit_open(struct kit *kit)
{
	*kit = (struct kit){ .text = writer_heap((size_t)4 << 20) };
	shelf_open(&kit->shelf);
	assert_err(ERR_OK, blobs_new(kit->shelf.folder, &kit->blobs, NULL));
}

static inline void
kit_close(struct kit *kit)
{
	blobs_free(kit->blobs);
	writer_done(&kit->text);
	shelf_close(&kit->shelf);
}

static inline struct hash
kit_file(unsigned node)
{
	struct digest digest = shelf_digest(node);
	struct hash hash;

	memcpy(hash.bytes, digest.bytes, HASH_LEN);
	return hash;
}

/* ---- sets ---- */

static inline void
kit_print_set(const struct kit_set *set, struct writer *w)
{
	static struct manifest_line lines[KIT_MEMBERS_MAX];
	static char paths[KIT_MEMBERS_MAX][48];
	struct why why = { "" };

	for (size_t i = 0; i < set->count; i++) {
		lines[i].digest = kit_file(set->members[i]);
		(void)snprintf(paths[i], sizeof(paths[i]), "d/%zu-%u.txt", i,
		    set->members[i]);
		lines[i].path = span_of_text(paths[i]);
	}
	writer_clear(w);
	assert_err(ERR_OK, manifest_print(lines, set->count, w, &why));
}

/* Of its members, which are given. */
static inline void
kit_name_set(struct kit *kit, struct kit_set *set)
{
	kit_print_set(set, &kit->text);
	set->bytes = kit->text.len;
	set->sha256 = sha256_of(writer_view(&kit->text));
	set->digest = digest_sha256(&set->sha256);
	set->root = manifest_root(writer_view(&kit->text));
}

static inline struct kit_set
kit_set_of(struct kit *kit, const unsigned *members, size_t count)
{
	static struct kit_set set;

	set.count = count;
	for (size_t i = 0; i < count; i++)
		set.members[i] = (uint16_t)members[i];
	kit_name_set(kit, &set);
	return set;
}

/* Puts its manifest and the sidecar where an upload leaves them. */
static inline void
kit_upload(struct kit *kit, const struct kit_set *set)
{
	char path[PATH_MAX];
	struct sidecar_header header;

	kit_print_set(set, &kit->text);
	assert_err(ERR_OK, blob_prepare(kit->blobs, &set->sha256, NULL));
	blob_path(kit->blobs, &set->sha256, BLOB_TREE, path);
	assert_err(ERR_OK,
	    kit_build(path, writer_view(&kit->text), 4096, &header, NULL));
	blob_path(kit->blobs, &set->sha256, BLOB_WHOLE, path);
	kit_write(path, writer_view(&kit->text));
}

/* ---- statements ---- */

enum kit_artifact_kind {
	KIT_END, /* of a list */
	KIT_FILE,
	KIT_SET,
	KIT_DIGEST, /* JSON of a DigestSet */
};

struct kit_artifact {
	enum kit_artifact_kind kind;
	unsigned file;
	const struct kit_set *set;
	const char *digest;
	const char *role;	  /* NULL: none */
	const char *name;	  /* NULL: made up */
	const struct hash *cites; /* NULL: nothing */
};

#define FILE_AS(number, what) \
	{ \
		.kind = KIT_FILE, .file = (number), .role = (what) \
	}
#define SET_AS(which, what) \
	{ \
		.kind = KIT_SET, .set = (which), .role = (what) \
	}

#define KIT_LIST 8

struct kit_record {
	enum record_kind kind;
	unsigned principal;
	struct kit_artifact subjects[KIT_LIST];
	struct kit_artifact inputs[KIT_LIST];
	struct kit_artifact generators[KIT_LIST];
	const char *complete; /* JSON list; NULL: none */
	const char *disclosure;
	bool attaches; /* the first subject's manifest */
	bool is_salted;
	const char *version;
	const char *also; /* more members of the predicate, as they stand */
};

static inline void
kit_put_artifact(
    struct kit *kit, const struct kit_artifact *artifact, struct writer *w)
{
	char name[64];

	(void)snprintf(
	    name, sizeof(name), "f/%llu", (unsigned long long)kit->salt++);
	writer_comma(w);
	writer_text(w, "{");
	writer_member_text(w, "name",
	    span_of_text(artifact->name != NULL ? artifact->name : name));
	writer_text(w, ",\"digest\":{");
	if (artifact->kind == KIT_DIGEST) {
		writer_text(w, artifact->digest);
	} else {
		struct hash hash = artifact->kind == KIT_FILE
		    ? kit_file(artifact->file)
		    : artifact->set->sha256;

		writer_text(w, "\"sha256\":\"");
		writer_hex(w, hash_span(&hash));
		writer_text(w, "\"");
	}
	if (artifact->kind == KIT_SET) {
		writer_text(w, ",\"merkleTreeHash\":\"");
		writer_hex(w, hash_span(&artifact->set->root));
		writer_text(w, "\"");
	}
	if (artifact->cites != NULL) {
		writer_text(w, ",\"tlogLeaf\":\"");
		writer_hex(w, hash_span(artifact->cites));
		writer_text(w, "\"");
	}
	writer_text(w, "}");
	if (artifact->role != NULL) {
		writer_text(w, ",\"annotations\":{");
		writer_member_text(w, "role", span_of_text(artifact->role));
		writer_text(w, "}");
	}
	writer_text(w, "}");
}

static inline void
kit_put_list(struct kit *kit, const struct kit_artifact *list, struct writer *w)
{
	writer_text(w, "[");
	for (size_t i = 0; i < KIT_LIST && list[i].kind != KIT_END; i++)
		kit_put_artifact(kit, &list[i], w);
	writer_text(w, "]");
}

static inline void
kit_put_attachment(const struct kit_record *record, struct writer *w)
{
	const struct kit_set *set = record->subjects[0].set;

	writer_text(w, ",\"attachments\":[{\"name\":\"");
	writer_text(w, record->is_salted ? "manifest.salted" : "manifest");
	writer_text(
	    w, "\",\"mediaType\":\"text/plain\",\"digest\":{\"sha256\":\"");
	writer_hex(w, hash_span(&set->sha256));
	writer_text(w, "\"},\"size\":\"");
	writer_decimal(w, set->bytes);
	writer_text(w, "\"}]");
}

static inline void
kit_put_run(struct kit *kit, const struct kit_record *record, struct writer *w)
{
	writer_text(w, "{\"buildDefinition\":{\"buildType\":\"");
	writer_text(w,
	    record->kind == RECORD_RUN ? RECORD_RUN_TYPE
				       : "https://ci.example/b");
	writer_text(w, "\",\"externalParameters\":{");
	if (record->complete != NULL) {
		writer_text(w, "\"complete\":");
		writer_text(w, record->complete);
	}
	writer_text(w, "},\"resolvedDependencies\":");
	kit_put_list(kit, record->inputs, w);
	writer_text(
	    w, "},\"runDetails\":{\"builder\":{\"id\":\"https://ci.example/");
	writer_decimal(w, kit->salt++);
	writer_text(w, "\"}}}");
}

static inline void
kit_put_set(struct kit *kit, const struct kit_record *record, struct writer *w)
{
	writer_text(w, "{\"derivedFrom\":");
	kit_put_list(kit, record->inputs, w);
	if (record->generators[0].kind != KIT_END) {
		writer_text(w, ",\"generatedBy\":");
		kit_put_list(kit, record->generators, w);
	}
	if (record->complete != NULL) {
		writer_text(w, ",\"complete\":");
		writer_text(w, record->complete);
	}
	if (record->disclosure != NULL)
		writer_member_text(
		    w, "disclosure", span_of_text(record->disclosure));
	if (record->attaches)
		kit_put_attachment(record, w);
	writer_text(w, "}");
}

static inline void
kit_put_predicate(
    struct kit *kit, const struct kit_record *record, struct writer *w)
{
	writer_text(w, ",\"predicate\":");
	if (record->kind == RECORD_RUN || record->kind == RECORD_PROVENANCE) {
		kit_put_run(kit, record, w);
	} else if (record->kind == RECORD_DATASET ||
	    record->kind == RECORD_MODEL) {
		kit_put_set(kit, record, w);
	} else {
		writer_text(w, "{");
		if (record->version != NULL)
			writer_member_text(
			    w, "version", span_of_text(record->version));
		if (record->also != NULL)
			writer_text(w, record->also);
		writer_text(w, "}");
	}
	writer_text(w, "}");
}

/* Its id; kit_commit before it is asked for. */
static inline struct hash
kit_add(struct kit *kit, const struct kit_record *record)
{
	static struct kit_record named;
	struct writer *w = &kit->text;
	char name[64];

	named = *record;
	if (named.subjects[0].name == NULL &&
	    record_kind_is_named(record->kind)) {
		(void)snprintf(name, sizeof(name), "p%u/t%llu",
		    record->principal, (unsigned long long)kit->salt++);
		named.subjects[0].name = name;
	}
	writer_clear(w);
	writer_text(w, "{\"_type\":\"" STATEMENT_TYPE "\",\"subject\":");
	kit_put_list(kit, named.subjects, w);
	writer_member_text(
	    w, "predicateType", span_of_text(shelf_type_of(record->kind)));
	kit_put_predicate(kit, &named, w);
	assert_err(ERR_OK, writer_end(w));
	return shelf_add_text(&kit->shelf, record->principal, writer_view(w));
}

static inline struct hash
kit_withdraw(struct kit *kit, unsigned principal, const struct hash *id)
{
	return shelf_add(&kit->shelf,
	    &(struct shelf_statement){
		.kind = RECORD_WITHDRAWAL,
		.principal = principal,
		.withdraws = id,
	    });
}

/* The set's record, with its manifest attached. */
static inline struct hash
kit_add_set(struct kit *kit, unsigned principal, const struct kit_set *set)
{
	return kit_add(kit,
	    &(struct kit_record){
		.kind = RECORD_DATASET,
		.principal = principal,
		.subjects = { SET_AS(set, NULL) },
		.attaches = true,
	    });
}

static inline void
kit_commit(struct kit *kit)
{
	shelf_commit(&kit->shelf);
}

static inline struct view
kit_view(const struct kit *kit)
{
	return view_open(
	    kit->shelf.log, kit->shelf.index, kit->shelf.edge.size);
}

#endif
