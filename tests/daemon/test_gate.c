/* gate: heads as they come over the wire, cut into lines by the test. */
#include "tests/unit.h"

#include "daemon/gate.h"

struct row {
	const char *name;
	const char *text; /* request line, then headers, each with LF */
	enum err err;
};

#define HOST "Host: a\n"
#define GET "GET / HTTP/1.1\n" HOST
#define POST "POST /v1/records HTTP/1.1\n" HOST
#define PUT "PUT /v1/blobs/a HTTP/1.1\n" HOST

static const struct row rows[] = {
	{ "a plain GET", GET, ERR_OK },
	{ "HTTP/1.0", "GET / HTTP/1.0\n" HOST, ERR_OK },
	{ "HTTP/1.2", "GET / HTTP/1.2\n" HOST, ERR_SYNTAX },
	{ "HTTP/2.0", "GET / HTTP/2.0\n" HOST, ERR_SYNTAX },
	{ "http/1.1 in lower case", "GET / http/1.1\n" HOST, ERR_SYNTAX },
	{ "no version", "GET / \n" HOST, ERR_SYNTAX },
	{ "an unknown method", "BREW / HTTP/1.1\n" HOST, ERR_OK },
	{ "a lower-case method is another", "get / HTTP/1.1\n" HOST, ERR_OK },
	{ "a method with a bracket", "G(T / HTTP/1.1\n" HOST, ERR_SYNTAX },
	{ "no Host", "GET / HTTP/1.1\n", ERR_SYNTAX },
	{ "two Hosts", GET HOST, ERR_SYNTAX },
	{ "two Hosts in other cases", GET "hOST: b\n", ERR_SYNTAX },
	{ "an empty Host", "GET / HTTP/1.1\nHost: \n", ERR_OK },
	{ "a Host with a port", "GET / HTTP/1.1\nHost: a.b:80\n", ERR_OK },
	{ "a Host of IPv6", "GET / HTTP/1.1\nHost: [::1]:80\n", ERR_OK },
	{ "a Host with a path", "GET / HTTP/1.1\nHost: a/b\n", ERR_SYNTAX },
	{ "a Host with a user", "GET / HTTP/1.1\nHost: b@a\n", ERR_SYNTAX },
	{ "a Host with a blank", "GET / HTTP/1.1\nHost: a b\n", ERR_SYNTAX },
	{ "a Host in UTF-8", "GET / HTTP/1.1\nHost: \xc3\xa9\n", ERR_SYNTAX },
	{ "an absolute target", "GET http://a/ HTTP/1.1\n" HOST, ERR_SYNTAX },
	{ "an asterisk", "OPTIONS * HTTP/1.1\n" HOST, ERR_SYNTAX },
	{ "a fragment", "GET /#a HTTP/1.1\n" HOST, ERR_SYNTAX },
	{ "a backslash", "GET /\\a HTTP/1.1\n" HOST, ERR_SYNTAX },
	{ "a quote", "GET /\" HTTP/1.1\n" HOST, ERR_SYNTAX },
	{ "a tilde", "GET /~a HTTP/1.1\n" HOST, ERR_SYNTAX },
	{ "UTF-8 in the target", "GET /\xc3\xa9 HTTP/1.1\n" HOST, ERR_SYNTAX },
	{ "a percent sign passes on", "GET /%2e HTTP/1.1\n" HOST, ERR_OK },
	{ "a query", "GET /a?b=c&d=e HTTP/1.1\n" HOST, ERR_OK },
	{ "two question marks", "GET /a?b=c?d HTTP/1.1\n" HOST, ERR_SYNTAX },
	{ "= in the path", "GET /a=b HTTP/1.1\n" HOST, ERR_SYNTAX },
	{ "a plus sign", "GET /a+b HTTP/1.1\n" HOST, ERR_OK },
	{ "a space before the colon", GET "X : 1\n", ERR_SYNTAX },
	{ "an empty name", GET ": 1\n", ERR_SYNTAX },
	{ "a folded line glued to a name", GET " X: 1\n", ERR_SYNTAX },
	{ "a name in UTF-8", GET "X\xc3\xa9: 1\n", ERR_SYNTAX },
	{ "a value in UTF-8", GET "X: \xc3\xa9\n", ERR_OK },
	{ "a tab in a value", GET "X: a\tb\n", ERR_OK },
	{ "a vertical tab in a value", GET "X: a\vb\n", ERR_SYNTAX },
	{ "a carriage return in a value", GET "X: a\rb\n", ERR_SYNTAX },
	{ "DEL in a value", GET "X: \x7f\n", ERR_SYNTAX },
	{ "a body's length", POST "Content-Length: 3\n", ERR_OK },
	{ "length 0", POST "Content-Length: 0\n", ERR_OK },
	{ "length 00", POST "Content-Length: 00\n", ERR_SYNTAX },
	{ "length 03", POST "Content-Length: 03\n", ERR_SYNTAX },
	{ "length +3", POST "Content-Length: +3\n", ERR_SYNTAX },
	{ "length -3", POST "Content-Length: -3\n", ERR_SYNTAX },
	{ "length 0x3", POST "Content-Length: 0x3\n", ERR_SYNTAX },
	{ "length 3 and a space", POST "Content-Length: 3 \n", ERR_SYNTAX },
	{ "length 3, 3", POST "Content-Length: 3, 3\n", ERR_SYNTAX },
	{ "an empty length", POST "Content-Length: \n", ERR_SYNTAX },
	{ "length 2^64 - 1", POST "Content-Length: 18446744073709551615\n",
	    ERR_OK },
	{ "length 2^64", POST "Content-Length: 18446744073709551616\n",
	    ERR_OK },
	{ "two lengths, the same",
	    POST "Content-Length: 3\nContent-Length: 3\n", ERR_SYNTAX },
	{ "two lengths, different",
	    POST "Content-Length: 3\ncontent-length: 4\n", ERR_SYNTAX },
	{ "chunked", POST "Transfer-Encoding: chunked\n", ERR_OK },
	{ "Chunked", POST "Transfer-Encoding: Chunked\n", ERR_OK },
	{ "chunked twice",
	    POST "Transfer-Encoding: chunked\nTransfer-Encoding: chunked\n",
	    ERR_SYNTAX },
	{ "chunked and identity", POST "Transfer-Encoding: identity, chunked\n",
	    ERR_SYNTAX },
	{ "xchunked", POST "Transfer-Encoding: xchunked\n", ERR_SYNTAX },
	{ "chunked with a space", POST "Transfer-Encoding: chunked \n",
	    ERR_SYNTAX },
	{ "chunked in quotes", POST "Transfer-Encoding: \"chunked\"\n",
	    ERR_SYNTAX },
	{ "gzip", POST "Transfer-Encoding: gzip\n", ERR_SYNTAX },
	{ "an empty transfer encoding", POST "Transfer-Encoding: \n",
	    ERR_SYNTAX },
	{ "length and chunked",
	    POST "Content-Length: 3\nTransfer-Encoding: chunked\n",
	    ERR_SYNTAX },
	{ "chunked and length",
	    POST "Transfer-Encoding: chunked\nContent-Length: 3\n",
	    ERR_SYNTAX },
	{ "chunked in HTTP/1.0",
	    "POST / HTTP/1.0\n" HOST "Transfer-Encoding: chunked\n",
	    ERR_SYNTAX },
	{ "PUT with a body", PUT "Content-Length: 3\n", ERR_OK },
	{ "gzip of a PUT", PUT "Content-Encoding: GZip\n", ERR_OK },
	{ "gzip twice", PUT "Content-Encoding: gzip\nContent-Encoding: gzip\n",
	    ERR_SYNTAX },
	{ "gzip, gzip", PUT "Content-Encoding: gzip, gzip\n", ERR_MEDIA_TYPE },
	{ "br of a PUT", PUT "Content-Encoding: br\n", ERR_MEDIA_TYPE },
	{ "identity of a PUT", PUT "Content-Encoding: identity\n",
	    ERR_MEDIA_TYPE },
	/* its path may not know POST: the route says that first */
	{ "gzip of a POST", POST "Content-Encoding: gzip\n", ERR_OK },
	{ "gzip of a GET", GET "Content-Encoding: gzip\n", ERR_MEDIA_TYPE },
	{ "a range", PUT "Content-Range: bytes 0-0/1\n", ERR_OK },
	{ "a range of a POST", POST "Content-Range: bytes 0-0/1\n", ERR_OK },
	{ "no range, of a DELETE",
	    "DELETE / HTTP/1.1\n" HOST "Content-Range: 0\n", ERR_OK },
	{ "no range, of a POST", POST "Content-Range: 0\n", ERR_OK },
	{ "no range, of a GET", GET "Content-Range: 0\n", ERR_SYNTAX },
	{ "a range of a GET", GET "Content-Range: bytes 0-0/1\n", ERR_SYNTAX },
	{ "two ranges",
	    PUT "Content-Range: bytes 0-0/1\nContent-Range: bytes 0-0/1\n",
	    ERR_SYNTAX },
	{ "a range backwards", PUT "Content-Range: bytes 2-1/9\n", ERR_SYNTAX },
	{ "a range beyond its size", PUT "Content-Range: bytes 0-9/9\n",
	    ERR_SYNTAX },
	{ "a range of unknown size", PUT "Content-Range: bytes 0-9/*\n",
	    ERR_SYNTAX },
	{ "an open range", PUT "Content-Range: bytes 0-/9\n", ERR_SYNTAX },
	{ "a range of lines", PUT "Content-Range: lines 0-0/9\n", ERR_SYNTAX },
	{ "a range that is cut", PUT "Content-Range: byt\n", ERR_SYNTAX },
	{ "a range with a sign", PUT "Content-Range: bytes +0-1/9\n",
	    ERR_SYNTAX },
	{ "a range above 2^64",
	    PUT "Content-Range: bytes 0-1/18446744073709551616\n", ERR_SYNTAX },
	{ "GET with a body", GET "Content-Length: 3\n", ERR_SYNTAX },
	{ "GET with length 0", GET "Content-Length: 0\n", ERR_OK },
	{ "GET chunked", GET "Transfer-Encoding: chunked\n", ERR_SYNTAX },
	{ "HEAD with a body", "HEAD / HTTP/1.1\n" HOST "Content-Length: 3\n",
	    ERR_SYNTAX },
	{ "OPTIONS with a body",
	    "OPTIONS / HTTP/1.1\n" HOST "Content-Length: 3\n", ERR_SYNTAX },
	{ "DELETE with a body",
	    "DELETE / HTTP/1.1\n" HOST "Content-Length: 3\n", ERR_OK },
	{ "PUT chunked", "PUT / HTTP/1.1\n" HOST "Transfer-Encoding: chunked\n",
	    ERR_OK },
	{ "identity of a POST", POST "Content-Encoding: identity\n", ERR_OK },
	{ "identity of a GET", GET "Content-Encoding: identity\n",
	    ERR_MEDIA_TYPE },
	{ "Expect", POST "Expect: 100-continue\n", ERR_OK },
	{ "Expect something else", POST "Expect: 200-ok\n", ERR_SYNTAX },
	{ "Expect twice", POST "Expect: 100-continue\nExpect: 100-continue\n",
	    ERR_SYNTAX },
	{ "Content-Type twice",
	    POST "Content-Type: text/plain\nContent-Type: text/plain\n",
	    ERR_SYNTAX },
	{ "Accept twice", GET "Accept: a/b\nAccept: c/d\n", ERR_OK },
};

/* Lines as the library hands them on: cut at LF and at the first ": ". */
static void
parse(char *text, struct gate_head *head)
{
	struct span rest = span_of_text(text);
	struct span line, word = SPAN_EMPTY;

	*head = (struct gate_head){ .header_count = 0 };
	assert_true(span_cut(&rest, '\n', &line));
	assert_true(span_cut(&line, ' ', &head->method));
	assert_true(span_cut(&line, ' ', &head->target));
	head->version = line;
	head->target_len = head->target.len;
	head->path_len = span_find(head->target, '?');
	while (span_cut(&rest, '\n', &line)) {
		struct gate_header header = { .value = line };
		assert_true(span_cut(&header.value, ':', &word));
		header.name = word;
		header.value = span_part(header.value, 1, line.len);
		if (head->header_count < HTTP_HEADERS_MAX)
			head->headers[head->header_count] = header;
		head->header_count++;
	}
}

static enum err
judge(const char *text, struct gate_pass *pass)
{
	char *copy = strdup(text);
	struct gate_head head;
	struct why w = { "" };

	assert_non_null(copy);
	parse(copy, &head);
	enum err err = gate_judge(&head, pass, &w);
	if (err != ERR_OK)
		assert_true(w.text[0] != '\0');
	free(copy);
	return err;
}

static void
test_row(void **state)
{
	const struct row *row = *state;
	struct gate_pass pass;

	assert_err(row->err, judge(row->text, &pass));
}

static void
test_what_passes(void **state)
{
	struct gate_pass pass;
	(void)state;

	assert_err(ERR_OK,
	    judge("POST /a/b HTTP/1.1\nHOST: a\nContent-Length: 12\n"
		  "Content-Type: Text/JSON ; charset=x\nExpect: 100-Continue\n",
		&pass));
	assert_int_equal(GATE_POST, pass.method);
	assert_true(pass.has_length && pass.expects_continue);
	assert_true(gate_has_body(&pass));
	assert_int_equal(12, pass.length);
	assert_span_text(
	    "text/json", span_of(pass.media_type, pass.media_type_len));
	assert_err(ERR_OK,
	    judge("POST / HTTP/1.1\nHost: a\nContent-Length: "
		  "18446744073709551617\n",
		&pass));
	assert_true(pass.length == UINT64_MAX);
}

static void
test_headers_at_the_limit(void **state)
{
	char text[4096] = "GET / HTTP/1.1\nHost: a\n";
	struct gate_pass pass;
	size_t len = strlen(text);
	(void)state;

	for (size_t i = 1; i < HTTP_HEADERS_MAX; i++, len += 5)
		memcpy(text + len, "X: 1\n", 6);
	assert_err(ERR_OK, judge(text, &pass));
	memcpy(text + len, "X: 1\n", 6);
	assert_err(ERR_LIMIT, judge(text, &pass));
}

static void
test_header_bytes_at_the_limit(void **state)
{
	static char text[2 * HTTP_HEADER_BYTES_MAX];
	struct gate_pass pass;
	(void)state;

	/* Host: a takes 4 + 1 + 4 */
	for (size_t over = 0; over < 2; over++) {
		size_t len = HTTP_HEADER_BYTES_MAX - 9 - 5 + over;
		memcpy(text, GET "X: ", sizeof(GET "X: ") - 1);
		memset(text + sizeof(GET "X: ") - 1, 'x', len);
		memcpy(text + sizeof(GET "X: ") - 1 + len, "\n", 2);
		assert_err(over == 0 ? ERR_OK : ERR_LIMIT, judge(text, &pass));
	}
}

static void
test_target_at_the_limit(void **state)
{
	struct gate_pass pass;
	(void)state;

	for (size_t over = 0; over < 2; over++) {
		char text[HTTP_URI_MAX + 64] = "GET /";
		memset(text + 5, 'a', HTTP_URI_MAX - 1 + over);
		memcpy(
		    text + 4 + HTTP_URI_MAX + over, " HTTP/1.1\nHost: a\n", 19);
		assert_err(over == 0 ? ERR_OK : ERR_LIMIT, judge(text, &pass));
	}
}

static void
test_a_nul_in_the_target(void **state)
{
	char text[] = GET;
	struct gate_head head;
	struct gate_pass pass;
	(void)state;

	parse(text, &head);
	head.target_len++; /* the library saw more than strlen does */
	assert_err(ERR_SYNTAX, gate_judge(&head, &pass, NULL));
	head.target_len--;
	head.path_len--;
	assert_err(ERR_SYNTAX, gate_judge(&head, &pass, NULL));
}

struct decode_row {
	const char *name;
	const char *text;
	const char *bytes; /* NULL: refused */
};

static const struct decode_row decode_rows[] = {
	{ "decode: nothing to do", "sha256:ab", "sha256:ab" },
	{ "decode: a colon", "sha256%3Aab", "sha256:ab" },
	{ "decode: lower-case hex", "a%3ab", "a:b" },
	{ "decode: a plus sign", "a%2Bb", "a+b" },
	{ "decode: once only", "a%253Ab", NULL },
	{ "decode: a NUL", "a%00b", NULL },
	{ "decode: a newline", "a%0ab", NULL },
	{ "decode: a space", "a%20b", NULL },
	{ "decode: overlong UTF-8", "a%c0%af", NULL },
	{ "decode: cut short", "a%3", NULL },
	{ "decode: only the sign", "a%", NULL },
	{ "decode: no hex", "a%zz", NULL },
};

static void
test_decode(void **state)
{
	const struct decode_row *row = *state;
	uint8_t out[64];
	size_t len = 0;
	bool is_fine = gate_decode(span_of_text(row->text), out, &len);

	assert_int_equal(row->bytes != NULL, is_fine);
	if (is_fine)
		assert_span_text(row->bytes, span_of(out, len));
}

int
main(int argc, char **argv)
{
	UNIT_ROWS(rows, test_row);
	UNIT(test_what_passes);
	UNIT(test_headers_at_the_limit);
	UNIT(test_header_bytes_at_the_limit);
	UNIT(test_target_at_the_limit);
	UNIT(test_a_nul_in_the_target);
	UNIT_ROWS(decode_rows, test_decode);
	return unit_run(argc, argv);
}
