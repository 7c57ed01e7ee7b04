#include "daemon/signer_process.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/limits.h"
#include "daemon/signer_wire.h"

#define PROGRAM_NAME "headwater-signer"

enum err
signer_process_program(char out[static PATH_MAX], struct why *w)
{
	ssize_t len = readlink("/proc/self/exe", out, PATH_MAX);
	size_t at = len < 0 ? 0 : (size_t)len;

	while (at > 0 && out[at - 1] != '/')
		at--;
	if (at == 0 || at + sizeof(PROGRAM_NAME) > PATH_MAX)
		return why(w, ERR_IO,
		    "signer: cannot tell where our own program lies");
	memcpy(out + at, PROGRAM_NAME, sizeof(PROGRAM_NAME));
	return ERR_OK;
}

/* argv has no const, though nobody writes to it. */
static char *
argument(const char *text)
{
	char *same;

	memcpy(&same, &text, sizeof(same));
	return same;
}

/* Nothing but the standard streams and its socket comes with it: all else of
 * ours is close-on-exec. */
static int
spawn(const char *program, char *const *argv, int fd, pid_t *ret)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none;

	(void)sigemptyset(&none);
	int rc = posix_spawn_file_actions_init(&actions);
	if (rc != 0)
		return rc;
	rc = posix_spawnattr_init(&attributes);
	if (rc == 0) {
		rc = posix_spawn_file_actions_adddup2(&actions, fd, SIGNER_FD);
		if (rc == 0)
			rc = posix_spawnattr_setsigmask(&attributes, &none);
		if (rc == 0)
			rc = posix_spawnattr_setflags(
			    &attributes, POSIX_SPAWN_SETSIGMASK);
		if (rc == 0)
			rc = posix_spawn(
			    ret, program, &actions, &attributes, argv, environ);
		(void)posix_spawnattr_destroy(&attributes);
	}
	(void)posix_spawn_file_actions_destroy(&actions);
	return rc;
}

static bool
set_deadlines(int fd)
{
	struct timeval wait = { .tv_sec = SUBMIT_WAIT_MS / 1000 };

	return setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait)) ==
	    0 &&
	    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait)) == 0;
}

static enum err
start(const char *path, const struct signer_program *program,
    struct signer_process *process, struct why *w)
{
	char *argv[] = { argument(PROGRAM_NAME), argument("serve"),
		argument("--key"), argument(program->key_path),
		argument("--signers"), argument(program->signers_path), NULL };
	int fds[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) != 0)
		return why(w, ERR_IO, "signer: no socket: %s", strerror(errno));
	process->fd = fds[0];
	int rc = set_deadlines(fds[0])
	    ? spawn(path, argv, fds[1], &process->pid)
	    : errno;
	(void)close(fds[1]);
	if (rc != 0) {
		process->pid = 0;
		return why(w, ERR_IO, "%s: cannot start the signer: %s", path,
		    strerror(rc));
	}
	process->pid_fd = pidfd_open(process->pid, 0);
	if (process->pid_fd < 0)
		return why(
		    w, ERR_IO, "signer: cannot watch it: %s", strerror(errno));
	return ERR_OK;
}

enum err
signer_process_start(const struct signer_program *program,
    struct signer_process *ret, struct why *w)
{
	struct signer_process process = { .fd = -1, .pid_fd = -1 };
	char beside[PATH_MAX];
	const char *path = program->program;
	enum err err = ERR_OK;

	if (path == NULL) {
		path = beside;
		err = signer_process_program(beside, w);
	}
	if (err == ERR_OK)
		err = start(path, program, &process, w);
	if (err != ERR_OK) {
		signer_process_end(&process);
		return err;
	}
	*ret = process;
	return ERR_OK;
}

void
signer_process_kill(const struct signer_process *process)
{
	if (process->pid > 0)
		(void)kill(process->pid, SIGKILL);
}

/* It ends at the end of its stream; one that does not is killed. */
static void
end_process(const struct signer_process *process)
{
	struct pollfd poll_fd = { .fd = process->pid_fd, .events = POLLIN };

	if (process->pid_fd < 0 || poll(&poll_fd, 1, SIGNER_GONE_MS) != 1)
		(void)kill(process->pid, SIGKILL);
	pid_t pid;
	do
		pid = waitpid(process->pid, NULL, 0);
	while (pid < 0 && errno == EINTR);
}

void
signer_process_end(struct signer_process *process)
{
	if (process->fd >= 0)
		(void)close(process->fd);
	if (process->pid > 0)
		end_process(process);
	if (process->pid_fd >= 0)
		(void)close(process->pid_fd);
	*process = (struct signer_process){ .fd = -1, .pid_fd = -1 };
}
