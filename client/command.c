#include "client/command.h"

#include <stdio.h>
#include <string.h>

const struct option_row command_common[] = {
	{ "json", 0, false, NULL, "the answer as one JSON object" },
	{ "log", 0, false, "URL|ORIGIN", "which of the pinned logs" },
	{ "key", 'k', false, "FILE",
	    "the publisher key; else $HEADWATER_KEY, "
	    "else ssh-agent" },
	{ "yes", 'y', false, NULL, "ask nothing" },
	{ "quiet", 'q', false, NULL, "no notes, no progress" },
	{ "help", 'h', false, NULL, "this text" },
	{ NULL, 0, false, NULL, NULL },
};

static void
print_rows(struct output *out, const struct option_row *rows)
{
	for (; rows->name != NULL; rows++) {
		char left[64];
		char letter[] = { '-', rows->letter, ',', ' ', '\0' };
		(void)snprintf(left, sizeof(left), "%s--%s%s%s",
		    rows->letter != 0 ? letter : "    ", rows->name,
		    rows->value != NULL ? " " : "",
		    rows->value != NULL ? rows->value : "");
		output_print(out, "  %-28s %s%s\n", left, rows->help,
		    rows->is_many ? " (may be repeated)" : "");
	}
}

void
command_print_help(struct output *out, const struct command *command)
{
	output_print(out, "Usage: headwater %s %s\n\n%s\n", command->name,
	    command->words, command->help);
	if (command->options[0].name != NULL) {
		output_print(out, "Options:\n");
		print_rows(out, command->options);
		output_print(out, "\n");
	}
	output_print(out, "Options of every command:\n");
	print_rows(out, command_common);
}

static void
take_common(struct session *session, const struct arguments *arguments)
{
	const char *key = options_value(arguments, "key");

	session->log = options_value(arguments, "log");
	session->is_yes = options_has(arguments, "yes");
	session->out.is_json = options_has(arguments, "json");
	session->out.is_quiet = options_has(arguments, "quiet");
	if (key != NULL)
		session->key_file = key;
}

static enum err
check_words(const struct command *command, const struct arguments *arguments,
    struct why *w)
{
	if (arguments->has_rest && !command->takes_rest)
		return why(w, ERR_USAGE,
		    "--: %s runs no command; put ./ before names that begin "
		    "with '-'",
		    command->name);
	if (arguments->count < command->words_min)
		return why(w, ERR_USAGE,
		    "something is missing: headwater %s %s", command->name,
		    command->words);
	if (arguments->count > command->words_max)
		return why(w, ERR_USAGE,
		    "%.128s: one word too many: headwater %s %s",
		    arguments->words[command->words_max], command->name,
		    command->words);
	return ERR_OK;
}

/* --json decides how a failure is said, also where parsing is what failed. */
static bool
asks_for_json(char **argv)
{
	for (; *argv != NULL && strcmp(*argv, "--") != 0; argv++) {
		if (strcmp(*argv, "--json") == 0)
			return true;
	}
	return false;
}

int
command_run(struct session *session, const struct command *command, char **argv)
{
	struct why w = { 0 };
	struct arguments *arguments =
	    arena_take(session->arena, 1, sizeof(*arguments));
	enum err err = ERR_MEMORY;

	session->out.is_json = asks_for_json(argv);
	if (arguments != NULL)
		err = options_parse(
		    argv, command->options, command_common, arguments, &w);
	if (err == ERR_OK && options_has(arguments, "help")) {
		command_print_help(&session->out, command);
		return 0;
	}
	if (err == ERR_OK)
		err = check_words(command, arguments, &w);
	if (err == ERR_OK) {
		take_common(session, arguments);
		err = command->run(session, arguments, &w);
	}
	int exit_code =
	    session->exit_code != 0 ? session->exit_code : err_exit_code(err);
	if (err != ERR_OK)
		output_failure(&session->out, err, &w, exit_code);
	return exit_code;
}
