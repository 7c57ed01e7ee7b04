#include "daemon/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/fault.h"
#include "schema/text.h"

#define ERRNO_TEXT_MAX 128

enum err
file_failed(struct why *w, const char *path, const char *what)
{
	int number = errno;
	char buffer[ERRNO_TEXT_MAX];
	const char *text = strerror_r(number, buffer, sizeof(buffer));
	enum err err = ERR_IO;

	if (number == ENOENT || number == ENOTDIR)
		err = ERR_MISSING;
	else if (number == ENOSPC || number == EDQUOT || number == EFBIG)
		err = ERR_FULL;
	else if (number == EEXIST)
		err = ERR_CONFLICT;
	return why(w, err, "%s: %s: %s", path, what, text);
}

static bool
sync_fd(int fd)
{
	int rc;

	if (FAULT_FAILS("file-sync")) {
		errno = EIO;
		return false;
	}
	do
		rc = fsync(fd);
	while (rc != 0 && errno == EINTR);
	return rc == 0;
}

static bool
write_all(int fd, struct span bytes)
{
	while (bytes.len > 0) {
		ssize_t done = write(fd, bytes.data, bytes.len);
		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return false;
		bytes = span_part(bytes, (size_t)done, bytes.len);
	}
	return true;
}

/* Reads until the end or `cap` bytes. */
static bool
read_all(int fd, uint8_t *data, size_t cap, size_t *ret_len)
{
	size_t len = 0;

	while (len < cap) {
		ssize_t done = read(fd, data + len, cap - len);
		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return false;
		if (done == 0)
			break;
		len += (size_t)done;
	}
	*ret_len = len;
	return true;
}

/* ---- reading ---- */

static enum err
check_regular(const char *path, const struct stat *st, struct why *w)
{
	if (S_ISREG(st->st_mode))
		return ERR_OK;
	return why(w, ERR_REFUSED, "%s: is a %s, not a regular file", path,
	    S_ISDIR(st->st_mode)	? "folder"
		: S_ISFIFO(st->st_mode) ? "FIFO"
					: "device or socket");
}

static enum err
check_private(const char *path, const struct stat *st, struct why *w)
{
	if (st->st_uid != geteuid() && st->st_uid != 0)
		return why(w, ERR_REFUSED,
		    "%s: belongs to user %u, not to us (%u) or root", path,
		    (unsigned)st->st_uid, (unsigned)geteuid());
	if ((st->st_mode & 077) != 0)
		return why(w, ERR_REFUSED,
		    "%s: mode %04o lets others at a secret; chmod 600 it", path,
		    (unsigned)(st->st_mode & 07777));
	return ERR_OK;
}

static enum err
read_open(int fd, size_t size, struct arena *arena, struct span *ret)
{
	/* one byte more, to see whether it grows under our eyes */
	uint8_t *data = arena_take(arena, size + 1, 1);
	size_t len = 0;

	if (data == NULL)
		return ERR_MEMORY;
	if (!read_all(fd, data, size + 1, &len))
		return ERR_IO;
	if (len != size)
		return ERR_CONFLICT;
	*ret = span_of(data, len);
	return ERR_OK;
}

struct request {
	const char *path;
	size_t max;
	bool is_private;
};

static enum err
read_checked(int fd, const struct request *request, struct arena *arena,
    struct span *ret, struct why *w)
{
	const char *path = request->path;
	struct stat st;

	if (fstat(fd, &st) != 0)
		return file_failed(w, path, "cannot look at it");
	enum err err = check_regular(path, &st, w);
	if (err == ERR_OK && request->is_private)
		err = check_private(path, &st, w);
	if (err != ERR_OK)
		return err;
	if (st.st_size < 0 || (uint64_t)st.st_size > request->max)
		return why(w, ERR_TOO_LARGE, "%s: %lld bytes, at most %zu",
		    path, (long long)st.st_size, request->max);
	err = read_open(fd, (size_t)st.st_size, arena, ret);
	if (err == ERR_IO)
		return file_failed(w, path, "cannot read it");
	if (err == ERR_CONFLICT)
		return why(w, ERR_CONFLICT, "%s: changed while read", path);
	if (err == ERR_MEMORY)
		return why(w, ERR_MEMORY, "%s: no memory to read it", path);
	return ERR_OK;
}

static enum err
read_request(const struct request *request, struct arena *arena,
    struct span *ret, struct why *w)
{
	/* NONBLOCK: a FIFO without a writer must not hang us */
	int fd = open(request->path,
	    O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);

	if (fd < 0 && errno == ELOOP)
		return why(
		    w, ERR_REFUSED, "%s: is a symbolic link", request->path);
	if (fd < 0 && errno == ENXIO)
		return why(
		    w, ERR_REFUSED, "%s: is a device or socket", request->path);
	if (fd < 0)
		return file_failed(w, request->path, "cannot open it");
	enum err err = read_checked(fd, request, arena, ret, w);
	(void)close(fd);
	return err;
}

enum err
file_read(const char *path, size_t max, struct arena *arena, struct span *ret,
    struct why *w)
{
	struct request request = { path, max, false };

	return read_request(&request, arena, ret, w);
}

enum err
file_read_private(const char *path, size_t max, struct arena *arena,
    struct span *ret, struct why *w)
{
	struct request request = { path, max, true };

	return read_request(&request, arena, ret, w);
}

/* ---- writing ---- */

static bool
parent_of(const char *path, char out[static PATH_MAX])
{
	const char *slash = strrchr(path, '/');
	size_t len = slash == NULL ? 0 : (size_t)(slash - path);

	if (strlen(path) >= PATH_MAX - TEXT_DECIMAL_MAX * 2)
		return false;
	if (slash == NULL) {
		memcpy(out, ".", 2);
	} else if (len == 0) {
		memcpy(out, "/", 2);
	} else {
		memcpy(out, path, len);
		out[len] = 0;
	}
	return true;
}

enum err
file_sync_folder(const char *path, struct why *w)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_DIRECTORY);

	if (fd < 0)
		return file_failed(w, path, "cannot open the folder");
	enum err err = ERR_OK;
	if (!sync_fd(fd))
		err = file_failed(w, path, "cannot sync the folder");
	(void)close(fd);
	return err;
}

static enum err
sync_parent(const char *path, struct why *w)
{
	char parent[PATH_MAX];

	if (!parent_of(path, parent))
		return why(w, ERR_LIMIT, "%s: path too long", path);
	return file_sync_folder(parent, w);
}

static enum err
fill(int fd, const char *path, struct span bytes, mode_t mode, struct why *w)
{
	if (fchmod(fd, mode) != 0)
		return file_failed(w, path, "cannot set its mode");
	if (!write_all(fd, bytes))
		return file_failed(w, path, "cannot write it");
	if (!sync_fd(fd))
		return file_failed(w, path, "cannot sync it");
	return ERR_OK;
}

/* Writes `bytes` to a file beside `path`, whose name comes back in `temp`. */
static enum err
write_temporary(const char *path, struct span bytes, mode_t mode,
    char temp[static PATH_MAX], struct why *w)
{
	char parent[PATH_MAX];

	if (!parent_of(path, parent))
		return why(w, ERR_LIMIT, "%s: path too long", path);
	(void)snprintf(temp, PATH_MAX, "%s.%ld.tmp", path, (long)getpid());
	/* of a process that died; ours has no other writer of this path */
	(void)unlink(temp);
	int fd = open(
	    temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return file_failed(w, path, "cannot create it");
	enum err err = fill(fd, path, bytes, mode, w);
	if (close(fd) != 0 && err == ERR_OK)
		err = file_failed(w, path, "cannot close it");
	if (err != ERR_OK)
		(void)unlink(temp);
	FAULT("file-written");
	return err;
}

enum err
file_create(const char *path, struct span bytes, mode_t mode, struct why *w)
{
	char temp[PATH_MAX];
	enum err err = write_temporary(path, bytes, mode, temp, w);

	if (err != ERR_OK)
		return err;
	/* unlike rename, link refuses a name that is taken */
	if (link(temp, path) != 0)
		err = errno == EEXIST
		    ? why(w, ERR_CONFLICT, "%s: is there already", path)
		    : file_failed(w, path, "cannot create it");
	FAULT("file-linked");
	(void)unlink(temp);
	return err == ERR_OK ? sync_parent(path, w) : err;
}

enum err
file_replace(const char *path, struct span bytes, mode_t mode, struct why *w)
{
	char temp[PATH_MAX];
	enum err err = write_temporary(path, bytes, mode, temp, w);

	if (err != ERR_OK)
		return err;
	if (rename(temp, path) != 0) {
		err = file_failed(w, path, "cannot replace it");
		(void)unlink(temp);
		return err;
	}
	FAULT("file-renamed");
	return sync_parent(path, w);
}

enum err
file_remove(const char *path, struct why *w)
{
	if (unlink(path) != 0)
		return file_failed(w, path, "cannot remove it");
	return sync_parent(path, w);
}

enum err
file_make_folder(const char *path, struct why *w)
{
	struct stat st;

	if (mkdir(path, 0700) != 0 && errno != EEXIST)
		return file_failed(w, path, "cannot make the folder");
	if (stat(path, &st) != 0)
		return file_failed(w, path, "cannot look at it");
	if (!S_ISDIR(st.st_mode))
		return why(w, ERR_REFUSED, "%s: is no folder", path);
	enum err err = file_sync_folder(path, w);
	return err == ERR_OK ? sync_parent(path, w) : err;
}

bool
file_exists(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

enum err
file_open_unnamed(const char *folder, int *ret_fd, struct why *w)
{
	char path[PATH_MAX];
	int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR)) {
		/* a file system that has none without a name */
		int len =
		    snprintf(path, sizeof(path), "%s/unnamed.XXXXXX", folder);
		if (len < 0 || (size_t)len >= sizeof(path))
			return why(w, ERR_LIMIT, "%s: path too long", folder);
		fd = mkostemp(path, O_CLOEXEC);
		if (fd >= 0)
			(void)unlink(path);
	}
	if (fd < 0)
		return file_failed(w, folder, "cannot make a temporary file");
	*ret_fd = fd;
	return ERR_OK;
}
