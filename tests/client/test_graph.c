#include "client/graph.h"

#include <stdio.h>
#include <unistd.h>

#include "client/draw.h"
#include "tests/unit.h"

#define A \
	"sha256:" \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B \
	"sha256:" \
	"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define C \
	"sha256:" \
	"cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"
#define ID1 "1111111111111111111111111111111111111111111111111111111111111111"
#define ID2 "2222222222222222222222222222222222222222222222222222222222222222"

#define NODE(digest, names, gap) \
	"{\"digest\":\"" digest "\",\"names\":[" names "],\"records\":[\"" ID1 \
	"\"],\"gap\":" gap "}"
#define EDGE(from, to, role, id, rest) \
	"{\"from\":\"" from "\",\"to\":\"" to "\",\"role\":" role \
	",\"record\":\"" id "\",\"index\":7,\"signer\":\"SHA256:x\"," \
	"\"principal\":\"lab\"," rest "}"
#define PLAIN "\"standing\":null,\"withdrawn\":null,\"disputed\":null"
#define ANSWER(direction, nodes, edges) \
	"{\"treeSize\":9,\"root\":\"" A "\",\"direction\":\"" direction \
	"\",\"truncated\":false,\"nodes\":[" nodes "],\"edges\":[" edges "]}"
#define THREE \
	NODE(A, "\"lab/a\"", "false") \
	"," NODE(B, "", "true") "," NODE(C, "\"c\",\"d\"", "false")

static const char good[] = ANSWER("up", THREE,
    EDGE(B, A, "\"data\"", ID1, PLAIN) "," EDGE(C, A, "null", ID1,
	"\"standing\":\"own\",\"withdrawn\":\"" ID2 "\",\"disputed\":[\"" ID2
	"\"]"));

static const struct row {
	const char *name;
	const char *answer;
	enum err err;
	const char *part; /* of the sentence */
} rows[] = {
	{ "a good answer", good, ERR_OK, "" },
	{ "a member that is new here",
	    "{\"new\":1,\"treeSize\":9,\"root\":\"" A
	    "\",\"direction\":\"down\",\"truncated\":true,\"nodes\":[" NODE(
		A, "", "true") "],\"edges\":[]}",
	    ERR_OK, "" },
	{ "no JSON", "nothing", ERR_SYNTAX, "the log's answer" },
	{ "another root", ANSWER("up", NODE(B, "", "true"), ""), ERR_MISMATCH,
	    "another artifact" },
	{ "no node", ANSWER("up", "", ""), ERR_SYNTAX, "nodes" },
	{ "a node twice",
	    ANSWER("up", NODE(A, "", "true") "," NODE(A, "", "true"), ""),
	    ERR_SYNTAX, "twice" },
	{ "an edge from nowhere",
	    ANSWER("up", NODE(A, "", "true"), EDGE(B, A, "null", ID1, PLAIN)),
	    ERR_SYNTAX, "edges[0].from" },
	{ "a standing that is none",
	    ANSWER("up", THREE,
		EDGE(B, A, "null", ID1,
		    "\"standing\":\"verified\",\"withdrawn\":null,"
		    "\"disputed\":null")),
	    ERR_SYNTAX, "standing" },
	{ "a record without an id",
	    ANSWER("up", THREE, EDGE(B, A, "null", "12", PLAIN)), ERR_SYNTAX,
	    "record" },
	{ "a control character in a role",
	    ANSWER("up", THREE, EDGE(B, A, "\"\\u001b[2J\"", ID1, PLAIN)),
	    ERR_SYNTAX, "role" },
	{ "a digest that is none", ANSWER("up", NODE("md5:12", "", "true"), ""),
	    ERR_SYNTAX, "nodes[0].digest" },
};

static struct digest
root(void)
{
	struct digest digest;

	assert_err(ERR_OK, digest_parse(span_of_text(A), &digest, NULL));
	return digest;
}

static void
test_row(void **state)
{
	const struct row *row = *state;
	struct arena *arena = arena_new((size_t)16 << 20);
	struct digest digest = root();
	struct graph graph;
	struct why w = { 0 };

	assert_err(row->err,
	    graph_parse(span_of_text(row->answer), &digest, arena, &graph, &w));
	if (row->err == ERR_OK)
		graph_done(&graph);
	if (strstr(w.text, row->part) == NULL)
		fail_msg("%s", w.text);
	arena_free(arena);
}

/* ---- drawing ---- */

/* What is drawn of an answer, by way of a real stdout. */
static void
draw(const char *answer, char out[static 8192])
{
	struct arena *arena = arena_new((size_t)16 << 20);
	struct output output = { .is_quiet = true };
	struct digest digest = root();
	struct graph graph;
	struct why w = { 0 };
	FILE *file = tmpfile();
	int kept = dup(STDOUT_FILENO);

	assert_err(ERR_OK,
	    graph_parse(span_of_text(answer), &digest, arena, &graph, &w));
	(void)fflush(stdout);
	dup2(fileno(file), STDOUT_FILENO);
	enum err err = draw_graph(&output, &graph, arena, NULL);
	(void)fflush(stdout);
	dup2(kept, STDOUT_FILENO);
	close(kept);
	assert_err(ERR_OK, err);
	ssize_t len = pread(fileno(file), out, 8191, 0);
	out[len < 0 ? 0 : len] = '\0';
	(void)fclose(file);
	graph_done(&graph);
	arena_free(arena);
}

#define A_SHORT "sha256:aaaaaaaaaaaaaaaa…"
#define B_SHORT "sha256:bbbbbbbbbbbbbbbb…"
#define C_SHORT "sha256:cccccccccccccccc…"

static const struct drawing {
	const char *name;
	const char *answer;
	const char *expected;
} drawings[] = {
	{ "one artifact", ANSWER("up", NODE(A, "", "true"), ""),
	    A_SHORT "  gap: no record says where it is from\n" },
	{ "two inputs of one record", good,
	    A_SHORT "  lab/a\n"
		    "└── by lab, record 111111111111, index 7\n"
		    "    ├── data      " B_SHORT
		    "  gap: no record says where it is from\n"
		    "    └── " C_SHORT "  c, d\n" },
	{ "two records, one withdrawn and disputed",
	    ANSWER("up", THREE,
		EDGE(C, A, "\"data\"", ID2,
		    "\"standing\":\"stranger\",\"withdrawn\":\"" ID1
		    "\",\"disputed\":[\"" ID1 "\",\"" ID2
		    "\"]") "," EDGE(B, A, "null", ID1, PLAIN)),
	    A_SHORT "  lab/a\n"
		    "├── by lab, record 111111111111, index 7\n"
		    "│   └── " B_SHORT
		    "  gap: no record says where it is from\n"
		    "└── by lab, record 222222222222, index 7  stranger"
		    "  withdrawn by 111111111111  disputed by 2 records\n"
		    "    └── data      " C_SHORT "  c, d\n" },
	{ "a cycle",
	    ANSWER("up", THREE,
		EDGE(B, A, "null", ID1, PLAIN) "," EDGE(A, B, "null", ID2,
		    PLAIN) "," EDGE(C, C, "null", ID2, PLAIN)),
	    A_SHORT "  lab/a\n"
		    "└── by lab, record 111111111111, index 7\n"
		    "    └── " B_SHORT
		    "  gap: no record says where it is from\n"
		    "        └── by lab, record 222222222222, index 7\n"
		    "            └── " A_SHORT "  lab/a  (see above)\n" },
	{ "the other way",
	    ANSWER("down", THREE,
		EDGE(A, B, "\"data\"", ID1, PLAIN) "," EDGE(
		    B, C, "null", ID2, PLAIN)),
	    A_SHORT "  lab/a\n"
		    "└── as data, by lab, record 111111111111, index 7\n"
		    "    └── " B_SHORT
		    "  gap: no record says where it is from\n"
		    "        └── by lab, record 222222222222, index 7\n"
		    "            └── " C_SHORT "  c, d\n" },
	{ "names that would move the cursor",
	    ANSWER("up",
		NODE(A, "\"\\u001b[2J\",\"a\\nb\",\"\xe2\x80\xae\",\"4th\"",
		    "false"),
		""),
	    A_SHORT "  \\x1b[2J, a\\x0ab, \\u{202e}, 1 more\n" },
};

static void
test_drawing(void **state)
{
	const struct drawing *drawing = *state;
	char got[8192];

	draw(drawing->answer, got);
	assert_string_equal(drawing->expected, got);
}

/* Each byte changed: read or refused, never more. */
static void
test_damaged(void **state)
{
	static const uint8_t others[] = { 0x00, 0x22, 0x2c, 0x39, 0x5d, 0x7f,
		0xff };
	char text[sizeof(good)];
	struct digest digest = root();

	(void)state;
	for (size_t i = 0; i + 1 < sizeof(good); i++) {
		for (size_t j = 0; j < sizeof(others); j++) {
			struct arena *arena = arena_new((size_t)16 << 20);
			struct graph graph;
			memcpy(text, good, sizeof(good));
			text[i] = (char)others[j];
			if (graph_parse(span_of(text, sizeof(good) - 1),
				&digest, arena, &graph, NULL) == ERR_OK)
				graph_done(&graph);
			arena_free(arena);
		}
	}
}

int
main(int argc, char **argv)
{
	json_start();
	UNIT_ROWS(rows, test_row);
	UNIT_ROWS(drawings, test_drawing);
	UNIT(test_damaged);
	return unit_run(argc, argv);
}
