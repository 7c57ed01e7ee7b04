/* record audit: what was found out elsewhere. */

#include "client/command.h"
#include "client/finding.h"
#include "client/recording.h"
#include "client/stored.h"
#include "schema/text.h"

static struct span
label_of(const struct draft *draft, const char *option)
{
	const char *value = options_value(draft->arguments, option);

	return value == NULL ? SPAN_EMPTY : span_of_text(value);
}

static enum err
take_words(struct draft *draft, struct audit_record *audit, struct why *w)
{
	struct span method = label_of(draft, "method");
	struct span verdict = label_of(draft, "verdict");
	struct span comparison = label_of(draft, "comparison");

	if (!audit_method_parse(method, &audit->method))
		return why(w, ERR_USAGE,
		    "--method%s%.*s: one of rehash, refetch, open-shards, "
		    "order, re-run, segment, evaluation, licence-review is "
		    "needed",
		    method.len > 0 ? " " : "", SPAN_ARGS(method));
	if (!audit_verdict_parse(verdict, &audit->verdict))
		return why(w, ERR_USAGE,
		    "--verdict%s%.*s: one of confirmed, contradicted, "
		    "inconclusive is needed",
		    verdict.len > 0 ? " " : "", SPAN_ARGS(verdict));
	if (span_is(comparison, audit_comparison_name(AUDIT_BIT_EXACT)))
		audit->comparison = AUDIT_BIT_EXACT;
	else if (span_is(comparison, audit_comparison_name(AUDIT_TOLERANCE)))
		audit->comparison = AUDIT_TOLERANCE;
	else if (comparison.len > 0)
		return why(w, ERR_USAGE,
		    "--comparison: bit-exact or tolerance is needed");
	audit->metric = label_of(draft, "metric");
	audit->threshold = label_of(draft, "threshold");
	audit->measured = label_of(draft, "measured");
	audit->seed = label_of(draft, "seed");
	return ERR_OK;
}

/* CHECKED/OF:UNIT */
static enum err
take_coverage(struct draft *draft, struct audit_record *audit, struct why *w)
{
	struct span rest = label_of(draft, "coverage");
	struct span checked;
	struct span of;

	if (rest.len == 0)
		return ERR_OK;
	if (!span_cut(&rest, '/', &checked) || !span_cut(&rest, ':', &of) ||
	    !text_undecimal(checked, UINT64_MAX, &audit->checked) ||
	    !text_undecimal(of, UINT64_MAX, &audit->of) || rest.len == 0)
		return why(w, ERR_USAGE,
		    "--coverage: CHECKED/OF:UNIT is needed, such as "
		    "10/200:files");
	audit->has_coverage = true;
	audit->unit = rest;
	return ERR_OK;
}

static enum err
take_about(struct draft *draft, struct audit_record *audit, struct why *w)
{
	size_t at = 0;
	const char *text = options_next(draft->arguments, "about", &at);
	enum err err = ERR_OK;

	audit->about = arena_take(
	    draft->session->arena, AUDIT_ABOUT_MAX, sizeof(*audit->about));
	if (audit->about == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	for (; text != NULL && err == ERR_OK;
	     text = options_next(draft->arguments, "about", &at)) {
		if (audit->about_count == AUDIT_ABOUT_MAX)
			return why(w, ERR_USAGE, "--about: more than %d",
			    AUDIT_ABOUT_MAX);
		err = stored_resolve_id(draft->session, text,
		    &audit->about[audit->about_count++], w);
	}
	return err;
}

static enum err
take_subjects(struct draft *draft, struct finding *finding, struct why *w)
{
	struct session *session = draft->session;
	const struct arguments *arguments = draft->arguments;
	struct resource *all =
	    arena_take(session->arena, arguments->count, sizeof(*all));

	finding->subjects = arena_take(
	    session->arena, arguments->count, sizeof(struct resource *));
	if (all == NULL || finding->subjects == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	for (size_t i = 0; i < arguments->count; i++) {
		struct item item;
		enum err err =
		    item_resolve(session, arguments->words[i], &item, w);
		if (err != ERR_OK)
			return err;
		all[i] = (struct resource){
			.name = item.name,
			.digest = item.digest,
		};
		finding->subjects[i] = &all[i];
	}
	finding->subject_count = arguments->count;
	return ERR_OK;
}

static enum err
take_environment(struct draft *draft, struct finding *finding, struct why *w)
{
	struct writer text = writer_heap((size_t)64 << 10);
	size_t at = 0;
	const char *given = options_next(draft->arguments, "environment", &at);
	enum err err = ERR_OK;

	for (; given != NULL && err == ERR_OK;
	     given = options_next(draft->arguments, "environment", &at)) {
		struct span name;
		struct span value;
		err = draft_split(given, "environment", &name, &value, w);
		if (err != ERR_OK)
			break;
		if (!text_is_line(value) || span_find(name, ':') < name.len)
			err = why(w, ERR_USAGE,
			    "--environment %s: lines, and no ':' in the name",
			    given);
		writer_span(&text, name);
		writer_text(&text, ": ");
		writer_span(&text, value);
		writer_text(&text, "\n");
	}
	if (err == ERR_OK && writer_end(&text) != ERR_OK)
		err = why(w, ERR_USAGE, "--environment: more than 64 KiB");
	if (err == ERR_OK)
		finding->environment =
		    arena_copy(draft->session->arena, writer_view(&text));
	writer_done(&text);
	return err;
}

static enum err
write_audit(
    struct draft *draft, const struct recording *recording, struct why *w)
{
	struct finding finding = {
		.description = label_of(draft, "description"),
	};
	enum err err = take_words(draft, &finding.audit, w);

	(void)recording;
	if (err == ERR_OK)
		err = take_coverage(draft, &finding.audit, w);
	if (err == ERR_OK)
		err = take_about(draft, &finding.audit, w);
	if (err == ERR_OK)
		err = take_subjects(draft, &finding, w);
	if (err == ERR_OK)
		err = take_environment(draft, &finding, w);
	if (err == ERR_OK)
		finding_write(draft, &finding);
	return err;
}

static enum err
run(struct session *session, const struct arguments *arguments, struct why *w)
{
	return recording_of(session, arguments, false, write_audit, w);
}

static const struct option_row options[] = {
	{ .name = "method",
	    .value = "METHOD",
	    .help = "how it was looked at, such as re-run" },
	{ .name = "verdict",
	    .value = "VERDICT",
	    .help = "confirmed, contradicted or inconclusive" },
	{ .name = "about",
	    .is_many = true,
	    .value = "ID",
	    .help = "a record that was looked at" },
	{ .name = "comparison",
	    .value = "HOW",
	    .help = "bit-exact or tolerance" },
	{ .name = "metric", .value = "NAME", .help = "what was measured" },
	{ .name = "threshold",
	    .value = "TEXT",
	    .help = "how far off still is the same" },
	{ .name = "measured", .value = "TEXT", .help = "what came out" },
	{ .name = "coverage",
	    .value = "CHECKED/OF:UNIT",
	    .help = "how much was looked at" },
	{ .name = "seed", .value = "TEXT", .help = "by which it was drawn" },
	{ .name = "environment",
	    .is_many = true,
	    .value = "NAME=VALUE",
	    .help = "where it was done" },
	{ .name = "description", .value = "TEXT", .help = "in a sentence" },
	RECORDING_OPTIONS,
	{ .name = NULL },
};

const struct command command_record_audit = {
	.name = "record audit",
	.summary = "record what you found out about somebody's artifacts",
	.words = "ITEM... --method METHOD --verdict VERDICT",
	.help = "For audits that were done elsewhere; attest does one itself.\n"
		"What you signed yourself it does not raise.\n",
	.words_min = 1,
	.words_max = 512,
	.options = options,
	.run = run,
};
