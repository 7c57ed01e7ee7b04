#include "tests/bench/floor_record.h"

#include <jansson.h>
#include <nettle/sha2.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TYPE "application/vnd.in-toto+json"
#define BLOB_LEN 51 /* an SSH public key: two strings, 11 and 32 bytes */

static uint8_t writer_key[crypto_sign_PUBLICKEYBYTES];

bool
floor_record_start(const char *public_base64)
{
	uint8_t blob[BLOB_LEN];
	size_t len = 0;

	if (sodium_init() < 0 ||
	    sodium_base642bin(blob, sizeof(blob), public_base64,
		strcspn(public_base64, " \n"), NULL, &len, NULL,
		sodium_base64_VARIANT_ORIGINAL) != 0 ||
	    len != sizeof(blob))
		return false;
	memcpy(writer_key, blob + BLOB_LEN - sizeof(writer_key),
	    sizeof(writer_key));
	return true;
}

struct parts {
	const char *payload;
	size_t payload_len;
	const char *keyid;
	const char *sig;
};

static bool
take_apart(json_t *root, struct parts *ret)
{
	const char *type = NULL;
	json_error_t error;

	return json_unpack_ex(root, &error, JSON_STRICT,
		   "{s:s%, s:s, s:[{s:s, s:s !}] !}", "payload", &ret->payload,
		   &ret->payload_len, "payloadType", &type, "signatures",
		   "keyid", &ret->keyid, "sig", &ret->sig) == 0 &&
	    strcmp(type, TYPE) == 0;
}

/* The statement is JSON with a first subject that has a name. */
static bool
parse_statement(const char *text, size_t len)
{
	json_error_t error;
	const char *name = NULL;
	json_t *root = json_loadb(text, len, JSON_REJECT_DUPLICATES, &error);
	bool is_good = root != NULL &&
	    json_unpack(json_array_get(json_object_get(root, "subject"), 0),
		"{s:s}", "name", &name) == 0;

	json_decref(root);
	return is_good;
}

static bool
verify(const uint8_t *pae, size_t len, const char *sig)
{
	uint8_t signature[crypto_sign_BYTES];
	size_t signature_len = 0;

	return sodium_base642bin(signature, sizeof(signature), sig, strlen(sig),
		   NULL, &signature_len, NULL,
		   sodium_base64_VARIANT_ORIGINAL) == 0 &&
	    signature_len == sizeof(signature) &&
	    crypto_sign_verify_detached(signature, pae, len, writer_key) == 0;
}

static bool
judge(const struct parts *parts)
{
	char *pae = malloc(parts->payload_len + 128);
	size_t room = parts->payload_len / 4 * 3;
	size_t len = 0;
	bool is_good = false;

	if (pae == NULL)
		return false;
	/* decoded behind where its longest head can end, then closed up */
	char *text = pae + 96;
	if (sodium_base642bin((uint8_t *)text, room, parts->payload,
		parts->payload_len, NULL, &len, NULL,
		sodium_base64_VARIANT_ORIGINAL) == 0) {
		int head = snprintf(
		    pae, 96, "DSSEv1 %zu " TYPE " %zu ", strlen(TYPE), len);
		is_good = parse_statement(text, len);
		memmove(pae + head, text, len);
		is_good = is_good &&
		    verify((uint8_t *)pae, (size_t)head + len, parts->sig);
	}
	free(pae);
	return is_good;
}

static bool
print_entry(const struct parts *parts, struct floor_record *ret)
{
	size_t cap = parts->payload_len + strlen(parts->sig) + 256;

	ret->entry = malloc(cap);
	if (ret->entry == NULL)
		return false;
	int len = snprintf((char *)ret->entry, cap,
	    "{\"payload\":\"%s\",\"payloadType\":\"" TYPE "\",\"signatures\":[{"
	    "\"keyid\":\"%s\",\"sig\":\"%s\"}]}",
	    parts->payload, parts->keyid, parts->sig);
	ret->entry_len = (size_t)len;
	return len > 0 && (size_t)len < cap;
}

static void
hash_leaf(struct floor_record *record)
{
	struct sha256_ctx context;

	nettle_sha256_init(&context);
	nettle_sha256_update(&context, 1, (const uint8_t *)"");
	nettle_sha256_update(&context, record->entry_len, record->entry);
	nettle_sha256_digest(&context, HASH_LEN, record->id.bytes);
}

bool
floor_record_take(const uint8_t *body, size_t len, struct floor_record *ret)
{
	json_error_t error;
	struct parts parts;
	json_t *root =
	    json_loadb((const char *)body, len, JSON_REJECT_DUPLICATES, &error);
	bool is_good = root != NULL && take_apart(root, &parts) &&
	    judge(&parts) && print_entry(&parts, ret);

	if (is_good)
		hash_leaf(ret);
	json_decref(root);
	return is_good;
}

void
floor_record_done(struct floor_record *record)
{
	free(record->entry);
	record->entry = NULL;
}
