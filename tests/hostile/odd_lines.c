#include "tests/hostile/odd.h"

#define H "Host: a\r\n"
#define E "\r\n"
#define REFUSED(name, text, status) \
	ODD(name, text, ODD_MARKER, 1, status, ODD_CLOSES, 0)
#define LINE(name, line) REFUSED(name, line "\r\n" H E, 400)
/* the library hangs up without a word */
#define SILENT(name, line) \
	ODD(name, line "\r\n" H E, ODD_MARKER, 0, 0, ODD_CLOSES, 0)
#define TARGET(name, target) LINE(name, "GET " target " HTTP/1.1")
#define NOWHERE(name, target) \
	ODD(name, "GET " target " HTTP/1.1\r\n" H E, ODD_ALONE, 1, 404, \
	    ODD_STAYS, 0)
/* shown to the handler of tiles, which says so itself */
#define NO_TILE(name, target) \
	ODD(name, "GET " target " HTTP/1.1\r\n" H E, ODD_ALONE, 1, 404, \
	    ODD_STAYS, 1)
#define QUERY(name, query) \
	ODD(name, "GET /v1/records?" query " HTTP/1.1\r\n" H E, ODD_ALONE, 1, \
	    400, ODD_STAYS, 0)

static const struct odd rows[] = {
	/* RFC 9112 §3: method SP request-target SP HTTP-version CRLF */
	LINE("a blank behind the version", "GET /checkpoint HTTP/1.1 "),
	SILENT("tabs for spaces", "GET\t/checkpoint\tHTTP/1.1"),
	SILENT("a blank before the method", " GET /checkpoint HTTP/1.1"),
	LINE("a tab before the method", "\tGET /checkpoint HTTP/1.1"),
	LINE("a fourth word", "GET /checkpoint HTTP/1.1 HTTP/1.1"),
	LINE("two blanks behind the method", "GET  /checkpoint HTTP/1.1"),
	LINE("target first", "/checkpoint GET HTTP/1.1"),
	SILENT("a method alone", "GET"),
	LINE("a method and a blank", "GET "),
	LINE("a vertical tab behind the method", "GET\v/checkpoint HTTP/1.1"),
	LINE("a form feed behind the target", "GET /checkpoint\fHTTP/1.1"),
	LINE("a carriage return in the line", "GET /check\rpoint HTTP/1.1"),
	LINE("a NUL in the method", "GE\0T /checkpoint HTTP/1.1"),
	LINE("a NUL before the method", "\0GET /checkpoint HTTP/1.1"),
	LINE("a NUL in the version", "GET /checkpoint HTTP/1.\0001"),
	LINE("a NUL behind the version", "GET /checkpoint HTTP/1.1\0"),
	LINE("a method with a quote", "GE\"T /checkpoint HTTP/1.1"),
	LINE("a method in Latin-1", "G\xc8T /checkpoint HTTP/1.1"),
	LINE("a method with a colon", "GET: /checkpoint HTTP/1.1"),
	LINE("HTTP/11", "GET /checkpoint HTTP/11"),
	LINE("HTTP/1.10", "GET /checkpoint HTTP/1.10"),
	LINE("HTTP/01.1", "GET /checkpoint HTTP/01.1"),
	LINE("HTTP/1.1.1", "GET /checkpoint HTTP/1.1.1"),
	LINE("HTTP/ 1.1", "GET /checkpoint HTTP/ 1.1"),
	LINE("HTTP/1.", "GET /checkpoint HTTP/1."),
	REFUSED("HTTP/0.9", "GET /checkpoint HTTP/0.9\r\n" H E, 505),
	LINE("http/1.1", "GET /checkpoint http/1.1"),
	LINE("HTTPS/1.1", "GET /checkpoint HTTPS/1.1"),
	LINE("ICY/1.1", "GET /checkpoint ICY/1.1"),
	REFUSED("HTTP/3.0", "GET /checkpoint HTTP/3.0\r\n" H E, 505),
	REFUSED(
	    "the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
	ODD("HTTP/1.0 without Host", "GET /checkpoint HTTP/1.0\r\n\r\n",
	    ODD_MARKER, 1, 400, ODD_CLOSES, 0),
	ODD("LF before the line", "\nGET /checkpoint HTTP/1.1\r\n" H E,
	    ODD_ALONE, 1, 200, ODD_STAYS, 1),
	REFUSED("LF alone everywhere", "GET /checkpoint HTTP/1.1\nHost: a\n\n",
	    400),
	REFUSED("a hello of TLS",
	    "\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03 0123456789abcdef\r\n"
	    "\r\n",
	    400),
	SILENT("a banner of ssh", "SSH-2.0-OpenSSH_9.2"),
	REFUSED(
	    "a proxy's line", "PROXY TCP4 1.2.3.4 1.2.3.4 1 2\r\n\r\n", 400),
	REFUSED("SMTP", "EHLO example.org\r\n\r\n", 400),
	REFUSED("an answer for a request", "HTTP/1.1 200 OK\r\n" H E, 400),

/* methods */
#define METHOD(name) \
	ODD(name, name " /checkpoint HTTP/1.1\r\n" H E, ODD_ALONE, 1, 405, \
	    ODD_STAYS, 0)
	METHOD("GE"),
	METHOD("GETT"),
	METHOD("Get"),
	METHOD("PROPFIND"),
	METHOD("PATCH"),
	METHOD("G!#$%&'*+-.^_`|~T"),
	REFUSED("post in lower case, with a body",
	    "post /v1/records HTTP/1.1\r\n" H "Content-Length: 3\r\n" E "abc",
	    405),

	/* targets: origin form and nothing else (RFC 9112 §3.2) */
	TARGET("an absolute target with https", "https://a/checkpoint"),
	TARGET("an absolute target without a path", "http://a"),
	TARGET("no slash", "checkpoint"),
	TARGET("an asterisk for GET", "*"),
	TARGET("a question mark alone", "?"),
	TARGET("a number", "1"),
	TARGET("a semicolon", "/checkpoint;a=b"),
	TARGET("a fragment alone", "/#"),
	TARGET("DEL", "/\x7f"),
	TARGET("a byte above ASCII", "/\x80"),
	TARGET("overlong UTF-8", "/\xc0\xaf"),
	TARGET("a surrogate", "/\xed\xa0\x80"),
	TARGET("braces", "/{}"),
	TARGET("a pipe", "/|"),
	TARGET("a caret", "/^"),
	TARGET("markup", "/<b>"),
	TARGET("an asterisk in the path", "/*"),
	TARGET("a comma", "/a,b"),
	TARGET("a quote in the query", "/v1/records?limit='1'"),
	TARGET("brackets in the query", "/v1/records?limit[]=1"),
	TARGET("a slash of Windows", "/..\\..\\etc"),
	NOWHERE("two slashes and a name", "//evil/checkpoint"),
	NOWHERE("an encoded NUL", "/checkpoint%00"),
	NOWHERE("an encoded line", "/checkpoint%0d%0aX:%20a"),
	NOWHERE("a percent sign at the end", "/checkpoint%"),
	NOWHERE("a percent sign without hex", "/%zz"),
	NOWHERE("encoded overlong UTF-8", "/%c0%af"),
	NOWHERE("three encoded overlong bytes", "/%e0%80%af"),
	NO_TILE("up and out", "/tile/../../../etc/passwd"),
	NOWHERE("up and out, encoded", "/tile/%2e%2e/%2e%2e/etc/passwd"),
	NOWHERE("up and out, slashes encoded", "/..%2f..%2fetc%2fpasswd"),
	NOWHERE("encoded twice", "/%2563heckpoint"),
	NOWHERE("a dot segment", "/./checkpoint"),
	NOWHERE("a dot at the end", "/checkpoint/."),
	NOWHERE("a slash at the end", "/checkpoint/"),
	NOWHERE("capitals", "/CHECKPOINT"),
	NO_TILE("a tile that is nowhere", "/tile/99/x999/999"),
	NO_TILE("a tile with a long number",
	    "/tile/0/"
	    "x999/x999/x999/x999/x999/x999/x999/x999/x999/x999/x999/999"),
	NOWHERE("a tile with a query", "/tile/0/000?a=b"),
	ODD("an encoded colon in a digest",
	    "GET /v1/lineage/sha256%3A"
	    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	    " HTTP/1.1\r\n" H E,
	    ODD_ALONE, 1, 200, ODD_STAYS, 1),
	ODD("the same, encoded twice",
	    "GET /v1/lineage/sha256%253A"
	    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	    " HTTP/1.1\r\n" H E,
	    ODD_ALONE, 1, 400, ODD_STAYS, 0),

	/* queries */
	QUERY("a query without value", "limit"),
	QUERY("an empty value", "limit="),
	QUERY("a query without name", "=1"),
	QUERY("only ampersands", "&&"),
	QUERY("an ampersand at the end", "limit=1&"),
	QUERY("an unknown name", "Limit=1"),
	QUERY("an encoded name", "%6cimit=1"),
	QUERY("an encoded ampersand", "limit=1%26limit=2"),
	QUERY("an encoded NUL in a value", "name=a%00"),
#undef QUERY
#define QUERY(name, query) \
	ODD(name, "GET /v1/records?" query " HTTP/1.1\r\n" H E, ODD_ALONE, 1, \
	    400, ODD_STAYS, 1)
	QUERY("limit 0", "limit=0"),
	QUERY("a negative limit", "limit=-1"),
	QUERY("limit 1,001", "limit=1001"),
	QUERY("limit beyond 2^64", "limit=99999999999999999999"),
	QUERY("limit 1e3", "limit=1e3"),
	QUERY("limit 0x10", "limit=0x10"),
	QUERY("limit +1", "limit=%2B1"),
	ODD("an encoded digit", "GET /v1/records?limit=%31 HTTP/1.1\r\n" H E,
	    ODD_ALONE, 1, 200, ODD_STAYS, 1),
};

const struct odd_list odd_lines = { sizeof(rows) / sizeof(rows[0]), rows };
