#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "daemon/blob.h"
#include "daemon/file.h"

struct walk {
	blob_take *take;
	void *context;
	struct why *w;
};

/* Which file of which blob has this name in `folder`; false for another's. */
static bool
parse_name(const char *folder, struct span name, struct hash *ret_digest,
    enum blob_file *ret_file)
{
	static const char *const suffixes[BLOB_FILES] = {
		[BLOB_WHOLE] = "",
		[BLOB_PART] = BLOB_PART_SUFFIX,
		[BLOB_TREE] = SIDECAR_SUFFIX,
		[BLOB_TREE_PART] = BLOB_TREE_PART_SUFFIX,
	};
	struct span suffix = span_part(name, HASH_TEXT_LEN, name.len);

	if (name.len < HASH_TEXT_LEN || memcmp(name.data, folder, 2) != 0 ||
	    !hash_parse(span_part(name, 0, HASH_TEXT_LEN), ret_digest))
		return false;
	for (size_t i = 0; i < BLOB_FILES; i++) {
		if (!span_is(suffix, suffixes[i]))
			continue;
		*ret_file = (enum blob_file)i;
		return true;
	}
	return false;
}

static enum err
take_file(const struct walk *walk, const char *path, const char *folder,
    const char *name)
{
	struct hash digest;
	struct stat st;
	struct blob_found found = { .file = BLOB_FILES, .path = path };

	/* gone meanwhile, as parts do */
	if (lstat(path, &st) != 0)
		return ERR_OK;
	found.len = (uint64_t)st.st_size;
	if (folder != NULL && S_ISREG(st.st_mode) &&
	    parse_name(folder, span_of_text(name), &digest, &found.file))
		found.digest = &digest;
	return walk->take(walk->context, &found, walk->w);
}

static bool
is_dots(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* `name`: of a folder below, two digits; NULL: the folder of all, where only such
 * folders stand. */
static enum err
walk_folder(const struct walk *walk, const char *path, const char *name)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	enum err err = ERR_OK;

	if (dir == NULL)
		return file_failed(walk->w, path, "cannot open the folder");
	while (err == ERR_OK && (entry = readdir(dir)) != NULL) {
		char file[PATH_MAX];
		if (is_dots(entry->d_name))
			continue;
		int len =
		    snprintf(file, sizeof(file), "%s/%s", path, entry->d_name);
		if (len < 0 || len >= (int)sizeof(file))
			continue;
		err = take_file(walk, file, name, entry->d_name);
	}
	(void)closedir(dir);
	return err;
}

static bool
is_folder(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* What stands beside the folders. */
static enum err
take_stray(void *context, const struct blob_found *found, struct why *w)
{
	const struct walk *walk = context;

	return is_folder(found->path) ? ERR_OK
				      : walk->take(walk->context, found, w);
}

enum err
blobs_walk(
    const struct blobs *blobs, blob_take *take, void *context, struct why *w)
{
	struct walk walk = { take, context, w };
	struct walk strays = { take_stray, &walk, w };
	enum err err = walk_folder(&strays, blobs_folder(blobs), NULL);

	for (unsigned i = 0; err == ERR_OK && i < 256; i++) {
		char path[PATH_MAX];
		char name[3];
		(void)snprintf(name, sizeof(name), "%02x", i);
		int len = snprintf(
		    path, sizeof(path), "%s/%s", blobs_folder(blobs), name);
		if (len > 0 && len < (int)sizeof(path) && is_folder(path))
			err = walk_folder(&walk, path, name);
	}
	return err;
}
