/*
 * keyring: who may write, as the log itself holds it.
 *
 * A keyring record's statement: one subject named by the origin, its digest the
 * SHA-256 of the lines joined by LF (each ends in LF); predicate
 * {"signers":["<principal> ssh-ed25519 <base64>", …],
 *  "previous":{"tlogLeaf":"…"}} (no previous in entry 0).  The lines are those in
 * force when it was made, sorted, each once, at most KEYRING_LINES_MAX bytes.
 * Signed by the log key; keyid is the log key's OpenSSH fingerprint.
 *
 * Threads: any, once built.  Memory: keyring_free.
 */
#ifndef HEADWATER_SCHEMA_KEYRING_H
#define HEADWATER_SCHEMA_KEYRING_H

#include "schema/arena.h"
#include "schema/ssh_key.h"
#include "schema/text.h"

#define KEYRING_LINES_MAX ((size_t)32 << 10)

struct keyring_member {
	char principal[TEXT_PRINCIPAL_MAX + 1];
	char keyid[SSH_FINGERPRINT_MAX];
	struct public_key key;
};

struct keyring {
	char origin[256]; /* the log's name */
	size_t count;
	bool has_previous;
	struct hash previous;
	struct keyring_member members[]; /* sorted by keyid */
};

/* From the decoded payload of a keyring record. */
MUST_CHECK enum err keyring_parse(
    struct span payload, struct keyring **ret, struct why *w);
void keyring_free(struct keyring *keyring); /* NULL is fine */

/* The payload of a keyring record over these signers (in any order; one that is
 * there twice is refused, as is a key with two principals).  `previous` may be
 * NULL.  ERR_LIMIT above KEYRING_LINES_MAX. */
MUST_CHECK enum err keyring_print(const char *origin,
    const struct ssh_signer *signers, size_t count, const struct hash *previous,
    struct writer *w);

const struct keyring_member *keyring_find(const struct keyring *keyring,
    const char *keyid); /* NULL when it is not there */

/* Same principals and keys, whatever stands before them in the log. */
bool keyring_same_members(const struct keyring *a, const struct keyring *b);

#endif
