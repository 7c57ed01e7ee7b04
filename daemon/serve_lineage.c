/*
 * The lineage of a digest.
 */
#include "daemon/answer.h"
#include "daemon/lineage.h"
#include "daemon/render.h"

/* One of two words; `*ret` says whether it is the second. */
static enum err
take_choice(const struct request *request, const char *name,
    const char *const words[static 2], bool *ret, struct why *w)
{
	struct span text;

	*ret = false;
	if (!request_query(request, name, &text) || span_is(text, words[0]))
		return ERR_OK;
	if (!span_is(text, words[1]))
		return why(
		    w, ERR_SYNTAX, "%s: %s or %s", name, words[0], words[1]);
	*ret = true;
	return ERR_OK;
}

static enum err
take_bounds(const struct request *request, struct lineage_question *question,
    struct why *w)
{
	static const uint64_t depths[] = { 1, LINEAGE_DEPTH_MAX };
	static const uint64_t limits[] = { 1, LINEAGE_NODES_MAX };
	uint64_t depth = LINEAGE_DEPTH_MAX;
	uint64_t limit = LINEAGE_NODES_DEFAULT;
	enum err err =
	    request_query_number(request, "depth", depths, &depth, w);

	if (err == ERR_OK)
		err = request_query_number(request, "limit", limits, &limit, w);
	if (err != ERR_OK)
		return err;
	question->depth = (size_t)depth;
	question->limit = (size_t)limit;
	return ERR_OK;
}

static enum err
take_question(const struct request *request, struct lineage_question *question,
    bool *ret_is_dot, struct why *w)
{
	static const char *const directions[] = { "up", "down" };
	static const char *const formats[] = { "json", "dot" };
	static const char *const flags[] = { "0", "1" };
	enum err err =
	    answer_take_artifact(request->segments[0], &question->root, w);

	if (err == ERR_OK)
		err = take_choice(
		    request, "direction", directions, &question->is_down, w);
	if (err == ERR_OK)
		err = take_choice(request, "format", formats, ret_is_dot, w);
	if (err == ERR_OK)
		err = take_choice(
		    request, "strangers", flags, &question->strangers, w);
	if (err == ERR_OK)
		err = take_bounds(request, question, w);
	if (err == ERR_OK)
		err = answer_take_as(request, &question->as, w);
	return err;
}

/* Only where auditors are named: it costs a look-up for each record. */
static enum err
judge(const struct lineage *lineage, const struct attested_question *trust,
    struct arena *arena, struct attested *ret)
{
	*ret = (struct attested){ .count = 0 };
	return trust->auditor_count == 0
	    ? ERR_OK
	    : attested_judge(lineage, trust, arena, ret);
}

static enum err
put_lineage(struct request *request, struct reply *reply, struct why *w)
{
	struct lineage_question question = { .is_down = false };
	struct attested_question trust = { .auditor_count = 0 };
	struct attested attested = { .count = 0 };
	struct warning_nodes warnings;
	const struct lineage *lineage;
	struct view view;
	bool is_dot = false;
	enum err err = take_question(request, &question, &is_dot, w);
	enum err end;

	if (err == ERR_OK)
		err = answer_take_auditors(
		    request, &trust.auditors, &trust.auditor_count, w);
	if (err != ERR_OK)
		return err;
	view = answer_view(request);
	err = lineage_ask(&view, &question, request->arena, &lineage);
	if (err == ERR_OK && !is_dot)
		err = warning_look(
		    lineage, request->ledger->blobs, request->arena, &warnings);
	if (err == ERR_OK && !is_dot)
		err = judge(lineage, &trust, request->arena, &attested);
	if (err == ERR_OK && is_dot)
		render_lineage_dot(lineage, &reply->body);
	else if (err == ERR_OK)
		render_lineage(lineage, &warnings,
		    trust.auditor_count > 0 ? &attested : NULL, &reply->body);
	attested_done(&attested);
	end = view_close(&view);
	if (is_dot)
		reply->media_type = RENDER_DOT_TYPE;
	return err != ERR_OK ? err : end;
}

enum served
serve_lineage(struct request *request, struct reply *reply)
{
	return answer_from_index(request, reply, put_lineage);
}
