#include <string.h>

#include "daemon/gist_seek.h"
#include "daemon/shard_inner.h"

void
judging_find(
    struct judging *judging, enum shard_verdict verdict, enum shard_by by)
{
	judging->ret->verdict = verdict;
	judging->ret->by = by;
	judging->ret->reason = NULL;
}

/* ---- by what the record lists ---- */

static bool
lists_it(const struct gist *gist, const struct hash *shard)
{
	struct digest digest = digest_sha256(shard);
	struct reader r = reader_of(gist->subjects);
	struct gist_artifact first;
	struct gist rest = *gist;

	if (!gist_subject_next(&r, &first))
		return false;
	rest.subjects = r.rest;
	return gist_has_subject(&rest, &digest);
}

/* Are its parts signed as all of them? */
static bool
is_list_complete(const struct gist *gist)
{
	struct reader r = reader_of(gist->subjects);
	struct gist_artifact part;
	size_t count = 0;

	if (!gist_is_complete(gist,
		span_of_text(gist->kind == RECORD_MODEL ? "weights" : "shard")))
		return false;
	while (gist_seek_part(&r, NULL, &part)) {
		if (!gist_is_complete(gist, part.role))
			return false;
		count++;
	}
	return count > 0;
}

static bool
is_set(const struct judging *judging)
{
	const struct gist *gist = &judging->record->gist;
	struct reader r = reader_of(gist->subjects);
	struct gist_artifact part;

	return judging->has_root ||
	    (judging->has_list && gist_seek_part(&r, NULL, &part));
}

static void
ask_record(struct judging *judging)
{
	const struct gist *gist = &judging->record->gist;

	if (judging->has_list && lists_it(gist, judging->shard))
		judging_find(judging, SHARD_IN, SHARD_BY_LIST);
	else if (!is_set(judging))
		judging_find(judging,
		    hash_equal(&judging->manifest, judging->shard)
			? SHARD_IN
			: SHARD_NOT_IN,
		    SHARD_BY_FILE);
	else if (judging->has_list && is_list_complete(gist))
		judging_find(judging, SHARD_NOT_IN, SHARD_BY_LIST);
	else if (gist->disclosure == DISCLOSURE_SALTED)
		judging->ret->reason =
		    "its list of files is salted: a line can be opened, "
		    "absence can not be shown";
	else
		judging->ret->reason =
		    "its manifest is not here, and its record does not sign "
		    "its list of files as complete";
}

/* ---- one record ---- */

/* The subject that the question is about: of sets the first. */
static bool
find_set(const struct gist *gist, const struct digest *set,
    struct gist_artifact *ret, bool *ret_is_first)
{
	struct reader r = reader_of(gist->subjects);
	struct gist only = *gist;

	*ret_is_first = false;
	if (!gist_subject_next(&r, ret))
		return false;
	only.subjects.len -= r.rest.len; /* the first alone */
	*ret_is_first = gist_has_subject(&only, set);
	if (*ret_is_first)
		return true;
	r = reader_of(gist->subjects);
	return gist_seek_subject(&r, set, ret);
}

/* Its sha256, and its root where it has one. */
static bool
take_identity(struct judging *judging, const struct digest *set)
{
	const struct gist *gist = &judging->record->gist;
	struct gist_artifact subject;
	struct digest digest;
	struct reader digests;
	bool is_first;

	if (!find_set(gist, set, &subject, &is_first) || !subject.has_node ||
	    subject.node.algorithm != DIGEST_SHA256)
		return false;
	judging->has_list = is_first &&
	    (gist->kind == RECORD_DATASET || gist->kind == RECORD_MODEL);
	memcpy(judging->manifest.bytes, subject.node.bytes, HASH_LEN);
	digests = reader_of(subject.digests);
	while (gist_digest_next(&digests, &digest)) {
		if (digest.algorithm != DIGEST_MERKLE_TREE_HASH)
			continue;
		judging->has_root = true;
		memcpy(judging->root.bytes, digest.bytes, HASH_LEN);
	}
	return true;
}

static enum err
judge(struct judging *judging, const struct digest *set, bool with_openings)
{
	struct shard_finding *ret = judging->ret;
	enum err err;

	*ret = (struct shard_finding){
		.reason = "its record names no set by sha256",
		.has_record = true,
		.record = *judging->record,
	};
	if (!take_identity(judging, set))
		return ERR_OK;
	err = judging_ask_manifest(judging);
	if (err == ERR_OK && ret->verdict == SHARD_UNKNOWN && with_openings)
		err = judging_ask_openings(judging);
	if (err == ERR_OK && ret->verdict == SHARD_UNKNOWN)
		ask_record(judging);
	return err;
}

enum err
shard_judge(struct view *view, const struct shard_question *question,
    const struct view_record *record, struct shard_finding *ret, struct why *w)
{
	struct shard_finding finding = { .verdict = SHARD_UNKNOWN };
	enum err err = judge(
	    &(struct judging){
		.view = view,
		.blobs = question->blobs,
		.record = record,
		.shard = &question->shard,
		.arena = question->arena,
		.w = w,
		.ret = &finding,
	    },
	    &question->set, true);

	if (err == ERR_OK)
		*ret = finding;
	return err;
}

/* ---- any record ---- */

static bool
describes(struct view *view, const struct shard_question *question,
    const struct view_record *record)
{
	const struct gist *gist = &record->gist;
	struct gist_artifact first;
	struct hash withdrawal;
	bool is_first;

	if (gist->kind != RECORD_DATASET && gist->kind != RECORD_MODEL)
		return false;
	if (record->is_withheld)
		return false;
	if (question->as.len > 0 && !span_equal(question->as, gist->principal))
		return false;
	return find_set(gist, &question->set, &first, &is_first) && is_first &&
	    !view_withdrawn(view, record, &withdrawal);
}

/* What is proved stands above what is said; a decision above none. */
static unsigned
weight(const struct shard_finding *finding)
{
	if (!finding->has_record)
		return 0;
	switch (finding->by) {
	case SHARD_BY_MANIFEST:
		return 5;
	case SHARD_BY_OPENING:
		return 4;
	case SHARD_BY_LIST:
		return finding->verdict == SHARD_IN ? 3 : 2;
	case SHARD_BY_FILE:
		return 2;
	case SHARD_BY_NOTHING:
		break;
	}
	return 1;
}

/* Choosing among the records of a set. */
struct choice {
	struct view *view;
	const struct shard_question *question;
	struct why *w;
	size_t judged;
	size_t salted; /* of them: each may have disclosures to be read */
	struct shard_finding best;
};

static enum err
consider(struct choice *choice, uint64_t position)
{
	struct view_record record;
	struct shard_finding finding = { .verdict = SHARD_UNKNOWN };
	bool is_salted;
	enum err err;

	if (!view_get(choice->view, position, &record) ||
	    !describes(choice->view, choice->question, &record))
		return ERR_OK;
	choice->judged++;
	is_salted = record.gist.disclosure == DISCLOSURE_SALTED;
	choice->salted += is_salted;
	err = judge(
	    &(struct judging){
		.view = choice->view,
		.blobs = choice->question->blobs,
		.record = &record,
		.shard = &choice->question->shard,
		.arena = choice->question->arena,
		.w = choice->w,
		.ret = &finding,
	    },
	    &choice->question->set, choice->salted <= SHARD_SALTED_MAX);
	if (err == ERR_OK && weight(&finding) > weight(&choice->best))
		choice->best = finding;
	return err;
}

/* The asked principal's own first: one seek.  Another name of the set than its
 * node is looked up among all. */
static struct index_walk
walk_records(struct view *view, const struct shard_question *question)
{
	uint8_t value[VIEW_VALUE_MAX];

	if (question->as.len > 0 && question->set.algorithm == DIGEST_SHA256)
		return view_walk(view, INDEX_OWN,
		    view_value(question->as, &question->set, value), 0);
	return view_walk(view, INDEX_SUBJECT,
	    view_value(SPAN_EMPTY, &question->set, value), 0);
}

/* From the first one up, then from the newest down to there: neither who names a
 * set that all know before nor who does after hides what its manifest shows. */
static enum err
ask_from(
    struct choice *choice, struct index_walk *walk, bool is_back, uint64_t *end)
{
	size_t judged_max = is_back ? SHARD_RECORDS_MAX : SHARD_RECORDS_MAX / 2;
	uint64_t position;
	size_t looked = 0;
	enum err err = ERR_OK;

	while (err == ERR_OK && choice->best.by != SHARD_BY_MANIFEST &&
	    looked++ < LIST_LOOK_MAX / 2 && choice->judged < judged_max &&
	    (is_back ? index_walk_back(walk, &position)
		     : index_walk_next(walk, &position))) {
		if (is_back && position < *end)
			break;
		if (!is_back)
			*end = position + 1;
		err = consider(choice, position);
	}
	return err;
}

enum err
shard_ask(struct view *view, const struct shard_question *question,
    struct shard_finding *ret, struct why *w)
{
	struct choice choice = {
		.view = view,
		.question = question,
		.w = w,
		.best.reason =
		    "no record that stands and may be shown describes this set",
	};
	struct index_walk up = walk_records(view, question);
	struct index_walk down = walk_records(view, question);
	uint64_t end = 0;
	enum err err = ask_from(&choice, &up, false, &end);

	if (err == ERR_OK)
		err = ask_from(&choice, &down, true, &end);
	index_walk_close(&up);
	index_walk_close(&down);
	if (err != ERR_OK)
		return err;
	*ret = choice.best;
	return ERR_OK;
}
