#include "daemon/blob_mend.h"

#include <errno.h>
#include <unistd.h>

#include "daemon/manifest_build.h"

#define READ_LEN ((size_t)4 << 10)

struct rebuild {
	const struct blobs *blobs;
	const struct hash *digest;
	const struct blob_records *records;
	struct manifest_build *build; /* NULL: no manifest */
	bool is_made;
};

/* Whole bytes through hash and builder; what the builder says sticks in it. */
static enum err
read_through(struct rebuild *rebuild, int fd, uint64_t len, struct sha256 *sha,
    struct why *w)
{
	struct manifest_build *build = rebuild->build;
	uint8_t buffer[READ_LEN];
	uint64_t at = 0;

	while (at < len) {
		if (blobs_are_stopped(rebuild->blobs))
			return why(w, ERR_BUSY, "the log is stopping");
		ssize_t done = pread(fd, buffer, sizeof(buffer), (off_t)at);
		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return why(w, ERR_IO, "blob: it cannot be read");
		struct span bytes = span_of(buffer, (size_t)done);
		sha256_add(sha, bytes);
		if (build != NULL &&
		    manifest_build_add(build, bytes, w) != ERR_OK)
			build = NULL; /* it is hashed to its end all the same */
		at += (uint64_t)done;
	}
	return ERR_OK;
}

/* Was the builder content with all of it?  A fault of ours is none of its. */
static enum err
end_build(struct rebuild *rebuild, struct why *w)
{
	struct sidecar_header header;
	enum err err =
	    manifest_build_end(rebuild->build, rebuild->digest, &header, w);

	if (err != ERR_OK)
		return err_class(err) == ERR_CLASS_INPUT ? ERR_OK : err;
	err = blob_root_find(rebuild->records, &header, &rebuild->is_made, w);
	if (err != ERR_OK || !rebuild->is_made)
		return err;
	return manifest_build_sync(rebuild->build, w);
}

static enum err
read_all(struct rebuild *rebuild, int fd, uint64_t len, struct why *w)
{
	struct sha256 sha;

	sha256_init(&sha);
	enum err err = read_through(rebuild, fd, len, &sha, w);
	if (err != ERR_OK)
		return err;
	struct hash made = sha256_done(&sha);
	if (!hash_equal(&made, rebuild->digest))
		return why(
		    w, ERR_CORRUPT, "blob: damaged, it has another digest now");
	return rebuild->build == NULL ? ERR_OK : end_build(rebuild, w);
}

static enum err
is_manifest(const struct blob_records *records, const struct hash *digest,
    uint64_t len, bool *ret, struct why *w)
{
	struct view view =
	    view_open(records->log, records->index, records->end);

	*ret = blob_terms_find(&view, digest, &len).is_manifest;
	enum err err = view_close(&view);
	return err == ERR_OK ? ERR_OK : why(w, err, "the index cannot be read");
}

enum err
blob_rebuild(const struct blobs *blobs, const struct hash *digest,
    const struct blob_records *records, bool *ret_is_made, struct why *w)
{
	struct rebuild rebuild = {
		.blobs = blobs,
		.digest = digest,
		.records = records,
	};
	bool must_build = false;
	char path[PATH_MAX];
	uint64_t len;
	int fd;
	enum err err = blob_open(blobs, digest, &fd, &len, w);

	if (err != ERR_OK)
		return err;
	blob_path(blobs, digest, BLOB_TREE_PART, path);
	err = is_manifest(records, digest, len, &must_build, w);
	if (err == ERR_OK && must_build)
		err = manifest_build_new(path, len, &rebuild.build, w);
	if (err == ERR_OK)
		err = read_all(&rebuild, fd, len, w);
	manifest_build_free(rebuild.build);
	(void)close(fd);
	if (err != ERR_OK || !rebuild.is_made)
		blob_remove(blobs, digest, BLOB_TREE_PART);
	if (err == ERR_OK)
		*ret_is_made = rebuild.is_made;
	return err;
}

enum err
blob_mend(const struct blobs *blobs, const struct hash *digest,
    const struct blob_records *records, struct why *w)
{
	bool is_made = false;
	enum err err = blob_rebuild(blobs, digest, records, &is_made, w);

	if (err != ERR_OK)
		return err;
	if (is_made)
		err = blob_rename(blobs, digest, BLOB_TREE_PART, BLOB_TREE, w);
	else
		blob_remove(blobs, digest, BLOB_TREE);
	return err == ERR_OK ? blob_sync_names(blobs, digest, w) : err;
}
