/* openness: how open is it, by what is on the ledger? */
#include <string.h>

#include "client/command.h"
#include "client/dossier_gather.h"
#include "schema/openness.h"
#include "schema/text.h"

enum requirement {
	REQUIRE_NOTHING,
	REQUIRE_CLASS_1,
	REQUIRE_CLASS_2,
	REQUIRE_CLASS_3,
	REQUIRE_OSAID,
};

struct demands {
	enum requirement require;
	bool has_level;
	enum evidence_level level; /* of each component that counts */
};

/* ---- for people ---- */

static const enum output_style styles[] = {
	[OPENNESS_NOT_MET] = OUTPUT_BAD,
	[OPENNESS_CLAIMED] = OUTPUT_WARN,
	[OPENNESS_MET] = OUTPUT_GOOD,
};

static void
tell_line(struct output *out, const struct openness_line *line)
{
	char verdict[16];

	(void)snprintf(verdict, sizeof(verdict), "%-8s",
	    line->verdict == OPENNESS_NOT_MET
		? "not met"
		: openness_verdict_name(line->verdict));
	output_print(out, "  ");
	output_styled(out, styles[line->verdict], verdict);
	output_print(out, " %-34s", line->name);
	output_safe(out, line->why);
	if (line->verdict != OPENNESS_NOT_MET)
		output_print(out, "  (level %d, %s)", (int)line->level,
		    evidence_level_name(line->level));
	output_print(out, "\n");
	if (line->verdict == OPENNESS_MET || line->raise.len == 0)
		return;
	output_print(out, "  %-43s-> ", "");
	output_safe(out, line->raise);
	output_print(out, "\n");
}

static void
tell_class(struct output *out, const struct openness *o, unsigned class)
{
	output_print(out, "%s: %u of %u met here\n", mof_class_label(class),
	    o->progress.met[class], o->progress.needed[class]);
	for (size_t i = 0; i < MOF_COMPONENTS; i++) {
		const struct openness_line *line = &o->components[i];
		bool is_worth =
		    line->row->is_required || line->verdict != OPENNESS_NOT_MET;
		if (line->row->class == class && is_worth)
			tell_line(out, line);
	}
}

static void
tell_claims(struct output *out, const struct openness *o)
{
	if (o->claim_count == 0)
		return;
	output_print(out, "what it says of itself\n");
	for (size_t i = 0; i < o->claim_count; i++) {
		const struct openness_claim *claim = &o->claims[i];
		const char *word = !claim->is_judged ? "not known"
		    : claim->is_shown		     ? "shown    "
						     : "not shown";
		output_print(out, "  ");
		output_styled(out,
		    !claim->is_judged	  ? OUTPUT_WARN
			: claim->is_shown ? OUTPUT_GOOD
					  : OUTPUT_BAD,
		    word);
		output_print(out, "  \"");
		output_safe(out, claim->text);
		output_print(out, "\": ");
		output_safe(out, claim->why);
		output_print(out, "\n");
	}
}

static void
tell_evidence(struct output *out, const struct openness *o)
{
	const struct evidence_lineage *lineage = &o->lineage;

	output_print(out,
	    "evidence  level %d, %s, over %zu artifact%s and %zu step%s",
	    (int)lineage->level, evidence_level_name(lineage->level),
	    lineage->nodes.count, output_plural(lineage->nodes.count),
	    lineage->edges.count, output_plural(lineage->edges.count));
	if (lineage->gaps > 0)
		output_print(out, "; %zu of unknown origin", lineage->gaps);
	if (lineage->incomplete > 0)
		output_print(out, "; %zu of lists that are not complete",
		    lineage->incomplete);
	if (lineage->contradicted > 0)
		output_print(out, "; %zu contradicted", lineage->contradicted);
	output_print(out, "\n");
}

static void
tell_checked(struct output *out, const struct dossier_gather *gather)
{
	const struct dossier *dossier = gather->dossier;

	output_print(out,
	    "checked   %zu record%s, each by its proof and signature, "
	    "judged here as ",
	    gather->fetched, output_plural(gather->fetched));
	output_safe(
	    out, dossier->as.len > 0 ? dossier->as : span_of_text("nobody"));
	output_print(out,
	    "\nnot known: whether the log shows all that was recorded and "
	    "withdrawn (its first %llu records); headwater audit follows the "
	    "whole log\n",
	    (unsigned long long)dossier->tree_size);
	if (dossier->is_cut)
		output_print(out,
		    "not all was looked at: more was recorded "
		    "than one question takes, or the log's "
		    "operator withholds some\n");
}

static void
tell(struct output *out, const struct dossier_gather *gather,
    const struct openness *o)
{
	const struct dossier_record *release = dossier_release(o->dossier);

	if (release != NULL) {
		output_safe(out, release->record.name);
		output_print(out, " ");
		output_safe(out, release->record.version);
		output_print(out, ": ");
	}
	output_styled(out, o->class > 0 ? OUTPUT_GOOD : OUTPUT_WARN,
	    mof_class_label(o->class));
	output_print(out, "; Open Source AI Definition 1.0: ");
	output_styled(out, o->is_osaid ? OUTPUT_GOOD : OUTPUT_WARN,
	    o->is_osaid ? "met" : "not met");
	output_print(out, "\n");
	for (unsigned class = 3; class > 0; class --)
		tell_class(out, o, class);
	output_print(out, "Open Source AI Definition 1.0\n");
	for (size_t i = 0; i < OSAID_LINES; i++)
		tell_line(out, &o->osaid[i]);
	tell_claims(out, o);
	tell_evidence(out, o);
	tell_checked(out, gather);
}

/* ---- what is asked for ---- */

static bool
is_enough(const struct openness *o, const struct demands *demands)
{
	unsigned class = 0;

	if (demands->require == REQUIRE_OSAID && !o->is_osaid)
		return false;
	if (demands->require != REQUIRE_OSAID)
		class = (unsigned)demands->require;
	if (class > 0 && (o->class == 0 || o->class > class))
		return false;
	for (size_t i = 0; demands->has_level && i < MOF_COMPONENTS; i++) {
		const struct openness_line *line = &o->components[i];
		if (line->row->is_required && line->row->class >= class &&
		    line->verdict == OPENNESS_MET &&
		    line->level < demands->level)
			return false;
	}
	return true;
}

static enum err
take_demands(
    const struct arguments *arguments, struct demands *ret, struct why *w)
{
	static const char *const names[] = {
		[REQUIRE_CLASS_1] = "class-1",
		[REQUIRE_CLASS_2] = "class-2",
		[REQUIRE_CLASS_3] = "class-3",
		[REQUIRE_OSAID] = "osaid",
	};
	const char *require = options_value(arguments, "require");
	const char *level = options_value(arguments, "level");

	for (unsigned i = 1; require != NULL && i <= REQUIRE_OSAID; i++)
		if (strcmp(require, names[i]) == 0)
			ret->require = (enum requirement)i;
	if (require != NULL && ret->require == REQUIRE_NOTHING)
		return why(w, ERR_USAGE,
		    "--require %s: class-1, class-2, class-3 or osaid",
		    require);
	if (level == NULL)
		return ERR_OK;
	if (level[0] < '0' || level[0] > '4' || level[1] != '\0')
		return why(w, ERR_USAGE, "--level %s: 0, 1, 2, 3 or 4", level);
	ret->has_level = true;
	ret->level = (enum evidence_level)(level[0] - '0');
	return ERR_OK;
}

static enum err
take_auditors(struct session *session, const struct arguments *arguments,
    struct dossier_question *question, struct why *w)
{
	struct span *auditors =
	    arena_take(session->arena, DOSSIER_AUDITORS_MAX, sizeof(*auditors));
	const char *text;

	if (auditors == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	size_t at = 0;
	while ((text = options_next(arguments, "auditor", &at)) != NULL) {
		struct span one = span_of_text(text);
		if (!text_is_principal(one))
			return why(w, ERR_USAGE,
			    "--auditor %s: a principal is needed", text);
		if (question->auditor_count == DOSSIER_AUDITORS_MAX)
			return why(w, ERR_USAGE, "--auditor: at most %d",
			    DOSSIER_AUDITORS_MAX);
		auditors[question->auditor_count++] = one;
	}
	question->auditors = auditors;
	return ERR_OK;
}

static enum err
answer(struct session *session, const struct dossier_gather *gather,
    const struct demands *demands, struct why *w)
{
	struct openness *openness;
	enum err err =
	    openness_judge(gather->dossier, session->arena, &openness);

	if (err != ERR_OK)
		return why(w, err, "out of memory");
	if (!is_enough(openness, demands))
		session->exit_code = gather->dossier->is_cut ? 3 : 1;
	if (!session->out.is_json) {
		tell(&session->out, gather, openness);
		return ERR_OK;
	}
	struct writer json = writer_heap(OUTPUT_ANSWER_MAX);
	openness_print(openness, &json);
	err = output_answer(&session->out, &json, w);
	writer_done(&json);
	return err;
}

static enum err
run_openness(
    struct session *session, const struct arguments *arguments, struct why *w)
{
	struct dossier_question question;
	struct dossier_gather gather = { .session = session };
	struct demands demands = { .require = REQUIRE_NOTHING };
	enum err err = take_demands(arguments, &demands, w);

	if (err == ERR_OK)
		err = dossier_gather_question(session, arguments->words[0],
		    options_value(arguments, "as"), &question, w);
	if (err == ERR_OK)
		err = take_auditors(session, arguments, &question, w);
	if (err != ERR_OK)
		return err;
	err = dossier_gather(session, &question, &gather, w);
	if (err == ERR_OK)
		err = answer(session, &gather, &demands, w);
	dossier_gather_done(&gather);
	return err;
}

static const struct option_row openness_options[] = {
	{ .name = "as",
	    .value = "PRINCIPAL",
	    .help = "whose word counts; default: the release's publisher" },
	{ .name = "require",
	    .value = "WHAT",
	    .help = "class-1, class-2, class-3 or osaid; else ends with 1" },
	{ .name = "auditor",
	    .value = "PRINCIPAL",
	    .help = "whose audits you trust (again for more)",
	    .is_many = true },
	{ .name = "level",
	    .value = "N",
	    .help = "and the evidence for each component, 0 to 4, at least" },
	{ .name = NULL },
};

const struct command command_openness = {
	.name = "openness",
	.summary = "how open is a release, by what is on the ledger?",
	.words = "NAME/VERSION|ITEM",
	.help =
	    "Tells the class of the Model Openness Framework, each component\n"
	    "met, claimed or not met, the checklist of the Open Source AI\n"
	    "Definition, and what the release says of itself beside what is\n"
	    "shown.  Each record is fetched, proved and judged here.  Ends\n"
	    "with 1 where --require or --level is not met.\n",
	.words_min = 1,
	.words_max = 1,
	.options = openness_options,
	.run = run_openness,
};
