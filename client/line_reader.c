#include "client/line_reader.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BUFFER_LEN ((size_t)128 << 10)

struct line_reader {
	const char *path; /* as sentences name it */
	int fd;
	uint64_t number;
	bool is_ended;
	bool is_at_end; /* of the file */
	size_t at;	/* of what is left in the buffer */
	size_t len;
	uint8_t buffer[BUFFER_LEN];
};

enum err
line_reader_new(const char *path, struct line_reader **ret, struct why *w)
{
	bool is_stdin = strcmp(path, "-") == 0;
	struct line_reader *reader = calloc(1, sizeof(*reader));

	if (reader == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	reader->path = is_stdin ? "stdin" : path;
	reader->fd = is_stdin ? STDIN_FILENO
			      : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (reader->fd < 0) {
		free(reader);
		return why(
		    w, ERR_MISSING, "%s: %s", path, strerrordesc_np(errno));
	}
	(void)posix_fadvise(reader->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	*ret = reader;
	return ERR_OK;
}

void
line_reader_free(struct line_reader *reader)
{
	if (reader == NULL)
		return;
	if (reader->fd != STDIN_FILENO)
		close(reader->fd);
	free(reader);
}

uint64_t
line_reader_number(const struct line_reader *reader)
{
	return reader->number;
}

bool
line_reader_is_ended(const struct line_reader *reader)
{
	return reader->is_ended;
}

/* Reads behind what is left, which goes to the front. */
static enum err
fill(struct line_reader *reader, struct why *w)
{
	size_t left = reader->len - reader->at;

	memmove(reader->buffer, reader->buffer + reader->at, left);
	reader->at = 0;
	reader->len = left;
	for (;;) {
		ssize_t got = read(reader->fd, reader->buffer + left,
		    sizeof(reader->buffer) - left);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return why(w, ERR_IO, "%s: %s", reader->path,
			    strerrordesc_np(errno));
		reader->is_at_end = got == 0;
		reader->len += (size_t)got;
		return ERR_OK;
	}
}

static struct span
left_of(const struct line_reader *reader)
{
	return span_of(reader->buffer + reader->at, reader->len - reader->at);
}

enum err
line_reader_next(struct line_reader *reader, struct span *ret, struct why *w)
{
	struct span left = left_of(reader);
	size_t len = span_find(left, '\n');

	while (
	    len == left.len && len <= LINE_READER_MAX && !reader->is_at_end) {
		enum err err = fill(reader, w);
		if (err != ERR_OK)
			return err;
		left = left_of(reader);
		len = span_find(left, '\n');
	}
	*ret = SPAN_EMPTY;
	if (left.len == 0)
		return ERR_OK;
	reader->number++;
	if (len > LINE_READER_MAX)
		return why(w, ERR_SYNTAX,
		    "%s: line %" PRIu64 ": longer than %zu bytes", reader->path,
		    reader->number, LINE_READER_MAX);
	*ret = span_part(left, 0, len);
	reader->is_ended = len < left.len;
	reader->at += len + (reader->is_ended ? 1 : 0);
	return ERR_OK;
}
