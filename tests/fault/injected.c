/*
 * Errors of system calls, injected by strace, once and for ever, into each call
 * of a session that can fail.  strace counts for each thread apart: the first
 * write of the sequencer, of the indexer and of the signer each fail.
 */
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/fault/killer.h"

static const char *const session_calls[] = { "pwrite64", "writev",
	"fdatasync" };
static const char *const start_calls[] = { "pwrite64", "writev", "fdatasync",
	"fsync", "ftruncate", "openat", "rename", "linkat", "pread64", "mmap" };
static const char *const errors[] = { "EIO", "ENOSPC", "EDQUOT", "EINTR" };

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

struct injection {
	const char *call;
	const char *error;
	unsigned when;
	bool is_for_ever;
	bool is_signer; /* its process, not the daemon's */
};

static char trace_text[64];
static char inject_text[128];

static void
print_injection(const struct injection *in)
{
	(void)snprintf(trace_text, sizeof(trace_text), "trace=%s", in->call);
	(void)snprintf(inject_text, sizeof(inject_text),
	    "inject=%s:error=%s:when=%u%s", in->call, in->error, in->when,
	    in->is_for_ever ? "+" : "");
}

static pid_t
attach(pid_t pid)
{
	char number[16];
	char path[64];
	char text[4096];
	bool is_traced = false;

	(void)snprintf(number, sizeof(number), "%ld", (long)pid);
	(void)fflush(stdout);
	pid_t tracer = fork();
	if (tracer == 0) {
		(void)freopen("/dev/null", "w", stderr);
		(void)execlp("strace", "strace", "-f", "-qq", "-o", "/dev/null",
		    "-e", trace_text, "-e", inject_text, "-p", number,
		    (char *)NULL);
		_exit(127);
	}
	(void)snprintf(path, sizeof(path), "/proc/%ld/status", (long)pid);
	for (int i = 0; !is_traced && i < 2000; i++) {
		FILE *file = fopen(path, "re");
		size_t len =
		    file == NULL ? 0 : fread(text, 1, sizeof(text) - 1, file);
		if (file != NULL)
			(void)fclose(file);
		text[len] = '\0';
		const char *at = strstr(text, "TracerPid:\t");
		is_traced = at != NULL && at[11] != '0';
		sleep_us(500);
	}
	sleep_us(10000); /* its other threads */
	return tracer;
}

static void
detach(pid_t tracer)
{
	(void)kill(tracer, SIGTERM);
	(void)waitpid(tracer, NULL, 0);
}

/* It may go on (the call was none that counts), or must end because of it. */
static void
judge_end(struct subject *s, struct journal *j, const struct injection *in,
    int status)
{
	/* LMDB begins a write anew that was interrupted; a sync it does not */
	bool may_go_on = strcmp(in->error, "EINTR") == 0;

	if (status == -1) {
		if (!may_go_on)
			journal_violated(j, "it goes on");
		return;
	}
	if (status == 0 || status >= ENDED_BY_SIGNAL)
		journal_violated(j, "it ended with %d", status);
	else if (!in->is_for_ever && !in->is_signer && !subject_is_marked(s))
		journal_violated(j, "no failure marker");
}

static bool
inject_into_session(
    struct subject *s, struct journal *j, const struct injection *in)
{
	print_injection(in);
	pid_t tracer = attach(in->is_signer ? s->signer : s->pid);
	j->may_fail = true;
	struct load *load = load_start(s, j);
	int status = subject_wait(s, 1500);
	load_stop(load);
	j->may_fail = false;
	judge_end(s, j, in, status);
	subject_kill(s);
	detach(tracer);
	return !journal_is_violated(j) && check_is_clean(s, j) &&
	    start_and_verify(s, j);
}

static bool
inject_into_start(
    struct subject *s, struct journal *j, const struct injection *in)
{
	static const char *const words[] = { "strace", "-D", "-f", "-qq", "-o",
		"/dev/null", "-e", trace_text, "-e", inject_text };

	subject_kill(s);
	print_injection(in);
	memcpy(s->wrapper, words, sizeof(words));
	int status = subject_start(s);
	if (status == START_HANGS)
		journal_violated(j, "a start hangs");
	else if (status >= ENDED_BY_SIGNAL)
		journal_violated(j, "a start ended with %d", status);
	subject_kill(s);
	return !journal_is_violated(j) && start_and_verify(s, j);
}

struct series {
	struct subject s;
	struct journal j;
	size_t runs;
	bool is_good;
};

static void
run_one(struct series *series, const struct injection *in, bool is_start)
{
	if (!series->is_good || !may_go_on())
		return;
	series->is_good = is_start
	    ? inject_into_start(&series->s, &series->j, in)
	    : inject_into_session(&series->s, &series->j, in);
	series->runs++;
	if (series->is_good)
		return;
	note_line("%s %s when=%u%s of the %s: %s", in->call, in->error,
	    in->when, in->is_for_ever ? "+" : "",
	    is_start		? "start"
		: in->is_signer ? "signer"
				: "daemon",
	    series->j.violation);
	subject_show(&series->s);
}

static void
begin(struct series *series)
{
	*series = (struct series){ .is_good = true };
	journal_init(&series->j);
	subject_make(&series->s, NULL);
	series->is_good = start_and_verify(&series->s, &series->j);
}

static void
end(struct series *series)
{
	subject_remove(&series->s);
	journal_done(&series->j);
}

static void
try_session(const char *call, bool is_signer)
{
	struct series series;
	size_t error_count = options.is_long ? COUNT(errors) : 2;
	uint64_t when_max = options.is_long ? 20 : 5;

	begin(&series);
	for (size_t e = 0; e < error_count; e++) {
		for (unsigned i = 0; i < 2; i++) {
			struct injection in = {
				.call = call,
				.error = errors[e],
				.when = 1 + (unsigned)random_below(when_max),
				.is_for_ever = i % 2 == 1,
				.is_signer = is_signer,
			};
			run_one(&series, &in, false);
		}
	}
	outcome(series.is_good, "%s of the %s fails, %zu times", call,
	    is_signer ? "signer" : "daemon", series.runs);
	end(&series);
}

static void
try_interrupted(void)
{
	struct series series;

	begin(&series);
	for (size_t c = 0; c < COUNT(session_calls); c++) {
		struct injection in = {
			.call = session_calls[c], .error = "EINTR", .when = 2
		};
		run_one(&series, &in, false);
	}
	outcome(series.is_good, "interrupted calls, %zu times", series.runs);
	end(&series);
}

/* The loader's come first, and it does not survive their failure: `--version`
 * makes them, and one of its own. */
static unsigned
first_mmap(const struct subject *s)
{
	char line[512];
	unsigned count = 0;

	if (RUN(s, "strace", "-qq", "-e", "trace=mmap", s->program,
		"--version") != 0)
		bail_out("--version");
	FILE *file = fopen(subject_path(s, "out"), "re");
	while (file != NULL && fgets(line, sizeof(line), file) != NULL)
		count += strncmp(line, "mmap(", 5) == 0;
	if (file != NULL)
		(void)fclose(file);
	return count;
}

static void
try_start(const char *call)
{
	struct series series;
	unsigned count = options.is_long ? 6 : 2;
	uint64_t when_max = options.is_long ? 40 : 12;
	bool is_mmap = strcmp(call, "mmap") == 0;

	begin(&series);
	unsigned first = is_mmap ? first_mmap(&series.s) : 1;
	for (unsigned i = 0; i < count; i++) {
		struct injection in = {
			.call = call,
			.error = is_mmap ? "ENOMEM" : errors[random_below(2)],
			.when = first + (unsigned)random_below(when_max),
			.is_for_ever = random_below(3) == 0,
		};
		run_one(&series, &in, true);
	}
	outcome(series.is_good, "%s fails in a start, %zu times", call,
	    series.runs);
	end(&series);
}

static bool
can_trace(void)
{
	return can_run((const char *const[]){ "strace", "-f", "-qq", "-o",
	    "/dev/null", "-e", "inject=uname:error=EIO", "true", NULL });
}

void
group_inject(void)
{
	if (!can_trace())
		skip_all("needs strace, and to be let");
	do {
		for (size_t i = 0; i < COUNT(session_calls); i++)
			try_session(session_calls[i], false);
		try_session("pwrite64", true);
		try_session("fdatasync", true);
		try_interrupted();
		for (size_t i = 0; i < COUNT(start_calls); i++)
			try_start(start_calls[i]);
	} while (options.is_long && may_go_on());
}
