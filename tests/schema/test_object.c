/* object: what is asked for, what nobody asked for, and the sentences. */
#include "tests/unit.h"

#include "schema/object.h"

static struct json *json;
static struct why said;

static struct object
object_from(const char *text, const char *path)
{
	assert_err(ERR_OK, json_parse_answer(span_of_text(text), &json, NULL));
	said.text[0] = '\0';
	return object_of(json_root(json), path, &said);
}

struct row {
	const char *name;
	const char *text;
	enum err err;
	const char *sentence; /* NULL: fine */
};

/* Read as {"text": 2 to 4 bytes, "line"?: 1 to 4, "list"?: at most 2, "inner"?: {}}
 */
static const struct row rows[] = {
	{ "all there",
	    "{\"text\":\"ab\",\"line\":\"a\",\"list\":[1,2],"
	    "\"inner\":{}}",
	    ERR_OK, NULL },
	{ "the least", "{\"text\":\"abcd\"}", ERR_OK, NULL },
	{ "missing", "{}", ERR_SYNTAX, "predicate.text: missing" },
	{ "short", "{\"text\":\"a\"}", ERR_SYNTAX,
	    "predicate.text: 1 bytes, at least 2" },
	{ "long", "{\"text\":\"abcde\"}", ERR_LIMIT,
	    "predicate.text: 5 bytes, at most 4" },
	{ "a number", "{\"text\":5}", ERR_SYNTAX,
	    "predicate.text: a string is needed" },
	{ "null", "{\"text\":null}", ERR_SYNTAX,
	    "predicate.text: a string is needed" },
	{ "empty", "{\"text\":\"ab\",\"line\":\"\"}", ERR_SYNTAX,
	    "predicate.line: may not be empty" },
	{ "a newline", "{\"text\":\"a\\n\",\"line\":\"a\\n\"}", ERR_SYNTAX,
	    "predicate.line: no control characters" },
	{ "no array", "{\"text\":\"ab\",\"list\":{}}", ERR_SYNTAX,
	    "predicate.list: an array is needed" },
	{ "three elements", "{\"text\":\"ab\",\"list\":[1,2,3]}", ERR_LIMIT,
	    "predicate.list: 3 elements, at most 2" },
	{ "no object", "{\"text\":\"ab\",\"inner\":[]}", ERR_SYNTAX,
	    "predicate.inner: an object is needed" },
	{ "unknown", "{\"text\":\"ab\",\"foo\":1,\"inner\":{}}", ERR_SYNTAX,
	    "predicate: unknown member \"foo\"" },
	{ "unknown, with a control character",
	    "{\"text\":\"ab\",\"a\\u001b[m\":1}", ERR_SYNTAX,
	    "predicate: unknown member \"a?[m\"" },
	{ "the first failure counts", "{\"line\":5,\"foo\":1}", ERR_SYNTAX,
	    "predicate.text: missing" },
	{ "an array", "[]", ERR_SYNTAX, "predicate: an object is needed" },
};

static void
test_row(void **state)
{
	const struct row *row = *state;
	struct object o = object_from(row->text, "predicate");
	struct span text;
	struct span line;
	size_t count;

	object_text(&o, "text", 2, 4, &text);
	(void)object_optional_line(&o, "line", 1, 4, &line);
	(void)object_optional_array(&o, "list", 2, &count);
	(void)object_optional_object(&o, "inner");
	assert_err(row->err, object_end(&o));
	if (row->sentence != NULL)
		assert_string_equal(row->sentence, said.text);
	json_done(json);
}

static void
test_without_a_path(void **state)
{
	struct object o = object_from("{\"a\":1}", "");
	struct span text;
	(void)state;

	assert_err(ERR_OK, object_end_open(&o));
	assert_err(ERR_SYNTAX, object_end(&o));
	assert_string_equal("unknown member \"a\"", said.text);
	object_text(&o, "b", 1, 1, &text);
	assert_string_equal("b: missing", said.text);
	assert_int_equal(0, text.len);
	assert_err(ERR_SYNTAX, object_end_open(&o));
	json_done(json);
}

static void
test_required(void **state)
{
	struct object o = object_from("{\"a\":[],\"b\":{\"c\":1}}", "x");
	size_t count = 9;
	(void)state;

	assert_null(object_array(&o, "a", 1, 5, &count));
	assert_string_equal("x.a: 0 elements, at least 1", said.text);
	json_done(json);
	o = object_from("{\"b\":{\"c\":1}}", "x");
	assert_int_equal(1, json_count(object_object(&o, "b")));
	assert_null(object_object(&o, "d"));
	assert_string_equal("x.d: missing", said.text);
	assert_null(object_array(&o, "b", 0, 5, &count));
	assert_string_equal("x.d: missing", said.text);
	assert_false(object_has(&o, "b"));
	json_done(json);
}

static void
test_answers(void **state)
{
	struct object o =
	    object_from("{\"n\":9007199254740993,\"yes\":true,\"no\":false,"
			"\"next\":null,\"any\":[{}]}",
		"answer");
	(void)state;

	assert_true(object_has(&o, "n"));
	assert_true(9007199254740993u == object_number(&o, "n", INT64_MAX));
	assert_true(object_flag(&o, "yes"));
	assert_false(object_flag(&o, "no"));
	assert_true(object_null(&o, "next"));
	assert_false(object_null(&o, "any"));
	assert_false(object_null(&o, "other"));
	object_any(&o, "any");
	object_any(&o, "not-there");
	assert_err(ERR_OK, object_end(&o));
	json_done(json);
}

static const struct row numbers[] = {
	{ "number: 7", "{\"n\":7}", ERR_OK, NULL },
	{ "number: 0", "{\"n\":0}", ERR_OK, NULL },
	{ "number: 8", "{\"n\":8}", ERR_LIMIT, "a.n: at most 7" },
	{ "number: -1", "{\"n\":-1}", ERR_SYNTAX,
	    "a.n: a whole number is needed" },
	{ "number: 1.0", "{\"n\":1.0}", ERR_SYNTAX,
	    "a.n: a whole number is needed" },
	{ "number: a text", "{\"n\":\"1\"}", ERR_SYNTAX,
	    "a.n: a whole number is needed" },
	{ "number: missing", "{}", ERR_SYNTAX, "a.n: missing" },
};

static void
test_number(void **state)
{
	const struct row *row = *state;
	struct object o = object_from(row->text, "a");

	(void)object_number(&o, "n", 7);
	assert_err(row->err, object_end(&o));
	if (row->sentence != NULL)
		assert_string_equal(row->sentence, said.text);
	json_done(json);
}

/* In what people sign, a number is never a number of ours. */
static void
test_payloads_have_no_numbers(void **state)
{
	(void)state;
	assert_err(ERR_OK, json_parse(span_of_text("{\"n\":7}"), &json, NULL));
	struct object o = object_of(json_root(json), "a", NULL);
	(void)object_number(&o, "n", 7);
	assert_err(ERR_SYNTAX, object_end(&o));
	json_done(json);
}

static void
test_within(void **state)
{
	struct why w;
	(void)state;

	(void)why(&w, ERR_SYNTAX, "digest.sha256: bad");
	assert_err(ERR_SYNTAX, object_within(&w, ERR_SYNTAX, "subject[%d]", 3));
	assert_string_equal("subject[3].digest.sha256: bad", w.text);
	(void)why(&w, ERR_SYNTAX, "an object is needed: really");
	assert_err(ERR_LIMIT, object_within(&w, ERR_LIMIT, "subject"));
	assert_string_equal("subject: an object is needed: really", w.text);
	assert_err(ERR_OK, object_within(&w, ERR_OK, "nothing"));
	assert_string_equal("subject: an object is needed: really", w.text);
	assert_err(ERR_LIMIT, object_within(NULL, ERR_LIMIT, "nothing"));
}

int
main(int argc, char **argv)
{
	json_start();
	UNIT_ROWS(rows, test_row);
	UNIT(test_without_a_path);
	UNIT(test_required);
	UNIT(test_answers);
	UNIT_ROWS(numbers, test_number);
	UNIT(test_payloads_have_no_numbers);
	UNIT(test_within);
	return unit_run(argc, argv);
}
