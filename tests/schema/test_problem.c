/* problem: RFC 9457, ours and other servers'. */
#include "tests/unit.h"

#include "schema/json.h"
#include "schema/problem.h"

static void
test_print(void **state)
{
	char text[PROBLEM_LEN_MAX];
	struct writer w = writer_of(text, sizeof(text));
	struct why sentence = { "name: \"a\\b\" is long" };
	(void)state;

	problem_print(ERR_LIMIT, &sentence, &w);
	assert_span_text("{\"type\":\"about:blank\",\"title\":\"over a limit\","
			 "\"status\":400,\"detail\":"
			 "\"name: \\\"a\\\\b\\\" is long\"}",
	    writer_view(&w));
	writer_clear(&w);
	problem_print_line(ERR_BUSY, NULL, 12, &w);
	assert_span_text(
	    "{\"type\":\"about:blank\",\"title\":\"busy, try again\","
	    "\"status\":503,\"detail\":\"busy, try again\",\"line\":12}",
	    writer_view(&w));
}

static void
test_round_trip(void **state)
{
	(void)state;
	for (enum err err = ERR_SYNTAX; err <= ERR_DIVERGED; err++) {
		char text[PROBLEM_LEN_MAX];
		struct writer w = writer_of(text, sizeof(text));
		struct why sentence;
		struct why back;
		int status = 0;
		memset(sentence.text, '"', sizeof(sentence.text));
		sentence.text[sizeof(sentence.text) - 1] = '\0';
		problem_print_line(err, &sentence, 1000, &w);
		assert_err(ERR_OK, writer_end(&w));
		assert_err(
		    ERR_OK, problem_parse(writer_view(&w), &status, &back));
		assert_int_equal(err_status(err), status);
		assert_string_equal(sentence.text, back.text);
	}
}

struct row {
	const char *name;
	const char *text;
	int status; /* 0: refused */
	const char *sentence;
};

static const struct row rows[] = {
	{ "with members of its own",
	    "{\"status\":404,\"title\":\"No\",\"detail\":\"gone\",\"x\":[1]}",
	    404, "gone" },
	{ "without detail", "{\"status\":404,\"title\":\"No\"}", 404, "No" },
	{ "steering a terminal", "{\"status\":500,\"detail\":\"a\\u001b[2Jb\"}",
	    500, "a?[2Jb" },
	{ "without status", "{\"title\":\"No\"}", 0, NULL },
	{ "status 99", "{\"status\":99,\"title\":\"No\"}", 0, NULL },
	{ "status 600", "{\"status\":600,\"title\":\"No\"}", 0, NULL },
	{ "status as text", "{\"status\":\"404\",\"title\":\"No\"}", 0, NULL },
	{ "without sentence", "{\"status\":404}", 0, NULL },
	{ "an array", "[]", 0, NULL },
	{ "HTML", "<html>", 0, NULL },
	{ "nothing", "", 0, NULL },
};

static void
test_parse(void **state)
{
	const struct row *row = *state;
	struct why w = { "untouched" };
	int status = 0;
	enum err err = problem_parse(span_of_text(row->text), &status, &w);

	assert_err(row->status == 0 ? ERR_SYNTAX : ERR_OK, err);
	assert_int_equal(row->status, status);
	assert_string_equal(
	    row->status == 0 ? "untouched" : row->sentence, w.text);
}

int
main(int argc, char **argv)
{
	json_start();
	UNIT(test_print);
	UNIT(test_round_trip);
	UNIT_ROWS(rows, test_parse);
	return unit_run(argc, argv);
}
