#include "client/pointer.h"

#include <string.h>

#include "schema/text.h"

/* ---- git-lfs ---- */

/* Both names that the specification knows. */
static bool
takes_version(struct span *line)
{
	static const char *const versions[] = {
		"version https://git-lfs.github.com/spec/v1",
		"version https://hawser.github.com/spec/v1",
	};

	for (size_t i = 0; i < sizeof(versions) / sizeof(versions[0]); i++) {
		if (span_is(*line, versions[i]))
			return true;
	}
	return false;
}

static bool
take_value(struct span line, const char *key, struct span *ret)
{
	size_t len = strlen(key);

	if (!span_starts(line, key))
		return false;
	*ret = span_part(line, len, line.len);
	return true;
}

enum err
pointer_parse_lfs(struct span text, struct pointer *ret, struct why *w)
{
	struct pointer pointer = { .digest.len = 0 };
	struct span rest = text;
	struct span line;
	struct span value;

	if (text.len >= POINTER_LEN_MAX || !span_cut(&rest, '\n', &line) ||
	    !takes_version(&line))
		return ERR_NOT_FOUND;
	while (span_cut(&rest, '\n', &line)) {
		if (take_value(line, "oid ", &value) &&
		    (pointer.digest.len > 0 || !span_starts(value, "sha256:") ||
			digest_parse(value, &pointer.digest, w) != ERR_OK))
			return why(w, ERR_SYNTAX,
			    "a git-lfs pointer whose oid is not sha256:<64 "
			    "hex digits>, once");
		if (take_value(line, "size ", &value) &&
		    (pointer.has_size ||
			!text_undecimal(value, INT64_MAX, &pointer.size)))
			return why(w, ERR_SYNTAX,
			    "a git-lfs pointer whose size is no number");
		pointer.has_size |= span_starts(line, "size ");
	}
	if (rest.len > 0 || pointer.digest.len == 0 || !pointer.has_size)
		return why(w, ERR_SYNTAX,
		    "a git-lfs pointer without oid or size: cut off?");
	*ret = pointer;
	return ERR_OK;
}

/* ---- DVC ---- */

bool
pointer_is_dvc(struct span path)
{
	size_t len = strlen(".dvc");

	return path.len > len &&
	    span_is(span_part(path, path.len - len, len), ".dvc");
}

/* "- md5: x" and "  md5: x" are a member of an output both. */
static bool
take_member(struct span line, const char *name, struct span *ret)
{
	struct span rest = line;
	struct span key;

	while (rest.len > 0 && (rest.data[0] == ' ' || rest.data[0] == '-'))
		rest = span_part(rest, 1, rest.len);
	if (rest.len == line.len || !span_cut(&rest, ':', &key) ||
	    !span_is(key, name))
		return false;
	while (rest.len > 0 && rest.data[0] == ' ')
		rest = span_part(rest, 1, rest.len);
	*ret = rest;
	return true;
}

static enum err
take_md5(struct span value, struct pointer *pointer, struct why *w)
{
	char text[DIGEST_TEXT_MAX] = "md5:";
	size_t at = strlen(text);

	if (pointer->digest.len > 0)
		return why(w, ERR_REFUSED,
		    "a .dvc file of several outputs: only one of one file can "
		    "be named");
	if (value.len == 36 && span_is(span_part(value, 32, 4), ".dir"))
		return why(w, ERR_REFUSED,
		    "a .dvc file of a folder: its MD5 is that of a list in "
		    "DVC's cache, of no file: dvc pull, and give the folder");
	if (value.len == 0 || value.len + at >= sizeof(text))
		return why(w, ERR_SYNTAX, "md5: 32 hex digits are needed");
	memcpy(text + at, value.data, value.len);
	return digest_parse(span_of(text, at + value.len), &pointer->digest, w);
}

static enum err
take_dvc_line(struct span line, struct pointer *pointer, struct why *w)
{
	struct span value;

	if (take_member(line, "md5", &value))
		return take_md5(value, pointer, w);
	if (take_member(line, "path", &value))
		pointer->path = value;
	if (take_member(line, "size", &value)) {
		pointer->has_size =
		    text_undecimal(value, INT64_MAX, &pointer->size);
		if (!pointer->has_size)
			return why(w, ERR_SYNTAX, "size: not a number");
	}
	return ERR_OK;
}

enum err
pointer_parse_dvc(struct span text, struct pointer *ret, struct why *w)
{
	struct pointer pointer = { .digest.len = 0 };
	struct span rest = text;
	struct span line;
	bool is_out = false;
	enum err err = ERR_OK;

	while (err == ERR_OK && span_cut(&rest, '\n', &line)) {
		/* a line that is not indented begins another member */
		if (line.len > 0 && line.data[0] != ' ' && line.data[0] != '-')
			is_out = span_is(line, "outs:");
		else if (is_out)
			err = take_dvc_line(line, &pointer, w);
	}
	if (err == ERR_OK && pointer.digest.len == 0)
		err = why(w, ERR_SYNTAX,
		    "a .dvc file without an output that has an md5");
	if (err == ERR_OK)
		*ret = pointer;
	return err;
}
