#include "client/follow.h"

#include "tests/client/fake_log.h"

static struct session session;
static struct follow follow; /* 32 KiB of findings: not on the stack */
static bool is_tree_only;

/* The audit of `log` from where `session` stands; how many findings. */
static size_t
audit(bool resumes)
{
	struct why w = { 0 };

	assert_err(ERR_OK, follow_init(&follow, &w));
	if (resumes)
		assert_err(ERR_OK,
		    audited_load(
			&follow.audited, &session.trust, session.arena, &w));
	assert_err(ERR_OK,
	    history_fetch(&session.trust, session.arena, &follow.head, &w));
	follow.progress = progress_begin(&session.out, "following", 0, false);
	follow.trust = &session.trust;
	follow.transport = session.transport;
	follow.is_tree_only = is_tree_only;
	enum err err = follow_run(&follow, &w);
	if (err != ERR_OK)
		print_message("# %s\n", w.text);
	assert_err(ERR_OK, err);
	return follow.finding_count;
}

static void
expect_whole(bool resumes)
{
	size_t findings = audit(resumes);

	for (size_t i = 0; i < findings && i < FOLLOW_FINDINGS_MAX; i++)
		print_message("# %s\n", follow.findings[i].text);
	assert_int_equal(0, findings);
}

/* ---- whole logs ---- */

struct size_row {
	const char *name;
	size_t size;
};

static const struct size_row size_rows[] = {
	{ "a log of 1 record is whole", 1 },
	{ "a log of 2 records is whole", 2 },
	{ "a log of 255 records is whole", 255 },
	{ "a log of 256 records is whole", 256 },
	{ "a log of 257 records is whole", 257 },
	{ "a log of 513 records is whole", 513 },
};

static void
test_whole(void **state)
{
	const struct size_row *row = *state;
	struct fake_log *log = fake_new(row->size);

	fake_session(log, &session);
	expect_whole(false);
	assert_int_equal(row->size, follow.audited.edge.size);
	follow_done(&follow);
	fake_session_done(&session);
	fake_free(log);
}

/* ---- going on where it stood ---- */

static void
test_resume(void **state)
{
	static const size_t stops[] = { 1, 2, 200, 256, 257, 300, 300, 600 };
	struct fake_log *log = fake_new(1);
	struct why w = { 0 };

	(void)state;
	fake_session(log, &session);
	uint64_t before = 0;
	for (size_t i = 0; i < sizeof(stops) / sizeof(stops[0]); i++) {
		while (log->count < stops[i])
			fake_add_set(log, (unsigned)log->count);
		expect_whole(i > 0);
		assert_int_equal(before, follow.start);
		assert_err(ERR_OK,
		    audited_save(&follow.audited, &session.trust, before,
			follow.head.note, &w));
		before = follow.audited.edge.size;
		assert_int_equal(stops[i], before);
		follow_done(&follow);
	}
	fake_session_done(&session);
	fake_free(log);
}

static void
test_new_keyring(void **state)
{
	struct fake_log *log = fake_new(5);

	(void)state;
	fake_session(log, &session);
	struct hash first = log->leaves[0];
	fake_add_keyring(log, &first);
	fake_add_set(log, 77);
	expect_whole(false);
	assert_int_equal(2, follow.keyrings);
	assert_int_equal(5, follow.audited.keyring_index);
	follow_done(&follow);
	fake_session_done(&session);
	fake_free(log);
}

/* ---- logs that are wrong ---- */

/* Makes a log of 10, of which something is wrong at the end. */
static void
add_duplicate(struct fake_log *log)
{
	log->entries[log->count] = log->entries[3];
	log->leaves[log->count++] = log->leaves[3];
	log->size = log->count;
}

static void
add_stranger(struct fake_log *log)
{
	struct secret_key *other = key_secret_random();

	fake_add(log, fake_payload(log, "alice/x", span_of_text("x")), other);
	key_secret_free(other);
}

static void
add_name_of_another(struct fake_log *log)
{
	fake_add(
	    log, fake_payload(log, "bob/x", span_of_text("x")), log->publisher);
}

static void
add_rubbish(struct fake_log *log)
{
	log->entries[log->count] = span_of_text("rubbish");
	log->leaves[log->count] = tree_leaf(span_of_text("rubbish"));
	log->size = ++log->count;
}

static void
add_keyring_without_previous(struct fake_log *log)
{
	fake_add_keyring(log, NULL);
}

static void
add_keyring_with_wrong_previous(struct fake_log *log)
{
	struct hash other = log->leaves[1];

	fake_add_keyring(log, &other);
}

struct wrong_row {
	const char *name;
	void (*add)(struct fake_log *log);
	const char *says;
};

static const struct wrong_row wrong_rows[] = {
	{ "a record twice", add_duplicate, "the same record as entry 3" },
	{ "a key that is not in the keyring", add_stranger, "entry 10: " },
	{ "a name of another principal", add_name_of_another, "entry 10: " },
	{ "an entry that is no envelope", add_rubbish, "entry 10: " },
	{ "a keyring that names none before it", add_keyring_without_previous,
	    "entry 10: " },
	{ "a keyring that names another before it",
	    add_keyring_with_wrong_previous, "entry 10: " },
};

static void
test_wrong(void **state)
{
	const struct wrong_row *row = *state;
	struct fake_log *log = fake_new(10);

	fake_session(log, &session);
	row->add(log);
	assert_true(audit(false) >= 1);
	assert_non_null(strstr(follow.findings[0].text, row->says));
	follow_done(&follow);
	fake_session_done(&session);
	fake_free(log);
}

/* With is_tree_only whatever the entries are is no finding; a tree that is not
 * the signed one is. */
static void
test_tree_only(void **state)
{
	struct fake_log *log = fake_new(10);

	(void)state;
	fake_session(log, &session);
	for (size_t i = 0; i < sizeof(wrong_rows) / sizeof(*wrong_rows); i++)
		wrong_rows[i].add(log);
	is_tree_only = true;
	expect_whole(false);
	assert_int_equal(16, follow.audited.edge.size);
	follow_done(&follow);
	log->damage_path = "/tile/entries/000.p/16";
	log->damage_at = 30;
	log->damage_xor = 1;
	assert_true(audit(false) > 0);
	follow_done(&follow);
	is_tree_only = false;
	fake_session_done(&session);
	fake_free(log);
}

/* ---- F8: damage anywhere in what is served ---- */

static const char *const damaged_paths[] = {
	"/tile/0/000",
	"/tile/0/001.p/44",
	"/tile/1/000.p/1",
};

/* A log of 300 that was followed up to 255: what is served of it is asked for
 * again, and judging the rest takes little time. */
static struct fake_log *
followed_to_255(void)
{
	struct fake_log *log = fake_new(255);
	struct why w = { 0 };

	fake_session(log, &session);
	expect_whole(false);
	assert_err(ERR_OK,
	    audited_save(
		&follow.audited, &session.trust, 0, follow.head.note, &w));
	follow_done(&follow);
	while (log->count < 300)
		fake_add_set(log, (unsigned)log->count);
	return log;
}

/* Each byte of each tile of a log of 300 in turn. */
static void
test_damaged_tiles(void **state)
{
	struct fake_log *log = followed_to_255();

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		static const size_t lens[] = { 8192, 44 * 32, 32 };
		/* a hash at a time, another byte of it each time */
		for (size_t at = 0; at < lens[i]; at += 31) {
			log->damage_path = damaged_paths[i];
			log->damage_at = at;
			log->damage_xor = (uint8_t)(1u << at % 8);
			log->damaged = 0;
			assert_true(audit(true) > 0);
			assert_int_equal(1, log->damaged);
			assert_non_null(
			    strstr(follow.findings[0].text, damaged_paths[i]));
			follow_done(&follow);
			arena_reset(session.arena);
		}
	}
	fake_session_done(&session);
	fake_free(log);
}

static void
test_damaged_bundles(void **state)
{
	static const char *const paths[] = { "/tile/entries/000",
		"/tile/entries/001.p/44" };
	struct fake_log *log = followed_to_255();

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct writer bundle = writer_heap((size_t)16 << 20);
		assert_true(
		    fake_tile(log, span_of_text(paths[i] + 6), &bundle));
		for (size_t at = 0; at < bundle.len; at += 499) {
			log->damage_path = paths[i];
			log->damage_at = at;
			log->damage_xor = 4;
			assert_true(audit(true) > 0);
			follow_done(&follow);
			arena_reset(session.arena);
		}
		writer_done(&bundle);
	}
	fake_session_done(&session);
	fake_free(log);
}

/* F10: entries that changed places: each is well-formed and signed. */
static void
test_swapped_entries(void **state)
{
	struct fake_log *log = fake_new(40);

	(void)state;
	fake_session(log, &session);
	for (size_t i = 1; i < 40; i += 3) {
		for (size_t j = i + 1; j < 40; j += 5) {
			struct span entry = log->entries[i];
			log->entries[i] = log->entries[j];
			log->entries[j] = entry; /* the leaves stay */
			assert_true(audit(false) > 0);
			follow_done(&follow);
			arena_reset(session.arena);
			log->entries[j] = log->entries[i];
			log->entries[i] = entry;
		}
	}
	fake_session_done(&session);
	fake_free(log);
}

/* ---- what is kept ---- */

static void
test_damaged_memory(void **state)
{
	static const char *const names[] = { "audit/ids", "audit/state" };
	struct fake_log *log = fake_new(20);
	struct why w = { 0 };

	(void)state;
	fake_session(log, &session);
	expect_whole(false);
	for (size_t i = 0; i < 2; i++) {
		char path[DISK_PATH_MAX];
		struct span bytes;
		assert_err(ERR_OK,
		    audited_save(&follow.audited, &session.trust, 0,
			follow.head.note, &w));
		assert_err(
		    ERR_OK, disk_join(session.trust.dir, names[i], path, &w));
		assert_err(ERR_OK,
		    disk_read(path, 1 << 20, session.arena, &bytes, &w));
		uint8_t *copy = malloc(bytes.len);
		assert_non_null(copy);
		for (size_t at = 0; at < bytes.len; at += 7) {
			struct audited audited;
			memcpy(copy, bytes.data, bytes.len);
			copy[at] ^= 1;
			assert_err(ERR_OK,
			    disk_write(path, span_of(copy, bytes.len), &w));
			audited_init(&audited);
			assert_err(ERR_CORRUPT,
			    audited_load(
				&audited, &session.trust, session.arena, &w));
			audited_done(&audited);
		}
		free(copy);
	}
	follow_done(&follow);
	fake_session_done(&session);
	fake_free(log);
}

int
main(int argc, char **argv)
{
	UNIT_ROWS(size_rows, test_whole);
	UNIT_ROWS(wrong_rows, test_wrong);
	UNIT(test_tree_only);
	UNIT(test_resume);
	UNIT(test_new_keyring);
	UNIT(test_damaged_tiles);
	UNIT(test_damaged_bundles);
	UNIT(test_swapped_entries);
	UNIT(test_damaged_memory);
	return unit_run(argc, argv);
}
