/*
 * Files in sets: is it in, is it in a lineage, what came of it.
 */

#include "daemon/answer.h"
#include "daemon/log.h"
#include "daemon/render_shard.h"

/* Damage on our disk that the answer goes around, told to the operator. */
static void
log_unread(const struct request *request, size_t count)
{
	if (count > 0)
		log_event(LOG_ERROR, "manifests-damaged",
		    LOG_SPAN("path", request->path),
		    LOG_NUMBER("count", count));
}

/* ---- /v1/datasets/<set>/shards/<file> ---- */

static enum err
put_dataset_shard(struct request *request, struct reply *reply, struct why *w)
{
	struct shard_question question = {
		.blobs = request->ledger->blobs,
		.arena = request->arena,
	};
	struct shard_finding finding;
	struct view view;
	enum err err =
	    answer_take_artifact(request->segments[0], &question.set, w);
	enum err end;

	if (err == ERR_OK)
		err =
		    answer_take_file(request->segments[1], &question.shard, w);
	if (err == ERR_OK)
		err = answer_take_as(request, &question.as, w);
	if (err != ERR_OK)
		return err;
	view = answer_view(request);
	err = shard_ask(&view, &question, &finding, w);
	if (err == ERR_OK)
		render_shard(
		    &(struct render_shard){
			.size = view.end,
			.question = &question,
			.finding = &finding,
		    },
		    &reply->body);
	end = view_close(&view);
	return err != ERR_OK ? err : end;
}

enum served
serve_dataset_shard(struct request *request, struct reply *reply)
{
	return answer_from_index(request, reply, put_dataset_shard);
}

/* ---- /v1/lineage/<digest>/contains/<file> ---- */

static enum err
refuse_nothing(const struct digest *digest, struct why *w)
{
	if (!digest_is_of_nothing(digest))
		return ERR_OK;
	return why(w, ERR_SYNTAX,
	    "digest: that of no bytes: empty files are not one artifact");
}

static enum err
take_contains(const struct request *request, struct absence_question *question,
    struct why *w)
{
	struct digest file;
	enum err err =
	    answer_take_artifact(request->segments[0], &question->root, w);

	if (err == ERR_OK)
		err =
		    answer_take_file(request->segments[1], &question->shard, w);
	if (err == ERR_OK)
		err = answer_take_as(request, &question->as, w);
	if (err == ERR_OK && question->as.len == 0)
		return why(w, ERR_SYNTAX,
		    "as: needed: the principal whose lists are asked");
	file = digest_sha256(&question->shard);
	return err == ERR_OK ? refuse_nothing(&file, w) : err;
}

static enum err
put_contains(struct request *request, struct reply *reply, struct why *w)
{
	struct absence_question question = { .blobs = request->ledger->blobs };
	const struct absence *absence;
	struct view view;
	enum err err = take_contains(request, &question, w);
	enum err end;

	if (err != ERR_OK)
		return err;
	view = answer_view(request);
	err = absence_ask(&view, &question, request->arena, &absence, w);
	if (err == ERR_OK) {
		render_absence(absence, &question, &reply->body);
		log_unread(request, absence->unread);
	}
	end = view_close(&view);
	return err != ERR_OK ? err : end;
}

enum served
serve_contains(struct request *request, struct reply *reply)
{
	return answer_from_index(request, reply, put_contains);
}

/* ---- /v1/shards/<digest> ---- */

struct taint_request {
	struct taint_question question;
	bool has_release;
	struct clean_release release;
};

static enum err
take_bounds(const struct request *request, struct taint_question *question,
    struct why *w)
{
	static const uint64_t limits[] = { 1, LINEAGE_NODES_MAX };
	static const uint64_t positions[] = { 0, TREE_SIZE_MAX };
	uint64_t limit = LINEAGE_NODES_DEFAULT;
	uint64_t after = 0;
	struct span text;
	enum err err =
	    request_query_number(request, "limit", limits, &limit, w);

	if (err == ERR_OK)
		err = request_query_number(
		    request, "after", positions, &after, w);
	if (err != ERR_OK)
		return err;
	question->limit = (size_t)limit;
	question->from = request_query(request, "after", &text) ? after + 1 : 0;
	return ERR_OK;
}

static enum err
take_taint(
    const struct request *request, struct taint_request *asked, struct why *w)
{
	struct taint_question *question = &asked->question;
	struct span text;
	enum err err =
	    answer_take_artifact(request->segments[0], &question->root, w);

	if (err == ERR_OK)
		err = refuse_nothing(&question->root, w);
	if (err == ERR_OK)
		err = take_bounds(request, question, w);
	if (err == ERR_OK)
		err = answer_take_as(request, &question->as, w);
	if (err == ERR_OK)
		err = answer_take_auditors(request, &question->trust.auditors,
		    &question->trust.auditor_count, w);
	if (err != ERR_OK || !request_query(request, "release", &text))
		return err;
	asked->has_release = true;
	if (question->root.algorithm != DIGEST_SHA256)
		return why(w, ERR_SYNTAX,
		    "release: needs sha256:<hex> of the file; manifests have "
		    "no other digests");
	return answer_take_release(
	    text, &asked->release.name, &asked->release.version, w);
}

/* Which releases are clean is asked of files, which manifests can show. */
static enum err
judge_releases(const struct request *request, struct view *view,
    struct taint_request *asked, struct render_taint *answer)
{
	struct clean_list *clean =
	    arena_take(request->arena, 1, sizeof(*clean));
	enum err err = clean == NULL ? ERR_MEMORY : ERR_OK;

	answer->clean = clean;
	if (err == ERR_OK && asked->has_release) {
		err = clean_judge(
		    view, &asked->question, request->arena, &asked->release);
		answer->asked = &asked->release;
	}
	if (err == ERR_OK && asked->question.root.algorithm == DIGEST_SHA256)
		err = clean_list(view, &asked->question, answer->taint,
		    request->arena, clean);
	return err;
}

static enum err
put_shard(struct request *request, struct reply *reply, struct why *w)
{
	struct taint_request asked = {
		.question.blobs = request->ledger->blobs,
	};
	struct render_taint answer = { .asked = NULL };
	struct view view;
	enum err err = take_taint(request, &asked, w);
	enum err end;

	if (err != ERR_OK)
		return err;
	view = answer_view(request);
	err = taint_ask(&view, &asked.question, request->arena, &answer.taint);
	if (err == ERR_OK)
		err = judge_releases(request, &view, &asked, &answer);
	if (err == ERR_OK) {
		render_taint(&answer, &reply->body);
		log_unread(request, answer.taint->unread);
	}
	end = view_close(&view);
	return err != ERR_OK ? err : end;
}

enum served
serve_shard(struct request *request, struct reply *reply)
{
	return answer_from_index(request, reply, put_shard);
}
