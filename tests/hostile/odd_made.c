#include "tests/hostile/odd.h"

#include <assert.h>
#include <string.h>

#define H "Host: a\r\n"
#define GET "GET /checkpoint HTTP/1.1\r\n" H
#define CHUNKED \
	"POST /v1/records HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n"

/* before, then `piece` so many times, then behind */
struct recipe {
	const char *before;
	const char *piece;
	size_t times;
	const char *behind;
	struct odd odd; /* without its text */
};

#define OUTCOME(name, tail, answers, status, end, accepted) \
	{ \
		name, NULL, 0, tail, answers, status, end, accepted \
	}
#define REFUSED(name, status) \
	OUTCOME(name, ODD_MARKER, 1, status, ODD_CLOSES, 0)
#define LAST(name) OUTCOME(name, ODD_MARKER, 1, 400, ODD_CLOSES, 1)
#define TAKEN(name, status) OUTCOME(name, ODD_ALONE, 1, status, ODD_STAYS, 1)

static const struct recipe recipes[] = {
	{ GET, "X: a\r\n", 63, "\r\n", TAKEN("64 headers", 200) },
	{ GET, "X: a\r\n", 64, "\r\n", REFUSED("65 headers", 400) },
	{ GET, "X: a\r\n", 300, "\r\n", REFUSED("300 headers", 400) },
	{ GET, "X: a\r\n", 100000, "\r\n", REFUSED("100,000 headers", 431) },
	{ GET "X: ", "a", 16000, "\r\n\r\n",
	    TAKEN("a header of 16,000 bytes", 200) },
	{ GET "X: ", "a", 17000, "\r\n\r\n",
	    REFUSED("a header of 17,000 bytes", 400) },
	{ GET "X: ", "a", 1 << 20, "\r\n\r\n",
	    REFUSED("a header of 1 MiB", 431) },
	{ GET, "a", 1 << 20, ": a\r\n\r\n", REFUSED("a name of 1 MiB", 431) },
	{ GET "Cookie: ", "a=b; ", 200, "\r\n\r\n", TAKEN("200 cookies", 200) },
	{ GET "Cookie: ", "a=b; ", 8000, "\r\n\r\n",
	    REFUSED("8,000 cookies", 431) },
	{ GET "Range: bytes=0-", ",0-", 1000, "\r\n\r\n",
	    TAKEN("1,000 ranges", 200) },
	{ GET "Accept: a/b", ",a/b", 1000, "\r\n\r\n",
	    TAKEN("an Accept of 1,000 ranges", 200) },
	{ "GET /", "a", 1023, " HTTP/1.1\r\n" H "\r\n",
	    OUTCOME(
		"a target of 1,024 bytes", ODD_ALONE, 1, 404, ODD_STAYS, 0) },
	{ "GET /", "a", 1024, " HTTP/1.1\r\n" H "\r\n",
	    REFUSED("a target of 1,025 bytes", 400) },
	{ "GET /", "a", 40 << 10, " HTTP/1.1\r\n" H "\r\n",
	    REFUSED("a target of 40 KiB", 414) },
	{ "GET /", "a", 1 << 20, " HTTP/1.1\r\n" H "\r\n",
	    REFUSED("a target of 1 MiB", 414) },
	{ "GET /", "a/", 500, " HTTP/1.1\r\n" H "\r\n",
	    OUTCOME("500 segments", ODD_ALONE, 1, 404, ODD_STAYS, 0) },
	{ "GET /v1/records?limit=1", "&a", 300, " HTTP/1.1\r\n" H "\r\n",
	    OUTCOME("300 arguments", ODD_ALONE, 1, 400, ODD_STAYS, 0) },
	{ "GET /v1/records?limit=1", "&limit=1", 100, " HTTP/1.1\r\n" H "\r\n",
	    OUTCOME("100 times the same argument", ODD_ALONE, 1, 400, ODD_STAYS,
		0) },
	{ "", "A", 10000, " /checkpoint HTTP/1.1\r\n" H "\r\n",
	    OUTCOME("a method of 10,000 letters", ODD_ALONE, 1, 405, ODD_STAYS,
		0) },
	{ "", "A", 100000, " /checkpoint HTTP/1.1\r\n" H "\r\n",
	    REFUSED("a method of 100,000 letters", 414) },
	{ "", "\xff", 5000, "\r\n\r\n",
	    OUTCOME("5,000 bytes of 0xff", ODD_MARKER, 0, 0, ODD_CLOSES, 0) },
	{ "", "\r\n", 20, GET "\r\n", TAKEN("20 empty lines first", 200) },
	{ "", GET "\r\n", 2000, "",
	    OUTCOME("2,000 at once", ODD_ALONE, 2000, 200, ODD_STAYS, 2000) },
	{ "", "GET /nowhere HTTP/1.1\r\n" H "\r\n", 2000, "",
	    OUTCOME("2,000 to nowhere", ODD_ALONE, 2000, 404, ODD_STAYS, 0) },
	{ "", "POST /v1/records HTTP/1.1\r\n" H "Content-Length: 1\r\n\r\n{",
	    200, "",
	    OUTCOME("200 bad records at once", ODD_ALONE, 200, 400, ODD_STAYS,
		200) },
	{ CHUNKED, "1\r\n{\r\n", 20000, "0\r\n\r\n",
	    LAST("20,000 chunks of a byte") },
	{ CHUNKED, "1\r\n{\r\n", 131073, "0\r\n\r\n",
	    REFUSED("a chunk of a byte too many", 413) },
	{ CHUNKED, "1;a=b;c=d\r\n{\r\n", 2000, "0\r\n\r\n",
	    LAST("2,000 extensions") },
	{ CHUNKED "3;", "a", 100000, "\r\nabc\r\n0\r\n\r\n",
	    REFUSED("an extension of 100,000 bytes", 400) },
	{ CHUNKED, "0", 100000, "3\r\nabc\r\n0\r\n\r\n",
	    REFUSED("100,000 zeros before a size", 400) },
	{ CHUNKED "3\r\nabc\r\n0\r\n", "X: a\r\n", 50, "\r\n",
	    LAST("50 trailers") },
	{ CHUNKED "3\r\nabc\r\n0\r\n", "X: a\r\n", 100000, "\r\n",
	    REFUSED("100,000 trailers", 431) },
	{ "POST /v1/records HTTP/1.1\r\n" H "Content-Length: 200000\r\n\r\n",
	    "a", 200000, "", REFUSED("a body over the cap", 413) },
	{ "POST /v1/records HTTP/1.1\r\n" H "Content-Length: 131072\r\n\r\n",
	    "[", 131072, "", TAKEN("131,072 brackets", 400) },
	{ "POST /v1/records HTTP/1.1\r\n" H "Content-Length: 120000\r\n\r\n",
	    "[],", 40000, "", TAKEN("40,000 arrays", 400) },
};

size_t
odd_make(struct odd ret[static ODD_MADE_MAX], struct writer *bytes)
{
	const size_t count = sizeof(recipes) / sizeof(recipes[0]);

	assert(count <= ODD_MADE_MAX);
	/* first the texts, since they move while the buffer grows */
	for (size_t i = 0; i < count; i++) {
		const struct recipe *recipe = &recipes[i];
		size_t before = bytes->len;
		writer_text(bytes, recipe->before);
		for (size_t j = 0; j < recipe->times; j++)
			writer_text(bytes, recipe->piece);
		writer_text(bytes, recipe->behind);
		ret[i] = recipe->odd;
		ret[i].len = bytes->len - before;
	}
	const char *at = (const char *)writer_view(bytes).data;
	for (size_t i = 0; i < count; i++) {
		ret[i].text = at;
		at += ret[i].len;
	}
	return count;
}
