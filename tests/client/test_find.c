#include "client/command.h"

#include "tests/client/fake_log.h"
#include "tests/unit.h"

/* find and trace against answers that were made up: pages, damage, lies. */

#define HEX "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
#define ITEM "sha256:" HEX
#define ROW(index, name) \
	"{\"id\":\"" HEX "\",\"index\":" index \
	",\"kind\":\"dataset\",\"signer\":\"SHA256:x\",\"principal\":\"lab\"," \
	"\"name\":" name ",\"time\":\"2026-11-25T20:42:39.943Z\"," \
	"\"withdrawn\":null}"
#define PAGE(rows, next) \
	"{\"treeSize\":9,\"records\":[" rows "],\"next\":" next "}"

/* asked last of what was found: who warns of what it was made of */
#define LINEAGE \
	"{\"treeSize\":9,\"root\":\"" ITEM "\",\"direction\":\"up\"," \
	"\"truncated\":false,\"nodes\":[{\"digest\":\"" ITEM \
	"\",\"names\":[],\"records\":[],\"gap\":true," \
	"\"advisories\":null}],\"edges\":[]}"

struct script {
	size_t calls;
	char paths[4][256];
	const char *answers[4];
};

static enum err
perform(void *state, const struct transport_call *call, struct arena *arena,
    struct transport_answer *ret, struct why *w)
{
	struct script *script = state;

	(void)arena, (void)w;
	assert(script->calls < 4 && script->answers[script->calls] != NULL);
	(void)snprintf(script->paths[script->calls], sizeof(script->paths[0]),
	    "%s", call->path);
	*ret = (struct transport_answer){
		.status = 200,
		.body = span_of_text(script->answers[script->calls++]),
	};
	return ERR_OK;
}

static const struct row {
	const char *name;
	const char *answers[4];
	int exit_code;
	size_t calls;
	const char *part; /* of the answer */
} rows[] = {
	{ "one page", { PAGE(ROW("1", "\"lab/a\""), "null"), LINEAGE }, 0, 2,
	    "lab/a" },
	{ "two pages",
	    { PAGE(ROW("1", "\"lab/a\""), "5"),
		PAGE(ROW("6", "\"lab/b\""), "null"), LINEAGE },
	    0, 3, "lab/b" },
	{ "an empty page before another",
	    { PAGE("", "700"), PAGE(ROW("701", "null"), "null"), LINEAGE }, 0,
	    3, "index 701" },
	{ "nothing", { PAGE("", "null") }, 1, 1, "" },
	{ "a page that goes back",
	    { PAGE(ROW("1", "null"), "5"), PAGE("", "5") }, 3, 2, "" },
	{ "a name that would move the cursor",
	    { PAGE(ROW("1", "\"\\u001b[2Jx\""), "null"), LINEAGE }, 0, 2,
	    "\\x1b[2Jx" },
	{ "no list", { "{\"treeSize\":9,\"next\":null}" }, 3, 1, "" },
	{ "no JSON", { "<html>" }, 3, 1, "" },
	{ "a row without an id",
	    { PAGE("{\"index\":1,\"kind\":\"x\"}", "null") }, 3, 1, "" },
	{ "an index that is a text", { PAGE(ROW("\"1\"", "null"), "null") }, 3,
	    1, "" },
};

static void
test_row(void **state)
{
	const struct row *row = *state;
	static struct session session;
	static char out[FAKE_OUT_MAX];
	struct script script = { .calls = 0 };
	const char *argv[] = { ITEM, NULL };
	struct fake_log *log = fake_new(1);

	fake_session(log, &session);
	transport_free(session.transport);
	session.transport = transport_of(perform, &script);
	memcpy(script.answers, row->answers, sizeof(row->answers));
	assert_int_equal(
	    row->exit_code, fake_run(&session, &command_find, argv, out));
	assert_int_equal(row->calls, script.calls);
	if (strstr(out, row->part) == NULL)
		fail_msg("%s", out);
	assert_string_equal(
	    "/v1/records?subject=" ITEM "&limit=1000", script.paths[0]);
	if (row->answers[1] != NULL &&
	    strstr(row->answers[1], "\"next\":") != NULL)
		assert_non_null(strstr(script.paths[1], "&after="));
	fake_session_done(&session);
	fake_free(log);
}

/* DOT is passed on as it comes, unless it would move a cursor. */
static void
test_dot(void **state)
{
	static const struct {
		const char *answer;
		int exit_code;
	} answers[] = {
		{ "digraph lineage {\n\tn0;\n}\n", 0 },
		{ "digraph \x1b[2J {}\n", 3 },
		{ "digraph \xff {}\n", 3 },
	};
	static struct session session;
	static char out[FAKE_OUT_MAX];
	const char *argv[] = { ITEM, "--dot", NULL };

	(void)state;
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		struct script script = { .answers = { answers[i].answer } };
		struct fake_log *log = fake_new(1);
		fake_session(log, &session);
		transport_free(session.transport);
		session.transport = transport_of(perform, &script);
		assert_int_equal(answers[i].exit_code,
		    fake_run(&session, &command_trace, argv, out));
		assert_string_equal(
		    answers[i].exit_code == 0 ? answers[i].answer : "", out);
		fake_session_done(&session);
		fake_free(log);
	}
}

int
main(int argc, char **argv)
{
	UNIT_ROWS(rows, test_row);
	UNIT(test_dot);
	return unit_run(argc, argv);
}
