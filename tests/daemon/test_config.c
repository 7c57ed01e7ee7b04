/* config: the command line and a file, row by row. */
#include "tests/unit.h"

#include <unistd.h>

#include "daemon/config.h"

#define WORDS_MAX 16
#define SERVE "--data d --key k --signers s --listen l"

struct row {
	const char *name;
	const char *words; /* of the command line */
	const char *file;  /* NULL: none */
	enum err err;
	const char *data; /* what it is in the end */
	uint64_t threads;
};

static const struct row rows[] = {
	{ "all that is needed", SERVE, NULL, ERR_OK, "d", 2 },
	{ "joined values", "--data=d --key=k --signers=s --listen=l", NULL,
	    ERR_OK, "d", 2 },
	{ "a value with =", SERVE " --log-level debug --vkey=a=b", NULL, ERR_OK,
	    "d", 2 },
	{ "nothing", "", NULL, ERR_USAGE, NULL, 0 },
	{ "no data", "--key k --signers s --listen l", NULL, ERR_USAGE, NULL,
	    0 },
	{ "no key", "--data d --signers s --listen l", NULL, ERR_USAGE, NULL,
	    0 },
	{ "check needs data only", "--check --data d", NULL, ERR_OK, "d", 2 },
	{ "withhold", "--withhold 7 --reason x --data d", NULL, ERR_OK, "d",
	    2 },
	{ "withhold without a number", "--withhold x --data d", NULL, ERR_USAGE,
	    NULL, 0 },
	{ "withhold and check", "--withhold 7 --check --data d", NULL,
	    ERR_USAGE, NULL, 0 },
	{ "withhold in a file", SERVE " --config FILE", "withhold = 7\n",
	    ERR_USAGE, NULL, 0 },
	{ "a reason for nothing", SERVE " --reason x", NULL, ERR_USAGE, NULL,
	    0 },
	{ "a quota", SERVE " --quota 0", NULL, ERR_OK, "d", 2 },
	{ "a quota in a file", SERVE " --config FILE",
	    "quota = 1099511627776\n", ERR_OK, "d", 2 },
	{ "too large a quota", SERVE " --quota 1125899906842625", NULL,
	    ERR_USAGE, NULL, 0 },
	{ "check without data", "--check", NULL, ERR_USAGE, NULL, 0 },
	{ "two actions", "--check --reindex --data d", NULL, ERR_USAGE, NULL,
	    0 },
	{ "an action with a value", "--check=1 --data d", NULL, ERR_USAGE, NULL,
	    0 },
	{ "help needs nothing", "--help", NULL, ERR_OK, NULL, 2 },
	{ "also in short", "-h", NULL, ERR_OK, NULL, 2 },
	{ "an unknown option", SERVE " --more 1", NULL, ERR_USAGE, NULL, 0 },
	{ "a part of a name", SERVE " --thread 1", NULL, ERR_USAGE, NULL, 0 },
	{ "one dash", SERVE " -threads 1", NULL, ERR_USAGE, NULL, 0 },
	{ "a word", SERVE " more", NULL, ERR_USAGE, NULL, 0 },
	{ "twice", SERVE " --data e", NULL, ERR_USAGE, NULL, 0 },
	{ "an empty value", "--data= --key k --signers s --listen l", NULL,
	    ERR_USAGE, NULL, 0 },
	{ "the least threads", SERVE " --threads 1", NULL, ERR_OK, "d", 1 },
	{ "none", SERVE " --threads 0", NULL, ERR_USAGE, NULL, 0 },
	{ "the most threads", SERVE " --threads 64", NULL, ERR_OK, "d", 64 },
	{ "one more", SERVE " --threads 65", NULL, ERR_USAGE, NULL, 0 },
	{ "a leading zero", SERVE " --threads 02", NULL, ERR_USAGE, NULL, 0 },
	{ "a file alone", "--config FILE",
	    "data = e\nkey=k\n\tsigners\t=\ts\t\r\n#listen = m\n\nlisten = l",
	    ERR_OK, "e", 2 },
	{ "the command line wins", "--config FILE " SERVE,
	    "data = e\nthreads = 3\n", ERR_OK, "d", 3 },
	{ "also when it stands first", SERVE " --threads 4 --config FILE",
	    "threads = 3\n", ERR_OK, "d", 4 },
	{ "a path with blanks", "--config FILE --key k --signers s --listen l",
	    "data = my log\n", ERR_OK, "my log", 2 },
	{ "a # within a value", "--config FILE --key k --signers s --listen l",
	    "data = my#log\n", ERR_OK, "my#log", 2 },
	{ "a comment behind a value", SERVE " --config FILE",
	    "threads = 3 # of them\n", ERR_USAGE, NULL, 0 },
	{ "a file with a name twice", SERVE " --config FILE",
	    "threads = 3\nthreads = 3\n", ERR_USAGE, NULL, 0 },
	{ "a file with an unknown name", SERVE " --config FILE", "more = 3\n",
	    ERR_USAGE, NULL, 0 },
	{ "a file with an action", SERVE " --config FILE", "check = 1\n",
	    ERR_USAGE, NULL, 0 },
	{ "a file that names a file", SERVE " --config FILE", "config = x\n",
	    ERR_USAGE, NULL, 0 },
	{ "a file with a line without =", SERVE " --config FILE", "threads\n",
	    ERR_USAGE, NULL, 0 },
	{ "no file", SERVE " --config FILE", NULL, ERR_MISSING, NULL, 0 },
};

static void
write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(0, fclose(file));
}

/* Cuts at blanks; FILE becomes the path. */
static int
split(char *words, char *path, char **argv)
{
	int argc = 0;
	char *save = NULL;

	argv[argc++] = path; /* the program's name: anything */
	for (char *word = strtok_r(words, " ", &save); word != NULL;
	     word = strtok_r(NULL, " ", &save)) {
		assert_true(argc < WORDS_MAX);
		argv[argc++] = strcmp(word, "FILE") == 0 ? path : word;
	}
	return argc;
}

static void
test_row(void **state)
{
	const struct row *row = *state;
	char path[] = "/tmp/headwater-config.XXXXXX";
	struct arena *arena = arena_new(1 << 20);
	char *words = strdup(row->words);
	char *argv[WORDS_MAX];
	struct config config;
	struct why w = { "" };

	assert_int_equal(0, close(mkstemp(path)));
	if (row->file == NULL)
		assert_int_equal(0, unlink(path));
	else
		write_file(path, row->file);
	int argc = split(words, path, argv);
	enum err err = config_load(argc, argv, arena, &config, &w);
	if (err != row->err)
		print_message("# %s\n", w.text);
	assert_err(row->err, err);
	if (err == ERR_OK) {
		if (row->data != NULL)
			assert_string_equal(row->data, config.data);
		assert_int_equal(row->threads, config.threads);
	} else {
		assert_true(w.text[0] != '\0');
	}
	(void)unlink(path);
	free(words);
	arena_free(arena);
}

static void
test_a_line_is_named(void **state)
{
	char path[] = "/tmp/headwater-config.XXXXXX";
	char config_word[] = "--config";
	char *argv[] = { path, config_word, path };
	struct arena *arena = arena_new(1 << 20);
	struct config config;
	struct why w = { "" };
	char expected[128];
	(void)state;

	assert_int_equal(0, close(mkstemp(path)));
	write_file(path, "data = d\n\n# a comment\nthreads = 900\n");
	assert_err(ERR_USAGE, config_load(3, argv, arena, &config, &w));
	(void)snprintf(expected, sizeof(expected),
	    "%s:4: threads: a number from 1 to 64", path);
	assert_string_equal(expected, w.text);
	(void)unlink(path);
	arena_free(arena);
}

static void
test_help(void **state)
{
	char text[8192];
	struct writer w = writer_of(text, sizeof(text) - 1);
	(void)state;

	config_print_help(&w);
	assert_err(ERR_OK, writer_end(&w));
	text[w.len] = '\0';
	assert_non_null(strstr(text, "--cut-unsealed"));
}

int
main(int argc, char **argv)
{
	UNIT_ROWS(rows, test_row);
	UNIT(test_a_line_is_named);
	UNIT(test_help);
	return unit_run(argc, argv);
}
