#include "client/disk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "schema/writer.h"

#define NAMES_MAX ((size_t)1 << 20) /* of one directory */

static enum err
system_error(struct why *w, const char *path, const char *what, int number)
{
	enum err err = ERR_IO;

	if (number == ENOENT || number == ENOTDIR)
		err = ERR_MISSING;
	if (number == ENOSPC || number == EDQUOT)
		err = ERR_FULL;
	return why(w, err, "%s: %s: %s", path, what, strerror(number));
}

enum err
disk_join(const char *dir, const char *name, char ret[static DISK_PATH_MAX],
    struct why *w)
{
	int len = snprintf(ret, DISK_PATH_MAX, "%s/%s", dir, name);

	if (len < 0 || len >= DISK_PATH_MAX)
		return why(w, ERR_LIMIT, "%.64s…: a path of at most %d bytes",
		    dir, DISK_PATH_MAX - 1);
	return ERR_OK;
}

/* ---- reading ---- */

/* Reads to the end of `fd`; one byte more than `max` is too many. */
static enum err
read_all(
    int fd, const char *path, size_t max, struct writer *out, struct why *w)
{
	uint8_t buffer[8192];

	for (;;) {
		ssize_t got = read(fd, buffer, sizeof(buffer));
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return system_error(w, path, "reading", errno);
		if (got == 0)
			return ERR_OK;
		writer_bytes(out, buffer, (size_t)got);
		if (out->len > max || out->err == ERR_LIMIT)
			return why(w, ERR_TOO_LARGE,
			    "%s: longer than %zu bytes", path, max);
		if (out->err != ERR_OK)
			return why(w, out->err, "%s: out of memory", path);
	}
}

enum err
disk_read(const char *path, size_t max, struct arena *arena, struct span *ret,
    struct why *w)
{
	bool is_stdin = strcmp(path, "-") == 0;
	int fd = is_stdin ? STDIN_FILENO
			  : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	struct writer out = writer_heap(max + 1);
	struct span copy = SPAN_EMPTY;

	if (fd < 0)
		return system_error(w, path, "opening", errno);
	enum err err = read_all(fd, is_stdin ? "stdin" : path, max, &out, w);
	if (!is_stdin)
		(void)close(fd);
	if (err == ERR_OK) {
		copy = arena_copy(arena, writer_view(&out));
		if (copy.data == NULL)
			err = why(w, ERR_MEMORY, "%s: out of memory", path);
	}
	writer_done(&out);
	if (err == ERR_OK)
		*ret = copy;
	return err;
}

bool
disk_exists(const char *path)
{
	return access(path, F_OK) == 0;
}

/* ---- writing ---- */

static enum err
write_all(int fd, const char *path, struct span bytes, struct why *w)
{
	while (bytes.len > 0) {
		ssize_t put = write(fd, bytes.data, bytes.len);
		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return system_error(w, path, "writing", errno);
		bytes = span_part(bytes, (size_t)put, bytes.len);
	}
	return ERR_OK;
}

static enum err
sync_dir_of(const char *path, struct why *w)
{
	char dir[DISK_PATH_MAX];
	const char *slash = strrchr(path, '/');
	size_t len = slash == NULL ? 0 : (size_t)(slash - path);

	memcpy(dir, path, len);
	dir[len] = '\0';
	if (slash == NULL)
		memcpy(dir, ".", 2);
	if (slash == path)
		memcpy(dir, "/", 2);
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return system_error(w, dir, "opening", errno);
	int failed = fsync(fd) != 0 ? errno : 0;
	(void)close(fd);
	return failed == 0 ? ERR_OK : system_error(w, dir, "writing", failed);
}

enum err
disk_begin(const char *path, struct disk_file *ret, struct why *w)
{
	int len =
	    snprintf(ret->temporary, sizeof(ret->temporary), "%s.XXXXXX", path);

	ret->fd = -1;
	if (strcmp(path, "-") == 0)
		return why(w, ERR_USAGE,
		    "-: standard output holds the answer: give a file's name "
		    "(./- is one)");
	if (len < 0 || (size_t)len >= sizeof(ret->temporary))
		return why(w, ERR_LIMIT, "%.64s…: the path is too long", path);
	memcpy(ret->path, path, strlen(path) + 1);
	ret->fd = mkostemp(ret->temporary, O_CLOEXEC); /* 0600 */
	if (ret->fd < 0)
		return system_error(w, path, "making", errno);
	return ERR_OK;
}

enum err
disk_end(struct disk_file *file, struct why *w)
{
	if (fsync(file->fd) != 0)
		return system_error(w, file->path, "writing", errno);
	(void)close(file->fd); /* fsync has said what there is to say */
	file->fd = -1;
	if (rename(file->temporary, file->path) != 0) {
		int number = errno;
		(void)unlink(file->temporary);
		return system_error(w, file->path, "making", number);
	}
	return sync_dir_of(file->path, w);
}

void
disk_drop(struct disk_file *file)
{
	if (file->fd < 0)
		return;
	(void)close(file->fd);
	(void)unlink(file->temporary);
	file->fd = -1;
}

enum err
disk_probe(const char *path, struct why *w)
{
	struct disk_file file;
	struct stat about;

	if (stat(path, &about) == 0 && S_ISDIR(about.st_mode))
		return system_error(w, path, "making", EISDIR);
	enum err err = disk_begin(path, &file, w);
	disk_drop(&file);
	return err;
}

void
disk_share(const struct disk_file *file)
{
	mode_t mask = umask(0);

	(void)umask(mask);
	(void)fchmod(file->fd, 0666 & ~mask);
}

static enum err
write_whole(const char *path, struct span bytes, bool is_shared, struct why *w)
{
	struct disk_file file;
	enum err err = disk_begin(path, &file, w);

	if (err == ERR_OK && is_shared)
		disk_share(&file);
	if (err == ERR_OK)
		err = write_all(file.fd, path, bytes, w);
	if (err == ERR_OK)
		err = disk_end(&file, w);
	disk_drop(&file);
	return err;
}

enum err
disk_write(const char *path, struct span bytes, struct why *w)
{
	return write_whole(path, bytes, false, w);
}

enum err
disk_publish(const char *path, struct span bytes, struct why *w)
{
	return write_whole(path, bytes, true, w);
}

enum err
disk_write_at(
    const char *path, uint64_t offset, struct span bytes, struct why *w)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0)
		return system_error(w, path, "opening", errno);
	enum err err = ERR_OK;
	if (ftruncate(fd, (off_t)offset) != 0 || lseek(fd, 0, SEEK_END) < 0)
		err = system_error(w, path, "writing", errno);
	if (err == ERR_OK)
		err = write_all(fd, path, bytes, w);
	if (err == ERR_OK && fsync(fd) != 0)
		err = system_error(w, path, "writing", errno);
	(void)close(fd); /* fsync has said what there is to say */
	return err == ERR_OK ? sync_dir_of(path, w) : err;
}

enum err
disk_make_dirs(const char *path, struct why *w)
{
	char part[DISK_PATH_MAX];
	size_t len = strlen(path);

	if (len >= sizeof(part))
		return why(w, ERR_LIMIT, "%.64s…: the path is too long", path);
	for (size_t i = 1; i <= len; i++) {
		if (path[i] != '/' && path[i] != '\0')
			continue;
		memcpy(part, path, i);
		part[i] = '\0';
		if (mkdir(part, 0700) != 0 && errno != EEXIST)
			return system_error(w, part, "making", errno);
	}
	return ERR_OK;
}

/* ---- directories and locks ---- */

struct listing {
	struct arena *arena;
	struct span *names;
	size_t count;
	size_t cap;
};

static bool
add_name(struct listing *list, struct span name)
{
	if (list->count == list->cap) {
		size_t cap = list->cap == 0 ? 64 : list->cap * 2;
		struct span *names =
		    arena_take(list->arena, cap, sizeof(*names));
		if (cap > NAMES_MAX || names == NULL)
			return false;
		if (list->count > 0)
			memcpy(
			    names, list->names, list->count * sizeof(*names));
		list->names = names;
		list->cap = cap;
	}
	struct span copy = arena_copy(list->arena, name);
	list->names[list->count++] = copy;
	return copy.data != NULL;
}

static bool
ends_in(struct span name, const char *suffix)
{
	size_t len = strlen(suffix);

	return name.len > len &&
	    span_is(span_part(name, name.len - len, len), suffix);
}

static int
compare_names(const void *a, const void *b)
{
	const struct span *left = a;
	const struct span *right = b;

	return span_compare(*left, *right);
}

static enum err
read_names(DIR *stream, const char *dir, const char *suffix,
    struct listing *list, struct why *w)
{
	for (;;) {
		errno = 0;
		const struct dirent *entry = readdir(stream);
		if (entry == NULL && errno != 0)
			return system_error(w, dir, "reading", errno);
		if (entry == NULL)
			return ERR_OK;
		struct span name = span_of_text(entry->d_name);
		if (entry->d_name[0] == '.' || !ends_in(name, suffix))
			continue;
		name = span_part(name, 0, name.len - strlen(suffix));
		if (!add_name(list, name))
			return why(w, ERR_LIMIT, "%s: too many files", dir);
	}
}

enum err
disk_list(const char *dir, const char *suffix, struct arena *arena,
    struct disk_names *ret, struct why *w)
{
	struct listing list = { .arena = arena };
	DIR *stream = opendir(dir);

	if (stream == NULL && errno != ENOENT)
		return system_error(w, dir, "opening", errno);
	if (stream != NULL) {
		enum err err = read_names(stream, dir, suffix, &list, w);
		(void)closedir(stream);
		if (err != ERR_OK)
			return err;
	}
	if (list.count > 1)
		qsort(
		    list.names, list.count, sizeof(*list.names), compare_names);
	*ret = (struct disk_names){ list.count, list.names };
	return ERR_OK;
}

enum err
disk_lock(const char *path, int *ret_fd, struct why *w)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0)
		return system_error(w, path, "opening", errno);
	while (flock(fd, LOCK_EX) != 0) {
		int number = errno;
		if (number == EINTR)
			continue;
		(void)close(fd);
		return system_error(w, path, "locking", number);
	}
	*ret_fd = fd;
	return ERR_OK;
}

void
disk_unlock(int fd)
{
	if (fd >= 0)
		(void)close(fd);
}
