#include "tests/hostile/odd.h"

#define H "Host: a\r\n"
#define E "\r\n"
#define LINE "GET /checkpoint HTTP/1.1\r\n"
#define GET LINE H
#define POST "POST /v1/records HTTP/1.1\r\n" H
#define REFUSED(name, text, status) \
	ODD(name, text, ODD_MARKER, 1, status, ODD_CLOSES, 0)
#define HEADER(name, line) REFUSED(name, GET line "\r\n" E, 400)
/* what is known to nobody here changes nothing */
#define IGNORED(name, line) \
	ODD(name, GET line "\r\n" E, ODD_ALONE, 1, 200, ODD_STAYS, 1)
#define HOST(name, value) REFUSED(name, LINE "Host:" value "\r\n" E, 400)

static const struct odd rows[] = {
	/* names: RFC 9110 §5.1 */
	HEADER("a bracket in a name", "X(: a"),
	HEADER("a quote in a name", "X\"y: a"),
	HEADER("a slash in a name", "X/Y: a"),
	HEADER("an at sign in a name", "X@: a"),
	HEADER("square brackets in a name", "X[]: a"),
	HEADER("an equals sign in a name", "X=: a"),
	HEADER("braces in a name", "X{}: a"),
	HEADER("a comma in a name", "X,Y: a"),
	HEADER("a question mark in a name", "X?: a"),
	HEADER("a backslash in a name", "X\\Y: a"),
	HEADER("a byte above ASCII in a name", "X\xff: a"),
	HEADER("DEL in a name", "X\x7f: a"),
	HEADER("a carriage return in a name", "X\rY: a"),
	HEADER("a tab in a name", "X\tY: a"),
	HEADER("two words for a name", "X Y: a"),
	HEADER("an answer's line for a header", "HTTP/1.1 200 OK"),
	HEADER("a request line for a header", "GET / HTTP/1.1"),
	HEADER("a blank line with a tab", "\t"),
	HEADER("a blank line with blanks", "  "),
	IGNORED("every tchar in a name", "!#$%&'*+-.^_`|~09azAZ: a"),

	/* values: RFC 9110 §5.5 */
	HEADER("a backspace in a value", "X: a\bb"),
	HEADER("an escape in a value", "X: \x1b[31m"),
	HEADER("DEL in a value", "X: \x7f"),
	HEADER("a NUL alone in a value", "X: \0"),
	HEADER("a NUL at the end of a value", "X: a\0"),
	HEADER("a carriage return before LF", "X: a\r"),
	HEADER("a line smuggled by CR",
	    "X: a\rContent-Length: 5\rTransfer-Encoding: chunked"),
	HEADER("a line smuggled by LF", "X: a\nTransfer-Encoding: chunked"),
	HEADER("a vertical tab before a value", "X:\va"),
	IGNORED("a byte above ASCII in a value", "X: \xe9"),
	IGNORED("blanks behind a value", "X: a \t "),
	IGNORED("colons in a value", "X: a: b: c"),
	IGNORED("a value of one colon", "X: :"),

	/* obsolete folding: RFC 9112 §5.2 */
	HEADER("folded by a tab", "X: a\r\n\tb"),
	HEADER("folded to nothing", "X: a\r\n \r\nY: b"),
	HEADER("folded twice", "X: a\r\n b\r\n c"),
	REFUSED("a folded Host", LINE "Host:\r\n a\r\n" E, 400),
	REFUSED("folding before any header", LINE " " H H E, 400),
	REFUSED("a folded encoding",
	    POST "Transfer-Encoding:\r\n chunked\r\n" E "0\r\n\r\n", 400),
	REFUSED("an encoding folded in two",
	    POST "Transfer-Encoding: chun\r\n ked\r\n" E "0\r\n\r\n", 400),

	/* Host: RFC 9112 §3.2 */
	HOST("a Host with a blank", " a b"),
	HOST("a Host with a path", " a/b"),
	HOST("a Host with a user", " b@a"),
	HOST("a Host with a query", " a?b"),
	HOST("a Host with a fragment", " a#b"),
	HOST("a Host with a backslash", " a\\b"),
	HOST("a Host with markup", " <b>"),
	HOST("a Host with a quote", " \"a\""),
	HOST("a Host above ASCII", " \xc3\xa9"),
	REFUSED("the same Host twice", GET H E, 400),
	REFUSED(
	    "Host with a blank before its colon", LINE "Host : a\r\n" E, 400),
	REFUSED(
	    "Host with an underscore for a letter", LINE "H_st: a\r\n" E, 400),
	ODD("an empty Host", LINE "Host:\r\n" E, ODD_ALONE, 1, 200, ODD_STAYS,
	    1),
	ODD("HOST", LINE "HOST: a:80\r\n" E, ODD_ALONE, 1, 200, ODD_STAYS, 1),
	ODD("a Host of IPv6", LINE "Host: [::1]:80\r\n" E, ODD_ALONE, 1, 200,
	    ODD_STAYS, 1),

	/* what a server may ignore is ignored */
	IGNORED("a range", "Range: bytes=0-0"),
	IGNORED("a range from the end", "Range: bytes=-1"),
	IGNORED("a range backwards", "Range: bytes=5-2"),
	IGNORED("a range of lines", "Range: lines=0-1"),
	IGNORED("ranges that overlap", "Range: bytes=0-,0-,0-,0-,0-,0-,0-,0-"),
	IGNORED("If-Range", "If-Range: \"a\"\r\nRange: bytes=0-0"),
	IGNORED("If-None-Match", "If-None-Match: *"),
	IGNORED("If-Modified-Since", "If-Modified-Since: yesterday"),
	IGNORED("gzip is asked for", "Accept-Encoding: gzip, br;q=9"),
	IGNORED("an override of the method", "X-HTTP-Method-Override: DELETE"),
	IGNORED("another target", "X-Original-URL: /metrics"),
	IGNORED("X-Rewrite-URL", "X-Rewrite-URL: /metrics"),
	IGNORED("forwarded", "X-Forwarded-For: 127.0.0.1\r\nForwarded: for=a"),
	IGNORED("TE", "TE: trailers, chunked"),
	IGNORED("Trailer", "Trailer: Content-Length"),
	IGNORED("an upgrade to h2c",
	    "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
	    "HTTP2-Settings: AAMAAABkAAQAAP__"),
	IGNORED("an upgrade to a web socket",
	    "Connection: Upgrade\r\nUpgrade: websocket\r\n"
	    "Sec-WebSocket-Version: 13\r\n"
	    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="),
	IGNORED("Host as a connection's option", "Connection: Host"),
	IGNORED(
	    "a length as a connection's option", "Connection: Content-Length"),
	IGNORED("keep-alive", "Connection: keep-alive\r\nKeep-Alive: max=1"),
	IGNORED("a proxy's connection", "Proxy-Connection: close"),
	IGNORED("a password", "Authorization: Basic YTpi"),
	IGNORED("an Accept of nonsense", "Accept: \xff;;;,,,;q=,"),
	IGNORED("Expect without a body", "Expect: 100-continue"),
	IGNORED("Content-Type without a body", "Content-Type: ;;"),
	HEADER("an empty Expect", "Expect:"),
	HEADER("a list of Expect", "Expect: 100-continue, 100-continue"),
	HEADER("another Expect", "Expect: 102-processing"),
	REFUSED("a content encoding without a body",
	    GET "Content-Encoding: gzip\r\n" E, 415),
	ODD("close and keep-alive", GET "Connection: keep-alive, close\r\n" E,
	    ODD_MARKER, 1, 200, ODD_CLOSES, 1),
	ODD("CLOSE", GET "Connection: CLOSE\r\n" E, ODD_MARKER, 1, 200,
	    ODD_CLOSES, 1),
	ODD("HTTP/1.0", "GET /checkpoint HTTP/1.0\r\n" H E, ODD_MARKER, 1, 200,
	    ODD_CLOSES, 1),

	/* half a connection */
	ODD("half closed behind a request", GET E, ODD_HALF, 1, 200, ODD_CLOSES,
	    1),
	ODD("half closed at once", "", ODD_HALF, 0, 0, ODD_CLOSES, 0),
	ODD("half closed in the line", "GET /check", ODD_HALF, 0, 0, ODD_CLOSES,
	    0),
	ODD("half closed in the headers", GET, ODD_HALF, 0, 0, ODD_CLOSES, 0),
	ODD("nothing", "", ODD_ALONE, 0, 0, ODD_WAITS, 0),
	ODD("half a line", "GET /check", ODD_ALONE, 0, 0, ODD_WAITS, 0),
	ODD("headers without an end", GET, ODD_ALONE, 0, 0, ODD_WAITS, 0),
	ODD("a CR for the end", GET "\r", ODD_ALONE, 0, 0, ODD_WAITS, 0),
};

const struct odd_list odd_headers = { sizeof(rows) / sizeof(rows[0]), rows };
