/*
 * Memory that runs out, in whole programs: at each allocation of a start, at
 * some under load, and at each of the client's commands, once and for ever.
 * Legal: 503, a closed connection, an exit status that says so.  Never a crash,
 * and never a success that is none.
 */
#include <fcntl.h>
#include <unistd.h>

#include "tests/fault/killer.h"

#define START_ALLOCATIONS 130 /* about as many as a start makes */
#define LOAD_ALLOCATIONS 6000
#define EXIT_MAX 3 /* of the client */
#define SERVICE_FAILED 1
#define REFUSAL_IO 19

static char library[PATH_MAX];

static void
set_starve(uint64_t at, bool is_for_ever)
{
	char text[32];

	(void)snprintf(text, sizeof(text), "%llu%s", (unsigned long long)at,
	    is_for_ever ? "+" : "");
	(void)setenv("HEADWATER_STARVE", text, 1);
}

struct trial {
	struct subject s;
	struct journal j;
	size_t runs;
	size_t ended; /* programs that gave up, in order */
};

static void
begin(struct trial *t)
{
	*t = (struct trial){ .runs = 0 };
	journal_init(&t->j);
	subject_make(&t->s, NULL);
	(void)start_and_verify(&t->s, &t->j);
}

static void
end(struct trial *t, const char *what)
{
	if (journal_is_violated(&t->j)) {
		note_line("%s", t->j.violation);
		subject_show(&t->s);
	}
	outcome(!journal_is_violated(&t->j),
	    "%s: memory out %zu times, %zu gave up in order", what, t->runs,
	    t->ended);
	(void)unsetenv("HEADWATER_STARVE");
	subject_remove(&t->s);
	journal_done(&t->j);
}

static void
feed(struct trial *t, uint64_t ms)
{
	struct load *load = load_start(&t->s, &t->j);

	load_await(load, 100000, ms);
	load_stop(load);
}

/* What it ended with, if it did. */
static void
judge_end(struct trial *t, int status, uint64_t at, bool is_for_ever)
{
	t->runs++;
	if (status == START_HANGS || status >= ENDED_BY_SIGNAL)
		journal_violated(&t->j, "allocation %llu%s: it ended with %d",
		    (unsigned long long)at, is_for_ever ? " and on" : "",
		    status);
	/* want of memory says nothing about the log, its key or its signer */
	else if (status != 0 && status != SERVICE_FAILED &&
	    status != REFUSAL_IO)
		journal_violated(&t->j, "allocation %llu%s: refused with %d",
		    (unsigned long long)at, is_for_ever ? " and on" : "",
		    status);
	else
		t->ended += status > 0;
}

/* ---- the daemon ---- */

static void
starve_start(struct trial *t, uint64_t at, bool is_for_ever)
{
	set_starve(at, is_for_ever);
	t->s.preload = library;
	judge_end(t, subject_start(&t->s), at, is_for_ever);
	(void)unsetenv("HEADWATER_STARVE");
	if (t->s.pid != 0)
		subject_kill(&t->s);
}

static void
try_starts(void)
{
	static struct trial t;
	uint64_t step = options.is_long ? 1 : 5;

	begin(&t);
	feed(&t, 50);
	subject_kill(&t.s);
	for (uint64_t at = 1 + random_below(step);
	     at < START_ALLOCATIONS && !journal_is_violated(&t.j); at += step) {
		starve_start(&t, at, false);
		starve_start(&t, at, true);
	}
	if (!journal_is_violated(&t.j) && start_and_verify(&t.s, &t.j)) {
		(void)subject_stop(&t.s);
		(void)check_is_clean(&t.s, &t.j);
	}
	end(&t, "starts");
}

static void
starve_load(struct trial *t, uint64_t at, bool is_for_ever)
{
	set_starve(at, is_for_ever);
	t->s.preload = library;
	t->j.may_fail = true; /* whatever is asked, 503 is an answer */
	int status = subject_start(&t->s);
	if (status == 0) {
		feed(t, 150);
		status = subject_wait(&t->s, 0);
	}
	if (status == -1) /* it goes on, and must end as ever */
		status = subject_stop(&t->s);
	t->j.may_fail = false;
	(void)unsetenv("HEADWATER_STARVE");
	judge_end(t, status == -1 ? START_HANGS : status, at, is_for_ever);
	if (t->s.pid != 0)
		subject_kill(&t->s);
}

static void
try_load(void)
{
	static struct trial t;
	size_t rounds = options.is_long ? 1000 : 16;

	begin(&t);
	subject_kill(&t.s);
	for (size_t i = 0; i < rounds && !journal_is_violated(&t.j); i++) {
		if (!may_go_on())
			break;
		starve_load(&t,
		    START_ALLOCATIONS / 2 + random_below(LOAD_ALLOCATIONS),
		    i % 2 == 1);
		if (!journal_is_violated(&t.j) && i % 8 == 7) {
			(void)start_and_verify(&t.s, &t.j);
			subject_kill(&t.s);
		}
	}
	if (!journal_is_violated(&t.j) && start_and_verify(&t.s, &t.j)) {
		(void)subject_stop(&t.s);
		(void)check_is_clean(&t.s, &t.j);
	}
	end(&t, "under load");
}

/* ---- the client ---- */

struct client {
	struct trial *t;
	char program[PATH_MAX];
	char artifact[PATH_MAX];
	char entry[PATH_MAX];
	char proof[PATH_MAX];
	char keyring[PATH_MAX];
	char id[HASH_TEXT_MAX];
	char digest[HASH_TEXT_MAX + 8];
};

static void
write_file(const char *path, struct span bytes)
{
	FILE *file = fopen(path, "we");

	if (file == NULL || fwrite(bytes.data, 1, bytes.len, file) != bytes.len)
		bail_out(path);
	(void)fclose(file);
}

/* A record about a file that is there, its entry and its proof. */
static void
make_record(struct client *client)
{
	struct subject *s = &client->t->s;
	struct arena *arena = arena_new((size_t)1 << 20);
	uint64_t salted[2] = { options.seed, 0 };
	struct span bytes = span_of(salted, sizeof(salted));
	struct hash digest = sha256_of(bytes);
	struct hash id;
	char path[192];
	struct answer answer;
	struct http http;

	struct span entry = load_record(s, 0, 0, arena, &id);
	hash_print(&id, client->id);
	memcpy(client->digest, "sha256:", 7);
	hash_print(&digest, client->digest + 7);
	(void)snprintf(
	    client->artifact, PATH_MAX, "%s", subject_path(s, "artifact"));
	(void)snprintf(client->entry, PATH_MAX, "%s", subject_path(s, "entry"));
	(void)snprintf(client->proof, PATH_MAX, "%s", subject_path(s, "proof"));
	(void)snprintf(
	    client->keyring, PATH_MAX, "%s", subject_path(s, "keyring"));
	write_file(client->artifact, bytes);
	write_file(client->entry, entry);
	http_open(&http, s->port);
	if (!http_post(&http, "application/json", entry, &answer) ||
	    answer.status != 201)
		bail_out("record");
	(void)snprintf(path, sizeof(path), "/v1/records/%s/proof", client->id);
	if (!http_get(&http, path, &answer) || answer.status != 200)
		bail_out("proof");
	write_file(client->proof, answer.body);
	/* and of the keyring that judged it, which is entry 0 */
	if (!http_get(&http, "/tile/0/000.p/1", &answer) ||
	    answer.status != 200)
		bail_out("tile");
	memcpy(id.bytes, answer.body.data, HASH_LEN);
	memcpy(path, "/v1/records/", 13);
	hash_print(&id, path + 12);
	(void)snprintf(path + 12 + HASH_TEXT_LEN,
	    sizeof(path) - 12 - HASH_TEXT_LEN, "/proof");
	if (!http_get(&http, path, &answer) || answer.status != 200)
		bail_out("keyring");
	write_file(client->keyring, answer.body);
	http_close(&http);
	arena_free(arena);
}

static void
make_home(struct client *client)
{
	struct subject *s = &client->t->s;
	char url[64];
	char vkey[NOTE_VKEY_MAX];

	(void)snprintf(
	    client->program, PATH_MAX, "%s/headwater", options.build);
	(void)setenv("HEADWATER_HOME", subject_path(s, "home"), 1);
	(void)snprintf(url, sizeof(url), "http://127.0.0.1:%d", s->port);
	note_key_print(&s->key, vkey);
	if (RUN(s, client->program, "init", url, "--vkey", vkey) != 0 ||
	    RUN(s, client->program, "submit", client->entry) != 0)
		bail_out("headwater init, submit");
}

/* But for warnings, which say what could not be done. */
static size_t
read_output(const struct subject *s, char *out, size_t max)
{
	FILE *file = fopen(subject_path(s, "out"), "re");
	char line[4096];
	size_t len = 0;

	while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
		size_t line_len = strlen(line);
		if (strncmp(line, "warning: ", 9) == 0 || len + line_len > max)
			continue;
		memcpy(out + len, line, line_len);
		len += line_len;
	}
	if (file != NULL)
		(void)fclose(file);
	return len;
}

/* False: the allocation never came, so all were tried. */
static bool
starve_command(struct client *client, const char *const *argv, uint64_t at,
    bool is_for_ever)
{
	struct trial *t = client->t;
	char starved[PATH_MAX];

	(void)snprintf(
	    starved, sizeof(starved), "%s", subject_path(&t->s, "starved"));
	(void)unlink(starved);
	(void)setenv("HEADWATER_STARVED", starved, 1);
	set_starve(at, is_for_ever);
	(void)setenv("LD_PRELOAD", library, 1);
	int status = run_program(&t->s, argv);
	(void)unsetenv("LD_PRELOAD");
	(void)unsetenv("HEADWATER_STARVE");
	t->runs++;
	if (status < 0 || status > EXIT_MAX)
		journal_violated(&t->j, "%s: allocation %llu%s: %d", argv[1],
		    (unsigned long long)at, is_for_ever ? " and on" : "",
		    status);
	t->ended += status != 0;
	bool was_starved = access(starved, F_OK) == 0;
	return was_starved || status > EXIT_MAX;
}

/*
 * How much of what it says it must say.  An audit that could not keep what it had
 * done does it again; its first line is the verdict.  When the log took a record
 * in, and whether it was withdrawn, is shown where the log could be asked; and
 * libcurl 7.88 leaves the query out of a request, and goes on, when it has no
 * memory for it: the log then answers another question.
 */
static size_t
owed_len(const char *command, const char *out, size_t len)
{
	static const char logged[] = "\n  logged ";
	const char *end = NULL;

	if (strcmp(command, "audit") == 0)
		end = memchr(out, '\n', len);
	else if (strcmp(command, "show") == 0)
		end = memmem(out, len, logged, sizeof(logged) - 1);
	return end != NULL ? (size_t)(end - out) : len;
}

/* `verified`, and the like, is said only when it is so. */
static void
try_command(struct client *client, const char *const *argv)
{
	struct trial *t = client->t;
	static char expected[65536];
	static char got[65536];
	/* the second time it has learnt all that there is */
	(void)run_program(&t->s, argv);
	int status = run_program(&t->s, argv);
	size_t all = read_output(&t->s, expected, sizeof(expected));
	size_t len = owed_len(argv[1], expected, all);
	bool is_part = len < all;
	uint64_t step = options.is_long ? 1 : 151;
	/* all that these say, they ask with a query (see owed_len) */
	bool has_query =
	    strcmp(argv[1], "find") == 0 || strcmp(argv[1], "trace") == 0;

	if (status != 0)
		journal_violated(&t->j, "%s: status %d: %.*s", argv[1], status,
		    (int)len, expected);
	for (int mode = 0; mode < 2; mode++) {
		bool is_more = true;
		for (uint64_t at = 1 + random_below(step);
		     is_more && !journal_is_violated(&t->j); at += step) {
			size_t ended = t->ended;
			is_more = starve_command(client, argv, at, mode == 1);
			size_t got_len = read_output(&t->s, got, sizeof(got));
			got_len = owed_len(argv[1], got, got_len);
			if (is_part && got_len > len)
				got_len = len;
			if (is_more && t->ended == ended && !has_query &&
			    (got_len != len || memcmp(got, expected, len) != 0))
				journal_violated(&t->j,
				    "%s: allocation %llu: status 0, but: "
				    "%.*s",
				    argv[1], (unsigned long long)at,
				    (int)got_len, got);
		}
	}
}

static void
try_client(void)
{
	static struct client client;
	static struct trial t;

	begin(&t);
	client.t = &t;
	make_record(&client);
	make_home(&client);
	const char *const commands[][8] = {
		{ client.program, "show", client.id, NULL },
		{ client.program, "find", client.artifact, NULL },
		{ client.program, "trace", client.digest, NULL },
		{ client.program, "submit", client.entry, NULL },
		{ client.program, "audit", NULL },
		{ client.program, "verify", client.artifact, "--proof",
		    client.proof, "--keyring", client.keyring, NULL },
	};
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		try_command(&client, commands[i]);
	end(&t, "the client");
}

void
group_starve(void)
{
	static char build[PATH_MAX];

	if (realpath(options.build, build) == NULL)
		bail_out(options.build);
	(void)snprintf(library, sizeof(library), "%.*s/tests/fault/starve.so",
	    PATH_MAX - 64, build);
	try_starts();
	try_load();
	try_client();
}
