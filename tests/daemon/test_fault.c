/* fault: the one pass that was asked for, and no misspelled one. */
#include "tests/unit.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/fault.h"

struct fault_row {
	const char *name;
	const char *spec;
	int killed_at; /* pass of FAULT("here"); 0: never */
	int fails_at;  /* of FAULT_FAILS("here") */
	bool is_refused;
};

static const struct fault_row rows[] = {
	{ "fault: none", "", 0, 0, false },
	{ "fault: the first pass", "here", 1, 0, false },
	{ "fault: the third pass", "here:3", 3, 0, false },
	{ "fault: an error", "here:2:error", 0, 2, false },
	{ "fault: never", "here:0", 0, 0, false },
	{ "fault: elsewhere", "there:1", 0, 0, false },
	{ "fault: a longer name", "here2", 0, 0, false },
	{ "fault: no name", ":1", 0, 0, true },
	{ "fault: no count", "here:", 0, 0, true },
	{ "fault: no number", "here:x", 0, 0, true },
	{ "fault: another word", "here:1:eror", 0, 0, true },
	{ "fault: more words", "here:1:error:2", 0, 0, true },
};

/* Passes both five times; ends with 10 × killed pass + failed pass. */
static void
pass_both(void)
{
	int failed = 0;

	for (int i = 1; i <= 5; i++) {
		if (write(STDOUT_FILENO, "x", 1) != 1)
			_exit(99);
		FAULT("here");
		if (FAULT_FAILS("here"))
			failed = i;
	}
	_exit(failed);
}

static int
run(const struct fault_row *row, bool is_environment, int *ret_status)
{
	struct rlimit none = { 0, 0 };
	char passes[16];
	int fds[2];
	int count = 0;

	assert_int_equal(0, pipe(fds));
	pid_t pid = fork();
	if (pid == 0) {
		(void)setrlimit(RLIMIT_CORE, &none);
		(void)signal(SIGABRT, SIG_DFL);
		(void)dup2(fds[1], STDOUT_FILENO);
		(void)close(fds[0]);
		(void)close(fds[1]);
		(void)close(STDERR_FILENO);
		if (is_environment)
			(void)setenv("HEADWATER_FAULT", row->spec, 1);
		else
			fault_set(row->spec);
		pass_both();
	}
	(void)close(fds[1]);
	for (ssize_t len; (len = read(fds[0], passes, sizeof(passes))) > 0;)
		count += (int)len;
	(void)close(fds[0]);
	assert_int_equal(pid, waitpid(pid, ret_status, 0));
	return count;
}

static void
test_fault(void **state)
{
	const struct fault_row *row = *state;

	for (int i = 0; i < 2; i++) {
		int status = 0;
		int count = run(row, i == 1, &status);
		if (row->is_refused) {
			assert_true(
			    WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
		} else if (row->killed_at > 0) {
			assert_true(
			    WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
			assert_int_equal(row->killed_at, count);
		} else {
			assert_true(WIFEXITED(status));
			assert_int_equal(row->fails_at, WEXITSTATUS(status));
			assert_int_equal(5, count);
		}
	}
}

int
main(int argc, char **argv)
{
	UNIT_ROWS(rows, test_fault);
	return unit_run(argc, argv);
}
