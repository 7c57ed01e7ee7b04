/*
 * options: a command's words and options, by a table.
 *
 * `--name VALUE`, `--name=VALUE`, `-n VALUE`, flags; `--` ends them.  Unknown ones
 * are ERR_USAGE with the nearest known name.
 *
 * Threads: any.  Memory: borrows argv.
 */
#ifndef HEADWATER_CLIENT_OPTIONS_H
#define HEADWATER_CLIENT_OPTIONS_H

#include <stdbool.h>

#include "schema/err.h"

#define OPTIONS_MAX 4096 /* given in one call; `record run` has many inputs */
#define OPTIONS_WORDS_MAX 4096

struct option_row {
	const char *name;  /* "proof" */
	char letter;	   /* 0: none */
	bool is_many;	   /* may be given more than once */
	const char *value; /* "FILE", as help names it; NULL: a flag */
	const char *help;  /* one line */
};

struct option_given {
	const struct option_row *row;
	const char *value; /* NULL of a flag */
};

struct arguments {
	size_t count; /* words that are no options */
	const char *words[OPTIONS_WORDS_MAX];
	size_t given_count; /* in the order given */
	struct option_given given[OPTIONS_MAX];
	bool has_rest; /* `--` was given */
	size_t rest_count;
	char **rest; /* what stood behind it, NULL-terminated as argv */
};

/* Two tables, each ended by a row without a name: the command's, the common. */
MUST_CHECK enum err options_parse(char **argv, const struct option_row *rows,
    const struct option_row *common, struct arguments *ret, struct why *w);

bool options_has(const struct arguments *arguments, const char *name);
/* The (last) value; NULL where it was not given. */
const char *options_value(const struct arguments *arguments, const char *name);
/* The next value of an option at or after `*at`, which moves on; NULL at the
 * end.  `size_t at = 0; while ((value = options_next(a, "input", &at)) …` */
const char *options_next(
    const struct arguments *arguments, const char *name, size_t *at);

/* The nearest of `count` names by edit distance, or NULL where none is near. */
const char *options_nearest(
    const char *text, const char *const *names, size_t count);

#endif
