/*
 * A release in the formats of others.
 */
#include "daemon/answer.h"
#include "daemon/dossier_gather.h"
#include "schema/export.h"

static enum err
take_format(
    const struct request *request, enum export_format *ret, struct why *w)
{
	struct span text;
	char known[256];
	struct writer all = writer_of(known, sizeof(known));

	if (request_query(request, "format", &text) && export_parse(text, ret))
		return ERR_OK;
	for (unsigned i = 0; i < EXPORT_FORMATS; i++)
		writer_format(&all, "%s%s", i == 0 ? "" : ", ",
		    export_name((enum export_format)i));
	return why(
	    w, ERR_SYNTAX, "format: one of %.*s", SPAN_ARGS(writer_view(&all)));
}

static enum err
put_export(struct request *request, struct reply *reply, struct why *w)
{
	struct dossier_question question = { .name = SPAN_EMPTY };
	struct dossier_gather gather;
	enum export_format format;
	struct view view;
	enum err end;
	enum err err = take_format(request, &format, w);

	if (err == ERR_OK)
		err = answer_take_release(
		    request->segments[0], &question.name, &question.version, w);
	if (err != ERR_OK)
		return err;
	view = answer_view(request);
	err = dossier_gather(&view, &question, request->arena, &gather, w);
	if (err == ERR_OK)
		err = export_write(format, gather.dossier, &reply->body, w);
	if (err == ERR_OK)
		reply->media_type = export_media_type(format);
	dossier_gather_done(&gather);
	end = view_close(&view);
	return err != ERR_OK ? err : end;
}

enum served
serve_export(struct request *request, struct reply *reply)
{
	return answer_from_index(request, reply, put_export);
}
