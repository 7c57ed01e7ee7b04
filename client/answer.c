#include "client/answer.h"

#include <stdarg.h>
#include <stdio.h>

#define WORD_MAX 64

enum err
answer_get(struct session *session, const char *path, size_t max,
    struct json **ret, struct why *w)
{
	struct span body;
	enum err err = session_get(session, path, max, &body, w);

	if (err != ERR_OK)
		return err;
	err = json_parse_answer(body, ret, w);
	if (err != ERR_OK)
		why_prefix(w, "the log's answer");
	return err;
}

void
answer_warn_of_size(const struct session *session, uint64_t tree_size)
{
	if (!session->trust.has_seen ||
	    tree_size >= session->trust.seen.head.size)
		return;
	output_warn(&session->out,
	    "the log answers for %llu record%s and has shown %llu before: ask "
	    "again in a moment; if it stays so, headwater audit tells whether "
	    "it went back or is another log",
	    (unsigned long long)tree_size, output_plural(tree_size),
	    (unsigned long long)session->trust.seen.head.size);
}

void
answer_digest(struct object *o, const char *name, struct digest *ret)
{
	struct span text;
	struct why w = { 0 };

	object_line(o, name, 1, DIGEST_TEXT_MAX, &text);
	if (o->err == ERR_OK && digest_parse(text, ret, &w) != ERR_OK)
		object_fail_member(o, name, w.text);
}

void
answer_id(struct object *o, const char *name, struct hash *ret)
{
	struct span text;

	object_line(o, name, 1, HASH_TEXT_LEN, &text);
	if (o->err == ERR_OK && !hash_parse(text, ret))
		object_fail_member(o, name, "no record id");
}

bool
answer_optional_id(struct object *o, const char *name, struct hash *ret)
{
	if (!object_has(o, name) || object_null(o, name))
		return false;
	answer_id(o, name, ret);
	return o->err == ERR_OK;
}

void
answer_optional_line(
    struct object *o, const char *name, size_t max, struct span *ret)
{
	*ret = SPAN_EMPTY;
	if (object_has(o, name) && !object_null(o, name))
		object_line(o, name, 1, max, ret);
}

unsigned
answer_word(struct object *o, const char *name, const char *const *words,
    unsigned count)
{
	struct span text;

	object_line(o, name, 1, WORD_MAX, &text);
	for (unsigned i = 0; o->err == ERR_OK && i < count; i++) {
		if (span_is(text, words[i]))
			return i;
	}
	object_fail_member(o, name, "not one of its words");
	return 0;
}

void
answer_texts(struct object *o, const char *name, size_t max,
    struct answer_texts *ret, struct arena *arena)
{
	size_t count;
	json_value *array = object_array(o, name, 0, max, &count);

	*ret = (struct answer_texts){ .count = 0 };
	ret->all = arena_take(arena, count, sizeof(*ret->all));
	if (ret->all == NULL)
		object_fail(o, ERR_MEMORY, "%s: no memory left", name);
	for (size_t i = 0; o->err == ERR_OK && i < count; i++) {
		if (!json_element_text(array, i, &ret->all[i]))
			object_fail_member(o, name, "texts are needed");
	}
	if (o->err == ERR_OK)
		ret->count = count;
}

enum err
answer_path(char *path, size_t cap, struct why *w, const char *format, ...)
{
	va_list values;

	va_start(values, format);
	int len = vsnprintf(path, cap, format, values);
	va_end(values);
	if (len < 0 || (size_t)len >= cap)
		return why(w, ERR_USAGE, "too long a question");
	return ERR_OK;
}
