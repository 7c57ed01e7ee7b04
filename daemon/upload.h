/*
 * upload: blobs on their way in.
 *
 * One upload of a blob at a time.  What has come stays when the peer goes away:
 * in the memory of a few, and as the `.part` file of all, so the next one goes on
 * where it ended.  What turns out to be wrong goes at once.
 *
 * Errors: ERR_CONFLICT (somebody else uploads it), ERR_REFUSED (quota), ERR_BUSY
 * (too many, disk nearly full, stopping), ERR_TOO_LARGE, ERR_SYNTAX and
 * ERR_MISMATCH of the bytes, ERR_FULL, ERR_IO.  The first one sticks.
 *
 * Threads: uploads any; an upload one at a time.  Memory: uploads_new / _free;
 * upload_claim / upload_release, some 150 KiB each.
 */
#ifndef HEADWATER_DAEMON_UPLOAD_H
#define HEADWATER_DAEMON_UPLOAD_H

#include "daemon/blob.h"
#include "daemon/blob_terms.h"
#include "daemon/ledger.h"

struct uploads;

MUST_CHECK enum err uploads_new(struct ledger *ledger, struct blobs *blobs,
    uint64_t quota, struct uploads **ret);
void uploads_free(struct uploads *uploads); /* NULL is fine; none is claimed */

/* Counts what is stored against the quotas and drops what was left behind; slow,
 * and once before any is claimed. */
bool uploads_are_counted(struct uploads *uploads);
MUST_CHECK enum err uploads_count(struct uploads *uploads, struct why *w);

struct upload;

/* `terms` has a name and the size. */
MUST_CHECK enum err upload_claim(struct uploads *uploads,
    const struct hash *digest, const struct blob_terms *terms,
    struct upload **ret, struct why *w);

/* Must upload_read be called first, which reads again what is there? */
bool upload_must_read(const struct upload *upload);
MUST_CHECK enum err upload_read(
    struct upload *upload, struct why *w); /* slow */

uint64_t upload_have(const struct upload *upload);
uint64_t upload_size(const struct upload *upload);

/* Forgets what is there. */
MUST_CHECK enum err upload_restart(struct upload *upload, struct why *w);
MUST_CHECK enum err upload_add(
    struct upload *upload, struct span bytes, struct why *w);

/* All bytes are there: checks and keeps them for good; slow. */
MUST_CHECK enum err upload_finish(struct upload *upload, struct why *w);

/* What was sent is no way to make it: nothing of it is kept. */
void upload_refuse(struct upload *upload, enum err err, const struct why *w);

/* Not used any more by this peer. */
void upload_release(struct upload *upload);

#endif
