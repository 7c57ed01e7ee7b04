#include "schema/policy.h"

#include <stdio.h>

#include "schema/text.h"

static bool
is_blank(uint8_t byte)
{
	return byte == ' ' || byte == '\t';
}

/* Takes the next field and the blanks around it; empty where there is none. */
static struct span
take_field(struct span *line)
{
	size_t begin = 0;

	while (begin < line->len && is_blank(line->data[begin]))
		begin++;
	size_t end = begin;
	while (end < line->len && !is_blank(line->data[end]))
		end++;
	struct span field = span_part(*line, begin, end - begin);
	while (end < line->len && is_blank(line->data[end]))
		end++;
	*line = span_part(*line, end, line->len);
	return field;
}

static bool
is_policy_text(struct span text)
{
	for (size_t i = 0; i < text.len; i++) {
		uint8_t byte = text.data[i];
		if ((byte < 0x20 && byte != '\n' && byte != '\t') ||
		    byte == 0x7f)
			return false;
	}
	return true;
}

/* One key or one name twice would leave open which line counts. */
static enum err
check_new(
    const struct policy *policy, const struct note_key *key, struct why *w)
{
	for (size_t i = 0; i < policy->count; i++) {
		const struct note_key *other = &policy->logs[i].key;
		if (key_public_equal(&other->key, &key->key))
			return why(w, ERR_SYNTAX,
			    "log: the key of %s is there already", key->name);
		if (span_is(span_of_text(other->name), key->name))
			return why(w, ERR_REFUSED,
			    "log: a second key for %s; one is accepted",
			    key->name);
	}
	return ERR_OK;
}

static enum err
parse_log(struct span line, struct policy *policy, struct why *w)
{
	struct policy_log log = { .url = SPAN_EMPTY };
	struct span vkey = take_field(&line);

	log.url = take_field(&line);
	if (line.len > 0)
		return why(
		    w, ERR_SYNTAX, "log: more than a verifier key and a URL");
	enum err err = note_key_parse(vkey, &log.key, w);
	if (err != ERR_OK)
		return err;
	if (log.url.len > 0 && !text_is_uri(log.url))
		return why(w, ERR_SYNTAX, "log: \"%.*s\" is not a URL",
		    SPAN_ARGS(log.url));
	if (policy->count == POLICY_LOGS_MAX)
		return why(w, ERR_LIMIT, "log: more than %d", POLICY_LOGS_MAX);
	err = check_new(policy, &log.key, w);
	if (err != ERR_OK)
		return err;
	policy->logs[policy->count++] = log;
	return ERR_OK;
}

static enum err
parse_quorum(struct span line, bool *has_quorum, struct why *w)
{
	struct span name = take_field(&line);

	if (*has_quorum)
		return why(w, ERR_SYNTAX, "quorum: given twice");
	if (name.len == 0 || line.len > 0)
		return why(w, ERR_SYNTAX, "quorum: needs one name, or none");
	if (!span_is(name, "none"))
		return why(w, ERR_REFUSED,
		    "quorum: witnesses are not counted yet, so only "
		    "\"quorum none\" is true");
	*has_quorum = true;
	return ERR_OK;
}

static enum err
parse_line(
    struct span line, struct policy *policy, bool *has_quorum, struct why *w)
{
	struct span word = take_field(&line);

	if (word.len == 0 || word.data[0] == '#')
		return ERR_OK;
	if (span_is(word, "log"))
		return parse_log(line, policy, w);
	if (span_is(word, "quorum"))
		return parse_quorum(line, has_quorum, w);
	if (span_is(word, "witness") || span_is(word, "group"))
		return why(w, ERR_REFUSED,
		    "%.*s: witnesses are not counted yet; leaving the line "
		    "out would promise what is not so",
		    SPAN_ARGS(word));
	return why(w, ERR_SYNTAX, "\"%.*s\": expected log, quorum or #",
	    SPAN_ARGS(word));
}

/* Fills an empty *policy. */
static enum err
parse_lines(struct span text, struct policy *policy, struct why *w)
{
	bool has_quorum = false;

	for (size_t number = 1; text.len > 0; number++) {
		struct span line;
		if (!span_cut(&text, '\n', &line)) {
			line = text; /* the last may lack its LF */
			text = SPAN_EMPTY;
		}
		enum err err = parse_line(line, policy, &has_quorum, w);
		if (err != ERR_OK) {
			char prefix[48];
			(void)snprintf(
			    prefix, sizeof(prefix), "policy: line %zu", number);
			why_prefix(w, prefix);
			return err;
		}
	}
	if (!has_quorum)
		return why(w, ERR_SYNTAX,
		    "policy: no quorum line; write \"quorum none\"");
	return ERR_OK;
}

enum err
policy_parse(struct span text, struct policy *ret, struct why *w)
{
	ret->count = 0;
	if (text.len > POLICY_LEN_MAX)
		return why(w, ERR_LIMIT, "policy: %zu bytes, at most %zu",
		    text.len, POLICY_LEN_MAX);
	if (!is_policy_text(text))
		return why(w, ERR_SYNTAX, "policy: holds control characters");
	enum err err = parse_lines(text, ret, w);
	if (err != ERR_OK)
		ret->count = 0;
	return err;
}

void
policy_print(const struct policy *policy, struct writer *w)
{
	for (size_t i = 0; i < policy->count; i++) {
		const struct policy_log *log = &policy->logs[i];
		char vkey[NOTE_VKEY_MAX];
		note_key_print(&log->key, vkey);
		writer_format(w, "log %s", vkey);
		if (log->url.len > 0) {
			writer_u8(w, ' ');
			writer_span(w, log->url);
		}
		writer_u8(w, '\n');
	}
	writer_text(w, "quorum none\n");
}

const struct policy_log *
policy_find(const struct policy *policy, struct span origin)
{
	for (size_t i = 0; i < policy->count; i++) {
		if (span_is(origin, policy->logs[i].key.name))
			return &policy->logs[i];
	}
	return NULL;
}
