/*
 * command: what a command is, and the table of them.
 *
 * A new command: a file cmd_<name>.c with its `const struct command`, a line
 * below, a row in main.c's table, its name in the Makefile's CLIENT list.
 *
 * run returns ERR_OK (exit 0) or a failure whose sentence is in `*w`; main says
 * it and ends with err_exit_code, unless session->exit_code is set.
 */
#ifndef HEADWATER_CLIENT_COMMAND_H
#define HEADWATER_CLIENT_COMMAND_H

#include "client/options.h"
#include "client/session.h"

struct command {
	const char *name;    /* "verify"; "record run" is two words */
	const char *summary; /* one line of `headwater --help` */
	const char *words;   /* "PATH... --proof FILE" */
	const char *help;    /* paragraphs, each line ends in LF */
	size_t words_min;
	size_t words_max;
	bool takes_rest; /* `-- COMMAND ARGS` */
	const struct option_row *options;
	enum err (*run)(struct session *session,
	    const struct arguments *arguments, struct why *w);
};

extern const struct command command_init;
extern const struct command command_submit;
extern const struct command command_show;
extern const struct command command_verify;
extern const struct command command_audit;
extern const struct command command_trace;
extern const struct command command_find;
extern const struct command command_contains;
extern const struct command command_affected;
extern const struct command command_absent;
extern const struct command command_contaminated;
extern const struct command command_diff;
extern const struct command command_export;
extern const struct command command_manifest;
extern const struct command command_upload;
extern const struct command command_disclose;
extern const struct command command_exclude;
extern const struct command command_record_disclosure;
extern const struct command command_record_dataset;
extern const struct command command_record_code;
extern const struct command command_record_model;
extern const struct command command_record_run;
extern const struct command command_record_evaluation;
extern const struct command command_record_release;
extern const struct command command_record_license;
extern const struct command command_licenses;
extern const struct command command_openness;
extern const struct command command_record_withdrawal;
extern const struct command command_import_hf;
extern const struct command command_record_advisory;
extern const struct command command_record_reply;
extern const struct command command_record_audit;
extern const struct command command_attest;

/* --json --log --key --yes --quiet --help; ends in a row without a name. */
extern const struct option_row command_common[];

void command_print_help(struct output *out, const struct command *command);

/* Parses the options and runs it; the exit code. */
int command_run(
    struct session *session, const struct command *command, char **argv);

#endif
