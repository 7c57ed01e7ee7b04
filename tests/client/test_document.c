/* document: the words of a text that take another in. */
#include "tests/unit.h"

#include "client/document.h"

struct row {
	const char *name;
	const char *body;
	const char *url;
	const char *expected;
};

static const struct row rows[] = {
	{ "a line", "1. Terms\n  See https://a.example/policy/ for uses.\n2.\n",
	    "https://a.example/policy",
	    "See https://a.example/policy/ for uses." },
	{ "the last line", "as at a.example/policy", "https://a.example/policy",
	    "as at a.example/policy" },
	{ "another scheme", "at http://a.example/policy\n",
	    "https://a.example/policy/", "at http://a.example/policy" },
	{ "it names another", "at https://b.example/policy\n",
	    "https://a.example/policy", "" },
	{ "nothing", "", "https://a.example/policy", "" },
	{ "a CR behind", "at a.example/policy\r\n", "https://a.example/policy",
	    "at a.example/policy" },
	{ "no text", "at \xff a.example/policy\n", "https://a.example/policy",
	    "" },
	{ "a control character", "at \x1b[1m a.example/policy\n",
	    "https://a.example/policy", "" },
};

static void
test_row(void **state)
{
	const struct row *row = *state;

	assert_span_text(row->expected,
	    document_clause(span_of_text(row->body), span_of_text(row->url)));
}

/* A line of a mebibyte, as HTML has it: the part around it, in whole letters. */
static void
test_long_line(void **state)
{
	static char body[4096];
	struct span url = span_of_text("https://a.example/p");
	struct span named = span_of_text("a.example/p");
	(void)state;

	for (size_t shift = 0; shift < 4; shift++) {
		memset(body, ' ', sizeof(body));
		for (size_t i = shift; i + 1 < sizeof(body); i += 2)
			memcpy(body + i, "\xc3\xa4", 2); /* ä */
		memcpy(body + 2000 + shift, named.data, named.len);
		memset(body + 2000 + shift + named.len, ' ', 1);
		struct span clause =
		    document_clause(span_of(body, sizeof(body) - 2), url);
		assert_true(clause.len > DOCUMENT_CLAUSE_MAX - 8);
		assert_true(clause.len <= DOCUMENT_CLAUSE_MAX);
	}
}

int
main(int argc, char **argv)
{
	UNIT_ROWS(rows, test_row);
	UNIT(test_long_line);
	return unit_run(argc, argv);
}
