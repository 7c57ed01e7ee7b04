#include "client/spill.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LEN_BYTES 2
#define PATH_MAX_LEN 4096

static const char *
folder(void)
{
	const char *given = getenv("TMPDIR");

	if (given != NULL && given[0] != '\0')
		return given;
	return access("/var/tmp", W_OK) == 0 ? "/var/tmp" : "/tmp";
}

static enum err
failed(struct why *w, const char *what)
{
	int code = errno;

	return why(w, code == ENOSPC || code == EDQUOT ? ERR_FULL : ERR_IO,
	    "a temporary file in %s: %s: %s; TMPDIR chooses another folder",
	    folder(), what, strerrordesc_np(code));
}

/* Not every file system can make one without a name. */
enum err
spill_nameless(int *ret_fd, struct why *w)
{
	char path[PATH_MAX_LEN];
	int fd = open(folder(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (fd < 0 &&
	    (size_t)snprintf(path, sizeof(path), "%s/headwater.XXXXXX",
		folder()) < sizeof(path)) {
		fd = mkostemp(path, O_CLOEXEC);
		if (fd >= 0)
			(void)unlink(path);
	}
	if (fd < 0)
		return failed(w, "making");
	*ret_fd = fd;
	return ERR_OK;
}

/* ---- writing ---- */

struct spill
spill_begin(void *buffer, size_t cap)
{
	assert(cap >= SPILL_BUFFER_MIN);
	return (struct spill){ .fd = -1, .buffer = buffer, .cap = cap };
}

enum err
spill_flush(struct spill *spill, struct why *w)
{
	struct span rest = span_of(spill->buffer, spill->held);

	if (spill->fd < 0) {
		enum err err = spill_nameless(&spill->fd, w);
		if (err != ERR_OK)
			return err;
	}
	while (rest.len > 0) {
		ssize_t put = write(spill->fd, rest.data, rest.len);
		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return failed(w, "writing");
		rest = span_part(rest, (size_t)put, rest.len);
	}
	spill->held = 0;
	return ERR_OK;
}

enum err
spill_put(struct spill *spill, struct span record, struct why *w)
{
	assert(record.len > 0 && record.len <= SPILL_RECORD_MAX);
	if (spill->cap - spill->held < LEN_BYTES + record.len) {
		enum err err = spill_flush(spill, w);
		if (err != ERR_OK)
			return err;
	}
	uint8_t *to = spill->buffer + spill->held;
	to[0] = (uint8_t)(record.len >> 8);
	to[1] = (uint8_t)record.len;
	memcpy(to + LEN_BYTES, record.data, record.len);
	spill->held += LEN_BYTES + record.len;
	spill->len += LEN_BYTES + record.len;
	return ERR_OK;
}

void
spill_end(struct spill *spill)
{
	if (spill->fd >= 0)
		close(spill->fd);
	spill->fd = -1;
}

/* ---- reading ---- */

struct spill_reader
spill_read(const struct spill *spill, uint64_t begin, uint64_t end,
    void *buffer, size_t cap)
{
	struct spill_reader reader = {
		.spill = spill,
		.at = begin,
		.end = end,
		.buffer = buffer,
		.cap = cap,
	};

	assert(begin <= end && end <= spill->len);
	if (spill->fd < 0) {
		reader.left =
		    span_of(spill->buffer + begin, (size_t)(end - begin));
		reader.at = end;
	}
	return reader;
}

/* Puts what is left to the front and reads what fits behind it. */
static enum err
fill(struct spill_reader *reader, struct why *w)
{
	size_t held = reader->left.len;
	uint64_t want = reader->cap - held;

	assert(reader->cap >= SPILL_BUFFER_MIN);
	if (want > reader->end - reader->at)
		want = reader->end - reader->at;
	if (held > 0)
		memmove(reader->buffer, reader->left.data, held);
	while (want > 0) {
		ssize_t got = pread(reader->spill->fd, reader->buffer + held,
		    (size_t)want, (off_t)reader->at);
		if (got < 0 && errno == EINTR)
			continue;
		if (got == 0)
			errno = EIO; /* somebody cut it */
		if (got <= 0)
			return failed(w, "reading");
		held += (size_t)got;
		reader->at += (uint64_t)got;
		want -= (uint64_t)got;
	}
	reader->left = span_of(reader->buffer, held);
	return ERR_OK;
}

static size_t
len_of(struct span left)
{
	return left.len < LEN_BYTES ? SPILL_RECORD_MAX
				    : (size_t)left.data[0] << 8 | left.data[1];
}

enum err
spill_next(struct spill_reader *reader, struct span *ret, struct why *w)
{
	bool is_short = reader->left.len < LEN_BYTES + len_of(reader->left);

	if (is_short && reader->at < reader->end) {
		enum err err = fill(reader, w);
		if (err != ERR_OK)
			return err;
	}
	*ret = SPAN_EMPTY;
	if (reader->left.len == 0)
		return ERR_OK;
	size_t len = len_of(reader->left);
	*ret = span_part(reader->left, LEN_BYTES, len);
	assert(ret->len == len && len > 0);
	reader->left =
	    span_part(reader->left, LEN_BYTES + len, reader->left.len);
	return ERR_OK;
}
