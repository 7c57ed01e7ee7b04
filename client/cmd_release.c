/* record release: what is given out, and what it is made of. */
#include "client/command.h"
#include "client/constituent.h"
#include "client/recording.h"
#include "client/terms.h"
#include "schema/claim.h"
#include "schema/text.h"

/* Further released artifacts: their paths are their names. */
static enum err
write_artifacts(struct draft *draft, struct why *w)
{
	size_t at = 0;
	const char *text = options_next(draft->arguments, "artifact", &at);

	for (; text != NULL;
	     text = options_next(draft->arguments, "artifact", &at)) {
		struct item item;
		enum err err = item_resolve(draft->session, text, &item, w);
		if (err != ERR_OK)
			return err;
		struct span path = span_of_text(item.what);
		struct span name = text_is_path(path) ? path : item.name;
		if (name.len == 0)
			return why(w, ERR_USAGE,
			    "--artifact %s: give it as a relative path: that "
			    "is its name in the release",
			    text);
		draft_resource(draft, name, item.role, &item.digest);
	}
	return ERR_OK;
}

/* What it says of itself, as "open source" or "Class I". */
static void
write_claims(struct draft *draft)
{
	size_t at = 0;
	const char *text = options_next(draft->arguments, "says", &at);

	if (text == NULL)
		return;
	writer_member(&draft->w, "claims");
	writer_text(&draft->w, "[");
	for (; text != NULL;
	     text = options_next(draft->arguments, "says", &at)) {
		writer_comma(&draft->w);
		writer_text(&draft->w, "{");
		writer_member_text(&draft->w, "what",
		    span_of_text(claim_what_name(CLAIM_OPENNESS)));
		writer_member_text(&draft->w, "name", span_of_text(text));
		writer_text(&draft->w, "}");
	}
	writer_text(&draft->w, "]");
}

static enum err
write_release(
    struct draft *draft, const struct recording *recording, struct why *w)
{
	struct item item;

	if (options_value(draft->arguments, "version") == NULL)
		return why(
		    w, ERR_USAGE, "--version is missing: a release has one");
	enum err err =
	    item_resolve(draft->session, draft->arguments->words[0], &item, w);
	if (err != ERR_OK)
		return err;
	/* a release describes: no citation leads here */
	draft_resource(draft, recording->name, item.role, &item.digest);
	err = write_artifacts(draft, w);
	if (err != ERR_OK)
		return err;
	draft_predicate(draft, "release");
	draft_common(draft);
	terms_draft(draft);
	constituent_draft(draft);
	write_claims(draft);
	draft_text(draft, "supersedes", "supersedes");
	writer_text(&draft->w, "}}");
	return draft->err;
}

static enum err
run_release(
    struct session *session, const struct arguments *arguments, struct why *w)
{
	return recording_of(session, arguments, true, write_release, w);
}

static const struct option_row release_options[] = {
	RECORDING_NAME_OPTIONS,
	{ .name = "artifact",
	    .is_many = true,
	    .value = "ITEM",
	    .help = "another released artifact" },
	{ .name = "component",
	    .is_many = true,
	    .value = "COMPONENT=ITEM",
	    .help = "such as training-code=src,license=MIT" },
	{ .name = "says",
	    .is_many = true,
	    .value = "TEXT",
	    .help = "what it says of itself, such as \"open source\"" },
	{ .name = "supersedes",
	    .value = "V",
	    .help = "the version it comes after" },
	RECORDING_OPTIONS,
	{ .name = NULL },
};

const struct command command_record_release = {
	.name = "record release",
	.summary = "record a release: what is given out, and its components",
	.words = "ITEM --name NAME --version V",
	.help =
	    "Records what is released under a name and a version, and the\n"
	    "components that are disclosed with it, each as\n"
	    "COMPONENT=[ITEM][,record=ID][,license=EXPRESSION]\n"
	    "[,text=ITEM]...[,location=URI][,name=TEXT].  The roles are the\n"
	    "Model Openness Framework's, such as training-code, datasets,\n"
	    "model-parameters-final.  A name alone is a claim.\n",
	.words_min = 1,
	.words_max = 1,
	.options = release_options,
	.run = run_release,
};
