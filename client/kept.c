#include "client/kept.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static const char *
folder_of(bool is_manifest)
{
	return is_manifest ? "manifests" : "kept";
}

/* The folder, which is made. */
static enum err
open_folder(const struct trust *trust, bool is_manifest,
    char ret[static DISK_PATH_MAX], struct why *w)
{
	enum err err = disk_join(trust->dir, folder_of(is_manifest), ret, w);

	return err == ERR_OK ? disk_make_dirs(ret, w) : err;
}

static enum err
path_of(const struct trust *trust, bool is_manifest, const struct hash *hash,
    char ret[static DISK_PATH_MAX], struct why *w)
{
	char name[HASH_TEXT_MAX + 32];
	char hex[HASH_TEXT_MAX];

	hash_print(hash, hex);
	(void)snprintf(name, sizeof(name), "%s/%s%s", folder_of(is_manifest),
	    hex, is_manifest ? ".manifest" : "");
	return disk_join(trust->dir, name, ret, w);
}

enum err
kept_path(const struct trust *trust, const struct hash *hash,
    char ret[static DISK_PATH_MAX], struct why *w)
{
	return path_of(trust, false, hash, ret, w);
}

enum err
kept_manifest_path(const struct trust *trust, const struct hash *hash,
    char ret[static DISK_PATH_MAX], struct why *w)
{
	return path_of(trust, true, hash, ret, w);
}

enum err
kept_put(const struct trust *trust, const struct hash *hash, struct span text,
    struct why *w)
{
	char path[DISK_PATH_MAX];
	enum err err = open_folder(trust, false, path, w);

	if (err == ERR_OK)
		err = path_of(trust, false, hash, path, w);
	return err == ERR_OK ? disk_write(path, text, w) : err;
}

static enum err
begin(const struct trust *trust, bool is_manifest, struct kept *ret,
    struct why *w)
{
	char dir[DISK_PATH_MAX];
	enum err err = open_folder(trust, is_manifest, dir, w);

	ret->is_manifest = is_manifest;

	ret->fd = -1;
	if (err == ERR_OK)
		err = disk_join(dir, ".XXXXXX", ret->path, w);
	if (err != ERR_OK)
		return err;
	ret->fd = mkostemp(ret->path, O_CLOEXEC); /* 0600 */
	if (ret->fd < 0)
		return why(
		    w, ERR_IO, "%s: %s", ret->path, strerrordesc_np(errno));
	return ERR_OK;
}

enum err
kept_begin(const struct trust *trust, struct kept *ret, struct why *w)
{
	return begin(trust, false, ret, w);
}

enum err
kept_begin_manifest(const struct trust *trust, struct kept *ret, struct why *w)
{
	return begin(trust, true, ret, w);
}

enum err
kept_end(const struct trust *trust, struct kept *kept, const struct hash *hash,
    struct why *w)
{
	char path[DISK_PATH_MAX];
	enum err err = path_of(trust, kept->is_manifest, hash, path, w);

	if (err == ERR_OK &&
	    (fsync(kept->fd) != 0 || rename(kept->path, path) != 0))
		err = why(w, ERR_IO, "%s: %s", path, strerrordesc_np(errno));
	if (err == ERR_OK) {
		close(kept->fd);
		kept->fd = -1;
	}
	return err;
}

void
kept_drop(struct kept *kept)
{
	if (kept->fd < 0)
		return;
	close(kept->fd);
	(void)unlink(kept->path);
	kept->fd = -1;
}
