/*
 * keyring: who may write, as the log itself holds it.
 *
 * A keyring record's statement: one subject named by the origin, its digest the
 * SHA-256 of the lines joined by LF (each ends in LF); predicate
 * {"signers":["<principal> ssh-ed25519 <base64>", …],
 *  "previous":{"tlogLeaf":"…"}} (no previous in entry 0).  The lines are those in
 * force when it was made, sorted, each once.  Above KEYRING_LINES_MAX bytes, up to
 * KEYRING_BLOB_MAX, they lie beside it as a blob, which stands in `attachments` in
 * place of `signers`.  Signed by the log key; keyid is its OpenSSH fingerprint.
 *
 * Threads: any, once built.  Memory: keyring_free.
 */
#ifndef HEADWATER_SCHEMA_KEYRING_H
#define HEADWATER_SCHEMA_KEYRING_H

#include "schema/arena.h"
#include "schema/ssh_key.h"
#include "schema/text.h"

#define KEYRING_LINES_MAX ((size_t)32 << 10) /* in the record itself */
#define KEYRING_BLOB_MAX ((size_t)4 << 20)   /* beside it */
#define KEYRING_ATTACHMENT "allowed_signers"
#define KEYRING_MEDIA_TYPE "text/plain"

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

/* Who has the lines that a record names and does not hold.  What `load` writes,
 * `len` bytes, is hashed by whoever asked. */
struct keyring_source {
	enum err (*load)(void *context, const struct hash *sha256, size_t len,
	    struct writer *ret, struct why *w);
	void *context;
	struct keyring_memo *memo; /* NULL: each is read again */
};

/* The last keyring that was read so: thousands of keys take their time. */
struct keyring_memo {
	struct hash sha256; /* of its lines */
	struct keyring *keyring;
};
void keyring_memo_done(struct keyring_memo *memo);

/* From the decoded payload of a keyring record; `source` may be NULL, then one
 * whose lines are beside it is ERR_MISSING.  ERR_MISMATCH: the source gave other
 * lines than those that were signed; its own errors come back. */
MUST_CHECK enum err keyring_parse(struct span payload,
    const struct keyring_source *source, struct keyring **ret, struct why *w);
void keyring_free(struct keyring *keyring); /* NULL is fine */

struct keyring_terms {
	const char *origin;
	const struct ssh_signer *signers; /* in any order */
	size_t count;
	const struct hash *previous; /* NULL: the first */
};

/* The payload of a keyring record; a key that is there twice is refused.
 * `*ret_lines` gets what is to lie beside it, nothing where it holds all.
 * ERR_LIMIT above KEYRING_BLOB_MAX. */
MUST_CHECK enum err keyring_print(const struct keyring_terms *terms,
    struct writer *payload, struct writer *ret_lines);

const struct keyring_member *keyring_find(const struct keyring *keyring,
    const char *keyid); /* NULL when it is not there */

/* Same principals and keys, whatever stands before them in the log. */
bool keyring_same_members(const struct keyring *a, const struct keyring *b);

#endif
