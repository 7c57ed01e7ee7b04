/* key: exactly the honest one of 914 edge cases, and nothing damaged. */
#include "tests/unit.h"

#include "schema/key.h"
#include "schema/text.h"

static void
test_self_test_passes(void **state)
{
	struct why w;
	(void)state;

	assert_err(ERR_OK, key_start(&w));
	assert_err(ERR_OK, key_start(NULL)); /* again: harmless */
}

/* ---- C2SP/CCTV ed25519 ---- */

/* The string behind the next `"name": "` of *rest; false where none is left. */
static bool
next_string(struct span *rest, const char *name, struct span *ret)
{
	size_t len = strlen(name);

	for (size_t at = 0; at + len < rest->len; at++) {
		if (memcmp(rest->data + at, name, len) != 0)
			continue;
		*rest = span_part(*rest, at + len, rest->len);
		return span_cut(rest, '"', ret);
	}
	return false;
}

static struct span
file_read(const char *path)
{
	static uint8_t bytes[1 << 20];
	FILE *file = fopen(path, "rb");

	assert_non_null(file);
	size_t len = fread(bytes, 1, sizeof(bytes), file);
	assert_int_equal(0, ferror(file));
	assert_true(len < sizeof(bytes));
	(void)fclose(file);
	return span_of(bytes, len);
}

static void
test_one_of_914_edge_cases_passes(void **state)
{
	struct span rest = file_read("tests/schema/ed25519-cctv.json");
	struct span text;
	size_t count = 0;
	size_t passed = 0;
	(void)state;

	for (; next_string(&rest, "\"key\": \"", &text); count++) {
		struct public_key key;
		struct signature signature;
		assert_true(text_unhex(text, key.bytes, KEY_PUBLIC_LEN));
		assert_true(next_string(&rest, "\"sig\": \"", &text));
		assert_true(
		    text_unhex(text, signature.bytes, KEY_SIGNATURE_LEN));
		assert_true(next_string(&rest, "\"msg\": \"", &text));
		if (key_public_is_valid(&key) &&
		    key_verify(&key, text, &signature))
			passed++;
	}
	assert_int_equal(914, count);
	assert_int_equal(1, passed);
}

/* ---- our own ---- */

static struct secret_key *
secret_of(uint8_t first)
{
	uint8_t seed[KEY_SEED_LEN] = { first, 2, 3 };
	struct secret_key *secret = key_secret_of_seed(seed);

	assert_non_null(secret);
	return secret;
}

static void
test_damage_is_seen(void **state)
{
	struct secret_key *secret = secret_of(1);
	struct public_key public;
	struct signature signature;
	uint8_t message[] = "what was signed";
	struct span bytes = span_of(message, sizeof(message));
	(void)state;

	key_secret_public(secret, &public);
	key_sign(secret, bytes, &signature);
	assert_true(key_verify(&public, bytes, &signature));
	for (size_t bit = 0; bit < sizeof(signature) * 8; bit++) {
		signature.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_false(key_verify(&public, bytes, &signature));
		signature.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	for (size_t bit = 0; bit < sizeof(message) * 8; bit++) {
		message[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_false(key_verify(&public, bytes, &signature));
		message[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	assert_true(key_verify(&public, bytes, &signature));
	assert_false(key_verify(&public, SPAN_EMPTY, &signature));
	key_secret_free(secret);
}

static void
test_signing_is_deterministic(void **state)
{
	struct secret_key *secret = secret_of(1);
	struct signature first;
	struct signature second;
	(void)state;

	key_sign(secret, SPAN_EMPTY, &first);
	key_sign(secret, SPAN_EMPTY, &second);
	assert_memory_equal(&first, &second, sizeof(first));
	key_secret_free(secret);
}

static void
test_seed_comes_back(void **state)
{
	struct secret_key *secret = key_secret_random();
	struct public_key public;
	struct public_key again;
	uint8_t seed[KEY_SEED_LEN];
	(void)state;

	assert_non_null(secret);
	key_secret_public(secret, &public);
	assert_true(key_public_is_valid(&public));
	key_secret_seed(secret, seed);
	key_secret_free(secret);
	secret = key_secret_of_seed(seed);
	assert_non_null(secret);
	key_secret_public(secret, &again);
	assert_true(key_public_equal(&public, &again));
	key_secret_free(secret);
	key_wipe(seed, sizeof(seed));
	for (size_t i = 0; i < sizeof(seed); i++)
		assert_int_equal(0, seed[i]);
}

static void
test_freeing_nothing_is_fine(void **state)
{
	(void)state;
	key_secret_free(NULL);
}

/* SipHash-2-4, the paper's appendix A: key 00..0f, message 00..0e. */
static void
test_short_hash_is_siphash(void **state)
{
	uint8_t bytes[16];
	(void)state;

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)i;
	assert_true(
	    key_short_hash(bytes, span_of(bytes, 15)) == 0xa129ca6149be45e5u);
}

int
main(int argc, char **argv)
{
	UNIT(test_self_test_passes);
	UNIT(test_one_of_914_edge_cases_passes);
	UNIT(test_damage_is_seen);
	UNIT(test_signing_is_deterministic);
	UNIT(test_seed_comes_back);
	UNIT(test_freeing_nothing_is_fine);
	UNIT(test_short_hash_is_siphash);
	return unit_run(argc, argv);
}
