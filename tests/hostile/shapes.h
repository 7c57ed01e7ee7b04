/*
 * shapes: odd requests that need nothing but a server: bytes, the status of the
 * answer, and whether the connection stays.
 *
 * For POSTs that are well formed the table says 201, as the server of
 * tests/daemon/test_http.c does, which takes any body; a log says 400.
 */
#ifndef HEADWATER_TESTS_HOSTILE_SHAPES_H
#define HEADWATER_TESTS_HOSTILE_SHAPES_H

#include <stddef.h>

enum ends {
	STAYS,
	CLOSES,
};

struct shape {
	const char *name;
	const char *text;
	size_t len;
	int status;
	enum ends ends;
};

#define ROW(name, text, status, ends) \
	{ \
		name, text, sizeof(text) - 1, status, ends \
	}
#define H "Host: a\r\n"
#define E "\r\n"
#define GET "GET /checkpoint HTTP/1.1\r\n" H
#define POST "POST /v1/records HTTP/1.1\r\n" H
#define CL3 "Content-Length: 3\r\n"
#define TE "Transfer-Encoding: chunked\r\n"
#define SMUGGLED "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"

static const struct shape shapes[] = {
	ROW("a GET", GET E, 200, STAYS),
	ROW("a HEAD", "HEAD /checkpoint HTTP/1.1\r\n" H E, 200, STAYS),
	ROW("an OPTIONS", "OPTIONS /checkpoint HTTP/1.1\r\n" H E, 204, STAYS),
	ROW("a POST", POST CL3 E "abc", 201, STAYS),
	/* where chunks end is not certain, so nothing behind them is read */
	ROW("a chunked POST", POST TE E "3\r\nabc\r\n0\r\n\r\n" SMUGGLED, 201,
	    CLOSES),
	ROW("chunks with extensions", POST TE E "3;a=b\r\nabc\r\n0\r\n\r\n",
	    201, CLOSES),
	ROW("trailers", POST TE E "3\r\nabc\r\n0\r\nX: 1\r\n\r\n", 201, CLOSES),
	ROW("HTTP/1.0", "GET /checkpoint HTTP/1.0\r\n" H E, 200, CLOSES),
	ROW("close is asked for", GET "Connection: close\r\n" E, 200, CLOSES),
	ROW("nowhere", "GET /nowhere HTTP/1.1\r\n" H E, 404, STAYS),
	ROW("nowhere with a body",
	    "POST /nowhere HTTP/1.1\r\n" H CL3 E "abc" SMUGGLED, 404, CLOSES),
	ROW("another method", "DELETE /checkpoint HTTP/1.1\r\n" H E, 405,
	    STAYS),
	ROW("PUT with a body",
	    "PUT /v1/records HTTP/1.1\r\n" H CL3 E "abc" SMUGGLED, 405, CLOSES),
	ROW("POST of a tile", "POST /tile/0/000 HTTP/1.1\r\n" H CL3 E "abc",
	    405, CLOSES),
	ROW("TRACE", "TRACE /checkpoint HTTP/1.1\r\n" H E, 405, STAYS),
	ROW("CONNECT", "CONNECT a:1 HTTP/1.1\r\n" H E, 400, CLOSES),
	ROW("a lower-case method", "get /checkpoint HTTP/1.1\r\n" H E, 405,
	    STAYS),
	ROW("length and chunked", POST CL3 TE E "0\r\n\r\n" SMUGGLED, 400,
	    CLOSES),
	ROW("chunked and length", POST TE CL3 E "0\r\n\r\n" SMUGGLED, 400,
	    CLOSES),
	ROW("two lengths", POST CL3 "Content-Length: 4\r\n" E "abcd" SMUGGLED,
	    400, CLOSES),
	ROW("the same length twice", POST CL3 CL3 E "abc", 400, CLOSES),
	ROW("a list of lengths", POST "Content-Length: 3, 3\r\n" E "abc", 400,
	    CLOSES),
	ROW("a space before the colon of the length",
	    POST "Content-Length : 3\r\n" E "abc" SMUGGLED, 400, CLOSES),
	ROW("a tab before the colon of the length",
	    POST "Content-Length\t: 3\r\n" E "abc" SMUGGLED, 400, CLOSES),
	ROW("a space before the colon of the encoding",
	    POST "Transfer-Encoding : chunked\r\n" E "0\r\n\r\n", 400, CLOSES),
	ROW("a folded header", POST "X: a\r\n b\r\n" CL3 E "abc", 400, CLOSES),
	ROW("a folded length", POST "X:\r\n Content-Length: 3\r\n" E "abc", 400,
	    CLOSES),
	ROW("a header that begins with a space", POST " X: a\r\n" CL3 E "abc",
	    400, CLOSES),
	ROW("a header without a colon", GET "X\r\n" E, 400, CLOSES),
	ROW("an empty header name", GET ": a\r\n" E, 400, CLOSES),
	ROW("a colon alone", GET ":\r\n" E SMUGGLED, 400, CLOSES),
	ROW("a colon before another header",
	    POST CL3 ": a\r\n" TE E "abc" SMUGGLED, 400, CLOSES),
	ROW("a NUL in a value", POST "X: a\0b\r\n" CL3 E "abc", 400, CLOSES),
	ROW("a NUL in a name", POST "X\0: a\r\n" CL3 E "abc", 400, CLOSES),
	ROW("a NUL behind the length",
	    POST "Content-Length: 3\0 4\r\n" E "abc" SMUGGLED, 400, CLOSES),
	ROW("LF alone behind the request line",
	    "GET /checkpoint HTTP/1.1\n" H E, 400, CLOSES),
	ROW("LF alone behind a header", POST "X: a\n" CL3 E "abc", 400, CLOSES),
	ROW("LF alone at the end", POST CL3 "\nabc" SMUGGLED, 400, CLOSES),
	ROW("a blank at the end of the length",
	    POST "Content-Length: 3 \r\n" E "abc", 400, CLOSES),
	ROW("no blank behind a colon", GET "X:a\r\n" E, 200, STAYS),
	ROW("many blanks behind a colon", GET "X: \t a b\r\n" E, 200, STAYS),
	ROW("an empty value", GET "X:\r\n" E, 200, STAYS),
	ROW("cookies", GET "Cookie: a=b; c=d\r\nX: a\r\n" E, 200, STAYS),
	ROW("two blanks before the version",
	    "GET /checkpoint  HTTP/1.1\r\n" H E, 400, CLOSES),
	ROW("xchunked", POST "Transfer-Encoding: xchunked\r\n" E "0\r\n\r\n",
	    400, CLOSES),
	ROW("chunked behind gzip",
	    POST "Transfer-Encoding: gzip, chunked\r\n" E "0\r\n\r\n", 400,
	    CLOSES),
	ROW("gzip", POST "Transfer-Encoding: gzip\r\n" E "abc", 400, CLOSES),
	ROW("identity", POST "Transfer-Encoding: identity\r\n" E "abc", 400,
	    CLOSES),
	ROW("chunked twice", POST TE TE E "0\r\n\r\n", 400, CLOSES),
	ROW("chunked in two headers",
	    POST "Transfer-Encoding: chun\r\nTransfer-Encoding: ked\r\n" E, 400,
	    CLOSES),
	ROW("chunked with a vertical tab",
	    POST "Transfer-Encoding: \vchunked\r\n" E "0\r\n\r\n", 400, CLOSES),
	ROW("chunked, comma", POST "Transfer-Encoding: chunked,\r\n" E, 400,
	    CLOSES),
	ROW("chunked in HTTP/1.0",
	    "POST /v1/records HTTP/1.0\r\n" H TE E "0\r\n\r\n", 400, CLOSES),
	ROW("GET with a length", GET CL3 E "abc" SMUGGLED, 400, CLOSES),
	ROW("GET with chunks", GET TE E "0\r\n\r\n", 400, CLOSES),
	ROW("HEAD with a length", "HEAD /checkpoint HTTP/1.1\r\n" H CL3 E "abc",
	    400, CLOSES),
	ROW("a negative length", POST "Content-Length: -1\r\n" E, 400, CLOSES),
	ROW("a signed length", POST "Content-Length: +3\r\n" E "abc", 400,
	    CLOSES),
	ROW("a hexadecimal length", POST "Content-Length: 0x3\r\n" E "abc", 400,
	    CLOSES),
	ROW("a length with a leading zero",
	    POST "Content-Length: 03\r\n" E "abc", 400, CLOSES),
	ROW("a length of 2^63",
	    POST "Content-Length: 9223372036854775808\r\n" E, 413, CLOSES),
	ROW("a length of 2^64 - 1",
	    POST "Content-Length: 18446744073709551615\r\n" E, 413, CLOSES),
	ROW("a length of 2^64",
	    POST "Content-Length: 18446744073709551616\r\n" E, 413, CLOSES),
	ROW("a length over the cap", POST "Content-Length: 131073\r\n" E, 413,
	    CLOSES),
	ROW("the same, asking first",
	    POST "Content-Length: 131073\r\nExpect: 100-continue\r\n" E, 413,
	    CLOSES),
	ROW("another expectation", POST CL3 "Expect: 200-ok\r\n" E "abc", 400,
	    CLOSES),
	ROW("a content encoding", POST CL3 "Content-Encoding: gzip\r\n" E "abc",
	    415, CLOSES),
	ROW("another type", POST CL3 "Content-Type: text/plain\r\n" E "abc",
	    415, CLOSES),
	ROW("no Host", "GET /checkpoint HTTP/1.1\r\n\r\n", 400, CLOSES),
	ROW("two Hosts", GET "Host: b\r\n" E, 400, CLOSES),
	ROW("HTTP/1.2", "GET /checkpoint HTTP/1.2\r\n" H E, 400, CLOSES),
	ROW("HTTP/2.0", "GET /checkpoint HTTP/2.0\r\n" H E, 505, CLOSES),
	ROW("HTTP/0.9", "GET /checkpoint\r\n\r\n", 400, CLOSES),
	ROW("rubbish for a version", "GET /checkpoint HTTX\r\n" H E, 400,
	    CLOSES),
	ROW("a NUL in the target", "GET /checkpoint\0x HTTP/1.1\r\n" H E, 400,
	    CLOSES),
	ROW("a NUL in the query", "GET /v1/records?limit=1\0x HTTP/1.1\r\n" H E,
	    400, CLOSES),
	ROW("a space in the target", "GET /check point HTTP/1.1\r\n" H E, 400,
	    CLOSES),
	ROW("an absolute target", "GET http://a/checkpoint HTTP/1.1\r\n" H E,
	    400, CLOSES),
	ROW("an authority", "GET a:80 HTTP/1.1\r\n" H E, 400, CLOSES),
	ROW("an asterisk", "OPTIONS * HTTP/1.1\r\n" H E, 400, CLOSES),
	ROW("a fragment", "GET /checkpoint#a HTTP/1.1\r\n" H E, 400, CLOSES),
	ROW("a backslash", "GET /tile\\0 HTTP/1.1\r\n" H E, 400, CLOSES),
	ROW("UTF-8", "GET /\xc3\xa9 HTTP/1.1\r\n" H E, 400, CLOSES),
	ROW("an encoded slash", "GET /%2fcheckpoint HTTP/1.1\r\n" H E, 404,
	    STAYS),
	ROW("an encoded letter", "GET /%63heckpoint HTTP/1.1\r\n" H E, 404,
	    STAYS),
	ROW("two slashes", "GET //checkpoint HTTP/1.1\r\n" H E, 404, STAYS),
	ROW("dot dot", "GET /v1/../checkpoint HTTP/1.1\r\n" H E, 404, STAYS),
	ROW("a query on the checkpoint", "GET /checkpoint?a=b HTTP/1.1\r\n" H E,
	    404, STAYS),
	ROW("an unknown query", "GET /v1/records?a=b HTTP/1.1\r\n" H E, 400,
	    STAYS),
	ROW("a query twice", "GET /v1/records?limit=1&limit=1 HTTP/1.1\r\n" H E,
	    400, STAYS),
	ROW("a broken chunk length", POST TE E "zz\r\nabc\r\n0\r\n\r\n", 400,
	    CLOSES),
	ROW("a chunk length beyond 2^64",
	    POST TE E "10000000000000003\r\nabc\r\n0\r\n\r\n", 413, CLOSES),
	ROW("a chunk that is too long", POST TE E "3\r\nabcd\r\n0\r\n\r\n", 400,
	    CLOSES),
	ROW("a control character in a value", GET "X: a\x01 b\r\n" E, 400,
	    CLOSES),
	ROW("a carriage return in a value", GET "X: a\rb\r\n" E, 400, CLOSES),
	ROW("an empty line first", "\r\n" GET E, 200, STAYS),
};

#endif
