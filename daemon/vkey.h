/*
 * vkey: the log's public key, from headwater-signer: only it opens the key file.
 *
 * Threads: before any.  Memory: none.
 */
#ifndef HEADWATER_DAEMON_VKEY_H
#define HEADWATER_DAEMON_VKEY_H

#include "schema/note.h"

/* Runs `headwater-signer vkey --key PATH`, whose own complaint goes to standard
 * error. */
MUST_CHECK enum err vkey_of_file(
    const char *key_path, struct note_key *ret, struct why *w);

#endif
