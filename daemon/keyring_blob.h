/*
 * keyring_blob: the lines of a keyring that is too long for its record, among the
 * log's blobs.
 *
 * They are on the disk, by name, before the record is committed; from then on
 * nobody can judge without them, so where they are gone the sentence says how to
 * bring them back.
 *
 * Threads: any.  Memory: none.
 */
#ifndef HEADWATER_DAEMON_KEYRING_BLOB_H
#define HEADWATER_DAEMON_KEYRING_BLOB_H

#include "daemon/blob.h"
#include "schema/keyring.h"

/* Reads them there; `blobs` NULL: nothing is found.  ERR_MISSING where they are
 * missing or damaged. */
struct keyring_source keyring_blob_source(struct blobs *blobs);

/* Puts them there, durably; nothing is written where they are whole already. */
MUST_CHECK enum err keyring_blob_put(
    struct blobs *blobs, struct span lines, struct why *w);

#endif
