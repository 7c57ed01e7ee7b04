/*
 * envelope: DSSE v1 with exactly one Ed25519 signature, and its one normal form.
 *
 * What comes in may have any white space and member order; what is stored and
 * hashed is `{"payload":…,"payloadType":…,"signatures":[{"keyid":…,"sig":…}]}`,
 * standard padded base64, no white space, at most ENTRY_LEN_MAX bytes: the entry.
 * Unknown members are refused: nobody signed them.
 *
 * Threads: any.  Memory: the caller's arena.
 */
#ifndef HEADWATER_SCHEMA_ENVELOPE_H
#define HEADWATER_SCHEMA_ENVELOPE_H

#include "schema/arena.h"
#include "schema/key.h"
#include "schema/object.h"
#include "schema/ssh_key.h"

#define ENTRY_LEN_MAX 65535u /* a u16 length in the entry bundle */
#define ENVELOPE_LEN_MAX ((size_t)128 << 10) /* as it comes in */
#define ENVELOPE_PAYLOAD_TYPE "application/vnd.in-toto+json"

/* An entry without its payload, and what fits beside that in base64. */
#define ENVELOPE_FRAME_LEN 234u
#define ENVELOPE_PAYLOAD_MAX \
	((size_t)(ENTRY_LEN_MAX - ENVELOPE_FRAME_LEN) / 4 * 3)

struct envelope {
	struct span payload; /* decoded bytes, parsed as they are: the end of */
	struct span pae;     /* what was signed */
	char keyid[SSH_FINGERPRINT_MAX];
	struct signature signature;
};

/* JSON text as a publisher sends it.  payloadType must be in-toto's, the keyid
 * an Ed25519 key's OpenSSH fingerprint by form. */
MUST_CHECK enum err envelope_parse(
    struct span text, struct arena *arena, struct envelope *ret, struct why *w);

/* The normal form; ERR_LIMIT through the writer when longer than an entry. */
void envelope_print(const struct envelope *envelope, struct writer *w);

/* Parses an entry: as envelope_parse, and what does not print to itself is
 * ERR_SYNTAX. */
MUST_CHECK enum err envelope_parse_entry(struct span entry, struct arena *arena,
    struct envelope *ret, struct why *w);

/* DSSE PAE: "DSSEv1" SP LEN(type) SP type SP LEN(body) SP body. */
void envelope_pae(struct span type, struct span body, struct writer *w);

/* ERR_REFUSED unless the keyid is this key's and the signature is by it. */
MUST_CHECK enum err envelope_verify(const struct envelope *envelope,
    const struct public_key *key, struct why *w);

/* Signs a copy of the payload; the keyid is the key's fingerprint.  ERR_LIMIT
 * where it would not fit an entry. */
MUST_CHECK enum err envelope_sign(struct span payload,
    const struct secret_key *secret, struct arena *arena, struct envelope *ret);

#endif
