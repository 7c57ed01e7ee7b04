/* attest: look oneself, and record what was found. */
#include <string.h>

#include "client/attest.h"
#include "client/command.h"
#include "client/recording.h"

static const struct {
	enum audit_method method;
	attest_method *run;
} methods[] = {
	{ AUDIT_REHASH, attest_rehash },
	{ AUDIT_REFETCH, attest_refetch },
	{ AUDIT_RE_RUN, attest_re_run },
	{ AUDIT_EVALUATION, attest_evaluation },
	{ AUDIT_LICENCE_REVIEW, attest_licence_review },
};

static enum err
find_method(const struct arguments *arguments, size_t *ret, struct why *w)
{
	const char *name = options_value(arguments, "method");

	for (size_t i = 0; i < sizeof(methods) / sizeof(*methods); i++) {
		if (name != NULL &&
		    strcmp(name, audit_method_name(methods[i].method)) == 0) {
			*ret = i;
			return ERR_OK;
		}
	}
	return why(w, ERR_USAGE,
	    "--method%s%.64s: one of rehash, refetch, re-run, evaluation, "
	    "licence-review is needed; record audit records what was found "
	    "in another way",
	    name == NULL ? "" : " ", name == NULL ? "" : name);
}

/* One's own word is not made stronger by saying it again. */
static void
warn_of_own(const struct recording *recording, const struct attest *attest)
{
	const struct proved *proved = &attest->fetched.proved;

	if (attest->has_record && proved->has_signer &&
	    recording->has_principal &&
	    strcmp(proved->principal, recording->principal.name) == 0)
		output_warn(&recording->session->out,
		    "the record is yours: an audit of your own raises nothing");
}

static void
say_verdict(struct session *session, const struct audit_record *audit)
{
	output_note(&session->out, "%s", audit_verdict_name(audit->verdict));
	if (audit->verdict == AUDIT_CONTRADICTED)
		session->exit_code = 1;
	if (audit->verdict == AUDIT_INCONCLUSIVE)
		session->exit_code = 3;
}

static enum err
attest(struct recording *recording, size_t method, struct why *w)
{
	struct session *session = recording->session;
	struct attest attest;
	enum err err = attest_begin(session, recording->arguments, &attest, w);

	if (err != ERR_OK)
		return err;
	warn_of_own(recording, &attest);
	attest.finding.audit.method = methods[method].method;
	err = methods[method].run(&attest, w);
	if (err == ERR_REFUSED) /* 1 is for what was found */
		session->exit_code = 3;
	if (err == ERR_OK) {
		const char *said =
		    options_value(recording->arguments, "description");
		struct draft draft =
		    draft_begin(session, recording->arguments, w);
		if (said != NULL)
			attest.finding.description = span_of_text(said);
		finding_write(&draft, &attest.finding);
		err = recording_finish(recording, &draft, w);
		draft_done(&draft);
	}
	if (err == ERR_OK)
		say_verdict(session, &attest.finding.audit);
	attest_done(&attest);
	return err;
}

static enum err
run(struct session *session, const struct arguments *arguments, struct why *w)
{
	struct recording recording;
	size_t method = 0;
	enum err err = find_method(arguments, &method, w);

	if (err == ERR_OK)
		err = recording_start(session, arguments, false, &recording, w);
	if (err != ERR_OK)
		return err;
	err = attest(&recording, method, w);
	recording_done(&recording);
	return err;
}

static const struct option_row options[] = {
	{ .name = "method",
	    .value = "METHOD",
	    .help = "rehash, refetch, re-run, evaluation, licence-review" },
	{ .name = "subject",
	    .value = "NAME",
	    .help = "of the record; the first unless given" },
	{ .name = "with",
	    .value = "PATH",
	    .help = "rehash, licence-review: what is here" },
	{ .name = "from",
	    .value = "URL",
	    .help = "refetch: from there; \"log\": from the log" },
	{ .name = "input",
	    .letter = 'i',
	    .is_many = true,
	    .value = "PATH",
	    .help = "re-run, evaluation: what the command needs" },
	{ .name = "output",
	    .letter = 'O',
	    .value = "PATH",
	    .help = "re-run: what the record's first subject is" },
	{ .name = "metric",
	    .letter = 'm',
	    .value = "NAME",
	    .help = "what the command prints last" },
	{ .name = "expected",
	    .value = "VALUE",
	    .help = "re-run: what is claimed of it" },
	{ .name = "tolerance",
	    .value = "VALUE",
	    .help = "how far off still is the same" },
	{ .name = "description", .value = "TEXT", .help = "in a sentence" },
	RECORDING_OPTIONS,
	{ .name = NULL },
};

const struct command command_attest = {
	.name = "attest",
	.summary =
	    "check somebody's record yourself, and record what you found",
	.words = "RECORD|DIGEST --method METHOD [-- COMMAND ARGS]",
	.help =
	    "rehash: hashes --with PATH.  refetch: fetches it from --from "
	    "URL,\n"
	    "else the record's source, else the log; of a set each file.\n"
	    "re-run: runs the recorded command in a fresh folder that holds\n"
	    "each --input, and compares what it writes; where that differs,\n"
	    "--metric NAME --expected VALUE --tolerance VALUE compare the "
	    "number\n"
	    "that it prints last.  evaluation: runs COMMAND, which prints the\n"
	    "metric's value last.  licence-review: compares --with FILE with\n"
	    "the text that the record rests on.  Exit 1: contradicted; 3:\n"
	    "inconclusive; both are recorded.\n",
	.words_min = 1,
	.words_max = 1,
	.takes_rest = true,
	.options = options,
	.run = run,
};
