/*
 * note: C2SP signed-note, with Ed25519 keys (type 0x01).
 *
 * Limits: 128 KiB, 64 signatures.  Lines of unknown keys are kept and ignored; a
 * known key whose signature fails refuses the whole note.
 *
 * Threads: any.  Memory: spans borrow the text that was parsed.
 */
#ifndef HEADWATER_SCHEMA_NOTE_H
#define HEADWATER_SCHEMA_NOTE_H

#include <stdint.h>

#include "schema/err.h"
#include "schema/key.h"
#include "schema/span.h"
#include "schema/writer.h"

#define NOTE_LEN_MAX ((size_t)128 << 10)
#define NOTE_SIGNATURES_MAX 64
#define NOTE_NAME_MAX 255 /* bytes of a key's name, and of an origin */
#define NOTE_VKEY_MAX 330 /* name+hex8+base64(1 + 32 bytes), with NUL */
#define NOTE_SKEY_MAX 345 /* PRIVATE+KEY+…, with NUL */

struct note_signature {
	struct span name;
	uint32_t key_id;
	struct span signature; /* base64 of key id and signature, canonical */
};

struct note {
	struct span text; /* with its final LF */
	size_t count;
	struct note_signature signatures[NOTE_SIGNATURES_MAX];
};

/* A verifier key: `<name>+<hex8>+<base64(0x01 || public key)>`. */
struct note_key {
	char name[NOTE_NAME_MAX + 1];
	uint32_t
	    id; /* SHA-256(name LF 0x01 key), its first 4 bytes, big-endian */
	struct public_key key;
};

bool note_is_name(struct span name); /* not empty, no space, no '+', ≤ 255 */
void note_key_make(
    const char *name, const struct public_key *key, struct note_key *ret);
/* A declared id other than the computed one is refused. */
MUST_CHECK enum err note_key_parse(
    struct span text, struct note_key *ret, struct why *w);
void note_key_print(const struct note_key *key, char out[static NOTE_VKEY_MAX]);

/* The signer's file: `PRIVATE+KEY+<name>+<hex8>+<base64(0x01 || seed)>`, one
 * line, LF optional.  The caller frees `*ret_secret`. */
MUST_CHECK enum err note_secret_parse(struct span text, struct note_key *ret,
    struct secret_key **ret_secret, struct why *w);
void note_secret_print(const struct note_key *key,
    const struct secret_key *secret, struct writer *w); /* with LF */

MUST_CHECK enum err note_parse(
    struct span bytes, struct note *ret, struct why *w);

/* Writes `text` (ends in LF), the empty line and one signature line. */
void note_sign(struct span text, const struct note_key *key,
    const struct secret_key *secret, struct writer *w);

/* ERR_OK when this key signed it; ERR_NOT_FOUND when no line is its; ERR_MISMATCH
 * when a line of it does not verify. */
MUST_CHECK enum err note_verify(
    const struct note *note, const struct note_key *key, struct why *w);

#endif
