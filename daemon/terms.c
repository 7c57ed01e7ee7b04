#include "daemon/terms.h"

#include <string.h>

#include "daemon/answer.h"
#include "schema/snapshot.h"

/* What is looked up: a text, or the sha256 of a URL. */
struct want {
	bool is_source;
	struct hash hash;
};

struct gathering {
	struct view *view;
	struct arena *arena;
	struct terms *terms;
	struct snapshot *snapshots; /* terms->snapshots.all */
	size_t want_count;
	struct want *wants; /* in the order found */
	struct why *why;
	enum err err;
};

/* ---- wants ---- */

static void
want(struct gathering *g, bool is_source, const struct hash *hash)
{
	for (size_t i = 0; i < g->want_count; i++) {
		if (g->wants[i].is_source == is_source &&
		    hash_equal(&g->wants[i].hash, hash))
			return;
	}
	if (g->want_count == TERMS_WANTS_MAX) {
		g->terms->is_cut = true;
		return;
	}
	g->wants[g->want_count++] =
	    (struct want){ .is_source = is_source, .hash = *hash };
}

static void
want_source(struct gathering *g, struct span source)
{
	struct digest digest = gist_source(source);
	struct hash hash;

	memcpy(hash.bytes, digest.bytes, HASH_LEN);
	if (source.len > 0)
		want(g, true, &hash);
}

static void
want_of(struct gathering *g, const struct snapshot *snapshot)
{
	want_source(g, snapshot->source);
	for (size_t i = 0; i < snapshot->document_count; i++) {
		const struct snapshot_document *d = &snapshot->documents[i];
		want_source(g, d->source);
		if (d->has_text)
			want(g, false, &d->text);
	}
}

/* ---- snapshots ---- */

static bool
has(const struct terms *terms, const struct hash *id)
{
	for (size_t i = 0; i < terms->snapshots.count; i++) {
		if (hash_equal(&terms->snapshots.all[i].id, id))
			return true;
	}
	return false;
}

static void
parse(struct gathering *g, const struct lookup_item *item)
{
	struct terms *terms = g->terms;
	size_t at = terms->snapshots.count;
	struct snapshot *snapshot = &g->snapshots[at];
	struct span payload;

	g->err = answer_payload(item->record.entry, g->arena, &payload);
	if (g->err == ERR_OK)
		g->err = record_parse(
		    payload, g->arena, &terms->records[at], g->why);
	if (g->err == ERR_SYNTAX || g->err == ERR_LIMIT)
		g->err = ERR_CORRUPT; /* it was admitted */
	if (g->err != ERR_OK)
		return;
	terms->items[at] = *item;
	terms->snapshots.count++; /* from here on terms_done frees it */
	if (!snapshot_of(&terms->records[at], g->arena, snapshot)) {
		g->err = ERR_MEMORY;
		return;
	}
	snapshot->id = item->record.id;
	snapshot->index = item->record.position;
	snapshot->principal = item->record.gist.principal;
	want_of(g, snapshot);
}

/* Withdrawn or withheld it says nothing. */
static void
take(struct gathering *g, const struct lookup_item *item)
{
	if (g->err != ERR_OK || item->is_withdrawn ||
	    item->record.is_withheld || has(g->terms, &item->record.id))
		return;
	if (g->terms->snapshots.count == DRIFT_SNAPSHOTS_MAX)
		g->terms->is_cut = true;
	else
		parse(g, item);
}

static void
look_up(struct gathering *g, const struct want *wanted)
{
	struct lookup_filter filter = {
		.has_kind = true,
		.kind = RECORD_LICENSE,
		.has_subject = !wanted->is_source,
		.subject = digest_sha256(&wanted->hash),
		.has_reference = wanted->is_source,
		.reference = {
			.what = GIST_LICENSE_SOURCE,
			.digest = digest_sha256(&wanted->hash),
		},
	};
	struct lookup_newest newest = { .count = 0 };

	g->err = lookup_newest(
	    g->view, &filter, TERMS_NEWEST_MAX, g->arena, &newest);
	if (g->err != ERR_OK)
		return;
	g->terms->is_cut |= newest.is_cut;
	for (size_t i = 0; i < newest.count; i++)
		take(g, &newest.items[i]);
}

/* ---- the start ---- */

static enum err
find_record(struct gathering *g)
{
	struct lookup_item item = { .is_withdrawn = false };
	const struct hash *id = &g->terms->question.record;
	uint64_t position;

	if (!view_find(g->view, id, &position) ||
	    !view_get_checked(g->view, position, &item.record) ||
	    item.record.gist.kind != RECORD_LICENSE ||
	    view_withdrawn(g->view, &item.record, &item.withdrawn))
		return why(g->why, ERR_NOT_FOUND,
		    "license: no license record that stands has this id in the "
		    "first %llu records",
		    (unsigned long long)g->view->end);
	if (item.record.is_withheld)
		return answer_withheld(&g->view->log, position, g->why);
	take(g, &item);
	if (g->err == ERR_OK)
		g->terms->question.text = g->snapshots[0].text;
	return g->err;
}

static enum err
find_text(struct gathering *g)
{
	want(g, false, &g->terms->question.text);
	look_up(g, &g->wants[0]);
	if (g->err == ERR_OK && g->terms->snapshots.count == 0)
		return why(g->why, ERR_NOT_FOUND,
		    "license: no license record that stands has this text in "
		    "the first %llu records",
		    (unsigned long long)g->view->end);
	return g->err;
}

/* ---- who rests on it ---- */

static void
put_rests(struct gathering *g, const struct hash *text)
{
	struct terms *terms = g->terms;
	struct lookup_filter filter = {
		.has_reference = true,
		.reference = {
			.what = GIST_LICENSE_TEXT,
			.digest = digest_sha256(text),
		},
	};
	struct lookup_newest newest = { .count = 0 };
	bool old = drift_is_old(&terms->snapshots, text);

	g->err = lookup_newest(
	    g->view, &filter, TERMS_NEWEST_MAX, g->arena, &newest);
	terms->is_cut |= newest.is_cut;
	for (size_t i = 0; g->err == ERR_OK && i < newest.count; i++) {
		if (terms->rest_count == TERMS_RESTS_MAX) {
			terms->is_cut = true;
			return;
		}
		terms->rests[terms->rest_count++] = (struct terms_rest){
			.item = newest.items[i],
			.text = *text,
			.is_old = old,
		};
	}
}

/* Was it seen at a URL of what was asked about? */
static bool
is_sibling(const struct terms *terms, const struct snapshot *snapshot)
{
	for (size_t i = 0; i < terms->drift.count; i++) {
		const struct drift_document *d = &terms->drift.documents[i];
		if (d->depth > 0)
			continue;
		if (hash_equal(&snapshot->text, &d->text) ||
		    (d->source.len > 0 &&
			span_equal(snapshot->source, d->source)))
			return true;
	}
	return false;
}

static void
find_rests(struct gathering *g)
{
	const struct snapshots *snapshots = &g->terms->snapshots;

	for (size_t i = 0; g->err == ERR_OK && i < snapshots->count; i++) {
		const struct snapshot *s = &snapshots->all[i];
		bool was_there = false;
		for (size_t before = 0; before < i; before++)
			was_there |=
			    hash_equal(&snapshots->all[before].text, &s->text);
		if (!was_there && is_sibling(g->terms, s))
			put_rests(g, &s->text);
	}
}

/* ---- all of it ---- */

static bool
begin(struct gathering *g)
{
	struct terms *terms = g->terms;

	g->snapshots =
	    arena_take(g->arena, DRIFT_SNAPSHOTS_MAX, sizeof(*g->snapshots));
	g->wants = arena_take(g->arena, TERMS_WANTS_MAX, sizeof(*g->wants));
	terms->items =
	    arena_take(g->arena, DRIFT_SNAPSHOTS_MAX, sizeof(*terms->items));
	terms->records =
	    arena_take(g->arena, DRIFT_SNAPSHOTS_MAX, sizeof(*terms->records));
	terms->rests =
	    arena_take(g->arena, TERMS_RESTS_MAX, sizeof(*terms->rests));
	terms->snapshots.all = g->snapshots;
	terms->snapshots.scratch = drift_scratch(g->arena);
	return g->snapshots != NULL && g->wants != NULL &&
	    terms->items != NULL && terms->records != NULL &&
	    terms->rests != NULL && terms->snapshots.scratch != NULL;
}

static void
gather_all(struct gathering *g)
{
	struct terms *terms = g->terms;

	g->err = terms->question.has_record ? find_record(g) : find_text(g);
	for (size_t i = 0; g->err == ERR_OK && i < g->want_count; i++)
		look_up(g, &g->wants[i]);
	if (g->err == ERR_OK)
		g->err = drift_judge(&terms->snapshots, &terms->question,
		    g->arena, &terms->drift);
	find_rests(g);
	terms->is_cut |= terms->drift.is_cut;
}

enum err
terms_gather(struct view *view, const struct drift_question *question,
    struct arena *arena, struct terms *ret, struct why *w)
{
	struct terms terms = { .question = *question };
	struct gathering g = {
		.view = view,
		.arena = arena,
		.terms = &terms,
		.why = w,
	};

	if (!begin(&g))
		return why(w, ERR_MEMORY, "license: out of memory");
	gather_all(&g);
	if (g.err != ERR_OK) {
		terms_done(&terms);
		return g.err;
	}
	*ret = terms;
	return ERR_OK;
}

void
terms_done(struct terms *terms)
{
	for (size_t i = 0; i < terms->snapshots.count; i++)
		record_done(&terms->records[i]);
	terms->snapshots.count = 0;
}
