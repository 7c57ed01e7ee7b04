/*
 * The lines of allowed_signers; declared in ssh_key.h with the keys.
 *
 * Only what this log can keep to is accepted: whoever writes a pattern or a
 * restriction that would be ignored believes in something that is not so.
 */
#include "schema/ssh_key.h"

#include <string.h>
#include <strings.h>

#include "schema/text.h"

#define NAMESPACE "headwater"

static bool
is_blank(uint8_t byte)
{
	return byte == ' ' || byte == '\t';
}

static void
skip_blanks(struct span *rest)
{
	while (rest->len > 0 && is_blank(rest->data[0]))
		*rest = span_part(*rest, 1, rest->len);
}

/* Length of what stands before `end` (or a blank, for ' ') outside of '"'. */
static size_t
field_len(struct span rest, uint8_t end)
{
	bool is_quoted = false;
	size_t len = 0;

	for (; len < rest.len; len++) {
		uint8_t byte = rest.data[len];
		bool is_end = byte == end || (end == ' ' && is_blank(byte));
		if (is_end && !is_quoted)
			break;
		if (byte == '"')
			is_quoted = !is_quoted;
	}
	return len;
}

/* Takes a field of the line and the blanks behind it. */
static struct span
take_field(struct span *rest)
{
	size_t len = field_len(*rest, ' ');
	struct span field = span_part(*rest, 0, len);

	*rest = span_part(*rest, len, rest->len);
	skip_blanks(rest);
	return field;
}

/* ---- options ---- */

struct options {
	struct ssh_signer *signer;
	bool has_namespaces;
	bool is_other; /* another namespace only */
	bool is_authority;
	bool has_after;
	bool has_before;
};

static bool
has_pattern(struct span text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] == '*' || text.data[i] == '?' ||
		    text.data[i] == '!')
			return true;
	}
	return false;
}

static bool
is_namespace(struct span text)
{
	return text.len > 0 && text_is_line(text) &&
	    span_find(text, ' ') == text.len;
}

static enum err
parse_namespaces(struct span list, struct options *options, struct why *w)
{
	bool is_last = false;

	if (options->has_namespaces)
		return why(w, ERR_SYNTAX, "namespaces: given twice");
	options->has_namespaces = true;
	options->is_other = true;
	while (!is_last) {
		struct span name;
		is_last = !span_cut(&list, ',', &name);
		if (is_last)
			name = list;
		if (has_pattern(name))
			return why(w, ERR_REFUSED,
			    "namespaces: \"%.*s\" is a pattern; name each",
			    SPAN_ARGS(name));
		if (!is_namespace(name))
			return why(w, ERR_SYNTAX,
			    "namespaces: \"%.*s\" is not a name; separate by "
			    "commas, without white space",
			    SPAN_ARGS(name));
		if (span_is(name, NAMESPACE))
			options->is_other = false;
	}
	return ERR_OK;
}

/* YYYYMMDD[HHMM[SS]]Z */
static enum err
parse_time(struct span text, const char *name, uint64_t *ret_ms, struct why *w)
{
	static const char digit[] = "0000-00-00T00:00:00Z";
	char full[] = "0000-00-00T00:00:00Z";
	size_t at = 0;

	if (text.len > 0 && text.data[text.len - 1] != 'Z')
		return why(w, ERR_REFUSED,
		    "%s: must end in Z; without, it would mean local time",
		    name);
	for (size_t i = 0; at + 1 < text.len && i < sizeof(digit) - 1; i++) {
		if (digit[i] == '0')
			full[i] = (char)text.data[at++];
	}
	/* 8, 12 or 14 digits and the Z; text_untime looks at each */
	if ((text.len != 9 && text.len != 13 && text.len != 15) ||
	    !text_untime(span_of_text(full), ret_ms))
		return why(w, ERR_SYNTAX,
		    "%s: not of the form YYYYMMDDZ, YYYYMMDDHHMMZ or "
		    "YYYYMMDDHHMMSSZ",
		    name);
	return ERR_OK;
}

static enum err
parse_bound(
    struct span value, const char *name, struct options *options, struct why *w)
{
	bool is_after = strcmp(name, "valid-after") == 0;
	bool *has = is_after ? &options->has_after : &options->has_before;
	uint64_t *ret = is_after ? &options->signer->valid_after_ms
				 : &options->signer->valid_before_ms;

	if (*has)
		return why(w, ERR_SYNTAX, "%s: given twice", name);
	*has = true;
	return parse_time(value, name, ret, w);
}

/* Option names are in any case, as ssh-keygen takes them. */
static bool
is_option(struct span name, const char *wanted)
{
	size_t len = strlen(wanted);

	return name.len == len &&
	    strncasecmp((const char *)name.data, wanted, len) == 0;
}

static enum err
parse_option(struct span option, struct options *options, struct why *w)
{
	struct span value = option;
	struct span name;

	if (is_option(option, "cert-authority")) {
		options->is_authority = true;
		return ERR_OK;
	}
	if (!span_cut(&value, '=', &name))
		return why(w, ERR_SYNTAX,
		    "options: \"%.*s\" is unknown (options are separated by "
		    "commas, without white space)",
		    SPAN_ARGS(option));
	if (value.len < 2 || value.data[0] != '"' ||
	    value.data[value.len - 1] != '"')
		return why(w, ERR_SYNTAX,
		    "options: the value of \"%.*s\" must stand in quotes",
		    SPAN_ARGS(name));
	value = span_part(value, 1, value.len - 2);
	if (span_find(value, '"') < value.len ||
	    span_find(value, '\\') < value.len)
		return why(w, ERR_SYNTAX,
		    "options: no quotes nor backslashes in values");
	if (is_option(name, "namespaces"))
		return parse_namespaces(value, options, w);
	if (is_option(name, "valid-after"))
		return parse_bound(value, "valid-after", options, w);
	if (is_option(name, "valid-before"))
		return parse_bound(value, "valid-before", options, w);
	return why(
	    w, ERR_SYNTAX, "options: \"%.*s\" is unknown", SPAN_ARGS(name));
}

static enum err
parse_options(struct span text, struct options *options, struct why *w)
{
	struct ssh_signer *signer = options->signer;
	bool is_last = false;

	while (!is_last) {
		size_t len = field_len(text, ',');
		is_last = len == text.len;
		enum err err =
		    parse_option(span_part(text, 0, len), options, w);
		if (err != ERR_OK)
			return err;
		text = span_part(text, len + 1, text.len);
	}
	if (signer->valid_before_ms <= signer->valid_after_ms)
		return why(
		    w, ERR_SYNTAX, "valid-before: not later than valid-after");
	return ERR_OK;
}

/* ---- the line ---- */

static enum err
check_principal(struct span text, struct why *w)
{
	/* what is too long is not told in full */
	text = span_part(text, 0, TEXT_PRINCIPAL_MAX + 1);
	if (has_pattern(text))
		return why(w, ERR_REFUSED,
		    "principal: \"%.*s\" is a pattern; a line is for one "
		    "principal, by name",
		    SPAN_ARGS(text));
	if (span_find(text, ',') < text.len)
		return why(w, ERR_REFUSED,
		    "principal: \"%.*s\" are several; give each a line of its "
		    "own",
		    SPAN_ARGS(text));
	if (!text_is_principal(text))
		return why(w, ERR_REFUSED,
		    "principal: \"%.*s\" must be 1 to %d of a-z 0-9 . _ @ -",
		    SPAN_ARGS(text), TEXT_PRINCIPAL_MAX);
	return ERR_OK;
}

/* Whether a field is a key's type, so that the line has no options. */
static bool
is_key_type(struct span field)
{
	return span_starts(field, "ssh-") || span_starts(field, "sk-") ||
	    span_starts(field, "ecdsa-");
}

/* What follows the principal. */
static enum err
parse_rest(struct span rest, struct options *options, struct why *w)
{
	struct span after = rest;
	struct span field = take_field(&after);

	if (!is_key_type(field)) {
		enum err err = parse_options(field, options, w);
		if (err != ERR_OK)
			return err;
		rest = after;
	}
	if (options->is_other)
		return why(w, ERR_OK,
		    "line skipped: its namespaces do not hold \"" NAMESPACE
		    "\"");
	if (options->is_authority)
		return why(w, ERR_REFUSED,
		    "cert-authority: certificates are not accepted; list "
		    "their keys");
	return ssh_public_parse(rest, &options->signer->key, w);
}

enum err
ssh_signer_parse(struct span line, enum ssh_line *ret_kind,
    struct ssh_signer *ret, struct why *w)
{
	struct ssh_signer signer = { .valid_before_ms = UINT64_MAX };
	struct options options = { .signer = &signer };

	if (span_find(line, '\n') < line.len)
		return why(w, ERR_SYNTAX, "line: holds a line feed");
	skip_blanks(&line);
	if (line.len == 0 || line.data[0] == '#') {
		*ret_kind = SSH_LINE_NOTHING;
		return ERR_OK;
	}
	signer.principal = take_field(&line);
	if (line.len == 0)
		return why(w, ERR_SYNTAX,
		    "line: not of the form <principal> [<options>] <key>");
	enum err err = parse_rest(line, &options, w);
	if (err == ERR_OK && options.is_other) {
		*ret_kind = SSH_LINE_SKIPPED;
		return ERR_OK;
	}
	if (err == ERR_OK)
		err = check_principal(signer.principal, w);
	if (err != ERR_OK)
		return err;
	*ret_kind = SSH_LINE_SIGNER;
	*ret = signer;
	return ERR_OK;
}
