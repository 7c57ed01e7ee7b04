#include "daemon/warning.h"

#include <stdlib.h>

#include "daemon/gist_seek.h"

/* ---- answers ---- */

static bool
is_reply(const struct view_record *reply, const struct hash *warning)
{
	return reply->gist.kind == RECORD_ADVISORY &&
	    reply->gist.advisory.status != ADVISORY_NO_STATUS &&
	    hash_equal(&reply->gist.advisory.in_reply_to, warning);
}

/* Answers that were looked at. */
struct replies {
	size_t count;
	size_t subjects_left; /* to be asked whose they are */
	bool is_cut;
	struct candidate {
		uint64_t position;
		bool is_publishers;
		bool is_kept;
	} all[REPLIES_LOOK_MAX];
};

static bool
is_publishers(
    struct view *view, const struct view_record *reply, struct replies *replies)
{
	struct reader r = reader_of(reply->gist.subjects);
	struct gist_artifact subject;
	bool is_cut;

	while (gist_subject_next(&r, &subject)) {
		if (!subject.has_node || subject.is_again)
			continue;
		if (replies->subjects_left == 0) {
			replies->is_cut = true;
			return false;
		}
		replies->subjects_left--;
		if (view_has_own(
			view, reply->gist.principal, &subject.node, &is_cut))
			return true;
	}
	return false;
}

static void
take_reply(struct view *view, const struct hash *warning, uint64_t position,
    struct replies *replies)
{
	struct view_record reply;
	struct hash withdrawal;

	for (size_t i = 0; i < replies->count; i++)
		if (replies->all[i].position == position)
			return;
	if (!view_get(view, position, &reply) || reply.is_withheld ||
	    !is_reply(&reply, warning) ||
	    view_withdrawn(view, &reply, &withdrawal))
		return;
	replies->all[replies->count++] = (struct candidate){
		.position = position,
		.is_publishers = is_publishers(view, &reply, replies),
	};
}

/* All, or those by one principal. */
static void
collect_replies(struct view *view, const struct hash *warning, struct span as,
    struct replies *replies)
{
	uint8_t value[VIEW_VALUE_MAX];
	struct writer w = writer_of(value, sizeof(value));
	struct index_walk walk;
	uint64_t position;
	size_t looked = 0;

	writer_span(&w, hash_span(warning));
	writer_span(&w, as);
	walk = view_walk(view, INDEX_REPLY, writer_view(&w), 0);
	while (index_walk_next(&walk, &position)) {
		if (looked++ == REPLIES_LOOK_MAX ||
		    replies->count == REPLIES_LOOK_MAX) {
			replies->is_cut = true;
			break;
		}
		take_reply(view, warning, position, replies);
	}
	index_walk_close(&walk);
}

static int
compare_candidates(const void *a, const void *b)
{
	const struct candidate *left = a;
	const struct candidate *right = b;

	if (left->position == right->position)
		return 0;
	return left->position < right->position ? -1 : 1;
}

/* The newest, publishers' before others'. */
static size_t
keep_newest(struct replies *replies, bool of_publishers, size_t room)
{
	size_t kept = 0;

	for (size_t i = replies->count; i > 0; i--) {
		struct candidate *one = &replies->all[i - 1];

		if (one->is_publishers != of_publishers)
			continue;
		if (kept == room) {
			replies->is_cut = true;
			break;
		}
		one->is_kept = true;
		kept++;
	}
	return kept;
}

static void
fill(struct view *view, const struct replies *replies, struct span as,
    struct warning *warning)
{
	for (size_t i = 0; i < replies->count; i++) {
		struct warning_reply *reply =
		    &warning->replies[warning->reply_count];
		const struct gist *gist = &reply->record.gist;

		if (!replies->all[i].is_kept ||
		    !view_get(view, replies->all[i].position, &reply->record))
			continue;
		reply->is_publishers = replies->all[i].is_publishers;
		warning->reply_count++;
		if (reply->is_publishers &&
		    (as.len == 0 || span_equal(as, gist->principal)))
			warning->status = gist->advisory.status;
	}
}

enum err
warning_tell(struct view *view, const struct view_record *record,
    struct span as, struct arena *arena, struct warning *ret)
{
	struct warning warning = { .record = *record };
	struct replies replies = { .subjects_left = REPLY_SUBJECTS_MAX };
	size_t kept;

	warning.replies =
	    arena_take(arena, REPLIES_MAX, sizeof(*warning.replies));
	if (warning.replies == NULL)
		return ERR_MEMORY;
	if (as.len > 0)
		collect_replies(view, &record->id, as, &replies);
	collect_replies(view, &record->id, SPAN_EMPTY, &replies);
	qsort(replies.all, replies.count, sizeof(replies.all[0]),
	    compare_candidates);
	kept = keep_newest(&replies, true, REPLIES_MAX);
	(void)keep_newest(&replies, false, REPLIES_MAX - kept);
	fill(view, &replies, as, &warning);
	warning.is_cut = replies.is_cut;
	*ret = warning;
	return ERR_OK;
}

/* ---- warnings about a digest ---- */

bool
warning_stands(struct view *view, const struct view_record *record)
{
	struct hash withdrawal;

	return record->gist.kind == RECORD_ADVISORY && !record->is_withheld &&
	    record->gist.advisory.status == ADVISORY_NO_STATUS &&
	    !view_withdrawn(view, record, &withdrawal);
}

void
warning_find(
    struct view *view, const struct digest *digest, struct warning_list *ret)
{
	uint8_t value[VIEW_VALUE_MAX];
	struct index_walk walk = view_walk(
	    view, INDEX_ADVISORY, view_value(SPAN_EMPTY, digest, value), 0);
	struct view_record record;
	uint64_t position;
	size_t looked = 0;

	ret->count = 0;
	ret->is_cut = false;
	while (index_walk_next(&walk, &position)) {
		if (ret->count == WARNINGS_NODE_MAX ||
		    looked++ == REPLIES_LOOK_MAX) {
			ret->is_cut = true;
			break;
		}
		if (!view_get(view, position, &record))
			break;
		if (gist_has_subject(&record.gist, digest) &&
		    warning_stands(view, &record))
			ret->positions[ret->count++] = position;
	}
	index_walk_close(&walk);
}
