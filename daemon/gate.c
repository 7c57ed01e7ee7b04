#include "daemon/gate.h"

#include <string.h>

#include "daemon/token.h"
#include "schema/text.h"

bool
gate_is_plain(uint8_t byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
	    (byte >= '0' && byte <= '9') ||
	    (byte != 0 && strchr("/._:@+-", byte) != NULL);
}

static int
hex_digit(uint8_t byte)
{
	if (byte >= '0' && byte <= '9')
		return byte - '0';
	byte = token_to_lower(byte);
	return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

bool
gate_decode(struct span text, uint8_t *out, size_t *ret_len)
{
	size_t len = 0;

	for (size_t i = 0; i < text.len; i++) {
		uint8_t byte = text.data[i];
		if (byte == '%') {
			if (text.len - i < 3)
				return false;
			int high = hex_digit(text.data[i + 1]);
			int low = hex_digit(text.data[i + 2]);
			if (high < 0 || low < 0)
				return false;
			byte = (uint8_t)(high * 16 + low);
			i += 2;
		}
		if (!gate_is_plain(byte))
			return false;
		out[len++] = byte;
	}
	*ret_len = len;
	return true;
}

/* ---- the request line ---- */

static enum gate_method
method_of(struct span method)
{
	static const char *const names[] = {
		[GATE_GET] = "GET",
		[GATE_HEAD] = "HEAD",
		[GATE_POST] = "POST",
		[GATE_PUT] = "PUT",
		[GATE_OPTIONS] = "OPTIONS",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (span_is(method, names[i]))
			return (enum gate_method)i;
	}
	return GATE_OTHER;
}

static bool
is_target_byte(uint8_t byte, bool in_query)
{
	return gate_is_plain(byte) || byte == '%' ||
	    (in_query && (byte == '=' || byte == '&'));
}

static enum err
judge_target(
    const struct gate_head *head, struct gate_pass *pass, struct why *w)
{
	struct span target = head->target;
	size_t path_len = span_find(target, '?');

	if (target.len > HTTP_URI_MAX)
		return why(w, ERR_LIMIT,
		    "target: %zu bytes, at most %d may be sent", target.len,
		    HTTP_URI_MAX);
	if (path_len != head->path_len || target.len != head->target_len)
		return why(w, ERR_SYNTAX,
		    "target: a NUL in it or before it, or two blanks");
	if (target.len == 0 || target.data[0] != '/')
		return why(w, ERR_SYNTAX, "target: must begin with '/'");
	for (size_t i = 0; i < target.len; i++) {
		if (i != path_len &&
		    !is_target_byte(target.data[i], i > path_len))
			return why(w, ERR_SYNTAX,
			    "target: byte %zu is outside [A-Za-z0-9/._:@+-] "
			    "and %%XX",
			    i);
	}
	pass->path = span_part(target, 0, path_len);
	pass->has_query = path_len < target.len;
	if (pass->has_query)
		pass->query = span_part(target, path_len + 1, target.len);
	return ERR_OK;
}

static enum err
judge_line(const struct gate_head *head, struct gate_pass *pass, struct why *w)
{
	if (!span_is(head->version, "HTTP/1.1") &&
	    !span_is(head->version, "HTTP/1.0"))
		return why(w, ERR_SYNTAX, "version: HTTP/1.1 or HTTP/1.0");
	if (!token_is(head->method))
		return why(w, ERR_SYNTAX, "method: not a token");
	pass->method = method_of(head->method);
	return judge_target(head, pass, w);
}

/* ---- headers ---- */

struct seen {
	unsigned host, length, transfer, expect, type, encoding, range;
};

static enum err
take_length(struct span value, struct gate_pass *pass, struct why *w)
{
	for (size_t i = 0; i < value.len; i++) {
		if (value.data[i] < '0' || value.data[i] > '9')
			return why(
			    w, ERR_SYNTAX, "Content-Length: digits only");
	}
	if (value.len == 0 || (value.len > 1 && value.data[0] == '0'))
		return why(w, ERR_SYNTAX,
		    "Content-Length: a decimal without leading zeros");
	/* what no number of ours holds is only too large */
	if (!text_undecimal(value, UINT64_MAX, &pass->length))
		pass->length = UINT64_MAX;
	pass->has_length = true;
	return ERR_OK;
}

static enum err
take_host(struct span value, struct why *w)
{
	if (!token_is_host(value))
		return why(w, ERR_SYNTAX, "Host: has what no host has");
	return ERR_OK;
}

static void
take_media_type(struct span value, struct gate_pass *pass)
{
	struct span type = span_part(value, 0, span_find(value, ';'));

	while (type.len > 0 &&
	    (type.data[type.len - 1] == ' ' || type.data[type.len - 1] == '\t'))
		type.len--;
	if (type.len > GATE_MEDIA_TYPE_MAX)
		type.len = GATE_MEDIA_TYPE_MAX;
	for (size_t i = 0; i < type.len; i++)
		pass->media_type[i] = (char)token_to_lower(type.data[i]);
	pass->media_type_len = type.len;
}

static enum err
take_transfer(struct span value, struct gate_pass *pass, struct why *w)
{
	if (!token_is_caseless(value, "chunked"))
		return why(
		    w, ERR_SYNTAX, "Transfer-Encoding: exactly `chunked`");
	pass->is_chunked = true;
	return ERR_OK;
}

static enum err
take_expect(struct span value, struct gate_pass *pass, struct why *w)
{
	if (!token_is_caseless(value, "100-continue"))
		return why(w, ERR_SYNTAX, "Expect: exactly `100-continue`");
	pass->expects_continue = true;
	return ERR_OK;
}

/* Of a PUT alone is it read: elsewhere that it is there is what is wrong. */
static enum err
take_encoding(struct span value, struct gate_pass *pass, struct why *w)
{
	if (pass->method == GATE_PUT && !token_is_caseless(value, "gzip"))
		return why(w, ERR_MEDIA_TYPE,
		    "Content-Encoding: gzip alone, and of blobs alone");
	pass->is_gzip = true;
	return ERR_OK;
}

/* RFC 9110 §14.4, with all three numbers; of a PUT too. */
static enum err
take_range(struct span value, struct gate_pass *pass, struct why *w)
{
	struct gate_range *range = &pass->range;
	struct span begin, last;
	bool is_fine = span_starts(value, "bytes ");
	struct span rest = span_part(value, 6, value.len);

	is_fine = is_fine && span_cut(&rest, '-', &begin) &&
	    span_cut(&rest, '/', &last) &&
	    text_undecimal(begin, UINT64_MAX, &range->begin) &&
	    text_undecimal(last, UINT64_MAX, &range->last) &&
	    text_undecimal(rest, UINT64_MAX, &range->size) &&
	    range->begin <= range->last && range->last < range->size;
	if (pass->method == GATE_PUT && !is_fine)
		return why(w, ERR_SYNTAX,
		    "Content-Range: `bytes BEGIN-LAST/SIZE` with decimals, "
		    "such as `bytes 0-99/1000`");
	pass->has_range = true;
	return ERR_OK;
}

/* What says how its body is to be read, and what is wanted. */
static enum err
take_content(const struct gate_header *header, struct seen *seen,
    struct gate_pass *pass, struct why *w)
{
	struct span name = header->name;

	if (token_is_caseless(name, "content-encoding") &&
	    seen->encoding++ == 0)
		return take_encoding(header->value, pass, w);
	if (token_is_caseless(name, "content-range") && seen->range++ == 0)
		return take_range(header->value, pass, w);
	if (token_is_caseless(name, "content-type") && seen->type++ == 0)
		take_media_type(header->value, pass);
	else if (token_is_caseless(name, "accept") && pass->accept.data == NULL)
		pass->accept = header->value;
	return ERR_OK;
}

/* What says where the request ends comes first. */
static enum err
take_header(const struct gate_header *header, struct seen *seen,
    struct gate_pass *pass, struct why *w)
{
	struct span name = header->name;

	if (token_is_caseless(name, "host") && seen->host++ == 0)
		return take_host(header->value, w);
	if (token_is_caseless(name, "content-length") && seen->length++ == 0)
		return take_length(header->value, pass, w);
	if (token_is_caseless(name, "transfer-encoding") &&
	    seen->transfer++ == 0)
		return take_transfer(header->value, pass, w);
	if (token_is_caseless(name, "expect") && seen->expect++ == 0)
		return take_expect(header->value, pass, w);
	return take_content(header, seen, pass, w);
}

/* Does `after` stand `gap` bytes behind the end of `before`? */
static bool
follows(struct span before, size_t gap, const uint8_t *after)
{
	return (uintptr_t)before.data + before.len + gap == (uintptr_t)after;
}

/* Name, NUL for the colon, blanks, value. */
static bool
is_one_line(const struct gate_header *header)
{
	const uint8_t *at = header->name.data + header->name.len + 1;

	/* a folded line has its name elsewhere, behind the value */
	if ((uintptr_t)at > (uintptr_t)header->value.data)
		return false;
	while (*at == ' ' || *at == '\t')
		at++;
	return follows(header->value, 0, at + header->value.len);
}

/*
 * Libmicrohttpd 0.9.75 cuts a value at a NUL, glues folded lines to names and
 * takes a line that begins with a colon for the end of the headers.  Where it
 * left the pieces shows all that: each line ends with CR LF, the last with two,
 * and nothing stands between.
 */
static bool
is_whole(const struct gate_head *head)
{
	struct span before = head->version;
	const uint8_t *end = head->raw.data + head->raw.len;

	for (size_t i = 0; i < head->header_count; i++) {
		const struct gate_header *header = &head->headers[i];
		if (!follows(before, 2, header->name.data) ||
		    !is_one_line(header))
			return false;
		before = header->value;
	}
	return follows(before, 4, end);
}

static enum err
judge_bytes(const struct gate_head *head, struct why *w)
{
	size_t total = 0;

	if (head->header_count > HTTP_HEADERS_MAX)
		return why(w, ERR_LIMIT, "headers: %zu, at most %d may be sent",
		    head->header_count, HTTP_HEADERS_MAX);
	for (size_t i = 0; i < head->header_count; i++) {
		const struct gate_header *header = &head->headers[i];
		/* a folded line and a space before the colon end up here */
		if (!token_is(header->name))
			return why(w, ERR_SYNTAX,
			    "header %zu: its name is not a token", i + 1);
		if (!token_is_value(header->value))
			return why(w, ERR_SYNTAX,
			    "header %zu: its value holds control characters",
			    i + 1);
		total += header->name.len + header->value.len + 4;
	}
	if (head->raw.data != NULL && !is_whole(head))
		return why(w, ERR_SYNTAX,
		    "headers: a folded line, a NUL, or a line that does not "
		    "end with CR LF");
	if (total > HTTP_HEADER_BYTES_MAX)
		return why(w, ERR_LIMIT,
		    "headers: %zu bytes, at most %zu may be sent", total,
		    HTTP_HEADER_BYTES_MAX);
	return ERR_OK;
}

static enum err
judge_counts(const struct seen *seen, struct why *w)
{
	if (seen->host != 1)
		return why(w, ERR_SYNTAX, "Host: exactly one is needed");
	if (seen->length > 1)
		return why(w, ERR_SYNTAX, "Content-Length: given twice");
	if (seen->transfer > 1)
		return why(w, ERR_SYNTAX, "Transfer-Encoding: given twice");
	if (seen->expect > 1)
		return why(w, ERR_SYNTAX, "Expect: given twice");
	if (seen->type > 1)
		return why(w, ERR_SYNTAX, "Content-Type: given twice");
	if (seen->encoding > 1)
		return why(w, ERR_SYNTAX, "Content-Encoding: given twice");
	if (seen->range > 1)
		return why(w, ERR_SYNTAX, "Content-Range: given twice");
	return ERR_OK;
}

static enum err
judge_body(
    const struct gate_head *head, const struct gate_pass *pass, struct why *w)
{
	if (pass->is_chunked && pass->has_length)
		return why(w, ERR_SYNTAX,
		    "Content-Length: not beside Transfer-Encoding");
	if (pass->is_chunked && span_is(head->version, "HTTP/1.0"))
		return why(
		    w, ERR_SYNTAX, "Transfer-Encoding: not known to HTTP/1.0");
	/* what takes a body, or ends as 405, is the route's to say */
	if (pass->method == GATE_POST || pass->method == GATE_PUT ||
	    pass->method == GATE_OTHER)
		return ERR_OK;
	if (gate_has_body(pass))
		return why(w, ERR_SYNTAX,
		    "body: only POST and PUT may carry one here");
	if (pass->is_gzip)
		return why(w, ERR_MEDIA_TYPE, "Content-Encoding: of no body");
	if (pass->has_range)
		return why(w, ERR_SYNTAX, "Content-Range: of PUT alone");
	return ERR_OK;
}

enum err
gate_judge(const struct gate_head *head, struct gate_pass *ret, struct why *w)
{
	struct gate_pass pass = { .has_query = false };
	struct seen seen = { .host = 0 };
	enum err err = judge_line(head, &pass, w);

	if (err == ERR_OK)
		err = judge_bytes(head, w);
	for (size_t i = 0; err == ERR_OK && i < head->header_count; i++)
		err = take_header(&head->headers[i], &seen, &pass, w);
	if (err == ERR_OK)
		err = judge_counts(&seen, w);
	if (err == ERR_OK)
		err = judge_body(head, &pass, w);
	if (err == ERR_OK)
		*ret = pass;
	return err;
}

bool
gate_has_body(const struct gate_pass *pass)
{
	return pass->is_chunked || pass->length > 0;
}
