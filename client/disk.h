/*
 * disk: the client's own files.
 *
 * Files are written whole: temporary name, fsync, rename, fsync of the directory;
 * whoever reads sees the old or the new.  Directories are made 0700, files 0600.
 * No name from outside becomes a path: callers give hex digits and constants.
 *
 * Threads: any.  Memory: the caller's arena.  Errors: ERR_MISSING (no such file),
 * ERR_IO, ERR_FULL, ERR_TOO_LARGE; sentences name the path.
 */
#ifndef HEADWATER_CLIENT_DISK_H
#define HEADWATER_CLIENT_DISK_H

#include "schema/arena.h"

#define DISK_PATH_MAX 4096

/* Joins with '/': "a", "b/c" gives "a/b/c".  ERR_LIMIT when it does not fit. */
MUST_CHECK enum err disk_join(const char *dir, const char *name,
    char ret[static DISK_PATH_MAX], struct why *w);

/* A regular file (or what can be read like one) of at most `max` bytes; "-" is
 * stdin.  A NUL stands behind the bytes and does not count. */
MUST_CHECK enum err disk_read(const char *path, size_t max, struct arena *arena,
    struct span *ret, struct why *w);

MUST_CHECK enum err disk_write(
    const char *path, struct span bytes, struct why *w);
/* The same of what is there to be given away: as readable as umask lets it be. */
MUST_CHECK enum err disk_publish(
    const char *path, struct span bytes, struct why *w);
/* The same of what is written bit by bit, to `fd`. */
struct disk_file {
	int fd; /* -1: not open */
	char path[DISK_PATH_MAX];
	char temporary[DISK_PATH_MAX];
};
MUST_CHECK enum err disk_begin(
    const char *path, struct disk_file *ret, struct why *w);
MUST_CHECK enum err disk_end(struct disk_file *file, struct why *w);
void disk_share(const struct disk_file *file); /* as disk_publish does */
void disk_drop(struct disk_file *file);	       /* also after disk_end */
/* Could it be written?  Asked before what cannot be taken back. */
MUST_CHECK enum err disk_probe(const char *path, struct why *w);
/* Cuts (or makes) the file to `offset` bytes and puts `bytes` behind them. */
MUST_CHECK enum err disk_write_at(
    const char *path, uint64_t offset, struct span bytes, struct why *w);
MUST_CHECK enum err disk_make_dirs(const char *path, struct why *w);
bool disk_exists(const char *path);

/* Names in a directory that end in `suffix`, sorted, without it.  A directory
 * that is not there has none. */
struct disk_names {
	size_t count;
	struct span *names;
};
MUST_CHECK enum err disk_list(const char *dir, const char *suffix,
    struct arena *arena, struct disk_names *ret, struct why *w);

/* One process at a time: waits for the lock file.  disk_unlock(-1) is fine. */
MUST_CHECK enum err disk_lock(const char *path, int *ret_fd, struct why *w);
void disk_unlock(int fd);

#endif
