#include "daemon/put.h"
#include "daemon/render.h"
#include "daemon/render_shard.h"

/* ---- warnings ---- */

static void
put_reply(const struct warning_reply *reply, struct writer *w)
{
	const struct gist *gist = &reply->record.gist;

	writer_comma(w);
	writer_text(w, "{");
	put_hash_or_null("record", true, &reply->record.id, w);
	writer_member_number(w, "index", reply->record.position);
	writer_member_text(w, "principal", gist->principal);
	writer_member_text(w, "status",
	    span_of_text(advisory_status_name(gist->advisory.status)));
	writer_member(w, "fixedIn");
	if (gist->advisory.has_fixed_in) {
		char text[DIGEST_TEXT_MAX];

		digest_print(&gist->advisory.fixed_in, text);
		writer_json(w, span_of_text(text));
	} else {
		writer_text(w, "null");
	}
	put_flag("publisher", reply->is_publishers, w);
	writer_text(w, "}");
}

static void
put_warning(const struct warning *warning, struct writer *w)
{
	const struct gist_advisory *advisory = &warning->record.gist.advisory;

	writer_member_text(
	    w, "reason", span_of_text(advisory_reason_name(advisory->reason)));
	writer_member_text(w, "severity",
	    span_of_text(advisory_severity_name(advisory->severity)));
	writer_member_text(
	    w, "action", span_of_text(advisory_action_name(advisory->action)));
	put_text_or_null(
	    "status", span_of_text(advisory_status_name(warning->status)), w);
	writer_member(w, "replies");
	writer_text(w, "[");
	for (size_t i = 0; i < warning->reply_count; i++)
		put_reply(&warning->replies[i], w);
	writer_text(w, "]");
	put_flag("repliesTruncated", warning->is_cut, w);
}

void
render_warnings(const struct lookup_page *page, const struct warning *warnings,
    struct writer *w)
{
	render_page_open(page, w);
	for (size_t i = 0; i < page->count; i++) {
		render_item_open(&page->items[i], w);
		writer_member_number(
		    w, "subjects", warnings[i].record.gist.subject_count);
		put_warning(&warnings[i], w);
		writer_text(w, "}");
	}
	render_page_close(page, w);
}

/* ---- taint ---- */

static const char *
kind_name(enum taint_kind kind)
{
	switch (kind) {
	case TAINT_DIRECT:
		return "direct";
	case TAINT_VIA_MODEL:
		return "via-model";
	case TAINT_VIA_SYNTHETIC:
	case TAINT_KINDS:
		break;
	}
	return "via-synthetic";
}

static const char *
set_by(const struct lineage_edge *edge)
{
	if (edge->is_opened)
		return "opening";
	return edge->is_shown ? "manifest" : "part";
}

static void
put_set(const struct lineage *lineage, const struct taint_set *set,
    struct writer *w)
{
	const struct view_record *record = &set->edge->record->record;

	writer_comma(w);
	writer_text(w, "{");
	digest_print_member(&lineage->nodes[set->edge->to].digest, "digest", w);
	put_hash_or_null("record", true, &record->id, w);
	writer_member_text(w, "principal", record->gist.principal);
	put_text_or_null("name", record->gist.name, w);
	writer_member_text(w, "by", span_of_text(set_by(set->edge)));
	if (set->edge->is_opened)
		writer_member_number(w, "disclosure", set->disclosure);
	if (set->edge->is_shown) {
		writer_member_number(w, "index", set->index);
		writer_member_text(w, "line", set->line);
	}
	writer_text(w, "}");
}

static void
put_release(const struct view_record *record, struct writer *w)
{
	writer_comma(w);
	writer_text(w, "{");
	put_hash_or_null("record", true, &record->id, w);
	writer_member_text(w, "name", record->gist.name);
	writer_member_text(w, "version", record->gist.version);
	writer_text(w, "}");
}

static void
put_names(const struct lineage_node *node, struct writer *w)
{
	writer_member(w, "names");
	writer_text(w, "[");
	for (size_t i = 0; i < node->name_count; i++) {
		writer_comma(w);
		writer_json(w, node->names[i]);
	}
	writer_text(w, "]");
}

static void
put_hit(const struct lineage *lineage, const struct taint_hit *hit,
    struct writer *w)
{
	writer_comma(w);
	writer_text(w, "{");
	digest_print_member(&lineage->nodes[hit->node].digest, "digest", w);
	put_names(&lineage->nodes[hit->node], w);
	writer_member_text(w, "kind", span_of_text(kind_name(hit->kind)));
	writer_member_number(w, "level", hit->level);
	writer_member(w, "path");
	writer_text(w, "[");
	for (size_t i = 0; i < hit->step_count; i++)
		render_step(lineage, hit->steps[i], w);
	writer_text(w, "]");
	writer_member(w, "releases");
	writer_text(w, "[");
	for (size_t i = 0; i < hit->release_count; i++)
		put_release(&hit->releases[i], w);
	writer_text(w, "]}");
}

static void
put_taint_warning(const struct lineage *lineage,
    const struct taint_warning *warning, struct writer *w)
{
	const struct view_record *record = &warning->warning.record;

	writer_comma(w);
	writer_text(w, "{");
	put_hash_or_null("record", true, &record->id, w);
	writer_member_number(w, "index", record->position);
	writer_member_text(w, "principal", record->gist.principal);
	digest_print_member(
	    &lineage->nodes[warning->node].digest, "subject", w);
	put_warning(&warning->warning, w);
	writer_text(w, "}");
}

static void
put_clean(const struct clean_release *release, struct writer *w)
{
	put_hash_or_null("record", release->is_known, &release->record.id, w);
	writer_member_text(w, "name", release->name);
	writer_member_text(w, "version", release->version);
	writer_member_text(w, "why", span_of_text(release->why.text));
}

/* The one that was asked for first, where it is clean. */
static void
put_cleans(const struct render_taint *answer, struct writer *w)
{
	const struct clean_release *asked = answer->asked;

	writer_member(w, "clean");
	writer_text(w, "[");
	if (asked != NULL && asked->verdict == ABSENCE_NO) {
		writer_text(w, "{");
		put_clean(asked, w);
		writer_text(w, "}");
	}
	for (size_t i = 0; i < answer->clean->count; i++) {
		const struct clean_release *one = &answer->clean->releases[i];

		if (asked != NULL && span_equal(asked->name, one->name) &&
		    span_equal(asked->version, one->version))
			continue;
		writer_comma(w);
		writer_text(w, "{");
		put_clean(one, w);
		writer_text(w, "}");
	}
	writer_text(w, "]");
	if (asked == NULL)
		return;
	writer_member(w, "release");
	writer_text(w, "{");
	put_clean(asked, w);
	writer_member_text(
	    w, "verdict", span_of_text(render_absence_name(asked->verdict)));
	writer_text(w, "}");
}

void
render_taint(const struct render_taint *answer, struct writer *w)
{
	const struct taint *taint = answer->taint;
	const struct lineage *lineage = taint->lineage;

	writer_text(w, "{");
	writer_member_number(w, "treeSize", lineage->size);
	digest_print_member(&lineage->question.root, "shard", w);
	put_flag("truncated", taint->is_truncated || answer->clean->is_cut, w);
	writer_member(w, "datasets");
	writer_text(w, "[");
	for (size_t i = 0; i < taint->set_count; i++)
		put_set(lineage, &taint->sets[i], w);
	writer_text(w, "]");
	writer_member(w, "hits");
	writer_text(w, "[");
	for (size_t i = 0; i < taint->hit_count; i++)
		put_hit(lineage, &taint->hits[i], w);
	writer_text(w, "]");
	put_cleans(answer, w);
	writer_member(w, "advisories");
	writer_text(w, "[");
	for (size_t i = 0; i < taint->warning_count; i++)
		put_taint_warning(lineage, &taint->warnings[i], w);
	writer_text(w, "]");
	writer_member(w, "next");
	if (taint->has_next)
		writer_decimal(w, taint->next);
	else
		writer_text(w, "null");
	writer_text(w, "}");
}
