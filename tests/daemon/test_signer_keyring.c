#include "daemon/signer_keyring.h"

#include "schema/envelope.h"
#include "schema/text.h"
#include "tests/daemon/signer_kit.h"

/* Keys are made of seeds of one byte: @1 is written for the key of seed 1. */
struct row {
	const char *name;
	const char *text;
	enum err err;
	const char *sentence; /* part of it, or of the warnings */
};

static const struct row rows[] = {
	{ "nothing", "", ERR_OK, NULL },
	{ "comments and empty lines", "# one\n\n# two\n", ERR_OK, NULL },
	{ "one signer", "acme @1\n", ERR_OK, NULL },
	{ "no LF at the end", "acme @1", ERR_OK, NULL },
	{ "two keys of one principal", "acme @1\nacme @2\n", ERR_OK, NULL },
	{ "a key twice, alike", "acme @1\nacme @1\n", ERR_OK, NULL },
	{ "a key twice, at two times",
	    "acme valid-before=\"20260101Z\" @1\n"
	    "acme valid-after=\"20270101Z\" @1\n",
	    ERR_OK, NULL },
	{ "a key of two principals", "acme @1\nother @2\n\nother @1\n",
	    ERR_REFUSED, "signers:4: other has the key of acme in line 1" },
	{ "a key of two principals at two times",
	    "acme valid-before=\"20260101Z\" @1\n"
	    "other valid-after=\"20270101Z\" @1\n",
	    ERR_REFUSED, "signers:2: other has the key of acme in line 1" },
	{ "the log's own key", "acme @1\nacme @9\n", ERR_REFUSED,
	    "signers:2: this is the log's own key" },
	{ "a pattern", "acme @1\n*.example @2\n", ERR_REFUSED, "signers:2: " },
	{ "everybody", "* @1\n", ERR_REFUSED, "signers:1: " },
	{ "a time without zone", "acme valid-after=\"20260101\" @1\n",
	    ERR_REFUSED, "signers:1: " },
	{ "another namespace only", "acme @1\nacme namespaces=\"git\" @2\n",
	    ERR_OK, "signers:2: " },
	{ "another key type", "acme ssh-rsa AAAAB3NzaC1yc2E=\n", ERR_REFUSED,
	    "signers:1: " },
	{ "rubbish", "acme @1\n\xff\xfe\n", ERR_REFUSED, "signers:2: " },
};

static struct public_key log_key;

/* Puts keys in for @N. */
static struct span
expand(const char *text, struct writer *w)
{
	for (; *text != 0; text++) {
		char line[256];
		if (*text != '@') {
			writer_u8(w, (uint8_t)*text);
			continue;
		}
		text++;
		(void)kit_line(line, sizeof(line), "", (uint8_t)(*text - '0'));
		/* without the space before and the LF behind */
		writer_bytes(w, line + 1, strlen(line) - 2);
	}
	assert_err(ERR_OK, writer_end(w));
	return writer_view(w);
}

static void
make_log_key(void)
{
	uint8_t seed[KEY_SEED_LEN];

	assert_err(ERR_OK, key_start(NULL));
	memset(seed, 9, sizeof(seed));
	struct secret_key *secret = key_secret_of_seed(seed);
	key_secret_public(secret, &log_key);
	key_secret_free(secret);
}

static enum err
parse_at(const char *text, uint64_t now_ms, struct signer_keyring **ret,
    struct writer *warnings, struct why *w)
{
	struct writer expanded = writer_heap((size_t)2 << 20);
	struct signer_source source = { "signers", &log_key, now_ms };

	make_log_key();
	enum err err = signer_keyring_parse(
	    &source, expand(text, &expanded), ret, warnings, w);
	writer_done(&expanded);
	return err;
}

static void
test_row(void **state)
{
	const struct row *row = *state;
	struct signer_keyring *keyring = NULL;
	uint8_t text[1024] = { 0 };
	struct writer warnings = writer_of(text, sizeof(text) - 1);
	struct why w = { "" };

	assert_err(row->err, parse_at(row->text, 0, &keyring, &warnings, &w));
	if (row->sentence != NULL)
		assert_non_null(
		    strstr(row->err == ERR_OK ? (const char *)text : w.text,
			row->sentence));
	else
		assert_int_equal(0, warnings.len);
	signer_keyring_free(keyring);
}

static enum err
load_lines(void *context, const struct hash *sha256, size_t len,
    struct writer *ret, struct why *w)
{
	(void)sha256;
	(void)len;
	(void)w;
	writer_span(ret, writer_view(context));
	return ERR_OK;
}

/* How many keys the statement at this stamp has. */
static size_t
count_at(struct signer_keyring *keyring, uint64_t stamp_ms)
{
	static uint8_t text[ENVELOPE_PAYLOAD_MAX];
	struct signer_statement statement = { KIT_ORIGIN, stamp_ms, NULL };
	struct writer payload = writer_of(text, sizeof(text));
	struct writer lines = writer_heap(KEYRING_BLOB_MAX);
	const struct keyring_source source = { .load = load_lines,
		.context = &lines };
	struct keyring *parsed;
	struct why w = { "" };

	assert_err(ERR_OK,
	    signer_keyring_print(keyring, &statement, &payload, &lines, &w));
	assert_err(
	    ERR_OK, keyring_parse(writer_view(&payload), &source, &parsed, &w));
	writer_done(&lines);
	size_t count = parsed->count;
	assert_string_equal(KIT_ORIGIN, parsed->origin);
	assert_false(parsed->has_previous);
	keyring_free(parsed);
	return count;
}

static uint64_t
time_of(const char *text)
{
	uint64_t time_ms = 0;

	assert_true(text_untime(span_of_text(text), &time_ms));
	return time_ms;
}

static void
test_boundaries(void **unused)
{
	struct signer_keyring *keyring;
	uint64_t after = time_of("2026-03-01T00:00:00Z");
	uint64_t before = time_of("2026-04-01T12:30:15Z");
	const struct {
		uint64_t stamp_ms;
		size_t count;
		uint64_t next_ms;
	} moments[] = {
		{ 0, 1, after },
		{ after - 1, 1, after },
		{ after, 2, before },
		{ before - 1, 2, before },
		{ before, 1, UINT64_MAX },
		{ UINT64_MAX - 1, 1, UINT64_MAX },
	};

	(void)unused;
	assert_err(ERR_OK,
	    parse_at("acme valid-after=\"20260301Z\","
		     "valid-before=\"20260401123015Z\" @1\nother @2\n",
		0, &keyring, NULL, NULL));
	for (size_t i = 0; i < sizeof(moments) / sizeof(moments[0]); i++) {
		assert_int_equal(
		    moments[i].count, count_at(keyring, moments[i].stamp_ms));
		assert_int_equal(moments[i].next_ms,
		    signer_keyring_next_ms(keyring, moments[i].stamp_ms));
	}
	signer_keyring_free(keyring);
}

/* Windows of one key: in force when one of them is, and once. */
static void
test_union(void **unused)
{
	struct signer_keyring *keyring;

	(void)unused;
	assert_err(ERR_OK,
	    parse_at("acme valid-before=\"20260101Z\" @1\n"
		     "acme valid-after=\"20250101Z\","
		     "valid-before=\"20260601Z\" @1\n"
		     "acme valid-after=\"20270101Z\" @1\n",
		0, &keyring, NULL, NULL));
	assert_int_equal(1, count_at(keyring, time_of("2024-01-01T00:00:00Z")));
	assert_int_equal(1, count_at(keyring, time_of("2025-07-01T00:00:00Z")));
	assert_int_equal(1, count_at(keyring, time_of("2026-02-01T00:00:00Z")));
	assert_int_equal(0, count_at(keyring, time_of("2026-06-01T00:00:00Z")));
	assert_int_equal(1, count_at(keyring, time_of("2027-01-01T00:00:00Z")));
	signer_keyring_free(keyring);
}

/* `count` signers; those from the second on begin in 2026 where `later`. */
static void
write_many(struct writer *w, size_t count, const char *options)
{
	for (size_t i = 0; i < count; i++) {
		uint8_t seed[KEY_SEED_LEN] = { 77 };
		struct public_key public;
		memcpy(seed + 1, &i, sizeof(i));
		struct secret_key *secret = key_secret_of_seed(seed);
		assert_non_null(secret);
		key_secret_public(secret, &public);
		key_secret_free(secret);
		writer_format(w, "acme %s", options);
		ssh_public_print(&public, w);
		writer_u8(w, '\n');
	}
}

static enum err
parse_many(size_t count, const char *options, uint64_t now_ms)
{
	struct writer text = writer_heap((size_t)8 << 20);
	struct signer_source source = { "signers", &log_key, now_ms };
	struct signer_keyring *keyring = NULL;

	make_log_key();
	write_many(&text, count, options);
	enum err err = signer_keyring_parse(
	    &source, writer_view(&text), &keyring, NULL, NULL);
	if (err == ERR_OK)
		assert_true(count_at(keyring, now_ms) <= count);
	signer_keyring_free(keyring);
	writer_done(&text);
	return err;
}

/* "acme ", 80 bytes of a key, LF: 86 bytes, of which 32 KiB hold 381, and 4 MiB
 * 48,770. */
static void
test_bytes_in_force(void **unused)
{
	(void)unused;
	assert_err(ERR_OK, parse_many(381, "", 0));
	assert_err(ERR_OK, parse_many(382, "", 0));
	assert_err(ERR_OK, parse_many(48770, "", 0));
	assert_err(ERR_REFUSED, parse_many(48771, "", 0));
	/* too many, but later */
	assert_err(
	    ERR_REFUSED, parse_many(48771, "valid-after=\"20990101Z\" ", 0));
	/* too many, but over */
	assert_err(ERR_OK,
	    parse_many(48771, "valid-before=\"20200101Z\" ",
		time_of("2026-01-01T00:00:00Z")));
}

static void
test_too_long(void **unused)
{
	struct writer text = writer_heap(SIGNER_FILE_MAX + 4096);
	struct signer_source source = { "signers", &log_key, 0 };
	struct signer_keyring *keyring = NULL;
	struct why w = { "" };

	(void)unused;
	while (text.len <= SIGNER_FILE_MAX)
		writer_text(&text, "# a comment that goes on and on and on\n");
	assert_err(ERR_REFUSED,
	    signer_keyring_parse(
		&source, writer_view(&text), &keyring, NULL, &w));
	text.len = SIGNER_FILE_MAX;
	assert_err(ERR_OK,
	    signer_keyring_parse(
		&source, writer_view(&text), &keyring, NULL, &w));
	signer_keyring_free(keyring);
	writer_done(&text);
}

/* Warnings that do not fit are counted, and nothing fails. */
static void
test_many_warnings(void **unused)
{
	struct writer text = writer_heap((size_t)1 << 20);
	struct signer_source source = { "signers", &log_key, 0 };
	struct signer_keyring *keyring = NULL;
	char told[1025] = { 0 };
	struct writer warnings = writer_of(told, sizeof(told) - 1);

	(void)unused;
	make_log_key();
	write_many(&text, 200, "namespaces=\"git\" ");
	assert_err(ERR_OK,
	    signer_keyring_parse(
		&source, writer_view(&text), &keyring, &warnings, NULL));
	assert_err(ERR_OK, writer_end(&warnings));
	assert_non_null(strstr(told, "signers:1: "));
	assert_non_null(strstr(told, "lines more\n"));
	signer_keyring_free(keyring);
	writer_done(&text);
}

int
main(int argc, char **argv)
{
	UNIT_ROWS(rows, test_row);
	UNIT(test_boundaries);
	UNIT(test_union);
	UNIT(test_bytes_in_force);
	UNIT(test_too_long);
	UNIT(test_many_warnings);
	return unit_run(argc, argv);
}
