/*
 * json: texts of strangers as values.  The door to Jansson, with object.
 *
 * Depth and number of values are bounded before Jansson sees the text; duplicate
 * members, NUL, broken UTF-8, numbers beyond a double and anything but an object
 * or an array at the top are refused.
 *
 * Threads: a parsed document is read by any one thread at a time.
 * Memory: json_parse / json_done; spans borrow the document.
 */
#ifndef HEADWATER_SCHEMA_JSON_H
#define HEADWATER_SCHEMA_JSON_H

#include "schema/err.h"
#include "schema/span.h"
#include "schema/writer.h"

#define JSON_DEPTH_MAX 32    /* brackets open at once; 32 is accepted */
#define JSON_VALUES_MAX 8192 /* of any kind, members' names not counted */
/* In an answer of a server: a lineage of 1,000 nodes and 4,000 edges fits. */
#define JSON_ANSWER_VALUES_MAX ((size_t)1 << 18)

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

/* ---- values ---- */

json_value *json_element(json_value *array, size_t at);
bool json_element_text(json_value *array, size_t at, struct span *ret);
bool json_is_object(const json_value *value);
bool json_text(const json_value *value, struct span *ret); /* a string? */
bool json_is_list(const json_value *value);
/* A number without sign, fraction or exponent, in what json_parse_answer read. */
bool json_whole(const json_value *value, uint64_t *ret);

/* Members of an object in the order of the text; `*at` is NULL before the first.
 * False at the end. */
bool json_member(json_value *object, void **at, struct span *ret_name,
    json_value **ret_value);
size_t json_count(const json_value *value); /* of members or elements */

#endif
