#include "daemon/scrub.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/file.h"

#define WINDOW_LEN (4 * SCRUB_LEN_MAX)

struct scrub {
	int fd;
	const char *path;
	struct span bytes;
	uint64_t at; /* of the window in the file */
	size_t len;  /* of what is in the window */
	uint64_t count;
	uint8_t *window;
	uint8_t *zeros;
};

static enum err
write_zeros(const struct scrub *scrub, uint64_t at, struct why *w)
{
	size_t done = 0;

	while (done < scrub->bytes.len) {
		ssize_t some = pwrite(scrub->fd, scrub->zeros,
		    scrub->bytes.len - done, (off_t)(at + done));
		if (some < 0 && errno == EINTR)
			continue;
		if (some < 0)
			return file_failed(w, scrub->path, "cannot write it");
		done += (size_t)some;
	}
	return ERR_OK;
}

static enum err
scrub_window(struct scrub *scrub, struct why *w)
{
	uint8_t *from = scrub->window;
	size_t left = scrub->len;
	uint8_t *found;
	enum err err = ERR_OK;

	while (err == ERR_OK &&
	    (found = memmem(from, left, scrub->bytes.data, scrub->bytes.len)) !=
		NULL) {
		uint64_t at = scrub->at + (uint64_t)(found - scrub->window);
		err = write_zeros(scrub, at, w);
		memset(found, 0, scrub->bytes.len);
		left -= (size_t)(found - from);
		from = found;
		scrub->count++;
	}
	return err;
}

/* The next part of the file, behind what of the last one may be the beginning of
 * a copy; false at the end. */
static bool
move_window(struct scrub *scrub, enum err *ret_err, struct why *w)
{
	size_t kept = scrub->bytes.len - 1;
	ssize_t some;

	if (kept > scrub->len)
		kept = scrub->len;
	memmove(scrub->window, scrub->window + scrub->len - kept, kept);
	scrub->at += scrub->len - kept;
	scrub->len = kept;
	do
		some = pread(scrub->fd, scrub->window + kept, WINDOW_LEN - kept,
		    (off_t)(scrub->at + kept));
	while (some < 0 && errno == EINTR);
	if (some < 0) {
		*ret_err = file_failed(w, scrub->path, "cannot read it");
		return false;
	}
	scrub->len += (size_t)some;
	return some > 0;
}

static enum err
scrub_all(struct scrub *scrub, struct why *w)
{
	enum err err = ERR_OK;

	if (scrub->window == NULL || scrub->zeros == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	while (err == ERR_OK && move_window(scrub, &err, w))
		err = scrub_window(scrub, w);
	if (err == ERR_OK && fsync(scrub->fd) != 0)
		err = file_failed(w, scrub->path, "cannot sync it");
	return err;
}

enum err
scrub_file(
    const char *path, struct span bytes, uint64_t *ret_count, struct why *w)
{
	struct scrub scrub = { .path = path, .bytes = bytes };

	assert(bytes.len > 0 && bytes.len <= SCRUB_LEN_MAX);
	scrub.fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	if (scrub.fd == -1)
		return file_failed(w, path, "cannot open it");
	scrub.window = malloc(WINDOW_LEN);
	scrub.zeros = calloc(1, bytes.len);
	enum err err = scrub_all(&scrub, w);
	free(scrub.window);
	free(scrub.zeros);
	(void)close(scrub.fd);
	if (err == ERR_OK)
		*ret_count = scrub.count;
	return err;
}
