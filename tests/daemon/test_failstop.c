/* failstop: what ends the process, with which status, and what stays a signal. */
#include "tests/unit.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/failstop.h"

#define DAMAGED 16
#define SERVING 1

static volatile char sink;

static void
read_at(const volatile char *address)
{
	sink = *address;
}

static void
unmapped(void)
{
	void *page =
	    mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	read_at(page);
}

static void
impossible(void)
{
	read_at((const volatile char *)0x8000000000000000); /* NOLINT */
}

static void
serving(void)
{
	failstop_set_status(SERVING);
	unmapped();
}

/* A file that was cut off under its mapping. */
static void
cut_off(void)
{
	FILE *file = tmpfile();
	void *page;

	if (file == NULL || ftruncate(fileno(file), 4096) != 0)
		_exit(99);
	page = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fileno(file), 0);
	if (ftruncate(fileno(file), 0) != 0)
		_exit(99);
	read_at(page);
}

static void
asserted(void)
{
	failstop_end("it is so");
}

static void
null_pointer(void)
{
	const volatile char *volatile nowhere = NULL;

	read_at(nowhere);
}

/* As LMDB does where a node's flags are wrong: not in our own code. */
static void
null_in_a_library(void)
{
	char *volatile nowhere = NULL;

	sink = (char)strtol(nowhere + 8, NULL, 10);
}

static void
killed(void)
{
	(void)raise(SIGSEGV);
}

static const struct row {
	const char *name;
	void (*act)(void);
	int status;
	int signal;
} rows[] = {
	{ "a page that is not mapped", unmapped, DAMAGED, 0 },
	{ "an address that cannot be", impossible, DAMAGED, 0 },
	{ "the same while it serves", serving, SERVING, 0 },
	{ "a file that was cut off", cut_off, DAMAGED, 0 },
	{ "what is found otherwise", asserted, DAMAGED, 0 },
	{ "a null pointer is our own fault", null_pointer, 0, SIGSEGV },
	{ "one that a library follows is not", null_in_a_library, DAMAGED, 0 },
	{ "a signal that somebody sent", killed, 0, SIGSEGV },
};

static void
test_row(void **state)
{
	const struct row *row = *state;
	int status;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		(void)close(STDERR_FILENO);
		failstop_start(DAMAGED);
		row->act();
		if (row->act == killed)
			(void)raise(
			    SIGSEGV); /* the first one was handed back */
		_exit(98);
	}
	assert_int_equal(child, waitpid(child, &status, 0));
	if (row->signal != 0) {
		assert_true(WIFSIGNALED(status));
		assert_int_equal(row->signal, WTERMSIG(status));
	} else {
		assert_true(WIFEXITED(status));
		assert_int_equal(row->status, WEXITSTATUS(status));
	}
}

int
main(int argc, char **argv)
{
/* sanitizers keep these signals to themselves */
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
	UNIT_ROWS(rows, test_row);
#else
	(void)test_row;
	(void)rows;
#endif
	return unit_run(argc, argv);
}
