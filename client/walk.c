#include "client/walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "schema/manifest.h"
#include "schema/text.h"

struct level {
	DIR *handle;
	size_t path_len; /* of this directory's own path, with its '/' */
};

struct found {
	struct walk_file file;
	struct found *next;
};

struct walk {
	struct arena *arena;
	struct why *why;
	size_t depth;
	struct level levels[WALK_DEPTH_MAX];
	char path[MANIFEST_PATH_MAX + 1];
	struct found *found;
	size_t count;
};

/* Opens `name` below the directory of `fd`, never through a link. */
static enum err
enter(struct walk *walk, int fd, const char *name, size_t path_len)
{
	if (walk->depth == WALK_DEPTH_MAX)
		return why(walk->why, ERR_LIMIT,
		    "%s: folders nested deeper than %d", walk->path,
		    WALK_DEPTH_MAX);
	int opened =
	    openat(fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *handle = opened < 0 ? NULL : fdopendir(opened);
	if (handle == NULL) {
		if (opened >= 0)
			close(opened);
		return why(walk->why, ERR_MISSING,
		    "%s: cannot be read: %s: who may read all of the folder "
		    "has to record it",
		    walk->depth == 0 ? "." : walk->path,
		    strerrordesc_np(errno));
	}
	walk->levels[walk->depth++] =
	    (struct level){ .handle = handle, .path_len = path_len };
	return ERR_OK;
}

static const char *
kind_of(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFLNK:
		return "a symbolic link";
	case S_IFIFO:
		return "a FIFO";
	case S_IFSOCK:
		return "a socket";
	case S_IFBLK:
	case S_IFCHR:
		return "a device";
	default:
		return "no regular file";
	}
}

static enum err
add_file(struct walk *walk, size_t path_len, uint64_t size)
{
	struct span path = span_of(walk->path, path_len);

	if (!text_is_path(path))
		return why(walk->why, ERR_REFUSED,
		    "%s: a name that is not UTF-8 or has a backslash or a line "
		    "break cannot stand in a manifest: rename it",
		    walk->path);
	if (walk->count == WALK_FILES_MAX)
		return why(walk->why, ERR_LIMIT, "more than %zu files",
		    (size_t)WALK_FILES_MAX);
	struct found *found = arena_take(walk->arena, 1, sizeof(*found));
	struct span copy = arena_copy(walk->arena, path);
	if (found == NULL || copy.data == NULL)
		return why(walk->why, ERR_MEMORY, "too many files for memory");
	found->file = (struct walk_file){ .path = copy, .size = size };
	found->next = walk->found;
	walk->found = found;
	walk->count++;
	return ERR_OK;
}

/* One name of the directory on top; its path is put behind the prefix. */
static enum err
visit(struct walk *walk, const char *name)
{
	struct level *level = &walk->levels[walk->depth - 1];
	size_t len = strlen(name);
	struct stat status;

	if (level->path_len + len + 1 > MANIFEST_PATH_MAX)
		return why(walk->why, ERR_LIMIT,
		    "%s: a path longer than %d bytes", name, MANIFEST_PATH_MAX);
	memcpy(walk->path + level->path_len, name, len + 1);
	len += level->path_len;
	if (fstatat(dirfd(level->handle), name, &status, AT_SYMLINK_NOFOLLOW) !=
	    0)
		return why(walk->why, ERR_MISSING, "%s: cannot be read: %s",
		    walk->path, strerrordesc_np(errno));
	if (S_ISREG(status.st_mode))
		return add_file(walk, len, (uint64_t)status.st_size);
	if (!S_ISDIR(status.st_mode))
		return why(walk->why, ERR_REFUSED,
		    "%s: %s: only regular files can be recorded: remove it, or "
		    "record a copy without it",
		    walk->path, kind_of(status.st_mode));
	enum err err = enter(walk, dirfd(level->handle), name, len + 1);
	if (err == ERR_OK) {
		walk->path[len] = '/';
		walk->path[len + 1] = '\0';
	}
	return err;
}

/* The next name of the directory on top, or leaves it. */
static enum err
step(struct walk *walk)
{
	struct level *level = &walk->levels[walk->depth - 1];

	errno = 0;
	const struct dirent *entry = readdir(level->handle);
	if (entry == NULL) {
		int code = errno;
		closedir(level->handle);
		walk->depth--;
		walk->path[level->path_len] = '\0';
		return code == 0 ? ERR_OK
				 : why(walk->why, ERR_IO, "%s: %s", walk->path,
				       strerrordesc_np(code));
	}
	if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
		return ERR_OK;
	return visit(walk, entry->d_name);
}

static int
by_path(const void *a, const void *b)
{
	const struct walk_file *left = a;
	const struct walk_file *right = b;

	return span_compare(left->path, right->path);
}

static enum err
collect(struct walk *walk, struct walk_file **ret)
{
	struct walk_file *files =
	    arena_take(walk->arena, walk->count, sizeof(*files));
	size_t at = 0;

	if (walk->count == 0)
		return why(walk->why, ERR_NOT_FOUND,
		    "no file in this folder: there is nothing to record");
	if (files == NULL)
		return why(walk->why, ERR_MEMORY, "too many files for memory");
	for (const struct found *f = walk->found; f != NULL; f = f->next)
		files[at++] = f->file;
	qsort(files, walk->count, sizeof(*files), by_path);
	*ret = files;
	return ERR_OK;
}

enum err
walk_folder(int folder, struct arena *arena, struct walk_file **ret,
    size_t *ret_count, struct why *w)
{
	struct walk *walk = arena_take(arena, 1, sizeof(*walk));

	if (walk == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	walk->arena = arena;
	walk->why = w;
	enum err err = enter(walk, folder, ".", 0);
	while (err == ERR_OK && walk->depth > 0)
		err = step(walk);
	while (walk->depth > 0)
		closedir(walk->levels[--walk->depth].handle);
	if (err == ERR_OK)
		err = collect(walk, ret);
	if (err == ERR_OK)
		*ret_count = walk->count;
	return err;
}
