/*
 * cache: digests of files that are what they were when they were hashed.
 *
 *	$HEADWATER_HOME/cache/hashes
 *
 * A file is taken to be what it was while device, inode, size, modification and
 * change time (to the nanosecond) are.  Nobody can set the change time; what it
 * does not tell is a disk that gives other bytes than were written.  Each entry is
 * written when its file is hashed, so a run that was broken off goes on where it
 * was.
 *
 * The file: a page of 4,096 bytes that begins with "headwater hashes 1\n", the
 * binary logarithm of the number of buckets as a byte, and 16 bytes of the SHA-256
 * over these 20; then the buckets, pages of 73 entries:
 *
 *	8  name    of SHA-256(device, inode / 8), its last 3 bits the inode's
 *	32 sha256  of the file's bytes
 *	16 seal    of SHA-256(device, inode, size, both times, sha256)
 *
 * An entry is in the bucket that the first bits of its name say, so that files
 * made together lie together.  The seal decides: an entry that is damaged, torn
 * or of another state of the file is none.  A bucket that is full loses an
 * entry; when that happens often there are twice as many, until there are
 * 2^CACHE_LOG_MAX.
 *
 * One process writes; others only read meanwhile.
 *
 * Threads: any.  Memory: cache_open / cache_close.
 */
#ifndef HEADWATER_CLIENT_CACHE_H
#define HEADWATER_CLIENT_CACHE_H

#include <sys/stat.h>

#include "schema/err.h"
#include "schema/sha256.h"

#define CACHE_LOG_MIN 6
#define CACHE_LOG_MAX 19 /* 38 million entries in 2 GiB */

struct cache;

/* The folder is there.  `w` says what was wrong with a file that was given up and
 * begun anew; its text is empty where nothing was. */
MUST_CHECK enum err cache_open(
    const char *path, struct cache **ret, struct why *w);
void cache_close(struct cache *cache); /* NULL is fine */

/* False where it is not known; and of a cache that is NULL. */
MUST_CHECK bool cache_get(
    struct cache *cache, const struct stat *status, struct hash *ret);
/* What cannot be written is forgotten. */
void cache_put(
    struct cache *cache, const struct stat *status, const struct hash *sha256);

#endif
