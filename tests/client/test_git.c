#include "client/git.h"

#include <stdlib.h>
#include <unistd.h>

#include "tests/folder.h"
#include "tests/unit.h"

/* ---- URLs ---- */

static const struct row {
	const char *name;
	const char *url;
	const char *clean; /* NULL: it cannot be told what is a password */
} rows[] = {
	{ "a plain URL", "https://example.org/a/b", "https://example.org/a/b" },
	{ "a user", "https://me@example.org/a", "https://example.org/a" },
	{ "a user and a password", "https://me:secret@example.org/a",
	    "https://example.org/a" },
	{ "a token as a user", "https://ghp_x@github.com/a",
	    "https://github.com/a" },
	{ "an @ in the password", "https://me:se@cret@example.org/a",
	    "https://example.org/a" },
	{ "a port", "https://me:x@example.org:8443/a",
	    "https://example.org:8443/a" },
	{ "an IPv6 address", "http://me:x@[::1]:80/a", "http://[::1]:80/a" },
	{ "an @ in the path", "https://example.org/@a/b",
	    "https://example.org/@a/b" },
	{ "an @ in the query", "https://example.org?mail=a@b",
	    "https://example.org?mail=a@b" },
	{ "ssh with a user", "ssh://git@example.org/a", "ssh://example.org/a" },
	{ "scp-like", "git@example.org:a/b.git", "ssh://example.org/a/b.git" },
	{ "scp-like with a path from the root", "git@example.org:/a",
	    "ssh://example.org/a" },
	{ "scp-like with a password", "me:secret@example.org:a",
	    "ssh://example.org/a" },
	{ "a package URL", "pkg:deb/debian/wfrench@1.2.7-2",
	    "pkg:deb/debian/wfrench@1.2.7-2" },
	{ "a digital object identifier", "doi:10.1000/182", "doi:10.1000/182" },
	{ "a password without a scheme", "me:secret@example.org/a", NULL },
	{ "a slash in a password", "https://me:se/cret@example.org/a", NULL },
	{ "a question mark in a password", "https://me:se?cret@example.org/a",
	    NULL },
	{ "an address", "me@example.org", NULL },
	{ "nothing", "", "" },
	{ "only a scheme", "https://", "https://" },
};

static void
test_url(void **state)
{
	const struct row *row = *state;
	struct arena *arena = arena_new(4096);
	struct why w = { 0 };
	struct span clean;
	enum err err = git_clean_url(span_of_text(row->url), arena, &clean, &w);

	if (row->clean == NULL) {
		assert_err(ERR_USAGE, err);
		/* a sentence may end in a log file */
		assert_null(strstr(w.text, "cret"));
	} else {
		assert_err(ERR_OK, err);
		assert_span_text(row->clean, clean);
	}
	arena_free(arena);
}

/* ---- repositories ---- */

static char folder[FOLDER_MAX];
static struct arena *arena;

/* A shell in the folder, which is given to it as its directory. */
static void
shell(const char *script)
{
	char command[4096];

	(void)snprintf(command, sizeof(command),
	    "cd '%s' && export GIT_CONFIG_GLOBAL=/dev/null HOME=/nonexistent "
	    "&& git() { command git -c user.name=a -c user.email=a@b "
	    "-c commit.gpgsign=false -c init.defaultBranch=main \"$@\"; } && "
	    "{ %s; } >/dev/null 2>&1",
	    folder, script);
	assert_int_equal(0, system(command)); // NOLINT(cert-env33-c)
}

static void
begin(void)
{
	folder_make(folder);
	arena = arena_new((size_t)4 << 20);
	shell("git init -q r && cd r && echo a >a && git add a && "
	      "git commit -qm one && git rev-parse HEAD HEAD^{tree} >../ids");
}

static void
end(void)
{
	folder_remove(folder);
	arena_free(arena);
}

static enum err
read_head(const char *name, enum git_untracked untracked, struct git_head *head,
    struct why *w)
{
	char path[FOLDER_PATH_MAX];

	return git_read_head(
	    folder_path(path, folder, name), untracked, arena, head, w);
}

static void
expect(enum err expected, const char *part, enum git_untracked untracked)
{
	struct git_head head;
	struct why w = { 0 };

	assert_err(expected, read_head("r", untracked, &head, &w));
	if (strstr(w.text, part) == NULL)
		fail_msg("%s", w.text);
}

static void
test_head(void **state)
{
	char path[FOLDER_PATH_MAX];
	char expected[256];
	char got[2 * DIGEST_TEXT_MAX];
	char digest[DIGEST_TEXT_MAX];
	struct git_head head;

	(void)state;
	begin();
	assert_true(git_is_repository(folder_path(path, folder, "r")));
	assert_false(git_is_repository(folder));
	assert_err(ERR_OK, read_head("r", GIT_UNTRACKED_REFUSED, &head, NULL));
	FILE *file = fopen(folder_path(path, folder, "ids"), "r");
	size_t len = fread(expected, 1, sizeof(expected), file);
	(void)fclose(file);
	digest_print(&head.commit, digest);
	assert_memory_equal("gitCommit:", digest, 10);
	(void)snprintf(got, sizeof(got), "%s\n", digest + 10);
	digest_print(&head.tree, digest);
	assert_memory_equal("gitTree:", digest, 8);
	size_t at = strlen(got);
	(void)snprintf(got + at, sizeof(got) - at, "%s\n", digest + 8);
	assert_span_text(got, span_of(expected, len));
	assert_int_equal(0, head.origin.len);
	end();
}

static void
test_dirty(void **state)
{
	(void)state;
	begin();
	shell("cd r && echo b >a");
	expect(ERR_REFUSED, "uncommitted", GIT_UNTRACKED_REFUSED);
	expect(ERR_REFUSED, "uncommitted", GIT_UNTRACKED_FINE);
	shell("cd r && git commit -qam two && echo new >new");
	expect(ERR_REFUSED, "new", GIT_UNTRACKED_REFUSED);
	expect(ERR_OK, "", GIT_UNTRACKED_FINE);
	/* whatever the user's own settings hide */
	shell("cd r && git config status.showUntrackedFiles no");
	expect(ERR_REFUSED, "new", GIT_UNTRACKED_REFUSED);
	shell("cd r && echo new >.gitignore && git add .gitignore && "
	      "git commit -qm three");
	expect(ERR_OK, "", GIT_UNTRACKED_REFUSED);
	end();
}

static void
test_no_commit(void **state)
{
	struct git_head head;
	struct why w = { 0 };

	(void)state;
	begin();
	shell("git init -q empty && mkdir broken && mkdir broken/.git");
	assert_err(
	    ERR_MISSING, read_head("empty", GIT_UNTRACKED_REFUSED, &head, &w));
	assert_non_null(strstr(w.text, "commit"));
	assert_err(
	    ERR_MISSING, read_head("broken", GIT_UNTRACKED_REFUSED, &head, &w));
	/* a broken one inside another is not taken for that other */
	shell("cd r && mkdir -p in/.git && echo x >in/x && git add -f in/x && "
	      "git commit -qm in");
	assert_err(
	    ERR_REFUSED, read_head("r/in", GIT_UNTRACKED_REFUSED, &head, &w));
	assert_non_null(strstr(w.text, "broken"));
	end();
}

/* Within a hook git sets these: they are about another repository. */
static void
test_environment(void **state)
{
	char path[FOLDER_PATH_MAX];
	struct git_head head;
	struct git_head other;

	(void)state;
	begin();
	shell("git init -q s && cd s && echo b >b && git add b && "
	      "git commit -qm other");
	setenv("GIT_DIR", folder_path(path, folder, "s/.git"), 1);
	setenv("GIT_WORK_TREE", folder_path(path, folder, "s"), 1);
	assert_err(ERR_OK, read_head("r", GIT_UNTRACKED_REFUSED, &head, NULL));
	unsetenv("GIT_DIR");
	unsetenv("GIT_WORK_TREE");
	assert_err(ERR_OK, read_head("s", GIT_UNTRACKED_REFUSED, &other, NULL));
	assert_false(digest_equal(&head.commit, &other.commit));
	end();
}

/* A replaced commit is not what its id names; a monitor is not run. */
static void
test_hostile(void **state)
{
	char path[FOLDER_PATH_MAX];
	struct git_head before;
	struct git_head after;

	(void)state;
	begin();
	assert_err(
	    ERR_OK, read_head("r", GIT_UNTRACKED_REFUSED, &before, NULL));
	shell("cd r && one=$(git rev-parse HEAD) && echo b >a && "
	      "git commit -qam two && git replace $one HEAD && "
	      "git --no-replace-objects reset -q --hard $one; "
	      "git config core.fsmonitor \"touch $PWD/../ran; false\"");
	assert_err(ERR_OK, read_head("r", GIT_UNTRACKED_REFUSED, &after, NULL));
	assert_true(digest_equal(&before.commit, &after.commit));
	assert_true(digest_equal(&before.tree, &after.tree));
	shell("rm -f ran");
	assert_err(ERR_OK, read_head("r", GIT_UNTRACKED_REFUSED, &after, NULL));
	assert_int_not_equal(0, access(folder_path(path, folder, "ran"), F_OK));
	end();
}

static void
test_origin(void **state)
{
	static const struct {
		const char *url;
		const char *origin;
	} origins[] = {
		{ "https://me:secret@example.org/a", "https://example.org/a" },
		{ "git@example.org:a.git", "ssh://example.org/a.git" },
		{ "/home/me/a", "" },
		{ "file:///home/me/a", "" },
		{ "me:secret@example.org/a", "" },
	};

	(void)state;
	begin();
	shell("cd r && git remote add origin x");
	for (size_t i = 0; i < sizeof(origins) / sizeof(origins[0]); i++) {
		struct git_head head;
		char script[256];
		(void)snprintf(script, sizeof(script),
		    "cd r && git remote set-url origin '%s'", origins[i].url);
		shell(script);
		assert_err(
		    ERR_OK, read_head("r", GIT_UNTRACKED_REFUSED, &head, NULL));
		assert_span_text(origins[i].origin, head.origin);
	}
	end();
}

int
main(int argc, char **argv)
{
	UNIT_ROWS(rows, test_url);
	UNIT(test_head);
	UNIT(test_dirty);
	UNIT(test_no_commit);
	UNIT(test_environment);
	UNIT(test_hostile);
	UNIT(test_origin);
	return unit_run(argc, argv);
}
