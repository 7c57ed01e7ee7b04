#include "client/git.h"

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

/* Starts git with its stdout in a pipe and stderr nowhere. */
static enum err
start(char *const argv[], pid_t *ret_pid, int *ret_fd)
{
	posix_spawn_file_actions_t actions;
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) != 0)
		return ERR_IO;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
	posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
	int code = posix_spawnp(ret_pid, "git", &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	close(ends[1]);
	if (code != 0) {
		close(ends[0]);
		return ERR_MISSING;
	}
	*ret_fd = ends[0];
	return ERR_OK;
}

/* `git -C path …`; *ret_status is git's own. */
static enum err
git_run(const char *path, const char *const *words, struct arena *arena,
    struct span *ret, int *ret_status)
{
	char *argv[ARGUMENTS_MAX + 4] = { NULL };
	size_t count = 0;
	static const char *const front[] = { "git", "-C" };
	uint8_t *buffer = arena_take(arena, ANSWER_MAX, 1);
	pid_t pid;
	int fd;

	if (buffer == NULL)
		return ERR_MEMORY;
	/* execve promises to leave the words alone, its type does not say so */
	for (size_t i = 0; i < 2; i++)
		memcpy(&argv[count++], &front[i], sizeof(char *));
	memcpy(&argv[count++], &path, sizeof(char *));
	for (size_t i = 0; words[i] != NULL && i < ARGUMENTS_MAX; i++)
		memcpy(&argv[count++], &words[i], sizeof(char *));
	enum err err = start(argv, &pid, &fd);
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
		return why(w, err, "git: cannot be run: is it installed?");
	if (err != ERR_OK)
		return why(w, err, "git: out of memory or pipes");
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		return why(w, ERR_MISSING,
		    "%s: git %s failed: is it a repository with a commit, and "
		    "yours?",
		    path, words[0]);
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

enum err
git_clean_url(
    struct span url, struct arena *arena, struct span *ret, struct why *w)
{
	struct writer writer =
	    writer_of(arena_take(arena, url.len + 16, 1), url.len + 16);
	size_t scheme = 0;

	if (writer.data == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	while (
	    scheme + 3 <= url.len && memcmp(url.data + scheme, "://", 3) != 0)
		scheme++;
	bool has_scheme = scheme + 3 <= url.len;
	struct span rest =
	    has_scheme ? span_part(url, scheme + 3, url.len) : url;
	struct span host = span_part(rest, 0, span_find(rest, '/'));
	size_t at = host.len;
	/* the last @ before the first /: a password may hold one */
	while (at > 0 && host.data[at - 1] != '@')
		at--;
	rest = span_part(rest, at, rest.len);
	size_t colon = span_find(rest, ':');
	if (has_scheme) {
		writer_span(&writer, span_part(url, 0, scheme + 3));
		writer_span(&writer, rest);
	} else if (at > 0 && colon < rest.len) {
		writer_text(&writer, "ssh://");
		writer_span(&writer, span_part(rest, 0, colon));
		writer_text(&writer, "/");
		writer_span(&writer, span_part(rest, colon + 1, rest.len));
	} else {
		writer_span(&writer, url);
	}
	*ret = writer_view(&writer);
	return ERR_OK;
}

/* The remote's URL where it is one: a path on this machine tells nobody else
 * anything. */
static enum err
read_origin(
    const char *path, struct arena *arena, struct span *ret, struct why *w)
{
	static const char *const words[] = { "config", "--get",
		"remote.origin.url", NULL };
	struct span answer;
	struct span line;
	int status = 0;

	*ret = SPAN_EMPTY;
	if (git_run(path, words, arena, &answer, &status) != ERR_OK ||
	    status != 0 || !span_cut(&answer, '\n', &line))
		return ERR_OK;
	enum err err = git_clean_url(line, arena, &line, w);
	if (err == ERR_OK && text_is_uri(line) && !span_starts(line, "file:"))
		*ret = line;
	return err;
}

enum err
git_read_head(
    const char *path, struct arena *arena, struct git_head *ret, struct why *w)
{
	static const char *const head_words[] = { "rev-parse", "HEAD",
		"HEAD^{tree}", NULL };
	static const char *const status_words[] = { "status", "--porcelain",
		NULL };
	struct git_head head;
	struct span answer;
	struct span line;
	enum err err = ask(path, status_words, arena, &answer, w);

	if (err != ERR_OK)
		return err;
	if (span_cut(&answer, '\n', &line))
		return why(w, ERR_REFUSED,
		    "%s: uncommitted changes (%.*s): commit or remove them, so "
		    "that the commit says what ran",
		    path, SPAN_ARGS(line));
	err = ask(path, head_words, arena, &answer, w);
	if (err != ERR_OK)
		return err;
	if (!take_digest(&answer, DIGEST_GIT_COMMIT, &head.commit) ||
	    !take_digest(&answer, DIGEST_GIT_TREE, &head.tree))
		return why(
		    w, ERR_SYNTAX, "%s: git told no commit and tree", path);
	err = read_origin(path, arena, &head.origin, w);
	if (err == ERR_OK)
		*ret = head;
	return err;
}
