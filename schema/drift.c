#include "schema/drift.h"

#include <string.h>

struct drift_scratch {
	struct drift_document documents[DRIFT_DOCUMENTS_MAX];
	bool takes_in[DRIFT_DOCUMENTS_MAX][DRIFT_DOCUMENTS_MAX]; /* [a][b] */
};

struct walk {
	const struct snapshots *snapshots;
	struct drift_document *documents; /* of the scratch */
	size_t count;
	bool is_cut;
};

/* A text that was seen at a URL. */
struct sighting {
	size_t snapshot;
	struct hash text;
	bool has_fetched;
	uint64_t fetched_ms;
};

/* ---- sightings ---- */

/* What snapshot `at` saw at `source`: its own text, or one that it takes in. */
static bool
find_sighting(const struct snapshots *snapshots, size_t at, struct span source,
    struct sighting *ret)
{
	const struct snapshot *s = &snapshots->all[at];

	if (source.len == 0)
		return false;
	if (span_equal(s->source, source)) {
		*ret = (struct sighting){
			.snapshot = at,
			.text = s->text,
			.has_fetched = s->has_fetched,
			.fetched_ms = s->fetched_ms,
		};
		return true;
	}
	for (size_t i = 0; i < s->document_count; i++) {
		const struct snapshot_document *d = &s->documents[i];
		if (!d->has_text || !span_equal(d->source, source))
			continue;
		*ret = (struct sighting){
			.snapshot = at,
			.text = d->text,
			.has_fetched = d->has_fetched,
			.fetched_ms = d->fetched_ms,
		};
		return true;
	}
	return false;
}

static bool
all_fetched(const struct snapshots *snapshots, struct span source)
{
	struct sighting sighting;

	for (size_t i = 0; i < snapshots->count; i++) {
		if (find_sighting(snapshots, i, source, &sighting) &&
		    !sighting.has_fetched)
			return false;
	}
	return true;
}

static int
compare(const struct snapshots *snapshots, bool by_fetched,
    const struct sighting *a, const struct sighting *b)
{
	uint64_t index_a = snapshots->all[a->snapshot].index;
	uint64_t index_b = snapshots->all[b->snapshot].index;

	if (by_fetched && a->fetched_ms != b->fetched_ms)
		return a->fetched_ms < b->fetched_ms ? -1 : 1;
	return (index_a > index_b) - (index_a < index_b);
}

/* The order of two sightings of `source`: <0 where `a` is the earlier. */
static int
order(const struct snapshots *snapshots, struct span source,
    const struct snapshot *a, const struct snapshot *b)
{
	struct sighting sighting_a, sighting_b;
	size_t at_a = (size_t)(a - snapshots->all);
	size_t at_b = (size_t)(b - snapshots->all);

	if (!find_sighting(snapshots, at_a, source, &sighting_a) ||
	    !find_sighting(snapshots, at_b, source, &sighting_b))
		return (a->index > b->index) - (a->index < b->index);
	return compare(snapshots, all_fetched(snapshots, source), &sighting_a,
	    &sighting_b);
}

/* By when they were fetched where all say so; one look at each. */
static bool
find_newest(
    const struct snapshots *snapshots, struct span source, struct sighting *ret)
{
	struct sighting by_fetched;
	struct sighting by_index;
	struct sighting sighting;
	bool are_fetched = true;
	bool is_found = false;

	for (size_t i = 0; i < snapshots->count; i++) {
		if (!find_sighting(snapshots, i, source, &sighting))
			continue;
		are_fetched = are_fetched && sighting.has_fetched;
		if (!is_found ||
		    compare(snapshots, true, &by_fetched, &sighting) < 0)
			by_fetched = sighting;
		if (!is_found ||
		    compare(snapshots, false, &by_index, &sighting) < 0)
			by_index = sighting;
		is_found = true;
	}
	if (is_found)
		*ret = are_fetched ? by_fetched : by_index;
	return is_found;
}

/* ---- the walk ---- */

static bool
has_document(
    const struct walk *walk, struct span source, const struct hash *text)
{
	for (size_t i = 0; i < walk->count; i++) {
		const struct drift_document *d = &walk->documents[i];
		if (span_equal(d->source, source) &&
		    (source.len > 0 || hash_equal(&d->text, text)))
			return true;
	}
	return false;
}

static struct drift_document *
put(struct walk *walk, const struct drift_document *document)
{
	struct sighting newest;

	if (has_document(walk, document->source, &document->text))
		return NULL;
	if (walk->count == DRIFT_DOCUMENTS_MAX) {
		walk->is_cut = true;
		return NULL;
	}
	struct drift_document *d = &walk->documents[walk->count++];
	*d = *document;
	d->newest = d->snapshot;
	d->newest_text = d->text;
	if (d->has_text && find_newest(walk->snapshots, d->source, &newest) &&
	    !hash_equal(&newest.text, &d->text)) {
		d->is_changed = true;
		d->newest = newest.snapshot;
		d->newest_text = newest.text;
	}
	return d;
}

static void
put_own(struct walk *walk, size_t at)
{
	const struct snapshot *s = &walk->snapshots->all[at];

	(void)put(walk,
	    &(struct drift_document){
		.source = s->source,
		.within = walk->count,
		.snapshot = at,
		.has_text = true,
		.text = s->text,
		.is_mutable = s->is_mutable,
		.clause = s->clause,
	    });
}

/* What snapshot `at` takes in, which is of the document `within`. */
static void
put_documents(struct walk *walk, size_t within, size_t at)
{
	const struct snapshot *s = &walk->snapshots->all[at];

	for (size_t i = 0; i < s->document_count; i++) {
		const struct snapshot_document *d = &s->documents[i];
		(void)put(walk,
		    &(struct drift_document){
			.source = d->source,
			.depth = walk->documents[within].depth + 1,
			.within = within,
			.snapshot = at,
			.has_text = d->has_text,
			.text = d->text,
			.is_mutable = d->is_mutable,
			.clause = d->clause,
		    });
	}
}

/* Is the snapshot one of this document's text (and of its URL, if both say)? */
static bool
is_of(const struct snapshot *s, const struct drift_document *document)
{
	return document->has_text && hash_equal(&s->text, &document->text) &&
	    (s->source.len == 0 || document->source.len == 0 ||
		span_equal(s->source, document->source));
}

static void
walk_all(struct walk *walk)
{
	for (size_t at = 0; at < walk->count; at++) {
		const struct drift_document *d = &walk->documents[at];
		if (d->depth == 0) {
			put_documents(walk, at, d->snapshot);
			continue;
		}
		for (size_t i = 0; i < walk->snapshots->count; i++) {
			if (is_of(&walk->snapshots->all[i], d))
				put_documents(walk, at, i);
		}
	}
}

/* ---- circles ---- */

static void
mark_taken(const struct walk *walk, size_t at, const struct snapshot *s)
{
	bool *row = walk->snapshots->scratch->takes_in[at];

	for (size_t i = 0; i < walk->count; i++) {
		struct span source = walk->documents[i].source;
		for (size_t d = 0; source.len > 0 && d < s->document_count; d++)
			row[i] |= span_equal(s->documents[d].source, source);
	}
}

static void
mark_all(const struct walk *walk)
{
	for (size_t at = 0; at < walk->count; at++) {
		for (size_t i = 0; i < walk->snapshots->count; i++) {
			const struct snapshot *s = &walk->snapshots->all[i];
			if (is_of(s, &walk->documents[at]))
				mark_taken(walk, at, s);
		}
	}
}

/* Does what `start` takes in lead back to it? */
static bool
is_circular(const struct walk *walk, size_t start)
{
	bool is_reached[DRIFT_DOCUMENTS_MAX] = { false };
	size_t waiting[DRIFT_DOCUMENTS_MAX + 1];
	size_t count = 0;

	waiting[count++] = start;
	while (count > 0 && !is_reached[start]) {
		const bool *row =
		    walk->snapshots->scratch->takes_in[waiting[--count]];
		for (size_t i = 0; i < walk->count; i++) {
			if (!row[i] || is_reached[i])
				continue;
			is_reached[i] = true;
			waiting[count++] = i;
		}
	}
	return is_reached[start];
}

/* ---- the judgement ---- */

struct drift_scratch *
drift_scratch(struct arena *arena)
{
	return arena_take(arena, 1, sizeof(struct drift_scratch));
}

static bool
is_asked(const struct snapshot *s, const struct drift_question *question)
{
	if (question->has_record)
		return hash_equal(&s->id, &question->record);
	return hash_equal(&s->text, &question->text);
}

/* One before it of the same text, at the same URL. */
static bool
was_asked(const struct snapshots *snapshots, size_t at,
    const struct drift_question *question)
{
	for (size_t i = 0; i < at; i++) {
		if (is_asked(&snapshots->all[i], question) &&
		    span_equal(
			snapshots->all[i].source, snapshots->all[at].source))
			return true;
	}
	return false;
}

/* The newest first: of two of one URL, it says what is taken in now. */
static void
put_asked(struct walk *walk, const struct drift_question *question)
{
	const struct snapshots *snapshots = walk->snapshots;

	for (size_t i = 0; i < snapshots->count; i++) {
		const struct snapshot *s = &snapshots->all[i];
		size_t newest = i;
		if (!is_asked(s, question) || was_asked(snapshots, i, question))
			continue;
		for (size_t at = i + 1; at < snapshots->count; at++) {
			const struct snapshot *other = &snapshots->all[at];
			if (is_asked(other, question) &&
			    span_equal(other->source, s->source) &&
			    order(snapshots, s->source, &snapshots->all[newest],
				other) < 0)
				newest = at;
		}
		put_own(walk, newest);
	}
}

bool
drift_is_old(const struct snapshots *snapshots, const struct hash *text)
{
	const struct drift_question question = { .text = *text };
	struct walk walk = {
		.snapshots = snapshots,
		.documents = snapshots->scratch->documents,
	};

	put_asked(&walk, &question);
	for (size_t i = 0; i < walk.count; i++) {
		if (walk.documents[i].is_changed)
			return true;
	}
	return false;
}

static void
sum_up(struct walk *walk, struct drift *drift)
{
	mark_all(walk);
	for (size_t i = 0; i < walk->count; i++) {
		struct drift_document *d = &walk->documents[i];
		d->is_circular = is_circular(walk, i);
		drift->is_changed |= d->is_changed;
		drift->has_gap |= !d->has_text;
		drift->is_circular |= d->is_circular;
		drift->is_mutable |= d->is_mutable;
	}
	drift->is_known = walk->count > 0;
	drift->is_cut = walk->is_cut;
	drift->count = walk->count;
}

enum err
drift_judge(const struct snapshots *snapshots,
    const struct drift_question *question, struct arena *arena,
    struct drift *ret)
{
	struct drift_scratch *scratch = snapshots->scratch;
	struct walk walk = {
		.snapshots = snapshots,
		.documents = scratch->documents,
	};
	struct drift drift = { .count = 0 };
	struct drift_document *documents;

	memset(scratch->takes_in, 0, sizeof(scratch->takes_in));
	put_asked(&walk, question);
	walk_all(&walk);
	sum_up(&walk, &drift);
	documents = arena_take(arena, walk.count, sizeof(*documents));
	if (documents == NULL)
		return ERR_MEMORY;
	if (walk.count > 0)
		memcpy(
		    documents, walk.documents, walk.count * sizeof(*documents));
	drift.documents = documents;
	*ret = drift;
	return ERR_OK;
}
