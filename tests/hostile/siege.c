/*
 * siege: one attack after the other on a log, while somebody reads from it.
 *
 *	siege --signer      prints the allowed_signers line of its key
 *	siege --to 127.0.0.1:8080 --pid PID --run-ms 500 --worst 20 --tries 3
 *	      --rounds 2 --headers-ms 1000 --body-ms 1000 [--only NAME]
 *
 * Each attack: first an idle stretch, then as long with it.  TAP on stdout: the
 * p99 of the reads is at most `worst` times the idle one (the best of `tries`);
 * none fails; whatever the log must end is ended a second after its deadline;
 * descriptors and waiting requests are as before; the second round of all attacks
 * leaves no more memory than the first, once the log has swept, and none takes more
 * than the log's limits allow.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "schema/key.h"
#include "tests/hostile/plans.h"
#include "tests/hostile/reader.h"
#include "tests/hostile/wire.h"

#define PACE_US 16000	/* 500 reads a second, of all together */
#define SETTLE_MS 60000 /* for descriptors and waiters to come back */
#define SWEEP_MS 65000	/* the log gives back once a minute what is free */
#define GROWTH_KB 16384 /* of memory, from round to round */
#define MOST_KB 327680	/* its limits together: answers, bodies, queue, cache */
#define FLOOR_US 1000	/* an idle p99 below this counts as this much */

struct siege {
	struct sockaddr_in log;
	int pid;
	uint64_t run_ms;
	uint64_t worst;
	uint64_t tries;
	uint64_t rounds;
	uint64_t headers_ms;
	uint64_t body_ms;
	uint64_t spare_ms;
	const char *only;
	struct ammunition ammunition;
	struct reader reader;
	size_t tests;
	size_t failures;
};

struct state {
	size_t memory_kb; /* RssAnon */
	size_t descriptors;
	uint64_t waiting;
	uint64_t connections;
};

static void
pause_ms(long ms)
{
	const struct timespec pause = {
		.tv_sec = ms / 1000,
		.tv_nsec = ms % 1000 * 1000000,
	};

	(void)nanosleep(&pause, NULL);
}

/* ---- what the log uses ---- */

static size_t
memory_of(int pid)
{
	char path[64], line[256];
	size_t kb = 0;

	(void)snprintf(path, sizeof(path), "/proc/%d/status", pid);
	FILE *file = fopen(path, "r");
	if (file == NULL) {
		perror(path);
		exit(2);
	}
	while (fgets(line, sizeof(line), file) != NULL)
		if (strncmp(line, "RssAnon:", 8) == 0)
			kb = strtoul(line + 8, NULL, 10);
	(void)fclose(file);
	return kb;
}

/* The least that it has, up to its next sweep. */
static size_t
swept_memory_of(int pid)
{
	const uint64_t end_us = wire_now_us() + SWEEP_MS * 1000;
	size_t least_kb = memory_of(pid);

	while (wire_now_us() < end_us) {
		pause_ms(100);
		size_t kb = memory_of(pid);
		if (kb < least_kb)
			least_kb = kb;
	}
	return least_kb;
}

static size_t
descriptors_of(int pid)
{
	char path[64];
	size_t count = 0;

	(void)snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	DIR *folder = opendir(path);
	while (folder != NULL && readdir(folder) != NULL)
		count++;
	if (folder != NULL)
		(void)closedir(folder);
	return count;
}

static struct state
look(const struct siege *siege)
{
	return (struct state){
		.memory_kb = memory_of(siege->pid),
		.descriptors = descriptors_of(siege->pid),
		.waiting = wire_metric(&siege->log, "headwater_waiting"),
		.connections =
		    wire_metric(&siege->log, "headwater_connections"),
	};
}

/* Until it is as before, or SETTLE_MS have passed. */
static struct state
settle(const struct siege *siege, const struct state *before)
{
	uint64_t end_us = wire_now_us() + SETTLE_MS * 1000;
	struct state now = look(siege);

	while ((now.descriptors > before->descriptors || now.waiting > 0) &&
	    wire_now_us() < end_us) {
		pause_ms(20);
		now = look(siege);
	}
	return now;
}

/* ---- one attack ---- */

static void
check(struct siege *siege, bool is_fine, const char *name, const char *what)
{
	siege->tests++;
	siege->failures += !is_fine;
	printf("%s %zu - %s: %s\n", is_fine ? "ok" : "not ok", siege->tests,
	    name, what);
}

struct reads {
	uint32_t p50_us;
	uint32_t p99_us;
	size_t failures;
};

static struct reads
read_along(struct siege *siege)
{
	struct reader *reader = &siege->reader;

	reader_start(reader);
	reader_join(reader);
	return (struct reads){
		.p50_us = reader_permille(reader, 500),
		.p99_us = reader_permille(reader, 990),
		.failures = reader->failures,
	};
}

struct result {
	struct attack attack;
	struct reads idle;
	struct reads attacked;
	struct state before;
	struct state after;
	size_t memory_kb; /* during */
};

static bool
reads_go_on(const struct siege *siege, const struct result *r)
{
	uint64_t idle_us =
	    r->idle.p99_us > FLOOR_US ? r->idle.p99_us : FLOOR_US;

	return r->attacked.p99_us <= siege->worst * idle_us;
}

static void
judge(struct siege *siege, const struct result *r)
{
	const struct attack *attack = &r->attack;
	const char *name = attack->name;

	check(siege, r->attacked.failures == 0, name, "every read is answered");
	check(siege, reads_go_on(siege, r), name, "reads go on");
	check(siege,
	    r->after.descriptors <= r->before.descriptors &&
		r->after.waiting == 0,
	    name, "descriptors and waiters come back");
	if (siege->rounds > 1) /* once may be with a sanitizer's own */
		check(siege,
		    r->memory_kb <= MOST_KB && r->after.memory_kb <= MOST_KB,
		    name, "memory is bounded");
	if (attack->limit_ms == 0)
		return;
	check(siege, attack->hung == 0, name, "none hangs");
	check(siege,
	    attack->closed > 0 && attack->longest_ms <= attack->limit_ms, name,
	    "ended in time");
}

static void
print_figures(const struct result *r)
{
	const struct attack *attack = &r->attack;

	printf(
	    "# %-24s p50/p99 idle %u/%u us, attacked %u/%u us: %.1f; opened "
	    "%zu, answers %zu (%zu good), ended %zu, longest %llu ms; memory "
	    "%zu, %zu, %zu KiB\n",
	    attack->name, r->idle.p50_us, r->idle.p99_us, r->attacked.p50_us,
	    r->attacked.p99_us,
	    (double)r->attacked.p99_us / (double)r->idle.p99_us,
	    atomic_load(&attack->opened), attack->answers, attack->good,
	    attack->closed, (unsigned long long)attack->longest_ms,
	    r->before.memory_kb, r->memory_kb, r->after.memory_kb);
}

/* False: it is not asked for. */
static bool
run_once(struct siege *siege, size_t at, struct result *r)
{
	const struct plans_of of = {
		.log = &siege->log,
		.ammunition = &siege->ammunition,
		.headers_ms = siege->headers_ms,
		.body_ms = siege->body_ms,
		.spare_ms = siege->spare_ms,
	};

	*r = (struct result){ .memory_kb = 0 };
	if (!plans_at(at, &of, &r->attack) ||
	    (siege->only != NULL && strcmp(siege->only, r->attack.name) != 0))
		return false;
	r->before = look(siege);
	r->idle = read_along(siege);
	attack_start(&r->attack);
	while (atomic_load(&r->attack.opened) < r->attack.connections)
		pause_ms(1);
	r->attacked = read_along(siege);
	r->memory_kb = memory_of(siege->pid);
	attack_join(&r->attack);
	r->after = settle(siege, &r->before);
	print_figures(r);
	return true;
}

static void
run_attack(struct siege *siege, size_t at)
{
	struct result result;

	/* others use this machine, too */
	for (uint64_t i = 0; i < siege->tries; i++) {
		if (!run_once(siege, at, &result))
			return;
		if (reads_go_on(siege, &result))
			break;
	}
	judge(siege, &result);
}

static void
run_round(struct siege *siege)
{
	for (size_t at = 0; at < PLANS_MAX; at++)
		run_attack(siege, at);
}

/* Each after the first must leave what the first left. */
static void
run_rounds(struct siege *siege)
{
	size_t first_kb = 0;

	for (uint64_t i = 0; i < siege->rounds; i++) {
		run_round(siege);
		if (siege->rounds == 1)
			return;
		size_t kb = memory_of(siege->pid);
		size_t swept_kb = swept_memory_of(siege->pid);
		printf("# round %llu: memory %zu KiB, swept %zu\n",
		    (unsigned long long)i + 1, kb, swept_kb);
		if (i == 0)
			first_kb = swept_kb;
		else
			check(siege, swept_kb <= first_kb + GROWTH_KB,
			    "all together", "memory is flat");
	}
}

/* ---- options ---- */

static void
print_signer(void)
{
	char buffer[1024];
	struct writer w = writer_of(buffer, sizeof(buffer));

	ammunition_signer_line(&w);
	(void)fwrite(buffer, 1, w.len, stdout);
	exit(0);
}

static void
set_option(struct siege *siege, const char *name, const char *value)
{
	const struct {
		const char *name;
		uint64_t *number;
	} numbers[] = {
		{ "--run-ms", &siege->run_ms },
		{ "--worst", &siege->worst },
		{ "--tries", &siege->tries },
		{ "--rounds", &siege->rounds },
		{ "--headers-ms", &siege->headers_ms },
		{ "--body-ms", &siege->body_ms },
		{ "--spare-ms", &siege->spare_ms },
	};

	if (strcmp(name, "--to") == 0)
		siege->log = wire_address(value);
	else if (strcmp(name, "--pid") == 0)
		siege->pid = (int)strtol(value, NULL, 10);
	else if (strcmp(name, "--only") == 0)
		siege->only = value;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (strcmp(name, numbers[i].name) == 0)
			*numbers[i].number = strtoull(value, NULL, 10);
}

int
main(int argc, char **argv)
{
	static struct siege siege = { .tries = 1, .rounds = 1, .worst = 2 };

	(void)setvbuf(stdout, NULL, _IOLBF, 0);
	if (key_start(NULL) != ERR_OK)
		return 2;
	if (argc == 2 && strcmp(argv[1], "--signer") == 0)
		print_signer();
	for (int i = 1; i + 1 < argc; i += 2)
		set_option(&siege, argv[i], argv[i + 1]);
	ammunition_make(&siege.log, &siege.ammunition);
	siege.reader.log = &siege.log;
	siege.reader.requests = siege.ammunition.reads;
	siege.reader.request_count = READS;
	siege.reader.pace_us = PACE_US;
	siege.reader.run_ms = siege.run_ms;
	(void)read_along(&siege); /* warm */
	run_rounds(&siege);
	printf("1..%zu\n", siege.tests);
	return siege.failures > 0;
}
