/*
 * sha256: SHA-256 (FIPS 180-4) and the 32-byte hash.  The door to nettle.
 *
 * Threads: any, one context each.  Memory: the context lives on the stack.
 */
#ifndef HEADWATER_SCHEMA_SHA256_H
#define HEADWATER_SCHEMA_SHA256_H

#include <stdint.h>

#include "schema/err.h"
#include "schema/span.h"

#define HASH_LEN 32
#define HASH_TEXT_LEN 64 /* lower-case hex */
#define HASH_TEXT_MAX (HASH_TEXT_LEN + 1)

struct hash {
	uint8_t bytes[HASH_LEN];
};

struct sha256 {
	_Alignas(16) uint8_t opaque[128];
};

void sha256_init(struct sha256 *s);
void sha256_add(struct sha256 *s, struct span bytes);
struct hash sha256_done(struct sha256 *s); /* ready for another message */
struct hash sha256_of(struct span bytes);

bool hash_equal(const struct hash *a, const struct hash *b);
int hash_compare(const struct hash *a, const struct hash *b);
struct span hash_span(const struct hash *hash); /* borrows */

void hash_print(const struct hash *hash, char out[static HASH_TEXT_MAX]);
/* As a member of an answer, in hex. */
struct writer;
void hash_print_member(
    const struct hash *hash, const char *name, struct writer *w);
MUST_CHECK bool hash_parse(struct span text, struct hash *ret); /* 64 digits */

/* As the C2SP texts have it: 44 bytes of padded base64. */
#define HASH_BASE64_LEN 44
MUST_CHECK bool hash_parse_base64(struct span text, struct hash *ret);

#endif
