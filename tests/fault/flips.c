/*
 * Bit rot: one bit of the stored files turns while the log is down, or one page
 * takes the place of another.  `--check` must find whatever makes a difference,
 * and no answer of 200 may hold a wrong byte: what is damaged is 500, or the
 * start is refused.
 */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "schema/tile.h"
#include "tests/fault/killer.h"

#define FLIPS_QUICK 300
#define FLIPS_LONG 10000
#define RECORDS 270 /* two bundles, three levels of pages */
#define QUESTIONS_MAX 96
#define PAGE 4096
#define FAULTS_FOUND 1 /* exit status of --check */
#define REFUSAL_FIRST 10
#define REFUSAL_LAST 19

static const char *const files[] = { "data/log/data.mdb",
	"data/index/data.mdb" };

/* What is asked, and what a log that is whole says. */
struct question {
	char path[192];
	int status;
	struct span body;
};

struct trial {
	struct subject s;
	struct journal j;
	struct question questions[QUESTIONS_MAX];
	size_t count;
	off_t used[2]; /* of the files: behind that is nothing */
	size_t harmless;
	size_t found;	/* by --check */
	size_t refused; /* starts */
	size_t errors;	/* answers of 500 */
	size_t omitted; /* answers that leave something out */
	size_t crashes; /* of --check, and of a start */
};

/* ---- what is asked ---- */

static struct question *
add_question(struct trial *t)
{
	if (t->count == QUESTIONS_MAX)
		bail_out("too many questions");
	return &t->questions[t->count++];
}

static void
add_questions(struct trial *t, uint64_t size)
{
	static const char *const paths[] = { "/checkpoint",
		"/v1/records?limit=1000", "/v1/records?principal=p0&limit=1000",
		"/v1/records?principal=p1&limit=1000",
		"/v1/records?kind=dataset&limit=1000",
		"/v1/records?name=p2/set&limit=1000" };
	unsigned long long n = size;

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		(void)snprintf(add_question(t)->path,
		    sizeof(t->questions[0].path), "%s", paths[i]);
	for (unsigned long long i = 0; i <= n / TILE_WIDTH; i++) {
		unsigned width = tile_width(0, i, size);
		if (width == 0)
			continue;
		for (int k = 0; k < 2; k++) {
			struct tile tile = {
				.is_entries = k == 0, .n = i, .width = width
			};
			char text[TILE_PATH_MAX];
			tile_print(&tile, text);
			(void)snprintf(add_question(t)->path,
			    sizeof(t->questions[0].path), "/tile/%s", text);
		}
	}
	for (int i = 0; i < 24; i++) {
		const struct acked *a =
		    &t->j.acked[random_below(t->j.acked_count)];
		char hex[HASH_TEXT_MAX];
		hash_print(&a->id, hex);
		(void)snprintf(add_question(t)->path,
		    sizeof(t->questions[0].path), "/v1/records/%s", hex);
		(void)snprintf(add_question(t)->path,
		    sizeof(t->questions[0].path),
		    "/v1/proofs/inclusion/%llu/%llu", n,
		    (unsigned long long)a->index);
	}
}

static void
learn_answers(struct trial *t)
{
	struct http http;

	http_open(&http, t->s.port);
	for (size_t i = 0; i < t->count; i++) {
		struct question *q = &t->questions[i];
		struct answer answer;
		if (!http_get(&http, q->path, &answer) || answer.status != 200)
			bail_out(q->path);
		uint8_t *copy = malloc(answer.body.len + 1);
		if (copy == NULL)
			bail_out("answer");
		memcpy(copy, answer.body.data, answer.body.len);
		q->status = answer.status;
		q->body = span_of(copy, answer.body.len);
	}
	http_close(&http);
}

/* ---- damage ---- */

static off_t
used_bytes(const char *path)
{
	static uint8_t page[PAGE];
	static const uint8_t zeros[PAGE];
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd == -1 || fstat(fd, &st) != 0)
		bail_out(path);
	off_t end = st.st_size;
	while (end > 0 && pread(fd, page, PAGE, end - PAGE) == PAGE &&
	    memcmp(page, zeros, PAGE) == 0)
		end -= PAGE;
	(void)close(fd);
	return end;
}

static void
flip_bit(const char *path, off_t at, unsigned bit)
{
	uint8_t byte;
	int fd = open(path, O_RDWR | O_CLOEXEC);

	if (fd == -1 || pread(fd, &byte, 1, at) != 1)
		bail_out(path);
	byte = (uint8_t)(byte ^ (1u << bit));
	if (pwrite(fd, &byte, 1, at) != 1)
		bail_out(path);
	(void)close(fd);
}

/* A write that went astray. */
static void
copy_page(const char *path, off_t from, off_t to)
{
	static uint8_t page[PAGE];
	int fd = open(path, O_RDWR | O_CLOEXEC);

	if (fd == -1 || pread(fd, page, PAGE, from) != PAGE ||
	    pwrite(fd, page, PAGE, to) != PAGE)
		bail_out(path);
	(void)close(fd);
}

/* As it was; no process for it, three hundred times over. */
static void
restore_file(const struct trial *t, const char *from, const char *to)
{
	static uint8_t bytes[65536];
	int in = open(subject_path(&t->s, from), O_RDONLY | O_CLOEXEC);
	int out = open(subject_path(&t->s, to),
	    O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	ssize_t got = 1;

	while (in != -1 && out != -1 && got > 0) {
		got = read(in, bytes, sizeof(bytes));
		if (got > 0 && write(out, bytes, (size_t)got) != got)
			got = -1;
	}
	if (in == -1 || out == -1 || got < 0)
		bail_out(from);
	(void)close(in);
	(void)close(out);
}

static void
restore(const struct trial *t)
{
	(void)unlink(subject_path(&t->s, "data/failed"));
	restore_file(t, "kept/log/data.mdb", files[0]);
	restore_file(t, "kept/index/data.mdb", files[1]);
	restore_file(t, "kept.state", "key.state");
}

static char damage_text[128];

static void
do_damage(const struct trial *t, size_t round)
{
	size_t which = random_below(3) == 0; /* the log more often */
	const char *path = subject_path(&t->s, files[which]);
	uint64_t pages = (uint64_t)t->used[which] / PAGE;

	if (round % 10 == 9) {
		/* beside the two meta pages, of which the older may go */
		uint64_t from = 2 + random_below(pages - 2);
		uint64_t to = 2 + random_below(pages - 2);
		copy_page(path, (off_t)from * PAGE, (off_t)to * PAGE);
		(void)snprintf(damage_text, sizeof(damage_text),
		    "%s: page %llu over page %llu", files[which],
		    (unsigned long long)from, (unsigned long long)to);
		return;
	}
	uint64_t at = random_below((uint64_t)t->used[which]);
	unsigned bit = (unsigned)random_below(8);
	flip_bit(path, (off_t)at, bit);
	(void)snprintf(damage_text, sizeof(damage_text),
	    "%s: bit %u of byte %llu (page %llu + %llu)", files[which], bit,
	    (unsigned long long)at, (unsigned long long)at / PAGE,
	    (unsigned long long)at % PAGE);
}

/* ---- what comes of it ---- */

static bool
is_list(const struct question *q)
{
	return strchr(q->path, '?') != NULL;
}

/* True: something differs. */
static bool
ask_one(struct trial *t, struct http *http, const struct question *q)
{
	struct answer answer;

	if (!http_get(http, q->path, &answer))
		return true;
	if (answer.status == 200 && span_equal(answer.body, q->body))
		return false;
	if (answer.status == 200 && is_list(q)) {
		/* what an index does not hold is not shown: only --check and a
		   follower of the whole log can tell */
		t->omitted++;
		return true;
	}
	if (answer.status == 200)
		journal_violated(&t->j, "%s: %s: wrong bytes with 200",
		    damage_text, q->path);
	else if (answer.status == 500)
		t->errors++;
	else if (answer.status != 404)
		journal_violated(&t->j, "%s: %s: status %d", damage_text,
		    q->path, answer.status);
	return true;
}

/* True: a difference was seen. */
static bool
ask_all(struct trial *t)
{
	struct http http;
	bool is_different = false;

	http_open(&http, t->s.port);
	for (size_t i = 0; i < t->count; i++)
		is_different |= ask_one(t, &http, &t->questions[i]);
	http_close(&http);
	return is_different;
}

static bool
try_serving(struct trial *t)
{
	int status = subject_start(&t->s);

	if (status >= ENDED_BY_SIGNAL || status == START_HANGS) {
		note_line("%s: a start ended with %d", damage_text, status);
		t->crashes++;
		return true;
	}
	if (status != 0) {
		if (status < REFUSAL_FIRST || status > REFUSAL_LAST)
			journal_violated(&t->j, "%s: a start ended with %d",
			    damage_text, status);
		t->refused++;
		return true;
	}
	bool is_different = ask_all(t);
	status = subject_wait(&t->s, 0);
	if (status == -1) {
		subject_kill(&t->s);
		return is_different;
	}
	if (status >= ENDED_BY_SIGNAL) {
		note_line("%s: serving, it ended with %d", damage_text, status);
		t->crashes++;
	}
	return true;
}

static void
damage_once(struct trial *t, size_t round)
{
	restore(t);
	do_damage(t, round);
	int status = subject_run(&t->s, "--check");
	bool is_found = status != 0;
	if (status >= ENDED_BY_SIGNAL) {
		note_line("%s: --check ended with %d", damage_text, status);
		t->crashes++;
	} else if (is_found && status != FAULTS_FOUND &&
	    (status < REFUSAL_FIRST || status > REFUSAL_LAST)) {
		journal_violated(
		    &t->j, "%s: --check: status %d", damage_text, status);
	}
	bool is_different = try_serving(t);
	if (is_different && !is_found)
		journal_violated(
		    &t->j, "%s: --check did not find it", damage_text);
	t->found += is_found;
	t->harmless += !is_found;
}

static void
begin(struct trial *t)
{
	char folder[] = "/dev/shm/headwater-flips-XXXXXX";

	journal_init(&t->j);
	/* each trial writes it all anew: in memory where that can be */
	if (mkdtemp(folder) != NULL)
		subject_make_in(&t->s, NULL, folder);
	else
		subject_make(&t->s, NULL);
	(void)start_and_verify(&t->s, &t->j);
	struct load *load = load_start(&t->s, &t->j);
	load_await(load, RECORDS, 10000);
	load_stop(load);
	(void)subject_stop(&t->s);
	if (!start_and_verify(&t->s, &t->j))
		bail_out("the log does not even start");
	add_questions(t, t->j.heads[t->j.head_count - 1].size);
	learn_answers(t);
	(void)subject_stop(&t->s);
	copy_tree(subject_path(&t->s, "data"), subject_path(&t->s, "kept"));
	copy_tree(subject_path(&t->s, "key.state"),
	    subject_path(&t->s, "kept.state"));
	for (size_t i = 0; i < 2; i++)
		t->used[i] = used_bytes(subject_path(&t->s, files[i]));
}

void
group_flip(void)
{
	static struct trial t;
	size_t wanted = options.is_long ? FLIPS_LONG : FLIPS_QUICK;
	size_t round = 0;

	begin(&t);
	for (; round < wanted && !journal_is_violated(&t.j); round++) {
		if (!may_go_on())
			break;
		damage_once(&t, round);
	}
	if (journal_is_violated(&t.j))
		note_line("%s", t.j.violation);
	note_line("%zu found by --check, %zu make no difference; %zu starts "
		  "refused, %zu answers of 500, %zu lists that leave out",
	    t.found, t.harmless, t.refused, t.errors, t.omitted);
	outcome(!journal_is_violated(&t.j),
	    "%zu flips: no wrong byte served, all found", round);
	outcome(t.crashes == 0, "%zu crashes", t.crashes);
	subject_remove(&t.s);
	journal_done(&t.j);
}
