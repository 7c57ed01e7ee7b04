/*
 * Kills: at random moments, and at each named step of the write path.
 */
#include <signal.h>
#include <unistd.h>

#include "tests/fault/killer.h"

#define ROUNDS_QUICK 28
#define ROUNDS_LONG 2000
#define ROUNDS_A_LOG 28 /* then a new one: looking at all costs what it holds */
#define SIGNER_GONE_MS 1000

struct trial {
	struct subject s;
	struct journal j;
	size_t acked;
	size_t settled;
};

static void
begin(struct trial *t, const char *program)
{
	journal_init(&t->j);
	subject_make(&t->s, program);
}

static void
end(struct trial *t)
{
	t->acked += t->j.acked_count;
	subject_remove(&t->s);
	journal_done(&t->j);
}

/* ---- one round each ---- */

static void
kill_daemon(struct trial *t)
{
	struct load *load = load_start(&t->s, &t->j);

	sleep_us(1000 + random_below(options.is_long ? 400000 : 200000));
	subject_kill(&t->s);
	load_stop(load);
}

/* A3: waiting writers hear of it, the daemon is gone within a second. */
static void
kill_signer(struct trial *t)
{
	struct load *load = load_start(&t->s, &t->j);

	load_await(load, 1, 3000);
	sleep_us(random_below(100000));
	uint64_t before_ms = now_ms();
	(void)kill(t->s.signer, SIGKILL);
	int status = subject_wait(&t->s, 3 * SIGNER_GONE_MS);
	uint64_t took_ms = now_ms() - before_ms;
	if (status <= 0 || status >= ENDED_BY_SIGNAL)
		journal_violated(
		    &t->j, "without its signer, it ended with %d", status);
	else if (took_ms > SIGNER_GONE_MS + 100)
		journal_violated(&t->j,
		    "without its signer, it stayed for %llu ms",
		    (unsigned long long)took_ms);
	load_stop(load);
}

/* A10: what is in flight is answered, status 0. */
static void
stop_daemon(struct trial *t)
{
	struct load *load = load_start(&t->s, &t->j);

	load_await(load, 1, 3000);
	sleep_us(random_below(100000));
	uint64_t before_ms = now_ms();
	int status = subject_stop(&t->s);
	if (status != 0)
		journal_violated(&t->j, "SIGTERM: it ended with %d", status);
	else if (now_ms() - before_ms > 5500)
		journal_violated(&t->j, "SIGTERM: it took too long");
	load_stop(load);
}

/* A4: killed while it starts, and while it starts again. */
static void
kill_starts(struct trial *t)
{
	kill_daemon(t);
	for (int i = 0; i < 4; i++) {
		subject_launch(&t->s);
		sleep_us(random_below(40000));
		subject_kill(&t->s);
	}
}

static void
kill_reindex(struct trial *t)
{
	pid_t pid;

	kill_daemon(t);
	(void)fflush(stdout);
	pid = fork();
	if (pid == 0) {
		(void)freopen("/dev/null", "w", stderr);
		(void)execl(t->s.program, t->s.program, "--data", t->s.data,
		    "--reindex", (char *)NULL);
		_exit(127);
	}
	struct subject other = t->s;
	other.pid = pid;
	other.signer = 0;
	sleep_us(random_below(20000));
	subject_kill(&other);
}

static const struct {
	const char *name;
	void (*run)(struct trial *t);
} kinds[] = {
	{ "the daemon killed", kill_daemon },
	{ "the signer killed", kill_signer },
	{ "the daemon killed", kill_daemon },
	{ "starts killed, one after another", kill_starts },
	{ "the daemon killed", kill_daemon },
	{ "ended by SIGTERM", stop_daemon },
	{ "--reindex killed", kill_reindex },
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

/* One round: from a running log to a running log. */
static bool
round_of(struct trial *t, size_t round)
{
	kinds[round % KINDS].run(t);
	if (subject_is_marked(&t->s))
		journal_violated(&t->j, "a failure marker without a failure");
	/* before recovery or after it, both must be clean */
	if (round % 2 == 0 && !check_is_clean(&t->s, &t->j))
		return false;
	return start_and_verify(&t->s, &t->j);
}

static void
finish(struct trial *t, bool *is_good)
{
	if (*is_good && subject_stop(&t->s) != 0) {
		journal_violated(&t->j, "SIGTERM at the end");
		*is_good = false;
	}
	*is_good = *is_good && check_is_clean(&t->s, &t->j);
	if (*is_good)
		return;
	note_line("%s", t->j.violation);
	subject_show(&t->s);
}

static bool
kill_a_log(size_t rounds, size_t *acked, size_t *killed)
{
	struct trial t = { .acked = 0 };
	size_t round;

	begin(&t, NULL);
	bool is_good = start_and_verify(&t.s, &t.j);
	for (round = 0; is_good && round < rounds && may_go_on(); round++) {
		is_good = round_of(&t, round);
		if (!is_good)
			note_line(
			    "round %zu: %s", round, kinds[round % KINDS].name);
	}
	finish(&t, &is_good);
	*killed += round;
	end(&t);
	*acked += t.acked;
	return is_good;
}

void
group_kill(void)
{
	size_t wanted = options.is_long ? ROUNDS_LONG : ROUNDS_QUICK;
	size_t acked = 0;
	size_t killed = 0;
	bool is_good = true;

	while (is_good && killed < wanted && may_go_on()) {
		size_t left = wanted - killed;
		is_good = kill_a_log(
		    left < ROUNDS_A_LOG ? left : ROUNDS_A_LOG, &acked, &killed);
		if (options.is_long)
			note_line(
			    "%zu rounds, %zu acknowledged", killed, acked);
	}
	outcome(is_good && acked > 0,
	    "%zu kills at random: %zu acknowledged records, none lost", killed,
	    acked);
}

/* ---- at each named step ---- */

enum when {
	AT_FIRST_START = 1, /* is passed when a log is made */
	AT_START = 2,	    /* is passed by each start */
	UNDER_LOAD = 4,
};

struct point {
	const char *name;
	unsigned when;
	bool is_signers;  /* the signer dies of it; the daemon must end */
	const char *mode; /* ":error", or nothing: it is killed there */
};

#define DAEMON false
#define SIGNER true

static const struct point points[] = {
	{ "sequencer-taken", AT_FIRST_START | UNDER_LOAD, DAEMON, "" },
	{ "commit-before", AT_FIRST_START | UNDER_LOAD, DAEMON, "" },
	{ "commit-after", AT_FIRST_START | UNDER_LOAD, DAEMON, "" },
	{ "commit-error", AT_FIRST_START | UNDER_LOAD, DAEMON, ":error" },
	{ "commit-unknown", AT_FIRST_START | UNDER_LOAD, DAEMON, ":error" },
	{ "seal-before", AT_FIRST_START | UNDER_LOAD, DAEMON, "" },
	{ "seal-after", AT_FIRST_START | UNDER_LOAD, DAEMON, "" },
	{ "publish-before", AT_START | UNDER_LOAD, DAEMON, "" },
	{ "publish-after", AT_START | UNDER_LOAD, DAEMON, "" },
	{ "answer-before", UNDER_LOAD, DAEMON, "" },
	{ "index-commit-before", AT_FIRST_START | UNDER_LOAD, DAEMON, "" },
	{ "index-commit-after", AT_FIRST_START | UNDER_LOAD, DAEMON, "" },
	{ "index-commit-error", AT_FIRST_START | UNDER_LOAD, DAEMON, ":error" },
	{ "index-commit-unknown", AT_FIRST_START | UNDER_LOAD, DAEMON,
	    ":error" },
	{ "grow-error", AT_FIRST_START | UNDER_LOAD, DAEMON, ":error" },
	{ "store-made", AT_FIRST_START, DAEMON, "" },
	{ "store-renamed", AT_FIRST_START, DAEMON, "" },
	{ "file-written", AT_FIRST_START, DAEMON, "" },
	{ "file-sync", AT_FIRST_START, DAEMON, ":error" },
	{ "signer-before-state", AT_FIRST_START | UNDER_LOAD, SIGNER, "" },
	{ "signer-state-write", AT_START | UNDER_LOAD, SIGNER, ":error" },
	{ "signer-state-written", AT_START | UNDER_LOAD, SIGNER, "" },
	{ "signer-state-sync", AT_START | UNDER_LOAD, SIGNER, ":error" },
	{ "signer-after-state", AT_FIRST_START | UNDER_LOAD, SIGNER, "" },
	{ "signer-before-sign", AT_START | UNDER_LOAD, SIGNER, "" },
	{ "signer-after-sign", AT_START | UNDER_LOAD, SIGNER, "" },
	{ "signer-before-answer", AT_START | UNDER_LOAD, SIGNER, "" },
	{ "signer-flip", AT_FIRST_START | UNDER_LOAD, SIGNER, ":error" },
};
#define POINTS (sizeof(points) / sizeof(points[0]))

static char fault_text[96];

static void
arm(struct subject *s, const struct point *point, uint64_t count)
{
	(void)snprintf(fault_text, sizeof(fault_text), "%s:%llu%s", point->name,
	    (unsigned long long)count, point->mode);
	s->fault = fault_text;
}

/* By SIGKILL at its own hand, or of itself because of an error: never by another
 * signal, never with success. */
static bool
is_legal_end(const struct point *point, int status)
{
	bool is_own = point->is_signers || point->mode[0] != '\0';

	return is_own ? status > 0 && status < ENDED_BY_SIGNAL
		      : status == ENDED_BY_SIGNAL + SIGKILL;
}

/* Dies in a start at the point, and again in the next one, unless the first came
 * so far that there is nothing left to do. */
static bool
die_at_start(struct trial *t, const struct point *point)
{
	for (int i = 0; i < 2; i++) {
		arm(&t->s, point, 1);
		int status = subject_start(&t->s);
		bool is_done = i > 0 && status == 0;
		if (is_done)
			subject_kill(&t->s);
		else if (!is_legal_end(point, status))
			journal_violated(&t->j, "%s: start %d ended with %d",
			    point->name, i, status);
	}
	return !journal_is_violated(&t->j);
}

static bool
die_under_load(struct trial *t, const struct point *point)
{
	/* the file grows rarely */
	bool is_rare = strcmp(point->name, "grow-error") == 0;
	arm(&t->s, point, is_rare ? 1 : 4 + random_below(12));
	int status = subject_start(&t->s);
	if (status != 0) {
		/* the count was reached before: legal for what a start passes */
		if (!is_legal_end(point, status))
			journal_violated(&t->j, "%s: a start ended with %d",
			    point->name, status);
		return !journal_is_violated(&t->j);
	}
	t->j.may_fail = point->mode[0] != '\0';
	struct load *load = load_start(&t->s, &t->j);
	status = subject_wait(&t->s, 5000);
	if (status == -1)
		subject_kill(&t->s);
	load_stop(load);
	t->j.may_fail = false;
	if (!is_legal_end(point, status))
		journal_violated(&t->j, "%s: under load it ended with %d",
		    point->name, status);
	return !journal_is_violated(&t->j);
}

static bool
run_point(struct trial *t, const struct point *point)
{
	bool is_good = true;

	if (point->when & AT_FIRST_START)
		is_good = die_at_start(t, point);
	is_good = is_good && start_and_verify(&t->s, &t->j);
	if (is_good && point->when & UNDER_LOAD) {
		/* what recovery finds must be more than nothing */
		kill_daemon(t);
		is_good = die_under_load(t, point);
		/* the recovery from it dies as well, twice */
		if (is_good && point->when & AT_START)
			is_good = die_at_start(t, point);
		is_good = is_good && start_and_verify(&t->s, &t->j);
	}
	finish(t, &is_good);
	return is_good;
}

void
group_points(void)
{
	for (size_t round = 0; round == 0 || (options.is_long && may_go_on());
	     round++) {
		for (size_t i = 0; i < POINTS && may_go_on(); i++) {
			struct trial t = { .acked = 0 };
			begin(&t, NULL);
			bool is_good = run_point(&t, &points[i]);
			end(&t);
			outcome(is_good, "dies at %s%s (%zu acknowledged)",
			    points[i].name, points[i].mode, t.acked);
		}
	}
}

bool
point_catches(const char *program, const char *name)
{
	bool is_good = true;

	for (size_t i = 0; i < POINTS; i++) {
		struct trial t = { .acked = 0 };
		if (strcmp(points[i].name, name) != 0)
			continue;
		begin(&t, program);
		is_good = run_point(&t, &points[i]) && is_good;
		end(&t);
	}
	return !is_good;
}
