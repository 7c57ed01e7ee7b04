#include "client/kept.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* `kept` or `kept/<sha256>`; the folder is made. */
static enum err
path_of(const struct trust *trust, const struct hash *hash,
    char ret[static DISK_PATH_MAX], struct why *w)
{
	char name[HASH_TEXT_MAX + 8] = "kept/";
	enum err err = disk_join(trust->dir, "kept", ret, w);

	if (err == ERR_OK)
		err = disk_make_dirs(ret, w);
	if (err != ERR_OK || hash == NULL)
		return err;
	hash_print(hash, name + strlen(name));
	return disk_join(trust->dir, name, ret, w);
}

enum err
kept_put(const struct trust *trust, const struct hash *hash, struct span text,
    struct why *w)
{
	char path[DISK_PATH_MAX];
	enum err err = path_of(trust, hash, path, w);

	return err == ERR_OK ? disk_write(path, text, w) : err;
}

enum err
kept_begin(const struct trust *trust, struct kept *ret, struct why *w)
{
	char dir[DISK_PATH_MAX];
	enum err err = path_of(trust, NULL, dir, w);

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
kept_end(const struct trust *trust, struct kept *kept, const struct hash *hash,
    struct why *w)
{
	char path[DISK_PATH_MAX];
	enum err err = path_of(trust, hash, path, w);

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
