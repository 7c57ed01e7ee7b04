#include "schema/manifest.h"

#include <stdlib.h>

#include "schema/text.h"

#define SEPARATOR "  " /* sha256sum's, in text mode */

static int
compare_lines(const void *a, const void *b)
{
	const struct manifest_line *left = a;
	const struct manifest_line *right = b;
	int order = hash_compare(&left->digest, &right->digest);

	return order != 0 ? order : span_compare(left->path, right->path);
}

static int
compare_paths(const void *a, const void *b)
{
	const struct manifest_line *left = a;
	const struct manifest_line *right = b;

	return span_compare(left->path, right->path);
}

/* Needs lines sorted by path. */
static enum err
check_unique(const struct manifest_line *lines, size_t count, struct why *w)
{
	for (size_t i = 1; i < count; i++) {
		if (compare_paths(&lines[i - 1], &lines[i]) == 0)
			return why(w, ERR_CONFLICT,
			    "path: \"%.*s\" comes twice",
			    SPAN_ARGS(lines[i].path));
	}
	return ERR_OK;
}

static bool
is_path(struct span path)
{
	return path.len <= MANIFEST_PATH_MAX && text_is_path(path);
}

enum err
manifest_check_path(struct span path, struct why *w)
{
	if (is_path(path))
		return ERR_OK;
	return why(w, ERR_SYNTAX,
	    "path: \"%.*s\" is not relative, or has an empty, . or .. "
	    "segment, a backslash, CR, LF or more than %d bytes",
	    SPAN_ARGS(path), MANIFEST_PATH_MAX);
}

void
manifest_line_print(const struct manifest_line *line, struct writer *w)
{
	writer_hex(w, hash_span(&line->digest));
	writer_text(w, SEPARATOR);
	writer_span(w, line->path);
	writer_u8(w, '\n');
}

enum err
manifest_print(struct manifest_line *lines, size_t count, struct writer *w,
    struct why *w_why)
{
	for (size_t i = 0; i < count; i++) {
		enum err err = manifest_check_path(lines[i].path, w_why);
		if (err != ERR_OK)
			return err;
	}
	if (count > 1)
		qsort(lines, count, sizeof(*lines), compare_paths);
	enum err err = check_unique(lines, count, w_why);
	if (err != ERR_OK)
		return err;
	if (count > 1)
		qsort(lines, count, sizeof(*lines), compare_lines);
	for (size_t i = 0; i < count; i++)
		manifest_line_print(&lines[i], w);
	if (writer_end(w) != ERR_OK)
		return why(w_why, writer_end(w), "manifest: too long");
	return ERR_OK;
}

enum err
manifest_line_parse(struct span line, struct manifest_line *ret)
{
	struct manifest_line parsed;
	struct span separator = span_part(line, HASH_TEXT_LEN, 2);

	parsed.path = span_part(line, HASH_TEXT_LEN + 2, line.len);
	if (!hash_parse(span_part(line, 0, HASH_TEXT_LEN), &parsed.digest) ||
	    !span_is(separator, SEPARATOR) || !is_path(parsed.path))
		return ERR_SYNTAX;
	*ret = parsed;
	return ERR_OK;
}

size_t
manifest_count(struct span text)
{
	struct span line;
	size_t count = 0;

	while (span_cut(&text, '\n', &line))
		count++;
	return count;
}

/* Lines in order, `count` of them and nothing behind. */
static enum err
parse_lines(
    struct span text, struct manifest_line *lines, size_t count, struct why *w)
{
	struct span line = SPAN_EMPTY;

	for (size_t i = 0; i < count; i++) {
		(void)span_cut(&text, '\n', &line);
		if (manifest_line_parse(line, &lines[i]) != ERR_OK)
			return why(w, ERR_SYNTAX,
			    "line %zu: 64 hex digits, two spaces and a "
			    "relative path are needed",
			    i + 1);
		if (i > 0 && compare_lines(&lines[i - 1], &lines[i]) >= 0)
			return why(w, ERR_SYNTAX,
			    "line %zu: not sorted by digest and path", i + 1);
	}
	if (text.len > 0)
		return why(w, ERR_SYNTAX, "line %zu: not ended by a newline",
		    count + 1);
	return ERR_OK;
}

enum err
manifest_parse(struct span text, struct arena *arena,
    struct manifest_line **ret, size_t *ret_count, struct why *w)
{
	size_t count = manifest_count(text);
	struct manifest_line *lines = arena_take(arena, count, sizeof(*lines));
	struct manifest_line *sorted = arena_take(arena, count, sizeof(*lines));

	if (lines == NULL || sorted == NULL)
		return why(
		    w, ERR_LIMIT, "manifest: %zu lines, no memory left", count);
	enum err err = parse_lines(text, lines, count, w);
	if (err != ERR_OK)
		return err;
	if (count == 0)
		return why(w, ERR_SYNTAX, "manifest: no lines");
	for (size_t i = 0; i < count; i++)
		sorted[i] = lines[i];
	if (count > 1)
		qsort(sorted, count, sizeof(*sorted), compare_paths);
	err = check_unique(sorted, count, w);
	if (err != ERR_OK)
		return err;
	*ret = lines;
	*ret_count = count;
	return ERR_OK;
}

struct hash
manifest_root(struct span text)
{
	struct tree_edge edge = { .size = 0 };
	struct hash made[TREE_LEVELS];
	struct span line;

	while (text.len > 0) {
		if (!span_cut(&text, '\n', &line)) {
			line = text;
			text = SPAN_EMPTY;
		}
		struct hash leaf = tree_leaf(line);
		(void)tree_append(&edge, &leaf, made);
	}
	return tree_edge_root(&edge);
}
