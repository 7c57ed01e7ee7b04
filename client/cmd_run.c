/*
 * record run: hash, run, hash again, record.
 */
#include <string.h>

#include "client/command.h"
#include "client/environment.h"
#include "client/kept.h"
#include "client/run_statement.h"

/* A run, and the texts of it that stay with this client. */
struct job {
	struct run run;
	struct kept log; /* what the command prints */
	struct span environment;
};

static enum err
describe_environment(struct job *job, struct why *w)
{
	struct session *session = job->run.session;
	struct writer text = writer_heap(ENVIRONMENT_LEN_MAX);

	environment_print(job->run.arguments->rest[0], session->arena, &text);
	job->run.environment = sha256_of(writer_view(&text));
	job->environment = arena_copy(session->arena, writer_view(&text));
	enum err err = writer_end(&text);
	writer_done(&text);
	if (err == ERR_OK && job->environment.data == NULL)
		err = ERR_MEMORY;
	return err == ERR_OK ? ERR_OK
			     : why(w, err, "environment: %s", err_text(err));
}

/* Its status is ours where it failed. */
static enum err
judge_command(struct job *job, const struct why *reason, struct why *w)
{
	int status = job->run.child.status;

	if (job->run.child.left_others)
		output_warn(&job->run.session->out,
		    "the command left something running that still prints: "
		    "that is not in its log");
	if (status == 0)
		return ERR_OK;
	job->run.session->exit_code = status;
	if (reason->text[0] != '\0')
		return why(
		    w, ERR_REFUSED, "%s: nothing is recorded", reason->text);
	if (job->run.child.signal != 0)
		return why(w, ERR_REFUSED,
		    "the command was ended by signal %d (%s): nothing is "
		    "recorded",
		    job->run.child.signal, sigdescr_np(job->run.child.signal));
	return why(w, ERR_REFUSED,
	    "the command ended with status %d: nothing is recorded", status);
}

static enum err
run_command(struct job *job, struct why *w)
{
	struct session *session = job->run.session;
	struct why reason = { 0 };
	enum err err = describe_environment(job, w);

	if (err == ERR_OK && !job->run.recording.is_dry &&
	    kept_begin(&session->trust, &job->log, &reason) != ERR_OK)
		output_warn(&session->out,
		    "what the command prints is hashed, but not kept: %s",
		    reason.text);
	if (err != ERR_OK)
		return err;
	reason.text[0] = '\0';
	err = child_run(
	    job->run.arguments->rest, job->log.fd, &job->run.child, &reason);
	if (err != ERR_OK)
		return why(w, err, "%s", reason.text);
	job->run.has_child = true;
	return judge_command(job, &reason, w);
}

/* The texts whose digests the record holds. */
static void
keep_texts(struct job *job)
{
	const struct trust *trust = &job->run.session->trust;
	const struct child *child = &job->run.child;
	struct why w = { 0 };
	enum err err = ERR_OK;

	if (!job->run.has_child || job->run.recording.is_dry)
		return;
	if (job->log.fd >= 0 && child->is_kept && child->log_len > 0)
		err = kept_end(trust, &job->log, &child->log, &w);
	if (err == ERR_OK)
		err = kept_put(
		    trust, &job->run.environment, job->environment, &w);
	if (err != ERR_OK)
		output_warn(&job->run.session->out,
		    "the texts behind the record's digests are not kept: %s",
		    w.text);
}

static enum err
record_outputs(struct job *job, struct why *w)
{
	struct run *run = &job->run;
	enum err err = run_hash_outputs(run, w);

	if (err != ERR_OK)
		return err;
	keep_texts(job);
	struct draft draft = draft_begin(run->session, run->arguments, w);
	run_write(&draft, run);
	err = recording_finish(&run->recording, &draft, w);
	draft_done(&draft);
	return err;
}

static enum err
run_all(struct job *job, struct why *w)
{
	struct run *run = &job->run;
	bool has_command = run->arguments->rest_count > 0;
	enum err err = run_take_outputs(run, w);

	if (err == ERR_OK)
		err = run_take_inputs(run, w);
	if (err == ERR_OK)
		err = run_rehearse(run, w);
	if (err == ERR_OK && has_command)
		err = run_command(job, w);
	if (err == ERR_OK)
		err = run_recheck_inputs(run, w);
	if (err != ERR_OK)
		return err;
	err = record_outputs(job, w);
	if (err != ERR_OK && has_command)
		run->session->exit_code = 3;
	return err;
}

static enum err
run_run(
    struct session *session, const struct arguments *arguments, struct why *w)
{
	struct job job = {
		.run = { .session = session, .arguments = arguments },
		.log = { .fd = -1 },
	};

	if (arguments->has_rest && arguments->rest_count == 0)
		return why(w, ERR_USAGE, "--: a command is missing behind it");
	if (options_has(arguments, "with-argv") && arguments->rest_count == 0)
		return why(w, ERR_USAGE,
		    "--with-argv: of which command? Give it behind --");
	enum err err =
	    recording_start(session, arguments, true, &job.run.recording, w);
	if (err != ERR_OK)
		return err;
	err = run_all(&job, w);
	kept_drop(&job.log);
	recording_done(&job.run.recording);
	return err;
}

static const struct option_row run_options[] = {
	{ .name = "name",
	    .value = "PRINCIPAL/PATH",
	    .help = "what it is called; /PATH takes your principal" },
	{ .name = "input",
	    .letter = 'i',
	    .is_many = true,
	    .value = "ITEM",
	    .help = "went in: [ROLE=]FILE, folder, digest, id" },
	{ .name = "output",
	    .letter = 'O',
	    .is_many = true,
	    .value = "ITEM",
	    .help = "came out; the first one carries the name" },
	RECORDING_SETTING_OPTIONS,
	{ .name = "data-order",
	    .value = "TEXT",
	    .help = "in what order data went in" },
	{ .name = "stage",
	    .value = "ROLE",
	    .help = "such as preprocess, train, quantize" },
	{ .name = "complete",
	    .is_many = true,
	    .value = "ROLE",
	    .help = "sign that all inputs of that role are listed" },
	{ .name = "builder", .value = "URI", .help = "who or what ran it" },
	{ .name = "log-file",
	    .is_many = true,
	    .value = "FILE",
	    .help = "a log, kept as a digest" },
	{ .name = "with-argv",
	    .help = "record the arguments, not only their digest" },
	RECORDING_OPTIONS,
	{ .name = NULL },
};

const struct command command_record_run = {
	.name = "record run",
	.summary = "record a run: what went in and what came out",
	.words = "--name NAME --output ITEM [--input ITEM]... [-- COMMAND "
		 "ARGS]",
	.help =
	    "Hashes the inputs, runs COMMAND, hashes the inputs again and\n"
	    "the outputs, and records it all.  What COMMAND prints goes to\n"
	    "stderr: stdout has the record's id alone.  If COMMAND fails\n"
	    "nothing is recorded and its status is returned; 3 when only the\n"
	    "recording failed.\n",
	.words_min = 0,
	.words_max = 0,
	.takes_rest = true,
	.options = run_options,
	.run = run_run,
};
