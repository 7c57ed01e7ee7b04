/*
 * main: finds the command and runs it.
 */
#include <signal.h>
#include <string.h>

#include "client/command.h"

static const struct command *const commands[] = {
	&command_init,
	&command_manifest,
	&command_record_dataset,
	&command_record_code,
	&command_record_model,
	&command_record_run,
	&command_record_evaluation,
	&command_record_release,
	&command_record_license,
	&command_record_withdrawal,
	&command_import_hf,
	&command_record_advisory,
	&command_record_reply,
	&command_record_audit,
	&command_attest,
	&command_record_disclosure,
	&command_submit,
	&command_upload,
	&command_disclose,
	&command_exclude,
	&command_show,
	&command_trace,
	&command_find,
	&command_contains,
	&command_affected,
	&command_absent,
	&command_contaminated,
	&command_openness,
	&command_diff,
	&command_export,
	&command_licenses,
	&command_verify,
	&command_audit,
};
#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static void
print_help(struct output *out)
{
	output_print(out,
	    "Usage: headwater COMMAND [OPTIONS] ...\n\n"
	    "Records and checks where models come from, in a transparency "
	    "log.\n\n");
	for (size_t i = 0; i < COMMANDS; i++)
		output_print(out, "  %-18s %s\n", commands[i]->name,
		    commands[i]->summary);
	output_print(out,
	    "\nheadwater help COMMAND says more.  Exit codes: 0 yes, 1 no "
	    "(checked and false,\nrefused, not found), 2 wrong usage, 3 could "
	    "not be checked.\n");
}

/* A command's name is one word or two; `*argv` moves behind it. */
static const struct command *
find_command(char ***argv)
{
	for (size_t i = 0; i < COMMANDS; i++) {
		const char *name = commands[i]->name;
		const char *second = strchr(name, ' ');
		size_t len =
		    second != NULL ? (size_t)(second - name) : strlen(name);
		char **words = *argv;
		if (strlen(words[0]) != len || memcmp(words[0], name, len) != 0)
			continue;
		if (second == NULL) {
			*argv = words + 1;
			return commands[i];
		}
		if (words[1] != NULL && strcmp(words[1], second + 1) == 0) {
			*argv = words + 2;
			return commands[i];
		}
	}
	return NULL;
}

/* Is `word` the first of commands of two words? */
static bool
is_group(const char *word)
{
	size_t len = strlen(word);

	for (size_t i = 0; i < COMMANDS; i++) {
		if (strncmp(commands[i]->name, word, len) == 0 &&
		    commands[i]->name[len] == ' ')
			return true;
	}
	return false;
}

static void
print_group(struct output *out, const char *word)
{
	size_t len = strlen(word);

	output_print(out, "Usage: headwater %s KIND [OPTIONS] ...\n\n", word);
	for (size_t i = 0; i < COMMANDS; i++) {
		if (strncmp(commands[i]->name, word, len) == 0 &&
		    commands[i]->name[len] == ' ')
			output_print(out, "  %-18s %s\n", commands[i]->name,
			    commands[i]->summary);
	}
	output_print(out, "\nheadwater help %s KIND says more.\n", word);
}

/* What may be meant: of `record X` the kinds alone, else a command or a kind,
 * whose "record" is easily left out. */
static void
list_names(const char *group, const char *ret[static COMMANDS + 2])
{
	ret[COMMANDS] = group != NULL ? "" : "record";
	ret[COMMANDS + 1] = group != NULL ? "" : "help";
	for (size_t i = 0; i < COMMANDS; i++) {
		const char *name = commands[i]->name;
		const char *second = strchr(name, ' ');
		bool is_other = group != NULL &&
		    (second == NULL || !span_starts(span_of_text(name), group));
		ret[i] = second != NULL ? second + 1 : name;
		if (is_other)
			ret[i] = ""; /* near to nothing */
	}
}

static const char *
find_nearest(const char *group, const char *typed)
{
	const char *names[COMMANDS + 2];

	list_names(group, names);
	const char *nearest = options_nearest(typed, names, COMMANDS + 2);
	for (size_t i = 0; i < COMMANDS && nearest != NULL; i++) {
		if (names[i] == nearest)
			return commands[i]->name;
	}
	return nearest;
}

static enum err
unknown_kind(const char *group, const char *kind, struct why *w)
{
	if (kind == NULL)
		return why(w, ERR_USAGE,
		    "%s: of which kind? headwater help %s lists them", group,
		    group);
	const char *nearest = find_nearest(group, kind);
	if (nearest == NULL)
		return why(w, ERR_USAGE,
		    "%s %.64s: no such command; headwater help %s lists them",
		    group, kind, group);
	return why(w, ERR_USAGE, "%s %.64s: no such command; did you mean %s?",
	    group, kind, nearest);
}

static enum err
unknown_command(char **argv, struct why *w)
{
	const char *typed = argv[0];

	if (is_group(typed))
		return unknown_kind(typed, argv[1], w);
	if (typed[0] == '-')
		return why(w, ERR_USAGE,
		    "%s: a command comes first; headwater --help lists them",
		    typed);
	const char *nearest = find_nearest(NULL, typed);
	if (nearest == NULL)
		return why(w, ERR_USAGE,
		    "%s: no such command; headwater --help lists them", typed);
	return why(w, ERR_USAGE, "%s: no such command; did you mean %s?", typed,
	    nearest);
}

static bool
is_help(const char *word)
{
	return word != NULL &&
	    (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0);
}

/* `headwater help [COMMAND]`, --help, --version; false: it is none of them. */
static bool
run_builtin(struct session *session, char **argv)
{
	if (is_group(argv[0]) && is_help(argv[1])) {
		print_group(&session->out, argv[0]);
		return true;
	}
	if (strcmp(argv[0], "--version") == 0) {
		output_print(
		    &session->out, "headwater %s\n", HEADWATER_VERSION);
		return true;
	}
	if (!is_help(argv[0]) && strcmp(argv[0], "help") != 0)
		return false;
	char **words = argv + 1;
	const struct command *command =
	    words[0] != NULL ? find_command(&words) : NULL;
	bool lists_group =
	    words[0] != NULL && words[1] == NULL && is_group(words[0]);
	if (words[0] != NULL && command == NULL && !lists_group)
		return false;
	if (command != NULL)
		command_print_help(&session->out, command);
	else if (lists_group)
		print_group(&session->out, words[0]);
	else
		print_help(&session->out);
	return true;
}

static int
run(struct session *session, char **argv)
{
	struct why w = { 0 };

	if (argv[0] == NULL) {
		(void)why(&w, ERR_USAGE,
		    "a command is missing; headwater --help lists them");
		output_failure(&session->out, ERR_USAGE, &w, 2);
		return 2;
	}
	if (run_builtin(session, argv))
		return 0;
	if (strcmp(argv[0], "help") == 0)
		argv++;
	const struct command *command = find_command(&argv);
	if (command != NULL)
		return command_run(session, command, argv);
	(void)unknown_command(argv, &w);
	output_failure(&session->out, ERR_USAGE, &w, 2);
	return 2;
}

int
main(int argc, char **argv)
{
	static struct session session;
	struct why w = { 0 };

	(void)argc;
	/* a closed pipe is an error of stdout, said at the end */
	(void)signal(SIGPIPE, SIG_IGN);
	enum err err = session_start(&session, &w);
	int exit_code = err_exit_code(err);
	if (err == ERR_OK)
		exit_code = run(&session, argv[0] != NULL ? argv + 1 : argv);
	else
		output_failure(&session.out, err, &w, exit_code);
	exit_code = output_end(&session.out, exit_code);
	session_done(&session);
	return exit_code;
}
