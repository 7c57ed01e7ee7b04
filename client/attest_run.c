/* attest: a run again, an evaluation again. */
#include <string.h>

#include "client/attest.h"
#include "client/environment.h"
#include "client/workplace.h"

struct again {
	struct attest *attest;
	struct workplace workplace;
	char **argv;
	size_t input_count;
	struct item *inputs;
	size_t missing; /* inputs of the record that are not here */
	struct workplace_ran ran;
};

/* ---- the command ---- */

static struct hash
hash_command(char *const argv[])
{
	struct sha256 sha256;

	sha256_init(&sha256);
	for (size_t i = 0; argv[i] != NULL; i++)
		sha256_add(&sha256, span_of(argv[i], strlen(argv[i]) + 1));
	return sha256_done(&sha256);
}

static enum err
take_recorded(
    struct again *again, json_value *words, size_t count, struct why *w)
{
	struct arena *arena = again->attest->session->arena;
	char **argv = arena_take(arena, count + 1, sizeof(*argv));

	if (argv == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	for (size_t i = 0; i < count; i++) {
		struct span word = SPAN_EMPTY;
		(void)json_element_text(words, i, &word);
		char *copy = arena_take(arena, word.len + 1, 1);
		if (copy == NULL)
			return why(w, ERR_MEMORY, "out of memory");
		if (word.len > 0)
			memcpy(copy, word.data, word.len);
		copy[word.len] = '\0';
		argv[i] = copy;
	}
	argv[count] = NULL;
	again->argv = argv;
	return ERR_OK;
}

/* Behind `--`, and then it is the recorded one; else as it was recorded. */
static enum err
find_command(struct again *again, struct why *w)
{
	const struct arguments *arguments = again->attest->arguments;
	struct object o =
	    object_of(again->attest->fetched.proved.record.statement.predicate,
		"predicate", w);
	struct object definition =
	    object_of(object_object(&o, "buildDefinition"), "definition", w);
	struct object parameters = object_of(
	    object_object(&definition, "externalParameters"), "parameters", w);
	json_value *value = object_optional_object(&parameters, "command");
	struct span text;
	struct hash claimed;
	size_t count = 0;

	again->argv = arguments->rest;
	if (value == NULL)
		return arguments->rest_count > 0
		    ? ERR_OK
		    : why(w, ERR_USAGE,
			  "the record names no command: give it behind --");
	struct object command = object_of(value, "command", w);
	object_text(&command, "sha256", HASH_TEXT_LEN, HASH_TEXT_LEN, &text);
	json_value *words =
	    object_optional_array(&command, "argv", 1024, &count);
	if (command.err != ERR_OK || !hash_parse(text, &claimed))
		return why(w, ERR_MISMATCH, "the record's command is broken");
	if (arguments->rest_count == 0 && words == NULL)
		return why(w, ERR_USAGE,
		    "the record has its command's digest only: give it "
		    "behind --");
	if (arguments->rest_count == 0)
		return take_recorded(again, words, count, w);
	struct hash hash = hash_command(again->argv);
	return hash_equal(&hash, &claimed)
	    ? ERR_OK
	    : why(w, ERR_USAGE,
		  "behind --: not the command that was recorded (its "
		  "arguments have another digest): nothing is recorded");
}

/* ---- what goes in ---- */

static bool
share_digest(const struct digest_set *a, const struct digest_set *b)
{
	for (size_t i = 0; i < a->count; i++) {
		const struct digest *other =
		    digest_set_find(b, a->digests[i].algorithm);
		if (a->digests[i].algorithm != DIGEST_TLOG_LEAF &&
		    other != NULL && digest_equal(&a->digests[i], other))
			return true;
	}
	return false;
}

static bool
is_input(const struct record *record, const struct item *item)
{
	for (size_t i = 0; i < record->input_count; i++) {
		if (share_digest(&record->inputs[i].digest, &item->digest))
			return true;
	}
	return false;
}

static bool
is_given(const struct again *again, const struct digest_set *input)
{
	for (size_t i = 0; i < again->input_count; i++) {
		if (share_digest(input, &again->inputs[i].digest))
			return true;
	}
	return false;
}

static enum err
put_input(struct again *again, const char *path, bool is_run, struct why *w)
{
	struct attest *attest = again->attest;
	struct item *item = &again->inputs[again->input_count];
	enum err err = item_resolve(attest->session, path, item, w);

	if (err == ERR_OK &&
	    (item->kind == ITEM_DIGEST || item->kind == ITEM_RECORD))
		err = why(w, ERR_USAGE,
		    "--input %s: a file or folder is "
		    "needed",
		    path);
	if (err == ERR_OK && is_run &&
	    !is_input(&attest->fetched.proved.record, item))
		err = why(w, ERR_USAGE,
		    "--input %s: not one of the run's inputs: it is something "
		    "else now, or never was one",
		    path);
	if (err != ERR_OK)
		return err;
	again->input_count++;
	return workplace_put(&again->workplace, item->what, w);
}

static enum err
put_inputs(struct again *again, bool is_run, struct why *w)
{
	struct attest *attest = again->attest;
	const struct record *record = &attest->fetched.proved.record;
	size_t at = 0;
	const char *path = options_next(attest->arguments, "input", &at);
	enum err err = ERR_OK;

	again->inputs = arena_take(attest->session->arena,
	    attest->arguments->given_count + 1, sizeof(*again->inputs));
	if (again->inputs == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	for (; path != NULL && err == ERR_OK;
	     path = options_next(attest->arguments, "input", &at))
		err = put_input(again, path, is_run, w);
	for (size_t i = 0; i < record->input_count && is_run; i++) {
		const struct resource *input = &record->inputs[i];
		if (is_given(again, &input->digest))
			continue;
		again->missing++;
		output_warn(&attest->session->out,
		    "an input of the run is not given: %.*s",
		    SPAN_ARGS(input->name.len > 0 ? input->name
						  : span_of_text("no name")));
	}
	return err;
}

/* ---- running ---- */

static enum err
describe(struct again *again, struct why *w)
{
	struct arena *arena = again->attest->session->arena;
	struct writer text = writer_heap(ENVIRONMENT_LEN_MAX);

	environment_print(again->argv[0], arena, &text);
	again->attest->finding.environment =
	    arena_copy(arena, writer_view(&text));
	enum err err = writer_end(&text);
	writer_done(&text);
	return err == ERR_OK ? ERR_OK : why(w, err, "environment");
}

static enum err
run(struct again *again, bool is_run, struct why *w)
{
	struct session *session = again->attest->session;
	enum err err = workplace_make(&again->workplace, w);

	if (err == ERR_OK)
		err = put_inputs(again, is_run, w);
	if (err == ERR_OK)
		err = describe(again, w);
	if (err == ERR_OK)
		err = workplace_run(
		    &again->workplace, again->argv, &again->ran, w);
	if (err == ERR_OK && again->ran.child.status != 0)
		err = why(w, ERR_MISSING,
		    "the command ended with status %d: nothing is recorded",
		    again->ran.child.status);
	for (size_t i = 0; i < again->input_count && err == ERR_OK; i++)
		err = item_recheck(session, &again->inputs[i], w);
	return err;
}

/* ---- what came out ---- */

static enum err
compare_outputs(struct again *again, size_t *ret_same, struct why *w)
{
	struct attest *attest = again->attest;
	const struct statement *statement =
	    &attest->fetched.proved.record.statement;
	const char *first = options_value(attest->arguments, "output");
	char path[DISK_PATH_MAX];
	size_t same = 0;

	for (size_t i = 0; i < statement->subject_count; i++) {
		const struct resource *subject = &statement->subjects[i];
		struct span name =
		    arena_copy(attest->session->arena, subject->name);
		bool is_same = false;
		enum err err = workplace_at(&again->workplace,
		    i == 0 ? first : (const char *)name.data, path, w);
		if (err == ERR_OK)
			err =
			    attest_compare(attest, subject, path, &is_same, w);
		if (err == ERR_MISSING && i == 0)
			return why(w, err,
			    "the command wrote no %s: nothing is recorded",
			    first);
		if (err != ERR_OK && err != ERR_MISSING)
			return err;
		same += is_same ? 1 : 0;
	}
	*ret_same = same;
	return ERR_OK;
}

static enum err
judge_outputs(struct again *again, struct why *w)
{
	struct attest *attest = again->attest;
	struct audit_record *audit = &attest->finding.audit;
	const char *expected = options_value(attest->arguments, "expected");
	size_t count = attest->fetched.proved.record.statement.subject_count;
	size_t same = 0;
	enum err err = compare_outputs(again, &same, w);

	if (err != ERR_OK)
		return err;
	attest_cover(attest, "runs", 1, 1);
	audit->comparison = AUDIT_BIT_EXACT;
	audit->verdict = same == count ? AUDIT_CONFIRMED : AUDIT_CONTRADICTED;
	if (same == count)
		return ERR_OK;
	output_note(&attest->session->out, "%zu of %zu outputs are the same",
	    same, count);
	if (expected != NULL)
		return attest_measure(
		    attest, again->ran.printed, span_of_text(expected), w);
	if (again->missing > 0) {
		audit->verdict = AUDIT_INCONCLUSIVE;
		attest->finding.description =
		    span_of_text("run again without all of its inputs");
	}
	return ERR_OK;
}

static bool
has(const struct attest *attest, const char *option)
{
	return options_value(attest->arguments, option) != NULL;
}

enum err
attest_re_run(struct attest *attest, struct why *w)
{
	struct again again = { .attest = attest };
	const struct record *record = &attest->fetched.proved.record;
	bool has_tolerance = has(attest, "tolerance");
	double claimed = 0;
	double limit = 0;

	if (!attest->has_record || record->kind != RECORD_RUN)
		return why(
		    w, ERR_USAGE, "--method re-run: a run's record is needed");
	if (!has(attest, "output"))
		return why(w, ERR_USAGE,
		    "--output PATH is missing: where does the command write "
		    "what the record is about?");
	if (has_tolerance != has(attest, "expected") ||
	    has_tolerance != has(attest, "metric"))
		return why(w, ERR_USAGE,
		    "--metric, --expected and --tolerance go together");
	attest->subject = &record->statement.subjects[0];
	enum err err = find_command(&again, w);
	if (err == ERR_OK && has_tolerance)
		err = attest_expect(attest,
		    span_of_text(options_value(attest->arguments, "expected")),
		    &claimed, &limit, w);
	if (err == ERR_OK)
		err = run(&again, true, w);
	if (err == ERR_OK)
		err = judge_outputs(&again, w);
	workplace_drop(&again.workplace);
	return err;
}

/* ---- evaluations ---- */

/* What the record says of a metric, and how many it has. */
static enum err
find_metric(const struct attest *attest, const char *name, struct span *ret,
    size_t *ret_count, struct why *w)
{
	struct object o = object_of(
	    attest->fetched.proved.record.statement.predicate, "predicate", w);
	json_value *all = object_array(&o, "metrics", 1, 256, ret_count);

	for (size_t i = 0; i < *ret_count && o.err == ERR_OK; i++) {
		struct object metric =
		    object_of(json_element(all, i), "metric", w);
		struct span is = SPAN_EMPTY;
		object_text(&metric, "name", 1, MEMBER_LABEL_MAX, &is);
		object_text(&metric, "value", 1, MEMBER_LABEL_MAX, ret);
		if (metric.err == ERR_OK && span_is(is, name))
			return ERR_OK;
	}
	return why(w, ERR_USAGE,
	    "--metric %s: the record has none of this "
	    "name",
	    name);
}

enum err
attest_evaluation(struct attest *attest, struct why *w)
{
	struct again again = { .attest = attest };
	const char *metric = options_value(attest->arguments, "metric");
	struct span expected = SPAN_EMPTY;
	size_t count = 0;
	double claimed = 0;
	double limit = 0;

	if (!attest->has_record ||
	    attest->fetched.proved.record.kind != RECORD_EVALUATION)
		return why(w, ERR_USAGE,
		    "--method evaluation: an evaluation's record is needed");
	if (metric == NULL || attest->arguments->rest_count == 0)
		return why(w, ERR_USAGE,
		    "--metric NAME and, behind --, a command that prints its "
		    "value are needed");
	enum err err = find_metric(attest, metric, &expected, &count, w);
	if (err == ERR_OK)
		err = attest_expect(attest, expected, &claimed, &limit, w);
	again.argv = attest->arguments->rest;
	if (err == ERR_OK)
		err = run(&again, false, w);
	if (err == ERR_OK)
		err = attest_measure(attest, again.ran.printed, expected, w);
	if (err == ERR_OK)
		attest_cover(attest, "metrics", 1, count);
	workplace_drop(&again.workplace);
	return err;
}
