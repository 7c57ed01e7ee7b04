#include "client/card.h"

#include <yaml.h>

#include "schema/object.h"
#include "schema/text.h"

#define ARCHITECTURES_MAX 16

static void
add(struct card *card, enum claim_what what, struct span name)
{
	if (name.len == 0)
		return;
	for (size_t i = 0; i < card->count; i++) {
		if (card->claims[i].what == what &&
		    span_equal(card->claims[i].name, name))
			return;
	}
	struct span copy = arena_copy(card->arena, name);
	if (name.len > CLAIM_NAME_MAX || !text_is_line(name) ||
	    card->count == CLAIMS_MAX || copy.data == NULL) {
		card->left_out++;
		return;
	}
	card->claims[card->count++] =
	    (struct claim){ .what = what, .name = copy };
}

/* ---- YAML ---- */

static const struct {
	const char *key;
	enum claim_what what;
} keys[] = {
	{ "base_model", CLAIM_BASE_MODEL },
	{ "datasets", CLAIM_DATASET },
	{ "license", CLAIM_LICENSE },
	{ "license_name", CLAIM_LICENSE },
};
#define KEYS (sizeof(keys) / sizeof(keys[0]))

/* Where the parser stands in the one mapping that counts. */
struct front {
	struct card *card;
	struct why *why;
	size_t depth;  /* open mappings and lists */
	bool is_value; /* in the mapping: a key was read */
	bool is_list;  /* its value is a list, which is open */
	size_t key;    /* which of the keys; KEYS: another one */
	bool is_seen[KEYS];
};

static enum err
fail(const struct front *front, const yaml_event_t *event, const char *what)
{
	return why(front->why, ERR_SYNTAX, "the front matter, line %zu: %s",
	    event->start_mark.line + 2, what);
}

static enum err
take_key(struct front *front, const yaml_event_t *event, struct span text)
{
	front->key = 0;
	while (front->key < KEYS && !span_is(text, keys[front->key].key))
		front->key++;
	if (front->key == KEYS)
		return ERR_OK;
	/* two readers would take different ones */
	if (front->is_seen[front->key])
		return fail(front, event, "a key is there twice");
	front->is_seen[front->key] = true;
	return ERR_OK;
}

/* Null, however it is spelled, says nothing. */
static bool
is_null(const yaml_event_t *event, struct span text)
{
	return event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
	    (span_is(text, "~") || span_is(text, "null") ||
		span_is(text, "Null") || span_is(text, "NULL"));
}

static enum err
take_scalar(struct front *front, const yaml_event_t *event)
{
	struct span text =
	    span_of(event->data.scalar.value, event->data.scalar.length);
	bool is_of_key =
	    front->depth == 1 || (front->depth == 2 && front->is_list);

	if (front->depth == 0)
		return fail(front, event, "names and values are needed");
	if (front->depth == 1 && !front->is_value) {
		front->is_value = true;
		return take_key(front, event, text);
	}
	if (is_of_key && front->key < KEYS && !is_null(event, text))
		add(front->card, keys[front->key].what, text);
	if (front->depth == 1)
		front->is_value = false;
	return ERR_OK;
}

static enum err
take_start(struct front *front, const yaml_event_t *event)
{
	bool is_list = event->type == YAML_SEQUENCE_START_EVENT;

	if (front->depth == 0 && is_list)
		return fail(front, event, "names and values are needed");
	if (front->depth == 1 && !front->is_value)
		return fail(front, event, "a name is needed before a value");
	if (front->depth == 1)
		front->is_list = is_list;
	if (++front->depth > CARD_DEPTH_MAX)
		return fail(front, event, "too deep");
	return ERR_OK;
}

static enum err
take_end(struct front *front)
{
	front->depth--;
	if (front->depth == 1) {
		front->is_value = false;
		front->is_list = false;
	}
	return ERR_OK;
}

static enum err
take_event(struct front *front, const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_SCALAR_EVENT:
		return take_scalar(front, event);
	case YAML_SEQUENCE_START_EVENT:
	case YAML_MAPPING_START_EVENT:
		return take_start(front, event);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		return take_end(front);
	case YAML_ALIAS_EVENT:
		return fail(front, event, "aliases are not read");
	case YAML_NO_EVENT:
	case YAML_STREAM_START_EVENT:
	case YAML_STREAM_END_EVENT:
	case YAML_DOCUMENT_START_EVENT:
	case YAML_DOCUMENT_END_EVENT:
		break;
	}
	return ERR_OK;
}

static enum err
next_event(yaml_parser_t *parser, struct front *front, bool *ret_is_end)
{
	yaml_event_t event;

	if (yaml_parser_parse(parser, &event) == 0)
		return why(front->why,
		    parser->error == YAML_MEMORY_ERROR ? ERR_MEMORY
						       : ERR_SYNTAX,
		    "the front matter, line %zu: no YAML: %s",
		    parser->problem_mark.line + 2,
		    parser->problem != NULL ? parser->problem : "");
	enum err err = take_event(front, &event);
	*ret_is_end = event.type == YAML_STREAM_END_EVENT;
	yaml_event_delete(&event);
	return err;
}

static enum err
parse(struct card *card, struct span text, struct why *w)
{
	struct front front = { .card = card, .why = w, .key = KEYS };
	yaml_parser_t parser;
	bool is_end = false;
	enum err err = ERR_OK;

	if (yaml_parser_initialize(&parser) == 0)
		return why(w, ERR_MEMORY, "out of memory");
	yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&parser, text.data, text.len);
	while (err == ERR_OK && !is_end)
		err = next_event(&parser, &front, &is_end);
	yaml_parser_delete(&parser);
	return err;
}

/* ---- the card ---- */

static bool
cut_line(struct span *rest, struct span *ret)
{
	if (!span_cut(rest, '\n', ret))
		return false;
	if (ret->len > 0 && ret->data[ret->len - 1] == '\r')
		ret->len--;
	return true;
}

/* What stands between the first line, `---`, and the next such line. */
static bool
find_front(struct span text, struct span *ret)
{
	struct span rest = text;
	struct span line;

	if (span_starts(rest, "\xef\xbb\xbf"))
		rest = span_part(rest, 3, rest.len);
	if (!cut_line(&rest, &line) || !span_is(line, "---"))
		return false;
	const uint8_t *begin = rest.data;
	for (;;) {
		const uint8_t *end = rest.data;
		bool is_last = !cut_line(&rest, &line);
		if (span_is(is_last ? rest : line, "---")) {
			*ret = span_of(begin, (size_t)(end - begin));
			return true;
		}
		if (is_last)
			return false;
	}
}

enum err
card_read(struct card *card, struct span text, struct why *w)
{
	struct span front;

	if (!find_front(text, &front))
		return ERR_OK;
	if (front.len > CARD_FRONT_MAX)
		return why(w, ERR_LIMIT,
		    "the front matter: %zu bytes, at most %zu", front.len,
		    CARD_FRONT_MAX);
	if (!text_is_utf8(front))
		return why(w, ERR_SYNTAX, "the front matter: not UTF-8");
	return parse(card, front, w);
}

/* ---- the configuration ---- */

/* `owner/name` or `name`; a path of whoever saved it names nothing. */
static bool
is_model_name(struct span text)
{
	size_t slashes = 0;

	for (size_t i = 0; i < text.len; i++) {
		uint8_t byte = text.data[i];
		bool is_word = (byte >= 'a' && byte <= 'z') ||
		    (byte >= 'A' && byte <= 'Z') ||
		    (byte >= '0' && byte <= '9') || byte == '_' ||
		    byte == '-' || byte == '.';
		if (!is_word && byte != '/')
			return false;
		slashes += byte == '/' ? 1 : 0;
	}
	return text.len > 0 && slashes <= 1 && text.data[0] != '.' &&
	    text.data[0] != '/' && text.data[text.len - 1] != '/';
}

enum err
card_read_config(struct card *card, struct span text, struct why *w)
{
	struct json *json;
	struct span name;
	struct span architecture = SPAN_EMPTY;
	size_t count = 0;
	enum err err = json_parse_answer(text, &json, w);

	if (err != ERR_OK)
		return err;
	/* of another form than expected: it says nothing, that is all */
	struct object o = object_of(json_root(json), "", NULL);
	if (object_optional_text(&o, "_name_or_path", 0, CARD_LEN_MAX, &name) &&
	    is_model_name(name))
		add(card, CLAIM_BASE_MODEL, name);
	struct object a = object_of(json_root(json), "", NULL);
	json_value *list = object_optional_array(
	    &a, "architectures", ARCHITECTURES_MAX, &count);
	if (count == 0 || !json_element_text(list, 0, &architecture)) {
		struct object t = object_of(json_root(json), "", NULL);
		(void)object_optional_text(
		    &t, "model_type", 0, CARD_LEN_MAX, &architecture);
	}
	if (architecture.len > 0 && architecture.len <= MEMBER_LABEL_MAX &&
	    text_is_line(architecture))
		card->architecture = arena_copy(card->arena, architecture);
	json_done(json);
	return ERR_OK;
}
