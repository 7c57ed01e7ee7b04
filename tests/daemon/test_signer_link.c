#include "daemon/signer_link.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>

#include "daemon/clock.h"
#include "daemon/limits.h"
#include "daemon/signer_wire.h"
#include "schema/envelope.h"
#include "tests/daemon/signer_kit.h"

/* The real program, which `make check` has built beside the tests. */

static struct kit kit;
static char program_path[PATH_MAX];

static void
find_program(void)
{
	const char *build = getenv("HW_BUILD");
	ssize_t len =
	    readlink("/proc/self/exe", program_path, sizeof(program_path) - 64);

	if (build != NULL) {
		(void)snprintf(program_path, sizeof(program_path),
		    "%s/headwater-signer", build);
		return;
	}
	/* …/tests/daemon/test_signer_link */
	for (unsigned up = 0; up < 3 && len > 0; up += program_path[len] == '/')
		len--;
	memcpy(program_path + len, "/headwater-signer",
	    sizeof("/headwater-signer"));
}

static enum err
start(struct signer_link **ret, struct signer_hello *hello, struct why *w)
{
	struct signer_program program = { program_path, kit.key_path,
		kit.signers_path };

	return signer_link_new(&program, ret, hello, w);
}

static struct signer_link *
start_well(struct signer_hello *hello)
{
	struct signer_link *link = NULL;
	struct why w = { "" };

	enum err err = start(&link, hello, &w);
	if (err != ERR_OK)
		print_message("# %s\n", w.text);
	assert_err(ERR_OK, err);
	return link;
}

static enum err
seal(struct signer_link *link, uint64_t old_size, const char *text,
    struct why *w)
{
	uint8_t note[CHECKPOINT_NOTE_MAX];
	struct writer out = writer_of(note, sizeof(note));
	struct span entry = span_of_text(text);

	struct signer_extension extension = { old_size, &entry, 1 };

	return signer_link_seal(link, &extension, &out, w);
}

static void
test_conversation(void **unused)
{
	uint8_t first[CHECKPOINT_NOTE_MAX];
	uint8_t second[CHECKPOINT_NOTE_MAX];
	static uint8_t entry[ENTRY_LEN_MAX];
	struct writer note = writer_of(first, sizeof(first));
	struct writer again = writer_of(second, sizeof(second));
	struct writer beside = writer_heap(1);
	struct signer_given given = { writer_of(entry, sizeof(entry)),
		&beside };
	struct span entries[] = { span_of_text("one"), span_of_text("two") };
	struct signer_extension two = { 0, entries, 2 };
	struct checkpoint checkpoint;
	struct signer_hello hello;
	struct why w = { "" };
	uint64_t next_ms = 0;

	(void)unused;
	kit_make(&kit);
	struct signer_link *link = start_well(&hello);
	assert_int_equal(0, hello.head.size);
	struct hash empty = tree_empty();
	assert_true(hash_equal(&empty, &hello.head.root));
	assert_string_equal(KIT_ORIGIN, hello.key.name);
	assert_int_equal(kit.key.id, hello.key.id);

	assert_err(ERR_NOT_FOUND, signer_link_repeat(link, &again, &w));
	assert_err(ERR_OK, signer_link_seal(link, &two, &note, &w));
	assert_err(ERR_OK,
	    checkpoint_verify(writer_view(&note), &kit.key, &checkpoint, &w));
	assert_int_equal(2, checkpoint.head.size);
	assert_err(ERR_OK, signer_link_repeat(link, &again, &w));
	assert_span(writer_view(&note), writer_view(&again));

	assert_err(ERR_CONFLICT, seal(link, 0, "other", &w));
	assert_non_null(strstr(w.text, "signed size 2"));
	assert_true(signer_link_is_alive(link));

	struct hash *id = &checkpoint.head.root; /* any will do */
	struct signer_moment now = { clock_now_ms(NULL), id };
	struct signer_moment past = { now.stamp_ms - 100000, id };
	assert_err(
	    ERR_OK, signer_link_keyring(link, &now, &given, &next_ms, &w));
	assert_true(next_ms == UINT64_MAX);
	assert_err(
	    ERR_BUSY, signer_link_keyring(link, &past, &given, &next_ms, &w));
	signer_link_free(link);

	link = start_well(&hello); /* and after a restart */
	assert_int_equal(2, hello.head.size);
	assert_true(hash_equal(&checkpoint.head.root, &hello.head.root));
	writer_clear(&again);
	assert_err(ERR_OK, signer_link_repeat(link, &again, &w));
	assert_span(writer_view(&note), writer_view(&again));
	assert_err(ERR_OK, seal(link, 2, "three", &w));
	signer_link_free(link);
	kit_remove(&kit);
}

static void
test_full_batch(void **unused)
{
	static uint8_t bytes[BATCH_ENTRIES_MAX][3000];
	static struct span entries[BATCH_ENTRIES_MAX];
	uint8_t note[CHECKPOINT_NOTE_MAX];
	struct writer out = writer_of(note, sizeof(note));
	struct signer_extension all = { 0, entries, BATCH_ENTRIES_MAX };
	struct signer_hello hello;
	struct checkpoint checkpoint;
	struct tree_edge edge = { .size = 0 };
	struct hash made[TREE_LEVELS];

	(void)unused;
	kit_make(&kit);
	struct signer_link *link = start_well(&hello);
	for (size_t i = 0; i < BATCH_ENTRIES_MAX; i++) {
		memset(bytes[i], (int)i, sizeof(bytes[i]));
		entries[i] = span_of(bytes[i], 1 + i * 2);
		struct hash leaf = tree_leaf(entries[i]);
		(void)tree_append(&edge, &leaf, made);
	}
	assert_err(ERR_OK, signer_link_seal(link, &all, &out, NULL));
	assert_err(ERR_OK,
	    checkpoint_verify(writer_view(&out), &kit.key, &checkpoint, NULL));
	struct hash root = tree_edge_root(&edge);
	assert_true(hash_equal(&root, &checkpoint.head.root));
	signer_link_free(link);
	kit_remove(&kit);
}

static void
test_reload(void **unused)
{
	uint8_t text[1024] = { 0 };
	struct writer warnings = writer_of(text, sizeof(text) - 1);
	struct signer_hello hello;
	struct why w = { "" };

	(void)unused;
	kit_make(&kit);
	struct signer_link *link = start_well(&hello);
	assert_err(ERR_OK, signer_link_reload(link, &warnings, &w));
	assert_int_equal(0, warnings.len);
	kit_write(kit.signers_path, "acme broken\n");
	assert_err(ERR_REFUSED, signer_link_reload(link, &warnings, &w));
	assert_non_null(strstr(w.text, "signers:1: "));
	assert_int_equal(0, unlink(kit.signers_path));
	assert_err(ERR_REFUSED, signer_link_reload(link, &warnings, &w));
	char line[256];
	(void)kit_line(line, sizeof(line), "acme namespaces=\"git\"", 1);
	kit_write(kit.signers_path, line);
	assert_err(ERR_OK, signer_link_reload(link, &warnings, &w));
	assert_non_null(strstr((const char *)text, "signers:1: "));
	assert_true(signer_link_is_alive(link));
	signer_link_free(link);
	kit_remove(&kit);
}

/* ---- starts that fail, with the signer's own sentence ---- */

static void
refuse_start(enum err err, const char *part)
{
	struct signer_link *link = NULL;
	struct signer_hello hello;
	struct why w = { "" };

	assert_err(err, start(&link, &hello, &w));
	assert_null(link);
	if (strstr(w.text, part) == NULL)
		print_message("# %s\n", w.text);
	assert_non_null(strstr(w.text, part));
}

static void
test_starts(void **unused)
{
	struct signer_link *link;
	struct signer_hello hello;

	(void)unused;
	kit_make(&kit);
	link = start_well(&hello);
	refuse_start(ERR_CONFLICT, "another signer, process ");
	signer_link_free(link);
	kit_write(kit.signers_path, "nobody\n");
	refuse_start(ERR_REFUSED, "signers:1: ");
	kit_write(kit.signers_path, "");
	assert_int_equal(0, unlink(kit.state_path));
	refuse_start(ERR_REFUSED, "state --new");
	assert_int_equal(0, unlink(kit.key_path));
	refuse_start(ERR_MISSING, "key: ");
	kit_remove(&kit);
}

static void
test_programs(void **unused)
{
	static const char *const paths[] = { "/nonexistent", "/", "/bin/true",
		"/bin/cat" };
	struct signer_link *link = NULL;
	struct signer_hello hello;
	struct why w = { "" };

	(void)unused;
	kit_make(&kit);
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		struct signer_program program = { paths[i], kit.key_path,
			kit.signers_path };
		assert_err(
		    ERR_IO, signer_link_new(&program, &link, &hello, &w));
		assert_null(link);
	}
	kit_remove(&kit);
}

/* ---- ends ---- */

static pid_t
pid_of(const struct signer_link *link)
{
	char path[64];
	char text[1024] = { 0 };

	(void)snprintf(path, sizeof(path), "/proc/self/fdinfo/%d",
	    signer_link_watch_fd(link));
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(read(fd, text, sizeof(text) - 1) > 0);
	(void)close(fd);
	const char *at = strstr(text, "\nPid:");
	assert_non_null(at);
	return (pid_t)strtol(at + 5, NULL, 10);
}

static void
test_killed(void **unused)
{
	struct signer_hello hello;
	struct why w = { "" };

	(void)unused;
	kit_make(&kit);
	struct signer_link *link = start_well(&hello);
	struct pollfd watch = { .fd = signer_link_watch_fd(link),
		.events = POLLIN };
	assert_int_equal(0, poll(&watch, 1, 0));
	assert_err(ERR_OK, seal(link, 0, "one", &w));
	assert_int_equal(0, kill(pid_of(link), SIGKILL));
	assert_int_equal(1, poll(&watch, 1, 1000));
	assert_false(signer_link_is_alive(link));
	assert_err(ERR_MISSING, seal(link, 1, "two", &w));
	assert_err(ERR_MISSING, seal(link, 1, "two", &w));
	signer_link_free(link);
	kit_remove(&kit);
}

/* Signals of a terminal or a supervisor are for the daemon. */
static void
test_signals(void **unused)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGPIPE };
	struct signer_hello hello;
	struct why w = { "" };

	(void)unused;
	kit_make(&kit);
	struct signer_link *link = start_well(&hello);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		assert_int_equal(0, kill(pid_of(link), signals[i]));
		assert_err(ERR_OK, seal(link, i, "one", &w));
	}
	signer_link_free(link);
	kit_remove(&kit);
}

/* What ends with it when the daemon's process is killed. */
static void
test_daemon_killed(void **unused)
{
	pid_t signer = 0;
	int tell[2];

	(void)unused;
	kit_make(&kit);
	assert_int_equal(0, pipe2(tell, O_CLOEXEC));
	pid_t pid = fork();
	if (pid == 0) {
		struct signer_link *link = NULL;
		struct signer_hello hello;
		if (start(&link, &hello, NULL) == ERR_OK) {
			signer = pid_of(link);
			(void)!write(tell[1], &signer, sizeof(signer));
			(void)pause();
		}
		_exit(1);
	}
	assert_int_equal(
	    sizeof(signer), read(tell[0], &signer, sizeof(signer)));
	assert_int_equal(0, kill(signer, 0));
	assert_int_equal(0, kill(pid, SIGKILL));
	uint64_t from_ms = clock_steady_ms();
	assert_int_equal(pid, waitpid(pid, NULL, 0));
	while (clock_steady_ms() - from_ms < SIGNER_GONE_MS) {
		char path[64];
		char state[256] = { 0 };
		(void)snprintf(path, sizeof(path), "/proc/%d/stat", signer);
		int fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			break;
		(void)!read(fd, state, sizeof(state) - 1);
		(void)close(fd);
		if (strstr(state, ") Z ") != NULL)
			break; /* ended, and nobody here to reap it */
		(void)usleep(5000);
	}
	assert_true(clock_steady_ms() - from_ms < SIGNER_GONE_MS);
	(void)close(tell[0]);
	(void)close(tell[1]);
	kit_remove(&kit);
}

/* ---- crashes: the same signature in the end, whatever happened (A9) ---- */

struct crash {
	const char *name; /* and the fault */
	uint64_t size;	  /* that it has after the next start */
};

static const struct crash crashes[] = {
	{ "signer-before-state:1", 0 },
	{ "signer-state-written:2", 1 }, /* the first is that at the start */
	{ "signer-after-state:1", 1 }, { "signer-before-sign:1", 1 },
	{ "signer-after-sign:1", 1 },
	{ "signer-before-answer:2", 1 }, /* the first is the greeting */
};

static void
take_note(struct signer_link *link, uint64_t size, struct writer *note)
{
	struct span entry = span_of_text("one");
	struct signer_extension extension = { 0, &entry, 1 };
	struct why w = { "" };

	assert_err(ERR_OK,
	    size == 0 ? signer_link_seal(link, &extension, note, &w)
		      : signer_link_repeat(link, note, &w));
}

static void
test_crash(void **state)
{
	const struct crash *crash = *state;
	uint8_t expected[CHECKPOINT_NOTE_MAX];
	uint8_t actual[CHECKPOINT_NOTE_MAX];
	struct writer first = writer_of(expected, sizeof(expected));
	struct writer second = writer_of(actual, sizeof(actual));
	struct signer_hello hello;
	struct why w = { "" };

	kit_make(&kit);
	struct signer_link *link = start_well(&hello);
	take_note(link, 0, &first);
	signer_link_free(link);
	/* the same log again, but with a crash */
	assert_int_equal(0, unlink(kit.state_path));
	assert_err(ERR_OK, signer_state_create(kit.state_path, &kit.key, &w));
	assert_int_equal(0, setenv("HEADWATER_FAULT", crash->name, 1));
	link = start_well(&hello);
	assert_int_equal(0, unsetenv("HEADWATER_FAULT"));
	assert_err(ERR_MISSING, seal(link, 0, "one", &w));
	signer_link_free(link);
	link = start_well(&hello);
	assert_int_equal(crash->size, hello.head.size);
	take_note(link, hello.head.size, &second);
	assert_span(writer_view(&first), writer_view(&second));
	signer_link_free(link);
	kit_remove(&kit);
}

/* ---- a signer that lies ---- */

/* A script that says what was prepared, and then listens no more. */
static struct signer_link *
start_liar(enum signer_type type, struct span body)
{
	static uint8_t bytes[8192];
	struct writer out = writer_of(bytes, sizeof(bytes));
	struct signer_link *link = NULL;
	struct signer_hello hello;
	struct why w = { "" };
	char said[128];
	char script[128];
	char text[256];
	struct hash root = tree_empty();

	(void)snprintf(said, sizeof(said), "%s/said", kit.folder);
	(void)snprintf(script, sizeof(script), "%s/liar", kit.folder);
	(void)snprintf(
	    text, sizeof(text), "#!/bin/sh\ncat %s >&3\nexec sleep 5\n", said);
	writer_u32(&out,
	    (uint32_t)(1 + 8 + HASH_LEN + 2 + strlen(KIT_ORIGIN) +
		KEY_PUBLIC_LEN));
	writer_u8(&out, SIGNER_HELLO);
	writer_u64(&out, 0);
	writer_span(&out, hash_span(&root));
	writer_u16(&out, (uint16_t)strlen(KIT_ORIGIN));
	writer_text(&out, KIT_ORIGIN);
	writer_bytes(&out, kit.key.key.bytes, KEY_PUBLIC_LEN);
	writer_u32(&out, (uint32_t)(1 + body.len));
	writer_u8(&out, (uint8_t)type);
	writer_span(&out, body);
	assert_err(ERR_OK, file_replace(said, writer_view(&out), 0600, NULL));
	assert_err(
	    ERR_OK, file_replace(script, span_of_text(text), 0700, NULL));
	struct signer_program program = { script, kit.key_path,
		kit.signers_path };
	assert_err(ERR_OK, signer_link_new(&program, &link, &hello, &w));
	(void)unlink(said);
	(void)unlink(script);
	return link;
}

static void
sign_head(struct writer *note, uint64_t size, bool is_ours)
{
	struct tree_head head = { size, tree_empty() };
	struct note_key key = kit.key;
	struct secret_key *secret;

	assert_err(ERR_OK, signer_key_read(kit.key_path, &key, &secret, NULL));
	if (!is_ours) {
		key_secret_free(secret);
		secret = key_secret_random();
	}
	checkpoint_sign(&head, &key, secret, note);
	key_secret_free(secret);
}

static void
refuse_lie(enum err err, enum signer_type type, struct span body)
{
	struct why w = { "" };
	struct signer_link *link = start_liar(type, body);

	assert_err(err, seal(link, 0, "one", &w));
	assert_int_not_equal(0, w.text[0]);
	if (err != ERR_IO) {
		/* nobody talks to it again */
		struct pollfd watch = { .fd = signer_link_watch_fd(link),
			.events = POLLIN };
		assert_int_equal(1, poll(&watch, 1, 1000));
		assert_err(ERR_MISSING, seal(link, 0, "one", &w));
	}
	signer_link_free(link);
}

static void
test_lies(void **unused)
{
	uint8_t bytes[CHECKPOINT_NOTE_MAX];
	struct writer note = writer_of(bytes, sizeof(bytes));
	char refusal[] = { ERR_MISSING, 'x' };

	(void)unused;
	kit_make(&kit);
	sign_head(&note, 2, true); /* of another size than asked for */
	refuse_lie(ERR_DIVERGED, SIGNER_SEAL, writer_view(&note));
	refuse_lie(ERR_MISSING, SIGNER_REPEAT, writer_view(&note));
	refuse_lie(ERR_MISSING, (enum signer_type)9, writer_view(&note));
	writer_clear(&note);
	sign_head(&note, 1, false); /* by another key */
	refuse_lie(ERR_DIVERGED, SIGNER_SEAL, writer_view(&note));
	refuse_lie(ERR_DIVERGED, SIGNER_SEAL, span_of_text("nonsense"));
	refuse_lie(ERR_CORRUPT, SIGNER_REFUSED, SPAN_EMPTY);
	/* a refusal cannot say that the signer is gone */
	refuse_lie(ERR_IO, SIGNER_REFUSED, span_of(refusal, 2));
	kit_remove(&kit);
}

static void
test_lying_keyring(void **unused)
{
	static uint8_t entry[ENTRY_LEN_MAX];
	struct writer lines = writer_heap(1);
	struct signer_given out = { writer_of(entry, sizeof(entry)), &lines };
	struct signer_moment moment = { 5, NULL };
	struct why w = { "" };
	uint64_t next_ms = 7;

	(void)unused;
	kit_make(&kit);
	struct signer_link *link = start_liar(SIGNER_KEYRING,
	    span_of("12345678\0\0\0\x0e{\"payload\":\"\"}", 26));
	assert_err(ERR_DIVERGED,
	    signer_link_keyring(link, &moment, &out, &next_ms, &w));
	assert_int_equal(0, out.entry.len);
	assert_int_equal(7, next_ms);
	signer_link_free(link);
	kit_remove(&kit);
}

/* ---- what the process has (C13) ---- */

static void
test_descriptors(void **unused)
{
	struct signer_hello hello;
	char path[64];
	unsigned count = 0;

	(void)unused;
	kit_make(&kit);
	/* one that we forgot to close on exec */
	int leaked = open("/dev/null", O_RDONLY);
	assert_true(leaked >= 0);
	struct signer_link *link = start_well(&hello);
	(void)snprintf(path, sizeof(path), "/proc/%d/fd", pid_of(link));
	DIR *folder = opendir(path);
	if (folder == NULL) {
		/* not dumpable: only root may look */
		assert_true(geteuid() != 0);
		count = 5;
	}
	while (folder != NULL && readdir(folder) != NULL)
		count++;
	if (folder != NULL) {
		(void)closedir(folder);
		count -= 2; /* . and .. */
	}
	assert_int_equal(5, count); /* 0, 1, 2, the socket, the state */
	(void)close(leaked);
	signer_link_free(link);
	kit_remove(&kit);
}

static size_t
count_in(const uint8_t *at, size_t len, struct span wanted)
{
	size_t count = 0;

	while (len >= wanted.len) {
		const uint8_t *next = memmem(at, len, wanted.data, wanted.len);
		if (next == NULL)
			break;
		count++;
		len -= (size_t)(next - at) + 1;
		at = next + 1;
	}
	return count;
}

/* How often `wanted` lies in the writable memory of a process. */
static size_t
count_in_memory(pid_t pid, struct span wanted)
{
	static uint8_t chunk[1 << 20];
	char path[64];
	char line[512];
	size_t count = 0;

	(void)snprintf(path, sizeof(path), "/proc/%d/mem", pid);
	int memory = open(path, O_RDONLY | O_CLOEXEC);
	(void)snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	FILE *maps = fopen(path, "re");
	assert_true(memory >= 0 && maps != NULL);
	while (fgets(line, sizeof(line), maps) != NULL) {
		char *end;
		uint64_t at = strtoull(line, &end, 16);
		uint64_t stop = strtoull(end + 1, NULL, 16);
		/* what was never touched has nothing; sanitizers map much */
		if (stop - at > ((uint64_t)256 << 20))
			continue;
		while (at < stop) {
			size_t want = stop - at < sizeof(chunk)
			    ? (size_t)(stop - at)
			    : sizeof(chunk);
			ssize_t len = pread(memory, chunk, want, (off_t)at);
			if (len <= 0)
				break;
			count += count_in(chunk, (size_t)len, wanted);
			at += (uint64_t)len;
		}
	}
	(void)fclose(maps);
	(void)close(memory);
	return count;
}

static void
test_secret_in_memory(void **unused)
{
	struct signer_hello hello;
	uint8_t seed[KEY_SEED_LEN];
	uint8_t line[NOTE_SKEY_MAX];
	struct writer text = writer_of(line, sizeof(line));
	struct secret_key *secret;
	struct note_key key;
	struct why w = { "" };

	(void)unused;
	if (geteuid() != 0) {
		skip(); /* it is not dumpable: only root can look */
		return;
	}
	kit_make(&kit);
	struct signer_link *link = start_well(&hello);
	assert_err(ERR_OK, seal(link, 0, "one", &w));
	assert_err(ERR_OK, signer_key_read(kit.key_path, &key, &secret, &w));
	key_secret_seed(secret, seed);
	note_secret_print(&key, secret, &text);
	key_secret_free(secret);
	pid_t pid = pid_of(link);
	/* the one copy, in its locked page */
	assert_int_equal(1, count_in_memory(pid, span_of(seed, sizeof(seed))));
	/* the end of the file's line: most of the seed in base64 */
	struct span view = writer_view(&text);
	assert_int_equal(
	    0, count_in_memory(pid, span_part(view, view.len - 33, 32)));
	/* and that looking finds what is there */
	assert_true(count_in_memory(pid, span_of_text(KIT_ORIGIN)) > 0);
	signer_link_free(link);
	kit_remove(&kit);
}

/* Its memory is in no core file. */
static void
test_no_core(void **unused)
{
	struct signer_hello hello;
	char path[64];
	char text[4096] = { 0 };

	(void)unused;
	kit_make(&kit);
	struct signer_link *link = start_well(&hello);
	(void)snprintf(path, sizeof(path), "/proc/%d/limits", pid_of(link));
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(read(fd, text, sizeof(text) - 1) > 0);
	(void)close(fd);
	assert_non_null(
	    strstr(text, "Max core file size        0                    0 "));
	signer_link_free(link);
	kit_remove(&kit);
}

int
main(int argc, char **argv)
{
	find_program();
	UNIT(test_conversation);
	UNIT(test_full_batch);
	UNIT(test_reload);
	UNIT(test_starts);
	UNIT(test_programs);
	UNIT(test_killed);
	UNIT(test_signals);
	UNIT(test_daemon_killed);
#ifdef HEADWATER_FAULTS
	UNIT_ROWS(crashes, test_crash);
#endif
	UNIT(test_lies);
	UNIT(test_lying_keyring);
	UNIT(test_descriptors);
	UNIT(test_secret_in_memory);
	UNIT(test_no_core);
	return unit_run(argc, argv);
}
