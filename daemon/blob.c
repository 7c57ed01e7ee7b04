#include "daemon/blob.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/fault.h"
#include "daemon/file.h"

#define NAME_MAX_LEN (4 + HASH_TEXT_LEN + sizeof(BLOB_TREE_PART_SUFFIX))
#define READ_LEN ((size_t)8 << 10)

struct blobs {
	char folder[PATH_MAX];
	blob_mender *mender;
	void *context; /* the mender's */
	atomic_bool is_stopped;
};

static const char *const suffixes[BLOB_FILES] = {
	[BLOB_WHOLE] = "",
	[BLOB_PART] = BLOB_PART_SUFFIX,
	[BLOB_TREE] = SIDECAR_SUFFIX,
	[BLOB_TREE_PART] = BLOB_TREE_PART_SUFFIX,
};

enum err
blob_parse_name(struct span name, struct hash *ret, struct why *w)
{
	size_t len = sizeof(BLOB_PREFIX) - 1;

	if (span_starts(name, BLOB_PREFIX) &&
	    hash_parse(span_part(name, len, name.len), ret))
		return ERR_OK;
	return why(w, ERR_SYNTAX,
	    "digest: a blob is named `sha256:` and 64 lower-case hex digits");
}

enum err
blobs_new(const char *folder, struct blobs **ret, struct why *w)
{
	struct blobs *blobs = calloc(1, sizeof(*blobs));

	if (blobs == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	enum err err = ERR_OK;
	int len =
	    snprintf(blobs->folder, sizeof(blobs->folder), "%s/blobs", folder);
	if (len < 0 || (size_t)len + NAME_MAX_LEN >= sizeof(blobs->folder))
		err = why(w, ERR_LIMIT, "%s: path too long", folder);
	else
		err = file_make_folder(blobs->folder, w);
	if (err != ERR_OK) {
		blobs_free(blobs);
		return err;
	}
	*ret = blobs;
	return ERR_OK;
}

void
blobs_free(struct blobs *blobs)
{
	free(blobs);
}

const char *
blobs_folder(const struct blobs *blobs)
{
	return blobs->folder;
}

/* The folder of a blob, by the first two digits. */
static void
folder_path(const struct blobs *blobs, const struct hash *digest,
    char out[static PATH_MAX])
{
	int len =
	    snprintf(out, PATH_MAX, "%s/%02x", blobs->folder, digest->bytes[0]);

	assert(len > 0 && len < PATH_MAX);
}

void
blob_path(const struct blobs *blobs, const struct hash *digest,
    enum blob_file file, char out[static PATH_MAX])
{
	char name[HASH_TEXT_MAX];

	hash_print(digest, name);
	int len = snprintf(out, PATH_MAX, "%s/%.2s/%s%s", blobs->folder, name,
	    name, suffixes[file]);
	assert(len > 0 && len < PATH_MAX);
}

static bool
look_at(const struct blobs *blobs, const struct hash *digest,
    enum blob_file file, uint64_t *ret_len)
{
	char path[PATH_MAX];
	struct stat st;

	blob_path(blobs, digest, file, path);
	if (lstat(path, &st) != 0 || !S_ISREG(st.st_mode))
		return false;
	*ret_len = (uint64_t)st.st_size;
	return true;
}

struct blob_state
blob_look(const struct blobs *blobs, const struct hash *digest)
{
	struct blob_state state = { .len = 0 };

	state.is_whole = look_at(blobs, digest, BLOB_WHOLE, &state.len);
	if (!state.is_whole)
		state.is_begun = look_at(blobs, digest, BLOB_PART, &state.len);
	return state;
}

enum err
blob_open(const struct blobs *blobs, const struct hash *digest, int *ret_fd,
    uint64_t *ret_len, struct why *w)
{
	char path[PATH_MAX];
	struct stat st;

	blob_path(blobs, digest, BLOB_WHOLE, path);
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd == -1 && (errno == ENOENT || errno == ENOTDIR))
		return why(w, ERR_NOT_FOUND, "blob: not here");
	if (fd == -1)
		return file_failed(w, path, "cannot open it");
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		(void)close(fd);
		return why(w, ERR_CORRUPT, "blob: not a regular file");
	}
	*ret_fd = fd;
	*ret_len = (uint64_t)st.st_size;
	return ERR_OK;
}

enum err
blob_prepare(
    const struct blobs *blobs, const struct hash *digest, struct why *w)
{
	char path[PATH_MAX];
	struct stat st;

	folder_path(blobs, digest, path);
	/* made and synced once */
	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return ERR_OK;
	return file_make_folder(path, w);
}

enum err
blob_sync_names(
    const struct blobs *blobs, const struct hash *digest, struct why *w)
{
	char path[PATH_MAX];

	folder_path(blobs, digest, path);
	return file_sync_folder(path, w);
}

enum err
blob_rename(const struct blobs *blobs, const struct hash *digest,
    enum blob_file from, enum blob_file to, struct why *w)
{
	char from_path[PATH_MAX];
	char to_path[PATH_MAX];

	blob_path(blobs, digest, from, from_path);
	blob_path(blobs, digest, to, to_path);
	if (rename(from_path, to_path) != 0)
		return file_failed(w, from_path, "cannot give it its name");
	FAULT("blob-renamed");
	return ERR_OK;
}

void
blob_remove(
    const struct blobs *blobs, const struct hash *digest, enum blob_file file)
{
	char path[PATH_MAX];

	blob_path(blobs, digest, file, path);
	(void)unlink(path);
}

enum err
blob_hash(int fd, uint64_t len, struct hash *ret)
{
	uint8_t buffer[READ_LEN];
	struct sha256 s;
	uint64_t at = 0;

	sha256_init(&s);
	while (at < len) {
		size_t want = len - at < sizeof(buffer) ? (size_t)(len - at)
							: sizeof(buffer);
		ssize_t done = pread(fd, buffer, want, (off_t)at);
		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return ERR_IO;
		sha256_add(&s, span_of(buffer, (size_t)done));
		at += (uint64_t)done;
	}
	*ret = sha256_done(&s);
	return ERR_OK;
}

void
blobs_set_mender(struct blobs *blobs, blob_mender *mender, void *context)
{
	blobs->mender = mender;
	blobs->context = context;
}

enum err
blob_damaged(
    const struct blobs *blobs, const struct hash *digest, struct why *w)
{
	return blobs->mender == NULL ? ERR_CORRUPT
				     : blobs->mender(blobs->context, digest, w);
}

void
blobs_stop(struct blobs *blobs)
{
	atomic_store(&blobs->is_stopped, true);
}

bool
blobs_are_stopped(const struct blobs *blobs)
{
	return atomic_load(&blobs->is_stopped);
}
