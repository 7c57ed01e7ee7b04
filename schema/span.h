/*
 * span: bytes that somebody else owns.
 *
 * A span is valid as long as its owner keeps the bytes; the function that gives
 * one says who that is.  `data` may be NULL only where `len` is 0.
 *
 * Threads: any.  Memory: none.
 */
#ifndef HEADWATER_SCHEMA_SPAN_H
#define HEADWATER_SCHEMA_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct span {
	const uint8_t *data;
	size_t len;
};

#define SPAN_EMPTY ((struct span){ .data = NULL, .len = 0 })

/* For printf: "%.*s", SPAN_ARGS(span).  Bytes, not checked for anything. */
#define SPAN_ARGS(span) (int)(span).len, (const char *)(span).data

struct span span_of(const void *data, size_t len);
struct span span_of_text(const char *text); /* without the final NUL */

bool span_equal(struct span a, struct span b);
bool span_is(struct span a, const char *text);
bool span_starts(struct span a, const char *prefix);

/* memcmp order, the shorter first among equals: <0, 0, >0 */
int span_compare(struct span a, struct span b);

/* The part from `from` (at most `len` bytes); cut to what there is. */
struct span span_part(struct span a, size_t from, size_t len);

/* Position of the first `byte`, or `a.len` where there is none. */
size_t span_find(struct span a, uint8_t byte);

/*
 * Takes what stands before the first `separator` off the front of `*rest`
 * (the separator goes too).  False, and nothing changed, where `*rest` has none.
 */
bool span_cut(struct span *rest, uint8_t separator, struct span *ret_before);

#endif
