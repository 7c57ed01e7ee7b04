/*
 * Licences: have terms drifted, and under which does a release stand?
 */
#include "daemon/answer.h"
#include "daemon/dossier_gather.h"
#include "daemon/terms.h"

#include <string.h>

#include "schema/licensing.h"

/* ---- drift ---- */

/* A license record's id, or the sha256 of a text. */
static enum err
take_terms(const struct request *request, struct drift_question *question,
    struct why *w)
{
	struct span segment = request->segments[0];
	struct digest digest;

	question->has_record = hash_parse(segment, &question->record);
	if (question->has_record)
		return ERR_OK;
	if (digest_parse(segment, &digest, NULL) != ERR_OK ||
	    digest.algorithm != DIGEST_SHA256)
		return why(w, ERR_SYNTAX,
		    "license: 64 lower-case hex digits are a record's id, "
		    "sha256:<hex> a text");
	memcpy(question->text.bytes, digest.bytes, HASH_LEN);
	return ERR_OK;
}

static enum err
put_drift(struct request *request, struct reply *reply, struct why *w)
{
	struct drift_question question = { .has_record = false };
	struct terms terms;
	struct view view;
	enum err err = take_terms(request, &question, w);
	enum err end;

	if (err != ERR_OK)
		return err;
	view = answer_view(request);
	err = terms_gather(&view, &question, request->arena, &terms, w);
	if (err == ERR_OK) {
		terms_render(&view, &terms, &reply->body);
		terms_done(&terms);
	}
	end = view_close(&view);
	return err != ERR_OK ? err : end;
}

enum served
serve_license_drift(struct request *request, struct reply *reply)
{
	return answer_from_index(request, reply, put_drift);
}

/* ---- all that went into a release ---- */

/* One licence: a query holds no spaces. */
static enum err
take_claim(const struct request *request, struct span *ret, struct why *w)
{
	struct spdx spdx;

	*ret = SPAN_EMPTY;
	if (!request_query(request, "claim", ret))
		return ERR_OK;
	enum err err = spdx_parse(*ret, &spdx, w);
	if (err != ERR_OK)
		why_prefix(w, "claim");
	return err;
}

static enum err
put_judged(struct request *request, struct reply *reply,
    const struct dossier *dossier, struct span claim, struct why *w)
{
	struct licensing licensing;
	enum err err =
	    licensing_judge(dossier, claim, request->arena, &licensing, w);

	if (err == ERR_OK)
		licensing_print(&licensing, &reply->body);
	return err;
}

static enum err
put_licensing(struct request *request, struct reply *reply, struct why *w)
{
	struct dossier_question question = { .name = SPAN_EMPTY };
	struct dossier_gather gather;
	struct span claim = SPAN_EMPTY;
	struct view view;
	enum err err =
	    answer_take_artifact(request->segments[0], &question.digest, w);
	enum err end;

	if (err == ERR_OK)
		err = answer_take_as(request, &question.as, w);
	if (err == ERR_OK)
		err = take_claim(request, &claim, w);
	if (err != ERR_OK)
		return err;
	view = answer_view(request);
	err = dossier_gather(&view, &question, request->arena, &gather, w);
	if (err == ERR_OK)
		err = put_judged(request, reply, gather.dossier, claim, w);
	dossier_gather_done(&gather);
	end = view_close(&view);
	return err != ERR_OK ? err : end;
}

enum served
serve_licensing(struct request *request, struct reply *reply)
{
	return answer_from_index(request, reply, put_licensing);
}
