#include "schema/ssh_key.h"

#include <assert.h>
#include <string.h>

#include "schema/reader.h"
#include "schema/text.h"

#define TYPE "ssh-ed25519"
#define TYPE_LEN (sizeof(TYPE) - 1)
#define BLOB_TEXT_LEN TEXT_BASE64_LEN(SSH_BLOB_LEN)
#define FINGERPRINT_PREFIX "SHA256:"

_Static_assert(SSH_LINE_LEN == TYPE_LEN + 1 + BLOB_TEXT_LEN, "a key's line");

/* ---- public keys ---- */

void
ssh_blob(const struct public_key *key, uint8_t out[static SSH_BLOB_LEN])
{
	struct writer w = writer_of(out, SSH_BLOB_LEN);

	writer_u32(&w, TYPE_LEN);
	writer_text(&w, TYPE);
	writer_u32(&w, KEY_PUBLIC_LEN);
	writer_bytes(&w, key->bytes, KEY_PUBLIC_LEN);
	assert(writer_end(&w) == ERR_OK && w.len == SSH_BLOB_LEN);
}

void
ssh_fingerprint(
    const struct public_key *key, char out[static SSH_FINGERPRINT_MAX])
{
	uint8_t blob[SSH_BLOB_LEN];
	char digits[HASH_BASE64_LEN];

	ssh_blob(key, blob);
	struct hash hash = sha256_of(span_of(blob, sizeof(blob)));
	text_base64(hash_span(&hash), digits);
	struct writer w = writer_of(out, SSH_FINGERPRINT_MAX);
	writer_text(&w, FINGERPRINT_PREFIX);
	writer_bytes(&w, digits, sizeof(digits) - 1); /* without its padding */
	writer_u8(&w, '\0');
	assert(writer_end(&w) == ERR_OK);
}

bool
ssh_is_fingerprint(struct span text)
{
	char digits[HASH_BASE64_LEN];
	struct hash hash;

	if (text.len != SSH_FINGERPRINT_LEN ||
	    !span_starts(text, FINGERPRINT_PREFIX))
		return false;
	memcpy(digits, text.data + sizeof(FINGERPRINT_PREFIX) - 1,
	    HASH_BASE64_LEN - 1);
	digits[HASH_BASE64_LEN - 1] = '=';
	return hash_parse_base64(span_of(digits, sizeof(digits)), &hash);
}

void
ssh_public_print(const struct public_key *key, struct writer *w)
{
	uint8_t blob[SSH_BLOB_LEN];

	ssh_blob(key, blob);
	writer_text(w, TYPE " ");
	writer_base64(w, span_of(blob, sizeof(blob)));
}

/* RFC 4251 section 5: u32 length, bytes. */
static struct span
read_string(struct reader *r)
{
	return reader_take(r, reader_u32(r));
}

static bool
parse_blob(struct span blob, struct public_key *ret)
{
	struct reader r = reader_of(blob);
	struct span type = read_string(&r);
	struct span key = read_string(&r);

	if (reader_end(&r) != ERR_OK || !span_is(type, TYPE) ||
	    key.len != KEY_PUBLIC_LEN)
		return false;
	memcpy(ret->bytes, key.data, KEY_PUBLIC_LEN);
	return true;
}

struct key_type {
	const char *prefix;
	const char *meaning;
};

static const struct key_type other_types[] = {
	{ "ssh-ed25519-cert-", "a certificate" },
	{ "sk-", "a key in a security token, which signs other bytes" },
	{ "ssh-rsa", "an RSA key" },
	{ "ecdsa-", "an ECDSA key" },
	{ "ssh-dss", "a DSA key" },
};

static enum err
refuse_type(struct span type, struct why *w)
{
	size_t count = sizeof(other_types) / sizeof(other_types[0]);

	if (type.len > 64)
		type.len = 64;
	for (size_t i = 0; i < count; i++) {
		if (span_starts(type, other_types[i].prefix))
			return why(w, ERR_REFUSED,
			    "key: %.*s is %s; only " TYPE " keys are accepted",
			    SPAN_ARGS(type), other_types[i].meaning);
	}
	return why(w, ERR_SYNTAX, "key: expected " TYPE ", found \"%.*s\"",
	    SPAN_ARGS(type));
}

static bool
is_blank(uint8_t byte)
{
	return byte == ' ' || byte == '\t';
}

/* Takes a field, which may be empty, and the blanks behind it. */
static struct span
take_field(struct span *rest)
{
	size_t len = 0;
	size_t end;

	while (len < rest->len && !is_blank(rest->data[len]))
		len++;
	for (end = len; end < rest->len && is_blank(rest->data[end]);)
		end++;
	struct span field = span_part(*rest, 0, len);
	*rest = span_part(*rest, end, rest->len);
	return field;
}

/* `ssh-ed25519 <base64>`, with anything behind it. */
static enum err
parse_key(struct span rest, struct public_key *ret, struct why *w)
{
	struct span type = take_field(&rest);
	struct span text = take_field(&rest);
	uint8_t blob[BLOB_TEXT_LEN];
	struct public_key key;
	size_t len;

	if (!span_is(type, TYPE))
		return refuse_type(type, w);
	if (text.len != BLOB_TEXT_LEN || !text_unbase64(text, blob, &len) ||
	    !parse_blob(span_of(blob, len), &key))
		return why(w, ERR_SYNTAX,
		    "key: not the padded base64 of an " TYPE " key");
	if (!key_public_is_valid(&key))
		return why(
		    w, ERR_REFUSED, "key: not a valid Ed25519 public key");
	*ret = key;
	return ERR_OK;
}

enum err
ssh_public_parse(struct span line, struct public_key *ret, struct why *w)
{
	if (span_starts(line, "-----BEGIN "))
		return why(w, ERR_REFUSED, "key: this is a private key");
	if (line.len > 0 && line.data[line.len - 1] == '\n')
		line.len--;
	if (span_find(line, '\n') < line.len)
		return why(w, ERR_SYNTAX, "key: more than one line");
	return parse_key(line, ret, w);
}

/* ---- private keys ---- */

#define PEM_BEGIN "-----BEGIN OPENSSH PRIVATE KEY-----\n"
#define PEM_END "-----END OPENSSH PRIVATE KEY-----"
#define PEM_MAGIC "openssh-key-v1"
#define PEM_TEXT_MAX 8192 /* base64 digits; RSA keys of 8192 bits have 8500 */
#define PEM_BLOCK 8	  /* padding of what is not encrypted */

/* Joins the lines between begin and end, without their LF. */
static enum err
unwrap_pem(struct span file, char *text, size_t *ret_len, struct why *w)
{
	struct reader r = reader_of(file);
	size_t len = 0;

	reader_expect(&r, PEM_BEGIN);
	if (r.err != ERR_OK)
		return span_starts(file, "-----BEGIN ")
		    ? why(w, ERR_REFUSED,
			  "key: not in OpenSSH's format; make an " TYPE
			  " key with ssh-keygen -t ed25519")
		    : why(w, ERR_SYNTAX, "key: not a private key file");
	while (!span_starts(r.rest, PEM_END)) {
		struct span line = reader_line(&r);
		if (r.err != ERR_OK)
			return why(w, ERR_SYNTAX, "key: the file is cut short");
		if (line.len > PEM_TEXT_MAX - len)
			return why(w, ERR_LIMIT,
			    "key: more than %d digits, so not an " TYPE " key",
			    PEM_TEXT_MAX);
		if (line.len > 0)
			memcpy(text + len, line.data, line.len);
		len += line.len;
	}
	reader_expect(&r, PEM_END);
	if (!reader_is_empty(&r))
		reader_expect(&r, "\n");
	if (reader_end(&r) != ERR_OK)
		return why(w, ERR_SYNTAX, "key: more behind its last line");
	*ret_len = len;
	return ERR_OK;
}

/* The section that is encrypted in other files: PROTOCOL.key, part 3. */
static enum err
parse_secret(struct span bytes, const struct public_key *declared,
    struct secret_key **ret, struct why *w)
{
	struct reader r = reader_of(bytes);
	struct public_key public;

	uint32_t check = reader_u32(&r);
	reader_require(&r, reader_u32(&r) == check);
	reader_require(&r, span_is(read_string(&r), TYPE));
	struct span public_part = read_string(&r);
	struct span both = read_string(&r); /* seed, public key */
	(void)read_string(&r);		    /* comment */
	for (uint8_t i = 1; i < PEM_BLOCK && !reader_is_empty(&r); i++)
		reader_require(&r, reader_u8(&r) == i);
	struct span key = span_of(declared->bytes, KEY_PUBLIC_LEN);
	if (reader_end(&r) != ERR_OK || bytes.len % PEM_BLOCK != 0 ||
	    both.len != KEY_SEED_LEN + KEY_PUBLIC_LEN ||
	    !span_equal(public_part, key))
		return why(w, ERR_SYNTAX, "key: the file is damaged");
	struct secret_key *secret = key_secret_of_seed(both.data);
	if (secret == NULL)
		return why(w, ERR_MEMORY, "key: no locked memory for it");
	key_secret_public(secret, &public);
	if (!key_public_equal(&public, declared) ||
	    !span_equal(span_part(both, KEY_SEED_LEN, KEY_PUBLIC_LEN), key)) {
		key_secret_free(secret);
		return why(w, ERR_MISMATCH,
		    "key: its private and public parts do not belong "
		    "together");
	}
	*ret = secret;
	return ERR_OK;
}

static enum err
parse_file(struct span bytes, struct secret_key **ret, struct why *w)
{
	struct reader r = reader_of(bytes);
	struct public_key public;

	reader_expect(&r, PEM_MAGIC);
	reader_require(&r, reader_u8(&r) == 0);
	struct span cipher = read_string(&r);
	struct span derivation = read_string(&r);
	(void)read_string(&r); /* its options */
	uint32_t count = reader_u32(&r);
	struct span blob = read_string(&r);
	struct span secrets = read_string(&r);
	if (reader_end(&r) != ERR_OK || count != 1)
		return why(w, ERR_SYNTAX, "key: the file is damaged");
	struct reader type = reader_of(blob);
	struct span name = read_string(&type);
	if (!span_is(name, TYPE))
		return refuse_type(name, w);
	if (!span_is(cipher, "none") || !span_is(derivation, "none"))
		return why(w, ERR_REFUSED,
		    "key: encrypted; give it to ssh-agent (ssh-add FILE) and "
		    "name its public key");
	if (!parse_blob(blob, &public))
		return why(w, ERR_SYNTAX, "key: the file is damaged");
	return parse_secret(secrets, &public, ret, w);
}

enum err
ssh_private_parse(struct span file, struct secret_key **ret, struct why *w)
{
	char text[PEM_TEXT_MAX];
	uint8_t bytes[PEM_TEXT_MAX / 4 * 3];
	size_t text_len = 0;
	size_t len;
	enum err err = unwrap_pem(file, text, &text_len, w);

	if (err == ERR_OK &&
	    !text_unbase64(span_of(text, text_len), bytes, &len))
		err = why(w, ERR_SYNTAX, "key: not padded base64");
	if (err == ERR_OK)
		err = parse_file(span_of(bytes, len), ret, w);
	key_wipe(text, sizeof(text));
	key_wipe(bytes, sizeof(bytes));
	return err;
}
