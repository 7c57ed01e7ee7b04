#include "schema/member.h"

#include "schema/text.h"

void
member_keep(struct object *o, enum err err, const char *name, size_t at)
{
	if (err != ERR_OK && o->err == ERR_OK)
		o->err =
		    object_within(o->why, err, "%s.%s[%zu]", o->path, name, at);
}

void
member_resources(struct object *o, const char *name, size_t max,
    struct arena *arena, struct resources *ret)
{
	size_t count;
	json_value *array = object_optional_array(o, name, max, &count);

	*ret = (struct resources){ .count = 0 };
	if (array == NULL)
		return;
	struct resource *all = arena_take(arena, count, sizeof(*all));
	if (all == NULL) {
		object_fail(o, ERR_MEMORY, "%s: no memory left", name);
		return;
	}
	for (size_t i = 0; i < count && o->err == ERR_OK; i++)
		member_keep(o,
		    resource_read(
			json_element(array, i), true, arena, &all[i], o->why),
		    name, i);
	*ret = (struct resources){ .count = count, .all = all };
}

static bool
is_among(const struct span *all, size_t count, struct span text)
{
	for (size_t i = 0; i < count; i++) {
		if (span_equal(all[i], text))
			return true;
	}
	return false;
}

void
member_roles(
    struct object *o, const char *name, struct arena *arena, struct roles *ret)
{
	size_t count;
	json_value *array =
	    object_optional_array(o, name, MEMBER_ROLES_MAX, &count);

	*ret = (struct roles){ .count = 0 };
	if (array == NULL)
		return;
	struct span *roles = arena_take(arena, count, sizeof(*roles));
	if (roles == NULL) {
		object_fail(o, ERR_MEMORY, "%s: no memory left", name);
		return;
	}
	for (size_t i = 0; i < count; i++) {
		if (!json_element_text(array, i, &roles[i]) ||
		    !statement_is_role(roles[i]) ||
		    is_among(roles, i, roles[i])) {
			object_fail_member(
			    o, name, "roles are needed, each once");
			return;
		}
	}
	*ret = (struct roles){ .count = count, .all = roles };
}

void
member_texts(struct object *o, const char *name)
{
	json_value *object = object_optional_object(o, name);
	void *at = NULL;
	struct span key;
	json_value *value;

	if (object == NULL)
		return;
	if (json_count(object) > MEMBER_TEXTS_MAX) {
		object_fail(o, ERR_LIMIT, "%s.%s: more than %d", o->path, name,
		    MEMBER_TEXTS_MAX);
		return;
	}
	while (json_member(object, &at, &key, &value)) {
		struct span text;
		if (key.len == 0 || key.len > MEMBER_LABEL_MAX ||
		    !text_is_line(key))
			object_fail(o, ERR_SYNTAX,
			    "%s.%s: names are lines of 1 to %d bytes", o->path,
			    name, MEMBER_LABEL_MAX);
		else if (!json_text(value, &text) || !text_is_line(text) ||
		    text.len > STATEMENT_TEXT_MAX)
			object_fail(o, ERR_SYNTAX,
			    "%s.%s.%.64s: a text of one line and at most %d "
			    "bytes is needed",
			    o->path, name, (const char *)key.data,
			    STATEMENT_TEXT_MAX);
	}
}

bool
member_is_block(struct span text)
{
	size_t from = 0;

	for (size_t i = 0; i <= text.len; i++) {
		bool is_end = i == text.len || text.data[i] == '\n' ||
		    text.data[i] == '\t';
		if (!is_end)
			continue;
		if (!text_is_line(span_part(text, from, i - from)))
			return false;
		from = i + 1;
	}
	return true;
}

void
member_block_text(struct object *o, const char *name, struct span *ret)
{
	if (object_optional_text(o, name, 1, STATEMENT_TEXT_MAX, ret) &&
	    !member_is_block(*ret))
		object_fail_member(
		    o, name, "no control characters but LF and TAB");
}

void
member_block(struct object *o, const char *name)
{
	struct span ignored;

	member_block_text(o, name, &ignored);
}

bool
member_time(struct object *o, const char *name, uint64_t *ret_ms)
{
	struct span text;

	if (!object_optional_text(o, name, 1, TEXT_TIME_LEN, &text))
		return false;
	if (text_untime(text, ret_ms))
		return true;
	object_fail_member(
	    o, name, "a time in UTC is needed: 2026-11-25T19:48:51Z");
	return false;
}

bool
member_citation(
    struct object *o, const char *name, struct arena *arena, struct hash *ret)
{
	json_value *value = object_optional_object(o, name);
	struct digest_set set;

	if (value == NULL)
		return false;
	if (digest_set_read(value, true, arena, &set, NULL) == ERR_OK &&
	    set.count == 1 && set.has_citation) {
		*ret = set.citation;
		return true;
	}
	object_fail_member(
	    o, name, "{\"tlogLeaf\": 64 lower-case hex digits} is needed");
	return false;
}

void
member_version(struct object *o, const char *name, struct span *ret)
{
	if (object_optional_text(o, name, 1, TEXT_VERSION_MAX, ret) &&
	    !text_is_version(*ret))
		object_fail_member(
		    o, name, "only A-Z, a-z, 0-9, '.', '_', '+', '-'");
}

bool
member_decimal(struct object *o, const char *name, uint64_t *ret)
{
	struct span text;

	if (!object_optional_text(o, name, 1, TEXT_DECIMAL_MAX, &text))
		return false;
	if (text_undecimal(text, INT64_MAX, ret))
		return true;
	object_fail_member(o, name,
	    "decimal digits are needed, no leading zeros, at most 2^63-1");
	return false;
}

void
member_needs_decimal(struct object *o, const char *name, uint64_t *ret)
{
	if (!member_decimal(o, name, ret))
		object_fail_member(o, name, "missing");
}

unsigned
member_word(struct object *o, const char *name, const char *const *words,
    unsigned count)
{
	struct span text;

	if (!object_optional_text(o, name, 1, MEMBER_LABEL_MAX, &text))
		return 0;
	for (unsigned i = 1; i < count; i++) {
		if (span_is(text, words[i]))
			return i;
	}
	char all[256];
	struct writer w = writer_of(all, sizeof(all));
	for (unsigned i = 1; i < count; i++)
		writer_format(&w, "%s%s", i > 1 ? ", " : "", words[i]);
	writer_u8(&w, '\0');
	object_fail(o, ERR_SYNTAX, "%s.%s: one of %s is needed", o->path, name,
	    writer_end(&w) == ERR_OK ? all : "its words");
	return 0;
}

size_t
member_elements(struct object *o, const char *name, size_t max,
    struct arena *arena,
    enum err (*read)(json_value *, struct arena *, struct why *))
{
	size_t count;
	json_value *array = object_optional_array(o, name, max, &count);

	for (size_t i = 0; i < count && o->err == ERR_OK; i++)
		member_keep(
		    o, read(json_element(array, i), arena, o->why), name, i);
	return count;
}
