#include "tests/hostile/strict.h"

#include <string.h>
#include <strings.h>

#include "schema/text.h"

struct head {
	size_t hosts;
	size_t lengths;
	size_t codings;
	uint64_t length;
	bool is_old; /* HTTP/1.0 */
	bool is_last;
	bool keeps_alive;
};

static bool
is_token(struct span text)
{
	static const char marks[] = "!#$%&'*+-.^_`|~";

	for (size_t i = 0; i < text.len; i++) {
		uint8_t byte = text.data[i];
		bool is_letter = (byte | 0x20) >= 'a' && (byte | 0x20) <= 'z';
		bool is_digit = byte >= '0' && byte <= '9';
		if (!is_letter && !is_digit &&
		    (byte == 0 || strchr(marks, byte) == NULL))
			return false;
	}
	return text.len > 0;
}

static bool
has_no_controls(struct span text)
{
	for (size_t i = 0; i < text.len; i++)
		if ((text.data[i] < 0x20 && text.data[i] != '\t') ||
		    text.data[i] == 0x7f)
			return false;
	return true;
}

/* A line that ends with CR LF; both are cut off. */
static bool
take_line(struct span *rest, struct span *ret)
{
	if (!span_cut(rest, '\n', ret) || ret->len == 0 ||
	    ret->data[ret->len - 1] != '\r')
		return false;
	ret->len--;
	return true;
}

static bool
take_request_line(struct span line, struct head *head)
{
	struct span method, target;

	if (!span_cut(&line, ' ', &method) || !span_cut(&line, ' ', &target))
		return false;
	head->is_old = span_is(line, "HTTP/1.0");
	return is_token(method) && has_no_controls(target) &&
	    span_starts(target, "/") &&
	    (head->is_old || span_is(line, "HTTP/1.1"));
}

static bool
is_named(struct span name, const char *other)
{
	return name.len == strlen(other) &&
	    strncasecmp((const char *)name.data, other, name.len) == 0;
}

static struct span
trim(struct span text)
{
	while (text.len > 0 && (text.data[0] == ' ' || text.data[0] == '\t'))
		text = span_part(text, 1, text.len);
	while (text.len > 0 &&
	    (text.data[text.len - 1] == ' ' || text.data[text.len - 1] == '\t'))
		text.len--;
	return text;
}

static bool
take_header(struct span line, struct head *head)
{
	struct span name, value;

	if (!span_cut(&line, ':', &name) || !is_token(name) ||
	    !has_no_controls(line))
		return false;
	value = trim(line);
	if (is_named(name, "host"))
		head->hosts++;
	if (is_named(name, "content-length")) {
		head->lengths++;
		return text_undecimal(value, UINT64_MAX, &head->length);
	}
	if (is_named(name, "transfer-encoding")) {
		head->codings++;
		return is_named(value, "chunked");
	}
	if (is_named(name, "connection")) {
		head->is_last |= is_named(value, "close");
		head->keeps_alive |= is_named(value, "keep-alive");
	}
	return true;
}

/* RFC 9112 §2.2 */
static void
skip_empty_lines(struct span *stream)
{
	struct span line;

	while (stream->len > 0 &&
	    (stream->data[0] == '\n' || span_starts(*stream, "\r\n")))
		(void)span_cut(stream, '\n', &line);
}

/* One request off the stream; false when there is none that is whole. */
static bool
take_request(struct span *stream, bool *ret_is_last)
{
	struct head head = { .hosts = 0 };
	struct span line;

	skip_empty_lines(stream);
	if (!take_line(stream, &line) || !take_request_line(line, &head))
		return false;
	for (;;) {
		if (!take_line(stream, &line))
			return false;
		if (line.len == 0)
			break;
		if (!take_header(line, &head))
			return false;
	}
	if (head.hosts != 1 || head.lengths + head.codings > 1 ||
	    (head.codings == 1 && head.is_old))
		return false;
	*ret_is_last = head.is_last || head.codings == 1 ||
	    (head.is_old && !head.keeps_alive);
	/* that a body is too long is said before it has come */
	if (head.length > stream->len)
		*ret_is_last = true;
	*stream = span_part(*stream,
	    head.length > stream->len ? stream->len : (size_t)head.length,
	    stream->len);
	return true;
}

size_t
strict_count(struct span stream)
{
	size_t count = 0;
	bool is_last = false;

	while (!is_last && take_request(&stream, &is_last))
		count++;
	return count;
}
