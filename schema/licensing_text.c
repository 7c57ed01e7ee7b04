/*
 * What there is to say of the texts that a licence rests on.
 */
#include "schema/licensing_inner.h"

/* ---- is each licence's text there? ---- */

struct covering {
	const struct judging *j;
	const struct licensing_item *item;
};

static bool
is_asked_snapshot(const struct snapshot *snapshot, const struct hash *text)
{
	return hash_equal(&snapshot->text, text);
}

/* "GPL-2.0-only" and "GPL-2.0-or-later" have one text. */
static struct span
text_name(struct span license)
{
	static const char *const ends[] = { "-only", "-or-later" };

	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		size_t len = span_of_text(ends[i]).len;
		if (license.len > len &&
		    span_is(
			span_part(license, license.len - len, len), ends[i]))
			return span_part(license, 0, license.len - len);
	}
	return license;
}

static bool
is_text_of(const struct snapshot *snapshot, struct span license)
{
	return spdx_same(text_name(snapshot->license), text_name(license));
}

/* Some text of the item was recorded as that of this term. */
static bool
is_covered(const struct spdx_item *term, const void *context)
{
	const struct covering *c = context;

	for (size_t i = 0; i < c->item->text_count; i++) {
		const struct hash *text = &c->j->texts[c->item->texts[i]].hash;
		for (size_t at = 0; at < c->j->snapshots.count; at++) {
			const struct snapshot *s = &c->j->snapshots.all[at];
			if (is_asked_snapshot(s, text) &&
			    is_text_of(s, term->license))
				return true;
		}
	}
	return false;
}

static bool
names(const struct spdx *spdx, const struct snapshot *snapshot)
{
	for (size_t i = 0; i < spdx->count; i++) {
		if (spdx->items[i].kind == SPDX_TERM &&
		    is_text_of(snapshot, spdx->items[i].license))
			return true;
	}
	return false;
}

static void
find_another(struct judging *j, size_t at, const struct spdx *spdx,
    const struct hash *text)
{
	struct span license = SPAN_EMPTY;
	size_t record = 0;

	for (size_t i = 0; i < j->snapshots.count; i++) {
		const struct snapshot *s = &j->snapshots.all[i];
		if (!is_asked_snapshot(s, text))
			continue;
		if (names(spdx, s))
			return;
		license = s->license;
		record = j->snapshot_records[i];
	}
	licensing_say(j, LICENSING_TEXT_OF_ANOTHER, at, &record,
	    "the text that it rests on is recorded as that of %.*s",
	    SPAN_ARGS(license));
}

/* True where each text is on the ledger. */
static bool
find_texts(struct judging *j, size_t at, const struct spdx *spdx)
{
	const struct licensing_item *item = &j->items[at];
	bool is_whole = true;

	for (size_t i = 0; i < item->text_count; i++) {
		const struct licensing_text *text = &j->texts[item->texts[i]];
		char hex[HASH_TEXT_MAX];
		hash_print(&text->hash, hex);
		if (text->drift.is_known) {
			find_another(j, at, spdx, &text->hash);
			continue;
		}
		is_whole = false;
		licensing_say(j, LICENSING_TEXT_NOT_RECORDED, at, NULL,
		    "nobody recorded the text %.16s… that it rests on", hex);
	}
	return is_whole;
}

static void
find_missing(struct judging *j, size_t at)
{
	const struct licensing_item *item = &j->items[at];
	struct covering covering = { .j = j, .item = item };
	struct spdx spdx;

	if (spdx_parse(item->license, &spdx, NULL) != ERR_OK)
		return;
	if (item->text_count == 0)
		licensing_say(j, LICENSING_NO_TEXT, at, NULL,
		    "%.*s, but no text of it was pinned: what was agreed to "
		    "is not known to the byte",
		    SPAN_ARGS(item->license));
	else if (find_texts(j, at, &spdx) &&
	    !spdx_holds(&spdx, is_covered, &covering))
		licensing_say(j, LICENSING_NO_TEXT, at, NULL,
		    "the texts that were pinned are not all of %.*s",
		    SPAN_ARGS(item->license));
}

/* ---- and do they still stand? ---- */

static void
find_document(struct judging *j, size_t at, const struct drift_document *d)
{
	size_t told = j->snapshot_records[d->snapshot];
	size_t newest = j->snapshot_records[d->newest];
	const char *what = d->depth == 0 ? "the text"
					 : "a document that it "
					   "takes in";
	char hex[HASH_TEXT_MAX];

	hash_print(&d->newest_text, hex);
	if (d->is_changed)
		licensing_say(j, LICENSING_DRIFTED, at, &newest,
		    "%s has changed at %.*s: %.*s saw %.16s… there", what,
		    SPAN_ARGS(d->source),
		    SPAN_ARGS(j->snapshots.all[d->newest].principal), hex);
	if (!d->has_text)
		licensing_say(j, LICENSING_NOT_FETCHED, at, &told,
		    "it takes in %.*s, which was not fetched",
		    SPAN_ARGS(d->source));
	if (d->is_circular)
		licensing_say(j, LICENSING_CIRCULAR, at, &told,
		    "%.*s takes in itself, by what it takes in",
		    SPAN_ARGS(d->source));
	if (d->is_mutable)
		licensing_say(j, LICENSING_MUTABLE, at, &told,
		    "%s may be changed by the licensor, says the snapshot of "
		    "%.*s%s%.*s",
		    what, SPAN_ARGS(j->snapshots.all[d->snapshot].principal),
		    d->clause.len > 0 ? ": " : "",
		    SPAN_ARGS(span_part(d->clause, 0, 160)));
}

void
licensing_find_texts(struct judging *j, size_t at)
{
	const struct licensing_item *item = &j->items[at];

	find_missing(j, at);
	for (size_t i = 0; i < item->text_count; i++) {
		const struct drift *drift = &j->texts[item->texts[i]].drift;
		for (size_t d = 0; d < drift->count; d++)
			find_document(j, at, &drift->documents[d]);
	}
}
