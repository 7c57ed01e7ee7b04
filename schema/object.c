#include "schema/object.h"

#include <assert.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "schema/text.h"

/* a macro of Jansson, a function here */
#undef json_is_object

struct object
object_of(json_value *value, const char *path, struct why *w)
{
	struct object o = { .value = value, .path = path, .why = w };

	if (!json_is_object(value))
		object_fail(&o, ERR_SYNTAX, "%s%san object is needed", path,
		    path[0] == '\0' ? "" : ": ");
	return o;
}

void
object_fail(struct object *o, enum err err, const char *format, ...)
{
	char sentence[sizeof(o->why->text)];
	va_list list;

	if (o->err != ERR_OK)
		return;
	va_start(list, format);
	(void)vsnprintf(sentence, sizeof(sentence), format, list);
	va_end(list);
	o->err = why(o->why, err, "%s", sentence);
	o->value = NULL;
}

enum err
object_within(struct why *w, enum err err, const char *format, ...)
{
	char place[128];
	va_list list;

	if (err == ERR_OK || w == NULL)
		return err;
	va_start(list, format);
	(void)vsnprintf(place, sizeof(place), format, list);
	va_end(list);
	/* "digest.sha256: …" names a field, "an object is needed" does not */
	struct span sentence = span_of_text(w->text);
	size_t colon = span_find(sentence, ':');
	const char *joint =
	    colon < span_find(sentence, ' ') && colon < sentence.len ? "."
								     : ": ";
	struct why old = *w;
	return why(w, err, "%s%s%s", place, joint, old.text);
}

/* A failure of one member. */
static void PRINTF(4, 5) fail_member(
    struct object *o, enum err err, const char *name, const char *format, ...)
{
	char sentence[256];
	va_list list;

	va_start(list, format);
	(void)vsnprintf(sentence, sizeof(sentence), format, list);
	va_end(list);
	object_fail(o, err, "%s%s%s: %s", o->path,
	    o->path[0] == '\0' ? "" : ".", name, sentence);
}

void
object_fail_member(struct object *o, const char *name, const char *sentence)
{
	fail_member(o, ERR_SYNTAX, name, "%s", sentence);
}

static json_t *
find(struct object *o, const char *name)
{
	if (o->err != ERR_OK)
		return NULL;
	json_t *value = json_object_get(o->value, name);
	if (value == NULL)
		return NULL;
	assert(o->seen < OBJECT_MEMBERS_MAX);
	o->names[o->seen++] = name;
	return value;
}

static bool
was_asked(const struct object *o, const char *name)
{
	for (size_t i = 0; i < o->seen; i++) {
		if (strcmp(o->names[i], name) == 0)
			return true;
	}
	return false;
}

enum err
object_end(const struct object *o)
{
	if (o->err != ERR_OK)
		return o->err;
	if (o->seen == json_object_size(o->value))
		return ERR_OK;
	struct span name = SPAN_EMPTY;
	json_value *value;
	void *at = NULL;
	while (json_member(o->value, &at, &name, &value)) {
		if (!was_asked(o, (const char *)name.data))
			break;
	}
	return why(o->why, ERR_SYNTAX, "%s%sunknown member \"%.64s\"", o->path,
	    o->path[0] == '\0' ? "" : ": ", (const char *)name.data);
}

enum err
object_end_open(const struct object *o)
{
	return o->err;
}

/* Keeps a failure where the text is too short or too long. */
static bool
is_bounded(struct object *o, const char *name, struct span text, size_t min,
    size_t max)
{
	if (text.len > max)
		fail_member(o, ERR_LIMIT, name, "%zu bytes, at most %zu",
		    text.len, max);
	else if (text.len < min && min == 1)
		fail_member(o, ERR_SYNTAX, name, "may not be empty");
	else if (text.len < min)
		fail_member(o, ERR_SYNTAX, name, "%zu bytes, at least %zu",
		    text.len, min);
	else
		return true;
	return false;
}

bool
object_optional_text(struct object *o, const char *name, size_t min, size_t max,
    struct span *ret)
{
	json_t *value = find(o, name);
	struct span text;

	*ret = SPAN_EMPTY;
	if (value == NULL)
		return false;
	if (!json_text(value, &text)) {
		fail_member(o, ERR_SYNTAX, name, "a string is needed");
		return false;
	}
	if (!is_bounded(o, name, text, min, max))
		return false;
	*ret = text;
	return true;
}

static void
fail_missing(struct object *o, const char *name)
{
	fail_member(o, ERR_SYNTAX, name, "missing");
}

void
object_text(struct object *o, const char *name, size_t min, size_t max,
    struct span *ret)
{
	if (!object_optional_text(o, name, min, max, ret))
		fail_missing(o, name);
}

bool
object_optional_line(struct object *o, const char *name, size_t min, size_t max,
    struct span *ret)
{
	if (!object_optional_text(o, name, min, max, ret))
		return false;
	if (text_is_line(*ret))
		return true;
	fail_member(o, ERR_SYNTAX, name, "no control characters");
	*ret = SPAN_EMPTY;
	return false;
}

void
object_line(struct object *o, const char *name, size_t min, size_t max,
    struct span *ret)
{
	if (!object_optional_line(o, name, min, max, ret))
		fail_missing(o, name);
}

json_value *
object_optional_object(struct object *o, const char *name)
{
	json_t *value = find(o, name);

	if (value == NULL || json_is_object(value))
		return value;
	fail_member(o, ERR_SYNTAX, name, "an object is needed");
	return NULL;
}

json_value *
object_object(struct object *o, const char *name)
{
	json_value *value = object_optional_object(o, name);

	if (value == NULL)
		fail_missing(o, name);
	return value;
}

json_value *
object_optional_array(
    struct object *o, const char *name, size_t max, size_t *ret_count)
{
	json_t *value = find(o, name);

	*ret_count = 0;
	if (value == NULL)
		return NULL;
	size_t count = json_array_size(value);
	if (!json_is_array(value)) {
		fail_member(o, ERR_SYNTAX, name, "an array is needed");
		return NULL;
	}
	if (count > max) {
		fail_member(o, ERR_LIMIT, name, "%zu elements, at most %zu",
		    count, max);
		return NULL;
	}
	*ret_count = count;
	return value;
}

json_value *
object_array(struct object *o, const char *name, size_t min, size_t max,
    size_t *ret_count)
{
	json_value *value = object_optional_array(o, name, max, ret_count);

	if (value == NULL)
		fail_missing(o, name);
	else if (*ret_count < min)
		fail_member(o, ERR_SYNTAX, name, "%zu elements, at least %zu",
		    *ret_count, min);
	return o->err == ERR_OK ? value : NULL;
}

bool
object_has(const struct object *o, const char *name)
{
	return o->err == ERR_OK && json_object_get(o->value, name) != NULL;
}

void
object_any(struct object *o, const char *name)
{
	(void)find(o, name);
}

bool
object_null(struct object *o, const char *name)
{
	if (o->err != ERR_OK || !json_is_null(json_object_get(o->value, name)))
		return false;
	(void)find(o, name);
	return true;
}

bool
object_flag(struct object *o, const char *name)
{
	json_t *value = find(o, name);

	if (value == NULL)
		fail_missing(o, name);
	else if (!json_is_boolean(value))
		fail_member(o, ERR_SYNTAX, name, "true or false is needed");
	return json_is_true(value);
}

uint64_t
object_number(struct object *o, const char *name, uint64_t max)
{
	json_t *value = find(o, name);

	if (value == NULL) {
		fail_missing(o, name);
	} else if (!json_is_integer(value) || json_integer_value(value) < 0) {
		fail_member(o, ERR_SYNTAX, name, "a whole number is needed");
	} else if ((uint64_t)json_integer_value(value) > max) {
		fail_member(o, ERR_LIMIT, name, "at most %llu",
		    (unsigned long long)max);
	} else {
		return (uint64_t)json_integer_value(value);
	}
	return 0;
}
