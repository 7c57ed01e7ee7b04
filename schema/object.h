/*
 * object: one JSON object read as strictly as bytes.
 *
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
 * Threads: one at a time.  Memory: spans borrow the document.
 */
#ifndef HEADWATER_SCHEMA_OBJECT_H
#define HEADWATER_SCHEMA_OBJECT_H

#include "schema/json.h"

#define OBJECT_MEMBERS_MAX 24 /* members that one reader asks for */

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
/* ERR_SYNTAX about one member: "predicate.uri: `sentence`". */
void object_fail_member(
    struct object *o, const char *name, const char *sentence);
/* Where `err` is a failure, puts a place before its sentence: "subject[3]" and
 * "digest: missing" give "subject[3].digest: missing".  Returns `err`. */
enum err object_within(struct why *w, enum err err, const char *format, ...)
    PRINTF(3, 4);

/* Ask for each member once.  A string of min to max bytes.  Required; the
 * optional form returns whether it is there (else `*ret` is SPAN_EMPTY). */
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

#endif
