#include "daemon/device.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "daemon/fault.h"
#include "daemon/file.h"

#define MARKER "failed"
#define MARKER_READY "failed.ready"
#define BLOCK_LEN 4096 /* what O_DIRECT wants things aligned to, at most */
#define CHUNK_LEN ((size_t)1 << 20)

static MUST_CHECK enum err
join(const char *folder, const char *name, char out[static PATH_MAX],
    struct why *w)
{
	int len = snprintf(out, PATH_MAX, "%s/%s", folder, name);

	if (len < 0 || len >= PATH_MAX)
		return why(w, ERR_LIMIT, "%s: path too long", folder);
	return ERR_OK;
}

/* ---- the marker ---- */

/* The reason on one line, filled up with spaces: overwriting takes no room. */
static void
marker_text(const char *reason, char out[static MARKER_REASON_MAX])
{
	size_t len = strnlen(reason, MARKER_REASON_MAX - 1);

	memset(out, ' ', MARKER_REASON_MAX);
	memcpy(out, reason, len);
	out[MARKER_REASON_MAX - 1] = '\n';
}

enum err
marker_prepare(const char *folder, struct why *w)
{
	char path[PATH_MAX];
	char text[MARKER_REASON_MAX];

	enum err err = join(folder, MARKER_READY, path, w);
	if (err != ERR_OK || file_exists(path))
		return err;
	marker_text("", text);
	return file_replace(path, span_of(text, sizeof(text)), 0600, w);
}

static bool
overwrite(const char *path, const char text[static MARKER_REASON_MAX])
{
	int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

	if (fd < 0)
		return false;
	bool is_done =
	    pwrite(fd, text, MARKER_REASON_MAX, 0) == MARKER_REASON_MAX &&
	    fsync(fd) == 0;
	return close(fd) == 0 && is_done;
}

enum err
marker_set(const char *folder, const char *reason, struct why *w)
{
	char path[PATH_MAX];
	char ready[PATH_MAX];
	char text[MARKER_REASON_MAX];

	enum err err = join(folder, MARKER, path, w);
	if (err == ERR_OK)
		err = join(folder, MARKER_READY, ready, w);
	if (err != ERR_OK)
		return err;
	marker_text(reason, text);
	/* the name is what counts; the reason is for people */
	(void)overwrite(ready, text);
	if (rename(ready, path) == 0)
		return file_sync_folder(folder, w);
	return file_replace(path, span_of(text, sizeof(text)), 0600, w);
}

bool
marker_is_set(const char *folder)
{
	char path[PATH_MAX];

	/* a path too long holds no ledger that could have failed */
	return join(folder, MARKER, path, NULL) == ERR_OK && file_exists(path);
}

enum err
marker_clear(const char *folder, struct why *w)
{
	char path[PATH_MAX];

	enum err err = join(folder, MARKER, path, w);
	if (err != ERR_OK || !file_exists(path))
		return err;
	return file_remove(path, w);
}

/* ---- memory against device ---- */

static const char *const direct_warning =
    "the file system cannot be read past its memory (O_DIRECT): after the "
    "failure its pages were dropped, but not compared with the device";

struct pair {
	const char *path;
	int cached;
	int direct;
};

static _Alignas(BLOCK_LEN) uint8_t cached_bytes[CHUNK_LEN];
static _Alignas(BLOCK_LEN) uint8_t direct_bytes[CHUNK_LEN];

/* Reads a chunk, or what there is up to the end of the file. */
static ssize_t
read_chunk(int fd, uint8_t *out, off_t at)
{
	ssize_t done;

	do
		done = pread(fd, out, CHUNK_LEN, at);
	while (done < 0 && errno == EINTR);
	return done;
}

static size_t
first_difference(size_t len)
{
	size_t at = 0;

	while (at < len && cached_bytes[at] == direct_bytes[at])
		at++;
	return at;
}

static enum err
compare_chunk(const struct pair *pair, off_t at, ssize_t *ret_len,
    const char **ret_warning, struct why *w)
{
	ssize_t direct = read_chunk(pair->direct, direct_bytes, at);

	if (direct < 0 && errno == EINVAL) {
		*ret_warning = direct_warning;
		*ret_len = 0;
		return ERR_OK;
	}
	if (direct < 0)
		return file_failed(w, pair->path, "cannot read the device");
	ssize_t cached = read_chunk(pair->cached, cached_bytes, at);
	if (cached < 0)
		return file_failed(w, pair->path, "cannot read it");
	size_t len = (size_t)(direct < cached ? direct : cached);
	size_t same = first_difference(len);
	if (FAULT_FAILS("device-differs"))
		same = 0;
	if (direct != cached || same != len)
		return why(w, ERR_CORRUPT,
		    "%s: at byte %lld the device does not hold what the "
		    "system's memory shows, since a write failed; restart the "
		    "machine, then run headwaterd --check",
		    pair->path, (long long)at + (long long)same);
	*ret_len = cached;
	return ERR_OK;
}

static enum err
compare_all(const struct pair *pair, const char **ret_warning, struct why *w)
{
	ssize_t len = 0;

	for (off_t at = 0;; at += len) {
		enum err err = compare_chunk(pair, at, &len, ret_warning, w);
		if (err != ERR_OK || len < (ssize_t)CHUNK_LEN)
			return err;
	}
}

static enum err
drop_and_compare(
    int fd, const char *path, const char **ret_warning, struct why *w)
{
	/* only what is clean can be dropped */
	if (fdatasync(fd) != 0)
		return file_failed(w, path, "cannot sync it");
	errno = posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	if (errno != 0)
		return file_failed(w, path, "cannot drop it from memory");
	int direct = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_DIRECT);
	if (direct < 0 && errno == EINVAL) {
		*ret_warning = direct_warning;
		return ERR_OK;
	}
	if (direct < 0)
		return file_failed(w, path, "cannot open it");
	struct pair pair = { .path = path, .cached = fd, .direct = direct };
	enum err err = compare_all(&pair, ret_warning, w);
	(void)close(direct);
	return err;
}

static enum err
check_file(
    const char *path, bool is_suspect, const char **ret_warning, struct why *w)
{
	if (!file_exists(path) || !is_suspect)
		return ERR_OK;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0)
		return file_failed(w, path, "cannot open it");
	enum err err = drop_and_compare(fd, path, ret_warning, w);
	(void)close(fd);
	return err;
}

enum err
device_check(const char *folder, const char **ret_warning, struct why *w)
{
	static const char *const names[] = { "log/data.mdb", "index/data.mdb" };
	bool is_suspect = marker_is_set(folder);
	const char *warning = NULL;
	char path[PATH_MAX];

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		enum err err = join(folder, names[i], path, w);
		if (err == ERR_OK)
			err = check_file(path, is_suspect, &warning, w);
		if (err != ERR_OK)
			return err;
	}
	*ret_warning = warning;
	return ERR_OK;
}
