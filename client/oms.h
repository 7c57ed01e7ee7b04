/*
 * oms: the root of OpenSSF Model Signing, as model_signing 1.1.1 computes it.
 *
 * SHA-256 over the files' SHA-256 digests, one after the other, in the order of
 * their paths' segments (a/b before a-b).  What Git keeps at the top (.git,
 * .gitignore, .gitattributes, .github) is left out.  A single file's root is the
 * SHA-256 of its digest.  It binds no names; it is there to be found by.
 *
 * Threads: one at a time.  Memory: oms_new / oms_free.
 */
#ifndef HEADWATER_CLIENT_OMS_H
#define HEADWATER_CLIENT_OMS_H

#include "schema/manifest.h"

struct oms;

struct oms *oms_new(void);	/* NULL when memory is out */
void oms_free(struct oms *oms); /* NULL is fine */
MUST_CHECK enum err oms_add(
    struct oms *oms, const struct manifest_line *line, struct why *w);
/* After the last; once.  ERR_NOT_FOUND where no file counts. */
MUST_CHECK enum err oms_end(struct oms *oms, struct hash *ret, struct why *w);

struct hash oms_of_file(const struct hash *sha256);

#endif
