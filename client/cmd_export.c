/* export: a release in the formats of others. */
#include <string.h>

#include "client/command.h"
#include "client/dossier_gather.h"
#include "schema/export.h"

static enum err
take_format(
    const struct arguments *arguments, enum export_format *ret, struct why *w)
{
	const char *text = options_value(arguments, "format");
	char known[256];
	struct writer all = writer_of(known, sizeof(known));

	if (text != NULL && export_parse(span_of_text(text), ret))
		return ERR_OK;
	for (unsigned i = 0; i < EXPORT_FORMATS; i++)
		writer_format(&all, "%s%s", i == 0 ? "" : ", ",
		    export_name((enum export_format)i));
	return why(w, ERR_USAGE, "--format%s%.64s: one of %.*s is needed",
	    text == NULL ? "" : " ", text == NULL ? "" : text,
	    SPAN_ARGS(writer_view(&all)));
}

/* To a file, or to stdout. */
static enum err
put(struct session *session, const char *path, const struct writer *text,
    struct why *w)
{
	if (path != NULL && strcmp(path, "-") != 0)
		return disk_publish(path, writer_view(text), w);
	output_span(&session->out, writer_view(text));
	return ERR_OK;
}

static enum err
write_export(struct session *session, const struct arguments *arguments,
    enum export_format format, struct why *w)
{
	struct dossier_question question;
	struct dossier_gather gather;
	struct writer text = writer_heap(OUTPUT_ANSWER_MAX);
	enum err err = dossier_gather_question(session, arguments->words[0],
	    options_value(arguments, "as"), &question, w);

	if (err != ERR_OK)
		return err;
	err = dossier_gather(session, &question, &gather, w);
	if (err == ERR_OK)
		err = export_write(format, gather.dossier, &text, w);
	if (err == ERR_OK && gather.dossier->is_cut)
		output_warn(&session->out,
		    "this is not all of it: more was recorded than one "
		    "question takes, or the log's operator withholds some");
	if (err == ERR_OK)
		err =
		    put(session, options_value(arguments, "output"), &text, w);
	dossier_gather_done(&gather);
	writer_done(&text);
	return err;
}

static enum err
run_export(
    struct session *session, const struct arguments *arguments, struct why *w)
{
	enum export_format format;
	enum err err = take_format(arguments, &format, w);

	return err == ERR_OK ? write_export(session, arguments, format, w)
			     : err;
}

static const struct option_row export_options[] = {
	{ .name = "format",
	    .letter = 'f',
	    .value = "FORMAT",
	    .help = "spdx, cyclonedx, prov, openlineage, croissant, mot, eu" },
	{ .name = "output",
	    .letter = 'o',
	    .value = "FILE",
	    .help = "to this file; else to stdout" },
	{ .name = "as",
	    .value = "PRINCIPAL",
	    .help = "of an item: by this publisher's records" },
	{ .name = NULL },
};

const struct command command_export = {
	.name = "export",
	.summary = "write what a release was made of in a format of others",
	.words = "NAME/VERSION|ITEM",
	.help =
	    "Writes a release and all that it was made of, from records whose\n"
	    "proofs and signatures were checked here: SPDX 3.0.1, CycloneDX "
	    "1.6,\n"
	    "PROV-JSON, OpenLineage events, Croissant 1.1 of its data, the "
	    "Model\n"
	    "Openness Tool's YAML, or a draft of the European Union's summary "
	    "of\n"
	    "training content.  What no record says is not made up.\n",
	.words_min = 1,
	.words_max = 1,
	.options = export_options,
	.run = run_export,
};
