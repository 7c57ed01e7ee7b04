/* note: whose signature counts, and where the text ends. */
#include "tests/unit.h"

#include "schema/note.h"

/* the example of C2SP signed-note */
#define FOO_KEY \
	"example.com/" \
	"foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
#define FOO_TEXT "This is an example message.\n"
#define FOO_LINE \
	"\xe2\x80\x94 example.com/foo " \
	"Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi" \
	"2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
#define FOO_NOTE FOO_TEXT "\n" FOO_LINE

#define DASH "\xe2\x80\x94 "

static void
foo_key(struct note_key *ret)
{
	struct why w;

	assert_err(ERR_OK, note_key_parse(span_of_text(FOO_KEY), ret, &w));
}

struct note_row {
	const char *name;
	const char *bytes;
	enum err expected;
	const char *text; /* where it parses */
};

static const struct note_row note_rows[] = {
	{ "note: C2SP's example", FOO_NOTE, ERR_OK, FOO_TEXT },
	{ "note: an empty line in the text", "a\n\nb\n\n" FOO_LINE, ERR_OK,
	    "a\n\nb\n" },
	{ "note: what looks like signatures in the text",
	    "a\n\n" FOO_LINE "\n" FOO_LINE, ERR_OK, "a\n\n" FOO_LINE },
	{ "note: a text of one LF", "\n\n" FOO_LINE, ERR_OK, "\n" },
	{ "note: nothing", "", ERR_SYNTAX, NULL },
	{ "note: no empty line", "a\n" FOO_LINE, ERR_SYNTAX, NULL },
	{ "note: no text", "\n" FOO_LINE, ERR_SYNTAX, NULL },
	{ "note: no signatures", "a\n\n", ERR_SYNTAX, NULL },
	{ "note: no final LF", "a\n\n" DASH "n AAAAAAA=", ERR_SYNTAX, NULL },
	{ "note: an empty line at the end", FOO_NOTE "\n", ERR_SYNTAX, NULL },
	{ "note: text after the signatures", FOO_NOTE "b\n", ERR_SYNTAX, NULL },
	{ "note: a hyphen for the dash", "a\n\n- n AAAAAAA=\n", ERR_SYNTAX,
	    NULL },
	{ "note: 5 bytes", "a\n\n" DASH "n AAAAAAA=\n", ERR_OK, "a\n" },
	{ "note: 4 bytes", "a\n\n" DASH "n AAAAAA==\n", ERR_SYNTAX, NULL },
	{ "note: spare bits", "a\n\n" DASH "n AAAAAAB=\n", ERR_SYNTAX, NULL },
	{ "note: no padding", "a\n\n" DASH "n AAAAAAA\n", ERR_SYNTAX, NULL },
	{ "note: no name", "a\n\n" DASH " AAAAAAA=\n", ERR_SYNTAX, NULL },
	{ "note: a plus in a name", "a\n\n" DASH "n+m AAAAAAA=\n", ERR_SYNTAX,
	    NULL },
	{ "note: two spaces", "a\n\n" DASH "n  AAAAAAA=\n", ERR_SYNTAX, NULL },
	{ "note: a space at the end", "a\n\n" DASH "n AAAAAAA= \n", ERR_SYNTAX,
	    NULL },
	{ "note: a tab", "a\tb\n\n" FOO_LINE, ERR_SYNTAX, NULL },
	{ "note: CRLF", "a\r\n\r\n" FOO_LINE, ERR_SYNTAX, NULL },
	{ "note: broken UTF-8", "a\xff\n\n" FOO_LINE, ERR_SYNTAX, NULL },
	{ "note: an overlong LF", "a\xc0\x8a\n\n" FOO_LINE, ERR_SYNTAX, NULL },
};

static void
test_note(void **state)
{
	const struct note_row *row = *state;
	struct note note;
	struct why w = { "" };
	enum err err = note_parse(span_of_text(row->bytes), &note, &w);

	assert_err(row->expected, err);
	if (err == ERR_OK)
		assert_span_text(row->text, note.text);
	else
		assert_true(w.text[0] != '\0');
}

static void
test_example_verifies(void **state)
{
	struct note_key key;
	struct note note;
	(void)state;

	foo_key(&key);
	assert_int_equal(0x530d903a, key.id);
	assert_string_equal("example.com/foo", key.name);
	assert_err(ERR_OK, note_parse(span_of_text(FOO_NOTE), &note, NULL));
	assert_int_equal(1, note.count);
	assert_err(ERR_OK, note_verify(&note, &key, NULL));
	note.text.len--;
	assert_err(ERR_MISMATCH, note_verify(&note, &key, NULL));
}

/* Every bit of the example flipped: refused, or no longer signed by the key. */
static void
test_damage_everywhere(void **state)
{
	static const char good[] = FOO_NOTE;
	char bytes[sizeof(good)];
	struct note_key key;
	(void)state;

	foo_key(&key);
	for (size_t bit = 0; bit < (sizeof(good) - 1) * 8; bit++) {
		struct note note;
		memcpy(bytes, good, sizeof(good));
		bytes[bit / 8] ^= (char)(1 << bit % 8);
		struct span span = span_of(bytes, sizeof(good) - 1);
		if (note_parse(span, &note, NULL) == ERR_OK)
			assert_int_not_equal(
			    ERR_OK, note_verify(&note, &key, NULL));
	}
	for (size_t len = 0; len < sizeof(good) - 1; len++) {
		struct note note;
		assert_err(
		    ERR_SYNTAX, note_parse(span_of(good, len), &note, NULL));
	}
}

/* ---- many signatures ---- */

static size_t
many(size_t count, char *out, size_t cap)
{
	struct writer w = writer_of(out, cap);

	writer_text(&w, FOO_TEXT "\n");
	for (size_t i = 1; i < count; i++)
		writer_format(&w, DASH "other%zu AAAAAAAA\n", i);
	writer_text(&w, FOO_LINE);
	assert_err(ERR_OK, writer_end(&w));
	return writer_view(&w).len;
}

static void
test_number_of_signatures(void **state)
{
	static char bytes[8192];
	struct note_key key;
	struct note note;
	(void)state;

	foo_key(&key);
	for (size_t count = 1; count <= NOTE_SIGNATURES_MAX; count++) {
		size_t len = many(count, bytes, sizeof(bytes));
		assert_err(
		    ERR_OK, note_parse(span_of(bytes, len), &note, NULL));
		assert_int_equal(count, note.count);
		assert_err(ERR_OK, note_verify(&note, &key, NULL));
	}
	size_t len = many(NOTE_SIGNATURES_MAX + 1, bytes, sizeof(bytes));
	assert_err(ERR_LIMIT, note_parse(span_of(bytes, len), &note, NULL));
}

static void
test_length_limit(void **state)
{
	static char bytes[NOTE_LEN_MAX + 1];
	static const char tail[] = "\n\n" FOO_LINE;
	struct note note;
	(void)state;

	memset(bytes, 'a', sizeof(bytes));
	memcpy(bytes + NOTE_LEN_MAX - strlen(tail), tail, strlen(tail));
	assert_err(
	    ERR_OK, note_parse(span_of(bytes, NOTE_LEN_MAX), &note, NULL));
	assert_err(ERR_LIMIT,
	    note_parse(span_of(bytes, NOTE_LEN_MAX + 1), &note, NULL));
}

/* A signature longer than one step of the decoder (ML-DSA-44 has 2420 B). */
static void
test_long_signatures(void **state)
{
	static uint8_t signature[4096];
	static char bytes[8192];
	(void)state;

	for (size_t len = 760; len < 2500; len += 1) {
		struct writer w = writer_of(bytes, sizeof(bytes));
		struct note note;
		writer_text(&w, "a\n\n" DASH "n ");
		writer_base64(&w, span_of(signature, len));
		writer_u8(&w, '\n');
		assert_err(ERR_OK, note_parse(writer_view(&w), &note, NULL));
		bytes[w.len - 1 - 1024] = '=';
		assert_err(
		    ERR_SYNTAX, note_parse(writer_view(&w), &note, NULL));
	}
}

struct whose_row {
	const char *name;
	const char *lines;
	enum err expected;
};

static const struct whose_row whose_rows[] = {
	{ "verify: one", FOO_LINE, ERR_OK },
	{ "verify: twice the same", FOO_LINE FOO_LINE, ERR_OK },
	{ "verify: with an unknown key", DASH "x AAAAAAAA\n" FOO_LINE, ERR_OK },
	{ "verify: same name, another id",
	    DASH "example.com/foo AAAAAAAA\n" FOO_LINE, ERR_OK },
	{ "verify: another name, same id", DASH "x Uw2QOgAA\n" FOO_LINE,
	    ERR_OK },
	{ "verify: only another name", DASH "x Uw2QOgAA\n", ERR_NOT_FOUND },
	{ "verify: a short signature of the key",
	    FOO_LINE DASH "example.com/foo Uw2QOgAA\n", ERR_MISMATCH },
	{ "verify: a bad one before the good one",
	    DASH "example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONnc"
		 "AlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQI=\n" FOO_LINE,
	    ERR_MISMATCH },
	{ "verify: a bad one after the good one",
	    FOO_LINE DASH
	    "example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONnc"
	    "AlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQI=\n",
	    ERR_MISMATCH },
};

static void
test_whose(void **state)
{
	const struct whose_row *row = *state;
	char bytes[2048];
	struct writer w = writer_of(bytes, sizeof(bytes));
	struct note_key key;
	struct note note;

	foo_key(&key);
	writer_text(&w, FOO_TEXT "\n");
	writer_text(&w, row->lines);
	assert_err(ERR_OK, note_parse(writer_view(&w), &note, NULL));
	assert_err(row->expected, note_verify(&note, &key, NULL));
}

/* ---- keys ---- */

#define A51 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define A255 A51 A51 A51 A51 A51

struct name_row {
	const char *name;
	const char *text;
	bool expected;
};

static const struct name_row name_rows[] = {
	{ "name: a URL", "example.com/log", true },
	{ "name: not ASCII", "\xc3\xa9", true },
	{ "name: 255 bytes", A255, true },
	{ "name: 256 bytes", A255 "a", false },
	{ "name: nothing", "", false },
	{ "name: a space", "a b", false },
	{ "name: a plus", "a+b", false },
	{ "name: a LF", "a\nb", false },
	{ "name: a no-break space", "a\xc2\xa0", false },
	{ "name: an em space", "a\xe2\x80\x83", false },
	{ "name: an em dash", "a\xe2\x80\x94", true },
	{ "name: a line separator", "\xe2\x80\xa8", false },
	{ "name: an ideographic space", "\xe3\x80\x80", false },
	{ "name: broken UTF-8", "a\xe2\x80", false },
};

static void
test_name(void **state)
{
	const struct name_row *row = *state;

	assert_int_equal(row->expected, note_is_name(span_of_text(row->text)));
}

struct key_row {
	const char *name;
	const char *text;
	enum err expected;
};

#define FOO_DATA "AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"

static const struct key_row key_rows[] = {
	{ "key: C2SP's example", FOO_KEY, ERR_OK },
	{ "key: another id", "example.com/foo+530d903b+" FOO_DATA,
	    ERR_MISMATCH },
	{ "key: another name", "example.com/fo0+530d903a+" FOO_DATA,
	    ERR_MISMATCH },
	{ "key: an id in upper case", "example.com/foo+530D903A+" FOO_DATA,
	    ERR_SYNTAX },
	{ "key: a short id", "example.com/foo+530d903+" FOO_DATA, ERR_SYNTAX },
	{ "key: a LF", FOO_KEY "\n", ERR_SYNTAX },
	{ "key: no id", "example.com/foo+" FOO_DATA, ERR_SYNTAX },
	{ "key: no name", "+530d903a+" FOO_DATA, ERR_SYNTAX },
	{ "key: nothing", "", ERR_SYNTAX },
	{ "key: a cosignature key",
	    "example.com/foo+530d903a+"
	    "BOkyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
	    ERR_REFUSED },
	{ "key: 32 bytes",
	    "example.com/foo+530d903a+"
	    "AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U0=",
	    ERR_SYNTAX },
	{ "key: of low order",
	    "a+00000000+"
	    "AQEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
	    ERR_REFUSED },
};

static void
test_key(void **state)
{
	const struct key_row *row = *state;
	struct note_key key;
	struct why w = { "" };
	char text[NOTE_VKEY_MAX];
	enum err err = note_key_parse(span_of_text(row->text), &key, &w);

	assert_err(row->expected, err);
	if (err != ERR_OK) {
		assert_true(w.text[0] != '\0');
		return;
	}
	note_key_print(&key, text);
	assert_string_equal(row->text, text);
}

static void
test_secret_round_trip(void **state)
{
	struct secret_key *secret = key_secret_random();
	struct secret_key *back = NULL;
	struct public_key public;
	struct note_key key;
	struct note_key key_back;
	char text[NOTE_SKEY_MAX];
	struct writer w = writer_of(text, sizeof(text));
	(void)state;

	key_secret_public(secret, &public);
	note_key_make(A255, &public, &key);
	note_secret_print(&key, secret, &w);
	assert_err(ERR_OK, writer_end(&w));
	struct span file = writer_view(&w);
	assert_err(ERR_OK, note_secret_parse(file, &key_back, &back, NULL));
	assert_memory_equal(&key, &key_back, sizeof(key));
	key_secret_free(back);
	back = NULL;
	file.len--; /* the LF may be missing */
	assert_err(ERR_OK, note_secret_parse(file, &key_back, &back, NULL));
	key_secret_free(back);
	back = NULL;
	for (size_t bit = 0; bit < file.len * 8; bit++) {
		text[bit / 8] ^= (char)(1 << bit % 8);
		assert_int_not_equal(
		    ERR_OK, note_secret_parse(file, &key_back, &back, NULL));
		assert_null(back);
		text[bit / 8] ^= (char)(1 << bit % 8);
	}
	key_secret_free(secret);
}

static void
test_signed_notes_verify(void **state)
{
	struct secret_key *secret = key_secret_random();
	struct public_key public;
	struct note_key key;
	struct note note;
	char bytes[512];
	struct writer w = writer_of(bytes, sizeof(bytes));
	(void)state;

	key_secret_public(secret, &public);
	note_key_make("example.org/log", &public, &key);
	note_sign(span_of_text("a\n\nb\n"), &key, secret, &w);
	assert_err(ERR_OK, note_parse(writer_view(&w), &note, NULL));
	assert_span_text("a\n\nb\n", note.text);
	assert_err(ERR_OK, note_verify(&note, &key, NULL));
	key_secret_free(secret);
}

int
main(int argc, char **argv)
{
	if (key_start(NULL) != ERR_OK)
		return 1;
	UNIT_ROWS(note_rows, test_note);
	UNIT(test_example_verifies);
	UNIT(test_damage_everywhere);
	UNIT(test_number_of_signatures);
	UNIT(test_length_limit);
	UNIT(test_long_signatures);
	UNIT_ROWS(whose_rows, test_whose);
	UNIT_ROWS(name_rows, test_name);
	UNIT_ROWS(key_rows, test_key);
	UNIT(test_secret_round_trip);
	UNIT(test_signed_notes_verify);
	return unit_run(argc, argv);
}
