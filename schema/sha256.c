#include "schema/sha256.h"

#include <nettle/sha2.h>
#include <string.h>

#include "schema/text.h"
#include "schema/writer.h"

#undef sha256_init /* nettle's macro of the same name */

_Static_assert(sizeof(struct sha256_ctx) <= sizeof(struct sha256),
    "nettle's context must fit into ours");
_Static_assert(_Alignof(struct sha256_ctx) <= _Alignof(struct sha256),
    "and be aligned in it");

/* nettle alone reads and writes these bytes. */
static struct sha256_ctx *
context(struct sha256 *s)
{
	return (struct sha256_ctx *)(void *)s->opaque;
}

void
sha256_init(struct sha256 *s)
{
	nettle_sha256_init(context(s));
}

void
sha256_add(struct sha256 *s, struct span bytes)
{
	if (bytes.len > 0)
		nettle_sha256_update(context(s), bytes.len, bytes.data);
}

struct hash
sha256_done(struct sha256 *s)
{
	struct hash hash;

	/* nettle starts the context again by itself */
	nettle_sha256_digest(context(s), HASH_LEN, hash.bytes);
	return hash;
}

struct hash
sha256_of(struct span bytes)
{
	struct sha256 s;

	sha256_init(&s);
	sha256_add(&s, bytes);
	return sha256_done(&s);
}

bool
hash_equal(const struct hash *a, const struct hash *b)
{
	return hash_compare(a, b) == 0;
}

int
hash_compare(const struct hash *a, const struct hash *b)
{
	return memcmp(a->bytes, b->bytes, HASH_LEN);
}

struct span
hash_span(const struct hash *hash)
{
	return span_of(hash->bytes, HASH_LEN);
}

void
hash_print(const struct hash *hash, char out[static HASH_TEXT_MAX])
{
	text_hex(hash_span(hash), out);
	out[HASH_TEXT_LEN] = '\0';
}

void
hash_print_member(const struct hash *hash, const char *name, struct writer *w)
{
	char text[HASH_TEXT_MAX];

	hash_print(hash, text);
	writer_member_text(w, name, span_of_text(text));
}

bool
hash_parse(struct span text, struct hash *ret)
{
	struct hash hash = { .bytes = { 0 } };

	if (!text_unhex(text, hash.bytes, HASH_LEN))
		return false;
	*ret = hash;
	return true;
}

bool
hash_parse_base64(struct span text, struct hash *ret)
{
	uint8_t bytes[HASH_BASE64_LEN / 4 * 3];
	size_t len;

	if (text.len != HASH_BASE64_LEN || !text_unbase64(text, bytes, &len) ||
	    len != HASH_LEN)
		return false;
	memcpy(ret->bytes, bytes, HASH_LEN);
	return true;
}
