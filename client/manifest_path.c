#include "client/manifest_path.h"

#include <string.h>
#include <unistd.h>

#include "client/item.h"
#include "client/kept.h"

static enum err
find_kept(struct session *session, const char *set, struct manifest_path *ret,
    struct why *w)
{
	char *path = arena_take(session->arena, DISK_PATH_MAX, 1);
	struct item item;
	enum err err = session_trust(session, w);

	if (err == ERR_OK)
		err = item_resolve(session, set, &item, w);
	if (err != ERR_OK)
		return err;
	const struct digest *sha256 =
	    digest_set_find(&item.digest, DIGEST_SHA256);
	if (path == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	if (sha256 == NULL)
		return why(
		    w, ERR_USAGE, "%s: a set without a sha256 digest", set);
	memcpy(ret->sha256.bytes, sha256->bytes, HASH_LEN);
	err = kept_manifest_path(&session->trust, &ret->sha256, path, w);
	if (err == ERR_OK && !disk_exists(path))
		err = why(w, ERR_MISSING,
		    "%s: its manifest is not kept here (%s)", set, path);
	ret->path = path;
	ret->has_sha256 = true;
	return err;
}

enum err
manifest_path_find(struct session *session, const char *set,
    struct manifest_path *ret, struct why *w)
{
	*ret = (struct manifest_path){ .path = set };
	if (access(set, F_OK) == 0)
		return ERR_OK;
	return find_kept(session, set, ret, w);
}

enum err
manifest_path_expect(
    const struct manifest_path *path, const struct hash *sha256, struct why *w)
{
	if (!path->has_sha256 || hash_equal(&path->sha256, sha256))
		return ERR_OK;
	return why(w, ERR_MISMATCH, "%s: not what was recorded: it is damaged",
	    path->path);
}
