/*
 * manifest_file: questions to a manifest on the disk, by its sidecar.
 *
 * Nothing is believed: a chunk of lines is hashed before a line of it is shown,
 * a proof is verified before it is given, neighbours must stand on both sides of
 * what they show to be absent.  What does not fit is ERR_CORRUPT, and the
 * sentence says whether the sidecar (made again by blob_mend) or the manifest.
 *
 * Work: about 2·log2(n/256) reads of the disk and one chunk of 256 lines hashed
 * for a line and its proof.
 *
 * Threads: one at a time.  Memory: manifest_file_open / _close; one chunk.
 */
#ifndef HEADWATER_DAEMON_MANIFEST_FILE_H
#define HEADWATER_DAEMON_MANIFEST_FILE_H

#include "daemon/sidecar.h"

struct manifest_file;

/* `path` of the manifest; its sidecar lies beside it.  ERR_MISSING where the
 * manifest is not there; ERR_CORRUPT where the sidecar is missing, of another
 * manifest or damaged in what all rests on. */
MUST_CHECK enum err manifest_file_open(
    const char *path, struct manifest_file **ret, struct why *w);
void manifest_file_close(struct manifest_file *file); /* NULL is fine */

uint64_t manifest_file_count(const struct manifest_file *file);
const struct sidecar_header *manifest_file_header(
    const struct manifest_file *file);

/* How many lines have a lower digest; whether the next one has this. */
MUST_CHECK enum err manifest_file_find(struct manifest_file *file,
    const struct hash *digest, uint64_t *ret_index, bool *ret_is_there,
    struct why *w);

/* A line without its LF, index below count; lent until the next call. */
MUST_CHECK enum err manifest_file_line(struct manifest_file *file,
    uint64_t index, struct span *ret, struct why *w);
/* It verifies against the header's root. */
MUST_CHECK enum err manifest_file_proof(struct manifest_file *file,
    uint64_t index, struct tree_proof *ret, struct why *w);

/* *ret false: it is not in the manifest; true: in all likelihood it is.  One read,
 * for a question to all manifests. */
MUST_CHECK enum err manifest_file_may_have(struct manifest_file *file,
    const struct hash *digest, bool *ret, struct why *w);

#endif
