#include "daemon/lookup.h"

#include <assert.h>

#include "daemon/gist_seek.h"
#include "daemon/index_keys.h"

/* ---- where candidates come from ---- */

struct source {
	bool is_log; /* every position */
	uint64_t next;
	uint64_t end;
	struct index_walk walk;
};

/* Room for a name, LF and a version; a digest; a keyid. */
#define VALUE_MAX 400

/* The place that promises the fewest candidates; false for the log itself. */
static bool
choose_place(const struct lookup_filter *filter, enum index_tag *ret_tag,
    struct writer *value)
{
	if (filter->has_reference) {
		*ret_tag = index_keys_tag(filter->reference.what);
		digest_write(&filter->reference.digest, value);
	} else if (filter->has_subject) {
		*ret_tag = filter->is_warning ? INDEX_ADVISORY : INDEX_SUBJECT;
		digest_write(&filter->subject, value);
	} else if (filter->name.len > 0 && filter->version.len > 0) {
		*ret_tag = INDEX_VERSION;
		writer_span(value, filter->name);
		writer_text(value, "\n");
		writer_span(value, filter->version);
	} else if (filter->name.len > 0) {
		*ret_tag = INDEX_NAME;
		writer_span(value, filter->name);
	} else if (filter->signer.len > 0) {
		*ret_tag = INDEX_SIGNER;
		writer_span(value, filter->signer);
	} else if (filter->principal.len > 0) {
		*ret_tag = INDEX_PRINCIPAL;
		writer_span(value, filter->principal);
	} else if (filter->has_kind) {
		*ret_tag = INDEX_KIND;
		writer_u8(value, (uint8_t)filter->kind);
	} else {
		return false;
	}
	assert(writer_end(value) == ERR_OK);
	return true;
}

static struct source
source_open(
    struct view *view, const struct lookup_filter *filter, uint64_t from)
{
	uint8_t value[VALUE_MAX];
	struct writer w = writer_of(value, sizeof(value));
	enum index_tag tag;

	if (!choose_place(filter, &tag, &w))
		return (struct source){
			.is_log = true, .next = from, .end = view->end
		};
	return (struct source){
		.walk = view_walk(view, tag, writer_view(&w), from),
	};
}

static bool
source_next(struct source *source, uint64_t *ret)
{
	if (!source->is_log)
		return index_walk_next(&source->walk, ret);
	if (source->next >= source->end)
		return false;
	*ret = source->next++;
	return true;
}

static bool
source_back(struct source *source, uint64_t *ret)
{
	if (!source->is_log)
		return index_walk_back(&source->walk, ret);
	if (source->next >= source->end)
		return false;
	*ret = --source->end;
	return true;
}

static void
source_close(struct source *source)
{
	if (!source->is_log)
		index_walk_close(&source->walk);
}

/* ---- what is found is compared ---- */

static bool
fits(struct span wanted, struct span found)
{
	return wanted.len == 0 || span_equal(wanted, found);
}

static bool
matches(const struct lookup_filter *filter, const struct view_record *record)
{
	const struct gist *gist = &record->gist;

	return (!filter->has_kind || filter->kind == gist->kind) &&
	    (!filter->is_warning ||
		gist->advisory.status == ADVISORY_NO_STATUS) &&
	    fits(filter->signer, record->keyid) &&
	    fits(filter->principal, gist->principal) &&
	    fits(filter->name, gist->name) &&
	    fits(filter->version, gist->version) &&
	    (!filter->has_reference || gist_refers(gist, &filter->reference)) &&
	    (!filter->has_subject || gist_has_subject(gist, &filter->subject));
}

static bool
take_item(struct view *view, uint64_t position, struct lookup_item *ret)
{
	if (!view_get_checked(view, position, &ret->record))
		return false;
	ret->is_withdrawn = view_withdrawn(view, &ret->record, &ret->withdrawn);
	return true;
}

static void
fill_page(struct view *view, const struct lookup_filter *filter,
    struct source *source, size_t limit, struct lookup_page *page)
{
	struct view_record candidate;
	uint64_t position;
	size_t looked = 0;

	while (source_next(source, &position)) {
		if (page->count == limit || looked == LIST_LOOK_MAX) {
			page->has_next = true;
			return;
		}
		looked++;
		page->next = position;
		if (!view_get(view, position, &candidate))
			return;
		if (matches(filter, &candidate) &&
		    take_item(view, position, &page->items[page->count]))
			page->count++;
	}
}

enum err
lookup_page(struct view *view, const struct lookup_filter *filter,
    const struct lookup_range *range, struct arena *arena,
    struct lookup_page *ret)
{
	struct lookup_page page = { .size = view->end };
	struct source source;

	assert(range->limit > 0);
	page.items = arena_take(arena, range->limit, sizeof(*page.items));
	if (page.items == NULL)
		return ERR_MEMORY;
	source = source_open(view, filter, range->from);
	fill_page(view, filter, &source, range->limit, &page);
	source_close(&source);
	*ret = page;
	return ERR_OK;
}

/* Looking for the newest: from the last one down, and where that finds too few,
 * from the first one up.  So neither who was there before with thousands hides
 * what came after, nor who comes after. */
struct seeking {
	struct view *view;
	const struct lookup_filter *filter;
	size_t limit;
	struct lookup_newest *newest;
	uint64_t *ring; /* of `limit` positions, from the first one up */
	size_t found;	/* that went into it */
	uint64_t end;	/* what lies here and above was looked at */
};

/* True: there is no need to look on. */
static bool
seek_down(struct seeking *seeking, struct source *source)
{
	struct lookup_newest *newest = seeking->newest;
	struct view_record candidate;
	uint64_t position;

	for (size_t i = 0; i < LIST_LOOK_MAX / 2; i++) {
		if (!source_back(source, &position) ||
		    !view_get(seeking->view, position, &candidate))
			return true;
		seeking->end = position;
		if (!matches(seeking->filter, &candidate))
			continue;
		if (newest->count == seeking->limit) {
			newest->is_cut = true;
			return true;
		}
		if (!take_item(
			seeking->view, position, &newest->items[newest->count]))
			return true;
		newest->count++;
	}
	return false;
}

static void
seek_up(struct seeking *seeking, struct source *source)
{
	struct view_record candidate;
	uint64_t position;

	for (size_t i = 0; i < LIST_LOOK_MAX / 2; i++) {
		if (!source_next(source, &position) ||
		    position >= seeking->end ||
		    !view_get(seeking->view, position, &candidate))
			return;
		if (matches(seeking->filter, &candidate))
			seeking->ring[seeking->found++ % seeking->limit] =
			    position;
	}
	seeking->newest->is_cut = true; /* what lies between was not */
}

static void
take_ring(struct seeking *seeking)
{
	struct lookup_newest *newest = seeking->newest;
	size_t left = seeking->found;

	while (left > 0 && seeking->found - left < seeking->limit &&
	    newest->count < seeking->limit &&
	    take_item(seeking->view, seeking->ring[(left - 1) % seeking->limit],
		&newest->items[newest->count])) {
		newest->count++;
		left--;
	}
	newest->is_cut = newest->is_cut || left > 0;
}

enum err
lookup_newest(struct view *view, const struct lookup_filter *filter,
    size_t limit, struct arena *arena, struct lookup_newest *ret)
{
	struct lookup_newest newest = { .count = 0 };
	struct seeking seeking = {
		.view = view,
		.filter = filter,
		.limit = limit,
		.newest = &newest,
		.ring = arena_take(arena, limit, sizeof(*seeking.ring)),
	};
	struct source down;
	struct source up;

	assert(limit > 0);
	newest.items = arena_take(arena, limit, sizeof(*newest.items));
	if (newest.items == NULL || seeking.ring == NULL)
		return ERR_MEMORY;
	down = source_open(view, filter, 0);
	up = source_open(view, filter, 0);
	if (!seek_down(&seeking, &down))
		seek_up(&seeking, &up);
	source_close(&down);
	source_close(&up);
	take_ring(&seeking);
	*ret = newest;
	return ERR_OK;
}
