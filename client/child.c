#include "client/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define READ_LEN 16384
#define LOOK_MS 100   /* how often we ask whether it ended */
#define LINGER_MS 500 /* for output that its own children still hold open */

extern char **environ;

struct run {
	struct child child;
	struct sha256 sha256;
	pid_t pid;
	bool has_ended;
	int keep_fd;
	struct pollfd pipes[2]; /* its stdout and stderr; fd -1: at its end */
};

static uint64_t
now_ms(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* ---- signals ---- */

static const int caught[] = { SIGINT, SIGQUIT, SIGTERM, SIGHUP };
#define CAUGHT (sizeof(caught) / sizeof(caught[0]))

/* A handler knows its process and nothing else. */
static volatile sig_atomic_t child_pid;

static void
on_signal(int number)
{
	int code = errno;

	/* the terminal has told the command itself of the others */
	if (child_pid > 0 && (number == SIGTERM || number == SIGHUP))
		(void)kill(child_pid, number);
	errno = code;
}

struct signals {
	sigset_t mask;
	struct sigaction old[CAUGHT];
};

/* Blocks them until the command is there; what was ignored (nohup) stays so. */
static void
signals_catch(struct signals *signals)
{
	struct sigaction action = { .sa_handler = on_signal };
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < CAUGHT; i++)
		sigaddset(&set, caught[i]);
	sigprocmask(SIG_BLOCK, &set, &signals->mask);
	for (size_t i = 0; i < CAUGHT; i++) {
		sigaction(caught[i], NULL, &signals->old[i]);
		if (signals->old[i].sa_handler != SIG_IGN)
			sigaction(caught[i], &action, NULL);
	}
}

static void
signals_restore(const struct signals *signals)
{
	for (size_t i = 0; i < CAUGHT; i++)
		sigaction(caught[i], &signals->old[i], NULL);
	child_pid = 0;
}

/* ---- starting ---- */

static int
spawn(struct run *run, char *const argv[], const sigset_t *mask,
    const int writers[static 2])
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t defaults;

	/* main ignores it, and ignored signals survive an exec */
	sigemptyset(&defaults);
	sigaddset(&defaults, SIGPIPE);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setsigdefault(&attributes, &defaults);
	posix_spawnattr_setsigmask(&attributes, mask);
	posix_spawnattr_setflags(
	    &attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, writers[0], STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&actions, writers[1], STDERR_FILENO);
	int code = posix_spawnp(
	    &run->pid, argv[0], &actions, &attributes, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attributes);
	return code;
}

/* Two pipes; ends[0..1] are read, ends[2..3] written. */
static bool
open_pipes(int ends[static 4])
{
	int first[2];
	int second[2];

	if (pipe2(first, O_CLOEXEC) != 0)
		return false;
	if (pipe2(second, O_CLOEXEC) != 0) {
		close(first[0]);
		close(first[1]);
		return false;
	}
	ends[0] = first[0];
	ends[1] = second[0];
	ends[2] = first[1];
	ends[3] = second[1];
	return true;
}

/* The status that shells have for it where it cannot be started. */
static enum err
start(struct run *run, char *const argv[], const sigset_t *mask, struct why *w)
{
	int ends[4];

	if (!open_pipes(ends))
		return why(w, ERR_IO, "no pipe for the command's output: %s",
		    strerrordesc_np(errno));
	run->child.started_ms = now_ms(CLOCK_REALTIME);
	int code = spawn(run, argv, mask, ends + 2);
	close(ends[2]);
	close(ends[3]);
	for (size_t i = 0; i < 2; i++)
		run->pipes[i] =
		    (struct pollfd){ .fd = ends[i], .events = POLLIN };
	if (code == 0) {
		child_pid = run->pid;
		return ERR_OK;
	}
	close(ends[0]);
	close(ends[1]);
	run->has_ended = true;
	run->child.status =
	    code == ENOENT ? CHILD_NOT_FOUND : CHILD_NOT_RUNNABLE;
	return why(w, ERR_REFUSED, "%s: cannot be run: %s", argv[0],
	    strerrordesc_np(code));
}

/* ---- listening ---- */

static bool
write_all(int fd, const uint8_t *data, size_t len)
{
	while (len > 0) {
		ssize_t put = write(fd, data, len);
		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return false;
		data += put;
		len -= (size_t)put;
	}
	return true;
}

static void
hear(struct run *run, struct pollfd *from)
{
	uint8_t buffer[READ_LEN / 2];
	ssize_t got = read(from->fd, buffer, sizeof(buffer));

	if (got < 0 && errno == EINTR)
		return;
	if (got <= 0) {
		close(from->fd);
		from->fd = -1;
		return;
	}
	struct span bytes = span_of(buffer, (size_t)got);
	sha256_add(&run->sha256, bytes);
	run->child.log_len += bytes.len;
	/* a stderr that is gone takes nothing away from the record */
	(void)write_all(STDERR_FILENO, bytes.data, bytes.len);
	if (run->child.is_kept)
		run->child.is_kept =
		    write_all(run->keep_fd, bytes.data, bytes.len);
}

static void
take_status(struct run *run, int status)
{
	run->has_ended = true;
	run->child.finished_ms = now_ms(CLOCK_REALTIME);
	run->child.status =
	    WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	run->child.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static void
look(struct run *run, int flags)
{
	int status;

	while (!run->has_ended) {
		pid_t pid = waitpid(run->pid, &status, flags);
		if (pid == run->pid)
			take_status(run, status);
		else if (pid == 0 || errno != EINTR)
			return;
	}
}

static bool
is_open(const struct run *run)
{
	return run->pipes[0].fd >= 0 || run->pipes[1].fd >= 0;
}

/* Hears what is there, or that nothing came for a while. */
static void
hear_both(struct run *run)
{
	int ready = poll(run->pipes, 2, LOOK_MS);

	for (size_t i = 0; ready > 0 && i < 2; i++) {
		if (run->pipes[i].fd >= 0 && run->pipes[i].revents != 0)
			hear(run, &run->pipes[i]);
	}
}

/* Until both ends are closed, or a while after the command itself ended: what it
 * left in the background may keep them open for ever. */
static void
listen_to(struct run *run)
{
	uint64_t until = UINT64_MAX;

	while (is_open(run) && now_ms(CLOCK_MONOTONIC) <= until) {
		hear_both(run);
		look(run, WNOHANG);
		if (run->has_ended && until == UINT64_MAX)
			until = now_ms(CLOCK_MONOTONIC) + LINGER_MS;
	}
	run->child.left_others = is_open(run);
	for (size_t i = 0; i < 2; i++) {
		if (run->pipes[i].fd >= 0)
			close(run->pipes[i].fd);
	}
	look(run, 0);
}

enum err
child_run(char *const argv[], int keep_fd, struct child *ret, struct why *w)
{
	struct run run = { .keep_fd = keep_fd };
	struct signals signals;

	sha256_init(&run.sha256);
	run.child.is_kept = keep_fd >= 0;
	signals_catch(&signals);
	enum err err = start(&run, argv, &signals.mask, w);
	sigprocmask(SIG_SETMASK, &signals.mask, NULL);
	if (err == ERR_OK)
		listen_to(&run);
	signals_restore(&signals);
	if (!run.has_ended)
		return why(
		    w, ERR_IO, "%s: its end could not be waited for", argv[0]);
	run.child.log = sha256_done(&run.sha256);
	*ret = run.child;
	return ERR_OK;
}
