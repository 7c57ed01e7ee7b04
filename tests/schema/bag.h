/*
 * bag: records made by hand, and a gatherer that looks them up as a log would.
 *
 * A payload is written with single quotes, and with #a … #z for sha256 digests of
 * one letter, or $a … $f for that digit 64 times; its id is the SHA-256 of its
 * index, which `#0` … `#9` cite.
 */
#ifndef HEADWATER_TESTS_BAG_H
#define HEADWATER_TESTS_BAG_H

#include <assert.h>

#include "schema/dossier.h"
#include "tests/unit.h"

#define BAG_MAX 160

struct bag_row {
	const char *principal;
	const char *payload;
	int withdrawn_by; /* a row of the same principal and one; 0: none */
};

struct bag {
	struct arena *arena;
	size_t count;
	struct dossier_record records[BAG_MAX];
	struct record parsed[BAG_MAX];
	unsigned shuffle; /* 0: by index */
	size_t lookups;
};

static inline struct hash
bag_id(size_t index)
{
	uint8_t byte = (uint8_t)index;

	return sha256_of(span_of(&byte, 1));
}

static inline struct digest
bag_digest(char letter)
{
	struct hash hash = sha256_of(span_of(&letter, 1));

	return digest_sha256(&hash);
}

static inline void
bag_write(struct writer *w, const char *text)
{
	struct hash hash;
	char hex[HASH_TEXT_MAX];

	for (; *text != '\0'; text++) {
		if (*text == '\'') {
			writer_u8(w, '"');
		} else if (*text == '$') {
			text++;
			for (size_t i = 0; i < HASH_TEXT_LEN; i++)
				writer_u8(w, (uint8_t)*text);
		} else if (*text == '#' && text[1] >= '0' && text[1] <= '9') {
			hash = bag_id((size_t)(*++text - '0'));
			hash_print(&hash, hex);
			writer_text(w, hex);
		} else if (*text == '#') {
			hash = sha256_of(span_of(++text, 1));
			hash_print(&hash, hex);
			writer_text(w, hex);
		} else {
			writer_u8(w, (uint8_t)*text);
		}
	}
}

static inline void
bag_add(struct bag *bag, const struct bag_row *row)
{
	size_t cap = strlen(row->payload) * 4 + 4096;
	char *buffer = test_malloc(cap);
	struct writer w = writer_of(buffer, cap);
	struct dossier_record *record = &bag->records[bag->count];
	struct why why;

	assert_true(bag->count < BAG_MAX);
	bag_write(&w, row->payload);
	assert_err(ERR_OK, w.err);
	*record = (struct dossier_record){
		.id = bag_id(bag->count),
		.index = bag->count,
		.principal = span_of_text(row->principal),
		.payload = arena_copy(bag->arena, writer_view(&w)),
		.is_withdrawn = row->withdrawn_by > 0,
	};
	test_free(buffer);
	enum err err = record_parse(
	    record->payload, bag->arena, &bag->parsed[bag->count], &why);
	if (err != ERR_OK)
		print_message("# record %zu: %s\n", bag->count, why.text);
	assert_err(ERR_OK, err);
	bag->count++;
}

static inline struct bag *
bag_new(const struct bag_row *rows, size_t max)
{
	struct bag *bag = test_calloc(1, sizeof(*bag));

	bag->arena = arena_new((size_t)64 << 20);
	for (size_t i = 0; i < max && rows[i].payload != NULL; i++)
		bag_add(bag, &rows[i]);
	return bag;
}

/* Keeps the first so many. */
static inline void
bag_cut(struct bag *bag, size_t count)
{
	while (bag->count > count)
		record_done(&bag->parsed[--bag->count]);
}

static inline void
bag_free(struct bag *bag)
{
	bag_cut(bag, 0);
	arena_free(bag->arena);
	test_free(bag);
}

static inline bool
bag_has_subject(const struct record *record, const struct digest *digest)
{
	for (size_t i = 0; i < record->statement.subject_count; i++) {
		const struct digest *has = digest_set_find(
		    &record->statement.subjects[i].digest, digest->algorithm);
		if (has != NULL && digest_equal(has, digest))
			return true;
	}
	return false;
}

/* Its own, or that of a document that it takes in. */
static inline bool
bag_names_source(const struct record *record, struct span source)
{
	bool is_it = span_equal(record->terms.source, source);

	for (size_t i = 0; i < record->terms.document_count; i++)
		is_it = is_it ||
		    span_equal(record->terms.documents[i].source, source);
	return is_it;
}

static inline bool
bag_matches(const struct bag *bag, size_t at, const struct dossier_want *want)
{
	const struct record *record = &bag->parsed[at];

	switch (want->kind) {
	case DOSSIER_RELEASE:
		return record->kind == RECORD_RELEASE &&
		    span_equal(record->name, want->name) &&
		    span_equal(record->version, want->version);
	case DOSSIER_SUBJECT:
		return bag_has_subject(record, &want->digest) &&
		    (want->principal.len == 0 ||
			span_equal(
			    want->principal, bag->records[at].principal));
	case DOSSIER_RECORD:
		return hash_equal(&want->id, &bag->records[at].id);
	case DOSSIER_TEXTS:
		return record->kind == RECORD_LICENSE &&
		    bag_names_source(record, want->source);
	}
	return false;
}

static inline void
bag_answer(struct bag *bag, struct dossier_build *build,
    const struct dossier_want *want)
{
	size_t found[BAG_MAX];
	size_t count = 0;
	struct why why;

	for (size_t i = bag->count; i > 0; i--)
		if (bag_matches(bag, i - 1, want))
			found[count++] = i - 1;
	bool is_cut = count > want->limit;
	if (is_cut)
		count = want->limit;
	for (size_t i = count; i > 1; i--) {
		bag->shuffle = bag->shuffle * 1103515245 + 12345;
		size_t other = bag->shuffle / 65536 % i;
		size_t swap = found[i - 1];
		found[i - 1] = found[other];
		found[other] = swap;
	}
	for (size_t i = 0; i < count; i++)
		assert_err(
		    ERR_OK, dossier_give(build, &bag->records[found[i]], &why));
	dossier_answered(build, bag->count, is_cut);
}

/* The dossier of `name` and `version`, or of `digest` where name is NULL. */
static inline enum err
bag_gather(struct bag *bag, const struct dossier_question *question,
    struct dossier_build **ret_build, const struct dossier **ret, struct why *w)
{
	struct dossier_build *build = dossier_begin(question, bag->arena);
	struct dossier_want want;

	assert_non_null(build);
	while (dossier_next(build, &want)) {
		bag_answer(bag, build, &want);
		assert_true(bag->lookups++ < 100000);
	}
	*ret_build = build;
	return dossier_end(build, ret, w);
}

/* The same, NULL where there is none. */
static inline const struct dossier *
bag_dossier(struct bag *bag, const struct dossier_question *question,
    unsigned shuffle, struct dossier_build **ret_build)
{
	const struct dossier *dossier = NULL;
	struct why w;

	assert(bag != NULL);
	bag->shuffle = shuffle;
	if (bag_gather(bag, question, ret_build, &dossier, &w) != ERR_OK)
		return NULL;
	return dossier;
}

#endif
