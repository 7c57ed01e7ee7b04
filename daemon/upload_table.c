#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "daemon/clock.h"
#include "daemon/file.h"
#include "daemon/limits.h"
#include "daemon/upload_inner.h"

/* ---- the table ---- */

enum err
uploads_new(struct ledger *ledger, struct blobs *blobs, uint64_t quota,
    struct uploads **ret)
{
	struct uploads *uploads = calloc(1, sizeof(*uploads));

	if (uploads == NULL)
		return ERR_MEMORY;
	uploads->ledger = ledger;
	uploads->blobs = blobs;
	lock_init(&uploads->lock);
	lock_init(&uploads->counting);
	uploads->quota = quota_new(quota);
	if (uploads->quota == NULL) {
		uploads_free(uploads);
		return ERR_MEMORY;
	}
	*ret = uploads;
	return ERR_OK;
}

static void
upload_free(struct upload *upload)
{
	upload_close(upload);
	free(upload);
}

void
uploads_free(struct uploads *uploads)
{
	if (uploads == NULL)
		return;
	while (uploads->first != NULL) {
		struct upload *next = uploads->first->next;
		upload_free(uploads->first);
		uploads->first = next;
	}
	quota_free(uploads->quota);
	lock_done(&uploads->lock);
	lock_done(&uploads->counting);
	free(uploads);
}

static void
unlink_upload(struct uploads *uploads, struct upload *upload)
{
	struct upload **at = &uploads->first;

	while (*at != upload)
		at = &(*at)->next;
	*at = upload->next;
	uploads->count--;
}

/* Of what is no longer in the table only the bytes that lie there count. */
static void
forget(struct uploads *uploads, struct upload *upload)
{
	unlink_upload(uploads, upload);
	quota_drop(uploads->quota, &upload->terms.names,
	    upload->terms.size - upload->have);
	blob_remove(uploads->blobs, &upload->digest, BLOB_TREE_PART);
	upload_free(upload);
}

/* Makes place for one more; false where all are in use. */
static bool
make_place(struct uploads *uploads)
{
	struct upload *oldest = NULL;

	if (uploads->count < UPLOADS_MAX)
		return true;
	for (struct upload *at = uploads->first; at != NULL; at = at->next) {
		if (!at->is_claimed &&
		    (oldest == NULL || at->used_ms < oldest->used_ms))
			oldest = at;
	}
	if (oldest == NULL)
		return false;
	forget(uploads, oldest);
	return true;
}

static struct upload *
find(struct uploads *uploads, const struct hash *digest)
{
	struct upload *at = uploads->first;

	while (at != NULL && !hash_equal(&at->digest, digest))
		at = at->next;
	return at;
}

/* ---- claiming ---- */

static enum err
judge_disk(const struct uploads *uploads, uint64_t bytes, struct why *w)
{
	uint64_t free_bytes = file_free_bytes(uploads->ledger->folder);

	if (free_bytes >= DISK_RESERVE && bytes <= free_bytes - DISK_RESERVE)
		return ERR_OK;
	return why(w, ERR_BUSY,
	    "the disk has %llu bytes left, and the log needs %zu of them",
	    (unsigned long long)free_bytes, DISK_RESERVE);
}

/* The whole size is claimed, in place of the part that was counted. */
static enum err
claim_bytes(struct uploads *uploads, const struct upload *upload,
    uint64_t counted, struct why *w)
{
	const struct quota_names *names = &upload->terms.names;

	quota_drop(uploads->quota, names, counted);
	enum err err =
	    quota_claim(uploads->quota, names, upload->terms.size, w);
	if (err != ERR_OK &&
	    quota_count(uploads->quota, names, counted) != ERR_OK)
		return why(w, ERR_MEMORY, "out of memory");
	return err;
}

static enum err
open_new(struct uploads *uploads, struct upload *upload, struct why *w)
{
	struct blob_state state = blob_look(uploads->blobs, &upload->digest);
	enum err err = judge_disk(uploads,
	    upload->terms.size -
		(state.len < upload->terms.size ? state.len : 0),
	    w);

	if (err == ERR_OK && state.is_whole)
		err = why(w, ERR_CONFLICT, "blob: it has just been uploaded");
	if (err == ERR_OK)
		err = claim_bytes(uploads, upload, state.len, w);
	if (err != ERR_OK)
		return err;
	err = upload_open(upload, w);
	if (err != ERR_OK)
		quota_drop(
		    uploads->quota, &upload->terms.names, upload->terms.size);
	return err;
}

static enum err
claim_new(struct uploads *uploads, const struct hash *digest,
    const struct blob_terms *terms, struct upload **ret, struct why *w)
{
	if (!make_place(uploads))
		return why(w, ERR_BUSY, "uploads: %d are under way, no more",
		    UPLOADS_MAX);
	struct upload *upload = calloc(1, sizeof(*upload));
	if (upload == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	upload->uploads = uploads;
	upload->digest = *digest;
	upload->terms = *terms;
	upload->fd = -1;
	enum err err = open_new(uploads, upload, w);
	if (err != ERR_OK) {
		upload_free(upload);
		return err;
	}
	upload->is_claimed = true;
	upload->next = uploads->first;
	uploads->first = upload;
	uploads->count++;
	*ret = upload;
	return ERR_OK;
}

/* Are other bytes to come, or others to be checked? */
static bool
is_same(const struct upload *upload, const struct blob_terms *terms)
{
	return upload->is_read && upload->terms.size == terms->size &&
	    upload->terms.is_manifest == terms->is_manifest &&
	    upload->terms.is_plain == terms->is_plain &&
	    memcmp(&upload->terms.names, &terms->names, sizeof(terms->names)) ==
	    0;
}

enum err
upload_claim(struct uploads *uploads, const struct hash *digest,
    const struct blob_terms *terms, struct upload **ret, struct why *w)
{
	enum err err = ERR_OK;

	assert(terms->names.count > 0);
	lock_take(&uploads->lock);
	struct upload *found = find(uploads, digest);
	if (found != NULL && found->is_claimed) {
		err = why(
		    w, ERR_CONFLICT, "blob: somebody is uploading it just now");
	} else if (found != NULL && is_same(found, terms)) {
		found->terms = *terms; /* a root may have been signed since */
		found->is_claimed = true;
		*ret = found;
	} else {
		if (found != NULL)
			forget(uploads, found);
		err = claim_new(uploads, digest, terms, ret, w);
	}
	lock_drop(&uploads->lock);
	return err;
}

void
upload_release(struct upload *upload)
{
	struct uploads *uploads = upload->uploads;

	lock_take(&uploads->lock);
	upload->is_claimed = false;
	upload->used_ms = clock_steady_ms();
	if (upload->err != ERR_OK) {
		blob_remove(uploads->blobs, &upload->digest, BLOB_PART);
		upload->have = 0;
		forget(uploads, upload);
	} else if (upload->is_done || !upload->is_read) {
		forget(uploads, upload);
	}
	lock_drop(&uploads->lock);
}

/* ---- counting what is there ---- */

bool
uploads_are_counted(struct uploads *uploads)
{
	return atomic_load(&uploads->is_counted);
}

/* A part that nobody came back for. */
static bool
is_abandoned(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 &&
	    st.st_mtime + UPLOAD_AGE_MAX_S < time(NULL);
}

static enum err
count_one(void *context, const struct blob_found *found, struct why *w)
{
	struct uploads *uploads = context;
	struct ledger *ledger = uploads->ledger;
	struct quota_names names;

	if (found->digest == NULL || found->file == BLOB_TREE)
		return ERR_OK;
	if (found->file == BLOB_TREE_PART ||
	    (found->file == BLOB_PART && is_abandoned(found->path))) {
		(void)unlink(found->path);
		return ERR_OK;
	}
	if (atomic_load(&ledger->is_stopping))
		return why(w, ERR_BUSY, "the log is stopping");
	struct view view = view_open(
	    ledger->log, ledger->index, published_size(ledger->published));
	blob_terms_names(&view, found->digest, &names);
	enum err err = view_close(&view);
	if (err != ERR_OK)
		return why(w, err, "the index cannot be read");
	return quota_count(uploads->quota, &names, found->len);
}

enum err
uploads_count(struct uploads *uploads, struct why *w)
{
	enum err err = ERR_OK;

	lock_take(&uploads->counting);
	if (!uploads_are_counted(uploads)) {
		quota_clear(uploads->quota);
		err = blobs_walk(uploads->blobs, count_one, uploads, w);
		atomic_store(&uploads->is_counted, err == ERR_OK);
	}
	lock_drop(&uploads->counting);
	return err;
}
