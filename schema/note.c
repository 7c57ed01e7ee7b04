#include "schema/note.h"

#include <assert.h>
#include <string.h>

#include "schema/reader.h"
#include "schema/text.h"

#define KEY_TYPE 0x01 /* Ed25519 over the note's text */
#define KEY_ID_LEN 4
#define KEY_DATA_LEN 33 /* type, key or seed */
#define KEY_DATA_TEXT_LEN 44
#define SIGNED_LEN (KEY_ID_LEN + KEY_SIGNATURE_LEN)
#define SECRET_PREFIX "PRIVATE+KEY+"

/* "— ": U+2014, space */
#define LINE_PREFIX "\xe2\x80\x94 "

/* ---- names and keys ---- */

/* White space beyond ASCII, as Unicode's White_Space has it; U+0085 is a
 * control character and refused before. */
static bool
has_wide_space(struct span name)
{
	static const char *const spaces[] = { "\xc2\xa0", "\xe1\x9a\x80",
		"\xe2\x80\xa8", "\xe2\x80\xa9", "\xe2\x80\xaf", "\xe2\x81\x9f",
		"\xe3\x80\x80" };
	static const size_t count = sizeof(spaces) / sizeof(spaces[0]);

	for (; name.len > 0; name = span_part(name, 1, name.len)) {
		/* U+2000 to U+200A */
		if (span_starts(name, "\xe2\x80") && name.data[2] <= 0x8a)
			return true;
		for (size_t i = 0; i < count; i++) {
			if (span_starts(name, spaces[i]))
				return true;
		}
	}
	return false;
}

bool
note_is_name(struct span name)
{
	return name.len > 0 && name.len <= NOTE_NAME_MAX &&
	    text_is_line(name) && span_find(name, ' ') == name.len &&
	    span_find(name, '+') == name.len && !has_wide_space(name);
}

static uint32_t
id_of(struct span name, const struct public_key *key)
{
	static const uint8_t between[] = { '\n', KEY_TYPE };
	struct sha256 s;

	sha256_init(&s);
	sha256_add(&s, name);
	sha256_add(&s, span_of(between, sizeof(between)));
	sha256_add(&s, span_of(key->bytes, KEY_PUBLIC_LEN));
	struct hash hash = sha256_done(&s);
	struct reader r = reader_of(hash_span(&hash));
	return reader_u32(&r);
}

static void
make_key(struct span name, const struct public_key *key, struct note_key *ret)
{
	*ret = (struct note_key){ .id = id_of(name, key), .key = *key };
	memcpy(ret->name, name.data, name.len);
}

void
note_key_make(
    const char *name, const struct public_key *key, struct note_key *ret)
{
	struct span text = span_of_text(name);

	assert(note_is_name(text));
	make_key(text, key, ret);
}

/* `<name>+<hex8>+<base64(type || 32 bytes)>`, for both kinds of keys. */
struct key_text {
	struct span name;
	uint32_t id;
	uint8_t data[KEY_DATA_LEN];
};

static enum err
parse_key_text(struct span text, struct key_text *ret, struct why *w)
{
	struct span id;
	uint8_t id_bytes[KEY_ID_LEN];
	size_t len;

	/* the base64 behind the second '+' may hold more of them */
	if (!span_cut(&text, '+', &ret->name) || !span_cut(&text, '+', &id))
		return why(
		    w, ERR_SYNTAX, "key: not of the form <name>+<id>+<base64>");
	if (!note_is_name(ret->name))
		return why(w, ERR_SYNTAX,
		    "key: the name must be 1 to %d bytes without space, "
		    "control character or '+'",
		    NOTE_NAME_MAX);
	if (!text_unhex(id, id_bytes, KEY_ID_LEN))
		return why(w, ERR_SYNTAX,
		    "key: the id must be 8 lower-case hex digits");
	if (text.len != KEY_DATA_TEXT_LEN ||
	    !text_unbase64(text, ret->data, &len) || len != KEY_DATA_LEN)
		return why(w, ERR_SYNTAX,
		    "key: not padded base64 of 33 bytes, an Ed25519 key");
	if (ret->data[0] != KEY_TYPE)
		return why(w, ERR_REFUSED,
		    "key: type 0x%02x; only Ed25519 (0x01) is known",
		    ret->data[0]);
	struct reader r = reader_of(span_of(id_bytes, KEY_ID_LEN));
	ret->id = reader_u32(&r);
	return ERR_OK;
}

/* The key with its computed id, which the text must declare. */
static enum err
check_key(const struct key_text *text, const struct public_key *key,
    struct note_key *ret, struct why *w)
{
	uint32_t id = id_of(text->name, key);

	if (!key_public_is_valid(key))
		return why(
		    w, ERR_REFUSED, "key: not a valid Ed25519 public key");
	if (id != text->id)
		return why(w, ERR_MISMATCH,
		    "key: declares the id %08x, but has %08x", text->id, id);
	make_key(text->name, key, ret);
	return ERR_OK;
}

enum err
note_key_parse(struct span text, struct note_key *ret, struct why *w)
{
	struct key_text parts;
	struct public_key key;
	enum err err = parse_key_text(text, &parts, w);

	if (err != ERR_OK)
		return err;
	memcpy(key.bytes, parts.data + 1, KEY_PUBLIC_LEN);
	return check_key(&parts, &key, ret, w);
}

/* Writes `<name>+<hex8>+<base64(type || data)>`. */
static void
print_key_text(
    const struct note_key *key, const uint8_t *data, struct writer *w)
{
	uint8_t typed[KEY_DATA_LEN] = { KEY_TYPE };

	memcpy(typed + 1, data, KEY_DATA_LEN - 1);
	writer_format(w, "%s+%08x+", key->name, key->id);
	writer_base64(w, span_of(typed, sizeof(typed)));
	key_wipe(typed, sizeof(typed));
}

void
note_key_print(const struct note_key *key, char out[static NOTE_VKEY_MAX])
{
	struct writer w = writer_of(out, NOTE_VKEY_MAX);

	print_key_text(key, key->key.bytes, &w);
	writer_u8(&w, '\0');
	assert(writer_end(&w) == ERR_OK);
}

/* As note_secret_parse, without wiping. */
static enum err
parse_secret(struct key_text *parts, struct note_key *ret,
    struct secret_key **ret_secret, struct why *w)
{
	struct public_key public;
	struct secret_key *secret = key_secret_of_seed(parts->data + 1);

	if (secret == NULL)
		return why(w, ERR_MEMORY, "key: no locked memory for it");
	key_secret_public(secret, &public);
	enum err err = check_key(parts, &public, ret, w);
	if (err != ERR_OK) {
		key_secret_free(secret);
		return err;
	}
	*ret_secret = secret;
	return ERR_OK;
}

enum err
note_secret_parse(struct span text, struct note_key *ret,
    struct secret_key **ret_secret, struct why *w)
{
	struct key_text parts;

	if (text.len > 0 && text.data[text.len - 1] == '\n')
		text.len--;
	if (!span_starts(text, SECRET_PREFIX))
		return why(w, ERR_SYNTAX,
		    "key: a signer's key begins with " SECRET_PREFIX);
	enum err err = parse_key_text(
	    span_part(text, sizeof(SECRET_PREFIX) - 1, text.len), &parts, w);
	if (err == ERR_OK)
		err = parse_secret(&parts, ret, ret_secret, w);
	key_wipe(&parts, sizeof(parts));
	return err;
}

void
note_secret_print(const struct note_key *key, const struct secret_key *secret,
    struct writer *w)
{
	uint8_t seed[KEY_SEED_LEN];

	key_secret_seed(secret, seed);
	writer_text(w, SECRET_PREFIX);
	print_key_text(key, seed, w);
	writer_u8(w, '\n');
	key_wipe(seed, sizeof(seed));
}

/* ---- notes ---- */

static bool
is_note_text(struct span bytes)
{
	for (size_t i = 0; i < bytes.len; i++) {
		if (bytes.data[i] < 0x20 && bytes.data[i] != '\n')
			return false;
	}
	return text_is_utf8(bytes);
}

/* Where the signatures begin, behind the *last* empty line; 0: nowhere.  At the
 * first one, a text with empty lines would lose what follows them. */
static size_t
find_signatures(struct span bytes)
{
	for (size_t at = bytes.len; at >= 2; at--) {
		if (bytes.data[at - 1] == '\n' && bytes.data[at - 2] == '\n')
			return at;
	}
	return 0;
}

/* Takes one step of base64 off the front of `*text`; false at an error. */
#define STEP_LEN ((size_t)1024)
static bool
unbase64_step(struct span *text, uint8_t out[static STEP_LEN], size_t *ret)
{
	struct span step = span_part(*text, 0, STEP_LEN);

	*text = span_part(*text, STEP_LEN, text->len);
	/* padding ends the whole, not a step */
	return text_unbase64(step, out, ret) &&
	    (text->len == 0 || *ret == STEP_LEN / 4 * 3);
}

/* Canonical base64 of a key id and at least one byte.  In steps, since another
 * cosigner's signature may be long. */
static bool
parse_signed(struct span text, uint32_t *ret_id)
{
	uint8_t bytes[STEP_LEN];
	size_t len;

	if (!unbase64_step(&text, bytes, &len) || len <= KEY_ID_LEN)
		return false;
	struct reader r = reader_of(span_of(bytes, len));
	*ret_id = reader_u32(&r);
	while (text.len > 0) {
		if (!unbase64_step(&text, bytes, &len))
			return false;
	}
	return true;
}

static bool
parse_line(struct span line, struct note_signature *ret)
{
	if (!span_starts(line, LINE_PREFIX))
		return false;
	line = span_part(line, sizeof(LINE_PREFIX) - 1, line.len);
	if (!span_cut(&line, ' ', &ret->name) || !note_is_name(ret->name))
		return false;
	ret->signature = line;
	return parse_signed(line, &ret->key_id);
}

/* Fills ret->signatures from lines, of which there is one at least. */
static enum err
parse_lines(struct span lines, struct note *ret, struct why *w)
{
	struct reader r = reader_of(lines);

	ret->count = 0;
	do {
		struct note_signature signature;
		struct span line = reader_line(&r);
		if (r.err != ERR_OK)
			return why(w, ERR_SYNTAX,
			    "note: must end in signature lines, each with LF");
		if (!parse_line(line, &signature))
			return why(w, ERR_SYNTAX,
			    "note: signature line %zu is not of the form "
			    "\xe2\x80\x94 <name> <base64>",
			    ret->count + 1);
		if (ret->count == NOTE_SIGNATURES_MAX)
			return why(w, ERR_LIMIT,
			    "note: more than %d signatures",
			    NOTE_SIGNATURES_MAX);
		ret->signatures[ret->count++] = signature;
	} while (!reader_is_empty(&r));
	return ERR_OK;
}

enum err
note_parse(struct span bytes, struct note *ret, struct why *w)
{
	struct note note;

	if (bytes.len > NOTE_LEN_MAX)
		return why(w, ERR_LIMIT, "note: %zu bytes, at most %zu",
		    bytes.len, NOTE_LEN_MAX);
	if (!is_note_text(bytes))
		return why(w, ERR_SYNTAX,
		    "note: not UTF-8, or with control characters");
	size_t at = find_signatures(bytes);
	if (at == 0)
		return why(
		    w, ERR_SYNTAX, "note: no empty line before the signatures");
	note.text = span_part(bytes, 0, at - 1);
	enum err err = parse_lines(span_part(bytes, at, bytes.len), &note, w);
	if (err != ERR_OK)
		return err;
	*ret = note;
	return ERR_OK;
}

void
note_sign(struct span text, const struct note_key *key,
    const struct secret_key *secret, struct writer *w)
{
	struct signature signature;
	uint8_t bytes[SIGNED_LEN];
	struct writer line = writer_of(bytes, sizeof(bytes));

	assert(text.len > 0 && text.data[text.len - 1] == '\n');
	key_sign(secret, text, &signature);
	writer_u32(&line, key->id);
	writer_bytes(&line, signature.bytes, KEY_SIGNATURE_LEN);
	writer_span(w, text);
	writer_text(w, "\n" LINE_PREFIX);
	writer_text(w, key->name);
	writer_u8(w, ' ');
	writer_base64(w, writer_view(&line));
	writer_u8(w, '\n');
}

static bool
verify_line(const struct note *note, const struct note_signature *line,
    const struct note_key *key)
{
	uint8_t bytes[TEXT_BASE64_LEN(SIGNED_LEN)];
	struct signature signature;
	size_t len;

	if (line->signature.len != TEXT_BASE64_LEN(SIGNED_LEN) ||
	    !text_unbase64(line->signature, bytes, &len) || len != SIGNED_LEN)
		return false;
	memcpy(signature.bytes, bytes + KEY_ID_LEN, KEY_SIGNATURE_LEN);
	return key_verify(&key->key, note->text, &signature);
}

enum err
note_verify(const struct note *note, const struct note_key *key, struct why *w)
{
	bool is_signed = false;

	for (size_t i = 0; i < note->count; i++) {
		const struct note_signature *line = &note->signatures[i];
		if (line->key_id != key->id || !span_is(line->name, key->name))
			continue;
		if (!verify_line(note, line, key))
			return why(w, ERR_MISMATCH,
			    "note: the signature of %s (%08x) does not verify",
			    key->name, key->id);
		is_signed = true;
	}
	if (!is_signed)
		return why(w, ERR_NOT_FOUND, "note: not signed by %s (%08x)",
		    key->name, key->id);
	return ERR_OK;
}
