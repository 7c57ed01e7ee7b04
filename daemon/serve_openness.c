/*
 * How open is it, by what is on the ledger?
 */
#include "daemon/answer.h"
#include "daemon/dossier_gather.h"
#include "schema/openness.h"

/* Principals, with a colon between two: no name has one. */
static enum err
take_auditors(const struct request *request, struct span *auditors,
    size_t *ret_count, struct why *w)
{
	struct span rest;
	struct span one;

	*ret_count = 0;
	if (!request_query(request, "auditors", &rest))
		return ERR_OK;
	for (bool is_last = false; !is_last; (*ret_count)++) {
		is_last = !span_cut(&rest, ':', &one);
		if (is_last)
			one = rest;
		if (!text_is_principal(one) ||
		    *ret_count == DOSSIER_AUDITORS_MAX)
			return why(w, ERR_SYNTAX,
			    "auditors: at most %d principals with : "
			    "between them",
			    DOSSIER_AUDITORS_MAX);
		auditors[*ret_count] = one;
	}
	return ERR_OK;
}

static enum err
take_question(const struct request *request, struct dossier_question *question,
    struct why *w)
{
	struct span *auditors =
	    arena_take(request->arena, DOSSIER_AUDITORS_MAX, sizeof(*auditors));
	enum err err =
	    answer_take_artifact(request->segments[0], &question->digest, w);

	if (auditors == NULL)
		return ERR_MEMORY;
	question->auditors = auditors;
	if (err == ERR_OK)
		err = answer_take_as(request, &question->as, w);
	if (err == ERR_OK)
		err = take_auditors(
		    request, auditors, &question->auditor_count, w);
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
