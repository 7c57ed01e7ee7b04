#include "client/walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "schema/manifest.h"
#include "schema/text.h"

struct level {
	DIR *handle;
	size_t path_len; /* of this directory's own path, with its '/' */
};

struct walk {
	walk_visit *visit;
	void *context;
	bool with_sizes;
	struct why *why;
	size_t depth;
	struct level levels[WALK_DEPTH_MAX];
	char path[MANIFEST_PATH_MAX + 1];
	bool has_file;
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
	struct walk_file file = {
		.path = span_of(walk->path, path_len),
		.size = size,
	};

	if (!text_is_path(file.path))
		return why(walk->why, ERR_REFUSED,
		    "%s: a name that is not UTF-8 or has a backslash or a line "
		    "break cannot stand in a manifest: rename it",
		    walk->path);
	walk->has_file = true;
	return walk->visit(walk->context, &file, walk->why);
}

/* Its kind and, where it matters, its size. */
static enum err
look(struct walk *walk, const struct dirent *entry, mode_t *ret_mode,
    uint64_t *ret_size)
{
	const struct level *level = &walk->levels[walk->depth - 1];
	struct stat status;

	*ret_mode = DTTOIF(entry->d_type);
	*ret_size = 0;
	if (entry->d_type == DT_DIR ||
	    (entry->d_type == DT_REG && !walk->with_sizes))
		return ERR_OK;
	if (fstatat(dirfd(level->handle), entry->d_name, &status,
		AT_SYMLINK_NOFOLLOW) != 0)
		return why(walk->why, ERR_MISSING, "%s: cannot be read: %s",
		    walk->path, strerrordesc_np(errno));
	*ret_mode = status.st_mode;
	*ret_size = (uint64_t)status.st_size;
	return ERR_OK;
}

/* One name of the directory on top; its path is put behind the prefix. */
static enum err
visit_name(struct walk *walk, const struct dirent *entry)
{
	const struct level *level = &walk->levels[walk->depth - 1];
	const char *name = entry->d_name;
	size_t len = strlen(name);
	mode_t mode;
	uint64_t size;

	if (level->path_len + len + 1 > MANIFEST_PATH_MAX)
		return why(walk->why, ERR_LIMIT,
		    "%s: a path longer than %d bytes", name, MANIFEST_PATH_MAX);
	memcpy(walk->path + level->path_len, name, len + 1);
	len += level->path_len;
	enum err err = look(walk, entry, &mode, &size);
	if (err != ERR_OK)
		return err;
	if (S_ISREG(mode))
		return add_file(walk, len, size);
	if (!S_ISDIR(mode))
		return why(walk->why, ERR_REFUSED,
		    "%s: %s: only regular files can be recorded: remove it, or "
		    "record a copy without it",
		    walk->path, kind_of(mode));
	err = enter(walk, dirfd(level->handle), name, len + 1);
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
	return visit_name(walk, entry);
}

enum err
walk_folder(int folder, bool with_sizes, walk_visit *visit, void *context,
    struct why *w)
{
	struct walk walk = {
		.visit = visit,
		.context = context,
		.with_sizes = with_sizes,
		.why = w,
	};
	enum err err = enter(&walk, folder, ".", 0);

	while (err == ERR_OK && walk.depth > 0)
		err = step(&walk);
	while (walk.depth > 0)
		closedir(walk.levels[--walk.depth].handle);
	if (err == ERR_OK && !walk.has_file)
		err = why(w, ERR_NOT_FOUND,
		    "no file in this folder: there is nothing to record");
	return err;
}
