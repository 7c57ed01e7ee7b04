#include "daemon/dossier_gather.h"

#include "daemon/lookup.h"
#include "schema/envelope.h"

#define LOOKUP_ARENA_MAX ((size_t)1 << 20) /* of one look-up's items */

struct gathering {
	struct view *view;
	struct arena *arena;
	struct arena *scratch; /* of one look-up */
	struct dossier_build *build;
	bool is_cut;
};

static enum err
give(struct gathering *g, const struct lookup_item *item, struct why *w)
{
	const struct view_record *found = &item->record;
	struct envelope envelope;
	struct view_disputes disputes;

	if (dossier_give_again(g->build, &found->id))
		return ERR_OK;
	if (found->is_withheld) {
		g->is_cut = true;
		return ERR_OK;
	}
	enum err err =
	    envelope_parse_entry(found->entry, g->arena, &envelope, NULL);
	if (err != ERR_OK)
		return err == ERR_MEMORY
		    ? err
		    : why(w, ERR_CORRUPT, "entry %llu does not parse",
			  (unsigned long long)found->position);
	view_disputes(g->view, found, &disputes);
	struct dossier_record record = {
		.id = found->id,
		.index = found->position,
		.stamp_ms = found->stamp_ms,
		.principal = found->gist.principal,
		.payload = envelope.payload,
		.is_withdrawn = item->is_withdrawn,
		.withdrawn = item->withdrawn,
		.dispute_count = disputes.count,
	};
	return dossier_give(g->build, &record, w);
}

static enum err
give_one(struct gathering *g, const struct hash *id, struct why *w)
{
	struct lookup_item item = { .is_withdrawn = false };
	uint64_t position;

	if (!view_find(g->view, id, &position) ||
	    !view_get(g->view, position, &item.record))
		return ERR_OK;
	item.is_withdrawn =
	    view_withdrawn(g->view, &item.record, &item.withdrawn);
	return give(g, &item, w);
}

static struct lookup_filter
filter_of(const struct dossier_want *want)
{
	struct lookup_filter filter = { .has_kind = false };

	switch (want->kind) {
	case DOSSIER_RELEASE:
		filter.has_kind = true;
		filter.kind = RECORD_RELEASE;
		filter.name = want->name;
		filter.version = want->version;
		break;
	case DOSSIER_SUBJECT:
		filter.has_subject = true;
		filter.subject = want->digest;
		filter.principal = want->principal;
		break;
	case DOSSIER_TEXTS:
		filter.has_kind = true;
		filter.kind = RECORD_LICENSE;
		filter.has_reference = true;
		filter.reference.what = GIST_LICENSE_SOURCE;
		filter.reference.digest = gist_source(want->source);
		break;
	case DOSSIER_RECORD: /* by its id */
		break;
	}
	return filter;
}

static enum err
answer(struct gathering *g, const struct dossier_want *want, struct why *w)
{
	struct lookup_newest newest = { .count = 0 };
	enum err err = ERR_OK;

	if (want->kind == DOSSIER_RECORD) {
		err = give_one(g, &want->id, w);
	} else {
		struct lookup_filter filter = filter_of(want);
		arena_reset(g->scratch);
		err = lookup_newest(
		    g->view, &filter, want->limit, g->scratch, &newest);
	}
	for (size_t i = newest.count; err == ERR_OK && i > 0; i--)
		err = give(g, &newest.items[i - 1], w);
	if (err == ERR_OK)
		dossier_answered(
		    g->build, g->view->end, newest.is_cut || g->is_cut);
	g->is_cut = false;
	return err;
}

enum err
dossier_gather(struct view *view, const struct dossier_question *question,
    struct arena *arena, struct dossier_gather *ret, struct why *w)
{
	struct gathering g = {
		.view = view,
		.arena = arena,
		.build = dossier_begin(question, arena),
	};
	struct dossier_want want;
	enum err err = ERR_OK;

	*ret = (struct dossier_gather){ .build = g.build };
	g.scratch = arena_new(LOOKUP_ARENA_MAX);
	if (g.build == NULL || g.scratch == NULL) {
		arena_free(g.scratch);
		return ERR_MEMORY;
	}
	while (
	    err == ERR_OK && !view_failed(view) && dossier_next(g.build, &want))
		err = answer(&g, &want, w);
	arena_free(g.scratch);
	if (err == ERR_OK)
		err = dossier_end(g.build, &ret->dossier, w);
	return err;
}

void
dossier_gather_done(struct dossier_gather *gather)
{
	dossier_done(gather->build);
	gather->build = NULL;
	gather->dossier = NULL;
}
