#include "daemon/vkey.h"

#include <fcntl.h>
#include <limits.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/signer_process.h"

/* argv has no const, though nobody writes to it. */
static char *
argument(const char *text)
{
	union {
		/* cppcheck-suppress unusedStructMember ; read as `to` */
		const char *from;
		char *to;
	} cast = { .from = text };

	return cast.to;
}

static enum err
spawn(const char *program, const char *key_path, int out_fd, pid_t *ret)
{
	posix_spawn_file_actions_t actions;

	if (posix_spawn_file_actions_init(&actions) != 0)
		return ERR_MEMORY;
	int rc =
	    posix_spawn_file_actions_adddup2(&actions, out_fd, STDOUT_FILENO);
	if (rc == 0) {
		char *argv[] = { argument("headwater-signer"), argument("vkey"),
			argument("--key"), argument(key_path), NULL };
		rc = posix_spawn(ret, program, &actions, NULL, argv, environ);
	}
	(void)posix_spawn_file_actions_destroy(&actions);
	return rc == 0 ? ERR_OK : ERR_IO;
}

static size_t
read_all(int fd, char *out, size_t cap)
{
	size_t len = 0;
	ssize_t got = 1;

	while (got > 0 && len < cap) {
		got = read(fd, out + len, cap - len);
		len += got > 0 ? (size_t)got : 0;
	}
	return len;
}

/* Its output, one line; false when it ended otherwise than well. */
static bool
run(const char *program, const char *key_path, char *out, size_t cap,
    size_t *ret_len)
{
	int fds[2];
	pid_t pid;
	int status = -1;

	if (pipe2(fds, O_CLOEXEC) != 0)
		return false;
	enum err err = spawn(program, key_path, fds[1], &pid);
	(void)close(fds[1]);
	if (err == ERR_OK) {
		*ret_len = read_all(fds[0], out, cap);
		(void)waitpid(pid, &status, 0); /* no signal has a handler */
	}
	(void)close(fds[0]);
	return err == ERR_OK && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

enum err
vkey_of_file(const char *key_path, struct note_key *ret, struct why *w)
{
	char program[PATH_MAX];
	char text[NOTE_VKEY_MAX + 1];
	size_t len;
	enum err err = signer_process_program(program, w);

	if (err != ERR_OK)
		return err;
	if (!run(program, key_path, text, sizeof(text), &len))
		return why(w, ERR_MISSING,
		    "%s: headwater-signer could not tell its verifier key",
		    key_path);
	if (len > 0 && text[len - 1] == '\n')
		len--;
	return note_key_parse(span_of(text, len), ret, w);
}
