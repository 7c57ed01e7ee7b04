#include "client/stored.h"

#include <sys/wait.h>

#include "client/principal.h"
#include "tests/client/fake_log.h"

static struct session session;

/* ---- disk ---- */

static const char *
at_home(const char *name)
{
	static char path[DISK_PATH_MAX];

	assert_err(ERR_OK, disk_join(session.home, name, path, NULL));
	return path;
}

static void
test_disk(void **state)
{
	struct fake_log *log = fake_new(1);
	struct span bytes;
	struct disk_names names = { 0 };
	struct stat about;

	(void)state;
	fake_session(log, &session);
	assert_err(ERR_OK, disk_make_dirs(at_home("a/b/c"), NULL));
	assert_err(ERR_OK, disk_make_dirs(at_home("a/b/c"), NULL));
	assert_int_equal(0, stat(at_home("a/b"), &about));
	assert_int_equal(0700, about.st_mode & 0777);
	assert_err(
	    ERR_OK, disk_write(at_home("a/x.txt"), span_of_text("one"), NULL));
	assert_err(
	    ERR_OK, disk_write(at_home("a/x.txt"), span_of_text("two"), NULL));
	assert_int_equal(0, stat(at_home("a/x.txt"), &about));
	assert_int_equal(0600, about.st_mode & 0777);
	assert_err(ERR_OK,
	    disk_read(at_home("a/x.txt"), 3, session.arena, &bytes, NULL));
	assert_span_text("two", bytes);
	assert_err(ERR_TOO_LARGE,
	    disk_read(at_home("a/x.txt"), 2, session.arena, &bytes, NULL));
	assert_err(ERR_MISSING,
	    disk_read(at_home("a/y.txt"), 2, session.arena, &bytes, NULL));
	assert_err(
	    ERR_IO, disk_read(at_home("a"), 2, session.arena, &bytes, NULL));
	assert_err(ERR_OK,
	    disk_write_at(at_home("a/x.txt"), 1, span_of_text("!"), NULL));
	assert_err(ERR_OK,
	    disk_read(at_home("a/x.txt"), 9, session.arena, &bytes, NULL));
	assert_span_text("t!", bytes);
	assert_err(ERR_OK, disk_write(at_home("a/a.txt"), SPAN_EMPTY, NULL));
	/* no temporary file is left, and other suffixes are not listed */
	assert_err(ERR_OK,
	    disk_list(at_home("a"), ".txt", session.arena, &names, NULL));
	assert_int_equal(2, names.count);
	assert_span_text("a", names.names[0]);
	assert_span_text("x", names.names[1]);
	assert_err(ERR_OK,
	    disk_list(at_home("none"), "", session.arena, &names, NULL));
	assert_int_equal(0, names.count);
	fake_session_done(&session);
	fake_free(log);
}

/* A second process waits for the lock. */
static void
test_lock(void **state)
{
	struct fake_log *log = fake_new(1);
	struct span bytes;
	int fd = -1;

	(void)state;
	fake_session(log, &session);
	assert_err(ERR_OK, disk_lock(at_home("lock"), &fd, NULL));
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		int own = -1;
		disk_unlock(fd); /* inherited: it would hold the lock */
		bool had = disk_lock(at_home("lock"), &own, NULL) == ERR_OK &&
		    disk_exists(at_home("flag"));
		_exit(had ? 0 : 1);
	}
	(void)usleep(50000);
	assert_err(
	    ERR_OK, disk_write(at_home("flag"), span_of_text("x"), NULL));
	disk_unlock(fd);
	int status = 1;
	assert_int_equal(child, waitpid(child, &status, 0));
	assert_int_equal(0, status);
	assert_err(
	    ERR_OK, disk_read(at_home("flag"), 1, session.arena, &bytes, NULL));
	fake_session_done(&session);
	fake_free(log);
}

/* ---- ids ---- */

static enum err
put(uint8_t first, uint8_t fourth, uint8_t last, const char *proof)
{
	struct hash id = { { first, 0xbb, 0xcc, fourth } };

	id.bytes[31] = last;
	return stored_put(&session.trust, &id, span_of_text(proof),
	    span_of_text("keyring"), NULL);
}

struct id_row {
	const char *name;
	const char *text;
	enum err expected;
	uint8_t last;
};

static const struct id_row id_rows[] = {
	{ "a unique prefix of 8", "aabbccdd", ERR_OK, 1 },
	{ "a longer one", "aabbccdd00", ERR_OK, 1 },
	{ "two that share it", "abbbccdd", ERR_CONFLICT, 0 },
	{ "one that is not there", "ffffffff", ERR_NOT_FOUND, 0 },
	{ "seven digits", "aabbccd", ERR_USAGE, 0 },
	{ "upper case", "AABBCCDD", ERR_USAGE, 0 },
	{ "no hex", "aabbccdx", ERR_USAGE, 0 },
	{ "a path", "../../../etc", ERR_USAGE, 0 },
	{ "nothing", "", ERR_USAGE, 0 },
	{ "65 digits",
	    "aabbccdd000000000000000000000000000000000000000000000000000000011",
	    ERR_USAGE, 0 },
	{ "64 digits of one that is not kept",
	    "ffffffff00000000000000000000000000000000000000000000000000000009",
	    ERR_OK, 9 },
};

static void
test_ids(void **state)
{
	const struct id_row *row = *state;
	struct fake_log *log = fake_new(1);
	struct hash id;

	fake_session(log, &session);
	assert_err(ERR_OK, put(0xaa, 0xdd, 1, "one"));
	assert_err(ERR_OK, put(0xab, 0xdd, 2, "two"));
	assert_err(ERR_OK, put(0xab, 0xdd, 3, "three"));
	assert_err(row->expected,
	    stored_resolve(
		&session.trust, row->text, session.arena, &id, NULL));
	if (row->expected == ERR_OK)
		assert_int_equal(row->last, id.bytes[31]);
	fake_session_done(&session);
	fake_free(log);
}

static void
test_beside(void **state)
{
	char path[DISK_PATH_MAX];

	(void)state;
	assert_err(ERR_OK, stored_beside("a/b.tlog-proof", path, NULL));
	assert_string_equal("a/b.keyring.tlog-proof", path);
	assert_err(ERR_OK, stored_beside("a/b.proof", path, NULL));
	assert_string_equal("a/b.proof.keyring.tlog-proof", path);
	assert_err(ERR_OK, stored_beside(".tlog-proof", path, NULL));
	assert_string_equal(".tlog-proof.keyring.tlog-proof", path);
}

/* ---- principal ---- */

/* An unencrypted openssh-key-v1 file (PROTOCOL.key) of a seed. */
static void
put_key_file(const char *path, const uint8_t seed[static KEY_SEED_LEN])
{
	struct secret_key *secret = key_secret_of_seed(seed);
	struct public_key key;
	uint8_t blob[SSH_BLOB_LEN];
	uint8_t inner_bytes[256];
	uint8_t outer_bytes[512];
	struct writer inner = writer_of(inner_bytes, sizeof(inner_bytes));
	struct writer outer = writer_of(outer_bytes, sizeof(outer_bytes));
	struct writer file = writer_heap(4096);

	key_secret_public(secret, &key);
	ssh_blob(&key, blob);
	writer_u32(&inner, 7);
	writer_u32(&inner, 7);
	writer_bytes(&inner, blob, sizeof(blob));
	writer_u32(&inner, 64);
	writer_bytes(&inner, seed, KEY_SEED_LEN);
	writer_bytes(&inner, key.bytes, KEY_PUBLIC_LEN);
	writer_u32(&inner, 0);
	for (uint8_t pad = 1; inner.len % 8 != 0; pad++)
		writer_u8(&inner, pad);
	writer_bytes(&outer, "openssh-key-v1", 15);
	writer_u32(&outer, 4);
	writer_text(&outer, "none");
	writer_u32(&outer, 4);
	writer_text(&outer, "none");
	writer_u32(&outer, 0);
	writer_u32(&outer, 1);
	writer_u32(&outer, SSH_BLOB_LEN);
	writer_bytes(&outer, blob, sizeof(blob));
	writer_u32(&outer, (uint32_t)inner.len);
	writer_span(&outer, writer_view(&inner));
	writer_text(&file, "-----BEGIN OPENSSH PRIVATE KEY-----\n");
	char text[1024];
	struct span bytes = writer_view(&outer);
	text_base64(bytes, text);
	for (size_t at = 0; at < TEXT_BASE64_LEN(bytes.len); at += 70) {
		size_t left = TEXT_BASE64_LEN(bytes.len) - at;
		writer_bytes(&file, text + at, left < 70 ? left : 70);
		writer_text(&file, "\n");
	}
	writer_text(&file, "-----END OPENSSH PRIVATE KEY-----\n");
	assert_err(ERR_OK, disk_write(path, writer_view(&file), NULL));
	writer_done(&file);
	key_secret_free(secret);
}

static void
test_principal(void **state)
{
	static const uint8_t known[KEY_SEED_LEN] = { 2 }; /* as in fake_new */
	static const uint8_t stranger[KEY_SEED_LEN] = { 3 };
	struct fake_log *log = fake_new(3);
	struct principal principal;
	struct envelope envelope;
	struct why w = { 0 };
	char file[DISK_PATH_MAX];

	(void)state;
	fake_session(log, &session);
	(void)unsetenv("SSH_AUTH_SOCK");
	session.key_file = NULL;
	assert_err(ERR_MISSING, principal_load(&session, &principal, &w));
	assert_err(ERR_USAGE, principal_load_key(&session, &principal, &w));
	(void)snprintf(file, sizeof(file), "%s", at_home("key"));
	session.key_file = file;
	assert_err(ERR_MISSING, principal_load(&session, &principal, &w));
	put_key_file(file, stranger);
	assert_err(ERR_REFUSED, principal_load(&session, &principal, &w));
	assert_non_null(strstr(w.text, "ssh-ed25519 "));
	put_key_file(file, known);
	assert_err(ERR_OK, principal_load(&session, &principal, &w));
	assert_string_equal("alice", principal.name);
	struct span payload = fake_payload(log, "alice/x", span_of_text("x"));
	assert_err(ERR_OK,
	    principal_sign(&principal, payload, session.arena, &envelope, &w));
	assert_err(ERR_OK, envelope_verify(&envelope, &principal.key, &w));
	principal_done(&principal);
	assert_err(ERR_OK, disk_write(file, span_of_text("rubbish"), NULL));
	assert_true(principal_load(&session, &principal, &w) != ERR_OK);
	session.key_file = NULL;
	fake_session_done(&session);
	fake_free(log);
}

int
main(int argc, char **argv)
{
	UNIT(test_disk);
	UNIT(test_lock);
	UNIT_ROWS(id_rows, test_ids);
	UNIT(test_beside);
	UNIT(test_principal);
	return unit_run(argc, argv);
}
