#include "client/command.h"

#include "client/hashing.h"
#include "client/history.h"
#include "client/stored.h"
#include "tests/client/fake_log.h"

/* The commands of trust against a log in memory: exit codes, what is said, what
 * is kept. */

static struct session session;
static char out[FAKE_OUT_MAX];

#define RUN(command, ...) \
	fake_run(&session, &(command), \
	    (const char *const[]){ __VA_ARGS__, NULL }, out)
#define RUN_ALONE(command) \
	fake_run(&session, &(command), (const char *const[]){ NULL }, out)

/* A path below the test's own directory, in one of 16 buffers. */
static const char *
at_home(const char *name)
{
	static char paths[16][DISK_PATH_MAX];
	static size_t next;
	char *path = paths[next++ % 16];

	assert_err(ERR_OK, disk_join(session.home, name, path, NULL));
	return path;
}

static const char *
put(const char *name, struct span bytes)
{
	const char *path = at_home(name);

	assert_err(ERR_OK, disk_write(path, bytes, NULL));
	return path;
}

static struct fake_log *
begin(size_t count)
{
	struct fake_log *log = fake_new(count);

	fake_session(log, &session);
	return log;
}

static void
end(struct fake_log *log)
{
	fake_session_done(&session);
	fake_free(log);
}

/* ---- init ---- */

static void
test_init(void **state)
{
	struct fake_log *log = begin(4);
	char vkey[NOTE_VKEY_MAX];
	struct public_key other;
	struct note_key key;

	(void)state;
	note_key_print(&log->key, vkey);
	assert_int_equal(
	    0, RUN(command_init, FAKE_URL, "--vkey", vkey, "--json"));
	assert_non_null(strstr(out, "\"treeSize\":4"));
	assert_int_equal(2, RUN(command_init, FAKE_URL));
	assert_int_equal(2, RUN(command_init, FAKE_URL, "--vkey", "x+y+z"));
	assert_int_equal(2,
	    RUN(command_init, "http://me:secret@log.example.org", "--vkey",
		vkey));
	assert_int_equal(2, RUN(command_init, "ftp://x", "--vkey", vkey));
	/* another key did not sign it: nothing is pinned, and it is a no */
	key_secret_public(log->publisher, &other);
	note_key_make("other.example", &other, &key);
	note_key_print(&key, vkey);
	assert_int_equal(1, RUN(command_init, FAKE_URL, "--vkey", vkey));
	end(log);
}

/* ---- submit ---- */

static struct span
new_envelope(struct fake_log *log, const char *name, bool pretty)
{
	struct envelope envelope;
	struct writer w = writer_heap(ENTRY_LEN_MAX);

	assert_err(ERR_OK,
	    envelope_sign(fake_payload(log, name, span_of_text(name)),
		log->publisher, log->arena, &envelope));
	writer_text(&w, pretty ? " \t" : "");
	envelope_print(&envelope, &w);
	struct span text = arena_copy(log->arena, writer_view(&w));
	writer_done(&w);
	return text;
}

static void
test_submit(void **state)
{
	struct fake_log *log = begin(4);
	struct stored stored;

	(void)state;
	const char *file = put("a.json", new_envelope(log, "alice/new", true));
	assert_int_equal(0, RUN(command_submit, file));
	assert_int_equal(5, log->count);
	/* proof and keyring are kept, and can be verified offline */
	assert_err(ERR_OK,
	    stored_get(
		&session.trust, &log->leaves[4], session.arena, &stored, NULL));
	assert_true(stored.keyring.len > 0);
	assert_int_equal(0, RUN(command_submit, file, "--json"));
	assert_non_null(strstr(out, "\"duplicate\":true"));
	assert_int_equal(5, log->count);
	assert_int_equal(
	    1, RUN(command_submit, put("b.json", span_of_text("{}"))));
	assert_int_equal(3, RUN(command_submit, at_home("missing.json")));
	assert_int_equal(2, RUN_ALONE(command_submit));
	log->busy = 2; /* twice 503, then it works */
	assert_int_equal(0, RUN(command_submit, file));
	log->busy = 3;
	assert_int_equal(3, RUN(command_submit, file, "--json"));
	end(log);
}

static void
test_submit_lines(void **state)
{
	struct fake_log *log = begin(4);
	struct writer w = writer_heap(1 << 20);
	struct stored stored;

	(void)state;
	writer_span(&w, new_envelope(log, "alice/one", false));
	writer_text(&w, "\n\n");
	writer_span(&w, new_envelope(log, "alice/two", false));
	writer_text(&w, "\nrubbish\n");
	writer_span(&w, new_envelope(log, "alice/three", false));
	const char *file = put("some.jsonl", writer_view(&w));
	assert_int_equal(1, RUN(command_submit, file, "--json"));
	assert_int_equal(7, log->count);
	assert_non_null(strstr(out, "\"line\":2,\"error\""));
	assert_non_null(strstr(out, "\"line\":4,\"error\""));
	assert_non_null(strstr(out, "\"line\":5,\"result\""));
	for (size_t i = 4; i < 7; i++)
		assert_err(ERR_OK,
		    stored_get(&session.trust, &log->leaves[i], session.arena,
			&stored, NULL));
	writer_done(&w);
	end(log);
}

/* Whatever the log answers to a POST, a byte that is wrong is noticed. */
static void
test_submit_lied_to(void **state)
{
	struct fake_log *log = begin(4);
	struct span text = new_envelope(log, "alice/new", false);
	const char *file = put("a.json", text);

	(void)state;
	assert_int_equal(0, RUN(command_submit, file, "--json"));
	log->damage_path = "/v1/records";
	log->damage_xor = 1;
	for (size_t served = 1;; served++, log->damage_at += 3) {
		int code = RUN(command_submit, file, "--json");
		arena_reset(session.arena);
		if (log->damaged < served)
			break; /* beyond its end */
		assert_true(code == 1 || code == 3);
	}
	assert_true(log->damaged > 300);
	end(log);
}

/* ---- verify ---- */

static struct span
content_of(unsigned number)
{
	static char name[64];

	(void)snprintf(name, sizeof(name), "alice/set-%u", number);
	return span_of_text(name);
}

static void
test_verify(void **state)
{
	struct fake_log *log = begin(12);
	const char *good = put("good", content_of(7));
	const char *bad = put("bad", span_of_text("tampered"));
	const char *proof = put("p.tlog-proof", fake_proof(log, 7, 12));

	(void)state;
	/* without a keyring the rest is checked, and it ends with 3 */
	assert_int_equal(
	    3, RUN(command_verify, good, "--proof", proof, "--json"));
	assert_non_null(strstr(out, "\"signatureChecked\":false"));
	assert_int_equal(1, RUN(command_verify, bad, "--proof", proof));
	(void)put("p.keyring.tlog-proof", fake_proof(log, 0, 12));
	assert_int_equal(
	    0, RUN(command_verify, good, "--proof", proof, "--json"));
	assert_non_null(strstr(out, "\"ok\":true"));
	assert_non_null(strstr(out, "\"principal\":\"alice\""));
	assert_non_null(strstr(out, "\"consistencyChecked\":false"));
	assert_int_equal(0, RUN(command_verify, good, "--proof", proof));
	assert_non_null(strstr(out, "not checked: consistency"));
	bad = put("bad", span_of_text("tampered"));
	assert_int_equal(
	    1, RUN(command_verify, bad, "--proof", proof, "--json"));
	assert_non_null(strstr(out, "\"ok\":false"));
	good = put("good", content_of(7));
	assert_int_equal(1, RUN(command_verify, good, bad, "--proof", proof));
	assert_int_equal(
	    3, RUN(command_verify, at_home("none"), "--proof", proof));
	assert_int_equal(2, RUN(command_verify, good));
	assert_int_equal(2, RUN(command_verify, "--proof", proof));
	assert_int_equal(
	    3, RUN(command_verify, good, "--proof", at_home("none")));
	assert_int_equal(0, log->calls); /* all of it offline */
	end(log);
}

/* A directory is its manifest; a subject that names other digests too must agree
 * in all that can be computed. */
static void
test_verify_directory(void **state)
{
	struct fake_log *log = begin(3);
	struct hashing hashing;

	(void)state;
	assert_err(ERR_OK, disk_make_dirs(at_home("set/sub"), NULL));
	(void)put("set/a", span_of_text("one"));
	(void)put("set/sub/b", span_of_text("two"));
	const char *dir = at_home("set");
	assert_err(ERR_OK,
	    hashing_path(&session.out, dir, session.arena, &hashing, NULL));
	fake_add(log, fake_payload(log, "alice/set", hashing.manifest),
	    log->publisher);
	(void)put("p.keyring.tlog-proof", fake_proof(log, 0, 4));
	const char *proof = put("p.tlog-proof", fake_proof(log, 3, 4));
	assert_int_equal(0, RUN(command_verify, dir, "--proof", proof));
	(void)put("set/a", span_of_text("ONE"));
	dir = at_home("set");
	assert_int_equal(1, RUN(command_verify, dir, "--proof", proof));
	(void)put("set/a", span_of_text("one"));
	(void)put("set/more", span_of_text("three"));
	dir = at_home("set");
	assert_int_equal(1, RUN(command_verify, dir, "--proof", proof));
	end(log);
}

static void
test_verify_unpinned(void **state)
{
	struct fake_log *log = begin(12);
	char vkey[NOTE_VKEY_MAX];
	char policy[NOTE_VKEY_MAX + 64];
	char command[DISK_PATH_MAX + 32];
	const char *good = put("good", content_of(7));
	const char *proof = put("p.tlog-proof", fake_proof(log, 7, 12));
	const char *keyring = put("k.tlog-proof", fake_proof(log, 0, 3));

	(void)state;
	(void)snprintf(
	    command, sizeof(command), "rm -rf '%s/logs'", session.home);
	assert_int_equal(0, system(command));
	session.has_trust = false;
	assert_int_equal(3,
	    RUN(command_verify, good, "--proof", proof, "--keyring", keyring));
	note_key_print(&log->key, vkey);
	assert_int_equal(0,
	    RUN(command_verify, good, "--proof", proof, "--keyring", keyring,
		"--vkey", vkey));
	(void)snprintf(policy, sizeof(policy), "log %s\nquorum none\n", vkey);
	assert_int_equal(0,
	    RUN(command_verify, good, "--proof", proof, "--keyring", keyring,
		"--policy", put("policy", span_of_text(policy))));
	vkey[strlen(vkey) - 3] ^= 1;
	assert_int_equal(2,
	    RUN(command_verify, good, "--proof", proof, "--keyring", keyring,
		"--vkey", vkey));
	end(log);
}

static void
test_verify_compares_roots(void **state)
{
	struct fake_log *log = begin(12);
	struct why w = { 0 };
	static struct history_head head;
	const char *good = put("good", content_of(7));
	const char *proof = put("p.tlog-proof", fake_proof(log, 7, 12));

	(void)state;
	(void)put("p.keyring.tlog-proof", fake_proof(log, 0, 12));
	assert_err(
	    ERR_OK, history_fetch(&session.trust, session.arena, &head, &w));
	assert_int_equal(
	    0, RUN(command_verify, good, "--proof", proof, "--json"));
	assert_non_null(strstr(out, "\"consistencyChecked\":true"));
	/* the log signs another tree of this size: the proof itself is fine */
	log->leaves[3] = tree_leaf(span_of_text("another past"));
	proof = put("p.tlog-proof", fake_proof(log, 7, 12));
	assert_int_equal(1, RUN(command_verify, good, "--proof", proof));
	end(log);
}

/* ---- show ---- */

static void
test_show(void **state)
{
	struct fake_log *log = begin(12);
	char id[HASH_TEXT_MAX];

	(void)state;
	hash_print(&log->leaves[5], id);
	assert_int_equal(0, RUN(command_show, id));
	assert_non_null(strstr(out, "alice/set-5"));
	assert_non_null(strstr(out, "MIT"));
	assert_int_equal(0, RUN(command_show, id, "--json"));
	assert_non_null(strstr(out, "\"_type\""));
	const char *proof = put("p.tlog-proof", fake_proof(log, 7, 12));
	assert_int_equal(0, RUN(command_show, proof));
	assert_non_null(strstr(out, "alice/set-7"));
	id[63] = id[63] == '0' ? '1' : '0';
	assert_int_equal(1, RUN(command_show, id));
	id[7] = '\0';
	assert_int_equal(2, RUN(command_show, id));
	assert_int_equal(2, RUN(command_show, "not-an-id"));
	end(log);
}

static void
test_short_ids(void **state)
{
	struct fake_log *log = begin(4);
	char id[HASH_TEXT_MAX];

	(void)state;
	const char *file = put("a.json", new_envelope(log, "alice/new", false));
	assert_int_equal(0, RUN(command_submit, file));
	hash_print(&log->leaves[4], id);
	id[8] = '\0';
	assert_int_equal(0, RUN(command_show, id));
	assert_non_null(strstr(out, "alice/new"));
	id[7] ^= 1;
	assert_int_equal(1, RUN(command_show, id));
	end(log);
}

/* ---- audit ---- */

static void
test_audit(void **state)
{
	struct fake_log *log = begin(300);

	(void)state;
	assert_int_equal(0, RUN(command_audit, "--json"));
	assert_non_null(strstr(out, "\"treeSize\":300"));
	assert_non_null(strstr(out, "\"from\":0"));
	fake_add_set(log, 1000);
	assert_int_equal(0, RUN(command_audit, "--json"));
	assert_non_null(strstr(out, "\"from\":300"));
	assert_int_equal(0, RUN_ALONE(command_audit));
	assert_non_null(strstr(out, "whole"));
	log->damage_path = "/tile/0/000";
	log->damage_at = 100;
	log->damage_xor = 1;
	assert_int_equal(1, RUN(command_audit, "--all", "--json"));
	assert_non_null(strstr(out, "\"ok\":false"));
	assert_non_null(strstr(out, "/tile/0/000"));
	log->damage_path = NULL;
	log->size = 250; /* it goes back */
	assert_int_equal(1, RUN(command_audit, "--json"));
	assert_non_null(strstr(out, "ERR_DIVERGED"));
	end(log);
}

int
main(int argc, char **argv)
{
	UNIT(test_init);
	UNIT(test_submit);
	UNIT(test_submit_lines);
	UNIT(test_submit_lied_to);
	UNIT(test_verify);
	UNIT(test_verify_directory);
	UNIT(test_verify_unpinned);
	UNIT(test_verify_compares_roots);
	UNIT(test_show);
	UNIT(test_short_ids);
	UNIT(test_audit);
	return unit_run(argc, argv);
}
