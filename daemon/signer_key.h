/*
 * signer_key: the log key's file, and the pair that it makes with its state.
 *
 * FILE holds one `PRIVATE+KEY+…` line, mode 0600; FILE.state is the signer's
 * memory.  A key without a state is refused, since a lost state must not pass
 * for a new log; so the state is written first and the key last, each whole or
 * not at all.  A crash between them leaves an unused state, which the next keygen
 * replaces: what it belonged to never existed.
 *
 * Threads: any.  Memory: the caller frees the secret; copies of it are wiped.
 */
#ifndef HEADWATER_DAEMON_SIGNER_KEY_H
#define HEADWATER_DAEMON_SIGNER_KEY_H

#include "schema/note.h"

/* Makes a key for the log named `origin`.  ERR_CONFLICT where there is a file, or
 * a state that was used. */
MUST_CHECK enum err signer_key_make(
    const char *origin, const char *path, struct note_key *ret, struct why *w);

/* ERR_MISSING: there is no file; ERR_REFUSED: it is not one, others may read it,
 * or it holds no key of ours. */
MUST_CHECK enum err signer_key_read(const char *path, struct note_key *ret,
    struct secret_key **ret_secret, struct why *w);

#endif
