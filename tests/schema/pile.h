/*
 * pile: hand-made records in place of a log, and a dossier gathered from them.
 *
 * put() takes a statement; gather() answers what a dossier wants, in another
 * order for each `step`.
 */
#ifndef HEADWATER_TESTS_SCHEMA_PILE_H
#define HEADWATER_TESTS_SCHEMA_PILE_H

#include "tests/unit.h"

#include "schema/dossier.h"
#include "schema/text.h"

#define BAG_MAX 64

/* Statements are written with ' for "; $x stands for 64 times x, and #n for the
 * id of the bag's record n. */
struct bag {
	size_t count;
	struct dossier_record records[BAG_MAX];
	char texts[BAG_MAX][4096];
};

static struct arena *arena;
static struct bag bag;

static inline struct hash
id_of(size_t at)
{
	char text[16];

	(void)snprintf(text, sizeof(text), "record %zu", at);
	return sha256_of(span_of_text(text));
}

static inline void
spell(const char *text, char *out, size_t cap)
{
	struct writer w = writer_of(out, cap);

	for (; *text != '\0'; text++) {
		if (*text == '\'') {
			writer_text(&w, "\"");
		} else if (*text == '$') {
			text++;
			for (size_t i = 0; i < 64; i++)
				writer_u8(&w, (uint8_t)*text);
		} else if (*text == '#') {
			text++;
			struct hash id = id_of((size_t)(*text - '0'));
			writer_hex(&w, hash_span(&id));
		} else {
			writer_u8(&w, (uint8_t)*text);
		}
	}
	writer_u8(&w, '\0');
	assert_err(ERR_OK, writer_end(&w));
}

static inline size_t
put(const char *principal, const char *text)
{
	size_t at = bag.count++;
	struct dossier_record *record = &bag.records[at];

	assert_true(at < BAG_MAX);
	spell(text, bag.texts[at], sizeof(bag.texts[at]));
	*record = (struct dossier_record){
		.id = id_of(at),
		.index = at + 1,
		.principal = span_of_text(principal),
		.payload = span_of_text(bag.texts[at]),
	};
	return at;
}

#define HEAD "{'_type':'https://in-toto.io/Statement/v1','subject':["
#define TYPE(kind) \
	"],'predicateType':'https://headwater/" kind "/v1','predicate':"
#define THING(name, x) "{'name':'" name "','digest':{'sha256':'$" x "'}}"
#define RUN(inputs, complete) \
	"],'predicateType':'https://slsa.dev/provenance/v1','predicate':{" \
	"'buildDefinition':{'buildType':'https://headwater/run/v1'," \
	"'externalParameters':{'complete':[" complete "]}," \
	"'resolvedDependencies':[" inputs "]},'runDetails':{'builder':{'id':" \
	"'https://a/b'}}}}"
#define INPUT(x, role) \
	"{'digest':{'sha256':'$" x "'},'annotations':{'role':'" role "'}}"
#define CITING(x, n, role) \
	"{'digest':{'sha256':'$" x "','tlogLeaf':'#" n \
	"'},'annotations':{'role':'" role "'}}"

/* ---- a log that answers ---- */

static inline bool
has_subject(const struct record *record, const struct digest *digest)
{
	for (size_t i = 0; i < record->statement.subject_count; i++) {
		const struct digest *same = digest_set_find(
		    &record->statement.subjects[i].digest, digest->algorithm);
		if (same != NULL && digest_equal(same, digest))
			return true;
	}
	return false;
}

static inline bool
names_source(const struct record *record, struct span source)
{
	bool is_it = span_equal(record->terms.source, source);

	for (size_t i = 0; i < record->terms.document_count; i++)
		is_it = is_it ||
		    span_equal(record->terms.documents[i].source, source);
	return record->kind == RECORD_LICENSE && is_it;
}

static inline bool
is_wanted(const struct dossier_want *want, size_t at)
{
	struct record record;
	bool is_it = false;
	struct arena *scratch = arena_new((size_t)1 << 20);

	assert_err(ERR_OK,
	    record_parse(bag.records[at].payload, scratch, &record, NULL));
	switch (want->kind) {
	case DOSSIER_RELEASE:
		is_it = record.kind == RECORD_RELEASE &&
		    span_equal(record.name, want->name) &&
		    span_equal(record.version, want->version);
		break;
	case DOSSIER_SUBJECT:
		is_it = has_subject(&record, &want->digest) &&
		    (want->principal.len == 0 ||
			span_equal(want->principal, bag.records[at].principal));
		break;
	case DOSSIER_RECORD:
		is_it = hash_equal(&bag.records[at].id, &want->id);
		break;
	case DOSSIER_TEXTS:
		is_it = names_source(&record, want->source);
		break;
	}
	record_done(&record);
	arena_free(scratch);
	return is_it;
}

/* `step` is prime to what is counted: another order of the same answers. */
static inline const struct dossier *
gather(const struct dossier_question *question, size_t step,
    struct dossier_build **ret_build)
{
	struct dossier_build *build = dossier_begin(question, arena);
	const struct dossier *dossier = NULL;
	struct dossier_want want;

	assert_non_null(build);
	for (size_t asked = 0; dossier_next(build, &want); asked++) {
		assert_true(asked < 1000);
		for (size_t i = 0; i < bag.count; i++) {
			size_t at = i * step % bag.count;
			if (is_wanted(&want, at))
				assert_err(ERR_OK,
				    dossier_give(
					build, &bag.records[at], NULL));
		}
		dossier_answered(build, bag.count + 1, false);
	}
	struct why w;
	if (dossier_end(build, &dossier, &w) != ERR_OK)
		dossier = NULL;
	*ret_build = build;
	return dossier;
}

#endif
