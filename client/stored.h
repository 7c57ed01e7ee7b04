/*
 * stored: the proofs that this client keeps, by record id.
 *
 * Ids may be shortened to a unique prefix of at least STORED_PREFIX_MIN digits
 * among those kept here (session of one pinned log).
 *
 * Threads: one.  Memory: the caller's arena.
 */
#ifndef HEADWATER_CLIENT_STORED_H
#define HEADWATER_CLIENT_STORED_H

#include "client/trust.h"
#include "schema/sha256.h"

struct session;

#define STORED_PREFIX_MIN 8
#define STORED_PROOF_SUFFIX ".tlog-proof"
#define STORED_KEYRING_SUFFIX ".keyring.tlog-proof"

/* Keeps a verified proof and, beside it, the proof of the keyring record that
 * judged it (SPAN_EMPTY: none, as of a keyring). */
MUST_CHECK enum err stored_put(const struct trust *trust, const struct hash *id,
    struct span proof, struct span keyring_proof, struct why *w);

/* What is kept of a record. */
struct stored {
	struct span proof;
	struct span keyring; /* the keyring's proof; empty where none is kept */
};
/* ERR_NOT_FOUND where it is not kept. */
MUST_CHECK enum err stored_get(const struct trust *trust, const struct hash *id,
    struct arena *arena, struct stored *ret, struct why *w);

/* The file of a proof kept here. */
MUST_CHECK enum err stored_path(const struct trust *trust,
    const struct hash *id, char ret[static DISK_PATH_MAX], struct why *w);

/* Where the keyring of a proof file lies: P.tlog-proof has P.keyring.tlog-proof
 * beside it, as has a P that does not end so. */
MUST_CHECK enum err stored_beside(
    const char *proof_path, char ret[static DISK_PATH_MAX], struct why *w);

/* The keyring's proof that is kept with a record; false where none is. */
MUST_CHECK bool stored_keyring(const struct trust *trust, const struct hash *id,
    struct arena *arena, struct span *ret);

/* 64 digits, or a unique prefix.  ERR_NOT_FOUND, ERR_CONFLICT (names those that
 * fit), ERR_USAGE (not hex, too short). */
MUST_CHECK enum err stored_resolve(const struct trust *trust, const char *text,
    struct arena *arena, struct hash *ret, struct why *w);
/* The same by a session; a whole id needs no log that is pinned, as with
 * --dry-run. */
MUST_CHECK enum err stored_resolve_id(
    struct session *session, const char *text, struct hash *ret, struct why *w);

#endif
