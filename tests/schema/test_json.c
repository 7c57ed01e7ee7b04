/* json: bounds from both sides, and what strict means. */
#include "tests/unit.h"

#include "schema/json.h"

struct row {
	const char *name;
	const char *text;
	enum err expected;
};

/* What is no JSON, in small; schema/vectors/statement has whole texts. */
static const struct row rows[] = {
	{ "an object", "{}", ERR_OK },
	{ "an array", "[]", ERR_OK },
	{ "white space around", " \t\r\n[ 1 , 2 ] \n", ERR_OK },
	{ "nothing", "", ERR_SYNTAX },
	{ "a scalar", "1", ERR_SYNTAX },
	{ "a member twice", "{\"a\":1,\"a\":2}", ERR_SYNTAX },
	{ "a member twice, escaped", "{\"a\":1,\"\\u0061\":2}", ERR_SYNTAX },
	{ "the same name in two objects", "[{\"a\":1},{\"a\":1}]", ERR_OK },
	{ "an escaped NUL", "[\"\\u0000\"]", ERR_SYNTAX },
	{ "an escaped NUL in a name", "{\"a\\u0000\":1}", ERR_SYNTAX },
	{ "a control character", "[\"\x01\"]", ERR_SYNTAX },
	{ "a lone surrogate", "[\"\\udc00\"]", ERR_SYNTAX },
	{ "a surrogate pair", "[\"\\ud83d\\ude00\"]", ERR_OK },
	{ "overlong UTF-8", "[\"\xc0\xaf\"]", ERR_SYNTAX },
	{ "a byte order mark", "\xef\xbb\xbf[]", ERR_SYNTAX },
	{ "a non-character", "[\"\xef\xbf\xbf\"]", ERR_OK },
	{ "2^64", "[18446744073709551616]", ERR_OK },
	{ "beyond a double", "[1e400]", ERR_SYNTAX },
	{ "a leading zero", "[01]", ERR_SYNTAX },
	{ "a plus sign", "[+1]", ERR_SYNTAX },
	{ "NaN", "[NaN]", ERR_SYNTAX },
	{ "a trailing comma", "[1,]", ERR_SYNTAX },
	{ "text behind", "[] x", ERR_SYNTAX },
	{ "two documents", "[][]", ERR_SYNTAX },
	{ "brackets crossed", "[{]}", ERR_SYNTAX },
	{ "not closed", "[\"a\"", ERR_SYNTAX },
	{ "a string not closed", "[\"a", ERR_SYNTAX },
	{ "an escape at the end", "[\"\\", ERR_SYNTAX },
	{ "a comment", "[/**/]", ERR_SYNTAX },
};

static void
test_row(void **state)
{
	const struct row *row = *state;
	struct why w = { "" };
	struct json *json;
	struct span text = span_of_text(row->text);
	enum err err = json_parse(text, &json, &w);

	assert_err(row->expected, err);
	if (err == ERR_OK)
		json_done(json);
	else
		assert_true(w.text[0] != '\0');
	assert_err(ERR_OK, json_scan(text, NULL));
}

struct nul_row {
	const char *name;
	const char *text;
	size_t len;
};

static const struct nul_row nul_rows[] = {
	{ "a NUL behind a number", "[1\0]", 4 },
	{ "a NUL behind a word", "[true\0]", 7 },
	{ "a NUL between", "[1\0,2]", 6 },
	{ "a NUL in a string", "[\"a\0b\"]", 7 },
	{ "a NUL behind a string", "[\"\"\0]", 5 },
	{ "a NUL at the end", "[]\0", 3 },
};

static void
test_nul(void **state)
{
	const struct nul_row *row = *state;
	struct json *json;

	assert_err(
	    ERR_SYNTAX, json_parse(span_of(row->text, row->len), &json, NULL));
	assert_err(ERR_SYNTAX,
	    json_parse_answer(span_of(row->text, row->len), &json, NULL));
}

static char buffer[(size_t)4 << 20];

/* `depth` brackets of alternating kinds around a number. */
static struct span
nest(size_t depth)
{
	struct writer w = writer_of(buffer, sizeof(buffer));

	for (size_t i = 0; i < depth; i++)
		writer_text(&w, i % 2 == 0 ? "[ " : "{\"]\\\"[\":");
	writer_text(&w, "1");
	for (size_t i = depth; i-- > 0;)
		writer_text(&w, i % 2 == 0 ? "]" : " }");
	return writer_view(&w);
}

static void
test_depth(void **state)
{
	struct json *json;
	(void)state;

	for (size_t depth = 1; depth <= JSON_DEPTH_MAX; depth++) {
		assert_err(ERR_OK, json_parse(nest(depth), &json, NULL));
		json_done(json);
	}
	assert_err(
	    ERR_LIMIT, json_parse(nest(JSON_DEPTH_MAX + 1), &json, NULL));
	assert_err(ERR_LIMIT, json_scan(nest(100000), NULL));
}

/* Closed brackets do not add up. */
static void
test_depth_is_not_a_count(void **state)
{
	struct writer w = writer_of(buffer, sizeof(buffer));
	struct json *json;
	(void)state;

	writer_u8(&w, '[');
	for (size_t i = 0; i < 1000; i++)
		writer_text(&w, i == 0 ? "[]" : ",{}");
	writer_u8(&w, ']');
	assert_err(ERR_OK, json_parse(writer_view(&w), &json, NULL));
	json_done(json);
}

/* `count` values in all, of which `unit` repeated makes most. */
static struct span
many(const char *unit, size_t in_unit, size_t count)
{
	struct writer w = writer_of(buffer, sizeof(buffer));

	writer_u8(&w, '[');
	for (size_t left = count - 1; left > 0;) {
		size_t take = left >= in_unit ? in_unit : 1;
		writer_comma(&w);
		writer_text(&w, take == in_unit ? unit : "0");
		left -= take;
	}
	writer_u8(&w, ']');
	return writer_view(&w);
}

static const struct {
	const char *text;
	size_t count;
} units[] = {
	{ "1", 1 },
	{ "\"a:\\\":\"", 1 },
	{ "null", 1 },
	{ "{\"a\" : 1}", 2 },
	{ "{\"a\":\"b\",\"c\":[1e5,\"\"]}", 5 },
	{ "[[],{}]", 3 },
};

static void
test_values(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		struct json *json;
		struct span text =
		    many(units[i].text, units[i].count, JSON_VALUES_MAX);
		assert_err(ERR_OK, json_parse(text, &json, NULL));
		json_done(json);
		text = many(units[i].text, units[i].count, JSON_VALUES_MAX + 1);
		assert_err(ERR_LIMIT, json_parse(text, &json, NULL));
		assert_err(ERR_OK, json_parse_answer(text, &json, NULL));
		json_done(json);
	}
}

static void
test_values_of_an_answer(void **state)
{
	struct json *json;
	(void)state;

	struct span text = many("{\"a\":1}", 2, JSON_ANSWER_VALUES_MAX);
	assert_err(ERR_OK, json_parse_answer(text, &json, NULL));
	json_done(json);
	text = many("{\"a\":1}", 2, JSON_ANSWER_VALUES_MAX + 1);
	assert_err(ERR_LIMIT, json_parse_answer(text, &json, NULL));
}

/* Colons that are no member's must not hide values. */
static void
test_values_behind_colons(void **state)
{
	struct writer w = writer_of(buffer, sizeof(buffer));
	struct json *json;
	(void)state;

	writer_u8(&w, '[');
	for (size_t i = 0; i < JSON_VALUES_MAX; i++)
		writer_text(&w, "0::,");
	assert_err(ERR_LIMIT, json_parse(writer_view(&w), &json, NULL));
}

static void
test_members_in_order(void **state)
{
	static const char *const names[] = { "z", "a", "m" };
	struct json *json;
	void *at = NULL;
	struct span name;
	json_value *value;
	size_t count = 0;
	(void)state;

	assert_err(ERR_OK,
	    json_parse(
		span_of_text("{\"z\":1,\"a\":\"b\",\"m\":[]}"), &json, NULL));
	assert_int_equal(3, json_count(json_root(json)));
	while (json_member(json_root(json), &at, &name, &value))
		assert_span_text(names[count++], name);
	assert_int_equal(3, count);
	json_done(json);
}

static void
test_whole(void **state)
{
	struct json *json;
	uint64_t number = 0;
	(void)state;

	assert_err(ERR_OK,
	    json_parse_answer(
		span_of_text("[0, 9007199254740993, -1, 1.0, \"1\", [], {}]"),
		&json, NULL));
	json_value *list = json_root(json);
	assert_true(json_is_list(list));
	assert_true(json_whole(json_element(list, 0), &number));
	assert_int_equal(0, number);
	assert_true(json_whole(json_element(list, 1), &number));
	assert_int_equal(9007199254740993, number);
	for (size_t i = 2; i < 8; i++)
		assert_false(json_whole(json_element(list, i), &number));
	assert_true(json_is_list(json_element(list, 5)));
	assert_false(json_is_list(json_element(list, 6)));
	assert_false(json_is_list(json_element(list, 7)));
	json_done(json);
}

static void
test_print_pretty(void **state)
{
	struct writer w = writer_of(buffer, sizeof(buffer));
	struct writer small = writer_of(buffer, 3);
	struct json *json;
	(void)state;

	assert_err(ERR_OK,
	    json_parse(span_of_text("{\"b\":[\"x\"],\"a\":{}}"), &json, NULL));
	assert_err(ERR_OK, json_print_pretty(json, &w));
	assert_span_text(
	    "{\n  \"b\": [\n    \"x\"\n  ],\n  \"a\": {}\n}", writer_view(&w));
	assert_err(ERR_LIMIT, json_print_pretty(json, &small));
	json_done(json);
	json_done(NULL);
}

int
main(int argc, char **argv)
{
	json_start();
	UNIT_ROWS(rows, test_row);
	UNIT_ROWS(nul_rows, test_nul);
	UNIT(test_depth);
	UNIT(test_depth_is_not_a_count);
	UNIT(test_values);
	UNIT(test_values_of_an_answer);
	UNIT(test_values_behind_colons);
	UNIT(test_members_in_order);
	UNIT(test_whole);
	UNIT(test_print_pretty);
	return unit_run(argc, argv);
}
