/* ssh_key: what ssh-keygen writes is read, and what it would not mean is not. */
#include "tests/unit.h"

#include <unistd.h>

#include "schema/ssh_key.h"
#include "schema/text.h"

/* written by ssh-keygen -t ed25519 -C 'a comment' */
#define KEY \
	"ssh-ed25519 " \
	"AAAAC3NzaC1lZDI1NTE5AAAAIMRyN1VwbZ6GVN4/Kdg5KCFUcNwbQVXFC0ovmAtvFod9"
#define PEM_TOP "-----BEGIN OPENSSH PRIVATE KEY-----\n"
#define PEM_1 \
	"b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gt" \
	"ZW\n"
#define PEM_2 \
	"QyNTUxOQAAACDEcjdVcG2ehlTePynYOSghVHDcG0FVxQtKL5gLbxaHfQAAAJCzvKn4s7" \
	"yp\n"
#define PEM_3 \
	"+AAAAAtzc2gtZWQyNTUxOQAAACDEcjdVcG2ehlTePynYOSghVHDcG0FVxQtKL5gLbxaH" \
	"fQ\n"
#define PEM_4 \
	"AAAEBf74qvMvEN/5kFp0VM4S0rM2MUE+JuWpAbQSCSwtTw6MRyN1VwbZ6GVN4/Kdg5KC" \
	"FU\n"
#define PEM_5 "cNwbQVXFC0ovmAtvFod9AAAACWEgY29tbWVudAECAwQ=\n"
#define PEM_BOTTOM "-----END OPENSSH PRIVATE KEY-----\n"
#define PRIVATE_KEY PEM_TOP PEM_1 PEM_2 PEM_3 PEM_4 PEM_5 PEM_BOTTOM

/* ---- public keys ---- */

struct public_row {
	const char *name;
	const char *line;
	enum err expected;
	const char *word; /* in the sentence */
};

static const struct public_row public_rows[] = {
	{ "public: alone", KEY, ERR_OK, "" },
	{ "public: with comment and LF", KEY " me@home far away\n", ERR_OK,
	    "" },
	{ "public: two lines", KEY "\n" KEY "\n", ERR_SYNTAX, "line" },
	{ "public: nothing", "", ERR_SYNTAX, "ssh-ed25519" },
	{ "public: no key", "ssh-ed25519", ERR_SYNTAX, "base64" },
	{ "public: cut short", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5", ERR_SYNTAX,
	    "base64" },
	{ "public: another type inside",
	    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE0AAAAIMRyN1VwbZ6GVN4/Kdg5KCFUcNwb"
	    "QVXFC0ovmAtvFod9",
	    ERR_SYNTAX, "base64" },
	{ "public: RSA", "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQ", ERR_REFUSED,
	    "RSA" },
	{ "public: ECDSA", "ecdsa-sha2-nistp256 AAAA", ERR_REFUSED, "ECDSA" },
	{ "public: DSA", "ssh-dss AAAA", ERR_REFUSED, "DSA" },
	{ "public: a security token", "sk-ssh-ed25519@openssh.com AAAA",
	    ERR_REFUSED, "token" },
	{ "public: an ECDSA token", "sk-ecdsa-sha2-nistp256@openssh.com AAAA",
	    ERR_REFUSED, "token" },
	{ "public: a certificate", "ssh-ed25519-cert-v01@openssh.com AAAA",
	    ERR_REFUSED, "certificate" },
	{ "public: of low order",
	    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAEAAAAAAAAAAAAAAAAAAAAAAAAA"
	    "AAAAAAAAAAAAAAAA",
	    ERR_REFUSED, "valid" },
	{ "public: a private key", PRIVATE_KEY, ERR_REFUSED, "private" },
};

static void
test_public(void **state)
{
	const struct public_row *row = *state;
	struct public_key key;
	struct why w = { "" };
	char text[SSH_LINE_LEN];
	struct writer printed = writer_of(text, sizeof(text));
	enum err err = ssh_public_parse(span_of_text(row->line), &key, &w);

	assert_err(row->expected, err);
	if (err != ERR_OK) {
		assert_non_null(strstr(w.text, row->word));
		return;
	}
	ssh_public_print(&key, &printed);
	assert_span_text(KEY, writer_view(&printed));
}

static void
test_fingerprint_is_ssh_keygens(void **state)
{
	struct public_key key;
	char text[SSH_FINGERPRINT_MAX];
	(void)state;

	assert_err(ERR_OK, ssh_public_parse(span_of_text(KEY), &key, NULL));
	ssh_fingerprint(&key, text);
	assert_string_equal(
	    "SHA256:AQBE3NiTaZ6MEOVEFqKT0cm7Yr6S/hi2kZRsBltDOhQ", text);
	assert_true(ssh_is_fingerprint(span_of_text(text)));
}

struct form_row {
	const char *name;
	const char *text;
	bool expected;
};

static const struct form_row form_rows[] = {
	{ "fingerprint: one",
	    "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU", true },
	{ "fingerprint: padded",
	    "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", false },
	{ "fingerprint: short",
	    "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuF", false },
	{ "fingerprint: spare bits",
	    "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV", false },
	{ "fingerprint: lower case",
	    "sha256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU", false },
	{ "fingerprint: MD5",
	    "MD5:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00", false },
};

static void
test_form(void **state)
{
	const struct form_row *row = *state;

	assert_int_equal(
	    row->expected, ssh_is_fingerprint(span_of_text(row->text)));
}

/* ---- private keys ---- */

struct private_row {
	const char *name;
	const char *file;
	enum err expected;
	const char *word;
};

static const struct private_row private_rows[] = {
	{ "private: one", PRIVATE_KEY, ERR_OK, "" },
	{ "private: no LF at the end",
	    PEM_TOP PEM_1 PEM_2 PEM_3 PEM_4 PEM_5
	    "-----END OPENSSH PRIVATE KEY-----",
	    ERR_OK, "" },
	{ "private: a line missing", PEM_TOP PEM_1 PEM_2 PEM_4 PEM_5 PEM_BOTTOM,
	    ERR_SYNTAX, "base64" },
	{ "private: no end", PEM_TOP PEM_1 PEM_2 PEM_3 PEM_4 PEM_5, ERR_SYNTAX,
	    "cut short" },
	{ "private: more behind it", PRIVATE_KEY "\n", ERR_SYNTAX, "behind" },
	{ "private: a public key", KEY "\n", ERR_SYNTAX, "not a private" },
	{ "private: PKCS#8", "-----BEGIN PRIVATE KEY-----\nAAAA\n", ERR_REFUSED,
	    "ssh-keygen" },
	{ "private: an old RSA key", "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n",
	    ERR_REFUSED, "ssh-keygen" },
	{ "private: nothing", "", ERR_SYNTAX, "not a private" },
};

static void
test_private(void **state)
{
	const struct private_row *row = *state;
	struct secret_key *secret = NULL;
	struct public_key public;
	struct why w = { "" };
	char text[SSH_LINE_LEN];
	struct writer printed = writer_of(text, sizeof(text));
	enum err err = ssh_private_parse(span_of_text(row->file), &secret, &w);

	assert_err(row->expected, err);
	if (err != ERR_OK) {
		assert_null(secret);
		assert_non_null(strstr(w.text, row->word));
		return;
	}
	key_secret_public(secret, &public);
	ssh_public_print(&public, &printed);
	assert_span_text(KEY, writer_view(&printed));
	key_secret_free(secret);
}

static void
test_damaged_private(void **state)
{
	static const char good[] = PRIVATE_KEY;
	char file[sizeof(good)];
	size_t passed = 0;
	(void)state;

	for (size_t bit = 0; bit < (sizeof(good) - 1) * 8; bit++) {
		struct secret_key *secret = NULL;
		struct public_key public;
		struct public_key same;
		memcpy(file, good, sizeof(good));
		file[bit / 8] ^= (char)(1 << bit % 8);
		if (ssh_private_parse(span_of(file, sizeof(good) - 1), &secret,
			NULL) != ERR_OK)
			continue;
		/* the comment, say; never another key */
		key_secret_public(secret, &public);
		assert_err(
		    ERR_OK, ssh_public_parse(span_of_text(KEY), &same, NULL));
		assert_true(key_public_equal(&public, &same));
		key_secret_free(secret);
		passed++;
	}
	assert_in_range(passed, 1, 200);
}

/* ---- the real ssh-keygen ---- */

static char folder[] = "/tmp/headwater-test-XXXXXX";

/* Runs a command in the folder; its first output into `out`. */
static struct span
run(const char *command, char *out, size_t cap)
{
	char line[512];
	struct writer w = writer_of(line, sizeof(line));

	writer_format(&w, "cd %s && %s", folder, command);
	writer_u8(&w, '\0');
	assert_err(ERR_OK, writer_end(&w));
	FILE *pipe = popen(line, "r");
	assert_non_null(pipe);
	size_t len = fread(out, 1, cap, pipe);
	int status = pclose(pipe);
	if (status != 0)
		print_message("# %s: status %d\n", line, status);
	assert_int_equal(0, status);
	return span_of(out, len);
}

#define KEYGEN "ssh-keygen -q -f k "

struct keygen_row {
	const char *name;
	const char *command;
	enum err expected; /* of the private key */
	const char *word;
};

static const struct keygen_row keygen_rows[] = {
	{ "ssh-keygen: ed25519", KEYGEN "-t ed25519 -N ''", ERR_OK, "" },
	{ "ssh-keygen: no comment", KEYGEN "-t ed25519 -N '' -C ''", ERR_OK,
	    "" },
	{ "ssh-keygen: a long comment",
	    KEYGEN "-t ed25519 -N '' -C \"$(seq 300)\"", ERR_OK, "" },
	{ "ssh-keygen: encrypted", KEYGEN "-t ed25519 -N secret -a 1",
	    ERR_REFUSED, "ssh-add" },
	{ "ssh-keygen: RSA", KEYGEN "-t rsa -b 1024 -N ''", ERR_REFUSED,
	    "RSA" },
	{ "ssh-keygen: ECDSA", KEYGEN "-t ecdsa -N ''", ERR_REFUSED, "ECDSA" },
	{ "ssh-keygen: RSA in PEM", KEYGEN "-t rsa -b 1024 -N '' -m PEM",
	    ERR_REFUSED, "ssh-keygen -t ed25519" },
};

static void
test_keygen(void **state)
{
	const struct keygen_row *row = *state;
	static char file[16384];
	char fingerprint[SSH_FINGERPRINT_MAX];
	struct secret_key *secret = NULL;
	struct public_key public;
	struct public_key other;
	struct why w = { "" };

	(void)run("rm -f k k.pub", file, sizeof(file));
	(void)run(row->command, file, sizeof(file));
	struct span text = run("cat k", file, sizeof(file));
	enum err err = ssh_private_parse(text, &secret, &w);
	assert_err(row->expected, err);
	if (err != ERR_OK) {
		assert_non_null(strstr(w.text, row->word));
		return;
	}
	key_secret_public(secret, &public);
	key_secret_free(secret);
	text = run("head -1 k.pub", file, sizeof(file));
	assert_err(ERR_OK, ssh_public_parse(text, &other, NULL));
	assert_true(key_public_equal(&public, &other));
	ssh_fingerprint(&public, fingerprint);
	text = run("ssh-keygen -lf k | cut -d' ' -f2", file, sizeof(file));
	text.len--;
	assert_span_text(fingerprint, text);
}

/* ---- allowed_signers ---- */

struct signer_row {
	const char *name;
	const char *line;
	enum err expected;
	enum ssh_line kind;
	const char *word;
};

#define SK "sk-ssh-ed25519@openssh.com AAAA"
#define A64 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static const struct signer_row signer_rows[] = {
	{ "signer: plain", "lab@example " KEY, ERR_OK, SSH_LINE_SIGNER, "" },
	{ "signer: a comment behind", "lab " KEY " who", ERR_OK,
	    SSH_LINE_SIGNER, "" },
	{ "signer: tabs and blanks", " \tlab\t " KEY, ERR_OK, SSH_LINE_SIGNER,
	    "" },
	{ "signer: all options",
	    "lab namespaces=\"headwater\",valid-after=\"20260101Z\","
	    "valid-before=\"20300101Z\" " KEY,
	    ERR_OK, SSH_LINE_SIGNER, "" },
	{ "signer: options in upper case", "lab NameSpaces=\"headwater\" " KEY,
	    ERR_OK, SSH_LINE_SIGNER, "" },
	{ "signer: one of several namespaces",
	    "lab namespaces=\"git,headwater,file\" " KEY, ERR_OK,
	    SSH_LINE_SIGNER, "" },
	{ "signer: 64 bytes", A64 " " KEY, ERR_OK, SSH_LINE_SIGNER, "" },
	{ "signer: 65 bytes", A64 "a " KEY, ERR_REFUSED, 0, "principal" },
	{ "nothing: empty", "", ERR_OK, SSH_LINE_NOTHING, "" },
	{ "nothing: blanks", " \t", ERR_OK, SSH_LINE_NOTHING, "" },
	{ "nothing: a comment", "  # lab " KEY, ERR_OK, SSH_LINE_NOTHING, "" },
	{ "skipped: another namespace", "lab namespaces=\"git\" " KEY, ERR_OK,
	    SSH_LINE_SKIPPED, "skipped" },
	{ "skipped: with what we could not take",
	    "*@lab namespaces=\"git\",cert-authority " SK, ERR_OK,
	    SSH_LINE_SKIPPED, "skipped" },
	{ "skipped: in another case", "lab namespaces=\"HEADWATER\" " KEY,
	    ERR_OK, SSH_LINE_SKIPPED, "skipped" },
	{ "refused: a namespace pattern", "lab namespaces=\"head*\" " KEY,
	    ERR_REFUSED, 0, "pattern" },
	{ "refused: a pattern beside it",
	    "lab namespaces=\"headwater,g?t\" " KEY, ERR_REFUSED, 0,
	    "pattern" },
	{ "refused: a negated namespace", "lab namespaces=\"!headwater\" " KEY,
	    ERR_REFUSED, 0, "pattern" },
	{ "refused: no namespace", "lab namespaces=\"\" " KEY, ERR_SYNTAX, 0,
	    "namespaces" },
	{ "refused: blanks in namespaces",
	    "lab namespaces=\"git, headwater\" " KEY, ERR_SYNTAX, 0,
	    "white space" },
	{ "refused: namespaces twice",
	    "lab namespaces=\"headwater\",namespaces=\"git\" " KEY, ERR_SYNTAX,
	    0, "twice" },
	{ "refused: everyone", "* " KEY, ERR_REFUSED, 0, "pattern" },
	{ "refused: a pattern", "*@example " KEY, ERR_REFUSED, 0, "pattern" },
	{ "refused: a negated pattern", "!lab " KEY, ERR_REFUSED, 0,
	    "pattern" },
	{ "refused: several principals", "a,b " KEY, ERR_REFUSED, 0,
	    "several" },
	{ "refused: upper case", "Lab " KEY, ERR_REFUSED, 0, "principal" },
	{ "refused: a quoted principal", "\"lab\" " KEY, ERR_REFUSED, 0,
	    "principal" },
	{ "refused: an authority", "lab cert-authority " KEY, ERR_REFUSED, 0,
	    "cert-authority" },
	{ "refused: an unknown option", "lab no-pty " KEY, ERR_SYNTAX, 0,
	    "no-pty" },
	{ "refused: an unknown option with value", "lab from=\"x\" " KEY,
	    ERR_SYNTAX, 0, "from" },
	{ "refused: blanks between options",
	    "lab namespaces=\"headwater\", valid-after=\"20260101Z\" " KEY,
	    ERR_SYNTAX, 0, "white space" },
	{ "refused: blanks before a comma",
	    "lab namespaces=\"headwater\" ,valid-after=\"20260101Z\" " KEY,
	    ERR_SYNTAX, 0, "expected" },
	{ "refused: no quotes", "lab namespaces=headwater " KEY, ERR_SYNTAX, 0,
	    "quotes" },
	{ "refused: an open quote", "lab namespaces=\"headwater " KEY,
	    ERR_SYNTAX, 0, "quotes" },
	{ "refused: local time", "lab valid-after=\"20260101\" " KEY,
	    ERR_REFUSED, 0, "Z" },
	{ "refused: month 13", "lab valid-after=\"20261301Z\" " KEY, ERR_SYNTAX,
	    0, "valid-after" },
	{ "refused: ten digits", "lab valid-after=\"2026010112Z\" " KEY,
	    ERR_SYNTAX, 0, "YYYYMMDDZ" },
	{ "refused: no time", "lab valid-before=\"\" " KEY, ERR_SYNTAX, 0,
	    "valid-before" },
	{ "refused: never valid",
	    "lab valid-after=\"20260101Z\",valid-before=\"20260101Z\" " KEY,
	    ERR_SYNTAX, 0, "later" },
	{ "refused: twice a time",
	    "lab valid-after=\"20260101Z\",valid-after=\"20260102Z\" " KEY,
	    ERR_SYNTAX, 0, "twice" },
	{ "refused: a security token", "lab " SK, ERR_REFUSED, 0, "token" },
	{ "refused: RSA", "lab ssh-rsa AAAA", ERR_REFUSED, 0, "RSA" },
	{ "refused: no principal", KEY, ERR_SYNTAX, 0, "" },
	{ "refused: nothing but a principal", "lab", ERR_SYNTAX, 0, "line" },
	{ "refused: two lines", "lab " KEY "\nx", ERR_SYNTAX, 0, "line feed" },
};

static void
test_signer(void **state)
{
	const struct signer_row *row = *state;
	struct ssh_signer signer = { .principal = SPAN_EMPTY };
	enum ssh_line kind = SSH_LINE_NOTHING;
	struct why w = { "" };

	assert_err(row->expected,
	    ssh_signer_parse(span_of_text(row->line), &kind, &signer, &w));
	if (row->expected == ERR_OK) {
		assert_int_equal(row->kind, kind);
		assert_int_equal(kind == SSH_LINE_SIGNER,
		    text_is_principal(signer.principal));
	}
	if (strstr(w.text, row->word) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", w.text, row->word);
}

struct time_row {
	const char *name;
	const char *options;
	uint64_t after_ms;
	uint64_t before_ms;
};

static const struct time_row time_rows[] = {
	{ "time: always", "", 0, UINT64_MAX },
	{ "time: a day", "valid-after=\"20260101Z\" ", 1767225600000,
	    UINT64_MAX },
	{ "time: a minute", "valid-before=\"202601010001Z\" ", 0,
	    1767225660000 },
	{ "time: a second", "valid-before=\"20260101000001Z\" ", 0,
	    1767225601000 },
	{ "time: both", "valid-before=\"20260102Z\",valid-after=\"20260101Z\" ",
	    1767225600000, 1767312000000 },
};

static void
test_time(void **state)
{
	const struct time_row *row = *state;
	struct ssh_signer signer;
	enum ssh_line kind;
	char line[256];
	struct writer w = writer_of(line, sizeof(line));

	writer_format(&w, "lab %s" KEY, row->options);
	assert_err(
	    ERR_OK, ssh_signer_parse(writer_view(&w), &kind, &signer, NULL));
	assert_int_equal(SSH_LINE_SIGNER, kind);
	assert_true(row->after_ms == signer.valid_after_ms);
	assert_true(row->before_ms == signer.valid_before_ms);
}

int
main(int argc, char **argv)
{
	if (key_start(NULL) != ERR_OK || mkdtemp(folder) == NULL)
		return 1;
	UNIT_ROWS(public_rows, test_public);
	UNIT(test_fingerprint_is_ssh_keygens);
	UNIT_ROWS(form_rows, test_form);
	UNIT_ROWS(private_rows, test_private);
	UNIT(test_damaged_private);
	UNIT_ROWS(keygen_rows, test_keygen);
	UNIT_ROWS(signer_rows, test_signer);
	UNIT_ROWS(time_rows, test_time);
	int failed = unit_run(argc, argv);
	char out[8];
	(void)run("rm -f k k.pub", out, sizeof(out));
	(void)rmdir(folder);
	return failed;
}
