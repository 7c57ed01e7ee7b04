#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/signer.h"
#include "daemon/signer_key.h"
#include "daemon/signer_state.h"

#define EXIT_USAGE 2

enum option {
	OPTION_KEY = 1,
	OPTION_ORIGIN = 2,
	OPTION_SIGNERS = 4,
	OPTION_NEW = 8,
};

struct arguments {
	unsigned given; /* of enum option */
	const char *key;
	const char *origin;
	const char *signers;
};

struct command {
	const char *name;
	unsigned needs; /* of enum option */
	unsigned allows;
	const char *usage;
	enum err (*run)(const struct arguments *arguments, struct why *w);
};

/* ---- commands ---- */

static enum err
print_key(const struct note_key *key, struct why *w)
{
	char text[NOTE_VKEY_MAX];

	note_key_print(key, text);
	if (printf("%s\n", text) < 0 || fflush(stdout) != 0)
		return why(w, ERR_IO, "standard output: cannot write to it");
	return ERR_OK;
}

static enum err
run_keygen(const struct arguments *arguments, struct why *w)
{
	struct note_key key;
	enum err err =
	    signer_key_make(arguments->origin, arguments->key, &key, w);

	return err == ERR_OK ? print_key(&key, w) : err;
}

static enum err
read_key(const char *path, struct note_key *ret, struct why *w)
{
	struct secret_key *secret;
	enum err err = signer_key_read(path, ret, &secret, w);

	if (err == ERR_OK)
		key_secret_free(secret);
	return err;
}

static enum err
run_vkey(const struct arguments *arguments, struct why *w)
{
	struct note_key key;
	enum err err = read_key(arguments->key, &key, w);

	return err == ERR_OK ? print_key(&key, w) : err;
}

static enum err
show_state(const struct signer_state *state, struct why *w)
{
	uint8_t text[256];
	struct writer out = writer_of(text, sizeof(text));

	writer_text(&out, "size ");
	writer_decimal(&out, state->edge.size);
	writer_text(&out, "\nroot ");
	writer_base64(&out, hash_span(&state->root));
	if (state->damaged > 0)
		writer_format(&out, "\ndamaged %u of %d copies", state->damaged,
		    SIGNER_SLOTS * SIGNER_COPIES);
	writer_u8(&out, '\n');
	struct span view = writer_view(&out);
	if (fwrite(view.data, 1, view.len, stdout) != view.len ||
	    fflush(stdout) != 0)
		return why(w, ERR_IO, "standard output: cannot write to it");
	return ERR_OK;
}

static enum err
look_at_state(const char *path, const struct note_key *key,
    struct signer_state *ret, struct why *w)
{
	enum err err = signer_state_look(path, key, ret, w);

	if (err == ERR_MISSING)
		return why(w, err,
		    "%s: is not there; put it back, or, if it is lost, start "
		    "one at size 0 with state --new",
		    path);
	return err;
}

static enum err
run_state(const struct arguments *arguments, struct why *w)
{
	char path[PATH_MAX];
	struct note_key key;
	struct signer_state state;
	enum err err = signer_state_path(arguments->key, path, w);

	if (err == ERR_OK)
		err = read_key(arguments->key, &key, w);
	if (err == ERR_OK && (arguments->given & OPTION_NEW) != 0)
		err = signer_state_create(path, &key, w);
	if (err == ERR_OK)
		err = look_at_state(path, &key, &state, w);
	return err == ERR_OK ? show_state(&state, w) : err;
}

/* ---- serve ---- */

/* Ends with the daemon; leaves no copy of the key where others look. */
static enum err
harden(struct why *w)
{
	static const int ignored[] = { SIGPIPE, SIGINT, SIGTERM, SIGHUP };
	struct rlimit none = { 0, 0 };

	/* ^C in a terminal is for the daemon, which still needs us to finish
	 * what it has begun; our end is the end of its stream */
	for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
		(void)signal(ignored[i], SIG_IGN);
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 ||
	    prctl(PR_SET_DUMPABLE, 0) != 0 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
	    setrlimit(RLIMIT_CORE, &none) != 0)
		return why(w, ERR_IO, "signer: cannot shut itself off: %s",
		    strerror(errno));
	if (close_range(SIGNER_FD + 1, ~0U, 0) != 0)
		return why(w, ERR_IO, "signer: cannot close what it inherited");
	return ERR_OK;
}

static enum err
start(const struct arguments *arguments, struct signer **ret, struct why *w)
{
	struct signer_setup setup = {
		.key_path = arguments->key,
		.signers_path = arguments->signers,
	};
	char text[SIGNER_WARNINGS_MAX / 2];
	struct writer warnings = writer_of(text, sizeof(text));
	enum err err = harden(w);

	if (err == ERR_OK)
		err = signer_new(&setup, ret, &warnings, w);
	struct span lines = writer_view(&warnings);
	for (struct span line; span_cut(&lines, '\n', &line);)
		(void)fprintf(stderr, "headwater-signer: warning: %.*s\n",
		    SPAN_ARGS(line));
	return err;
}

static enum err
run_serve(const struct arguments *arguments, struct why *w)
{
	struct signer *signer = NULL;
	struct stat st;

	if (fstat(SIGNER_FD, &st) != 0 || !S_ISSOCK(st.st_mode))
		return why(w, ERR_USAGE,
		    "serve: headwaterd starts this, with its socket as "
		    "descriptor %d",
		    SIGNER_FD);
	enum err err = start(arguments, &signer, w);
	if (err != ERR_OK) {
		/* the daemon tells it, with what it was about to do */
		signer_wire_refuse(SIGNER_FD, err, w);
		exit(err_exit_code(err));
	}
	err = signer_serve(signer, SIGNER_FD, SIGNER_FD, w);
	signer_free(signer);
	return err;
}

/* ---- arguments ---- */

static const struct command commands[] = {
	{ "keygen", OPTION_ORIGIN | OPTION_KEY, 0,
	    "keygen --origin log.example.org/models --key FILE", run_keygen },
	{ "vkey", OPTION_KEY, 0, "vkey --key FILE", run_vkey },
	{ "state", OPTION_KEY, OPTION_NEW, "state [--new] --key FILE",
	    run_state },
	{ "serve", OPTION_KEY | OPTION_SIGNERS, 0,
	    "serve --key FILE --signers ALLOWED_SIGNERS", run_serve },
};

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static const char help[] =
    "headwater-signer holds a log's key and signs only what extends the log.\n"
    "\n"
    "  keygen --origin ORIGIN --key FILE   make a key and its state\n"
    "  vkey --key FILE                     print the verifier key\n"
    "  state --key FILE                    print size and root signed last\n"
    "  state --new --key FILE              start a lost state at size 0\n"
    "  serve --key FILE --signers FILE     as headwaterd starts it\n"
    "\n"
    "The manual is headwater-signer(8).\n";

/* Where an option's value goes; NULL: it has none. */
static const char **
value_of(struct arguments *arguments, const char *name, unsigned *ret_option)
{
	static const char *const names[] = { "--key", "--origin", "--signers",
		"--new" };
	const char **const places[] = { &arguments->key, &arguments->origin,
		&arguments->signers, NULL };

	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(name, names[i]) != 0)
			continue;
		*ret_option = 1U << i;
		return places[i];
	}
	*ret_option = 0;
	return NULL;
}

static enum err
parse_arguments(const struct command *command, char **argv,
    struct arguments *ret, struct why *w)
{
	struct arguments arguments = { .given = 0 };

	for (; *argv != NULL; argv++) {
		unsigned option;
		const char **place = value_of(&arguments, *argv, &option);
		if ((option & (command->needs | command->allows)) == 0)
			return why(w, ERR_USAGE,
			    "%s: not an option here; use: headwater-signer %s",
			    *argv, command->usage);
		if ((arguments.given & option) != 0)
			return why(w, ERR_USAGE, "%s: give it once", *argv);
		arguments.given |= option;
		if (place == NULL)
			continue;
		if (argv[1] == NULL || argv[1][0] == 0)
			return why(w, ERR_USAGE,
			    "%s: needs a value; use: headwater-signer %s",
			    *argv, command->usage);
		*place = *++argv;
	}
	if ((arguments.given & command->needs) != command->needs)
		return why(w, ERR_USAGE,
		    "an option is missing; use: headwater-signer %s",
		    command->usage);
	*ret = arguments;
	return ERR_OK;
}

static enum err
run(char **argv, struct why *w)
{
	struct arguments arguments;

	for (size_t i = 0; i < COMMANDS; i++) {
		const struct command *command = &commands[i];
		if (strcmp(argv[1], command->name) != 0)
			continue;
		enum err err =
		    parse_arguments(command, argv + 2, &arguments, w);
		if (err == ERR_OK)
			err = key_start(w);
		return err == ERR_OK ? command->run(&arguments, w) : err;
	}
	return why(w, ERR_USAGE,
	    "%s: not a command; keygen, vkey, state and serve are, and --help "
	    "says more",
	    argv[1]);
}

int
main(int argc, char **argv)
{
	struct why w = { "" };

	if (argc < 2) {
		(void)fputs("headwater-signer: say what to do; --help lists "
			    "the commands\n",
		    stderr);
		return EXIT_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0)
		return fputs(help, stdout) < 0 || fflush(stdout) != 0;
	if (strcmp(argv[1], "--version") == 0)
		return puts("headwater-signer " HEADWATER_VERSION) < 0 ||
		    fflush(stdout) != 0;
	enum err err = run(argv, &w);
	if (err == ERR_OK)
		return EXIT_SUCCESS;
	(void)fprintf(stderr, "headwater-signer: %s\n",
	    w.text[0] == 0 ? err_text(err) : w.text);
	return err_exit_code(err);
}
