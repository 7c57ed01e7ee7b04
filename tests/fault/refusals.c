/*
 * What must not start, and what must not start twice: a restored older copy, a
 * history that parted, two daemons, a lost or foreign state, another key, other
 * signers, cut and punched files.
 */
#include <fcntl.h>
#include <linux/falloc.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/fault/killer.h"

enum {
	LOCKED = 12,
	KEY = 13,
	FOREIGN = 14,
	BEHIND = 15,
	DAMAGED = 16,
	STATE = 17,
};

struct trial {
	struct subject s;
	struct journal j;
};

static void
begin(struct trial *t)
{
	journal_init(&t->j);
	subject_make(&t->s, NULL);
	(void)start_and_verify(&t->s, &t->j);
}

static void
end(struct trial *t, const char *name)
{
	bool is_good = !journal_is_violated(&t->j);

	if (!is_good) {
		note_line("%s", t->j.violation);
		subject_show(&t->s);
	}
	outcome(is_good, "%s", name);
	subject_remove(&t->s);
	journal_done(&t->j);
}

static void
feed(struct trial *t, size_t count)
{
	struct load *load = load_start(&t->s, &t->j);

	load_await(load, count, 5000);
	load_stop(load);
}

static void
expect_start(struct trial *t, int expected, const char *when)
{
	int status = subject_start(&t->s);

	if (status != expected)
		journal_violated(
		    &t->j, "%s: status %d, not %d", when, status, expected);
	if (status == 0 && expected != 0)
		subject_kill(&t->s);
}

static void
expect_goes_on(struct trial *t)
{
	if (!journal_is_violated(&t->j))
		(void)start_and_verify(&t->s, &t->j);
}

static void
move(const struct subject *s, const char *from, const char *to)
{
	if (rename(subject_path(s, from), subject_path(s, to)) != 0)
		bail_out(from);
}

static void
copy(const struct subject *s, const char *from, const char *to)
{
	copy_tree(subject_path(s, from), subject_path(s, to));
}

/* Size and root that the signer has signed, as it tells. */
static void
read_state(const struct subject *s, char out[static 256])
{
	char signer[PATH_MAX];

	(void)snprintf(
	    signer, sizeof(signer), "%s/headwater-signer", options.build);
	memset(out, 0, 256);
	if (RUN(s, signer, "state", "--key", subject_path(s, "key")) != 0)
		bail_out("headwater-signer state");
	FILE *file = fopen(subject_path(s, "out"), "re");
	if (file == NULL || fread(out, 1, 255, file) == 0)
		bail_out("state");
	(void)fclose(file);
}

/* ---- restored copies ---- */

#define COPIES_MAX 24

static const char *
numbered(const char *name, size_t number)
{
	static char names[4][64];
	static size_t turn;
	char *out = names[turn++ % 4];

	(void)snprintf(out, 64, "%s.%zu", name, number);
	return out;
}

/* The log as it was at copy `older`, the signer as it was at `newer`. */
static void
try_pair(struct trial *t, size_t older, size_t newer)
{
	char before[256];
	char after[256];
	bool must_refuse = older < newer;

	copy(&t->s, numbered("data", older), "data");
	copy(&t->s, numbered("key.state", newer), "key.state");
	read_state(&t->s, before);
	expect_start(t, must_refuse ? BEHIND : 0,
	    must_refuse ? "an older copy of the log" : "a newer log");
	if (t->s.pid != 0)
		subject_kill(&t->s);
	read_state(&t->s, after);
	if (must_refuse && strcmp(before, after) != 0)
		journal_violated(&t->j, "refused, yet it signed");
}

static void
try_copies(void)
{
	struct trial t;
	size_t count = options.is_long ? COPIES_MAX : 7;
	size_t pairs = 0;

	begin(&t);
	for (size_t i = 0; i < count; i++) {
		feed(&t, 1 + random_below(60));
		(void)subject_stop(&t.s);
		copy(&t.s, "data", numbered("data", i));
		copy(&t.s, "key.state", numbered("key.state", i));
		expect_start(&t, 0, "after a copy");
	}
	(void)subject_stop(&t.s);
	for (size_t newer = 0; newer < count; newer++) {
		for (size_t older = 0; older < count; older++) {
			if (!journal_is_violated(&t.j))
				try_pair(&t, older, newer);
			pairs += older < newer;
		}
	}
	copy(&t.s, numbered("data", count - 1), "data");
	copy(&t.s, numbered("key.state", count - 1), "key.state");
	expect_goes_on(&t);
	note_line("%zu older copies refused", pairs);
	end(&t, "restored older copies are refused, none is signed");
}

/* Two histories from one copy: the log of one, the signer of the other. */
static void
try_parted(void)
{
	struct trial t;
	struct journal other;

	begin(&t);
	feed(&t, 20);
	(void)subject_stop(&t.s);
	copy(&t.s, "data", "data.0");
	copy(&t.s, "key.state", "key.state.0");
	expect_start(&t, 0, "the first history");
	feed(&t, 10);
	(void)subject_stop(&t.s);
	move(&t.s, "data", "data.1");
	move(&t.s, "key.state", "key.state.1");
	/* the second is longer, so that its log is not merely behind */
	copy(&t.s, "data.0", "data");
	copy(&t.s, "key.state.0", "key.state");
	journal_init(&other);
	expect_start(&t, 0, "the second history");
	struct load *load = load_start(&t.s, &other);
	load_await(load, 400, 5000);
	load_stop(load);
	(void)subject_stop(&t.s);
	journal_done(&other);
	copy(&t.s, "key.state.1", "key.state");
	expect_start(&t, DAMAGED, "another history than the signer's");
	copy(&t.s, "data.1", "data");
	expect_goes_on(&t);
	end(&t, "a history that the signer has not signed is refused");
}

/* ---- two at once ---- */

static bool
out_names(const struct subject *s, const char *file, pid_t pid)
{
	char text[4096] = "";
	char number[32];
	FILE *f = fopen(subject_path(s, file), "re");

	if (f == NULL)
		return false;
	size_t len = fread(text, 1, sizeof(text) - 1, f);
	(void)fclose(f);
	text[len] = '\0';
	(void)snprintf(number, sizeof(number), "%ld", (long)pid);
	return strstr(text, number) != NULL;
}

static int
start_second(struct trial *t, const char *data)
{
	return RUN(&t->s, t->s.program, "--data", data, "--key",
	    subject_path(&t->s, "key"), "--signers",
	    subject_path(&t->s, "allowed_signers"), "--listen", "127.0.0.1:0");
}

static void
try_second(void)
{
	struct trial t;
	static char other[PATH_MAX];
	static char link[PATH_MAX];

	begin(&t);
	struct load *load = load_start(&t.s, &t.j);
	if (start_second(&t, t.s.data) != LOCKED)
		journal_violated(&t.j, "a second daemon: not refused");
	if (!out_names(&t.s, "out", t.s.pid))
		journal_violated(&t.j, "a second daemon: not told of the pid");
	if (subject_run(&t.s, "--check") != LOCKED ||
	    subject_run(&t.s, "--reindex") != LOCKED)
		journal_violated(&t.j, "--check beside a daemon: not refused");
	/* another name of the folder */
	(void)snprintf(link, sizeof(link), "%s", subject_path(&t.s, "link"));
	if (symlink(t.s.data, link) != 0 || start_second(&t, link) != LOCKED)
		journal_violated(&t.j, "through a link: not refused");
	/* a folder of its own, one key: its signer is the arbiter */
	(void)snprintf(other, sizeof(other), "%s", subject_path(&t.s, "other"));
	if (start_second(&t, other) != LOCKED)
		journal_violated(&t.j, "a second folder: not refused");
	(void)unlink(subject_path(&t.s, "data/lock"));
	if (start_second(&t, t.s.data) != LOCKED)
		journal_violated(&t.j, "lock file deleted: not refused");
	load_stop(load);
	if (!verify(&t.s, &t.j))
		journal_violated(&t.j, "the first was disturbed");
	end(&t, "a second daemon is refused, the first goes on");
}

/* Either may win; the other is told. */
static void
start_together(struct trial *t)
{
	struct subject second = t->s;

	/* output of its own */
	(void)snprintf(second.folder, sizeof(second.folder), "%.*s/second",
	    (int)sizeof(second.folder) - 8, t->s.folder);
	subject_launch(&t->s);
	subject_launch(&second);
	int first_status = subject_await(&t->s);
	int second_status = subject_await(&second);
	bool is_one = (first_status == 0 && second_status == LOCKED) ||
	    (first_status == LOCKED && second_status == 0);
	if (!is_one)
		journal_violated(&t->j, "together: they end with %d and %d",
		    first_status, second_status);
	subject_kill(&t->s);
	subject_kill(&second);
}

static void
try_together(void)
{
	static const char *const names[] = { "key", "key.state",
		"allowed_signers" };
	struct trial t;
	size_t rounds = options.is_long ? 50 : 12;

	begin(&t);
	feed(&t, 20);
	subject_kill(&t.s);
	(void)mkdir(subject_path(&t.s, "second"), 0700);
	/* another name of each file */
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char path[PATH_MAX];
		(void)snprintf(path, sizeof(path), "second/%s", names[i]);
		if (link(subject_path(&t.s, names[i]),
			subject_path(&t.s, path)) != 0)
			bail_out("link");
	}
	for (size_t i = 0; i < rounds && !journal_is_violated(&t.j); i++)
		start_together(&t);
	expect_goes_on(&t);
	end(&t, "of two that start together, one runs");
}

/* ---- the signer's memory, the key ---- */

static void
try_state(void)
{
	struct trial t;
	char signer[PATH_MAX];

	(void)snprintf(
	    signer, sizeof(signer), "%s/headwater-signer", options.build);
	begin(&t);
	feed(&t, 50);
	(void)subject_stop(&t.s);
	move(&t.s, "key.state", "kept");
	expect_start(&t, STATE, "the state is lost");
	copy(&t.s, "kept", "key.state");
	if (truncate(subject_path(&t.s, "key.state"), 100) != 0)
		bail_out("truncate");
	expect_start(&t, STATE, "the state is cut");
	(void)unlink(subject_path(&t.s, "key.state"));
	(void)RUN(&t.s, signer, "keygen", "--origin", "log.example.org/other",
	    "--key", subject_path(&t.s, "foreign"));
	copy(&t.s, "foreign.state", "key.state");
	expect_start(&t, STATE, "the state of another key");
	(void)unlink(subject_path(&t.s, "key.state"));
	if (RUN(&t.s, signer, "state", "--new", "--key",
		subject_path(&t.s, "key")) != 0)
		journal_violated(&t.j, "state --new");
	/* fed the whole log, it signs the same */
	expect_goes_on(&t);
	end(&t, "a lost state is refused; a new one is fed the log");
}

static void
try_key(void)
{
	struct trial t;
	char signer[PATH_MAX];

	(void)snprintf(
	    signer, sizeof(signer), "%s/headwater-signer", options.build);
	begin(&t);
	feed(&t, 20);
	(void)subject_stop(&t.s);
	move(&t.s, "key", "kept");
	move(&t.s, "key.state", "kept.state");
	expect_start(&t, KEY, "no key");
	(void)RUN(&t.s, signer, "keygen", "--origin", "log.example.org/killed",
	    "--key", subject_path(&t.s, "key"));
	expect_start(&t, FOREIGN, "another key of that origin");
	copy(&t.s, "kept", "key");
	copy(&t.s, "kept.state", "key.state");
	(void)chmod(subject_path(&t.s, "key"), 0644);
	expect_start(&t, KEY, "a key that others may read");
	(void)chmod(subject_path(&t.s, "key"), 0600);
	expect_goes_on(&t);
	end(&t, "another key is refused");
}

static void
try_signers(void)
{
	struct trial t;
	struct answer answer;
	struct http http;
	struct hash id;
	struct arena *arena = arena_new((size_t)1 << 20);

	begin(&t);
	feed(&t, 20);
	(void)subject_stop(&t.s);
	move(&t.s, "allowed_signers", "kept");
	expect_start(&t, KEY, "no signers");
	FILE *file = fopen(subject_path(&t.s, "allowed_signers"), "we");
	if (file == NULL)
		bail_out("allowed_signers");
	(void)fprintf(file, "nobody here\n");
	(void)fclose(file);
	expect_start(&t, KEY, "broken signers");
	file = fopen(subject_path(&t.s, "allowed_signers"), "we");
	if (file == NULL)
		bail_out("allowed_signers");
	(void)fclose(file);
	expect_start(&t, 0, "other signers");
	struct span entry = load_record(&t.s, 0, 0, arena, &id);
	http_open(&http, t.s.port);
	if (!http_post(&http, "application/json", entry, &answer) ||
	    answer.status != 403)
		journal_violated(&t.j, "one who is no signer is not refused");
	http_close(&http);
	/* what they had signed stays */
	(void)subject_stop(&t.s);
	copy(&t.s, "kept", "allowed_signers");
	expect_goes_on(&t);
	feed(&t, 20);
	if (!journal_is_violated(&t.j))
		(void)verify(&t.s, &t.j);
	arena_free(arena);
	end(&t, "other signers may not write, and nothing is lost");
}

/* ---- files that are not whole ---- */

static void
cut_off(const char *path, off_t bytes)
{
	struct stat st;

	if (stat(path, &st) != 0 || truncate(path, st.st_size - bytes) != 0)
		bail_out(path);
}

static void
punch(const char *path)
{
	struct stat st;
	int fd = open(path, O_RDWR | O_CLOEXEC);

	if (fd == -1 || fstat(fd, &st) != 0 ||
	    fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 8192,
		st.st_size / 2) != 0)
		bail_out(path);
	(void)close(fd);
}

static void
try_files(void)
{
	struct trial t;
	static const char *const names[] = { "data/log/data.mdb",
		"data/index/data.mdb" };

	begin(&t);
	feed(&t, 200);
	(void)subject_stop(&t.s);
	copy(&t.s, "data", "kept");
	for (size_t i = 0; i < 2; i++) {
		cut_off(subject_path(&t.s, names[i]), 4096);
		expect_start(&t, DAMAGED, "a file that is cut off");
		copy(&t.s, "kept", "data");
		if (truncate(subject_path(&t.s, names[i]), 0) != 0)
			bail_out("truncate");
		expect_start(&t, DAMAGED, "an empty file");
		copy(&t.s, "kept", "data");
		punch(subject_path(&t.s, names[i]));
		expect_start(&t, DAMAGED, "a punched file");
		copy(&t.s, "kept", "data");
	}
	/* the index alone may go: it is made anew */
	remove_tree(subject_path(&t.s, "data/index"));
	expect_goes_on(&t);
	(void)subject_stop(&t.s);
	remove_tree(subject_path(&t.s, "data/log"));
	expect_start(&t, BEHIND, "the log is gone");
	end(&t, "files that are cut, empty, punched or gone");
}

/* A11: pages that are mapped and no longer there.  No byte of them is served, and
 * the process says what happened. */
static void
try_cut_while_running(void)
{
	struct trial t;
	struct answer answer;
	struct http http;

	begin(&t);
	feed(&t, 300);
	(void)subject_stop(&t.s);
	copy(&t.s, "data", "kept");
	expect_start(&t, 0, "again");
	if (truncate(subject_path(&t.s, "data/log/data.mdb"), 16384) != 0)
		bail_out("truncate");
	http_open(&http, t.s.port);
	bool is_answered = http_get(&http, "/tile/entries/000", &answer);
	http_close(&http);
	int status = subject_wait(&t.s, 2000);
	if (is_answered && answer.status == 200)
		journal_violated(&t.j, "cut while it runs: 200");
	if (status <= 0 || status >= ENDED_BY_SIGNAL)
		journal_violated(
		    &t.j, "cut while it runs: it ended with %d", status);
	expect_start(&t, DAMAGED, "cut while it ran");
	copy(&t.s, "kept", "data");
	expect_goes_on(&t);
	end(&t, "a file cut off under a running daemon ends it in order");
}

void
group_refuse(void)
{
	try_copies();
	try_parted();
	try_second();
	try_together();
	try_state();
	try_key();
	try_signers();
	try_files();
	try_cut_while_running();
}
