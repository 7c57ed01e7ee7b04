#include <stdlib.h>
#include <string.h>

#include "schema/manifest.h"
#include "schema/text.h"

#define SALT_TEXT_LEN TEXT_HEX_LEN(MANIFEST_SALT_LEN)

static int
compare_salts(const void *a, const void *b)
{
	const struct manifest_salted *left = a;
	const struct manifest_salted *right = b;

	return memcmp(left->salt, right->salt, MANIFEST_SALT_LEN);
}

static int
compare_paths(const void *a, const void *b)
{
	const struct manifest_salted *left = a;
	const struct manifest_salted *right = b;

	return span_compare(left->file.path, right->file.path);
}

/* Each path once; sorts by it. */
static enum err
check_unique(struct manifest_salted *lines, size_t count, struct why *w)
{
	if (count > 1)
		qsort(lines, count, sizeof(*lines), compare_paths);
	for (size_t i = 1; i < count; i++) {
		if (compare_paths(&lines[i - 1], &lines[i]) == 0)
			return why(w, ERR_CONFLICT,
			    "path: \"%.*s\" comes twice",
			    SPAN_ARGS(lines[i].file.path));
	}
	return ERR_OK;
}

enum err
manifest_line_parse_salted(struct span line, struct manifest_salted *ret)
{
	struct manifest_salted parsed;
	struct span rest = span_part(line, SALT_TEXT_LEN + 1, line.len);

	if (!text_unhex(span_part(line, 0, SALT_TEXT_LEN), parsed.salt,
		MANIFEST_SALT_LEN) ||
	    !span_is(span_part(line, SALT_TEXT_LEN, 1), " ") ||
	    manifest_line_parse(rest, &parsed.file) != ERR_OK)
		return ERR_SYNTAX;
	*ret = parsed;
	return ERR_OK;
}

void
manifest_line_print_salted(const struct manifest_salted *line, struct writer *w)
{
	writer_hex(w, span_of(line->salt, MANIFEST_SALT_LEN));
	writer_u8(w, ' ');
	manifest_line_print(&line->file, w);
}

enum err
manifest_print_salted(struct manifest_salted *lines, size_t count,
    struct writer *w, struct why *w_why)
{
	for (size_t i = 0; i < count; i++) {
		enum err err = manifest_check_path(lines[i].file.path, w_why);
		if (err != ERR_OK)
			return err;
	}
	enum err err = check_unique(lines, count, w_why);
	if (err != ERR_OK)
		return err;
	if (count > 1)
		qsort(lines, count, sizeof(*lines), compare_salts);
	for (size_t i = 1; i < count; i++) {
		if (compare_salts(&lines[i - 1], &lines[i]) == 0)
			return why(
			    w_why, ERR_CONFLICT, "salt: one comes twice");
	}
	for (size_t i = 0; i < count; i++)
		manifest_line_print_salted(&lines[i], w);
	if (writer_end(w) != ERR_OK)
		return why(w_why, writer_end(w), "manifest: too long");
	return ERR_OK;
}

static enum err
parse_lines(struct span text, struct manifest_salted *lines, size_t count,
    struct why *w)
{
	struct span line = SPAN_EMPTY;

	for (size_t i = 0; i < count; i++) {
		(void)span_cut(&text, '\n', &line);
		if (manifest_line_parse_salted(line, &lines[i]) != ERR_OK)
			return why(w, ERR_SYNTAX,
			    "line %zu: 32 hex digits, a space, 64 hex digits, "
			    "two spaces and a relative path are needed",
			    i + 1);
		if (i > 0 && compare_salts(&lines[i - 1], &lines[i]) >= 0)
			return why(w, ERR_SYNTAX,
			    "line %zu: not sorted by salt, each once", i + 1);
	}
	if (text.len > 0)
		return why(w, ERR_SYNTAX, "line %zu: not ended by a newline",
		    count + 1);
	return ERR_OK;
}

enum err
manifest_parse_salted(struct span text, struct arena *arena,
    struct manifest_salted **ret, size_t *ret_count, struct why *w)
{
	size_t count = manifest_count(text);
	struct manifest_salted *lines =
	    arena_take(arena, count, sizeof(*lines));
	struct manifest_salted *sorted =
	    arena_take(arena, count, sizeof(*lines));

	if (lines == NULL || sorted == NULL)
		return why(
		    w, ERR_LIMIT, "manifest: %zu lines, no memory left", count);
	enum err err = parse_lines(text, lines, count, w);
	if (err != ERR_OK)
		return err;
	if (count == 0)
		return why(w, ERR_SYNTAX, "manifest: no lines");
	memcpy(sorted, lines, count * sizeof(*lines));
	err = check_unique(sorted, count, w);
	if (err != ERR_OK)
		return err;
	*ret = lines;
	*ret_count = count;
	return ERR_OK;
}
