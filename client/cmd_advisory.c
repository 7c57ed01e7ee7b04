/* record advisory, reply: a warning about artifacts, and the answer to one. */
#include "client/command.h"
#include "client/fetched.h"
#include "client/recording.h"

#define WORDS_LEN_MAX 128

/* ---- words of a list ---- */

typedef const char *word_name(unsigned value);

static const char *
reason_name(unsigned value)
{
	return advisory_reason_name((enum advisory_reason)value);
}

static const char *
severity_name(unsigned value)
{
	return advisory_severity_name((enum advisory_severity)value);
}

static const char *
action_name(unsigned value)
{
	return advisory_action_name((enum advisory_action)value);
}

static const char *
status_name(unsigned value)
{
	return advisory_status_name((enum advisory_status)value);
}

/* A list of words that an option takes one of. */
struct words {
	const char *option;
	unsigned count; /* the first stands for none */
	word_name *name;
};

/* The member that an option gives, or a sentence with the words there are. */
static enum err
write_word(struct draft *draft, const struct words *words, struct why *w)
{
	const char *value = options_value(draft->arguments, words->option);
	struct writer all = writer_heap(WORDS_LEN_MAX);

	for (unsigned i = 1; i < words->count; i++) {
		if (value != NULL &&
		    span_is(span_of_text(value), words->name(i))) {
			draft_text(draft, words->option, words->option);
			writer_done(&all);
			return ERR_OK;
		}
		writer_format(&all, "%s%s", i == 1 ? "" : ", ", words->name(i));
	}
	enum err err = value == NULL
	    ? why(w, ERR_USAGE, "--%s is missing: one of %.*s", words->option,
		  SPAN_ARGS(writer_view(&all)))
	    : why(w, ERR_USAGE, "--%s %.64s: one of %.*s is needed",
		  words->option, value, SPAN_ARGS(writer_view(&all)));
	writer_done(&all);
	return err;
}

/* ---- advisory ---- */

/* A folder is found by a single file of it too, where they are few enough. */
static void
write_files(struct draft *draft, const struct item *item)
{
	const struct hashing *set = &item->hashing;

	if (item->kind != ITEM_SET)
		return;
	if (set->count > DRAFT_PARTS_MAX) {
		output_warn(&draft->session->out,
		    "%s: %zu files are too many to be named one by one: who "
		    "used a part of them is not warned",
		    item->what, set->count);
		return;
	}
	for (size_t i = 0; i < set->count; i++) {
		struct digest digest = digest_sha256(&set->lines[i].digest);
		struct digest_set one = { .count = 1, .digests = &digest };
		/* the digest of no bytes is that of everybody's empty file */
		if (!digest_is_of_nothing(&digest))
			draft_resource(
			    draft, set->lines[i].path, SPAN_EMPTY, &one);
	}
}

static enum err
write_affected(struct draft *draft, const char *text, struct why *w)
{
	struct digest node;
	struct item item;
	enum err err = item_resolve(draft->session, text, &item, w);

	if (err == ERR_OK)
		err = item_node(&item, &node, w);
	if (err != ERR_OK)
		return err;
	draft_resource(draft, item.name, item.role, &item.digest);
	write_files(draft, &item);
	return ERR_OK;
}

static enum err
write_advisory(
    struct draft *draft, const struct recording *recording, struct why *w)
{
	static const struct words words[] = {
		{ "reason", ADVISORY_REASONS, reason_name },
		{ "severity", ADVISORY_SEVERITIES, severity_name },
		{ "action", ADVISORY_ACTIONS, action_name },
	};
	const struct arguments *arguments = draft->arguments;
	enum err err = ERR_OK;

	(void)recording;
	for (size_t i = 0; i < arguments->count && err == ERR_OK; i++)
		err = write_affected(draft, arguments->words[i], w);
	draft_predicate(draft, "advisory");
	for (size_t i = 0; i < 3 && err == ERR_OK; i++)
		err = write_word(draft, &words[i], w);
	draft_text(draft, "description", "description");
	writer_text(&draft->w, "}}");
	return err;
}

static enum err
run_advisory(
    struct session *session, const struct arguments *arguments, struct why *w)
{
	return recording_of(session, arguments, false, write_advisory, w);
}

static const struct option_row advisory_options[] = {
	{ .name = "reason", .value = "REASON", .help = "such as poison" },
	{ .name = "severity",
	    .value = "SEVERITY",
	    .help = "low, medium, high or critical" },
	{ .name = "action",
	    .value = "ACTION",
	    .help = "exclude, recall or note" },
	{ .name = "description", .value = "TEXT", .help = "in a sentence" },
	RECORDING_OPTIONS,
	{ .name = NULL },
};

const struct command command_record_advisory = {
	.name = "record advisory",
	.summary = "warn about artifacts and all that came of them",
	.words = "ITEM... --reason REASON --severity SEVERITY --action ACTION",
	.help =
	    "Records a warning: shards, sets or models, for a reason "
	    "(illegal,\n"
	    "poison, propaganda, copyright, opt-out, personal-data, bug,\n"
	    "licence), how severe it is and what is wished.  It is shown on\n"
	    "everything down-stream.  A folder of at most 200 files is named\n"
	    "as a set and file by file.\n",
	.words_min = 1,
	.words_max = STATEMENT_SUBJECTS_MAX,
	.options = advisory_options,
	.run = run_advisory,
};

/* ---- reply ---- */

static const struct resource *
find_subject(const struct statement *advisory, const struct digest *node)
{
	for (size_t i = 0; i < advisory->subject_count; i++) {
		const struct resource *subject = &advisory->subjects[i];
		if (subject->digest.has_node &&
		    digest_equal(&subject->digest.node, node))
			return subject;
	}
	return NULL;
}

static enum err
write_subject(struct draft *draft, const struct statement *advisory,
    const char *text, struct why *w)
{
	struct digest node = { 0 };
	struct item item;
	enum err err = item_resolve(draft->session, text, &item, w);

	if (err == ERR_OK)
		err = item_node(&item, &node, w);
	if (err != ERR_OK)
		return err;
	const struct resource *subject = find_subject(advisory, &node);
	if (subject == NULL)
		return why(w, ERR_REFUSED,
		    "--of %s: the advisory does not name it", text);
	draft_resource(draft, subject->name, SPAN_EMPTY, &subject->digest);
	return ERR_OK;
}

static enum err
write_subjects(
    struct draft *draft, const struct statement *advisory, struct why *w)
{
	size_t at = 0;
	const char *text = options_next(draft->arguments, "of", &at);
	enum err err = ERR_OK;

	for (; text != NULL && err == ERR_OK;
	     text = options_next(draft->arguments, "of", &at))
		err = write_subject(draft, advisory, text, w);
	if (options_value(draft->arguments, "of") != NULL)
		return err;
	for (size_t i = 0; i < advisory->subject_count; i++)
		draft_resource(draft, advisory->subjects[i].name, SPAN_EMPTY,
		    &advisory->subjects[i].digest);
	return ERR_OK;
}

static enum err
write_answer(struct draft *draft, const struct hash *id, struct why *w)
{
	static const struct words words = { "status", ADVISORY_STATUSES,
		status_name };

	draft_predicate(draft, "advisory");
	writer_member(&draft->w, "inReplyTo");
	draft_citation(draft, id);
	enum err err = write_word(draft, &words, w);
	draft_member(draft, "fixedIn", "fixed-in");
	draft_text(draft, "description", "description");
	writer_text(&draft->w, "}}");
	return err;
}

/* The subjects are the advisory's own, so it is read, and checked, first. */
static enum err
write_reply(
    struct draft *draft, const struct recording *recording, struct why *w)
{
	const char *text = draft->arguments->words[0];
	struct fetched fetched;
	enum err err = fetched_named(draft->session, text, &fetched, w);

	(void)recording;
	if (err != ERR_OK)
		return err;
	const struct record *record = &fetched.proved.record;
	if (record->kind != RECORD_ADVISORY || record->advisory.is_answer)
		err = why(w, ERR_USAGE, "%s: not an advisory, it is %s%s", text,
		    record->kind == RECORD_ADVISORY ? "a reply to one"
						    : "of the kind ",
		    record->kind == RECORD_ADVISORY
			? ""
			: record_kind_name(record->kind));
	if (err == ERR_OK)
		err = write_subjects(draft, &record->statement, w);
	if (err == ERR_OK)
		err = write_answer(draft, &fetched.proved.id, w);
	fetched_done(&fetched);
	return err;
}

static enum err
run_reply(
    struct session *session, const struct arguments *arguments, struct why *w)
{
	return recording_of(session, arguments, false, write_reply, w);
}

static const struct option_row reply_options[] = {
	{ .name = "status",
	    .value = "STATUS",
	    .help = "accepted, rejected or fixed" },
	{ .name = "fixed-in", .value = "ITEM", .help = "with fixed: in what" },
	{ .name = "of",
	    .is_many = true,
	    .value = "ITEM",
	    .help = "about this one of its artifacts only" },
	{ .name = "description", .value = "TEXT", .help = "in a sentence" },
	RECORDING_OPTIONS,
	{ .name = NULL },
};

const struct command command_record_reply = {
	.name = "record reply",
	.summary = "answer an advisory",
	.words = "ID --status accepted|rejected|fixed",
	.help =
	    "Answers an advisory.  It counts as the publisher's answer for\n"
	    "the artifacts that you have recorded as your own; from anybody\n"
	    "else it is an opinion.\n",
	.words_min = 1,
	.words_max = 1,
	.options = reply_options,
	.run = run_reply,
};
