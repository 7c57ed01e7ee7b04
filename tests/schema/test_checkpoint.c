/* checkpoint: three lines, signed by the log that they name. */
#include "tests/unit.h"

#include "schema/checkpoint.h"

#define EMPTY "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"
#define ROOT "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
#define A51 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define A255 A51 A51 A51 A51 A51

struct text_row {
	const char *name;
	const char *text;
	enum err expected;
	uint64_t size;
};

static const struct text_row text_rows[] = {
	{ "text: the empty tree", "a\n0\n" EMPTY, ERR_OK, 0 },
	{ "text: size 0, another root", "a\n0\n" ROOT, ERR_MISMATCH, 0 },
	{ "text: some size", "example.com/l\n12\n" ROOT, ERR_OK, 12 },
	{ "text: 2^63-1", "a\n9223372036854775807\n" ROOT, ERR_OK, INT64_MAX },
	{ "text: 2^63", "a\n9223372036854775808\n" ROOT, ERR_SYNTAX, 0 },
	{ "text: a leading zero", "a\n012\n" ROOT, ERR_SYNTAX, 0 },
	{ "text: a negative size", "a\n-1\n" ROOT, ERR_SYNTAX, 0 },
	{ "text: no size", "a\n\n" ROOT, ERR_SYNTAX, 0 },
	{ "text: no origin", "\n12\n" ROOT, ERR_SYNTAX, 0 },
	{ "text: an origin of 255 bytes", A255 "\n12\n" ROOT, ERR_OK, 12 },
	{ "text: an origin of 256 bytes", "a" A255 "\n12\n" ROOT, ERR_SYNTAX,
	    0 },
	{ "text: no root", "a\n12\n", ERR_SYNTAX, 0 },
	{ "text: a short root", "a\n12\nAAAA\n", ERR_SYNTAX, 0 },
	{ "text: hex for a root", "a\n12\n00\n", ERR_SYNTAX, 0 },
	{ "text: the last LF missing",
	    "a\n12\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", ERR_SYNTAX,
	    0 },
	{ "text: an extension line", "a\n12\n" ROOT "x 1\n", ERR_OK, 12 },
	{ "text: two extension lines", "a\n12\n" ROOT "x\ny\n", ERR_OK, 12 },
	{ "text: an empty extension line", "a\n12\n" ROOT "\n", ERR_SYNTAX, 0 },
	{ "text: an extension without LF", "a\n12\n" ROOT "x", ERR_SYNTAX, 0 },
	{ "text: nothing", "", ERR_SYNTAX, 0 },
};

static void
test_text(void **state)
{
	const struct text_row *row = *state;
	struct checkpoint checkpoint;
	struct why w = { "" };
	char out[CHECKPOINT_NOTE_MAX];
	struct writer printed = writer_of(out, sizeof(out));
	enum err err =
	    checkpoint_parse(span_of_text(row->text), &checkpoint, &w);

	assert_err(row->expected, err);
	if (err != ERR_OK) {
		assert_true(w.text[0] != '\0');
		return;
	}
	assert_true(row->size == checkpoint.head.size);
	checkpoint_print(&checkpoint, &printed);
	/* all but the extension lines comes back */
	assert_memory_equal(row->text, out, printed.len);
}

static struct secret_key *
make_key(const char *name, struct note_key *ret)
{
	uint8_t seed[KEY_SEED_LEN] = { 7 };
	struct secret_key *secret = key_secret_of_seed(seed);
	struct public_key public;

	assert_non_null(secret);
	key_secret_public(secret, &public);
	note_key_make(name, &public, ret);
	return secret;
}

static void
test_signed_and_damaged(void **state)
{
	struct note_key key;
	struct secret_key *secret = make_key("example.org/log", &key);
	struct tree_head head = { 5, tree_empty() };
	struct checkpoint back;
	char bytes[CHECKPOINT_NOTE_MAX];
	struct writer w = writer_of(bytes, sizeof(bytes));
	(void)state;

	checkpoint_sign(&head, &key, secret, &w);
	struct span note = writer_view(&w);
	assert_err(ERR_OK, checkpoint_verify(note, &key, &back, NULL));
	assert_string_equal("example.org/log", back.origin);
	assert_int_equal(5, back.head.size);
	assert_true(hash_equal(&head.root, &back.head.root));
	for (size_t bit = 0; bit < note.len * 8; bit++) {
		bytes[bit / 8] ^= (char)(1 << bit % 8);
		assert_int_not_equal(
		    ERR_OK, checkpoint_verify(note, &key, &back, NULL));
		bytes[bit / 8] ^= (char)(1 << bit % 8);
	}
	for (size_t len = 0; len < note.len; len++)
		assert_int_not_equal(ERR_OK,
		    checkpoint_verify(span_of(bytes, len), &key, &back, NULL));
	key_secret_free(secret);
}

static void
test_longest_fits(void **state)
{
	struct note_key key;
	struct secret_key *secret = make_key(A255, &key);
	struct tree_head head = { TREE_SIZE_MAX, tree_empty() };
	char bytes[CHECKPOINT_NOTE_MAX];
	struct writer w = writer_of(bytes, sizeof(bytes));
	(void)state;

	checkpoint_sign(&head, &key, secret, &w);
	assert_err(ERR_OK, writer_end(&w));
	key_secret_free(secret);
}

static void
test_another_origin_is_refused(void **state)
{
	struct note_key key;
	struct secret_key *secret = make_key("example.org/log", &key);
	struct checkpoint back;
	struct why w;
	char bytes[CHECKPOINT_NOTE_MAX];
	struct writer note = writer_of(bytes, sizeof(bytes));
	(void)state;

	note_sign(
	    span_of_text("example.org/other\n12\n" ROOT), &key, secret, &note);
	assert_err(ERR_MISMATCH,
	    checkpoint_verify(writer_view(&note), &key, &back, &w));
	assert_non_null(strstr(w.text, "example.org/other"));
	key_secret_free(secret);
}

static void
test_another_key_is_refused(void **state)
{
	struct note_key key;
	struct note_key other;
	struct secret_key *secret = make_key("example.org/log", &key);
	struct tree_head head = { 5, tree_empty() };
	struct checkpoint back;
	char bytes[CHECKPOINT_NOTE_MAX];
	struct writer note = writer_of(bytes, sizeof(bytes));
	(void)state;

	key_secret_free(make_key("example.org/other", &other));
	checkpoint_sign(&head, &key, secret, &note);
	assert_err(ERR_MISMATCH,
	    checkpoint_verify(writer_view(&note), &other, &back, NULL));
	key_secret_free(secret);
}

int
main(int argc, char **argv)
{
	if (key_start(NULL) != ERR_OK)
		return 1;
	UNIT_ROWS(text_rows, test_text);
	UNIT(test_signed_and_damaged);
	UNIT(test_longest_fits);
	UNIT(test_another_origin_is_refused);
	UNIT(test_another_key_is_refused);
	return unit_run(argc, argv);
}
