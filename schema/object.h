/*
 * object: JSON read as strictly as bytes.  The door to Jansson.
 *
 * json_parse bounds depth and number of values before Jansson sees the text,
 * refuses duplicate members, NUL, broken UTF-8 and numbers beyond a double.
 * An object is a sticky cursor: ask for members by name, then object_end, which
 * also refuses members that nobody asked for.
 *
 *	struct object o = object_of(json_root(json), "predicate", w);
 *	object_text(&o, "license", 1, 256, &license);
 *	if (object_optional_text(&o, "version", 1, 64, &version)) ...
 *	return object_end(&o);
 *
 * Sentences name the field: "predicate.license: 300 bytes, at most 256".  Code
 * that reads one element of a list knows no place: it gives the path "", and its
 * caller puts the place in front with object_within.
 *
 * Threads: a parsed document is read by any one thread at a time.
 * Memory: json_parse / json_done; spans borrow the document.
 */
#ifndef HEADWATER_SCHEMA_OBJECT_H
#define HEADWATER_SCHEMA_OBJECT_H

#include "schema/err.h"
#include "schema/span.h"
#include "schema/writer.h"

#define JSON_DEPTH_MAX 32    /* brackets open at once; 32 is accepted */
#define JSON_VALUES_MAX 8192 /* of any kind, members' names not counted */
/* In an answer of a server: a lineage of 1,000 nodes and 4,000 edges fits. */
#define JSON_ANSWER_VALUES_MAX ((size_t)1 << 18)
#define OBJECT_MEMBERS_MAX 24 /* members that one reader asks for */

struct json;			  /* a parsed document */
struct json_t;			  /* Jansson's value; opaque here */
typedef struct json_t json_value; /* so that no other file needs Jansson */

/* Call once, before threads: seeds the hash of member names. */
void json_start(void);

/* What people sign and send: no number has a meaning, all are doubles. */
MUST_CHECK enum err json_parse(
    struct span text, struct json **ret, struct why *w);
/* What a server answers: object_number works; JSON_ANSWER_VALUES_MAX values. */
MUST_CHECK enum err json_parse_answer(
    struct span text, struct json **ret, struct why *w);
void json_done(struct json *json); /* NULL is fine */
json_value *json_root(const struct json *json);

/* Only the bounds: depth and count, without parsing further.  For fuzzing and
 * for texts that are only stored. */
MUST_CHECK enum err json_scan(struct span text, struct why *w);

/* Reprints for people's eyes, indented by two.  Never sign or hash this. */
MUST_CHECK enum err json_print_pretty(
    const struct json *json, struct writer *w);

/* ---- reading one object ---- */

struct object {
	json_value *value; /* NULL after a failure */
	const char *path;  /* for sentences: "predicate" */
	struct why *why;
	enum err err; /* the first failure; its sentence is in *why */
	size_t seen;  /* members asked for and found: their names */
	const char *names[OBJECT_MEMBERS_MAX];
};

struct object object_of(json_value *value, const char *path, struct why *w);
MUST_CHECK enum err object_end(const struct object *o);
/* As object_end, but members that nobody asked for are fine. */
MUST_CHECK enum err object_end_open(const struct object *o);
/* Records a failure from outside (the first one counts). */
void object_fail(struct object *o, enum err err, const char *format, ...)
    PRINTF(3, 4);
/* Where `err` is a failure, puts a place before its sentence: "subject[3]" and
 * "digest: missing" give "subject[3].digest: missing".  Returns `err`. */
enum err object_within(struct why *w, enum err err, const char *format, ...)
    PRINTF(3, 4);

/* Ask for each member once.  A string of min to max bytes.  Required; the optional form returns whether it
 * is there (`*ret` is SPAN_EMPTY and false where it is not). */
void object_text(struct object *o, const char *name, size_t min, size_t max,
    struct span *ret);
bool object_optional_text(struct object *o, const char *name, size_t min,
    size_t max, struct span *ret);
/* The same, and no control characters (text_is_line). */
void object_line(struct object *o, const char *name, size_t min, size_t max,
    struct span *ret);
bool object_optional_line(struct object *o, const char *name, size_t min,
    size_t max, struct span *ret);

/* An object or an array: NULL where it is missing (a failure when required). */
json_value *object_object(struct object *o, const char *name);
json_value *object_optional_object(struct object *o, const char *name);
json_value *object_array(struct object *o, const char *name, size_t min,
    size_t max, size_t *ret_count);
json_value *object_optional_array(
    struct object *o, const char *name, size_t max, size_t *ret_count);
bool object_has(const struct object *o, const char *name);
/* Marks any member as seen whatever it holds: free-form parts. */
void object_any(struct object *o, const char *name);
/* Answers of a server only; records hold no numbers and no booleans of ours. */
bool object_null(struct object *o, const char *name); /* seen only if null */
bool object_flag(struct object *o, const char *name);
uint64_t object_number(struct object *o, const char *name, uint64_t max);

/* ---- elements ---- */

json_value *json_element(json_value *array, size_t at);
bool json_element_text(json_value *array, size_t at, struct span *ret);
bool json_is_object(const json_value *value);
bool json_text(const json_value *value, struct span *ret); /* a string? */

/* Members of an object in the order of the text; `*at` is NULL before the first.
 * False at the end. */
bool json_member(json_value *object, void **at, struct span *ret_name,
    json_value **ret_value);
size_t json_count(const json_value *value); /* of members or elements */

#endif
