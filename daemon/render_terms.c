/*
 * What was seen of a licence, as JSON (FORMATS 7.3).
 */
#include "daemon/put.h"
#include "daemon/render.h"
#include "daemon/terms.h"
#include "schema/licensing.h"

/* The newest first, by the log's order. */
static void
sort(const struct terms *terms, size_t *order)
{
	const struct snapshot *all = terms->snapshots.all;

	for (size_t i = 0; i < terms->snapshots.count; i++) {
		size_t at = i;
		for (; at > 0 && all[order[at - 1]].index < all[i].index; at--)
			order[at] = order[at - 1];
		order[at] = i;
	}
}

static void
put_snapshot(const struct terms *terms, size_t at, struct writer *w)
{
	const struct snapshot *s = &terms->snapshots.all[at];

	render_item_open(&terms->items[at], w);
	put_hash_or_null("text", true, &s->text, w);
	put_text_or_null("license", s->license, w);
	put_text_or_null("source", s->source, w);
	if (s->has_fetched)
		put_time("fetchedOn", s->fetched_ms, w);
	put_flag("mutable", s->is_mutable, w);
	writer_text(w, "}");
}

static void
put_rest(const struct terms_rest *rest, struct writer *w)
{
	render_item_open(&rest->item, w);
	put_hash_or_null("text", true, &rest->text, w);
	put_flag("old", rest->is_old, w);
	writer_text(w, "}");
}

void
terms_render(
    const struct view *view, const struct terms *terms, struct writer *w)
{
	size_t order[DRIFT_SNAPSHOTS_MAX];

	sort(terms, order);
	writer_text(w, "{");
	writer_member_number(w, "treeSize", view->end);
	put_flag("truncated", terms->is_cut, w);
	writer_member(w, "drift");
	licensing_print_drift(
	    &terms->question.text, &terms->drift, &terms->snapshots, w);
	writer_member(w, "snapshots");
	writer_text(w, "[");
	for (size_t i = 0; i < terms->snapshots.count; i++)
		put_snapshot(terms, order[i], w);
	writer_text(w, "]");
	writer_member(w, "rests");
	writer_text(w, "[");
	for (size_t i = 0; i < terms->rest_count; i++)
		put_rest(&terms->rests[i], w);
	writer_text(w, "]}");
}
