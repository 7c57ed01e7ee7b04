/*
 * ahead: a large file's bytes in order, read by threads of its own while the
 * caller hashes: SHA-256 is one chain on one core, so what copies and waits has
 * to be beside it.  Two of them, since a disk gives more to two.
 *
 * Threads: one caller each.  Memory: the caller's buffer, of AHEAD_BUFFER_LEN.
 */
#ifndef HEADWATER_CLIENT_AHEAD_H
#define HEADWATER_CLIENT_AHEAD_H

#include <pthread.h>
#include <stdint.h>

#include "schema/err.h"
#include "schema/span.h"

#define AHEAD_PIECES 4
#define AHEAD_PIECE_LEN ((size_t)256 << 10) /* stays in a core's cache */
#define AHEAD_BUFFER_LEN (AHEAD_PIECES * AHEAD_PIECE_LEN)
#define AHEAD_READERS 2

struct ahead_piece {
	uint64_t number; /* which of the file's; as it is claimed */
	bool is_full;
	size_t len; /* less than it should be where the file ends sooner */
	int code;   /* errno, or 0 */
};

struct ahead {
	int fd;
	uint64_t size;
	uint8_t *buffer;
	pthread_mutex_t mutex; /* of what follows */
	pthread_cond_t filled;
	pthread_cond_t emptied;
	bool is_over;
	uint64_t claimed; /* pieces that a reader has taken */
	uint64_t given;	  /* to the caller, who is done with all but the last */
	struct ahead_piece pieces[AHEAD_PIECES];
	size_t reader_count;
	pthread_t readers[AHEAD_READERS];
};

/* False where no thread is to be had; nothing is begun then.  No byte from `size`
 * on is read.  It must not move until ahead_end. */
MUST_CHECK bool ahead_begin(
    struct ahead *ahead, int fd, uint64_t size, uint8_t *buffer);
/* The next bytes, valid until the next call; empty at the end, which comes before
 * `size` where the file is shorter now.  ERR_IO: errno says why. */
MUST_CHECK enum err ahead_next(struct ahead *ahead, struct span *ret);
void ahead_end(struct ahead *ahead);

#endif
