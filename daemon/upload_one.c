#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/blob_root.h"
#include "daemon/fault.h"
#include "daemon/file.h"
#include "daemon/upload_inner.h"

#define READ_LEN ((size_t)8 << 10)

static enum err
fail(struct upload *upload, enum err err, const struct why *w)
{
	if (upload->err == ERR_OK) {
		upload->err = err;
		upload->why = *w;
	}
	return upload->err;
}

/* errno says why. */
static enum err
fail_io(struct upload *upload, const char *what)
{
	struct why w = { "" };
	char path[PATH_MAX];

	blob_path(upload->uploads->blobs, &upload->digest, BLOB_PART, path);
	return fail(upload, file_failed(&w, path, what), &w);
}

static enum err
end(const struct upload *upload, struct why *w)
{
	if (upload->err != ERR_OK && w != NULL)
		*w = upload->why;
	return upload->err;
}

/* ---- its checks: the digest, and what a manifest must be ---- */

static enum err
open_checks(struct upload *upload, struct why *w)
{
	char path[PATH_MAX];

	sha256_init(&upload->sha);
	manifest_build_free(upload->build);
	upload->build = NULL;
	if (!upload->terms.is_manifest)
		return ERR_OK;
	blob_path(
	    upload->uploads->blobs, &upload->digest, BLOB_TREE_PART, path);
	return manifest_build_new(path, upload->terms.size, &upload->build, w);
}

/* It is no manifest, and need not be one. */
static void
drop_build(struct upload *upload)
{
	manifest_build_free(upload->build);
	upload->build = NULL;
	blob_remove(upload->uploads->blobs, &upload->digest, BLOB_TREE_PART);
}

/* Is this error the bytes' fault, and may it be? */
static bool
is_excused(const struct upload *upload, enum err err)
{
	return upload->terms.is_plain && err_class(err) == ERR_CLASS_INPUT;
}

static void
check_bytes(struct upload *upload, struct span bytes)
{
	struct why w = { "" };

	sha256_add(&upload->sha, bytes);
	if (upload->build == NULL)
		return;
	enum err err = manifest_build_add(upload->build, bytes, &w);
	if (err == ERR_OK)
		return;
	if (is_excused(upload, err))
		drop_build(upload);
	else
		(void)fail(upload, err, &w);
}

/* ---- its file ---- */

enum err
upload_open(struct upload *upload, struct why *w)
{
	const struct blobs *blobs = upload->uploads->blobs;
	char path[PATH_MAX];
	struct stat st;
	enum err err = blob_prepare(blobs, &upload->digest, w);

	if (err != ERR_OK)
		return err;
	blob_path(blobs, &upload->digest, BLOB_PART, path);
	upload->fd =
	    open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (upload->fd == -1 || fstat(upload->fd, &st) != 0)
		return file_failed(w, path, "cannot open it");
	upload->have = (uint64_t)st.st_size;
	if (upload->have > upload->terms.size)
		return upload_restart(upload, w);
	upload->is_read = upload->have == 0;
	return upload->is_read ? open_checks(upload, w) : ERR_OK;
}

void
upload_close(struct upload *upload)
{
	manifest_build_free(upload->build);
	if (upload->fd != -1)
		(void)close(upload->fd);
}

bool
upload_must_read(const struct upload *upload)
{
	return !upload->is_read;
}

uint64_t
upload_have(const struct upload *upload)
{
	return upload->have;
}

uint64_t
upload_size(const struct upload *upload)
{
	return upload->terms.size;
}

/* False: it was not all, since the log is stopping. */
static bool
read_back(struct upload *upload)
{
	uint8_t buffer[READ_LEN];
	uint64_t at = 0;

	while (at < upload->have && upload->err == ERR_OK) {
		if (atomic_load(&upload->uploads->ledger->is_stopping))
			return false;
		uint64_t left = upload->have - at;
		size_t want =
		    left < sizeof(buffer) ? (size_t)left : sizeof(buffer);
		ssize_t done = pread(upload->fd, buffer, want, (off_t)at);
		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0) {
			(void)fail_io(upload, "cannot read it");
			break;
		}
		check_bytes(upload, span_of(buffer, (size_t)done));
		at += (uint64_t)done;
	}
	return true;
}

enum err
upload_read(struct upload *upload, struct why *w)
{
	struct why reason = { "" };
	enum err err = open_checks(upload, &reason);

	if (err != ERR_OK)
		(void)fail(upload, err, &reason);
	else if (!read_back(upload))
		return why(w, ERR_BUSY, "the log is stopping");
	upload->is_read = true;
	return end(upload, w);
}

enum err
upload_restart(struct upload *upload, struct why *w)
{
	struct why reason = { "" };

	if (ftruncate(upload->fd, 0) != 0) {
		(void)fail_io(upload, "cannot empty it");
		return end(upload, w);
	}
	upload->have = 0;
	upload->is_read = true;
	enum err err = open_checks(upload, &reason);
	if (err != ERR_OK)
		(void)fail(upload, err, &reason);
	return end(upload, w);
}

enum err
upload_add(struct upload *upload, struct span bytes, struct why *w)
{
	struct why reason = { "" };
	struct span rest = bytes;

	assert(upload->is_read);
	if (upload->err == ERR_OK &&
	    bytes.len > upload->terms.size - upload->have)
		(void)fail(upload,
		    why(&reason, ERR_TOO_LARGE,
			"body: more than the %llu bytes that were recorded",
			(unsigned long long)upload->terms.size),
		    &reason);
	if (upload->err == ERR_OK)
		check_bytes(upload, bytes);
	while (upload->err == ERR_OK && rest.len > 0) {
		ssize_t done = pwrite(
		    upload->fd, rest.data, rest.len, (off_t)upload->have);
		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0) {
			(void)fail_io(upload, "cannot write it");
			break;
		}
		upload->have += (uint64_t)done;
		rest = span_part(rest, (size_t)done, rest.len);
	}
	FAULT("blob-added");
	return end(upload, w);
}

/* ---- its end ---- */

void
upload_refuse(struct upload *upload, enum err err, const struct why *w)
{
	(void)fail(upload, err, w);
}

static enum err
check_root(
    struct upload *upload, const struct sidecar_header *header, struct why *w)
{
	const struct ledger *ledger = upload->uploads->ledger;
	const struct blob_records records = { ledger->log, ledger->index,
		published_size(ledger->published) };
	bool is_signed = false;
	enum err err = blob_root_find(&records, header, &is_signed, w);

	return err == ERR_OK && !is_signed ? ERR_MISMATCH : err;
}

static enum err
end_manifest(struct upload *upload, const struct hash *digest, struct why *w)
{
	struct sidecar_header header;
	enum err err = manifest_build_end(upload->build, digest, &header, w);

	if (err == ERR_OK)
		err = check_root(upload, &header, w);
	return err == ERR_OK ? manifest_build_sync(upload->build, w) : err;
}

static enum err
check_digest(struct upload *upload, const struct hash *digest, struct why *w)
{
	char made[HASH_TEXT_MAX];

	if (hash_equal(digest, &upload->digest))
		return ERR_OK;
	hash_print(digest, made);
	return why(w, ERR_MISMATCH,
	    "body: wrong digest: what was sent has the sha256 %s", made);
}

/* The sidecar first: a manifest that is there has one. */
static enum err
publish(struct upload *upload, struct why *w)
{
	const struct blobs *blobs = upload->uploads->blobs;
	const struct hash *digest = &upload->digest;
	enum err err = ERR_OK;

	if (fsync(upload->fd) != 0)
		return fail_io(upload, "cannot sync it");
	FAULT("blob-synced");
	if (upload->build != NULL)
		err = blob_rename(blobs, digest, BLOB_TREE_PART, BLOB_TREE, w);
	if (err == ERR_OK)
		err = blob_rename(blobs, digest, BLOB_PART, BLOB_WHOLE, w);
	return err == ERR_OK ? blob_sync_names(blobs, digest, w) : err;
}

enum err
upload_finish(struct upload *upload, struct why *w)
{
	struct why reason = { "" };

	if (upload->err != ERR_OK)
		return end(upload, w);
	assert(upload->have == upload->terms.size && upload->is_read);
	struct hash digest = sha256_done(&upload->sha);
	enum err err = check_digest(upload, &digest, &reason);
	if (err == ERR_OK && upload->build != NULL) {
		err = end_manifest(upload, &digest, &reason);
		if (err != ERR_OK && is_excused(upload, err)) {
			drop_build(upload);
			err = ERR_OK;
		}
	}
	if (err == ERR_OK)
		err = publish(upload, &reason);
	upload->is_done = err == ERR_OK;
	if (err != ERR_OK)
		(void)fail(upload, err, &reason);
	return end(upload, w);
}
