#include "daemon/clean.h"

#include <assert.h>
#include <string.h>

#include "daemon/lookup.h"

/* ---- one release ---- */

struct judging_release {
	struct view *view;
	struct absence_question question;
	struct arena *scratch;
	uint64_t work_end; /* of the view */
	bool is_cut;	   /* it came to that */
	struct clean_release *ret;
};

static void
tell_yes(struct clean_release *release, const struct absence *absence)
{
	char text[DIGEST_TEXT_MAX];

	digest_print(&absence->lineage->nodes[absence->found].digest, text);
	release->verdict = ABSENCE_YES;
	(void)why(&release->why, ERR_OK, "it is in %s", text);
}

static void
tell_gap(struct clean_release *release, const struct absence *absence)
{
	char text[DIGEST_TEXT_MAX];

	digest_print(&absence->lineage->nodes[absence->gap].digest, text);
	release->verdict = ABSENCE_UNKNOWN;
	(void)why(&release->why, ERR_OK, "%s: %s", text, absence->gap_why.text);
}

static size_t
count_sets(const struct absence *absence)
{
	size_t count = 0;

	for (size_t i = 0; i < absence->lineage->node_count; i++)
		count += absence->nodes[i].is_judged &&
		    (absence->nodes[i].finding.by == SHARD_BY_MANIFEST ||
			absence->nodes[i].finding.by == SHARD_BY_LIST);
	return count;
}

/* A yes stands above all, and a gap above a no. */
static enum err
judge_artifact(struct judging_release *judging, const struct digest *artifact)
{
	struct clean_release *ret = judging->ret;
	const struct absence *absence;
	enum err err;

	judging->question.root = *artifact;
	judging->view->work += CLEAN_ASK_WORK;
	err = absence_ask(judging->view, &judging->question, judging->scratch,
	    &absence, NULL);
	if (err != ERR_OK)
		return err;
	if (absence->verdict == ABSENCE_YES)
		tell_yes(ret, absence);
	else if (absence->verdict == ABSENCE_UNKNOWN &&
	    ret->verdict == ABSENCE_NO)
		tell_gap(ret, absence);
	ret->sets += count_sets(absence);
	arena_reset(judging->scratch);
	return ERR_OK;
}

static enum err
judge_record(struct judging_release *judging, const struct view_record *record)
{
	struct reader r = reader_of(record->gist.subjects);
	struct gist_artifact subject;
	enum err err = ERR_OK;

	while (err == ERR_OK && judging->ret->verdict != ABSENCE_YES &&
	    gist_subject_next(&r, &subject)) {
		if (subject.is_again || !subject.has_node)
			continue;
		if (judging->view->work >= judging->work_end) {
			judging->is_cut = true;
			break;
		}
		err = judge_artifact(judging, &subject.node);
	}
	return err;
}

static enum err
judge_newest(
    struct judging_release *judging, const struct lookup_newest *newest)
{
	struct clean_release *ret = judging->ret;
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < newest->count; i++) {
		const struct lookup_item *item = &newest->items[i];

		if (item->is_withdrawn)
			continue;
		if (!ret->is_known) {
			ret->is_known = true;
			ret->record = item->record;
			ret->verdict = ABSENCE_NO;
			judging->question.as = item->record.gist.principal;
		}
		err = judge_record(judging, &item->record);
	}
	if (ret->verdict == ABSENCE_NO && (newest->is_cut || judging->is_cut)) {
		ret->verdict = ABSENCE_UNKNOWN;
		(void)why(&ret->why, ERR_OK,
		    "more %s of this version than one answer asks",
		    newest->is_cut ? "records" : "artifacts");
	}
	return err;
}

/* Whoever published it decides how much there is to ask: until `work_end`. */
static enum err
judge_until(struct view *view, const struct taint_question *question,
    uint64_t work_end, struct arena *arena, struct clean_release *release)
{
	const struct lookup_filter filter = {
		.name = release->name,
		.version = release->version,
		.has_kind = true,
		.kind = RECORD_RELEASE,
	};
	struct clean_release judged = {
		.name = release->name,
		.version = release->version,
	};
	struct judging_release judging = {
		.view = view,
		.question.blobs = question->blobs,
		.scratch = arena_new(REQUEST_ARENA_MAX),
		.work_end = work_end,
		.ret = &judged,
	};
	struct lookup_newest newest;
	enum err err = judging.scratch == NULL ? ERR_MEMORY : ERR_OK;

	assert(question->root.algorithm == DIGEST_SHA256);
	memcpy(judging.question.shard.bytes, question->root.bytes, HASH_LEN);
	if (err == ERR_OK)
		err = lookup_newest(
		    view, &filter, RELEASE_RECORDS_MAX, arena, &newest);
	if (err == ERR_OK)
		err = judge_newest(&judging, &newest);
	arena_free(judging.scratch);
	if (err != ERR_OK)
		return err;
	if (!judged.is_known)
		(void)why(
		    &judged.why, ERR_OK, "no record of this version stands");
	else if (judged.verdict == ABSENCE_NO)
		(void)why(&judged.why, ERR_OK,
		    "by the signed, complete lists of %.*s and of what it "
		    "cites, for these exact bytes: in none of %zu sets",
		    SPAN_ARGS(judged.record.gist.principal), judged.sets);
	*release = judged;
	return ERR_OK;
}

enum err
clean_judge(struct view *view, const struct taint_question *question,
    struct arena *arena, struct clean_release *release)
{
	return judge_until(
	    view, question, view->work + CLEAN_WORK_MAX, arena, release);
}

/* ---- others of the same name ---- */

struct listing_clean {
	struct view *view;
	const struct taint_question *question;
	const struct taint *taint;
	struct arena *arena;
	size_t judged;
	uint64_t work_end; /* of all together */
	struct clean_list *ret;
};

static bool
is_hit(const struct taint *taint, struct span name, struct span version)
{
	for (size_t i = 0; i < taint->hit_count; i++)
		for (size_t k = 0; k < taint->hits[i].release_count; k++) {
			const struct gist *gist =
			    &taint->hits[i].releases[k].gist;

			if (span_equal(gist->name, name) &&
			    span_equal(gist->version, version))
				return true;
		}
	return false;
}

static bool
is_repeated(const struct lookup_newest *newest, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (!newest->items[i].is_withdrawn &&
		    span_equal(newest->items[i].record.gist.version,
			newest->items[at].record.gist.version))
			return true;
	return false;
}

static enum err
judge_version(struct listing_clean *listing, const struct gist *gist)
{
	struct clean_list *ret = listing->ret;
	struct clean_release release = {
		.name = gist->name,
		.version = gist->version,
	};
	enum err err;

	if (is_hit(listing->taint, gist->name, gist->version))
		return ERR_OK;
	if (listing->judged == CLEAN_RELEASES_MAX ||
	    listing->view->work >= listing->work_end) {
		ret->is_cut = true;
		return ERR_OK;
	}
	listing->judged++;
	err = judge_until(listing->view, listing->question, listing->work_end,
	    listing->arena, &release);
	if (listing->view->work >= listing->work_end)
		ret->is_cut = true;
	if (err == ERR_OK && release.verdict == ABSENCE_NO)
		ret->releases[ret->count++] = release;
	return err;
}

static enum err
judge_name(struct listing_clean *listing, struct span name)
{
	const struct lookup_filter filter = {
		.name = name, .has_kind = true, .kind = RECORD_RELEASE
	};
	struct lookup_newest newest;
	enum err err = lookup_newest(listing->view, &filter,
	    RELEASE_RECORDS_MAX, listing->arena, &newest);

	if (err == ERR_OK && newest.is_cut)
		listing->ret->is_cut = true;
	for (size_t i = 0; err == ERR_OK && i < newest.count; i++)
		if (!newest.items[i].is_withdrawn && !is_repeated(&newest, i))
			err = judge_version(
			    listing, &newest.items[i].record.gist);
	return err;
}

/* Was a release of this name met before this one? */
static bool
is_name_known(const struct taint *taint, size_t hit, size_t at)
{
	struct span name = taint->hits[hit].releases[at].gist.name;

	for (size_t i = 0; i <= hit; i++) {
		size_t end = i == hit ? at : taint->hits[i].release_count;

		for (size_t k = 0; k < end; k++)
			if (span_equal(
				name, taint->hits[i].releases[k].gist.name))
				return true;
	}
	return false;
}

static enum err
judge_names(struct listing_clean *listing, size_t hit)
{
	const struct taint_hit *of = &listing->taint->hits[hit];
	enum err err = ERR_OK;

	for (size_t k = 0; err == ERR_OK && k < of->release_count; k++) {
		if (is_name_known(listing->taint, hit, k))
			continue;
		if (listing->judged < CLEAN_RELEASES_MAX)
			err = judge_name(listing, of->releases[k].gist.name);
		else
			listing->ret->is_cut = true;
	}
	return err;
}

enum err
clean_list(struct view *view, const struct taint_question *question,
    const struct taint *taint, struct arena *arena, struct clean_list *ret)
{
	struct clean_list list = { .count = 0 };
	struct listing_clean listing = {
		.view = view,
		.question = question,
		.taint = taint,
		.arena = arena,
		.work_end = view->work + CLEAN_WORK_MAX,
		.ret = &list,
	};
	enum err err = ERR_OK;

	list.releases =
	    arena_take(arena, CLEAN_RELEASES_MAX, sizeof(*list.releases));
	if (list.releases == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; err == ERR_OK && i < taint->hit_count; i++)
		err = judge_names(&listing, i);
	if (err == ERR_OK)
		*ret = list;
	return err;
}
