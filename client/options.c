#include "client/options.h"

#include <string.h>

#define NAME_MAX_LEN 64 /* longer words are near to nothing */

/* ---- what is near ---- */

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Edit distance (insert, delete, replace, swap two neighbours) of two short
 * words: optimal string alignment. */
struct distance {
	const char *a;
	const char *b;
	size_t rows[3][NAME_MAX_LEN + 1]; /* of the last lengths of `a` */
};

/* Of the first `i` and `j` of them. */
static size_t
distance_at(const struct distance *d, size_t i, size_t j)
{
	const size_t *above = d->rows[(i + 2) % 3];
	const char *a = d->a + i;
	const char *b = d->b + j;

	if (i == 0 || j == 0)
		return i + j;
	size_t best = least(above[j], d->rows[i % 3][j - 1]) + 1;
	best = least(best, above[j - 1] + (a[-1] != b[-1]));
	if (i > 1 && j > 1 && a[-1] == b[-2] && a[-2] == b[-1])
		best = least(best, d->rows[(i + 1) % 3][j - 2] + 1);
	return best;
}

static size_t
distance(const char *a, const char *b)
{
	struct distance d = { .a = a, .b = b };
	size_t a_len = strlen(a);
	size_t b_len = strlen(b);

	for (size_t i = 0; i <= a_len; i++)
		for (size_t j = 0; j <= b_len; j++)
			d.rows[i % 3][j] = distance_at(&d, i, j);
	return d.rows[a_len % 3][b_len];
}

const char *
options_nearest(const char *text, const char *const *names, size_t count)
{
	const char *nearest = NULL;
	size_t best = strlen(text) / 3 + 2; /* below it: near */

	if (strlen(text) > NAME_MAX_LEN)
		return NULL;
	for (size_t i = 0; i < count; i++) {
		if (strlen(names[i]) > NAME_MAX_LEN)
			continue;
		size_t far = distance(text, names[i]);
		if (far < best && far < strlen(names[i])) {
			best = far;
			nearest = names[i];
		}
	}
	return nearest;
}

/* ---- parsing ---- */

struct parse {
	const struct option_row *tables[2];
	struct arguments *arguments;
	struct why *why;
};

static const struct option_row *
find(const struct parse *p, const char *name, size_t len, char letter)
{
	for (size_t table = 0; table < 2; table++) {
		const struct option_row *row = p->tables[table];
		for (; row->name != NULL; row++) {
			bool is_letter = letter != 0 && row->letter == letter;
			bool is_name = letter == 0 &&
			    strlen(row->name) == len &&
			    memcmp(row->name, name, len) == 0;
			if (is_letter || is_name)
				return row;
		}
	}
	return NULL;
}

static enum err
refuse_unknown(const struct parse *p, const char *word, size_t len)
{
	const char *names[128];
	char name[NAME_MAX_LEN + 1];
	size_t count = 0;

	for (size_t table = 0; table < 2; table++) {
		const struct option_row *row = p->tables[table];
		for (; row->name != NULL && count < 128; row++)
			names[count++] = row->name;
	}
	if (len > NAME_MAX_LEN)
		len = NAME_MAX_LEN;
	memcpy(name, word, len);
	name[len] = '\0';
	const char *nearest = options_nearest(name, names, count);
	if (nearest == NULL)
		return why(p->why, ERR_USAGE,
		    "--%s: no such option; --help lists them", name);
	return why(p->why, ERR_USAGE,
	    "--%s: no such option; did you mean --%s?", name, nearest);
}

static enum err
keep(const struct parse *p, const struct option_row *row, const char *value)
{
	struct arguments *a = p->arguments;

	if (value != NULL && value[0] == '\0')
		return why(p->why, ERR_USAGE, "--%s: its value is empty (%s)",
		    row->name, row->value);
	if (!row->is_many && options_has(a, row->name))
		return why(p->why, ERR_USAGE,
		    "--%s: given twice, but there can be only one", row->name);
	if (a->given_count == OPTIONS_MAX)
		return why(p->why, ERR_USAGE,
		    "more than %d options: use several calls", OPTIONS_MAX);
	a->given[a->given_count++] =
	    (struct option_given){ .row = row, .value = value };
	return ERR_OK;
}

/* A value that stands in the same word, or the next word. */
static enum err
take_value(const struct parse *p, const struct option_row *row,
    const char *inside, char ***argv)
{
	if (row->value == NULL && inside != NULL)
		return why(
		    p->why, ERR_USAGE, "--%s: takes no value", row->name);
	if (row->value == NULL)
		return keep(p, row, NULL);
	if (inside != NULL)
		return keep(p, row, inside);
	if ((*argv)[1] == NULL)
		return why(p->why, ERR_USAGE, "--%s: a value is missing (%s)",
		    row->name, row->value);
	(*argv)++;
	return keep(p, row, **argv);
}

static enum err
take_long(const struct parse *p, char ***argv)
{
	const char *name = **argv + 2;
	const char *equals = strchr(name, '=');
	size_t len = equals != NULL ? (size_t)(equals - name) : strlen(name);
	const struct option_row *row = find(p, name, len, 0);

	if (row == NULL)
		return refuse_unknown(p, name, len);
	return take_value(p, row, equals != NULL ? equals + 1 : NULL, argv);
}

static enum err
take_short(const struct parse *p, char ***argv)
{
	const char *word = **argv;
	const struct option_row *row = find(p, NULL, 0, word[1]);

	if (row == NULL)
		return why(p->why, ERR_USAGE,
		    "-%c: no such option; --help lists them", word[1]);
	return take_value(p, row, word[2] != '\0' ? word + 2 : NULL, argv);
}

static enum err
take_word(const struct parse *p, const char *word)
{
	if (word[0] == '\0') /* "$ID" that was never set */
		return why(p->why, ERR_USAGE,
		    "argument %zu: empty; a name is needed",
		    p->arguments->count + 1);
	if (p->arguments->count == OPTIONS_WORDS_MAX)
		return why(
		    p->why, ERR_USAGE, "more than %d words", OPTIONS_WORDS_MAX);
	p->arguments->words[p->arguments->count++] = word;
	return ERR_OK;
}

enum err
options_parse(char **argv, const struct option_row *rows,
    const struct option_row *common, struct arguments *ret, struct why *w)
{
	struct parse p = { { rows, common }, ret, w };
	enum err err = ERR_OK;

	ret->count = 0;
	ret->given_count = 0;
	ret->has_rest = false;
	ret->rest_count = 0;
	ret->rest = NULL;
	for (; *argv != NULL && err == ERR_OK && !ret->has_rest; argv++) {
		const char *word = *argv;
		if (strcmp(word, "--") == 0) {
			ret->has_rest = true;
			ret->rest = argv + 1;
		} else if (word[0] == '-' && word[1] == '-') {
			err = take_long(&p, &argv);
		} else if (word[0] == '-' && word[1] != '\0') {
			err = take_short(&p, &argv);
		} else {
			err = take_word(&p, word);
		}
	}
	while (ret->has_rest && ret->rest[ret->rest_count] != NULL)
		ret->rest_count++;
	return err;
}

/* ---- asking ---- */

const char *
options_next(const struct arguments *arguments, const char *name, size_t *at)
{
	while (*at < arguments->given_count) {
		const struct option_given *given = &arguments->given[(*at)++];
		if (strcmp(given->row->name, name) == 0)
			return given->value;
	}
	return NULL;
}

const char *
options_value(const struct arguments *arguments, const char *name)
{
	size_t at = 0;

	return options_next(arguments, name, &at);
}

bool
options_has(const struct arguments *arguments, const char *name)
{
	for (size_t i = 0; i < arguments->given_count; i++) {
		if (strcmp(arguments->given[i].row->name, name) == 0)
			return true;
	}
	return false;
}
