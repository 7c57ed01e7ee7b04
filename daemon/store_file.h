/*
 * store_file: the data file under LMDB: grown ahead by zeros that are really
 * written, and looked at before LMDB maps it.
 *
 * After a write error that passes, LMDB on ext4 may acknowledge a commit that
 * the disk never got, unless the blocks are there already, written (fallocate
 * does not do).  LMDB never shrinks a file and does not mind one that is longer
 * than its last page.
 *
 * Threads: the writer; `len` is read by any.  Memory: in place.
 */
#ifndef HEADWATER_DAEMON_STORE_FILE_H
#define HEADWATER_DAEMON_STORE_FILE_H

#include <stdint.h>

#include "schema/err.h"

struct store_file {
	int fd; /* LMDB's own: a second one would drop its locks when closed */
	size_t page_bytes;
	_Atomic uint64_t len; /* when last looked at */
};

/* Takes LMDB's descriptor: FD_CLOEXEC is set, which LMDB 0.9.24 does not. */
MUST_CHECK enum err store_file_use(
    struct store_file *file, int fd, size_t page_bytes);

/*
 * Makes sure that `need` bytes behind the first `used` are there, written and
 * synced; grows in steps that double from 1 to 64 MiB.  ERR_FULL, ERR_IO: the
 * file keeps its old length.
 */
MUST_CHECK enum err store_file_grow(
    struct store_file *file, uint64_t used, uint64_t need);

/*
 * Looks at a data file that nobody has open: ERR_CORRUPT for one whose pages in
 * use are cut off or punched out, or which is no LMDB file.  ERR_OK for one that
 * is not there.
 */
MUST_CHECK enum err store_file_check(const char *path, struct why *w);

#endif
