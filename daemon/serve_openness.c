/*
 * How open is it, by what is on the ledger?
 */
#include "daemon/answer.h"
#include "daemon/dossier_gather.h"
#include "schema/openness.h"

static enum err
take_question(const struct request *request, struct dossier_question *question,
    struct why *w)
{
	enum err err =
	    answer_take_artifact(request->segments[0], &question->digest, w);

	if (err == ERR_OK)
		err = answer_take_as(request, &question->as, w);
	if (err == ERR_OK)
		err = answer_take_auditors(
		    request, &question->auditors, &question->auditor_count, w);
	if (err == ERR_OK &&
	    request_query(request, "version", &question->version) &&
	    !text_is_version(question->version))
		return why(w, ERR_SYNTAX,
		    "version: [A-Za-z0-9._+-], at most %d", TEXT_VERSION_MAX);
	return err;
}

static enum err
put_openness(struct request *request, struct reply *reply, struct why *w)
{
	struct dossier_question question = { .name = SPAN_EMPTY };
	struct dossier_gather gather;
	struct openness *openness;
	enum err err = take_question(request, &question, w);
	enum err end;

	if (err != ERR_OK)
		return err;
	struct view view = answer_view(request);
	err = dossier_gather(&view, &question, request->arena, &gather, w);
	if (err == ERR_OK)
		err = openness_judge(gather.dossier, request->arena, &openness);
	if (err == ERR_OK)
		openness_print(openness, &reply->body);
	dossier_gather_done(&gather);
	end = view_close(&view);
	return err != ERR_OK ? err : end;
}

enum served
serve_openness(struct request *request, struct reply *reply)
{
	return answer_from_index(request, reply, put_openness);
}
