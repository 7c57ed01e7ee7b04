/* The daemon that is tried, and its files. */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "schema/ssh_key.h"
#include "tests/fault/killer.h"

#define ORIGIN "log.example.org/killed"
#define START_WAIT_MS 20000
#define SIGNER_WAIT_MS 1000 /* after its daemon */
#define PATHS 8

const char *
subject_path(const struct subject *s, const char *name)
{
	static char paths[PATHS][PATH_MAX];
	static size_t turn;
	char *path = paths[turn++ % PATHS];

	(void)snprintf(path, PATH_MAX, "%s/%s", s->folder, name);
	return path;
}

/* ---- programs ---- */

static char *
argument(const char *text)
{
	return (char *)(uintptr_t)text; /* argv has no const */
}

static int
status_of(int status)
{
	return WIFEXITED(status) ? WEXITSTATUS(status)
				 : ENDED_BY_SIGNAL + WTERMSIG(status);
}

static void
redirect(const char *path)
{
	int fd = open(path, O_CREAT | O_TRUNC | O_WRONLY | O_APPEND, 0600);

	(void)dup2(fd, STDOUT_FILENO);
	(void)dup2(fd, STDERR_FILENO);
	(void)close(fd);
}

static int
run_to(const char *output, const char *const *argv)
{
	char *args[ARGV_MAX] = { NULL };
	int status = 0;

	for (size_t i = 0; argv[i] != NULL && i < ARGV_MAX - 1; i++)
		args[i] = argument(argv[i]);
	pid_t pid = fork();
	if (pid == 0) {
		redirect(output);
		(void)execvp(args[0], args);
		_exit(127);
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return status_of(status);
}

int
run_program(const struct subject *s, const char *const *argv)
{
	return run_to(subject_path(s, "out"), argv);
}

bool
can_run(const char *const *argv)
{
	return run_to("/dev/null", argv) == 0;
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st, (void)type, (void)at;
	return remove(path);
}

void
remove_tree(const char *path)
{
	(void)nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

void
copy_tree(const char *from, const char *to)
{
	remove_tree(to);
	if (!can_run((const char *const[]){
		"cp", "-a", "--sparse=never", from, to, NULL }))
		bail_out("cp");
}

/* ---- making one ---- */

static void
make_signers(struct subject *s)
{
	FILE *file = fopen(subject_path(s, "allowed_signers"), "we");

	if (file == NULL)
		bail_out("allowed_signers");
	for (size_t i = 0; i < WRITERS; i++) {
		char line[SSH_LINE_LEN + 1] = "";
		struct writer w = writer_of(line, SSH_LINE_LEN);
		struct public_key key;
		s->publishers[i] = key_secret_random();
		if (s->publishers[i] == NULL)
			bail_out("key");
		key_secret_public(s->publishers[i], &key);
		ssh_public_print(&key, &w);
		(void)fprintf(file, "p%zu %s\n", i, line);
	}
	(void)fclose(file);
}

static void
make_key(struct subject *s)
{
	char vkey[NOTE_VKEY_MAX + 1] = "";
	char signer[PATH_MAX];

	(void)snprintf(
	    signer, sizeof(signer), "%s/headwater-signer", options.build);
	if (RUN(s, signer, "keygen", "--origin", ORIGIN, "--key",
		subject_path(s, "key")) != 0)
		bail_out("keygen");
	FILE *file = fopen(subject_path(s, "out"), "re");
	if (file == NULL || fgets(vkey, sizeof(vkey), file) == NULL)
		bail_out("keygen's output");
	(void)fclose(file);
	vkey[strcspn(vkey, "\n")] = '\0';
	if (note_key_parse(span_of_text(vkey), &s->key, NULL) != ERR_OK)
		bail_out("verifier key");
}

void
subject_make_in(struct subject *s, const char *program, const char *folder)
{
	*s = (struct subject){ 0 };
	(void)snprintf(s->folder, sizeof(s->folder), "%s", folder);
	(void)snprintf(s->data, sizeof(s->data), "%s/data", folder);
	if (program == NULL)
		(void)snprintf(s->program, sizeof(s->program), "%s/headwaterd",
		    options.build);
	else
		(void)snprintf(s->program, sizeof(s->program), "%s", program);
	make_key(s);
	make_signers(s);
}

void
subject_make(struct subject *s, const char *program)
{
	const char *base = getenv("TMPDIR");
	char folder[PATH_MAX / 4];

	(void)snprintf(folder, sizeof(folder), "%s/headwater-killer-XXXXXX",
	    base != NULL && base[0] != '\0' ? base : "/tmp");
	if (mkdtemp(folder) == NULL)
		bail_out(folder);
	subject_make_in(s, program, folder);
}

void
subject_remove(struct subject *s)
{
	if (s->pid != 0)
		subject_kill(s);
	for (size_t i = 0; i < WRITERS; i++)
		key_secret_free(s->publishers[i]);
	remove_tree(s->folder);
}

bool
subject_is_marked(const struct subject *s)
{
	char path[PATH_MAX];
	struct stat st;

	(void)snprintf(path, sizeof(path), "%s/failed", s->data);
	return stat(path, &st) == 0;
}

void
subject_show(const struct subject *s)
{
	char line[512];
	FILE *file = fopen(subject_path(s, "daemon.log"), "re");
	char kept[6][512] = { "" };
	size_t count = 0;

	if (file == NULL)
		return;
	while (fgets(line, sizeof(line), file) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		(void)snprintf(kept[count++ % 6], sizeof(kept[0]), "%s", line);
	}
	(void)fclose(file);
	for (size_t i = count < 6 ? 0 : count - 6; i < count; i++)
		note_line("daemon: %s", kept[i % 6]);
}

/* ---- starting ---- */

static void
execute(const struct subject *s)
{
	char *args[ARGV_MAX * 2] = { NULL };
	size_t n = 0;
	const char *const own[] = { s->program, "--data", s->data, "--key",
		subject_path(s, "key"), "--signers",
		subject_path(s, "allowed_signers"), "--listen", "127.0.0.1:0",
		s->option };

	/* it must not outlive a test that is killed itself */
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	redirect(subject_path(s, "daemon.log"));
	if (s->fault != NULL)
		(void)setenv("HEADWATER_FAULT", s->fault, 1);
	if (s->preload != NULL)
		(void)setenv("LD_PRELOAD", s->preload, 1);
	for (size_t i = 0; s->wrapper[i] != NULL; i++)
		args[n++] = argument(s->wrapper[i]);
	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		args[n++] = argument(own[i]);
	(void)execvp(args[0], args);
	_exit(127);
}

void
subject_launch(struct subject *s)
{
	s->port = 0;
	s->signer = 0;
	/* the log of the last run tells of another port */
	(void)unlink(subject_path(s, "daemon.log"));
	(void)fflush(stdout);
	s->pid = fork();
	if (s->pid == -1)
		bail_out("fork");
	if (s->pid == 0)
		execute(s);
}

static int
read_port(const struct subject *s)
{
	char line[1024];
	int port = 0;
	FILE *file = fopen(subject_path(s, "daemon.log"), "re");

	if (file == NULL)
		return 0;
	while (port == 0 && fgets(line, sizeof(line), file) != NULL) {
		const char *at =
		    strstr(line, " listening address=\"127.0.0.1:");
		/* a line that is not whole yet is read again */
		if (at != NULL && strchr(line, '\n') != NULL)
			port = (int)strtol(at + 30, NULL, 10);
	}
	(void)fclose(file);
	return port;
}

static pid_t
child_of(pid_t pid)
{
	char path[128];
	char text[64] = "";

	(void)snprintf(path, sizeof(path), "/proc/%ld/task/%ld/children",
	    (long)pid, (long)pid);
	FILE *file = fopen(path, "re");
	if (file == NULL)
		return 0;
	if (fgets(text, sizeof(text), file) == NULL)
		text[0] = '\0';
	(void)fclose(file);
	return (pid_t)strtol(text, NULL, 10);
}

/* Its signer ends with it, within a second; we inherit and bury it. */
static void
bury_signer(struct subject *s)
{
	uint64_t end_ms = now_ms() + SIGNER_WAIT_MS + 500;
	pid_t pid = 0;

	if (s->signer == 0)
		return;
	while (pid == 0 && now_ms() < end_ms) {
		pid = waitpid(s->signer, NULL, WNOHANG);
		if (pid == 0)
			sleep_us(500);
	}
	if (pid == 0) {
		outcome(false, "the signer outlives its daemon");
		(void)kill(s->signer, SIGKILL);
		(void)waitpid(s->signer, NULL, 0);
	}
	s->signer = 0;
}

int
subject_wait(struct subject *s, uint64_t wait_ms)
{
	uint64_t end_ms = now_ms() + wait_ms;
	int status = 0;
	pid_t pid = 0;

	while (pid == 0) {
		if (s->signer == 0)
			s->signer = child_of(s->pid);
		pid = waitpid(s->pid, &status, WNOHANG);
		if (pid == 0 && now_ms() >= end_ms)
			return -1;
		if (pid == 0)
			sleep_us(500);
	}
	s->pid = 0;
	bury_signer(s);
	return status_of(status);
}

int
subject_await(struct subject *s)
{
	uint64_t end_ms = now_ms() + START_WAIT_MS;

	while (now_ms() < end_ms) {
		int status = subject_wait(s, 0);
		if (status != -1)
			return status == 0 ? START_HANGS : status;
		s->port = read_port(s);
		if (s->port != 0)
			return 0;
		sleep_us(1000);
	}
	subject_kill(s);
	return START_HANGS;
}

int
subject_start(struct subject *s)
{
	uint64_t end_ms = now_ms() + START_WAIT_MS;
	int status;

	/* the signer of the one before may still be ending */
	do {
		subject_launch(s);
		status = subject_await(s);
	} while (status == START_IS_LOCKED && now_ms() < end_ms);
	s->fault = NULL;
	s->preload = NULL;
	s->option = NULL;
	memset(s->wrapper, 0, sizeof(s->wrapper));
	return status;
}

void
subject_kill(struct subject *s)
{
	if (s->pid == 0)
		return;
	if (s->signer == 0)
		s->signer = child_of(s->pid);
	(void)kill(s->pid, SIGKILL);
	if (subject_wait(s, 5000) == -1)
		bail_out("it cannot be killed");
}

int
subject_stop(struct subject *s)
{
	(void)kill(s->pid, SIGTERM);
	int status = subject_wait(s, 7000);
	if (status == -1)
		subject_kill(s);
	return status;
}

int
subject_run(struct subject *s, const char *action)
{
	return RUN(s, s->program, "--data", s->data, "--key",
	    subject_path(s, "key"), action);
}
