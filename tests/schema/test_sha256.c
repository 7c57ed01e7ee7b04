/* sha256: known answers, one spelling. */
#include "tests/unit.h"

#include "schema/sha256.h"

struct vector_row {
	const char *name;
	const char *message;
	const char *hash;
};

static const struct vector_row vector_rows[] = {
	{ "sha256: nothing", "",
	    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b8"
	    "55" },
	{ "sha256: one block", "abc",
	    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015"
	    "ad" },
	{ "sha256: two blocks",
	    "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
	    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06"
	    "c1" },
};

static void
test_vector(void **state)
{
	const struct vector_row *row = *state;
	struct hash hash = sha256_of(span_of_text(row->message));
	struct hash back;
	char text[HASH_TEXT_MAX];

	hash_print(&hash, text);
	assert_string_equal(row->hash, text);
	assert_true(hash_parse(span_of_text(row->hash), &back));
	assert_true(hash_equal(&hash, &back));
	assert_int_equal(0, hash_compare(&hash, &back));
}

static void
test_pieces_of_every_size(void **state)
{
	uint8_t message[300];
	struct sha256 s;
	(void)state;

	for (size_t i = 0; i < sizeof(message); i++)
		message[i] = (uint8_t)(i * 7);
	struct span whole = span_of(message, sizeof(message));
	struct hash expected = sha256_of(whole);
	sha256_init(&s);
	for (size_t piece = 1; piece < sizeof(message); piece++) {
		for (size_t at = 0; at < sizeof(message); at += piece)
			sha256_add(&s, span_part(whole, at, piece));
		struct hash actual = sha256_done(&s); /* and starts again */
		assert_true(hash_equal(&expected, &actual));
	}
}

struct base64_row {
	const char *name;
	const char *text;
	bool expected;
};

static const struct base64_row base64_rows[] = {
	{ "base64: 32 bytes",
	    "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", true },
	{ "base64: 33 bytes", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFUA",
	    false },
	{ "base64: 31 bytes",
	    "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuA==", false },
	{ "base64: spare bits",
	    "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV=", false },
	{ "base64: unpadded", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU",
	    false },
	{ "base64: nothing", "", false },
};

static void
test_base64(void **state)
{
	const struct base64_row *row = *state;
	struct hash empty = sha256_of(SPAN_EMPTY);
	struct hash hash;

	memset(&hash, 0x5a, sizeof(hash));
	assert_int_equal(
	    row->expected, hash_parse_base64(span_of_text(row->text), &hash));
	assert_int_equal(row->expected, hash_equal(&hash, &empty));
}

static void
test_order_is_of_bytes(void **state)
{
	struct hash low = { .bytes = { 0x7f, 0xff } };
	struct hash high = { .bytes = { 0x80 } };
	(void)state;

	assert_true(hash_compare(&low, &high) < 0);
	assert_true(hash_compare(&high, &low) > 0);
	assert_false(hash_equal(&low, &high));
}

int
main(int argc, char **argv)
{
	UNIT_ROWS(vector_rows, test_vector);
	UNIT(test_pieces_of_every_size);
	UNIT_ROWS(base64_rows, test_base64);
	UNIT(test_order_is_of_bytes);
	return unit_run(argc, argv);
}
