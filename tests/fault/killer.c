/*
 * killer GROUP [long [MINUTES]]: runs one group of scenarios, TAP on stdout.  The
 * seed is SEED in the environment, else of the clock, and is printed.
 */
#include "tests/fault/killer.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include "schema/json.h"

struct options options = { .build = ".build/debug", .minutes = 60 };

static uint64_t random_state;
static uint64_t end_ms;
static size_t test_count;
static bool is_bad;

/* splitmix64 */
uint64_t
random_next(void)
{
	uint64_t z = random_state += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

uint64_t
random_below(uint64_t end)
{
	return random_next() % end;
}

uint64_t
now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

void
sleep_us(uint64_t us)
{
	struct timespec t = {
		.tv_sec = (time_t)(us / 1000000),
		.tv_nsec = (long)(us % 1000000) * 1000,
	};

	while (nanosleep(&t, &t) != 0 && errno == EINTR)
		;
}

bool
may_go_on(void)
{
	return !options.is_long || now_ms() < end_ms;
}

void
note_line(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)printf("# ");
	(void)vprintf(format, args);
	(void)printf("\n");
	va_end(args);
	(void)fflush(stdout);
}

void
outcome(bool is_good, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)printf("%sok %zu - ", is_good ? "" : "not ", ++test_count);
	(void)vprintf(format, args);
	(void)printf("\n");
	va_end(args);
	(void)fflush(stdout);
	is_bad |= !is_good;
}

void
skip_all(const char *reason)
{
	(void)printf("1..0 # SKIP %s\n", reason);
	exit(0);
}

void
bail_out(const char *what)
{
	(void)printf("Bail out! %s: %s\n", what, strerror(errno));
	exit(1);
}

static const struct group {
	const char *name;
	void (*run)(void);
} groups[] = {
	{ "kill", group_kill },
	{ "points", group_points },
	{ "inject", group_inject },
	{ "power", group_power },
	{ "disk", group_disk },
	{ "refuse", group_refuse },
	{ "starve", group_starve },
	{ "control", group_control },
	{ "flip", group_flip },
};

/* Timing decides what is killed where, so a sanitizer's build tells nothing. */
static bool
is_other_kind(void)
{
	const char *slash = strrchr(options.build, '/');
	const char *kind = slash == NULL ? options.build : slash + 1;

	return strcmp(kind, "debug") != 0;
}

static void
set_up(void)
{
	struct timespec t;
	const char *build = getenv("HW_BUILD");
	const char *seed = getenv("SEED");

	if (build != NULL)
		options.build = build;
	(void)clock_gettime(CLOCK_REALTIME, &t);
	options.seed =
	    (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
	if (seed != NULL)
		options.seed = strtoull(seed, NULL, 10);
	random_state = options.seed;
	/* a signer whose daemon was killed is ours to bury */
	(void)prctl(PR_SET_CHILD_SUBREAPER, 1);
	(void)signal(SIGPIPE, SIG_IGN);
	if (key_start(NULL) != ERR_OK)
		bail_out("libsodium");
	json_start();
}

int
main(int argc, char **argv)
{
	const struct group *group = NULL;

	set_up();
	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
		if (argc > 1 && strcmp(argv[1], groups[i].name) == 0)
			group = &groups[i];
	}
	if (group == NULL) {
		(void)fprintf(stderr, "usage: killer GROUP [long [MINUTES]]\n");
		return 2;
	}
	options.is_long = argc > 2;
	if (argc > 3)
		options.minutes = strtoull(argv[3], NULL, 10);
	end_ms = now_ms() + options.minutes * 60000;
	if (is_other_kind()) {
		(void)printf(
		    "1..0 # SKIP the killer runs in the debug build\n");
		return 0;
	}
	note_line("SEED=%llu", (unsigned long long)options.seed);
	group->run();
	(void)printf("1..%zu\n", test_count);
	return is_bad;
}
