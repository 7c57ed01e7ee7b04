/* record evaluation, withdrawal: what is said about what is there. */
#include <string.h>

#include "client/command.h"
#include "client/fetched.h"
#include "client/recording.h"
#include "client/stored.h"
#include "client/terms.h"
#include "schema/record.h"

/* ---- evaluation ---- */

/* NAME=VALUE[:UNIT] */
static enum err
write_metric(struct draft *draft, const char *text, struct why *w)
{
	struct span name;
	struct span value;
	enum err err = draft_split(text, "metric", &name, &value, w);

	if (err != ERR_OK)
		return err;
	size_t cut = value.len;
	while (cut > 0 && value.data[cut - 1] != ':')
		cut--;
	struct span unit =
	    cut == 0 ? SPAN_EMPTY : span_part(value, cut, value.len);
	if (cut > 0)
		value.len = cut - 1;
	if (value.len == 0 || (cut > 0 && unit.len == 0))
		return why(w, ERR_USAGE,
		    "--metric %s: NAME=VALUE or NAME=VALUE:UNIT is needed",
		    text);
	writer_comma(&draft->w);
	writer_text(&draft->w, "{");
	writer_member_text(&draft->w, "name", name);
	writer_member_text(&draft->w, "value", value);
	if (unit.len > 0)
		writer_member_text(&draft->w, "unit", unit);
	writer_text(&draft->w, "}");
	return ERR_OK;
}

static enum err
write_metrics(struct draft *draft, struct why *w)
{
	size_t at = 0;
	const char *text = options_next(draft->arguments, "metric", &at);
	enum err err = ERR_OK;

	if (text == NULL)
		return why(w, ERR_USAGE,
		    "--metric NAME=VALUE is missing: what was measured?");
	writer_member(&draft->w, "metrics");
	writer_text(&draft->w, "[");
	for (; text != NULL && err == ERR_OK;
	     text = options_next(draft->arguments, "metric", &at))
		err = write_metric(draft, text, w);
	writer_text(&draft->w, "]");
	return err;
}

static enum err
write_evaluation(
    struct draft *draft, const struct recording *recording, struct why *w)
{
	const char *of = options_value(draft->arguments, "of");
	struct item item;

	if (of == NULL)
		return why(
		    w, ERR_USAGE, "--of ITEM is missing: what was evaluated?");
	enum err err = item_resolve(draft->session, of, &item, w);
	if (err != ERR_OK)
		return err;
	/* an evaluation describes: no citation leads here */
	draft_resource(draft, recording->name, item.role, &item.digest);
	draft_predicate(draft, "evaluation");
	draft_common(draft);
	terms_draft(draft);
	err = write_metrics(draft, w);
	draft_items(draft, "benchmark", "benchmark");
	draft_items(draft, "harness", "harness");
	draft_pairs(draft, "parameters", "param", "params");
	draft_pairs(draft, "seeds", "seed", NULL);
	writer_text(&draft->w, "}}");
	return err;
}

static enum err
run_evaluation(
    struct session *session, const struct arguments *arguments, struct why *w)
{
	return recording_of(session, arguments, true, write_evaluation, w);
}

static const struct option_row evaluation_options[] = {
	RECORDING_NAME_OPTIONS,
	{ .name = "of", .value = "ITEM", .help = "what was evaluated" },
	{ .name = "metric",
	    .letter = 'm',
	    .is_many = true,
	    .value = "NAME=VALUE[:UNIT]",
	    .help = "what came out" },
	{ .name = "benchmark",
	    .is_many = true,
	    .value = "ITEM",
	    .help = "on what" },
	{ .name = "harness",
	    .is_many = true,
	    .value = "ITEM",
	    .help = "by which code" },
	RECORDING_SETTING_OPTIONS,
	RECORDING_OPTIONS,
	{ .name = NULL },
};

const struct command command_record_evaluation = {
	.name = "record evaluation",
	.summary = "record what was measured of an artifact",
	.words = "--name NAME --of ITEM --metric NAME=VALUE...",
	.help = "Records metrics of an artifact.  What it names (benchmark,\n"
		"harness) is a reference and becomes no origin.\n",
	.words_min = 0,
	.words_max = 0,
	.options = evaluation_options,
	.run = run_evaluation,
};

/* ---- withdrawal ---- */

/* A wrong id would stand in the log for good; and whose record it is decides what
 * this one counts as. */
static enum err
look_at_it(const struct recording *recording, const struct hash *id,
    const char *text, struct why *w)
{
	struct session *session = recording->session;
	struct fetched fetched;

	if (recording->is_dry || options_has(recording->arguments, "no-submit"))
		return ERR_OK;
	enum err err = fetched_record(session, id, &fetched, w);
	if (err == ERR_NOT_FOUND)
		return why(
		    w, err, "%s: there is no such record in this log", text);
	if (err != ERR_OK)
		return err;
	const struct proved *proved = &fetched.proved;
	fetched_find_keyring(session, &fetched);
	err = fetched_judge(session, &fetched, w);
	if (err == ERR_OK && proved->record.kind == RECORD_WITHDRAWAL)
		err = why(w, ERR_REFUSED,
		    "%s: a withdrawal, which cannot be withdrawn", text);
	if (err == ERR_OK && proved->has_signer &&
	    strcmp(proved->principal, recording->principal.name) != 0)
		output_note(&session->out,
		    "the record is one of %s: this counts as a dispute",
		    proved->principal);
	fetched_done(&fetched);
	return err;
}

static enum err
write_withdrawal(
    struct draft *draft, const struct recording *recording, struct why *w)
{
	const struct arguments *arguments = draft->arguments;
	const char *replacement = options_value(arguments, "replacement");
	struct hash id;
	struct hash other;

	if (options_value(arguments, "reason") == NULL)
		return why(
		    w, ERR_USAGE, "--reason is missing: why is it withdrawn?");
	enum err err =
	    stored_resolve_id(draft->session, arguments->words[0], &id, w);
	if (err == ERR_OK)
		err = look_at_it(recording, &id, arguments->words[0], w);
	if (err == ERR_OK && replacement != NULL)
		err = stored_resolve_id(draft->session, replacement, &other, w);
	if (err != ERR_OK)
		return err;
	writer_text(&draft->w, "{\"digest\":");
	draft_citation(draft, &id);
	writer_text(&draft->w, "}");
	draft_predicate(draft, "withdrawal");
	draft_text(draft, "reason", "reason");
	if (replacement != NULL) {
		writer_member(&draft->w, "replacement");
		draft_citation(draft, &other);
	}
	writer_text(&draft->w, "}}");
	return ERR_OK;
}

static enum err
run_withdrawal(
    struct session *session, const struct arguments *arguments, struct why *w)
{
	return recording_of(session, arguments, false, write_withdrawal, w);
}

static const struct option_row withdrawal_options[] = {
	{ .name = "reason", .value = "TEXT", .help = "why" },
	{ .name = "replacement",
	    .value = "ID",
	    .help = "the record that holds instead" },
	RECORDING_OPTIONS,
	{ .name = NULL },
};

const struct command command_record_withdrawal = {
	.name = "record withdrawal",
	.summary = "withdraw a record of yours, or dispute somebody else's",
	.words = "ID --reason TEXT",
	.help = "The record stays in the log and is shown as withdrawn.  Of\n"
		"somebody else's record it counts as a dispute.  A withdrawal\n"
		"cannot be withdrawn.\n",
	.words_min = 1,
	.words_max = 1,
	.options = withdrawal_options,
	.run = run_withdrawal,
};
