/* json, object: what parses is within the bounds and prints to itself; the scan
 * lets through whatever the parser takes. */
#include <assert.h>

#include "schema/object.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define STACK_MAX (JSON_DEPTH_MAX + 1)

struct level {
	json_value *value;
	void *at;
	size_t next;
};

static json_value *
next_of(struct level *level)
{
	struct span name;
	json_value *value = NULL;

	if (!json_is_object(level->value))
		return json_element(level->value, level->next++);
	return json_member(level->value, &level->at, &name, &value) ? value
								    : NULL;
}

/* Counts as people would; asserts the depth. */
static size_t
count_values(json_value *root)
{
	struct level stack[STACK_MAX] = { { .value = root } };
	size_t depth = 1;
	size_t count = 1;

	while (depth > 0) {
		json_value *value = next_of(&stack[depth - 1]);
		if (value == NULL) {
			depth--;
			continue;
		}
		count++;
		if (json_count(value) == 0)
			continue;
		assert(depth < JSON_DEPTH_MAX);
		stack[depth++] = (struct level){ .value = value };
	}
	return count;
}

static void
ask(json_value *root)
{
	struct why reason = { "" };
	struct object o = object_of(root, "fuzz", &reason);
	struct span text;
	size_t count;

	(void)object_optional_line(&o, "name", 1, 8, &text);
	(void)object_optional_text(&o, "digest", 0, 8, &text);
	(void)object_optional_array(&o, "subject", 3, &count);
	(void)object_number(&o, "size", 1000);
	assert((object_end(&o) != ERR_OK) == (reason.text[0] != '\0'));
}

static void
try_parse(struct span text,
    enum err (*parse)(struct span, struct json **, struct why *),
    size_t values_max)
{
	struct writer once = writer_heap((size_t)1 << 24);
	struct writer twice = writer_heap((size_t)1 << 24);
	struct why reason = { "" };
	struct json *json;
	struct json *again;

	if (parse(text, &json, &reason) == ERR_OK) {
		assert(count_values(json_root(json)) <= values_max);
		ask(json_root(json));
		assert(json_print_pretty(json, &once) == ERR_OK);
		assert(parse(writer_view(&once), &again, NULL) == ERR_OK);
		assert(json_print_pretty(again, &twice) == ERR_OK);
		assert(span_equal(writer_view(&once), writer_view(&twice)));
		json_done(again);
		json_done(json);
	} else {
		assert(reason.text[0] != '\0');
	}
	writer_done(&once);
	writer_done(&twice);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct span text = span_of(data, len);

	try_parse(text, json_parse, JSON_VALUES_MAX);
	try_parse(text, json_parse_answer, JSON_ANSWER_VALUES_MAX);
	return 0;
}
