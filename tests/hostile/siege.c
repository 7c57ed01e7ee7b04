/*
 * siege: one attack after the other on a log, while somebody reads from it.
 *
 *	siege --signer              prints the allowed_signers line of its key
 *	siege --to 127.0.0.1:8080 --pid PID --run-ms 500 --worst 20
 *	      --headers-ms 1000 --body-ms 1000 --answer-ms 1000 [--only NAME]
 *
 * Each attack: first an idle stretch, then as long with it.  TAP on stdout: the
 * p99 of the reads is at most `worst` times the idle one; none fails; whatever
 * the log must end is ended a second after its deadline; memory, descriptors and
 * waiting requests are as before.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "schema/key.h"
#include "tests/hostile/ammunition.h"
#include "tests/hostile/attack.h"
#include "tests/hostile/reader.h"
#include "tests/hostile/wire.h"

#define PACE_US 16000	/* 500 reads a second, of all together */
#define SETTLE_MS 3000	/* for descriptors and waiters to come back */
#define GROWTH_KB 65536 /* of memory, by all attacks together */
#define SPARE_MS 1000	/* what RELIABILITY D13 grants behind a deadline */
#define FLOOR_US 1000	/* an idle p99 below this counts as this much */
#define KINDS (sizeof(attacks) / sizeof(attacks[0]))

struct siege {
	struct sockaddr_in log;
	int pid;
	uint64_t run_ms;
	uint64_t worst;
	uint64_t headers_ms;
	uint64_t body_ms;
	uint64_t answer_ms;
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

/* ---- attacks ---- */

static const char headers[] = "GET /checkpoint HTTP/1.1\r\nHost: siege\r\nX: ";
static const char body[] = "POST /v1/records HTTP/1.1\r\nHost: siege\r\n"
			   "Content-Length: 100000\r\n\r\n{";
static const char chunks[] = "POST /v1/records HTTP/1.1\r\nHost: siege\r\n"
			     "Transfer-Encoding: chunked\r\n\r\n";
static const char refused[] = "GET /checkpoint HTTP/1.1\r\nHost: a/b\r\n\r\n";
static const char nowhere[] = "GET /nowhere HTTP/1.1\r\nHost: siege\r\n\r\n";

enum deadline {
	NO_DEADLINE,
	HEADERS_DEADLINE,
	BODY_DEADLINE,
	ANSWER_DEADLINE,
};

struct plan {
	struct attack attack;
	enum deadline deadline;
	size_t ammunition; /* offset of its request; 0: its own text */
	size_t repeat;	   /* its text so often, behind `chunks` */
};

#define TEXT(text) \
	{ \
		.data = (const uint8_t *)(text), .len = sizeof(text) - 1 \
	}
#define AMMUNITION(member) offsetof(struct ammunition, member) + 1

static const struct plan attacks[] = {
	{ .attack = { "2,000 idle", ATTACK_DRIP, 2000, TEXT(""), 0 },
	    .deadline = HEADERS_DEADLINE },
	{ .attack = { "500 slow headers", ATTACK_DRIP, 500, TEXT(headers),
	      100 },
	    .deadline = HEADERS_DEADLINE },
	{ .attack = { "500 slow bodies", ATTACK_DRIP, 500, TEXT(body), 100 },
	    .deadline = BODY_DEADLINE },
	{ .attack = { "500 slow chunks", ATTACK_DRIP, 500, TEXT(chunks), 100 },
	    .deadline = BODY_DEADLINE },
	{ .attack = { "500 half closed", ATTACK_HALF, 500, TEXT(body), 0 },
	    .deadline = BODY_DEADLINE },
	{ .attack = { "64 sizes without end", ATTACK_DRIP, 64, TEXT("0"), 0 },
	    .deadline = BODY_DEADLINE,
	    .repeat = 40000 },
	{ .attack = { "aborts", ATTACK_ABORT, 32, TEXT(nowhere), 0 } },
	{ .attack = { "aborted POSTs", ATTACK_ABORT, 32, { NULL, 0 }, 0 },
	    .ammunition = AMMUNITION(duplicate) },
	{ .attack = { "refused by the gate", ATTACK_FLOOD, 64, TEXT(refused),
	      0 } },
	{ .attack = { "bad signatures", ATTACK_FLOOD, 64, { NULL, 0 }, 0 },
	    .ammunition = AMMUNITION(bad) },
	{ .attack = { "lines of bad signatures", ATTACK_FLOOD, 8, { NULL, 0 },
	      0 },
	    .ammunition = AMMUNITION(bad_lines) },
	{ .attack = { "duplicates", ATTACK_FLOOD, 64, { NULL, 0 }, 0 },
	    .ammunition = AMMUNITION(duplicate) },
	{ .attack = { "lineage at the limit", ATTACK_FLOOD, 64, { NULL, 0 },
	      0 },
	    .ammunition = AMMUNITION(lineage) },
	{ .attack = { "bundles", ATTACK_FLOOD, 64, { NULL, 0 }, 0 },
	    .ammunition = AMMUNITION(bundle) },
	{ .attack = { "200 deaf to lineage", ATTACK_DEAF, 200, { NULL, 0 }, 0 },
	    .deadline = ANSWER_DEADLINE,
	    .ammunition = AMMUNITION(lineage) },
	{ .attack = { "1,000 deaf to bundles", ATTACK_DEAF, 1000, { NULL, 0 },
	      0 },
	    .deadline = ANSWER_DEADLINE,
	    .ammunition = AMMUNITION(bundle) },
};

static struct span
repeated(struct span piece, size_t times)
{
	size_t head = sizeof(chunks) - 1;
	char *text = malloc(head + piece.len * times);

	if (text == NULL)
		abort();
	memcpy(text, chunks, head);
	for (size_t i = 0; i < times; i++)
		memcpy(text + head + i * piece.len, piece.data, piece.len);
	return span_of(text, head + piece.len * times);
}

static struct attack
prepare(const struct siege *siege, const struct plan *plan)
{
	struct attack attack = plan->attack;
	const uint64_t limits[] = {
		[NO_DEADLINE] = 0,
		[HEADERS_DEADLINE] = siege->headers_ms,
		[BODY_DEADLINE] = siege->body_ms + siege->headers_ms,
		[ANSWER_DEADLINE] = 0,
	};

	attack.log = &siege->log;
	attack.limit_ms = limits[plan->deadline];
	if (attack.limit_ms > 0)
		attack.limit_ms += SPARE_MS;
	if (plan->ammunition > 0)
		memcpy(&attack.request,
		    (const char *)&siege->ammunition + plan->ammunition - 1,
		    sizeof(attack.request));
	if (plan->repeat > 0)
		attack.request = repeated(attack.request, plan->repeat);
	return attack;
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

static void
judge(struct siege *siege, const struct attack *attack,
    const struct reads both[static 2])
{
	const char *name = attack->name;
	uint64_t idle_us =
	    both[0].p99_us > FLOOR_US ? both[0].p99_us : FLOOR_US;

	check(siege, both[1].failures == 0, name, "every read is answered");
	check(siege, both[1].p99_us <= siege->worst * idle_us, name,
	    "reads go on");
	if (attack->limit_ms == 0)
		return;
	check(siege, attack->hung == 0, name, "none hangs");
	check(siege,
	    attack->closed > 0 && attack->longest_ms <= attack->limit_ms, name,
	    "ended in time");
}

static void
run_attack(struct siege *siege, const struct plan *plan)
{
	struct attack attack = prepare(siege, plan);
	struct state before = look(siege), during;
	struct reads both[2];

	both[0] = read_along(siege);
	attack_start(&attack);
	while (atomic_load(&attack.opened) < attack.connections)
		pause_ms(1);
	both[1] = read_along(siege);
	during = (struct state){ .memory_kb = memory_of(siege->pid),
		.descriptors = descriptors_of(siege->pid) };
	attack_join(&attack);
	struct state after = settle(siege, &before);
	judge(siege, &attack, both);
	check(siege,
	    after.descriptors <= before.descriptors && after.waiting == 0,
	    attack.name, "descriptors and waiters come back");
	printf("# %-24s idle %u/%u us, under attack %u/%u us (p50/p99): %.1f; "
	       "opened %zu, answers %zu (%zu good), ended %zu, longest %llu "
	       "ms; memory %zu, %zu, %zu KiB\n",
	    attack.name, both[0].p50_us, both[0].p99_us, both[1].p50_us,
	    both[1].p99_us, (double)both[1].p99_us / both[0].p99_us,
	    atomic_load(&attack.opened), attack.answers, attack.good,
	    attack.closed, (unsigned long long)attack.longest_ms,
	    before.memory_kb, during.memory_kb, after.memory_kb);
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
		{ "--headers-ms", &siege->headers_ms },
		{ "--body-ms", &siege->body_ms },
		{ "--answer-ms", &siege->answer_ms },
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
	static struct siege siege;

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
	struct state before = look(&siege);
	for (size_t i = 0; i < KINDS; i++)
		if (siege.only == NULL ||
		    strcmp(siege.only, attacks[i].attack.name) == 0)
			run_attack(&siege, &attacks[i]);
	struct state after = look(&siege);
	printf("# memory %zu KiB before, %zu behind\n", before.memory_kb,
	    after.memory_kb);
	check(&siege, after.memory_kb <= before.memory_kb + GROWTH_KB,
	    "all together", "memory is flat");
	printf("1..%zu\n", siege.tests);
	return siege.failures > 0;
}
