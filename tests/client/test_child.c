#include "client/child.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include "tests/folder.h"
#include "tests/unit.h"

/* What the children print goes to stderr, which no row looks at. */
static const struct row {
	const char *name;
	const char *script;
	int status;
	const char *log; /* NULL: its order is not fixed */
} rows[] = {
	{ "a command that prints nothing", "true", 0, "" },
	{ "what is printed on stdout", "echo out", 0, "out\n" },
	{ "what is printed on stderr", "echo err >&2", 0, "err\n" },
	{ "both, one after the other", "echo a; sleep 0.2; echo b >&2", 0,
	    "a\nb\n" },
	{ "a status", "exit 7", 7, "" },
	{ "the highest status", "exit 255", 255, "" },
	{ "a signal", "kill -9 $$", 137, "" },
	{ "another signal", "kill -15 $$", 143, "" },
	{ "SIGPIPE as it was before us", "kill -13 $$; true", 141, "" },
	{ "a closed stdout", "exec >&-; exec 2>&-; sleep 0.1; exit 3", 3, "" },
	{ "no file of ours left open",
	    "for f in /proc/$$/fd/*; do echo ${f##*/}; done", 0, NULL },
};

static void
test_row(void **state)
{
	const struct row *row = *state;
	char sh[] = "sh";
	char c[] = "-c";
	char script[256];
	char *argv[] = { sh, c, script, NULL };
	struct child child;

	(void)snprintf(script, sizeof(script), "%s", row->script);
	assert_err(ERR_OK, child_run(argv, -1, &child, NULL));
	assert_int_equal(row->status, child.status);
	assert_false(child.is_kept);
	assert_false(child.left_others);
	assert_true(child.started_ms <= child.finished_ms);
	assert_true(child.started_ms > 1000000000000);
	if (row->log == NULL)
		return;
	struct hash expected = sha256_of(span_of_text(row->log));
	assert_int_equal(strlen(row->log), child.log_len);
	assert_true(hash_equal(&expected, &child.log));
}

/* Megabytes: nothing lost, the same in the kept text. */
static void
test_much(void **state)
{
	char sh[] = "sh";
	char c[] = "-c";
	char script[] = "seq 1 100000 2>&1";
	char *argv[] = { sh, c, script, NULL };
	char path[] = "/tmp/headwater-child-XXXXXX";
	int keep = mkstemp(path);
	static char text[1 << 20];
	int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
	int stderr_fd = dup(STDERR_FILENO);
	struct child child;

	(void)state;
	assert_true(keep >= 0 && nowhere >= 0 && stderr_fd >= 0);
	/* it passes through, and nobody wants to read that much */
	assert_true(dup2(nowhere, STDERR_FILENO) == STDERR_FILENO);
	enum err err = child_run(argv, keep, &child, NULL);
	assert_true(dup2(stderr_fd, STDERR_FILENO) == STDERR_FILENO);
	(void)close(stderr_fd);
	(void)close(nowhere);
	assert_err(ERR_OK, err);
	assert_true(child.is_kept);
	assert_int_equal(588895, child.log_len);
	assert_int_equal(588895, pread(keep, text, sizeof(text), 0));
	struct hash expected = sha256_of(span_of(text, child.log_len));
	assert_true(hash_equal(&expected, &child.log));
	close(keep);
	(void)unlink(path);
}

static void
test_not_found(void **state)
{
	char none[] = "no-such-command-here";
	char dir[] = "/etc";
	char *first[] = { none, NULL };
	char *second[] = { dir, NULL };
	struct why w = { 0 };
	struct child child;

	(void)state;
	assert_err(ERR_OK, child_run(first, -1, &child, &w));
	assert_int_equal(CHILD_NOT_FOUND, child.status);
	assert_non_null(strstr(w.text, none));
	assert_err(ERR_OK, child_run(second, -1, &child, &w));
	assert_int_equal(CHILD_NOT_RUNNABLE, child.status);
}

/* What it leaves in the background does not keep us waiting. */
static void
test_background(void **state)
{
	char sh[] = "sh";
	char c[] = "-c";
	char script[] = "echo first; sleep 30 & exit 5";
	char *argv[] = { sh, c, script, NULL };
	struct child child;

	(void)state;
	assert_err(ERR_OK, child_run(argv, -1, &child, NULL));
	assert_int_equal(5, child.status);
	assert_true(child.left_others);
	assert_int_equal(6, child.log_len);
}

/* SIGTERM to us ends the command, and we say how it ended. */
struct sending {
	int number;
	char folder[FOLDER_MAX];
};

/* When the command is there; SIGINT it is not told, so it looks for a file. */
static void *
send_when_ready(void *context)
{
	const struct sending *sending = context;
	char path[FOLDER_PATH_MAX];
	sigset_t all;

	/* the program has one thread, which takes it when the command is known */
	sigfillset(&all);
	(void)pthread_sigmask(SIG_BLOCK, &all, NULL);
	(void)folder_path(path, sending->folder, "ready");
	for (unsigned i = 0; i < 4000 && access(path, F_OK) != 0; i++)
		usleep(5000);
	kill(getpid(), sending->number);
	(void)folder_path(path, sending->folder, "told");
	if (sending->number == SIGINT)
		(void)fclose(fopen(path, "w"));
	return NULL;
}

static void
check_signal(int number, const char *trap, int status)
{
	char sh[] = "sh";
	char c[] = "-c";
	char script[2 * FOLDER_PATH_MAX];
	char *argv[] = { sh, c, script, NULL };
	struct sending sending = { .number = number };
	struct child child;
	pthread_t thread;

	folder_make(sending.folder);
	(void)snprintf(script, sizeof(script),
	    "%s; cd %s; n=0; echo >ready; "
	    "until [ -e told ] || [ $n = 300 ]; do sleep 0.1; n=$((n + 1)); "
	    "done; exit 9",
	    trap, sending.folder);
	assert_int_equal(
	    0, pthread_create(&thread, NULL, send_when_ready, &sending));
	assert_err(ERR_OK, child_run(argv, -1, &child, NULL));
	pthread_join(thread, NULL);
	folder_remove(sending.folder);
	assert_int_equal(status, child.status);
}

static void
test_signals(void **state)
{
	(void)state;
	check_signal(SIGTERM, ":", 143);
	check_signal(SIGTERM, "trap 'exit 4' TERM", 4);
	check_signal(SIGHUP, ":", 129);
	/* the terminal tells the command itself; we only wait */
	check_signal(SIGINT, ":", 9);
}

int
main(int argc, char **argv)
{
	UNIT_ROWS(rows, test_row);
	UNIT(test_much);
	UNIT(test_not_found);
	UNIT(test_background);
	UNIT(test_signals);
	(void)signal(SIGPIPE, SIG_IGN); /* as main has it */
	return unit_run(argc, argv);
}
