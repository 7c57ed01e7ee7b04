#include "client/history.h"

#include "tests/client/fake_log.h"

static struct session session;

/* ---- pinning and finding ---- */

static void
test_pin_and_find(void **state)
{
	struct fake_log *log = fake_new(3);
	struct why w = { 0 };
	static struct trust trust;
	static struct note_key other;
	static const char *const wanted[] = { NULL, FAKE_ORIGIN, FAKE_URL,
		FAKE_URL "/" };

	(void)state;
	fake_session(log, &session);
	for (size_t i = 0; i < 4; i++) {
		assert_err(
		    ERR_OK, trust_open(session.home, wanted[i], &trust, &w));
		assert_string_equal(FAKE_URL, trust.url);
		assert_string_equal(FAKE_ORIGIN, trust.key.name);
		assert_false(trust.has_seen);
	}
	assert_err(ERR_MISSING,
	    trust_open(session.home, "http://else.example", &trust, &w));
	/* the same log elsewhere is fine, another key is not */
	assert_err(ERR_OK,
	    trust_pin(
		session.home, "https://new.example/x/", &log->key, &trust, &w));
	assert_string_equal("https://new.example/x", trust.url);
	struct public_key key;
	key_secret_public(log->publisher, &key);
	note_key_make(FAKE_ORIGIN, &key, &other);
	assert_err(ERR_CONFLICT,
	    trust_pin(session.home, FAKE_URL, &other, &trust, &w));
	note_key_make("second.example", &key, &other);
	assert_err(
	    ERR_OK, trust_pin(session.home, FAKE_URL, &other, &trust, &w));
	assert_err(ERR_USAGE, trust_open(session.home, NULL, &trust, &w));
	assert_err(ERR_OK, trust_open(session.home, FAKE_ORIGIN, &trust, &w));
	fake_session_done(&session);
	fake_free(log);
}

static void
test_none_pinned(void **state)
{
	static struct trust trust;
	struct why w = { 0 };

	(void)state;
	assert_err(ERR_MISSING,
	    trust_open("/nonexistent/headwater", NULL, &trust, &w));
	assert_non_null(strstr(w.text, "headwater init"));
}

/* ---- what is remembered ---- */

static enum err
fetch(struct why *w)
{
	static struct history_head head;

	return history_fetch(&session.trust, session.arena, &head, w);
}

static void
test_growing(void **state)
{
	struct fake_log *log = fake_new(1);
	struct why w = { 0 };
	static struct trust again;

	(void)state;
	fake_session(log, &session);
	for (unsigned i = 1; i < 70; i++) {
		assert_err(ERR_OK, fetch(&w));
		assert_err(ERR_OK, trust_open(session.home, NULL, &again, &w));
		assert_true(again.has_seen);
		assert_int_equal(log->size, again.seen.head.size);
		for (unsigned more = 0; more < i % 3; more++)
			fake_add_set(log, (unsigned)log->count);
	}
	fake_session_done(&session);
	fake_free(log);
}

static size_t
evidence_count(void)
{
	char dir[DISK_PATH_MAX];
	struct disk_names names = { 0 };

	assert_err(ERR_OK, disk_join(session.trust.dir, "evidence", dir, NULL));
	assert_err(ERR_OK, disk_list(dir, "", session.arena, &names, NULL));
	return names.count;
}

struct lie_row {
	const char *name;
	uint64_t size;	/* of the honest log that was seen */
	uint64_t other; /* what is served then */
	bool is_fork;	/* of another history */
};

static const struct lie_row lie_rows[] = {
	{ "a smaller checkpoint", 20, 19, false },
	{ "a much smaller checkpoint", 20, 1, false },
	{ "another history of the same size", 20, 20, true },
	{ "another history that is larger", 20, 33, true },
	{ "another history that is smaller", 20, 16, true },
};

static void
test_lying(void **state)
{
	const struct lie_row *row = *state;
	struct fake_log *log = fake_new(row->size);
	struct why w = { 0 };

	fake_session(log, &session);
	assert_err(ERR_OK, fetch(&w));
	if (row->is_fork) { /* one entry is another: the 4th */
		struct span entry = span_of_text("another past");
		log->leaves[4] = tree_leaf(entry);
		while (log->count < row->other)
			fake_add_set(log, (unsigned)log->count);
	}
	log->size = row->other;
	assert_err(ERR_DIVERGED, fetch(&w));
	assert_non_null(strstr(w.text, "evidence"));
	assert_int_equal(2, evidence_count());
	/* what was seen stays the measure */
	static struct trust again;
	assert_err(ERR_OK, trust_open(session.home, NULL, &again, &w));
	assert_int_equal(row->size, again.seen.head.size);
	assert_err(ERR_DIVERGED, fetch(&w));
	fake_session_done(&session);
	fake_free(log);
}

/* A proof may carry an older checkpoint, if it is the past of the one seen. */
static void
test_older_proof(void **state)
{
	struct fake_log *log = fake_new(40);
	struct why w = { 0 };
	struct checkpoint checkpoint;

	(void)state;
	fake_session(log, &session);
	assert_err(ERR_OK, fetch(&w));
	for (uint64_t size = 1; size < 40; size += 4) {
		struct writer note = writer_heap(4096);
		fake_checkpoint(log, size, &note);
		assert_err(ERR_OK,
		    history_accept(&session.trust, writer_view(&note),
			session.arena, &checkpoint, &w));
		assert_int_equal(40, session.trust.seen.head.size);
		writer_done(&note);
	}
	fake_session_done(&session);
	fake_free(log);
}

static void
test_damaged_consistency(void **state)
{
	struct fake_log *log = fake_new(20);
	struct why w = { 0 };

	(void)state;
	fake_session(log, &session);
	assert_err(ERR_OK, fetch(&w));
	while (log->count < 33)
		fake_add_set(log, (unsigned)log->count);
	log->damage_path = "/v1/proofs/consistency/20/33";
	log->damage_xor = 1;
	for (log->damage_at = 0; log->damage_at < 200; log->damage_at++) {
		uint64_t size = session.trust.seen.head.size;
		enum err err = fetch(&w);
		assert_true(err != ERR_OK);
		assert_int_equal(20, size);
	}
	log->damage_path = NULL;
	assert_err(ERR_OK, fetch(&w));
	fake_session_done(&session);
	fake_free(log);
}

static void
test_damaged_memory(void **state)
{
	struct fake_log *log = fake_new(20);
	struct why w = { 0 };
	char path[DISK_PATH_MAX];
	struct span note;
	static struct trust trust;

	(void)state;
	fake_session(log, &session);
	assert_err(ERR_OK, fetch(&w));
	assert_err(
	    ERR_OK, disk_join(session.trust.dir, "checkpoint", path, &w));
	assert_err(ERR_OK, disk_read(path, 4096, session.arena, &note, &w));
	for (size_t at = 0; at < note.len; at++) {
		uint8_t copy[1024];
		memcpy(copy, note.data, note.len);
		copy[at] ^= 2;
		assert_err(
		    ERR_OK, disk_write(path, span_of(copy, note.len), &w));
		assert_true(
		    trust_open(session.home, NULL, &trust, &w) != ERR_OK);
	}
	fake_session_done(&session);
	fake_free(log);
}

int
main(int argc, char **argv)
{
	UNIT(test_pin_and_find);
	UNIT(test_none_pinned);
	UNIT(test_growing);
	UNIT_ROWS(lie_rows, test_lying);
	UNIT(test_older_proof);
	UNIT(test_damaged_consistency);
	UNIT(test_damaged_memory);
	return unit_run(argc, argv);
}
