/*
 * key: Ed25519 (RFC 8032), secrets and randomness.  The door to libsodium.
 *
 * A public key is believed only after key_public_is_valid: on the curve, in the
 * prime-order subgroup, canonical.  With that check exactly one of the 914 edge
 * cases of C2SP/CCTV verifies.
 *
 * Threads: any, after key_start.  Memory: secrets lie in guarded, locked pages
 * of their own (key_secret_*) and are wiped when freed.
 */
#ifndef HEADWATER_SCHEMA_KEY_H
#define HEADWATER_SCHEMA_KEY_H

#include <stdint.h>

#include "schema/err.h"
#include "schema/sha256.h"
#include "schema/span.h"

#define KEY_PUBLIC_LEN 32
#define KEY_SEED_LEN 32
#define KEY_SIGNATURE_LEN 64

struct public_key {
	uint8_t bytes[KEY_PUBLIC_LEN];
};

struct signature {
	uint8_t bytes[KEY_SIGNATURE_LEN];
};

struct secret_key; /* in sodium_malloc memory */

/*
 * Starts libsodium and tests it: a good signature, one with S + L, a key of
 * mixed order, the point of CVE-2025-69277, a SHA-256 vector.  Call once, before
 * threads.  ERR_CORRUPT when the library answers wrongly.
 */
MUST_CHECK enum err key_start(struct why *w);

bool key_public_is_valid(const struct public_key *key);
bool key_public_equal(const struct public_key *a, const struct public_key *b);

bool key_verify(const struct public_key *key, struct span message,
    const struct signature *signature);

/* A key from its 32-byte seed; NULL when memory is out or cannot be locked. */
struct secret_key *key_secret_of_seed(const uint8_t seed[static KEY_SEED_LEN]);
struct secret_key *key_secret_random(void);
void key_secret_free(struct secret_key *key); /* NULL is fine */
void key_secret_public(const struct secret_key *key, struct public_key *ret);
void key_secret_seed(const struct secret_key *key,
    uint8_t out[static KEY_SEED_LEN]); /* wipe it with key_wipe */
void key_sign(const struct secret_key *key, struct span message,
    struct signature *ret); /* deterministic */

void key_random(void *out, size_t len);
void key_wipe(void *secret, size_t len);

/* SipHash-2-4 (crypto_shorthash): places in a table that nobody can choose. */
#define KEY_SHORT_LEN 16
uint64_t key_short_hash(
    const uint8_t key[static KEY_SHORT_LEN], struct span bytes);

#endif
