#include "daemon/signer_keyring.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/file.h"
#include "schema/arena.h"

/* a text, its lines, as many signers in force, and them by key */
#define ARENA_MAX (SIGNER_FILE_MAX + ((size_t)48 << 20))
#define NO_LINE SIZE_MAX

struct line {
	struct ssh_signer signer;
	size_t number; /* in the file, from 1 */
	size_t twin;   /* an earlier line with this key, or NO_LINE */
};

struct signer_keyring {
	struct arena *arena; /* holds all that follows, and this */
	struct line *lines;
	size_t count;
	struct ssh_signer *in_force; /* room for `count` */
};

/* ---- what is in force ---- */

static bool
is_valid(const struct ssh_signer *signer, uint64_t stamp_ms)
{
	return signer->valid_after_ms <= stamp_ms &&
	    stamp_ms < signer->valid_before_ms;
}

/* Whether this line brings a key into force that no earlier line did. */
static bool
is_first_valid(
    const struct signer_keyring *keyring, size_t at, uint64_t stamp_ms)
{
	const struct line *line = &keyring->lines[at];

	if (!is_valid(&line->signer, stamp_ms))
		return false;
	for (size_t i = line->twin; i != NO_LINE; i = keyring->lines[i].twin) {
		if (is_valid(&keyring->lines[i].signer, stamp_ms))
			return false;
	}
	return true;
}

uint64_t
signer_keyring_next_ms(const struct signer_keyring *keyring, uint64_t stamp_ms)
{
	uint64_t next_ms = UINT64_MAX;

	for (size_t i = 0; i < keyring->count; i++) {
		const struct ssh_signer *signer = &keyring->lines[i].signer;
		if (signer->valid_after_ms > stamp_ms &&
		    signer->valid_after_ms < next_ms)
			next_ms = signer->valid_after_ms;
		if (signer->valid_before_ms > stamp_ms &&
		    signer->valid_before_ms < next_ms)
			next_ms = signer->valid_before_ms;
	}
	return next_ms;
}

enum err
signer_keyring_print(struct signer_keyring *keyring,
    const struct signer_statement *statement, struct writer *payload,
    struct writer *ret_lines, struct why *w)
{
	size_t count = 0;

	for (size_t i = 0; i < keyring->count; i++) {
		if (is_first_valid(keyring, i, statement->stamp_ms))
			keyring->in_force[count++] = keyring->lines[i].signer;
	}
	struct keyring_terms terms = {
		.origin = statement->origin,
		.signers = keyring->in_force,
		.count = count,
		.previous = statement->previous,
	};
	enum err err = keyring_print(&terms, payload, ret_lines);
	if (err != ERR_OK)
		return why(
		    w, err, "keyring: %zu keys: %s", count, err_text(err));
	return ERR_OK;
}

/* ---- reading ---- */

struct reading {
	const struct signer_source *source;
	struct signer_keyring *keyring;
	struct writer *warnings; /* NULL: nobody listens */
	size_t left_out;	 /* warnings that did not fit */
	struct why *w;
};

/* Lines that will never be in force together are counted together: what is
 * refused then is far from any real file. */
static enum err
check_size(const struct reading *reading)
{
	const struct signer_keyring *keyring = reading->keyring;
	size_t len = 0;

	for (size_t i = 0; i < keyring->count; i++) {
		const struct ssh_signer *signer = &keyring->lines[i].signer;
		if (signer->valid_before_ms > reading->source->now_ms)
			len += signer->principal.len + 1 + SSH_LINE_LEN + 1;
	}
	if (len <= KEYRING_BLOB_MAX)
		return ERR_OK;
	return why(reading->w, ERR_REFUSED,
	    "%s: %zu bytes of lines that are in force or will be, at most %zu "
	    "(about 40,000 keys)",
	    reading->source->path, len, KEYRING_BLOB_MAX);
}

/* By key, and then by line. */
static int
compare_lines(const void *a, const void *b)
{
	const struct line *const *left = a;
	const struct line *const *right = b;
	int order = memcmp((*left)->signer.key.bytes,
	    (*right)->signer.key.bytes, KEY_PUBLIC_LEN);

	if (order != 0)
		return order;
	return (*left)->number < (*right)->number ? -1 : 1;
}

static enum err
refuse_principal(const struct reading *reading, const struct line *line,
    const struct line *other)
{
	return why(reading->w, ERR_REFUSED,
	    "%s:%zu: %.*s has the key of %.*s in line %zu, but a key belongs "
	    "to "
	    "one principal",
	    reading->source->path, line->number,
	    SPAN_ARGS(line->signer.principal),
	    SPAN_ARGS(other->signer.principal), other->number);
}

/* Finds each line's twin; of the lines whose key is another's the first is told. */
static enum err
find_twins(const struct reading *reading)
{
	struct signer_keyring *keyring = reading->keyring;
	const struct line *wrong = NULL;
	const struct line *owner = NULL;
	struct line **sorted =
	    arena_take(keyring->arena, keyring->count, sizeof(struct line *));

	if (sorted == NULL)
		return why(reading->w, ERR_MEMORY, "%s: no memory for it",
		    reading->source->path);
	for (size_t i = 0; i < keyring->count; i++)
		sorted[i] = &keyring->lines[i];
	if (keyring->count > 1)
		qsort(sorted, keyring->count, sizeof(struct line *),
		    compare_lines);
	for (size_t i = 1; i < keyring->count; i++) {
		struct line *line = sorted[i];
		const struct line *other = sorted[i - 1];
		if (!key_public_equal(&other->signer.key, &line->signer.key))
			continue;
		line->twin = (size_t)(other - keyring->lines);
		if (span_equal(line->signer.principal, other->signer.principal))
			continue;
		if (wrong == NULL || line->number < wrong->number) {
			wrong = line;
			owner = other;
		}
	}
	return wrong == NULL ? ERR_OK : refuse_principal(reading, wrong, owner);
}

static void
warn_line(struct reading *reading, size_t number, const struct why *sentence)
{
	uint8_t text[sizeof(sentence->text) + 448];
	struct writer line = writer_of(text, sizeof(text));
	struct writer *to = reading->warnings;

	writer_format(&line, "%.400s:%zu: %s\n", reading->source->path, number,
	    sentence->text);
	/* room is kept for the count of those that are left out */
	if (to == NULL || to->err != ERR_OK ||
	    line.len + 64 > to->cap_max - to->len)
		reading->left_out++;
	else
		writer_span(to, writer_view(&line));
}

static enum err
read_line(struct reading *reading, struct span text, size_t number)
{
	struct signer_keyring *keyring = reading->keyring;
	struct line line = { .number = number, .twin = NO_LINE };
	enum ssh_line kind;
	struct why sentence = { "" };
	enum err err = ssh_signer_parse(text, &kind, &line.signer, &sentence);

	if (err != ERR_OK)
		return why(reading->w, ERR_REFUSED, "%s:%zu: %s",
		    reading->source->path, number, sentence.text);
	switch (kind) {
	case SSH_LINE_NOTHING:
		return ERR_OK;
	case SSH_LINE_SKIPPED:
		warn_line(reading, number, &sentence);
		return ERR_OK;
	case SSH_LINE_SIGNER:
		break;
	}
	if (keyring->count == SIGNER_LINES_MAX)
		return why(reading->w, ERR_REFUSED,
		    "%s:%zu: more than %d signers; remove those that are over",
		    reading->source->path, number, SIGNER_LINES_MAX);
	if (key_public_equal(&line.signer.key, reading->source->log_key))
		return why(reading->w, ERR_REFUSED,
		    "%s:%zu: this is the log's own key, which signs for no "
		    "principal; give %.*s another key",
		    reading->source->path, number,
		    SPAN_ARGS(line.signer.principal));
	keyring->lines[keyring->count++] = line;
	return ERR_OK;
}

static enum err
read_lines(struct reading *reading, struct span text)
{
	enum err err = ERR_OK;

	for (size_t number = 1; err == ERR_OK && text.len > 0; number++) {
		struct span line = text;
		if (!span_cut(&text, '\n', &line))
			text = SPAN_EMPTY; /* the last LF may be missing */
		err = read_line(reading, line, number);
	}
	if (err == ERR_OK)
		err = find_twins(reading);
	if (err == ERR_OK)
		err = check_size(reading);
	if (reading->left_out > 0 && reading->warnings != NULL)
		writer_format(reading->warnings, "and %zu lines more\n",
		    reading->left_out);
	return err;
}

static struct signer_keyring *
keyring_new(struct span *text)
{
	struct arena *arena = arena_new(ARENA_MAX);
	size_t lines = 1;

	if (arena == NULL)
		return NULL;
	*text = arena_copy(arena, *text);
	for (size_t i = 0; i < text->len; i++)
		lines += text->data[i] == '\n';
	if (lines > SIGNER_LINES_MAX)
		lines = SIGNER_LINES_MAX;
	struct signer_keyring *keyring = arena_take(arena, 1, sizeof(*keyring));
	struct line *table = arena_take(arena, lines, sizeof(*table));
	struct ssh_signer *in_force =
	    arena_take(arena, lines, sizeof(*in_force));
	if (text->data == NULL || keyring == NULL || table == NULL ||
	    in_force == NULL) {
		arena_free(arena);
		return NULL;
	}
	keyring->arena = arena;
	keyring->lines = table;
	keyring->in_force = in_force;
	return keyring;
}

enum err
signer_keyring_parse(const struct signer_source *source, struct span text,
    struct signer_keyring **ret, struct writer *warnings, struct why *w)
{
	if (text.len > SIGNER_FILE_MAX)
		return why(w, ERR_REFUSED, "%s: %zu bytes, at most %zu",
		    source->path, text.len, SIGNER_FILE_MAX);
	struct signer_keyring *keyring = keyring_new(&text);
	if (keyring == NULL)
		return why(w, ERR_MEMORY, "%s: no memory for it", source->path);
	struct reading reading = { source, keyring, warnings, 0, w };
	enum err err = read_lines(&reading, text);
	if (err != ERR_OK) {
		signer_keyring_free(keyring);
		return err;
	}
	*ret = keyring;
	return ERR_OK;
}

enum err
signer_keyring_read(const struct signer_source *source,
    struct signer_keyring **ret, struct writer *warnings, struct why *w)
{
	struct arena *arena = arena_new(SIGNER_FILE_MAX + ((size_t)64 << 10));
	struct span text;

	if (arena == NULL)
		return why(w, ERR_MEMORY, "%s: no memory for it", source->path);
	enum err err =
	    file_read(source->path, SIGNER_FILE_MAX, arena, &text, w);
	if (err == ERR_OK)
		err = signer_keyring_parse(source, text, ret, warnings, w);
	arena_free(arena);
	return err;
}

void
signer_keyring_free(struct signer_keyring *keyring)
{
	if (keyring != NULL)
		arena_free(keyring->arena);
}
