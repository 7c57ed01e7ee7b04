#include "schema/json.h"

#include <assert.h>
#include <jansson.h>
#include <setjmp.h>

#include "schema/arena.h"

/* a macro of Jansson, a function here */
#undef json_is_object

/* It needs up to 82 times its text, and what it outgrew is not given back. */
#define MEMORY_EACH 256
#define MEMORY_MIN ((size_t)64 << 10)

struct json {
	struct arena *arena; /* holds this, too */
	json_t *root;
};

/*
 * Jansson's memory is an arena of the document's own, and where that ends, so
 * does the call: Jansson 2.14 ignores a failed growth of the buffer that holds a
 * token, and then runs over its end (tests/schema/test_starved).  So no call of
 * it ever sees an allocation fail; nothing of it is freed one by one.
 */
struct calling {
	/* cppcheck-suppress unusedStructMember */
	struct arena *arena;
	jmp_buf out;
};
static _Thread_local struct calling *current; /* NULL: we are not within it */
static bool is_started;

static void *
take(size_t size)
{
	assert(current != NULL);
	void *memory = arena_take(current->arena, 1, size);
	if (memory == NULL)
		longjmp(current->out, 1);
	return memory;
}

static void
give(void *memory)
{
	(void)memory;
}

void
json_start(void)
{
	json_set_alloc_funcs(take, give);
	json_object_seed(0); /* 0: from the system's randomness */
	is_started = true;
}

/* ---- bounds, before Jansson allocates anything ---- */

/*
 * Jansson needs up to 81 bytes for each byte of `{}` and a stack frame for each
 * level, so both are counted first.  A string counts as a value until a colon
 * shows that it was a name; the value that must follow takes its place.  For
 * what Jansson would build before it refuses a text the counts are exact.
 */
struct scan {
	size_t depth;
	size_t values;
	bool was_text; /* the last token was a string */
};

/* Position behind the string that starts at `at`. */
static size_t
skip_string(struct span text, size_t at)
{
	for (at++; at < text.len && text.data[at] != '"'; at++) {
		if (text.data[at] == '\\')
			at++;
	}
	return at + 1;
}

static bool
is_structure(uint8_t byte)
{
	switch (byte) {
	case ' ':
	case '\t':
	case '\n':
	case '\r':
	case ',':
	case ':':
	case '"':
	case '[':
	case ']':
	case '{':
	case '}':
		return true;
	default:
		return false;
	}
}

/* Position behind a number or a word that starts at `at`. */
static size_t
skip_word(struct span text, size_t at)
{
	while (at < text.len && !is_structure(text.data[at]))
		at++;
	return at;
}

static size_t
scan_token(struct scan *scan, struct span text, size_t at)
{
	switch (text.data[at]) {
	case ' ':
	case '\t':
	case '\n':
	case '\r':
		return at + 1;
	case ':':
		if (scan->was_text)
			scan->values--;
		scan->was_text = false;
		return at + 1;
	case '"':
		scan->values++;
		scan->was_text = true;
		return skip_string(text, at);
	case '[':
	case '{':
		scan->depth++;
		scan->values++;
		scan->was_text = false;
		return at + 1;
	case ']':
	case '}':
		if (scan->depth > 0)
			scan->depth--;
		scan->was_text = false;
		return at + 1;
	case ',':
		scan->was_text = false;
		return at + 1;
	default:
		scan->values++;
		scan->was_text = false;
		return skip_word(text, at);
	}
}

static enum err
scan_all(struct span text, size_t values_max, struct why *w)
{
	struct scan scan = { .depth = 0 };
	size_t at = 0;
	while (at < text.len) {
		at = scan_token(&scan, text, at);
		if (scan.depth > JSON_DEPTH_MAX)
			return why(w, ERR_LIMIT,
			    "JSON: more than %d brackets open at once",
			    JSON_DEPTH_MAX);
		if (scan.values > values_max)
			return why(w, ERR_LIMIT, "JSON: more than %zu values",
			    values_max);
	}
	return ERR_OK;
}

enum err
json_scan(struct span text, struct why *w)
{
	return scan_all(text, JSON_VALUES_MAX, w);
}

/* ---- parsing ---- */

/* NULL with an empty text in *error: memory is out. */
static json_t *
call_load(
    struct arena *arena, struct span text, size_t flags, json_error_t *error)
{
	struct calling here = { .arena = arena };
	json_t *root;

	error->text[0] = '\0';
	current = &here;
	if (setjmp(here.out) == 0)
		root = json_loadb(text.len == 0 ? "" : (const char *)text.data,
		    text.len, JSON_REJECT_DUPLICATES | flags, error);
	else
		root = NULL;
	current = NULL;
	return root;
}

static enum err
load(struct span text, size_t flags, struct json **ret, struct why *w)
{
	json_error_t error;
	json_t *root = NULL;

	/* Jansson 2.14 swallows one behind a number or a word */
	if (span_find(text, '\0') < text.len)
		return why(w, ERR_SYNTAX, "JSON: a NUL");
	if (!is_started)
		json_start();
	struct arena *arena = arena_new(text.len * MEMORY_EACH + MEMORY_MIN);
	struct json *json =
	    arena == NULL ? NULL : arena_take(arena, 1, sizeof(*json));
	if (json != NULL) {
		root = call_load(arena, text, flags, &error);
		*json = (struct json){ .arena = arena, .root = root };
	}
	if (root != NULL) {
		*ret = json;
		return ERR_OK;
	}
	arena_free(arena);
	if (json == NULL || error.text[0] == '\0')
		return why(w, ERR_MEMORY, "JSON: out of memory");
	return why(w, ERR_SYNTAX, "JSON: line %d, column %d: %s", error.line,
	    error.column, error.text);
}

enum err
json_parse(struct span text, struct json **ret, struct why *w)
{
	enum err err = scan_all(text, JSON_VALUES_MAX, w);

	if (err != ERR_OK)
		return err;
	return load(text, JSON_DECODE_INT_AS_REAL, ret, w);
}

enum err
json_parse_answer(struct span text, struct json **ret, struct why *w)
{
	enum err err = scan_all(text, JSON_ANSWER_VALUES_MAX, w);

	if (err != ERR_OK)
		return err;
	return load(text, 0, ret, w);
}

void
json_done(struct json *json)
{
	if (json != NULL)
		arena_free(json->arena);
}

json_value *
json_root(const struct json *json)
{
	return json->root;
}

static int
write_some(const char *buffer, size_t len, void *data)
{
	struct writer *w = data;

	writer_bytes(w, buffer, len);
	return w->err == ERR_OK ? 0 : -1;
}

enum err
json_print_pretty(const struct json *json, struct writer *w)
{
	struct calling here = { .arena = json->arena };

	/* it keeps a table of where it is */
	current = &here;
	bool is_printed = setjmp(here.out) == 0 &&
	    json_dump_callback(json->root, write_some, w, JSON_INDENT(2)) == 0;
	current = NULL;
	if (!is_printed && w->err == ERR_OK)
		w->err = ERR_MEMORY;
	return w->err;
}

/* ---- elements ---- */

json_value *
json_element(json_value *array, size_t at)
{
	return json_array_get(array, at);
}

bool
json_text(const json_value *value, struct span *ret)
{
	if (!json_is_string(value))
		return false;
	*ret = span_of(json_string_value(value), json_string_length(value));
	return true;
}

bool
json_is_list(const json_value *value)
{
	return value != NULL && json_typeof(value) == JSON_ARRAY;
}

bool
json_whole(const json_value *value, uint64_t *ret)
{
	if (!json_is_integer(value) || json_integer_value(value) < 0)
		return false;
	*ret = (uint64_t)json_integer_value(value);
	return true;
}

bool
json_element_text(json_value *array, size_t at, struct span *ret)
{
	return json_text(json_array_get(array, at), ret);
}

bool
json_is_object(const json_value *value)
{
	return value != NULL && json_typeof(value) == JSON_OBJECT;
}

bool
json_member(json_value *object, void **at, struct span *ret_name,
    json_value **ret_value)
{
	*at = *at == NULL ? json_object_iter(object)
			  : json_object_iter_next(object, *at);
	if (*at == NULL)
		return false;
	*ret_name =
	    span_of(json_object_iter_key(*at), json_object_iter_key_len(*at));
	*ret_value = json_object_iter_value(*at);
	return true;
}

size_t
json_count(const json_value *value)
{
	return json_is_array(value) ? json_array_size(value)
				    : json_object_size(value);
}
