#include "client/card.h"

#include "tests/unit.h"

static struct arena *arena;

/* Claims as "what name, …" and what was left out. */
static void
print(const struct card *card, char *out, size_t cap)
{
	struct writer w = writer_of(out, cap - 1);

	for (size_t i = 0; i < card->count; i++)
		writer_format(&w, "%s%s %.*s", i > 0 ? ", " : "",
		    claim_what_name(card->claims[i].what),
		    SPAN_ARGS(card->claims[i].name));
	if (card->left_out > 0)
		writer_format(&w, " (%zu left out)", card->left_out);
	if (card->architecture.len > 0)
		writer_format(&w, " is %.*s", SPAN_ARGS(card->architecture));
	writer_u8(&w, '\0');
	assert_err(ERR_OK, writer_end(&w));
}

struct row {
	const char *name;
	const char *text;
	enum err err;
	const char *expected; /* the claims, or the sentence */
};

static const struct row cards[] = {
	{ "a card",
	    "---\nlicense: mit\nbase_model: a/b\ndatasets:\n- x\n- y/z\n"
	    "---\n# Text\ndatasets: no\n",
	    ERR_OK, "license mit, base-model a/b, dataset x, dataset y/z" },
	{ "a single data set", "---\ndatasets: x\n---\n", ERR_OK, "dataset x" },
	{ "flow style", "---\n{datasets: [x, 'y'], license: \"mit\"}\n---\n",
	    ERR_OK, "dataset x, dataset y, license mit" },
	{ "several base models", "---\nbase_model: [a, b]\n---\n", ERR_OK,
	    "base-model a, base-model b" },
	{ "a licence with a name",
	    "---\nlicense: other\nlicense_name: llama3\n---\n", ERR_OK,
	    "license other, license llama3" },
	{ "what is there twice", "---\ndatasets: [x, x]\n---\n", ERR_OK,
	    "dataset x" },
	{ "lines that end in CR LF",
	    "---\r\nlicense: mit\r\ndatasets:\r\n- x\r\n---\r\n", ERR_OK,
	    "license mit, dataset x" },
	{ "a byte order mark", "\xef\xbb\xbf---\nlicense: mit\n---\n", ERR_OK,
	    "license mit" },
	{ "no last LF", "---\nlicense: mit\n---", ERR_OK, "license mit" },
	{ "null", "---\nlicense: null\nbase_model: ~\ndatasets:\n---\n", ERR_OK,
	    "" },
	{ "'null' in quotes", "---\nlicense: 'null'\n---\n", ERR_OK,
	    "license null" },
	{ "other keys",
	    "---\ntags: [datasets]\nx: {license: mit, datasets: [a]}\n---\n",
	    ERR_OK, "" },
	{ "mappings in a list",
	    "---\ndatasets:\n- name: x\n- y\nmodel-index:\n- results: []\n"
	    "---\n",
	    ERR_OK, "dataset y" },
	{ "lists in a list", "---\ndatasets: [[x], y]\n---\n", ERR_OK,
	    "dataset y" },
	{ "no front matter", "# Text\n---\nlicense: mit\n---\n", ERR_OK, "" },
	{ "one that is not closed", "---\nlicense: mit\n", ERR_OK, "" },
	{ "an empty one", "---\n---\n", ERR_OK, "" },
	{ "an empty file", "", ERR_OK, "" },
	{ "control characters", "---\nlicense: \"a\\x1bb\"\n---\n", ERR_OK,
	    " (1 left out)" },
	{ "several lines", "---\nlicense: |\n  a\n  b\n---\n", ERR_OK,
	    " (1 left out)" },
	{ "an alias", "---\na: &x [1]\nb: *x\n---\n", ERR_SYNTAX,
	    "the front matter, line 3: aliases are not read" },
	{ "a key twice", "---\nlicense: mit\nlicense: gpl\n---\n", ERR_SYNTAX,
	    "the front matter, line 3: a key is there twice" },
	{ "a list at the top", "---\n- license\n---\n", ERR_SYNTAX,
	    "the front matter, line 2: names and values are needed" },
	{ "a text at the top", "---\nlicense\n---\n", ERR_SYNTAX,
	    "the front matter, line 2: names and values are needed" },
	{ "a mapping as a key", "---\n? {a: b}\n: c\n---\n", ERR_SYNTAX,
	    "the front matter, line 2: a name is needed before a value" },
	{ "no YAML", "---\nlicense: [mit\n---\n", ERR_SYNTAX,
	    "the front matter, line 3: no YAML: did not find expected ',' or "
	    "']'" },
	{ "not UTF-8", "---\nlicense: \xff\n---\n", ERR_SYNTAX,
	    "the front matter: not UTF-8" },
};

static const struct row configs[] = {
	{ "a configuration",
	    "{\"_name_or_path\":\"a/b\",\"architectures\":[\"Bert\",\"X\"],"
	    "\"model_type\":\"bert\",\"n\":1e-12}",
	    ERR_OK, "base-model a/b is Bert" },
	{ "only a type", "{\"model_type\":\"bert\"}", ERR_OK, " is bert" },
	{ "no architecture in the list",
	    "{\"architectures\":[],\"model_type\":\"bert\"}", ERR_OK,
	    " is bert" },
	{ "a path", "{\"_name_or_path\":\"/home/me/model\"}", ERR_OK, "" },
	{ "a relative path", "{\"_name_or_path\":\"./model\"}", ERR_OK, "" },
	{ "a long path", "{\"_name_or_path\":\"a/b/c\"}", ERR_OK, "" },
	{ "another form", "{\"_name_or_path\":[1],\"architectures\":{}}",
	    ERR_OK, "" },
	{ "a list", "[1]", ERR_OK, "" },
	{ "no JSON", "{", ERR_SYNTAX, NULL },
};

static void
test_one(const struct row *row,
    enum err (*read)(struct card *, struct span, struct why *))
{
	struct card card = { .arena = arena };
	struct why w = { "" };
	char out[1024];

	arena_reset(arena);
	assert_err(row->err, read(&card, span_of_text(row->text), &w));
	print(&card, out, sizeof(out));
	if (row->expected != NULL)
		assert_string_equal(
		    row->expected, row->err == ERR_OK ? out : w.text);
}

static void
test_card(void **state)
{
	test_one(*state, card_read);
}

static void
test_config(void **state)
{
	test_one(*state, card_read_config);
}

/* Both sides of what is bounded. */
static void
test_limits(void **state)
{
	struct card card = { .arena = arena };
	struct writer w = writer_heap((size_t)1 << 20);
	struct why reason = { "" };

	(void)state;
	arena_reset(arena);
	writer_text(&w, "---\ndatasets:\n");
	for (unsigned i = 0; i < CLAIMS_MAX + 3; i++)
		writer_format(&w, "- set-%u\n", i);
	writer_text(&w, "base_model: [");
	for (unsigned i = 0; i < CLAIM_NAME_MAX + 1; i++)
		writer_u8(&w, 'a');
	writer_text(&w, "]\n---\n");
	assert_err(ERR_OK, card_read(&card, writer_view(&w), &reason));
	assert_int_equal(CLAIMS_MAX, card.count);
	assert_int_equal(4, card.left_out);

	for (unsigned deep = CARD_DEPTH_MAX; deep <= CARD_DEPTH_MAX + 1;
	     deep++) {
		writer_clear(&w);
		writer_text(&w, "---\na: ");
		for (unsigned i = 1; i < deep; i++) /* the mapping is one */
			writer_u8(&w, '[');
		for (unsigned i = 1; i < deep; i++)
			writer_u8(&w, ']');
		writer_text(&w, "\n---\n");
		assert_err(deep == CARD_DEPTH_MAX ? ERR_OK : ERR_SYNTAX,
		    card_read(&card, writer_view(&w), &reason));
	}
	for (size_t len = CARD_FRONT_MAX; len <= CARD_FRONT_MAX + 1; len++) {
		writer_clear(&w);
		writer_text(&w, "---\n#");
		for (size_t i = 2; i < len; i++)
			writer_u8(&w, 'x');
		writer_text(&w, "\n---\n");
		assert_err(len == CARD_FRONT_MAX ? ERR_OK : ERR_LIMIT,
		    card_read(&card, writer_view(&w), &reason));
	}
	writer_done(&w);
}

int
main(int argc, char **argv)
{
	json_start();
	arena = arena_new((size_t)8 << 20);
	UNIT_ROWS(cards, test_card);
	UNIT_ROWS(configs, test_config);
	UNIT(test_limits);
	int failed = unit_run(argc, argv);
	arena_free(arena);
	return failed;
}
