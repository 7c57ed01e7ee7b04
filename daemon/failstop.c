#include "daemon/failstop.h"

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <ucontext.h>
#include <unistd.h>

#define STACK_LEN 16384
#define NULL_PAGES_LEN ((uintptr_t)65536) /* Linux maps nothing below */

static volatile sig_atomic_t exit_status;

void
failstop_set_status(int status)
{
	exit_status = status;
}

_Noreturn void
failstop_end(const char *sentence)
{
	static const char before[] = "headwaterd: ";
	static const char after[] = "; headwaterd --check names what is hit\n";

	(void)!write(STDERR_FILENO, before, sizeof(before) - 1);
	(void)!write(STDERR_FILENO, sentence, strlen(sentence));
	(void)!write(STDERR_FILENO, after, sizeof(after) - 1);
	_exit(exit_status);
}

/* Where the linker put our own code, libraries apart. */
extern const char __executable_start; /* NOLINT: the linker's name */
extern const char etext;

static bool
is_in_our_code(const ucontext_t *context)
{
#if defined(__x86_64__)
	uintptr_t at = (uintptr_t)context->uc_mcontext.gregs[REG_RIP];
#elif defined(__aarch64__)
	uintptr_t at = (uintptr_t)context->uc_mcontext.pc;
#else
	uintptr_t at = 0;
	(void)context;
#endif
	const uintptr_t begin = (uintptr_t)&__executable_start;
	const uintptr_t end = (uintptr_t)&etext;

	return at - begin < end - begin;
}

/* Of a page; not sent by somebody, no null pointer of ours.  SI_KERNEL: an
 * address that no page can have, which is not told. */
static bool
is_of_a_page(const siginfo_t *info, const ucontext_t *context)
{
	if (info->si_code == SI_KERNEL)
		return true;
	bool is_null = (uintptr_t)info->si_addr < NULL_PAGES_LEN;
	return info->si_code > 0 && !(is_null && is_in_our_code(context));
}

/* A handler that returns meets the same address again: that is what a null
 * pointer is left to. */
static void
on_signal(int number, siginfo_t *info, void *context)
{
	if (number == SIGBUS)
		failstop_end("a stored page could not be read (SIGBUS): the "
			     "disk fails or a file was cut off");
	if (is_of_a_page(info, context))
		failstop_end("a stored page is damaged (SIGSEGV)");
	(void)signal(number, SIG_DFL);
}

void
failstop_start(int status)
{
	static char stack[STACK_LEN];
	const stack_t alternate = { .ss_sp = stack, .ss_size = sizeof(stack) };
	struct sigaction action = { .sa_flags = SA_ONSTACK | SA_SIGINFO };

	action.sa_sigaction = on_signal;
	exit_status = status;
	(void)sigaltstack(&alternate, NULL);
	(void)sigaction(SIGBUS, &action, NULL);
	(void)sigaction(SIGSEGV, &action, NULL);
}
