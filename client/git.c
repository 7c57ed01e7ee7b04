#include "client/git.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "schema/text.h"

#define ANSWER_MAX ((size_t)64 << 10)
#define ARGUMENTS_MAX 12
#define FRONT 7 /* words before those */

extern char **environ;

bool
git_is_repository(const char *path)
{
	char name[4096];
	struct stat status;

	int len = snprintf(name, sizeof(name), "%s/.git", path);
	return len > 0 && (size_t)len < sizeof(name) &&
	    stat(name, &status) == 0;
}

/* Everything that git prints, up to ANSWER_MAX; what is beyond is drained, so
 * that git can end. */
static struct span
drain(int fd, uint8_t *buffer)
{
	size_t len = 0;

	for (;;) {
		uint8_t spare[4096];
		bool is_full = len == ANSWER_MAX;
		ssize_t got = is_full
		    ? read(fd, spare, sizeof(spare))
		    : read(fd, buffer + len, ANSWER_MAX - len);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return span_of(buffer, len);
		len += is_full ? 0 : (size_t)got;
	}
}

/* Set within git's hooks, these would make it answer for that repository
 * whatever the path (git rev-parse --local-env-vars). */
static bool
is_redirection(const char *variable)
{
	static const char *const names[] = { "GIT_ALTERNATE_OBJECT_DIRECTORIES",
		"GIT_COMMON_DIR", "GIT_CONFIG", "GIT_CONFIG_COUNT",
		"GIT_CONFIG_PARAMETERS", "GIT_DIR", "GIT_GRAFT_FILE",
		"GIT_IMPLICIT_WORK_TREE", "GIT_INDEX_FILE",
		"GIT_NO_REPLACE_OBJECTS", "GIT_OBJECT_DIRECTORY", "GIT_PREFIX",
		"GIT_REPLACE_REF_BASE", "GIT_SHALLOW_FILE", "GIT_WORK_TREE" };
	size_t len = strcspn(variable, "=");

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strlen(names[i]) == len &&
		    memcmp(names[i], variable, len) == 0)
			return true;
	}
	return false;
}

static char **
clean_environment(struct arena *arena)
{
	size_t count = 0;
	size_t kept = 0;

	while (environ[count] != NULL)
		count++;
	char **ret = arena_take(arena, count + 1, sizeof(*ret));
	for (size_t i = 0; ret != NULL && i < count; i++) {
		if (!is_redirection(environ[i]))
			ret[kept++] = environ[i];
	}
	return ret;
}

/* Starts git with its stdout in a pipe and stderr nowhere. */
static enum err
start(char *const argv[], char *const envp[], pid_t *ret_pid, int *ret_fd)
{
	posix_spawn_file_actions_t actions;
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) != 0)
		return ERR_IO;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
	posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
	int code = posix_spawnp(ret_pid, "git", &actions, NULL, argv, envp);
	posix_spawn_file_actions_destroy(&actions);
	close(ends[1]);
	if (code != 0) {
		close(ends[0]);
		return ERR_MISSING;
	}
	*ret_fd = ends[0];
	return ERR_OK;
}

/* `git … -C path words`; *ret_status is git's own. */
static enum err
git_run(const char *path, const char *const *words, struct arena *arena,
    struct span *ret, int *ret_status)
{
	/* a replaced object is not what the commit names, and a monitor is a
	 * program that the repository's own configuration may choose */
	const char *const front[] = { "git", "--no-replace-objects",
		"--no-optional-locks", "-c", "core.fsmonitor=false", "-C",
		path };
	char *argv[FRONT + ARGUMENTS_MAX + 1] = { NULL };
	uint8_t *buffer = arena_take(arena, ANSWER_MAX, 1);
	char **envp = clean_environment(arena);
	pid_t pid;
	int fd;

	static_assert(sizeof(front) / sizeof(front[0]) == FRONT, "as declared");
	if (buffer == NULL || envp == NULL)
		return ERR_MEMORY;
	/* execve promises to leave the words alone, its type does not say so */
	memcpy(argv, front, sizeof(front));
	for (size_t i = 0; i < ARGUMENTS_MAX && words[i] != NULL; i++)
		memcpy(&argv[FRONT + i], &words[i], sizeof(char *));
	enum err err = start(argv, envp, &pid, &fd);
	if (err != ERR_OK)
		return err;
	*ret = drain(fd, buffer);
	close(fd);
	while (waitpid(pid, ret_status, 0) < 0) {
		if (errno != EINTR)
			return ERR_IO;
	}
	return ERR_OK;
}

static enum err
ask(const char *path, const char *const *words, struct arena *arena,
    struct span *ret, struct why *w)
{
	int status = 0;
	enum err err = git_run(path, words, arena, ret, &status);

	if (err == ERR_MISSING)
		return why(w, err,
		    "git cannot be run: install it, or give the commit as "
		    "gitCommit:HEX");
	if (err != ERR_OK)
		return why(w, err, "git: out of memory or pipes");
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		return why(w, ERR_MISSING,
		    "%s: git %s failed: is it a repository of yours that has a "
		    "commit? `git -C %s status` says more",
		    path, words[0], path);
	return ERR_OK;
}

static bool
take_digest(
    struct span *rest, enum digest_algorithm algorithm, struct digest *ret)
{
	struct span line;
	struct digest digest = { .algorithm = algorithm };

	if (!span_cut(rest, '\n', &line) || line.len % 2 != 0 ||
	    line.len / 2 > sizeof(digest.bytes))
		return false;
	digest.len = (uint8_t)(line.len / 2);
	if ((digest.len != 20 && digest.len != 32) ||
	    !text_unhex(line, digest.bytes, digest.len))
		return false;
	*ret = digest;
	return true;
}

/* A port is digits: what else stands behind a colon in a host may be a password
 * that a '/' or '?' cut in two.  `[…]` is an IPv6 address. */
static bool
is_host(struct span host)
{
	size_t colon = span_find(host, ':');

	if (span_starts(host, "["))
		return true;
	for (size_t i = colon + 1; i < host.len; i++) {
		if (host.data[i] < '0' || host.data[i] > '9')
			return false;
	}
	return true;
}

/* RFC 3986 section 3.2: up to the first '/', '?' or '#'. */
static size_t
authority_len(struct span rest)
{
	size_t len = span_find(rest, '/');

	if (span_find(rest, '?') < len)
		len = span_find(rest, '?');
	if (span_find(rest, '#') < len)
		len = span_find(rest, '#');
	return len;
}

static enum err
cannot_tell(struct why *w)
{
	/* the URL itself is not said: it may end in a log file */
	return why(w, ERR_USAGE,
	    "a URL in which a user or password may stand: write it without "
	    "them, as https://host/path");
}

static enum err
clean_absolute(struct span url, size_t scheme_len, struct writer *out)
{
	struct span rest = span_part(url, scheme_len, url.len);
	struct span host = span_part(rest, 0, authority_len(rest));
	size_t at = host.len;

	/* the last @: a user's name may hold one */
	while (at > 0 && host.data[at - 1] != '@')
		at--;
	if (!is_host(span_part(host, at, host.len)))
		return ERR_USAGE;
	writer_span(out, span_part(url, 0, scheme_len));
	writer_span(out, span_part(rest, at, rest.len));
	return ERR_OK;
}

/* `user@host:path` and what only looks like it. */
static enum err
clean_relative(struct span url, struct writer *out)
{
	struct span host = span_part(url, 0, authority_len(url));
	size_t at = host.len;

	while (at > 0 && host.data[at - 1] != '@')
		at--;
	struct span rest = span_part(url, at, url.len);
	size_t colon = span_find(rest, ':');
	if (at == 0) {
		writer_span(out, url);
		return ERR_OK;
	}
	if (colon == rest.len || colon > span_find(rest, '/'))
		return ERR_USAGE;
	writer_text(out, "ssh://");
	writer_span(out, span_part(rest, 0, colon));
	if (colon + 1 == rest.len || rest.data[colon + 1] != '/')
		writer_text(out, "/");
	writer_span(out, span_part(rest, colon + 1, rest.len));
	return ERR_OK;
}

enum err
git_clean_url(
    struct span url, struct arena *arena, struct span *ret, struct why *w)
{
	size_t cap = url.len + 16;
	struct writer writer = writer_of(arena_take(arena, cap, 1), cap);
	size_t scheme = 0;

	if (writer.data == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	while (
	    scheme + 3 <= url.len && memcmp(url.data + scheme, "://", 3) != 0)
		scheme++;
	bool has_scheme = scheme + 3 <= url.len;
	enum err err = has_scheme ? clean_absolute(url, scheme + 3, &writer)
				  : clean_relative(url, &writer);
	if (err != ERR_OK)
		return cannot_tell(w);
	*ret = writer_view(&writer);
	return ERR_OK;
}

/* The remote's URL where it is one: a path on this machine tells nobody else
 * anything, and what may hold a password is left out. */
static void
read_origin(const char *path, struct arena *arena, struct span *ret)
{
	static const char *const words[] = { "config", "--get",
		"remote.origin.url", NULL };
	struct span answer;
	struct span line;
	int status = 0;

	*ret = SPAN_EMPTY;
	if (git_run(path, words, arena, &answer, &status) != ERR_OK ||
	    status != 0 || !span_cut(&answer, '\n', &line))
		return;
	if (git_clean_url(line, arena, &line, NULL) == ERR_OK &&
	    text_is_uri(line) && !span_starts(line, "file:"))
		*ret = line;
}

/* Nothing may differ from the commit. */
static enum err
check_clean(const char *path, enum git_untracked untracked, struct arena *arena,
    struct why *w)
{
	const char *words[] = { "status", "--porcelain",
		untracked == GIT_UNTRACKED_FINE ? "--untracked-files=no"
						: "--untracked-files=normal",
		NULL };
	struct span answer;
	struct span line;
	enum err err = ask(path, words, arena, &answer, w);

	if (err == ERR_OK && span_cut(&answer, '\n', &line))
		return why(w, ERR_REFUSED,
		    "%s: uncommitted changes (%.*s): commit, ignore or remove "
		    "them, so that the commit says what ran",
		    path, SPAN_ARGS(line));
	return err;
}

enum err
git_read_head(const char *path, enum git_untracked untracked,
    struct arena *arena, struct git_head *ret, struct why *w)
{
	static const char *const words[] = { "rev-parse", "--show-prefix",
		"HEAD", "HEAD^{tree}", NULL };
	struct git_head head;
	struct span answer;
	struct span prefix;
	enum err err = ask(path, words, arena, &answer, w);

	if (err != ERR_OK)
		return err;
	/* a broken .git makes git look further up: another repository */
	if (!span_cut(&answer, '\n', &prefix) || prefix.len > 0)
		return why(w, ERR_REFUSED,
		    "%s: its .git is broken; git takes it for a part of the "
		    "repository above",
		    path);
	if (!take_digest(&answer, DIGEST_GIT_COMMIT, &head.commit) ||
	    !take_digest(&answer, DIGEST_GIT_TREE, &head.tree))
		return why(
		    w, ERR_SYNTAX, "%s: git told no commit and tree", path);
	err = check_clean(path, untracked, arena, w);
	if (err != ERR_OK)
		return err;
	read_origin(path, arena, &head.origin);
	*ret = head;
	return ERR_OK;
}
