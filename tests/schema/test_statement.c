/* statement: the in-toto frame, resources and SPDX expressions by form. */
#include "tests/unit.h"

#include "schema/statement.h"

static struct arena *arena;

#define HEX64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define HEAD "{\"_type\":\"" STATEMENT_TYPE "\",\"predicateType\":"
#define SUBJECT "\"subject\":[{\"digest\":{\"sha256\":\"" HEX64 "\"}}]"

struct license_row {
	const char *name;
	const char *text;
	bool expected;
};

static const struct license_row licenses[] = {
	{ "license: one", "MIT", true },
	{ "license: or later", "GPL-2.0+", true },
	{ "license: a reference", "DocumentRef-a:LicenseRef-b.1", true },
	{ "license: and", "MIT AND Apache-2.0", true },
	{ "license: nested", "(MIT OR (A AND (B OR C))) AND D", true },
	{ "license: with", "GPL-2.0 WITH Classpath-exception-2.0 OR A", true },
	{ "license: many spaces", "  MIT  OR  A ", true },
	{ "license: nothing", "", false },
	{ "license: only space", " ", false },
	{ "license: two ids", "MIT License", false },
	{ "license: an operator alone", "AND", false },
	{ "license: operator first", "OR MIT", false },
	{ "license: operator last", "MIT OR", false },
	{ "license: two operators", "MIT OR AND A", false },
	{ "license: small operator", "MIT and A", false },
	{ "license: with of a group", "(A OR B) WITH C", false },
	{ "license: with a group", "A WITH (B)", false },
	{ "license: with twice", "A WITH B WITH C", false },
	{ "license: with nothing", "A WITH", false },
	{ "license: open", "(MIT", false },
	{ "license: closed too often", "MIT)", false },
	{ "license: an empty group", "()", false },
	{ "license: a group behind an id", "MIT (A)", false },
	{ "license: an id behind a group", "(A) MIT", false },
	{ "license: a comma", "MIT, A", false },
	{ "license: a tab", "MIT\tOR A", false },
};

static void
test_license(void **state)
{
	const struct license_row *row = *state;

	assert_int_equal(
	    row->expected, statement_is_license(span_of_text(row->text)));
}

static void
test_license_depth(void **state)
{
	char text[STATEMENT_LICENSE_MAX + 1];
	(void)state;

	memset(text, '(', 128);
	memcpy(text + 127, "MM", 2);
	memset(text + 129, ')', 127);
	assert_true(statement_is_license(span_of(text, 256)));
	assert_false(statement_is_license(span_of(text, 255)));
	memset(text, 'a', sizeof(text));
	assert_false(statement_is_license(span_of(text, sizeof(text))));
}

static void
test_role(void **state)
{
	char text[STATEMENT_ROLE_MAX + 1];
	(void)state;

	memset(text, 'a', sizeof(text));
	assert_true(statement_is_role(span_of_text("training-data-2")));
	assert_true(statement_is_role(span_of(text, STATEMENT_ROLE_MAX)));
	assert_false(statement_is_role(span_of(text, STATEMENT_ROLE_MAX + 1)));
	assert_false(statement_is_role(span_of_text("Shard")));
	assert_false(statement_is_role(span_of_text("a b")));
	assert_false(statement_is_role(SPAN_EMPTY));
}

/* ---- sentences name the place ---- */

struct row {
	const char *name;
	const char *text;
	const char *sentence;
};

#define OURS HEAD "\"https://headwater/dataset/v1\","
#define FOREIGN HEAD "\"https://example.org/a\","

static const struct row rows[] = {
	{ "another type",
	    "{\"_type\":\"https://in-toto.io/Statement/v0.1\",\"predicateType\""
	    ":\"a:b\"," SUBJECT "}",
	    "_type: only https://in-toto.io/Statement/v1 is known" },
	{ "no predicateType", "{\"_type\":\"" STATEMENT_TYPE "\"," SUBJECT "}",
	    "predicateType: missing" },
	{ "predicateType no URI", HEAD "\"a\"," SUBJECT "}",
	    "predicateType: an absolute URI is needed" },
	{ "no subject", HEAD "\"a:b\"}", "subject: missing" },
	{ "an empty subject", HEAD "\"a:b\",\"subject\":[]}",
	    "subject: 0 elements, at least 1" },
	{ "a text as subject", HEAD "\"a:b\",\"subject\":[\"a\"]}",
	    "subject[0]: an object is needed" },
	{ "a bad digest",
	    OURS "\"subject\":[{\"digest\":{\"sha256\":\"" HEX64
		 "\"}},{\"digest\":{\"sha256\":\"00\"}}]}",
	    "subject[1].digest.sha256: 64 lower-case hex digits needed" },
	{ "a bad git digest",
	    OURS "\"subject\":[{\"digest\":{\"gitCommit\":\"00\"}}]}",
	    "subject[0].digest.gitCommit: 40 or 64 lower-case hex digits "
	    "needed" },
	{ "an unknown algorithm",
	    OURS "\"subject\":[{\"digest\":{\"crc32\":\"00\"}}]}",
	    "subject[0].digest: unknown algorithm \"crc32\"" },
	{ "an unknown algorithm alone, foreign",
	    FOREIGN "\"subject\":[{\"digest\":{\"crc32\":\"00\"}}]}",
	    "subject[0].digest: at least one known digest is needed" },
	{ "an unknown member, ours",
	    OURS
	    "\"subject\":[{\"content\":\"\",\"digest\":{\"sha256\":\"" HEX64
	    "\"}}]}",
	    "subject[0]: unknown member \"content\"" },
	{ "an annotation",
	    OURS "\"subject\":[{\"annotations\":{\"n\":5},\"digest\":"
		 "{\"sha256\":\"" HEX64 "\"}}]}",
	    "subject[0].annotations.n: a text without control characters is "
	    "needed" },
	{ "a role",
	    OURS "\"subject\":[{\"annotations\":{\"role\":\"A\"},\"digest\":"
		 "{\"sha256\":\"" HEX64 "\"}}]}",
	    "subject[0].annotations.role: only a-z, 0-9 and - are allowed" },
	{ "an unknown member of the statement", OURS SUBJECT ",\"x\":1}",
	    "unknown member \"x\"" },
	{ "a predicate of null", FOREIGN SUBJECT ",\"predicate\":null}",
	    "predicate: an object is needed" },
};

static void
test_sentence(void **state)
{
	const struct row *row = *state;
	struct statement statement;
	struct why w = { "" };

	arena_reset(arena);
	assert_err(ERR_SYNTAX,
	    statement_parse(span_of_text(row->text), arena, &statement, &w));
	assert_string_equal(row->sentence, w.text);
}

static void
test_foreign(void **state)
{
	struct statement s;
	(void)state;

	arena_reset(arena);
	assert_err(ERR_OK,
	    statement_parse(
		span_of_text(FOREIGN
		    "\"subject\":[{\"name\":\"a\\nb\",\"uri\":5,\"x\":[1],"
		    "\"annotations\":{\"role\":\"r\",\"license\":\"no "
		    "licence\","
		    "\"n\":1},\"digest\":{\"crc32\":1,\"sha256\":\"" HEX64
		    "\"}}],\"x\":2,\"predicate\":{\"n\":[1.5,null]}}"),
		arena, &s, NULL));
	assert_false(s.is_ours);
	assert_false(s.is_run);
	assert_span_text("https://example.org/a", s.predicate_type);
	assert_int_equal(1, s.subject_count);
	assert_span_text("a\nb", s.subjects[0].name);
	assert_int_equal(0, s.subjects[0].uri.len);
	assert_span_text("r", s.subjects[0].role);
	assert_int_equal(0, s.subjects[0].license.len);
	assert_int_equal(1, s.subjects[0].digest.count);
	statement_done(&s);
	statement_done(&s); /* nothing is left */
}

static void
test_a_run_is_ours(void **state)
{
	static const char *const types[] = { STATEMENT_RUN_TYPE,
		"https://headwater/run/v2", "https://example.org/build" };
	(void)state;

	for (size_t i = 0; i < 3; i++) {
		char text[1024];
		struct statement s;
		arena_reset(arena);
		(void)snprintf(text, sizeof(text),
		    HEAD "\"" STATEMENT_SLSA_TYPE "\"," SUBJECT
			 ",\"predicate\":{\"buildDefinition\":{\"buildType\":"
			 "\"%s\"}}}",
		    types[i]);
		assert_err(ERR_OK,
		    statement_parse(span_of_text(text), arena, &s, NULL));
		assert_int_equal(i == 0, s.is_run);
		assert_int_equal(i == 0, s.is_ours);
		statement_done(&s);
	}
}

static void
test_every_prefix_is_refused(void **state)
{
	static const char text[] = OURS SUBJECT ",\"predicate\":{\"a\":[]}}";
	struct statement s;
	(void)state;

	for (size_t len = 0; len < sizeof(text) - 1; len++) {
		struct why w = { "" };
		arena_reset(arena);
		assert_err(ERR_SYNTAX,
		    statement_parse(span_of(text, len), arena, &s, &w));
		assert_true(w.text[0] != '\0');
	}
	assert_err(
	    ERR_OK, statement_parse(span_of_text(text), arena, &s, NULL));
	statement_done(&s);
}

static void
test_no_memory(void **state)
{
	static const char text[] = OURS SUBJECT ",\"predicate\":{}}";
	(void)state;

	for (size_t cap = 0; cap < 1024; cap += 16) {
		struct arena *small = arena_new(cap);
		struct statement s;
		enum err err =
		    statement_parse(span_of_text(text), small, &s, NULL);
		if (err == ERR_OK)
			statement_done(&s);
		else
			assert_err(ERR_MEMORY, err);
		arena_free(small);
	}
}

int
main(int argc, char **argv)
{
	json_start();
	arena = arena_new((size_t)1 << 20);
	UNIT_ROWS(licenses, test_license);
	UNIT(test_license_depth);
	UNIT(test_role);
	UNIT_ROWS(rows, test_sentence);
	UNIT(test_foreign);
	UNIT(test_a_run_is_ours);
	UNIT(test_every_prefix_is_refused);
	UNIT(test_no_memory);
	int failed = unit_run(argc, argv);
	arena_free(arena);
	return failed;
}
