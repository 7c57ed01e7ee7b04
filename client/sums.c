#include "client/sums.h"

#include <inttypes.h>
#include <unistd.h>

#include "client/line_reader.h"

/* Upper-case digits, as some tools write them, are the same digest. */
static bool
parse_hex(struct span text, struct hash *ret)
{
	uint8_t lower[HASH_TEXT_LEN];

	if (text.len != HASH_TEXT_LEN)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		uint8_t byte = text.data[i];
		/* one bit apart */
		lower[i] = byte >= 'A' && byte <= 'F' ? byte | 0x20 : byte;
	}
	return hash_parse(span_of(lower, sizeof(lower)), ret);
}

/* SHA256 (path) = digest; a path may hold ") = " itself. */
static bool
parse_tagged(struct span line, struct manifest_line *ret)
{
	static const char begin[] = "SHA256 (";
	static const char middle[] = ") = ";
	size_t begin_len = sizeof(begin) - 1;
	size_t middle_len = sizeof(middle) - 1;

	if (!span_starts(line, begin) ||
	    line.len <= begin_len + middle_len + HASH_TEXT_LEN)
		return false;
	size_t end = line.len - HASH_TEXT_LEN - middle_len;
	ret->path = span_part(line, begin_len, end - begin_len);
	return span_starts(span_part(line, end, line.len), middle) &&
	    parse_hex(
		span_part(line, end + middle_len, HASH_TEXT_LEN), &ret->digest);
}

static bool
parse_plain(struct span line, struct manifest_line *ret)
{
	struct span separator = span_part(line, HASH_TEXT_LEN, 2);

	ret->path = span_part(line, HASH_TEXT_LEN + 2, line.len);
	return parse_hex(span_part(line, 0, HASH_TEXT_LEN), &ret->digest) &&
	    (span_is(separator, "  ") || span_is(separator, " *"));
}

enum err
sums_parse(struct span line, struct manifest_line *ret)
{
	struct manifest_line parsed;

	if (!parse_plain(line, &parsed) && !parse_tagged(line, &parsed))
		return ERR_SYNTAX;
	while (span_starts(parsed.path, "./"))
		parsed.path = span_part(parsed.path, 2, parsed.path.len);
	*ret = parsed;
	return ERR_OK;
}

static enum err
take_line(struct span text, sums_take *take, void *context, struct why *w)
{
	struct manifest_line line;

	if (text.len > 0 && text.data[text.len - 1] == '\r')
		text.len--;
	if (text.len == 0)
		return ERR_OK;
	if (text.data[0] == '\\')
		return why(w, ERR_SYNTAX,
		    "an escaped name: backslashes and line breaks cannot stand "
		    "in a manifest");
	if (sums_parse(text, &line) != ERR_OK)
		return why(w, ERR_SYNTAX,
		    "neither <SHA-256>  <path> nor SHA256 (<path>) = "
		    "<SHA-256>");
	enum err err = manifest_check_path(line.path, w);
	return err == ERR_OK ? take(context, &line, w) : err;
}

enum err
sums_read(const char *path, sums_take *take, void *context, struct why *w)
{
	struct line_reader *reader = NULL;
	struct span line;
	char place[32];
	enum err err = line_reader_new(path, &reader, w);

	while (err == ERR_OK) {
		err = line_reader_next(reader, &line, w);
		if (err != ERR_OK || line.data == NULL)
			break;
		err = take_line(line, take, context, w);
		if (err == ERR_OK)
			continue;
		(void)snprintf(place, sizeof(place), "line %" PRIu64,
		    line_reader_number(reader));
		why_prefix(w, place);
		why_prefix(w, path);
	}
	line_reader_free(reader);
	return err;
}
