#include "client/digester.h"

#include <errno.h>
#include <unistd.h>

#define LARGE_LEN ((uint64_t)16 << 20) /* 10 ms: its threads do not matter */

/* Counts them too. */
static void
add_bytes(struct digester *digester, struct sha256 *sha256, struct span bytes)
{
	sha256_add(sha256, bytes);
	atomic_fetch_add(digester->bytes, bytes.len);
}

/* One of no size is asked once too. */
static enum err
read_here(
    struct digester *digester, int fd, uint64_t size, struct sha256 *sha256)
{
	uint64_t done = 0;

	do {
		ssize_t len = read(fd, digester->buffer, DIGESTER_BUFFER_LEN);
		if (len < 0 && errno == EINTR)
			continue;
		if (len < 0)
			return ERR_IO;
		if (len == 0)
			break;
		add_bytes(
		    digester, sha256, span_of(digester->buffer, (size_t)len));
		done += (uint64_t)len;
	} while (done < size);
	return done == size ? ERR_OK : ERR_CONFLICT;
}

/* One that grew has another size and time afterwards. */
static enum err
read_ahead(struct digester *digester, uint64_t size, struct sha256 *sha256)
{
	struct span piece;
	uint64_t done = 0;

	for (;;) {
		enum err err = ahead_next(&digester->ahead, &piece);
		if (err != ERR_OK)
			return err;
		if (piece.len == 0)
			break;
		add_bytes(digester, sha256, piece);
		done += piece.len;
	}
	return done == size ? ERR_OK : ERR_CONFLICT;
}

enum err
digester_run(struct digester *digester, int fd, uint64_t size, struct hash *ret)
{
	struct sha256 sha256;
	enum err err;

	sha256_init(&sha256);
	if (size >= LARGE_LEN &&
	    ahead_begin(&digester->ahead, fd, size, digester->buffer)) {
		err = read_ahead(digester, size, &sha256);
		int code = errno;
		ahead_end(&digester->ahead);
		errno = code;
	} else {
		err = read_here(digester, fd, size, &sha256);
	}
	*ret = sha256_done(&sha256);
	return err;
}
