/* envelope: one form, one signature, one id. */
#include "tests/unit.h"

#include "schema/envelope.h"
#include "schema/text.h"
#include "schema/tree.h"

static struct arena *arena;
static struct secret_key *secret;
static struct public_key key;

/* DSSE protocol.md, "Test Vectors". */
static void
test_pae_vector(void **state)
{
	static const char expected[] =
	    "44535345763120323920687474703a2f2f6578616d706c652e636f6d2f48656c"
	    "6c6f576f726c642031312068656c6c6f20776f726c64";
	char bytes[64];
	char hex[128];
	struct writer w = writer_of(bytes, sizeof(bytes));
	(void)state;

	envelope_pae(span_of_text("http://example.com/HelloWorld"),
	    span_of_text("hello world"), &w);
	assert_int_equal(54, writer_view(&w).len);
	text_hex(writer_view(&w), hex);
	assert_span_text(expected, span_of(hex, 108));
	struct hash hash = sha256_of(writer_view(&w));
	hash_print(&hash, hex);
	assert_string_equal(
	    "217751fac2c4f14edb2c9297fbc34abcb016ba88e74757e875ec4ac16fb6b6a1",
	    hex);
}

/* The same bytes cut elsewhere between type and body are other bytes. */
static void
test_pae_is_injective(void **state)
{
	static const char text[] = "a 2 bb 13 c";
	char seen[sizeof(text)][64];
	size_t lens[sizeof(text)];
	(void)state;

	for (size_t cut = 0; cut < sizeof(text); cut++) {
		struct writer w = writer_of(seen[cut], sizeof(seen[cut]));
		envelope_pae(span_of(text, cut),
		    span_of(text + cut, sizeof(text) - 1 - cut), &w);
		lens[cut] = writer_view(&w).len;
		for (size_t i = 0; i < cut; i++)
			assert_false(span_equal(span_of(seen[i], lens[i]),
			    span_of(seen[cut], lens[cut])));
	}
}

/* ---- round trips ---- */

static uint8_t entry_bytes[ENTRY_LEN_MAX];

static struct span
sign(struct span payload, struct envelope *ret)
{
	struct writer w = writer_of(entry_bytes, sizeof(entry_bytes));

	assert_err(ERR_OK, envelope_sign(payload, secret, arena, ret));
	envelope_print(ret, &w);
	assert_err(ERR_OK, writer_end(&w));
	return writer_view(&w);
}

static void
assert_same(const struct envelope *a, const struct envelope *b)
{
	assert_span(a->payload, b->payload);
	assert_span(a->pae, b->pae);
	assert_string_equal(a->keyid, b->keyid);
	assert_memory_equal(
	    a->signature.bytes, b->signature.bytes, KEY_SIGNATURE_LEN);
}

static void
test_round_trip(void **state)
{
	static uint8_t payload[ENVELOPE_PAYLOAD_MAX];
	static const size_t lens[] = { 0, 1, 2, 3, 4, 255, 1000, 9999, 10000,
		ENVELOPE_PAYLOAD_MAX - 1, ENVELOPE_PAYLOAD_MAX };
	(void)state;

	key_random(payload, sizeof(payload));
	for (size_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
		struct envelope made;
		struct envelope parsed;
		arena_reset(arena);
		struct span entry = sign(span_of(payload, lens[i]), &made);
		assert_int_equal(
		    ENVELOPE_FRAME_LEN + TEXT_BASE64_LEN(lens[i]), entry.len);
		assert_err(
		    ERR_OK, envelope_parse_entry(entry, arena, &parsed, NULL));
		assert_same(&made, &parsed);
		assert_err(ERR_OK, envelope_verify(&parsed, &key, NULL));
		assert_err(ERR_OK, envelope_parse(entry, arena, &parsed, NULL));
		assert_same(&made, &parsed);
	}
}

static void
test_payload_too_long(void **state)
{
	static uint8_t payload[ENVELOPE_PAYLOAD_MAX + 1];
	struct envelope envelope;
	(void)state;

	arena_reset(arena);
	assert_err(ERR_LIMIT,
	    envelope_sign(
		span_of(payload, sizeof(payload)), secret, arena, &envelope));
}

#define PAYLOAD "{\"_type\":\"https://in-toto.io/Statement/v1\",\"a\":\"/?>\"}"

static void
test_every_prefix_is_refused(void **state)
{
	struct envelope made;
	struct envelope parsed;
	(void)state;

	arena_reset(arena);
	struct span entry = sign(span_of_text(PAYLOAD), &made);
	for (size_t len = 0; len < entry.len; len++) {
		struct span prefix = span_part(entry, 0, len);
		struct why w = { "" };
		arena_reset(arena);
		assert_err(
		    ERR_SYNTAX, envelope_parse(prefix, arena, &parsed, &w));
		assert_true(w.text[0] != '\0');
		assert_err(ERR_SYNTAX,
		    envelope_parse_entry(prefix, arena, &parsed, NULL));
	}
}

/* Whoever changes a bit gets another id, or nothing. */
static void
test_every_flip_is_refused_or_another_record(void **state)
{
	struct envelope made;
	(void)state;

	arena_reset(arena);
	struct span entry = sign(span_of_text(PAYLOAD), &made);
	size_t len = entry.len;
	for (size_t at = 0; at < len * 8; at++) {
		uint8_t text[1024];
		uint8_t back[1024];
		struct envelope parsed;
		struct writer w = writer_of(back, sizeof(back));
		memcpy(text, entry_bytes, len);
		text[at / 8] ^= (uint8_t)(1u << at % 8);
		arena_reset(arena);
		if (envelope_parse(span_of(text, len), arena, &parsed, NULL) !=
		    ERR_OK)
			continue;
		envelope_print(&parsed, &w);
		struct hash id = tree_leaf(span_of(entry_bytes, len));
		struct hash other = tree_leaf(writer_view(&w));
		assert_false(hash_equal(&id, &other));
		assert_err(ERR_REFUSED, envelope_verify(&parsed, &key, NULL));
	}
}

/* White space, order and escapes are the sender's; the entry is ours. */
static void
test_one_entry_of_many_texts(void **state)
{
	char payload[256] = { 0 };
	char sig[SSH_FINGERPRINT_MAX * 2] = { 0 };
	struct envelope made;
	(void)state;

	arena_reset(arena);
	struct span entry = sign(span_of_text(PAYLOAD), &made);
	text_base64(made.payload, payload);
	text_base64(span_of(made.signature.bytes, KEY_SIGNATURE_LEN), sig);
	static const char *const forms[] = {
		"{\"payload\":\"%1$s\",\"payloadType\":\"%2$s\","
		"\"signatures\":[{\"keyid\":\"%3$s\",\"sig\":\"%4$s\"}]}\n",
		" {\"signatures\" : [ {\"sig\":\"%4$s\",\n\t\"keyid\":\"%3$s\"}"
		" ],\r\n\"payloadType\":\"%2$s\",\"payload\":\"%1$s\"}",
		"{\"p\\u0061yload\":\"%1$s\",\"payloadType\":"
		"\"application\\/vnd.in-toto+json\","
		"\"signatures\":[{\"keyid\":\"%3$s\",\"sig\":\"%4$s\"}]}",
	};
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		char text[1024];
		uint8_t back[1024];
		struct envelope parsed;
		struct writer w = writer_of(back, sizeof(back));
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wformat-extra-args"
#pragma GCC diagnostic ignored "-Wpedantic"
		(void)snprintf(text, sizeof(text), forms[i], payload,
		    ENVELOPE_PAYLOAD_TYPE, made.keyid, sig);
#pragma GCC diagnostic pop
		assert_err(ERR_OK,
		    envelope_parse(span_of_text(text), arena, &parsed, NULL));
		envelope_print(&parsed, &w);
		assert_span(entry, writer_view(&w));
		assert_err(ERR_SYNTAX,
		    envelope_parse_entry(
			span_of_text(text), arena, &parsed, NULL));
	}
}

/* RFC 8032 section 5.1.7: S is below L, or anyone could make a second one. */
static void
test_s_plus_l_is_refused(void **state)
{
	static const uint8_t order[32] = { 0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63,
		0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde,
		0x14, [31] = 0x10 };
	struct envelope envelope;
	unsigned carry = 0;
	(void)state;

	arena_reset(arena);
	(void)sign(span_of_text(PAYLOAD), &envelope);
	assert_err(ERR_OK, envelope_verify(&envelope, &key, NULL));
	for (size_t i = 0; i < 32; i++) {
		carry += envelope.signature.bytes[32 + i] + order[i];
		envelope.signature.bytes[32 + i] = (uint8_t)carry;
		carry >>= 8;
	}
	assert_int_equal(0, carry);
	assert_err(ERR_REFUSED, envelope_verify(&envelope, &key, NULL));
}

static void
test_another_key(void **state)
{
	struct secret_key *other = key_secret_random();
	struct public_key other_key;
	struct envelope envelope;
	struct why w = { "" };
	(void)state;

	arena_reset(arena);
	key_secret_public(other, &other_key);
	key_secret_free(other);
	(void)sign(span_of_text(PAYLOAD), &envelope);
	assert_err(ERR_REFUSED, envelope_verify(&envelope, &other_key, &w));
	assert_non_null(strstr(w.text, "keyid: SHA256:"));
	ssh_fingerprint(&other_key, envelope.keyid);
	assert_err(ERR_REFUSED, envelope_verify(&envelope, &other_key, &w));
	assert_non_null(strstr(w.text, "signature: does not verify"));
}

/* The limit of a text is not that of an entry: white space may fill it. */
static void
test_length_of_a_text(void **state)
{
	static uint8_t text[ENVELOPE_LEN_MAX + 1];
	struct envelope envelope;
	(void)state;

	arena_reset(arena);
	struct span entry = sign(span_of_text(PAYLOAD), &envelope);
	memset(text, ' ', sizeof(text));
	memcpy(text + 100, entry.data, entry.len);
	assert_err(ERR_OK,
	    envelope_parse(
		span_of(text, ENVELOPE_LEN_MAX), arena, &envelope, NULL));
	assert_err(ERR_TOO_LARGE,
	    envelope_parse(
		span_of(text, ENVELOPE_LEN_MAX + 1), arena, &envelope, NULL));
}

static void
test_no_memory(void **state)
{
	struct arena *small = arena_new(64);
	struct envelope envelope;
	(void)state;

	arena_reset(arena);
	struct span entry = sign(span_of_text(PAYLOAD), &envelope);
	assert_err(
	    ERR_MEMORY, envelope_parse_entry(entry, small, &envelope, NULL));
	assert_err(ERR_MEMORY, envelope_parse(entry, small, &envelope, NULL));
	assert_err(ERR_MEMORY,
	    envelope_sign(span_of_text(PAYLOAD), secret, small, &envelope));
	arena_free(small);
}

int
main(int argc, char **argv)
{
	json_start();
	if (key_start(NULL) != ERR_OK)
		return 1;
	arena = arena_new((size_t)1 << 20);
	secret = key_secret_of_seed((const uint8_t *)"headwater test envelope"
						     " seed 123");
	key_secret_public(secret, &key);
	UNIT(test_pae_vector);
	UNIT(test_pae_is_injective);
	UNIT(test_round_trip);
	UNIT(test_payload_too_long);
	UNIT(test_every_prefix_is_refused);
	UNIT(test_every_flip_is_refused_or_another_record);
	UNIT(test_one_entry_of_many_texts);
	UNIT(test_s_plus_l_is_refused);
	UNIT(test_another_key);
	UNIT(test_length_of_a_text);
	UNIT(test_no_memory);
	int failed = unit_run(argc, argv);
	key_secret_free(secret);
	arena_free(arena);
	return failed;
}
