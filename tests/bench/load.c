/*
 * load: drives a server over loopback and says what it did, in one line of
 * key=value.
 *
 *	load --kind headwater --port 8080 --connections 64 --ms 2000 --warm 300
 *	     --first 0 --count 40000 [--vkey VKEY] [--pids 1,2] [--rate N]
 *	     [--file FILE] [--lines 256]
 *	load --kind get --file PATHS …    GETs, again and again
 *	load --signer                     prints the allowed_signers line
 *	load --bodies --first 0 --count N prints envelopes, one a line
 *	load --nodes --first 0 --count N  prints their artifacts' digests
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/bench/drive.h"
#include "tests/bench/forge.h"
#include "tests/bench/samples.h"

struct kind {
	const char *name;
	const char *path;
	const char *type;
	const char *ok;
	bool has_proofs;
};

static const struct kind kinds[] = {
	{ "headwater", "/v1/records", "application/json", "201", true },
	{ "ndjson", "/v1/records", "application/x-ndjson", "200", true },
	{ "floor", "/v1/records", "application/json", "201", false },
	{ "tessera", "/add", "application/octet-stream", "200 201", false },
	{ "rekor", "/api/v2/log/entries", "application/json", "201", false },
	{ "get", NULL, NULL, "200", false },
};

struct options {
	const struct kind *kind;
	struct drive_plan drive;
	struct requests_plan requests;
	const char *vkey;
	bool prints_signer;
	bool prints_bodies;
	bool prints_nodes;
};

enum option {
	OPTION_KIND,
	OPTION_PORT,
	OPTION_CONNECTIONS,
	OPTION_MS,
	OPTION_WARM,
	OPTION_FIRST,
	OPTION_COUNT,
	OPTION_LINES,
	OPTION_RATE,
	OPTION_VKEY,
	OPTION_PIDS,
	OPTION_FILE,
	OPTION_SIGNER,
	OPTION_BODIES,
	OPTION_NODES,
};

static const struct option_name {
	const char *name;
	enum option option;
} names[] = {
	{ "--kind", OPTION_KIND },
	{ "--port", OPTION_PORT },
	{ "--connections", OPTION_CONNECTIONS },
	{ "--ms", OPTION_MS },
	{ "--warm", OPTION_WARM },
	{ "--first", OPTION_FIRST },
	{ "--count", OPTION_COUNT },
	{ "--lines", OPTION_LINES },
	{ "--rate", OPTION_RATE },
	{ "--vkey", OPTION_VKEY },
	{ "--pids", OPTION_PIDS },
	{ "--file", OPTION_FILE },
	{ "--signer", OPTION_SIGNER },
	{ "--bodies", OPTION_BODIES },
	{ "--nodes", OPTION_NODES },
};

static void
usage(const char *word)
{
	(void)fprintf(stderr, "load: %s: see tests/bench/load.c\n", word);
	exit(2);
}

static void
set_pids(const char *text, struct drive_plan *plan)
{
	char *end;

	while (*text != '\0' && plan->pid_count < DRIVE_PIDS_MAX) {
		plan->pids[plan->pid_count++] = (int)strtol(text, &end, 10);
		text = *end == ',' ? end + 1 : "";
	}
}

static void
set_kind(const char *text, struct options *o)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kinds[i].name, text) == 0)
			o->kind = &kinds[i];
	if (o->kind == NULL)
		usage(text);
}

static void
set_option(enum option option, const char *text, struct options *o)
{
	uint64_t number = strtoull(text, NULL, 10);

	switch (option) {
	case OPTION_KIND:
		set_kind(text, o);
		return;
	case OPTION_PORT:
		o->drive.port = (uint16_t)number;
		return;
	case OPTION_CONNECTIONS:
		o->drive.connections = number;
		return;
	case OPTION_MS:
		o->drive.run_ms = number;
		return;
	case OPTION_WARM:
		o->drive.warm_ms = number;
		return;
	case OPTION_FIRST:
		o->requests.first = number;
		return;
	case OPTION_COUNT:
		o->requests.count = number;
		return;
	case OPTION_LINES:
		o->requests.lines = number;
		return;
	case OPTION_RATE:
		o->drive.rate = number;
		return;
	case OPTION_VKEY:
		o->vkey = text;
		return;
	case OPTION_PIDS:
		set_pids(text, &o->drive);
		return;
	case OPTION_FILE:
		o->requests.file = text;
		return;
	case OPTION_SIGNER:
		o->prints_signer = true;
		return;
	case OPTION_BODIES:
		o->prints_bodies = true;
		return;
	case OPTION_NODES:
		o->prints_nodes = true;
		return;
	}
}

static void
read_options(int argc, char **argv, struct options *o)
{
	for (int i = 1; i < argc; i++) {
		size_t at = 0;
		size_t count = sizeof(names) / sizeof(names[0]);
		while (at < count && strcmp(names[at].name, argv[i]) != 0)
			at++;
		if (at == count)
			usage(argv[i]);
		bool has_value = names[at].option < OPTION_SIGNER;
		if (has_value && i + 1 == argc)
			usage(argv[i]);
		set_option(names[at].option, has_value ? argv[i + 1] : "", o);
		i += has_value;
	}
}

static int
print_made(const struct options *o)
{
	struct forge *forge = forge_new();
	uint8_t line[FORGE_LINE_MAX];

	for (size_t i = 0; i < (o->prints_signer ? 1 : o->requests.count);
	     i++) {
		struct writer w = writer_of(line, sizeof(line));
		if (o->prints_signer)
			forge_signer_line(forge, &w);
		else
			forge_envelope(forge, o->requests.first + i, &w);
		if (!o->prints_signer)
			writer_text(&w, "\n");
		if (writer_end(&w) != ERR_OK)
			return 3;
		(void)fwrite(line, 1, w.len, stdout);
	}
	forge_free(forge);
	return 0;
}

static int
print_nodes(const struct requests_plan *plan)
{
	char text[HASH_TEXT_MAX];

	for (size_t i = 0; i < plan->count; i++) {
		struct hash node = forge_node(plan->first + i);
		hash_print(&node, text);
		(void)puts(text);
	}
	return 0;
}

static double
quantile_ms(const struct drive_result *r, double at)
{
	if (r->latency_count == 0)
		return 0;
	return r->latencies_us[(size_t)(at * (double)(r->latency_count - 1))] /
	    1000.0;
}

static void
print_result(const struct options *o, const struct drive_result *r,
    const struct samples_result *s)
{
	double records = (double)(r->answered * o->requests.lines);
	double per_1000 = records == 0 ? 0 : 1e6 / records;

	(void)printf("kind=%s connections=%zu per_s=%.0f p50_ms=%.3f "
		     "p99_ms=%.3f answered=%zu refused=%zu errors=%zu "
		     "odd_status=%d run_s=%.2f short=%d cpu_ms_per_1000=%.2f "
		     "own_ms_per_1000=%.2f server_cores=%.2f own_cores=%.2f "
		     "bytes=%zu checked=%zu false=%zu\n",
	    o->kind->name, o->drive.connections,
	    r->run_s == 0 ? 0 : records / r->run_s, quantile_ms(r, 0.5),
	    quantile_ms(r, 0.99), r->answered, r->refused, r->errors,
	    r->odd_status, r->run_s, r->is_short, r->server_s * per_1000,
	    r->own_s * per_1000, r->run_s == 0 ? 0 : r->server_s / r->run_s,
	    r->run_s == 0 ? 0 : r->own_s / r->run_s,
	    r->answered == 0 ? 0 : r->bytes / r->answered, s->checked,
	    s->wrong);
}

int
main(int argc, char **argv)
{
	struct options o = {
		.drive = { .connections = 1, .warm_ms = 300, .run_ms = 2000 },
		.requests = { .count = 40000, .lines = 1 },
	};
	struct requests requests = { .count = 0 };
	struct drive_result result;
	struct samples_result checked = { .checked = 0 };

	read_options(argc, argv, &o);
	if (key_start(NULL) != ERR_OK)
		return 3;
	json_start();
	if (o.prints_signer || o.prints_bodies)
		return print_made(&o);
	if (o.prints_nodes)
		return print_nodes(&o.requests);
	if (o.kind == NULL || o.drive.port == 0)
		usage("--kind and --port");
	o.requests.path = o.kind->path;
	o.requests.type = o.kind->type;
	if (o.kind->path == NULL)
		requests_gets(&o.requests, &requests);
	else if (o.requests.file != NULL)
		requests_posts(&o.requests, &requests);
	else
		requests_forge(&o.requests, &requests);
	o.drive.is_endless = o.kind->path == NULL;
	o.drive.ok = o.kind->ok;
	o.drive.requests = &requests;
	drive_run(&o.drive, &result);
	if (o.kind->has_proofs && o.vkey != NULL)
		samples_check(&result, o.vkey, o.requests.lines, &checked);
	print_result(&o, &result, &checked);
	drive_done(&result);
	return checked.wrong == 0 ? 0 : 1;
}
