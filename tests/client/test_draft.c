#include "client/draft.h"

#include <unistd.h>

#include "client/recording.h"
#include "schema/record.h"
#include "tests/folder.h"
#include "tests/unit.h"

static const struct option_row options[] = {
	RECORDING_NAME_OPTIONS,
	{ .name = "param", .is_many = true, .value = "NAME=VALUE", .help = "" },
	{ .name = "params", .value = "FILE", .help = "" },
	{ .name = "complete", .is_many = true, .value = "ROLE", .help = "" },
	{ .name = "derived-from",
	    .is_many = true,
	    .value = "ITEM",
	    .help = "" },
	RECORDING_OPTIONS,
	{ .name = NULL },
};
static const struct option_row none[] = { { .name = NULL } };

#define HEX "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
#define HEAD \
	"{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":[" \
	"{\"name\":\"lab/x\",\"digest\":{\"sha256\":\"" HEX "\"}}]," \
	"\"predicateType\":\"https://headwater/dataset/v1\",\"predicate\":{"

static struct session session;
static struct arguments arguments;
static char folder[FOLDER_MAX];

/* The predicate that the options make; a data set's, which has no parameters of
 * its own: those are asked for where `member` is given. */
static enum err
draft_of(const char *const *words, const char *member, char out[static 4096],
    struct why *w)
{
	char copies[16][256];
	char *argv[17] = { NULL };
	struct span statement;

	for (size_t i = 0; words[i] != NULL; i++) {
		(void)snprintf(copies[i], sizeof(copies[i]), "%s", words[i]);
		argv[i] = copies[i];
	}
	arguments = (struct arguments){ .count = 0 };
	enum err err = options_parse(argv, options, none, &arguments, w);
	if (err != ERR_OK)
		return err;
	struct item item;
	assert_err(ERR_OK, item_resolve(&session, "sha256:" HEX, &item, NULL));
	struct draft draft = draft_begin(&session, &arguments, w);
	draft_subject(&draft, span_of_text("lab/x"), &item);
	writer_text(&draft.w,
	    "],\"predicateType\":\"https://headwater/dataset/v1\","
	    "\"predicate\":{");
	draft_common(&draft);
	draft_complete(&draft);
	draft_items(&draft, "derivedFrom", "derived-from");
	if (member != NULL)
		draft_pairs(&draft, member, "param", "params");
	writer_text(&draft.w, "}}");
	err = draft.err;
	if (member == NULL)
		err = draft_end(&draft, &statement);
	(void)snprintf(out, 4096, "%.*s", SPAN_ARGS(writer_view(&draft.w)));
	draft_done(&draft);
	return err;
}

static void
begin(void)
{
	folder_make(folder);
	assert_int_equal(0, chdir(folder));
	session = (struct session){
		.out = { .is_quiet = true },
		.arena = arena_new((size_t)16 << 20),
	};
}

static void
end(void)
{
	arena_free(session.arena);
	assert_int_equal(0, chdir("/"));
	folder_remove(folder);
}

static const struct row {
	const char *name;
	const char *words[8];
	const char *member; /* asks for parameters */
	enum err err;
	const char *expected; /* of the predicate; a part of the sentence */
} rows[] = {
	{ "nothing", { NULL }, NULL, ERR_OK, "" },
	{ "all that is common",
	    { "--source", "https://me:x@example.org/a", "--version", "1.0",
		"--license", "MIT", "--description", "two \"words\"" },
	    NULL, ERR_OK,
	    "\"version\":\"1.0\",\"description\":\"two \\\"words\\\"\","
	    "\"license\":\"MIT\",\"source\":\"https://example.org/a\"" },
	{ "roles that are complete",
	    { "--complete", "shard", "--complete", "source" }, NULL, ERR_OK,
	    "\"complete\":[\"shard\",\"source\"]" },
	{ "a role twice", { "--complete", "a", "--complete", "a" }, NULL,
	    ERR_USAGE, "complete" },
	{ "no role", { "--complete", "A b" }, NULL, ERR_USAGE, "complete" },
	{ "a version with a slash", { "--version", "1/2" }, NULL, ERR_USAGE,
	    "version" },
	{ "no licence expression", { "--license", "MIT OR" }, NULL, ERR_USAGE,
	    "license" },
	{ "no URI", { "--source", "somewhere" }, NULL, ERR_USAGE, "source" },
	{ "what may hold a password", { "--source", "me:x@example.org/a" },
	    NULL, ERR_USAGE, "password" },
	{ "text that is not UTF-8", { "--description", "\xff" }, NULL,
	    ERR_USAGE, "description: not UTF-8" },
	{ "a control character", { "--description", "\x1b[31m" }, NULL,
	    ERR_USAGE, "description" },
	{ "a source with its role", { "--derived-from", "base=sha256:" HEX },
	    NULL, ERR_OK,
	    "\"derivedFrom\":[{\"digest\":{\"sha256\":\"" HEX
	    "\"},\"annotations\":{\"role\":\"base\"}}]" },
	{ "a source that is not there", { "--derived-from", "gone" }, NULL,
	    ERR_MISSING, "gone" },
	{ "parameters in their order",
	    { "--param", "b=2", "--param", "a=x=y", "--param", "c=" },
	    "parameters", ERR_OK,
	    "\"parameters\":{\"b\":\"2\",\"a\":\"x=y\",\"c\":\"\"}" },
	{ "a parameter twice", { "--param", "a=1", "--param", "a=2" },
	    "parameters", ERR_USAGE, "a: given twice" },
	{ "a parameter without a value", { "--param", "a" }, "parameters",
	    ERR_USAGE, "NAME=VALUE" },
	{ "a parameter without a name", { "--param", "=a" }, "parameters",
	    ERR_USAGE, "NAME=VALUE" },
	{ "parameters of a file", { "--params", "good", "--param", "c=3" },
	    "parameters", ERR_OK,
	    "\"parameters\":{\"a\":\"1\",\"b\":\"two words\",\"c\":\"3\"}" },
	{ "a parameter of a file again",
	    { "--params", "good", "--param", "a=3" }, "parameters", ERR_USAGE,
	    "a: given twice" },
	{ "a file without its last LF", { "--params", "open" }, "parameters",
	    ERR_OK, "\"parameters\":{\"a\":\"1\"}" },
	{ "a file with CR LF", { "--params", "crlf" }, "parameters", ERR_USAGE,
	    "crlf:1: control" },
	{ "a file that is not there", { "--params", "gone" }, "parameters",
	    ERR_MISSING, "gone" },
};

static void
put(const char *path, const char *text)
{
	assert_err(ERR_OK, disk_write(path, span_of_text(text), NULL));
}

static void
test_row(void **state)
{
	const struct row *row = *state;
	char expected[4096];
	char got[4096];
	struct why w = { 0 };
	const char *words[9] = { NULL };

	begin();
	put("good", "a=1\n\n# not this\nb=two words\n");
	put("open", "a=1");
	put("crlf", "a=1\r\n");
	memcpy(words, row->words, sizeof(row->words));
	assert_err(row->err, draft_of(words, row->member, got, &w));
	if (row->err == ERR_OK) {
		(void)snprintf(
		    expected, sizeof(expected), HEAD "%s}}", row->expected);
		assert_string_equal(expected, got);
	} else if (strstr(w.text, row->expected) == NULL) {
		fail_msg("%s", w.text);
	}
	end();
}

/* A statement that an entry cannot hold is refused with the way out. */
static void
test_too_long(void **state)
{
	struct span statement;
	struct why w = { 0 };
	struct item item;

	(void)state;
	begin();
	arguments = (struct arguments){ .count = 0 };
	struct draft draft = draft_begin(&session, &arguments, &w);
	assert_err(ERR_OK, item_resolve(&session, "sha256:" HEX, &item, NULL));
	for (size_t i = 0; i < 600; i++)
		draft_subject(&draft, span_of_text("a/name"), &item);
	assert_err(ERR_REFUSED, draft_end(&draft, &statement));
	assert_non_null(strstr(w.text, "data set"));
	draft_done(&draft);
	end();
}

int
main(int argc, char **argv)
{
	json_start();
	UNIT_ROWS(rows, test_row);
	UNIT(test_too_long);
	return unit_run(argc, argv);
}
