#include "client/item.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/cited.h"
#include "tests/folder.h"
#include "tests/unit.h"

static char folder[FOLDER_MAX];
static struct session session;

/* Items are named as on a command line in the folder. */
static void
begin(void)
{
	folder_make(folder);
	assert_int_equal(0, chdir(folder));
	session = (struct session){
		.out = { .is_quiet = true },
		.arena = arena_new((size_t)64 << 20),
		.has_trust = true, /* with nothing in it */
	};
	(void)snprintf(
	    session.trust.dir, sizeof(session.trust.dir), "%s/home", folder);
}

static void
end(void)
{
	arena_free(session.arena);
	assert_int_equal(0, chdir("/"));
	folder_remove(folder);
}

static void
put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal((ssize_t)strlen(text), write(fd, text, strlen(text)));
	close(fd);
}

/* ---- splitting ---- */

static const struct row {
	const char *name;
	const char *text;
	const char *role;
	const char *what;
	const char *hint;
} rows[] = {
	{ "a name alone", "model.bin", "", "model.bin", "model.bin" },
	{ "a role", "weights=model.bin", "weights", "model.bin", "model.bin" },
	{ "a role and a path", "weights=out/model.bin", "weights",
	    "out/model.bin", "model.bin" },
	{ "an equals sign in the name", "weights=a=b", "weights", "a=b",
	    "a=b" },
	{ "no role by form: upper case", "Weights=a", "", "Weights=a",
	    "Weights=a" },
	{ "no role by form: a path", "./a=b", "", "./a=b", "a=b" },
	{ "no role by form: nothing", "=a", "", "=a", "=a" },
	{ "a file that is there", "role=file", "", "role=file", "role=file" },
	{ "a slash at the end", "weights=out/", "weights", "out/", "out" },
	{ "this folder", "code=.", "code", ".", "" },
	{ "the folder above", "..", "", "..", "" },
	{ "the root", "/", "", "/", "" },
	{ "nothing behind the role", "weights=", "weights", "", "" },
};

static void
test_split(void **state)
{
	const struct row *row = *state;

	begin();
	put("role=file", "x");
	struct item item = item_split(row->text);
	assert_span_text(row->role, item.role);
	assert_string_equal(row->what, item.what);
	assert_span_text(row->hint, item.name);
	end();
}

/* ---- resolving ---- */

#define HEX "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

static void
check(const char *text, enum err expected, const char *part)
{
	struct item item;
	struct why w = { 0 };

	assert_err(expected, item_resolve(&session, text, &item, &w));
	if (strstr(w.text, part) == NULL)
		fail_msg("%s: %s", text, w.text);
}

static void
test_resolve(void **state)
{
	struct item item;

	(void)state;
	begin();
	put("file", "test");
	assert_err(ERR_OK, item_resolve(&session, "a=file", &item, NULL));
	assert_int_equal(ITEM_FILE, item.kind);
	assert_err(ERR_OK, item_resolve(&session, "sha256:" HEX, &item, NULL));
	assert_int_equal(ITEM_DIGEST, item.kind);
	assert_int_equal(1, item.digest.count);
	/* a file wins over what it could mean else */
	put(HEX, "x");
	assert_err(ERR_OK, item_resolve(&session, HEX, &item, NULL));
	assert_int_equal(ITEM_FILE, item.kind);
	check("none", ERR_MISSING, "no such file");
	check("data=none", ERR_MISSING, "none: no such file");
	check("sha256:12", ERR_USAGE, "");
	check("sha3:" HEX, ERR_USAGE, "");
	check("tlogLeaf:" HEX, ERR_USAGE, "its id alone");
	check("12345678", ERR_NOT_FOUND, "12345678");
	check("1234567", ERR_MISSING, "no such file");
	end();
}

static void
test_node(void **state)
{
	struct digest node;
	struct item item;

	(void)state;
	begin();
	put("empty", "");
	assert_err(ERR_OK, item_resolve(&session, "empty", &item, NULL));
	assert_err(ERR_REFUSED, item_node(&item, &node, NULL));
	put("file", "test");
	assert_err(ERR_OK, item_resolve(&session, "file", &item, NULL));
	assert_err(ERR_OK, item_node(&item, &node, NULL));
	assert_int_equal(DIGEST_SHA256, node.algorithm);
	end();
}

/* ---- what went in is what is there ---- */

static void
resolve(const char *text, struct item *ret)
{
	assert_err(ERR_OK, item_resolve(&session, text, ret, NULL));
	assert_err(ERR_OK, item_recheck(&session, ret, NULL));
}

static void
expect_change(const struct item *item)
{
	struct why w = { 0 };

	assert_err(ERR_REFUSED, item_recheck(&session, item, &w));
	assert_non_null(strstr(w.text, item->what));
}

static void
test_recheck(void **state)
{
	struct item item;

	(void)state;
	begin();
	put("file", "before");
	resolve("file", &item);
	put("file", "after!");
	expect_change(&item);
	put("file", "before");
	assert_err(ERR_OK, item_recheck(&session, &item, NULL));
	assert_int_equal(0, unlink("file"));
	expect_change(&item);
	/* a folder in its place has more digests than it had */
	assert_int_equal(0, mkdir("file", 0700));
	put("file/before", "before");
	expect_change(&item);

	resolve("set=file", &item);
	put("file/more", "more");
	expect_change(&item);
	assert_int_equal(0, unlink("file/more"));
	assert_err(ERR_OK, item_recheck(&session, &item, NULL));

	resolve("sha256:" HEX, &item);
	end();
}

/* ---- citations ---- */

static void
test_cite(void **state)
{
	static const struct hash id = { .bytes = { 7 } };
	char text[256];
	struct writer w = writer_of(text, sizeof(text));
	struct digest_set set;
	struct digest node;
	struct item item;

	(void)state;
	begin();
	assert_err(ERR_OK, item_resolve(&session, "sha256:" HEX, &item, NULL));
	assert_err(ERR_OK, item_cite(&session, &item, &set, NULL));
	assert_int_equal(1, set.count);
	assert_false(set.has_citation);
	assert_err(ERR_OK, item_node(&item, &node, NULL));
	assert_err(ERR_OK, cited_put(&session.trust, &node, &id, false, NULL));
	assert_err(ERR_OK, item_cite(&session, &item, &set, NULL));
	assert_true(set.has_citation);
	digest_set_print(&set, &w);
	assert_span_text("{\"sha256\":\"" HEX "\",\"tlogLeaf\":\"07"
			 "000000000000000000000000000000"
			 "00000000000000000000000000000000\"}",
	    writer_view(&w));
	/* the item itself is not changed: a subject cites nothing */
	assert_int_equal(1, item.digest.count);
	session.has_trust = false;
	assert_err(ERR_OK, item_cite(&session, &item, &set, NULL));
	assert_false(set.has_citation);
	end();
}

int
main(int argc, char **argv)
{
	UNIT_ROWS(rows, test_split);
	UNIT(test_resolve);
	UNIT(test_node);
	UNIT(test_recheck);
	UNIT(test_cite);
	return unit_run(argc, argv);
}
