#include "schema/span.h"

#include <string.h>

struct span
span_of(const void *data, size_t len)
{
	return (struct span){ .data = data, .len = len };
}

struct span
span_of_text(const char *text)
{
	return span_of(text, strlen(text));
}

bool
span_equal(struct span a, struct span b)
{
	return a.len == b.len &&
	    (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

bool
span_is(struct span a, const char *text)
{
	return span_equal(a, span_of_text(text));
}

bool
span_starts(struct span a, const char *prefix)
{
	struct span p = span_of_text(prefix);

	return a.len >= p.len && span_equal(span_of(a.data, p.len), p);
}

int
span_compare(struct span a, struct span b)
{
	size_t len = a.len < b.len ? a.len : b.len;
	int order = len == 0 ? 0 : memcmp(a.data, b.data, len);

	if (order != 0)
		return order;
	return (a.len > b.len) - (a.len < b.len);
}

struct span
span_part(struct span a, size_t from, size_t len)
{
	if (from >= a.len)
		return SPAN_EMPTY;
	if (len > a.len - from)
		len = a.len - from;
	return span_of(a.data + from, len);
}

size_t
span_find(struct span a, uint8_t byte)
{
	const uint8_t *at = a.len == 0 ? NULL : memchr(a.data, byte, a.len);

	return at == NULL ? a.len : (size_t)(at - a.data);
}

bool
span_cut(struct span *rest, uint8_t separator, struct span *ret_before)
{
	size_t at = span_find(*rest, separator);

	if (at == rest->len)
		return false;
	*ret_before = span_part(*rest, 0, at);
	*rest = span_part(*rest, at + 1, rest->len);
	return true;
}
