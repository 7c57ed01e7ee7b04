/*
 * device: does the disk hold what the system's memory shows of our files?
 *
 * After a write error the system may keep pages in memory that the disk never
 * got, marked clean; LMDB would then build upon them and acknowledge records
 * that are gone with the next boot.  So whoever meets such an error sets a marker
 * and ends the process, and the next start drops those pages and reads past the
 * memory, before LMDB opens anything.
 *
 * The marker is the file `failed` in the data folder; `failed.ready` is kept
 * beside it, so that a full disk still has room to say that it is full.
 *
 * Threads: one at a time (marker_set: any, once the process is ending).  Memory:
 * a static buffer.
 */
#ifndef HEADWATER_DAEMON_DEVICE_H
#define HEADWATER_DAEMON_DEVICE_H

#include <stdbool.h>

#include "schema/err.h"

#define MARKER_REASON_MAX 256 /* bytes that are kept of a reason */

/* Makes marker_set possible on a full disk; at each start, under the lock. */
MUST_CHECK enum err marker_prepare(const char *folder, struct why *w);

/* Durable, unless this disk takes nothing at all.  Then end the process. */
MUST_CHECK enum err marker_set(
    const char *folder, const char *reason, struct why *w);
bool marker_is_set(const char *folder);
/* When all was found well, or repaired.  Not being set is fine. */
MUST_CHECK enum err marker_clear(const char *folder, struct why *w);

/*
 * Where the marker is set drops `folder`/log/data.mdb and `folder`/index/data.mdb
 * (either may be missing; nobody has them open) from memory and compares each page
 * with the device: ERR_CORRUPT names the first that differs, ERR_IO what cannot be
 * read.  store_open then looks at their form.  *ret_warning is a sentence where the
 * file system cannot be read past its memory, else NULL.  Leaves the marker as it
 * is.
 */
MUST_CHECK enum err device_check(
    const char *folder, const char **ret_warning, struct why *w);

#endif
