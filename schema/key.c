#include "schema/key.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>

#include "schema/text.h"

_Static_assert(KEY_PUBLIC_LEN == crypto_sign_PUBLICKEYBYTES, "public key");
_Static_assert(KEY_SEED_LEN == crypto_sign_SEEDBYTES, "seed");
_Static_assert(KEY_SIGNATURE_LEN == crypto_sign_BYTES, "signature");
_Static_assert(KEY_SHORT_LEN == crypto_shorthash_KEYBYTES, "short hash key");

struct secret_key {
	uint8_t bytes[crypto_sign_SECRETKEYBYTES]; /* seed, public key */
};

/* ---- the self-test ---- */

#define TEST_SEED \
	"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7"
#define TEST_PUBLIC \
	"fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025"
#define TEST_R \
	"6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
#define TEST_S \
	"18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
/* the same S, plus the order L of the base point */
#define TEST_S_PLUS_L \
	"05d391b0a77904e98404ef037747a56e4a7c15e9716ed28dc027beceea1ec41a"

/* Points on the curve, but outside the group that the base point makes. */
static const char *const strays[] = {
	/* mixed order (C2SP/CCTV ed25519) */
	"10eb7c3acfb2bed3e0d6ab89bf5a3d6afddd1176ce4812e38d9fd485058fdb1f",
	/* base point plus the point of order 2: what CVE-2025-69277 let pass */
	"9599999999999999999999999999999999999999999999999999999999999999",
	/* order 1 */
	"0100000000000000000000000000000000000000000000000000000000000000",
	/* y = p, which is 0 spelled otherwise */
	"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
};

static bool
unhex(const char *text, uint8_t *out, size_t len)
{
	return text_unhex(span_of_text(text), out, len);
}

static bool
hashes_rightly(void)
{
	struct hash expected;
	struct hash actual = sha256_of(span_of_text("abc")); /* FIPS 180-4 */

	return hash_parse(span_of_text("ba7816bf8f01cfea414140de5dae2223"
				       "b00361a396177a9cb410ff61f20015ad"),
		   &expected) &&
	    hash_equal(&expected, &actual);
}

/* RFC 8032 section 7.1, TEST 3: signed and verified; S + L refused. */
static bool
signs_rightly(void)
{
	static const uint8_t message[] = { 0xaf, 0x82 };
	uint8_t seed[KEY_SEED_LEN];
	struct public_key public;
	struct public_key made;
	struct signature expected;
	struct signature other;
	struct signature actual;

	if (!unhex(TEST_SEED, seed, sizeof(seed)) ||
	    !unhex(TEST_PUBLIC, public.bytes, sizeof(public.bytes)) ||
	    !unhex(TEST_R TEST_S, expected.bytes, sizeof(expected.bytes)) ||
	    !unhex(TEST_R TEST_S_PLUS_L, other.bytes, sizeof(other.bytes)))
		return false;
	struct secret_key *secret = key_secret_of_seed(seed);
	if (secret == NULL)
		return false;
	struct span signed_bytes = span_of(message, sizeof(message));
	key_secret_public(secret, &made);
	key_sign(secret, signed_bytes, &actual);
	key_secret_free(secret);
	return key_public_equal(&public, &made) &&
	    memcmp(&expected, &actual, sizeof(actual)) == 0 &&
	    key_public_is_valid(&public) &&
	    key_verify(&public, signed_bytes, &actual) &&
	    !key_verify(&public, signed_bytes, &other) &&
	    !key_verify(&public, span_of(message, 1), &actual);
}

static bool
refuses_strays(void)
{
	for (size_t i = 0; i < sizeof(strays) / sizeof(strays[0]); i++) {
		struct public_key key;
		if (!unhex(strays[i], key.bytes, sizeof(key.bytes)) ||
		    key_public_is_valid(&key))
			return false;
	}
	return true;
}

enum err
key_start(struct why *w)
{
	if (sodium_init() < 0)
		return why(w, ERR_CORRUPT, "libsodium: does not start");
	if (!hashes_rightly())
		return why(w, ERR_CORRUPT, "SHA-256: the self-test failed");
	if (!signs_rightly())
		return why(w, ERR_CORRUPT, "Ed25519: the self-test failed");
	if (!refuses_strays())
		return why(w, ERR_CORRUPT,
		    "libsodium: accepts keys outside the prime-order group "
		    "(CVE-2025-69277); install a newer one");
	return ERR_OK;
}

/* ---- keys ---- */

bool
key_public_is_valid(const struct public_key *key)
{
	return crypto_core_ed25519_is_valid_point(key->bytes) == 1;
}

bool
key_public_equal(const struct public_key *a, const struct public_key *b)
{
	return memcmp(a->bytes, b->bytes, KEY_PUBLIC_LEN) == 0;
}

bool
key_verify(const struct public_key *key, struct span message,
    const struct signature *signature)
{
	return crypto_sign_verify_detached(signature->bytes, message.data,
		   message.len, key->bytes) == 0;
}

/* Whether the page may be used.  libsodium does not tell when locking fails;
 * too low an RLIMIT_MEMLOCK (ENOMEM, EPERM) stops nobody, since small machines
 * have that, but a page that the kernel cannot lock is no place for a secret. */
static bool
is_locked(void *page, size_t len)
{
	return sodium_mlock(page, len) == 0 || errno == ENOMEM ||
	    errno == EPERM;
}

struct secret_key *
key_secret_of_seed(const uint8_t seed[static KEY_SEED_LEN])
{
	uint8_t public[KEY_PUBLIC_LEN];
	struct secret_key *key = sodium_malloc(sizeof(*key));

	if (key == NULL)
		return NULL;
	if (!is_locked(key, sizeof(*key)) ||
	    crypto_sign_seed_keypair(public, key->bytes, seed) != 0 ||
	    sodium_mprotect_readonly(key) != 0) {
		sodium_free(key);
		return NULL;
	}
	return key;
}

struct secret_key *
key_secret_random(void)
{
	uint8_t seed[KEY_SEED_LEN];

	key_random(seed, sizeof(seed));
	struct secret_key *key = key_secret_of_seed(seed);
	key_wipe(seed, sizeof(seed));
	return key;
}

void
key_secret_free(struct secret_key *key)
{
	sodium_free(key); /* wipes */
}

void
key_secret_public(const struct secret_key *key, struct public_key *ret)
{
	memcpy(ret->bytes, key->bytes + KEY_SEED_LEN, KEY_PUBLIC_LEN);
}

void
key_secret_seed(const struct secret_key *key, uint8_t out[static KEY_SEED_LEN])
{
	memcpy(out, key->bytes, KEY_SEED_LEN);
}

void
key_sign(
    const struct secret_key *key, struct span message, struct signature *ret)
{
	/* never fails: RFC 8032 needs no randomness */
	(void)crypto_sign_detached(
	    ret->bytes, NULL, message.data, message.len, key->bytes);
}

void
key_random(void *out, size_t len)
{
	randombytes_buf(out, len);
}

void
key_wipe(void *secret, size_t len)
{
	sodium_memzero(secret, len);
}

uint64_t
key_short_hash(const uint8_t key[static KEY_SHORT_LEN], struct span bytes)
{
	uint8_t hash[crypto_shorthash_BYTES];
	uint64_t value = 0;

	(void)crypto_shorthash(hash, bytes.data, bytes.len, key);
	for (size_t i = sizeof(hash); i-- > 0;)
		value = value << 8 | hash[i]; /* little-endian, as SipHash */
	return value;
}
