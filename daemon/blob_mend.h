/*
 * blob_mend: a manifest's sidecar made again from its bytes.
 *
 * Threads: any, but one for a blob.  Memory: as manifest_build.
 */
#ifndef HEADWATER_DAEMON_BLOB_MEND_H
#define HEADWATER_DAEMON_BLOB_MEND_H

#include "daemon/blob.h"
#include "daemon/blob_root.h"

/*
 * Hashes a whole blob, and where the records call it a manifest and it is one,
 * makes its sidecar as `….tree.part`: *ret_is_made.  ERR_CORRUPT where its digest
 * is another.
 */
MUST_CHECK enum err blob_rebuild(const struct blobs *blobs,
    const struct hash *digest, const struct blob_records *records,
    bool *ret_is_made, struct why *w);

/* The same, and it takes its place; where there is none, an old one goes. */
MUST_CHECK enum err blob_mend(const struct blobs *blobs,
    const struct hash *digest, const struct blob_records *records,
    struct why *w);

#endif
