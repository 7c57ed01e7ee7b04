#include "tests/hostile/odd.h"

#define H "Host: a\r\n"
#define E "\r\n"
#define GET "GET /checkpoint HTTP/1.1\r\n" H
#define POST "POST /v1/records HTTP/1.1\r\n" H
#define CL3 "Content-Length: 3\r\n"
#define TE "Transfer-Encoding: chunked\r\n"
#define DIGEST \
	"sha256:" \
	"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define BLOB "PUT /v1/blobs/" DIGEST " HTTP/1.1\r\n" H
#define REFUSED(name, text, status) \
	ODD(name, text, ODD_MARKER, 1, status, ODD_CLOSES, 0)
#define LENGTH(name, line) REFUSED(name, POST line "\r\n" E "abc", 400)
#define CODING(name, line) REFUSED(name, POST line "\r\n" E "0\r\n\r\n", 400)
#define CHUNKS(name, chunks) REFUSED(name, POST TE E chunks, 400)
/* taken whole, shown to the handler, and no envelope */
/* the same in chunks: nothing behind them is read */
#define LAST(name, text) ODD(name, text, ODD_MARKER, 1, 400, ODD_CLOSES, 1)
#define TAKEN(name, text) ODD(name, text, ODD_ALONE, 1, 400, ODD_STAYS, 1)

static const struct odd rows[] = {
	/* lengths: RFC 9112 §6.3 */
	LENGTH("lengths in a list", "Content-Length: 3,4"),
	LENGTH("a length with a vertical tab", "Content-Length: 3\v"),
	LENGTH("a vertical tab before a length", "Content-Length: \v3"),
	LENGTH("a form feed behind a length", "Content-Length: 3\f"),
	LENGTH("a length and a parameter", "Content-Length: 3;a"),
	LENGTH("a length with a fraction", "Content-Length: 3.0"),
	LENGTH("a length with an exponent", "Content-Length: 3e0"),
	LENGTH("a length with an underscore", "Content-Length: 0_3"),
	LENGTH("a length of 0b11", "Content-Length: 0b11"),
	LENGTH("a length in Arabic digits", "Content-Length: \xd9\xa3"),
	LENGTH("a length in quotes", "Content-Length: \"3\""),
	LENGTH("a length with a tab behind", "Content-Length: 3\t"),
	LENGTH("two numbers for a length", "Content-Length: 3 3"),
	LENGTH("a length that is empty", "Content-Length:"),
	LENGTH("a length without a colon", "Content-Length 3"),
	LENGTH("a NUL before a length's name", "\0Content-Length: 3"),
	LENGTH("a carriage return before a length", "Content-Length:\r3"),
	LENGTH("a length behind CR", "X: a\rContent-Length: 3"),
	LENGTH("a length behind LF", "X: a\nContent-Length: 3"),
	LENGTH("0 and a length", "Content-Length: 0\r\nContent-Length: 3"),
	LENGTH("a length and 0", "Content-Length: 3\r\nContent-Length: 0"),
	LENGTH(
	    "a length in two cases", "content-length: 3\r\nCONTENT-LENGTH: 3"),
	LENGTH("minus 0", "Content-Length: -0"),
	TAKEN("a length with blanks before",
	    POST "Content-Length: \t 3\r\n" E "abc"),
	TAKEN("a length by another name",
	    POST "Content_Length: 9\r\n" CL3 E "abc"),
	TAKEN("an encoding by another name",
	    POST "Transfer_Encoding: chunked\r\n" CL3 E "abc"),
	TAKEN("no body at all", POST E),
	TAKEN("a length of 0", POST "Content-Length: 0\r\n" E),

	/* Transfer-Encoding: RFC 9112 §6.1 */
	REFUSED("length wins, chunks follow",
	    POST "Content-Length: 4\r\n" TE E "1\r\nZ\r\n0\r\n\r\n", 400),
	REFUSED("chunks win, a request follows",
	    POST "Content-Length: 6\r\n" TE E "0\r\n\r\nG", 400),
	REFUSED("a wrong coding behind a right one",
	    POST TE "Transfer-Encoding: x\r\n" E "0\r\n\r\n", 400),
	REFUSED("a right coding behind a wrong one",
	    POST "Transfer-Encoding: x\r\n" TE E "0\r\n\r\n", 400),
	REFUSED("a length and a coding that is none",
	    POST CL3 "Transfer-Encoding: none\r\n" E "abc", 400),
	CODING("cow", "Transfer-Encoding: cow"),
	CODING("chunked, identity", "Transfer-Encoding: chunked, identity"),
	CODING("chunked, chunked", "Transfer-Encoding: chunked, chunked"),
	CODING("chunked;q=1", "Transfer-Encoding: chunked;q=1"),
	CODING("'chunked'", "Transfer-Encoding: 'chunked'"),
	CODING(", chunked", "Transfer-Encoding: , chunked"),
	CODING("a tab behind chunked", "Transfer-Encoding: chunked\t"),
	CODING("a NUL behind chunked", "Transfer-Encoding: chunked\0"),
	CODING("a NUL within chunked", "Transfer-Encoding: chun\0ked"),
	CODING(
	    "chunked in wide letters", "Transfer-Encoding: \xef\xbd\x83hunked"),
	CODING("an empty coding", "Transfer-Encoding:"),
	CODING("compress", "Transfer-Encoding: compress"),
	CODING("a coding behind LF", "X: a\nTransfer-Encoding: chunked"),
	CODING("a tab before the colon", "Transfer-Encoding\t: chunked"),
	CODING("a coding without a colon", "Transfer-Encoding chunked"),
	LAST("a coding in capitals",
	    POST "TRANSFER-ENCODING: CHUNKED\r\n" E "0\r\n\r\n"),
	LAST("a tab before a coding",
	    POST "Transfer-Encoding:\tchunked\r\n" E "0\r\n\r\n"),

	/* chunks: RFC 9112 §7.1 */
	CHUNKS("a size of 0x3", "0x3\r\nabc\r\n0\r\n\r\n"),
	CHUNKS("a size of -3", "-3\r\nabc\r\n0\r\n\r\n"),
	CHUNKS("a size of +3", "+3\r\nabc\r\n0\r\n\r\n"),
	CHUNKS("a blank before a size", " 3\r\nabc\r\n0\r\n\r\n"),
	CHUNKS("a blank behind a size", "3 \r\nabc\r\n0\r\n\r\n"),
	CHUNKS("a tab behind a size", "3\t\r\nabc\r\n0\r\n\r\n"),
	CHUNKS("a size and a letter", "3g\r\nabc\r\n0\r\n\r\n"),
	CHUNKS("a size with a fraction", "3.0\r\nabc\r\n0\r\n\r\n"),
	CHUNKS("no size", "\r\nabc\r\n0\r\n\r\n"),
	CHUNKS("an extension without a size", ";a\r\nabc\r\n0\r\n\r\n"),
	CHUNKS("a NUL in a size", "3\0\r\nabc\r\n0\r\n\r\n"),
	CHUNKS("a size that ends with CR alone", "3\rabc\r\n0\r\n\r\n"),
	CHUNKS("a chunk without its end", "3\r\nabc0\r\n\r\n"),
	CHUNKS("a last chunk of minus 0", "-0\r\n\r\n"),
	ODD("a chunk of 2^64 - 1",
	    POST TE E "FFFFFFFFFFFFFFFF\r\nabc\r\n0\r\n\r\n", ODD_MARKER, 0, 0,
	    ODD_WAITS, 0),
	ODD("a chunk of 2^63", POST TE E "8000000000000000\r\nabc\r\n0\r\n\r\n",
	    ODD_MARKER, 0, 0, ODD_WAITS, 0),
	LAST("an extension of quotes",
	    POST TE E "3;a=\"b;c\"\r\nabc\r\n0\r\n\r\n"),
	LAST("a last chunk of 000", POST TE E "3\r\nabc\r\n000\r\n\r\n"),
	LAST("a length in a trailer",
	    POST TE E "3\r\nabc\r\n0\r\nContent-Length: 90\r\n\r\n"),
	LAST("a coding in a trailer",
	    POST TE E "3\r\nabc\r\n0\r\nTransfer-Encoding: chunked\r\n\r\n"),
	LAST("a Host in a trailer",
	    POST TE E "3\r\nabc\r\n0\r\nHost: b\r\n\r\n"),

	/* the library reads these; none may know where they end */
	LAST("a chunk that is too short by CR",
	    POST TE E "3\r\nab\r\n0\r\n\r\n"),
	LAST("LF alone in chunks", POST TE E "3\nabc\n0\n\n"),
	LAST("LF alone behind a size", POST TE E "3\nabc\r\n0\r\n\r\n"),
	LAST("LF alone behind a chunk", POST TE E "3\r\nabc\n0\r\n\r\n"),
	LAST("LF alone behind the last size", POST TE E "3\r\nabc\r\n0\n\r\n"),
	LAST("LF alone behind trailers", POST TE E "3\r\nabc\r\n0\r\nX: a\n\n"),
	LAST("LF alone in an extension", POST TE E "3;\nabc\r\n0\r\n\r\n"),
	LAST("a request in an extension",
	    POST TE E "3;\nabc\r\n0\r\n\r\n" GET E),
	LAST("an extension with a CR", POST TE E "3;a\rb\r\nabc\r\n0\r\n\r\n"),
	LAST("an extension with a NUL", POST TE E "3;a\0b\r\nabc\r\n0\r\n\r\n"),
	REFUSED("a trailer without a colon",
	    POST TE E "3\r\nabc\r\n0\r\nX\r\n\r\n", 400),
	LAST("a folded trailer",
	    POST TE E "3\r\nabc\r\n0\r\nX: a\r\n b\r\n\r\n"),
	REFUSED("a request for a trailer",
	    POST TE E "3\r\nabc\r\n0\r\nGET / HTTP/1.1\r\n\r\n", 400),
	LAST("a size of 17 digits",
	    POST TE E "00000000000000003\r\nabc\r\n0\r\n\r\n"),

	/* bodies that look like requests */
	ODD("a request for a body", POST, ODD_BODY, 1, 400, ODD_STAYS, 1),
	ODD("a request for a chunk", POST TE E, ODD_CHUNK, 1, 400, ODD_CLOSES,
	    1),
	ODD("a request for the body of a GET", GET, ODD_BODY, 1, 400,
	    ODD_CLOSES, 0),
	ODD("a request for the body of nowhere", "POST /nowhere HTTP/1.1\r\n" H,
	    ODD_BODY, 1, 404, ODD_CLOSES, 0),
	ODD("a request for a body that is not asked for",
	    "POST /checkpoint HTTP/1.1\r\n" H "Expect: 100-continue\r\n",
	    ODD_BODY, 1, 405, ODD_CLOSES, 0),
	ODD("a request for a body of another type",
	    POST "Content-Type: multipart/form-data; boundary=x\r\n", ODD_BODY,
	    1, 415, ODD_CLOSES, 0),
	ODD("a request for a chunk of nowhere",
	    "POST /nowhere HTTP/1.1\r\n" H TE E, ODD_CHUNK, 1, 404, ODD_CLOSES,
	    0),
	ODD("a request for the body of an old request",
	    "POST /v1/records HTTP/1.0\r\n" H, ODD_BODY, 1, 400, ODD_CLOSES, 1),

	/* what follows belongs to the next request */
	ODD("two at once", GET E GET E, ODD_ALONE, 2, 200, ODD_STAYS, 2),
	ODD("a body longer than it says", POST CL3 E "abcd", ODD_MARKER, 2, 405,
	    ODD_CLOSES, 1),
	ODD("GET with length 0, and another",
	    GET "Content-Length: 0\r\n" E GET E, ODD_ALONE, 2, 200, ODD_STAYS,
	    2),
	ODD("one that is refused between two", GET E GET "X : a\r\n" E GET E,
	    ODD_MARKER, 2, 400, ODD_CLOSES, 1),
	ODD("three with the last refused", POST CL3 E "abc" GET E GET H E,
	    ODD_MARKER, 3, 400, ODD_CLOSES, 2),
	ODD("a body that is asked for",
	    POST CL3 "Expect: 100-continue\r\n" E "abc", ODD_ALONE, 1, 400,
	    ODD_STAYS, 1),

	/* blobs: nobody has named this one */
	ODD("a blob that is not named", BLOB, ODD_BODY, 1, 403, ODD_CLOSES, 1),
	ODD("a blob in a chunk", BLOB TE E, ODD_CHUNK, 1, 400, ODD_CLOSES, 0),
	ODD("a blob, asking first", BLOB "Expect: 100-continue\r\n", ODD_BODY,
	    1, 403, ODD_CLOSES, 1),
	ODD("a blob in gzip that is none", BLOB "Content-Encoding: gzip\r\n",
	    ODD_BODY, 1, 403, ODD_CLOSES, 1),
	ODD("a blob without a body", BLOB E, ODD_ALONE, 1, 400, ODD_STAYS, 0),
	ODD("a blob of 0 bytes", BLOB "Content-Length: 0\r\n" E, ODD_MARKER, 1,
	    403, ODD_CLOSES, 1),
	REFUSED(
	    "a blob with a length and chunks", BLOB CL3 TE E "0\r\n\r\n", 400),
	REFUSED(
	    "a blob with two lengths", BLOB CL3 "Content-Length: 4\r\n" E, 400),
	REFUSED("a blob in brotli", BLOB CL3 "Content-Encoding: br\r\n" E "abc",
	    415),
	REFUSED("a blob in gzip twice",
	    BLOB CL3 "Content-Encoding: gzip, gzip\r\n" E "abc", 415),
	REFUSED("a blob in two codings",
	    BLOB CL3 "Content-Encoding: gzip\r\nContent-Encoding: gzip\r\n" E
		     "abc",
	    400),
	ODD("a blob by a short name", "PUT /v1/blobs/sha256:ab HTTP/1.1\r\n" H,
	    ODD_BODY, 1, 400, ODD_CLOSES, 1),
	ODD("a blob by another hash", "PUT /v1/blobs/md5:ab HTTP/1.1\r\n" H,
	    ODD_BODY, 1, 400, ODD_CLOSES, 1),
	ODD("a blob by a way up",
	    "PUT /v1/blobs/sha256:..%2f..%2f HTTP/1.1\r\n" H, ODD_BODY, 1, 400,
	    ODD_CLOSES, 0),
	ODD("blobs for a blob", "PUT /v1/blobs HTTP/1.1\r\n" H, ODD_BODY, 1,
	    404, ODD_CLOSES, 0),
	ODD("POST of a blob", "POST /v1/blobs/" DIGEST " HTTP/1.1\r\n" H,
	    ODD_BODY, 1, 405, ODD_CLOSES, 0),
	ODD("a blob of 2^63 bytes",
	    BLOB "Content-Length: 9223372036854775808\r\n" E, ODD_MARKER, 1,
	    403, ODD_CLOSES, 1),
	ODD("GET of that blob", "GET /v1/blobs/" DIGEST " HTTP/1.1\r\n" H E,
	    ODD_ALONE, 1, 404, ODD_STAYS, 1),

	/* half of it */
	ODD("half a body and no more", POST CL3 E "ab", ODD_HALF, 0, 0,
	    ODD_CLOSES, 0),
	ODD("half a chunk and no more", POST TE E "3\r\nab", ODD_HALF, 0, 0,
	    ODD_CLOSES, 0),
	ODD("a body and no more", POST CL3 E "abc", ODD_HALF, 1, 400,
	    ODD_CLOSES, 1),
	ODD("half a body", POST CL3 E "ab", ODD_ALONE, 0, 0, ODD_WAITS, 0),
	ODD("half a chunk", POST TE E "3\r\nab", ODD_ALONE, 0, 0, ODD_WAITS, 0),
	ODD("no last chunk", POST TE E "3\r\nabc\r\n", ODD_ALONE, 0, 0,
	    ODD_WAITS, 0),
	ODD("trailers without an end", POST TE E "3\r\nabc\r\n0\r\n", ODD_ALONE,
	    0, 0, ODD_WAITS, 0),
};

const struct odd_list odd_bodies = { sizeof(rows) / sizeof(rows[0]), rows };
