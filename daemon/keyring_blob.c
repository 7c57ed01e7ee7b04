#include "daemon/keyring_blob.h"

#include <errno.h>
#include <unistd.h>

#include "daemon/file.h"

/* The blob belongs to everybody's judgement, as the entry does. */
#define BLOB_MODE 0644

static enum err
lost(const struct hash *sha256, const char *what, struct why *w)
{
	char name[HASH_TEXT_MAX];

	hash_print(sha256, name);
	return why(w, ERR_MISSING,
	    "the keyring's lines, blobs/%.2s/%s, %s; bring the file back from "
	    "a "
	    "backup, from whoever keeps this log's blobs (GET /v1/blobs/"
	    "sha256:…), or from allowed_signers as it was: its lines in force, "
	    "`<principal> ssh-ed25519 <base64>`, under LC_ALL=C sort -u",
	    name, name, what);
}

static enum err
read_all(int fd, size_t len, struct writer *ret)
{
	uint8_t buffer[8192];
	size_t at = 0;

	while (at < len) {
		size_t want =
		    len - at < sizeof(buffer) ? len - at : sizeof(buffer);
		ssize_t done = pread(fd, buffer, want, (off_t)at);
		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return ERR_IO;
		writer_span(ret, span_of(buffer, (size_t)done));
		at += (size_t)done;
	}
	return writer_end(ret);
}

static enum err
load(void *context, const struct hash *sha256, size_t len, struct writer *ret,
    struct why *w)
{
	struct blobs *blobs = context;
	uint64_t there;
	int fd;

	if (blobs == NULL)
		return why(w, ERR_MISSING, "the keyring's lines: no blobs");
	enum err err = blob_open(blobs, sha256, &fd, &there, w);
	if (err == ERR_NOT_FOUND)
		return lost(sha256, "are missing", w);
	if (err != ERR_OK)
		return err;
	if (there == len)
		err = read_all(fd, len, ret);
	(void)close(fd);
	if (there != len)
		return lost(sha256, "have another length", w);
	if (err != ERR_OK)
		return why(w, err, "the keyring's lines: %s", err_text(err));
	struct hash sum = sha256_of(writer_view(ret));
	return hash_equal(&sum, sha256) ? ERR_OK
					: lost(sha256, "are damaged", w);
}

struct keyring_source
keyring_blob_source(struct blobs *blobs)
{
	return (struct keyring_source){ .load = load, .context = blobs };
}

/* Whether the very bytes are there: what is damaged is written again. */
static bool
is_there(struct blobs *blobs, const struct hash *sha256, size_t len)
{
	struct hash found;
	uint64_t there;
	int fd;

	if (blob_open(blobs, sha256, &fd, &there, NULL) != ERR_OK)
		return false;
	bool is_same = there == len && blob_hash(fd, there, &found) == ERR_OK &&
	    hash_equal(&found, sha256);
	(void)close(fd);
	return is_same;
}

enum err
keyring_blob_put(struct blobs *blobs, struct span lines, struct why *w)
{
	struct hash sha256 = sha256_of(lines);
	char path[PATH_MAX];

	if (blobs == NULL)
		return why(w, ERR_MISSING, "the keyring's lines: no blobs");
	/* a crash may have come between the name and its sync */
	if (is_there(blobs, &sha256, lines.len))
		return blob_sync_names(blobs, &sha256, w);
	blob_path(blobs, &sha256, BLOB_WHOLE, path);
	enum err err = blob_prepare(blobs, &sha256, w);
	return err == ERR_OK ? file_replace(path, lines, BLOB_MODE, w) : err;
}
