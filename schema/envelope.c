#include "schema/envelope.h"

#include <assert.h>
#include <string.h>

#include "schema/reader.h"
#include "schema/text.h"

/* The frame of an entry; its parts and what stands between them are all there
 * is, so an entry can be read without a JSON parser. */
#define FRAME_PAYLOAD "{\"payload\":\""
#define FRAME_KEYID \
	"\",\"payloadType\":\"" ENVELOPE_PAYLOAD_TYPE \
	"\",\"signatures\":[{\"keyid\":\""
#define FRAME_SIGNATURE "\",\"sig\":\""
#define FRAME_END "\"}]}"

#define SIGNATURE_TEXT_LEN TEXT_BASE64_LEN(KEY_SIGNATURE_LEN)
#define FRAME_LEN \
	(sizeof(FRAME_PAYLOAD FRAME_KEYID FRAME_SIGNATURE FRAME_END) - 1 + \
	    SSH_FINGERPRINT_LEN + SIGNATURE_TEXT_LEN)

static_assert(FRAME_LEN == ENVELOPE_FRAME_LEN, "FORMATS.md says so");
static_assert(
    TEXT_BASE64_LEN(ENVELOPE_PAYLOAD_MAX) + FRAME_LEN <= ENTRY_LEN_MAX,
    "the longest payload fits an entry");

#define PAE_HEAD_MAX 64 /* "DSSEv1 28 application/vnd.in-toto+json 48975 " */

void
envelope_pae(struct span type, struct span body, struct writer *w)
{
	writer_text(w, "DSSEv1 ");
	writer_decimal(w, type.len);
	writer_u8(w, ' ');
	writer_span(w, type);
	writer_u8(w, ' ');
	writer_decimal(w, body.len);
	writer_u8(w, ' ');
	writer_span(w, body);
}

/*
 * Room for the PAE of a payload of `len` bytes, whose head is written.  The
 * payload is decoded behind it, so what is verified and what is read are the
 * same bytes (DSSE 1.0.2) and no copy is made.  NULL where memory is out.
 */
static uint8_t *
pae_room(struct arena *arena, size_t len, size_t *ret_head_len)
{
	uint8_t *room = arena_take(arena, PAE_HEAD_MAX + len + 3, 1);

	if (room == NULL)
		return NULL;
	struct writer w = writer_of(room, PAE_HEAD_MAX);
	writer_text(&w, "DSSEv1 ");
	writer_decimal(&w, sizeof(ENVELOPE_PAYLOAD_TYPE) - 1);
	writer_text(&w, " " ENVELOPE_PAYLOAD_TYPE " ");
	writer_decimal(&w, len);
	writer_u8(&w, ' ');
	assert(writer_end(&w) == ERR_OK);
	*ret_head_len = w.len;
	return room;
}

/* Bytes that base64 text of this length and padding stands for. */
static size_t
decoded_len(struct span text)
{
	size_t len = text.len / 4 * 3;

	for (size_t i = 1; i <= 2 && i <= text.len; i++)
		len -= text.data[text.len - i] == '=' ? 1 : 0;
	return len;
}

static enum err
decode_payload(
    struct span text, struct arena *arena, struct envelope *ret, struct why *w)
{
	size_t len = text.len < 4 ? 0 : decoded_len(text);
	size_t head_len;
	size_t payload_len;

	if (len > ENVELOPE_PAYLOAD_MAX)
		return why(w, ERR_LIMIT, "payload: %zu bytes, at most %zu", len,
		    ENVELOPE_PAYLOAD_MAX);
	uint8_t *room = pae_room(arena, len, &head_len);
	if (room == NULL)
		return why(w, ERR_MEMORY, "payload: no memory left");
	if (!text_unbase64(text, room + head_len, &payload_len) ||
	    payload_len != len)
		return why(
		    w, ERR_SYNTAX, "payload: padded standard base64 is needed");
	ret->payload = span_of(room + head_len, len);
	ret->pae = span_of(room, head_len + len);
	return ERR_OK;
}

/* ---- the normal form ---- */

static enum err
parse_entry(
    struct span entry, struct arena *arena, struct envelope *ret, struct why *w)
{
	struct reader r = reader_of(entry);
	size_t signature_len;
	uint8_t signature[SIGNATURE_TEXT_LEN / 4 * 3];

	reader_expect(&r, FRAME_PAYLOAD);
	struct span payload = reader_take(&r, span_find(r.rest, '"'));
	reader_expect(&r, FRAME_KEYID);
	struct span keyid = reader_take(&r, SSH_FINGERPRINT_LEN);
	reader_expect(&r, FRAME_SIGNATURE);
	struct span sig = reader_take(&r, SIGNATURE_TEXT_LEN);
	reader_expect(&r, FRAME_END);
	if (reader_end(&r) != ERR_OK || !ssh_is_fingerprint(keyid) ||
	    !text_unbase64(sig, signature, &signature_len) ||
	    signature_len != KEY_SIGNATURE_LEN)
		return why(w, ERR_SYNTAX,
		    "entry: not a DSSE envelope in its normal form");
	enum err err = decode_payload(payload, arena, ret, w);
	if (err != ERR_OK)
		return err;
	memcpy(ret->keyid, keyid.data, keyid.len);
	memcpy(ret->signature.bytes, signature, KEY_SIGNATURE_LEN);
	return ERR_OK;
}

enum err
envelope_parse_entry(
    struct span entry, struct arena *arena, struct envelope *ret, struct why *w)
{
	struct envelope envelope = { .payload = SPAN_EMPTY };

	if (entry.len > ENTRY_LEN_MAX)
		return why(w, ERR_LIMIT, "entry: %zu bytes, at most %u",
		    entry.len, ENTRY_LEN_MAX);
	enum err err = parse_entry(entry, arena, &envelope, w);
	if (err == ERR_OK)
		*ret = envelope;
	return err;
}

void
envelope_print(const struct envelope *envelope, struct writer *w)
{
	writer_text(w, FRAME_PAYLOAD);
	writer_base64(w, envelope->payload);
	writer_text(w, FRAME_KEYID);
	writer_text(w, envelope->keyid);
	writer_text(w, FRAME_SIGNATURE);
	writer_base64(w, span_of(envelope->signature.bytes, KEY_SIGNATURE_LEN));
	writer_text(w, FRAME_END);
}

/* ---- any JSON ---- */

static enum err
read_signature(json_value *value, struct envelope *ret, struct why *w)
{
	struct object o = object_of(value, "signatures[0]", w);
	uint8_t signature[SIGNATURE_TEXT_LEN / 4 * 3];
	struct span keyid;
	struct span sig;
	size_t len;

	object_text(
	    &o, "keyid", SSH_FINGERPRINT_LEN, SSH_FINGERPRINT_LEN, &keyid);
	if (o.err == ERR_OK && !ssh_is_fingerprint(keyid))
		object_fail_member(
		    &o, "keyid", "an OpenSSH fingerprint, SHA256:…, is needed");
	object_text(&o, "sig", SIGNATURE_TEXT_LEN, SIGNATURE_TEXT_LEN, &sig);
	if (o.err == ERR_OK &&
	    (!text_unbase64(sig, signature, &len) || len != KEY_SIGNATURE_LEN))
		object_fail_member(
		    &o, "sig", "64 bytes in padded standard base64 are needed");
	enum err err = object_end(&o);
	if (err != ERR_OK)
		return err;
	memcpy(ret->keyid, keyid.data, keyid.len);
	memcpy(ret->signature.bytes, signature, KEY_SIGNATURE_LEN);
	return ERR_OK;
}

static enum err
read_envelope(
    json_value *root, struct arena *arena, struct envelope *ret, struct why *w)
{
	struct object o = object_of(root, "", w);
	struct span payload;
	struct span type;
	size_t count;

	object_text(&o, "payload", 0, SIZE_MAX, &payload);
	object_text(&o, "payloadType", 1, 256, &type);
	if (o.err == ERR_OK && !span_is(type, ENVELOPE_PAYLOAD_TYPE))
		object_fail_member(
		    &o, "payloadType", "only " ENVELOPE_PAYLOAD_TYPE);
	json_value *signatures =
	    object_array(&o, "signatures", 0, SIZE_MAX, &count);
	enum err err = object_end(&o);
	if (err != ERR_OK)
		return err;
	if (count != 1)
		return why(w, ERR_SYNTAX,
		    "signatures: %zu, exactly one is needed", count);
	err = read_signature(json_element(signatures, 0), ret, w);
	if (err != ERR_OK)
		return err;
	return decode_payload(payload, arena, ret, w);
}

enum err
envelope_parse(
    struct span text, struct arena *arena, struct envelope *ret, struct why *w)
{
	struct envelope envelope = { .payload = SPAN_EMPTY };
	struct json *json;

	if (text.len > ENVELOPE_LEN_MAX)
		return why(w, ERR_TOO_LARGE, "envelope: %zu bytes, at most %zu",
		    text.len, ENVELOPE_LEN_MAX);
	/* most senders write the normal form: five times as fast to read */
	if (envelope_parse_entry(text, arena, ret, NULL) == ERR_OK)
		return ERR_OK;
	enum err err = json_parse(text, &json, w);
	if (err != ERR_OK)
		return err;
	err = read_envelope(json_root(json), arena, &envelope, w);
	json_done(json);
	if (err == ERR_OK)
		*ret = envelope;
	return err;
}

/* ---- signatures ---- */

enum err
envelope_verify(const struct envelope *envelope, const struct public_key *key,
    struct why *w)
{
	char keyid[SSH_FINGERPRINT_MAX];

	ssh_fingerprint(key, keyid);
	if (strcmp(keyid, envelope->keyid) != 0)
		return why(w, ERR_REFUSED, "keyid: %s, the key is %s",
		    envelope->keyid, keyid);
	if (!key_verify(key, envelope->pae, &envelope->signature))
		return why(w, ERR_REFUSED,
		    "signature: does not verify under %s", envelope->keyid);
	return ERR_OK;
}

enum err
envelope_sign(struct span payload, const struct secret_key *secret,
    struct arena *arena, struct envelope *ret)
{
	struct envelope envelope = { .payload = SPAN_EMPTY };
	struct public_key key;
	size_t head_len;

	if (payload.len > ENVELOPE_PAYLOAD_MAX)
		return ERR_LIMIT;
	uint8_t *room = pae_room(arena, payload.len, &head_len);
	if (room == NULL)
		return ERR_MEMORY;
	if (payload.len > 0)
		memcpy(room + head_len, payload.data, payload.len);
	envelope.payload = span_of(room + head_len, payload.len);
	envelope.pae = span_of(room, head_len + payload.len);
	key_secret_public(secret, &key);
	ssh_fingerprint(&key, envelope.keyid);
	key_sign(secret, envelope.pae, &envelope.signature);
	*ret = envelope;
	return ERR_OK;
}
