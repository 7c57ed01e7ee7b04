#include "daemon/config.h"

#include <stddef.h>
#include <string.h>

#include "daemon/file.h"
#include "daemon/http.h"
#include "daemon/limits.h"
#include "schema/text.h"

enum kind {
	KIND_TEXT,
	KIND_NUMBER,
	KIND_LEVEL,
	KIND_FILE,     /* --config itself */
	KIND_ACTION,   /* only on the command line, as is what follows */
	KIND_WITHHOLD, /* a number, and the action */
	KIND_FLAG,
};

struct option {
	const char *name;
	enum kind kind;
	size_t offset;
	uint64_t min; /* of numbers; of an action its value */
	uint64_t max;
	const char *argument; /* NULL: it takes none */
	const char *help;
};

#define AT(member) offsetof(struct config, member)

static const struct option options[] = {
	{ "data", KIND_TEXT, AT(data), 0, 0, "DIR",
	    "where the log lies; made where it is missing" },
	{ "key", KIND_TEXT, AT(key), 0, 0, "FILE",
	    "the log's key, of headwater-signer keygen" },
	{ "signers", KIND_TEXT, AT(signers), 0, 0, "FILE",
	    "who may write: an OpenSSH allowed_signers file" },
	{ "listen", KIND_TEXT, AT(listen), 0, 0, "HOST:PORT",
	    "where to answer; port 0 takes a free one" },
	{ "config", KIND_FILE, 0, 0, 0, "FILE",
	    "lines `name = value` with the names of these options" },
	{ "threads", KIND_NUMBER, AT(threads), 1, HTTP_THREADS_MAX, "N",
	    "that answer" },
	{ "connections", KIND_NUMBER, AT(connections), 64, 65536, "N",
	    "open at once" },
	{ "per-address", KIND_NUMBER, AT(per_address), 1, 65536, "N",
	    "connections of one address; loopback is exempt" },
	{ "headers-ms", KIND_NUMBER, AT(headers_ms), 100, 600000, "N",
	    "until a request's headers are there" },
	{ "body-ms", KIND_NUMBER, AT(body_ms), 100, 600000, "N",
	    "until its body is there" },
	{ "answer-ms", KIND_NUMBER, AT(answer_ms), 100, 600000, "N",
	    "until its answer is taken, and 1 s more for each 64 KiB" },
	{ "quota", KIND_NUMBER, AT(quota), 0, (uint64_t)1 << 50, "BYTES",
	    "of blobs that each principal's records may bring" },
	{ "log-level", KIND_LEVEL, AT(log_level), 0, 0, "LEVEL",
	    "debug, info, warn or error" },
	{ "vkey", KIND_TEXT, AT(vkey), 0, 0, "VKEY",
	    "with --check: the log's verifier key, instead of --key" },
	{ "check", KIND_ACTION, AT(action), CONFIG_CHECK, 0, NULL,
	    "compare everything stored with the entries, then end" },
	{ "quick", KIND_FLAG, AT(quick), 0, 0, NULL,
	    "with --check: hashes and index alone, no signature" },
	{ "reindex", KIND_ACTION, AT(action), CONFIG_REINDEX, 0, NULL,
	    "make the index anew from the log, then end" },
	{ "withhold", KIND_WITHHOLD, AT(withhold), 0, INT64_MAX, "INDEX",
	    "take the bytes of one entry away for good, then end" },
	{ "reason", KIND_TEXT, AT(reason), 0, 0, "TEXT",
	    "with --withhold: what is told to whoever asks for it" },
	{ "cut-unsealed", KIND_FLAG, AT(cut_unsealed), 0, 0, NULL,
	    "drop entries that were never signed, where one is damaged" },
	{ "help", KIND_ACTION, AT(action), CONFIG_HELP, 0, NULL, "print this" },
	{ "version", KIND_ACTION, AT(action), CONFIG_VERSION, 0, NULL,
	    "print the version" },
};

#define OPTIONS (sizeof(options) / sizeof(options[0]))

struct reading {
	struct config config;
	const char *file;
	struct arena *arena;
	bool given[OPTIONS];
	struct why *w;
};

static enum err
find(struct reading *reading, struct span name, size_t *ret)
{
	for (*ret = 0; *ret < OPTIONS; (*ret)++) {
		if (span_is(name, options[*ret].name))
			return ERR_OK;
	}
	return why(reading->w, ERR_USAGE,
	    "%.*s: there is no such option; --help lists them",
	    SPAN_ARGS(span_part(name, 0, 64)));
}

/* ---- values ---- */

static enum err
set_number(
    struct reading *reading, const struct option *option, struct span value)
{
	uint64_t number;

	if (!text_undecimal(value, option->max, &number) ||
	    number < option->min)
		return why(reading->w, ERR_USAGE,
		    "%s: a number from %llu to %llu", option->name,
		    (unsigned long long)option->min,
		    (unsigned long long)option->max);
	memcpy(
	    (char *)&reading->config + option->offset, &number, sizeof(number));
	return ERR_OK;
}

static enum err
set_level(struct reading *reading, struct span value)
{
	/* in the order of enum log_level */
	static const char *const names[] = { "debug", "info", "warn", "error" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (span_is(value, names[i])) {
			reading->config.log_level = (enum log_level)i;
			return ERR_OK;
		}
	}
	return why(
	    reading->w, ERR_USAGE, "log-level: debug, info, warn or error");
}

static enum err
set_text(
    struct reading *reading, const struct option *option, struct span value)
{
	struct span copy = arena_copy(reading->arena, value);
	const char *text = (const char *)copy.data;

	if (text == NULL)
		return why(reading->w, ERR_MEMORY, "out of memory");
	if (value.len == 0 || strlen(text) != value.len)
		return why(reading->w, ERR_USAGE,
		    "%s: must not be empty nor hold a NUL", option->name);
	if (option->kind == KIND_FILE)
		reading->file = text;
	else
		memcpy((char *)&reading->config + option->offset, &text,
		    sizeof(text));
	return ERR_OK;
}

static enum err
set_action(struct reading *reading, const struct option *option,
    enum config_action action)
{
	if (reading->config.action != CONFIG_SERVE)
		return why(reading->w, ERR_USAGE, "--%s: one thing at a time",
		    option->name);
	reading->config.action = action;
	return ERR_OK;
}

static enum err
set(struct reading *reading, size_t at, struct span value)
{
	const struct option *option = &options[at];

	if (reading->given[at])
		return why(
		    reading->w, ERR_USAGE, "%s: given twice", option->name);
	reading->given[at] = true;
	switch (option->kind) {
	case KIND_TEXT:
	case KIND_FILE:
		return set_text(reading, option, value);
	case KIND_NUMBER:
		return set_number(reading, option, value);
	case KIND_LEVEL:
		return set_level(reading, value);
	case KIND_ACTION:
		return set_action(
		    reading, option, (enum config_action)option->min);
	case KIND_WITHHOLD:
		if (set_number(reading, option, value) != ERR_OK)
			return ERR_USAGE;
		return set_action(reading, option, CONFIG_WITHHOLD);
	case KIND_FLAG:
		memcpy((char *)&reading->config + option->offset,
		    &(bool){ true }, sizeof(bool));
	}
	return ERR_OK;
}

/* ---- the command line ---- */

/* `--name value` or `--name=value`; `*at` moves past what was used. */
static enum err
take_argument(struct reading *reading, int argc, char *const *argv, int *at)
{
	struct span word = span_of_text(argv[(*at)++]);
	struct span value = SPAN_EMPTY;
	size_t which;

	if (span_is(word, "-h"))
		word = span_of_text("--help");
	if (!span_starts(word, "--"))
		return why(reading->w, ERR_USAGE,
		    "`%.*s`: options begin with --; --help lists them",
		    SPAN_ARGS(span_part(word, 0, 64)));
	struct span name = span_part(word, 2, word.len);
	size_t equals = span_find(name, '=');
	bool is_joined = equals < name.len;
	if (is_joined) {
		value = span_part(name, equals + 1, name.len);
		name = span_part(name, 0, equals);
	}
	if (find(reading, name, &which) != ERR_OK)
		return ERR_USAGE;
	if (options[which].argument != NULL && !is_joined) {
		if (*at == argc)
			return why(reading->w, ERR_USAGE,
			    "--%s: its %s is missing", options[which].name,
			    options[which].argument);
		value = span_of_text(argv[(*at)++]);
	} else if (options[which].argument == NULL && is_joined) {
		return why(reading->w, ERR_USAGE, "--%s: takes no value",
		    options[which].name);
	}
	return set(reading, which, value);
}

/* ---- the file ---- */

static bool
is_blank(uint8_t byte)
{
	return byte == ' ' || byte == '\t' || byte == '\r';
}

static struct span
trim(struct span text)
{
	while (text.len > 0 && is_blank(text.data[0]))
		text = span_part(text, 1, text.len);
	while (text.len > 0 && is_blank(text.data[text.len - 1]))
		text.len--;
	return text;
}

static enum err
take_line(
    struct reading *reading, const bool *on_command_line, struct span line)
{
	struct span name;
	size_t which;

	line = trim(line);
	if (line.len == 0 || line.data[0] == '#')
		return ERR_OK;
	if (!span_cut(&line, '=', &name))
		return why(reading->w, ERR_USAGE,
		    "a line has the form `name = value`");
	name = trim(name);
	if (find(reading, name, &which) != ERR_OK)
		return ERR_USAGE;
	if (options[which].argument == NULL ||
	    options[which].kind == KIND_FILE ||
	    options[which].kind == KIND_WITHHOLD)
		return why(reading->w, ERR_USAGE,
		    "%.*s: cannot be set in a file",
		    SPAN_ARGS(span_part(name, 0, 64)));
	if (on_command_line[which])
		return ERR_OK;
	struct span value = trim(line);
	size_t at = span_find(value, '#');
	if (at > 0 && at < value.len && value.data[at - 1] == ' ')
		return why(reading->w, ERR_USAGE,
		    "%s: a comment stands on a line of its own",
		    options[which].name);
	return set(reading, which, value);
}

static enum err
read_file(struct reading *reading)
{
	bool on_command_line[OPTIONS];
	struct span rest, line;
	enum err err = file_read(
	    reading->file, CONFIG_FILE_MAX, reading->arena, &rest, reading->w);

	memcpy(on_command_line, reading->given, sizeof(on_command_line));
	for (size_t number = 1; err == ERR_OK && rest.len > 0; number++) {
		if (!span_cut(&rest, '\n', &line)) {
			line = rest;
			rest = SPAN_EMPTY;
		}
		err = take_line(reading, on_command_line, line);
		if (err == ERR_OK)
			continue;
		char place[300];
		(void)snprintf(
		    place, sizeof(place), "%s:%zu", reading->file, number);
		why_prefix(reading->w, place);
	}
	return err;
}

/* ---- what is missing ---- */

static enum err
judge_serve(const struct config *config, struct why *w)
{
	if (config->key == NULL)
		return why(w, ERR_USAGE,
		    "no --key: make one with: headwater-signer keygen "
		    "--origin log.example.org/models --key FILE");
	if (config->signers == NULL)
		return why(w, ERR_USAGE,
		    "no --signers: a file of lines such as: lab ssh-ed25519 "
		    "AAAA...; make a key with: ssh-keygen -t ed25519");
	if (config->listen != NULL)
		return ERR_OK;
	return why(w, ERR_USAGE,
	    "no --listen: give HOST:PORT, such as 127.0.0.1:8080");
}

static enum err
judge(const struct config *config, struct why *w)
{
	if (config->action == CONFIG_HELP || config->action == CONFIG_VERSION)
		return ERR_OK;
	if (config->data == NULL)
		return why(w, ERR_USAGE,
		    "no --data: the log's directory; a new one begins a log");
	if (config->reason != NULL && config->action != CONFIG_WITHHOLD)
		return why(w, ERR_USAGE, "reason: only with --withhold");
	if (config->reason != NULL &&
	    (strlen(config->reason) > CONFIG_REASON_MAX ||
		!text_is_line(span_of_text(config->reason))))
		return why(w, ERR_USAGE, "reason: one line of at most %d bytes",
		    CONFIG_REASON_MAX);
	if (config->quick && config->action != CONFIG_CHECK)
		return why(w, ERR_USAGE, "quick: only with --check");
	if (config->connections < config->threads)
		return why(w, ERR_USAGE, "connections: fewer than threads");
	return config->action == CONFIG_SERVE ? judge_serve(config, w) : ERR_OK;
}

enum err
config_load(int argc, char *const *argv, struct arena *arena,
    struct config *ret, struct why *w)
{
	const struct http_options http = http_defaults(NULL);
	struct reading reading = {
		.config = {
			.threads = http.threads,
			.per_address = http.per_address,
			.connections = http.connections,
			.headers_ms = http.deadlines.headers_ms,
			.body_ms = http.deadlines.body_ms,
			.answer_ms = http.deadlines.answer_ms,
			.quota = QUOTA_DEFAULT,
			.log_level = LOG_INFO,
		},
		.arena = arena,
		.w = w,
	};
	enum err err = ERR_OK;
	int at = 1;

	while (err == ERR_OK && at < argc)
		err = take_argument(&reading, argc, argv, &at);
	if (err == ERR_OK && reading.file != NULL)
		err = read_file(&reading);
	if (err == ERR_OK)
		err = judge(&reading.config, w);
	if (err == ERR_OK)
		*ret = reading.config;
	return err;
}

void
config_print_help(struct writer *w)
{
	writer_text(w,
	    "headwaterd --data DIR --key FILE --signers FILE --listen "
	    "HOST:PORT\n\n");
	for (size_t i = 0; i < OPTIONS; i++) {
		const struct option *option = &options[i];
		char name[32];
		(void)snprintf(name, sizeof(name), "--%s %s", option->name,
		    option->argument != NULL ? option->argument : "");
		writer_format(w, "  %-22s %s\n", name, option->help);
	}
	writer_text(w, "\nheadwaterd(8) has the rest.\n");
}
