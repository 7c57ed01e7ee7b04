/*
 * file: files that are there after a crash, and the checks of where they lie.
 *
 * Errors: ERR_MISSING (not there), ERR_REFUSED (not what may be used: a link, a
 * FIFO, readable by others), ERR_TOO_LARGE, ERR_CONFLICT (there already), ERR_FULL,
 * ERR_IO.  Sentences begin with the path.
 *
 * Threads: any, but one writer of a path at a time.  Memory: file_read takes it
 * from the caller's arena.
 */
#ifndef HEADWATER_DAEMON_FILE_H
#define HEADWATER_DAEMON_FILE_H

#include <sys/types.h>

#include "schema/arena.h"

/* `why` from errno, which goes no further: "path: what: text of errno". */
enum err file_failed(struct why *w, const char *path, const char *what);

/* The whole of a regular file of at most `max` bytes, by descriptor, without
 * following a last symbolic link.  ERR_MISSING where it is not there. */
MUST_CHECK enum err file_read(const char *path, size_t max, struct arena *arena,
    struct span *ret, struct why *w);

/* The same for secrets: refused unless owned by us (or root) and not readable by
 * group or others. */
MUST_CHECK enum err file_read_private(const char *path, size_t max,
    struct arena *arena, struct span *ret, struct why *w);

/* Creates a file that must not exist: written under a temporary name, synced,
 * linked, its folder synced; so it is whole or not there. */
MUST_CHECK enum err file_create(
    const char *path, struct span bytes, mode_t mode, struct why *w);

/* Replaces by temporary name, fsync, rename, fsync of the folder. */
MUST_CHECK enum err file_replace(
    const char *path, struct span bytes, mode_t mode, struct why *w);

MUST_CHECK enum err file_remove(const char *path, struct why *w); /* synced */
MUST_CHECK enum err file_make_folder(const char *path, struct why *w);
MUST_CHECK enum err file_sync_folder(const char *path, struct why *w);
bool file_exists(const char *path);

/* A file without a name, for what is gone with its descriptor. */
MUST_CHECK enum err file_open_unnamed(
    const char *folder, int *ret_fd, struct why *w);

/* ---- file_lock.c: who holds a folder, and what it lies on ---- */

/* An OFD lock on `path` (created 0600), held until the process ends; it is never
 * closed.  ERR_CONFLICT with the holder's pid in the sentence. */
MUST_CHECK enum err file_lock(const char *path, int *ret_fd, struct why *w);

/* The same on `folder`/lock, and on the folder itself: holds even when somebody
 * deletes the lock file. */
MUST_CHECK enum err file_lock_folder(const char *folder, struct why *w);

/* What lies under a folder (statfs): ERR_REFUSED for NFS, CIFS, FUSE, 9p;
 * ERR_OK with *ret_warning set to a sentence for tmpfs and overlayfs, else NULL. */
MUST_CHECK enum err file_filesystem(
    const char *folder, const char **ret_warning, struct why *w);

/* Free bytes for us on the file system of `folder`; 0 when it cannot be told. */
uint64_t file_free_bytes(const char *folder);

#endif
