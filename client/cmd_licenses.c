/* licenses: under what licences does a release stand, and all that went in? */
#include "client/command.h"
#include "client/dossier_gather.h"
#include "client/licences.h"

static enum err
answer(struct session *session, const struct licensing *licensing,
    const struct differences *differences, struct why *w)
{
	struct writer writer;
	enum err err;

	/* in the way: no; not all looked at: nobody knows */
	if (licensing->bad_count > 0)
		session->exit_code = 1;
	else if (licensing->is_cut)
		session->exit_code = 3;
	if (!session->out.is_json) {
		licences_tell(&session->out, licensing, differences);
		return ERR_OK;
	}
	writer = writer_heap(OUTPUT_ANSWER_MAX);
	licences_print_json(licensing, differences, &writer);
	err = output_answer(&session->out, &writer, w);
	writer_done(&writer);
	return err;
}

static enum err
judge(struct session *session, const struct arguments *arguments,
    const struct dossier *dossier, struct why *w)
{
	const char *claim = options_value(arguments, "claim");
	struct differences *differences =
	    arena_take(session->arena, 1, sizeof(*differences));
	struct licensing licensing = { .dossier = NULL };
	enum err err = differences == NULL
	    ? why(w, ERR_MEMORY, "out of memory")
	    : licensing_judge(dossier,
		  claim != NULL ? span_of_text(claim) : SPAN_EMPTY,
		  session->arena, &licensing, w);

	if (err == ERR_SYNTAX)
		return ERR_USAGE;
	if (err == ERR_OK)
		err = differences_find(session, &licensing, differences, w);
	if (err == ERR_OK)
		err = answer(session, &licensing, differences, w);
	return err;
}

static enum err
run_licenses(
    struct session *session, const struct arguments *arguments, struct why *w)
{
	struct dossier_question question;
	struct dossier_gather gather;
	enum err err = dossier_gather_question(session, arguments->words[0],
	    options_value(arguments, "as"), &question, w);

	if (err != ERR_OK)
		return err;
	err = dossier_gather(session, &question, &gather, w);
	if (err == ERR_OK)
		err = judge(session, arguments, gather.dossier, w);
	dossier_gather_done(&gather);
	return err;
}

static const struct option_row licenses_options[] = {
	{ .name = "as",
	    .value = "PRINCIPAL",
	    .help = "whose word counts; default: the release's publisher" },
	{ .name = "claim",
	    .value = "EXPRESSION",
	    .help = "what if it were released under this?" },
	{ .name = NULL },
};

const struct command command_licenses = {
	.name = "licenses",
	.summary = "licences of a release and of all that went into it",
	.words = "NAME/VERSION | ITEM",
	.help =
	    "Every record is fetched with its proof and judged here.  "
	    "Findings\n"
	    "come first, the worst on top: what nobody says, what conflicts\n"
	    "with the claim, texts that are missing, or have drifted, with "
	    "the\n"
	    "difference.  Facts and where they come from, no legal advice.\n"
	    "Exit status 0: nothing is in the way; 1: something is.\n",
	.words_min = 1,
	.words_max = 1,
	.options = licenses_options,
	.run = run_licenses,
};
