/*
 * digester: the sha256 of an open file's bytes, as fast as its disk or one core.
 *
 * A large file is read by others while it is hashed (ahead.h).
 *
 * Threads: one each.  Memory: the caller's buffer.
 */
#ifndef HEADWATER_CLIENT_DIGESTER_H
#define HEADWATER_CLIENT_DIGESTER_H

#include <stdatomic.h>

#include "client/ahead.h"
#include "schema/sha256.h"

#define DIGESTER_BUFFER_LEN AHEAD_BUFFER_LEN /* as fast as any other */

struct digester {
	uint8_t *buffer;	     /* a short file is all in it afterwards */
	atomic_uint_fast64_t *bytes; /* counts what was read, for who watches */
	struct ahead ahead;
};

/*
 * No more than `size` is waited for: one that grows is found out by its size, and
 * would never end.  One of no size is read all the same, since files that the
 * kernel makes up have none.  ERR_CONFLICT: it has not these bytes; ERR_IO: errno
 * says why.
 */
MUST_CHECK enum err digester_run(
    struct digester *digester, int fd, uint64_t size, struct hash *ret);

#endif
