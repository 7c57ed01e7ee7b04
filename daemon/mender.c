#include "daemon/mender.h"

#include <stdlib.h>

#include "daemon/blob_mend.h"
#include "daemon/lock.h"
#include "daemon/log.h"
#include "daemon/manifest_file.h"
#include "daemon/worker.h"

#define MENDINGS_MAX 32

enum mending_state {
	MENDING_NONE,
	MENDING_RUNS,
	MENDING_FAILED, /* stays, until the place is needed */
};

struct mending {
	struct work work; /* the first member */
	struct mender *mender;
	struct hash digest;
	enum mending_state state; /* under the mender's lock */
};

struct mender {
	struct work work; /* the first member: the look at all */
	struct ledger *ledger;
	struct lock lock;
	struct mending mendings[MENDINGS_MAX];
};

static struct blob_records
records_of(const struct ledger *ledger)
{
	return (struct blob_records){ ledger->log, ledger->index,
		published_size(ledger->published) };
}

static enum err
mend(struct mender *mender, const struct hash *digest)
{
	struct blob_records records = records_of(mender->ledger);
	struct why w = { "" };
	char text[HASH_TEXT_MAX];
	enum err err = blob_mend(mender->ledger->blobs, digest, &records, &w);

	hash_print(digest, text);
	if (err == ERR_OK)
		log_event(
		    LOG_WARN, "sidecar made again", LOG_TEXT("manifest", text));
	else if (err != ERR_BUSY)
		log_event(LOG_ERROR, "damaged manifest",
		    LOG_TEXT("manifest", text), LOG_TEXT("detail", w.text));
	return err;
}

/* ---- one that was asked for ---- */

static void
run(struct work *work)
{
	struct mending *mending = (struct mending *)(void *)work;
	struct mender *mender = mending->mender;
	enum err err = mend(mender, &mending->digest);

	lock_take(&mender->lock);
	mending->state = err == ERR_OK ? MENDING_NONE : MENDING_FAILED;
	lock_drop(&mender->lock);
}

/* The one of this digest, else a free place, else one that failed; NULL: all
 * are at work. */
static struct mending *
choose(struct mender *mender, const struct hash *digest)
{
	struct mending *best = NULL;

	for (size_t i = 0; i < MENDINGS_MAX; i++) {
		struct mending *at = &mender->mendings[i];
		if (at->state != MENDING_NONE &&
		    hash_equal(&at->digest, digest))
			return at;
		if (at->state != MENDING_RUNS &&
		    (best == NULL || at->state == MENDING_NONE))
			best = at;
	}
	return best;
}

static enum err
ask(void *context, const struct hash *digest, struct why *w)
{
	struct mender *mender = context;
	bool must_run = false;

	lock_take(&mender->lock);
	struct mending *mending = choose(mender, digest);
	bool is_known = mending != NULL && mending->state != MENDING_NONE &&
	    hash_equal(&mending->digest, digest);
	bool is_bad = is_known && mending->state == MENDING_FAILED;
	if (mending != NULL && !is_known) {
		mending->digest = *digest;
		mending->mender = mender;
		mending->work.run = run;
		mending->state = MENDING_RUNS;
		must_run = true;
	}
	lock_drop(&mender->lock);
	if (must_run)
		worker_add(mender->ledger->worker, &mending->work);
	if (is_bad)
		return why(w, ERR_CORRUPT,
		    "manifest: damaged here; its bytes have another digest");
	return why(w, ERR_BUSY,
	    "manifest: its sidecar was damaged and is being made again");
}

/* ---- all of them, at the start ---- */

static enum err
look_at(void *context, const struct blob_found *found, struct why *w)
{
	struct mender *mender = context;
	struct ledger *ledger = mender->ledger;
	struct manifest_file *file = NULL;

	if (atomic_load(&ledger->is_stopping))
		return why(w, ERR_BUSY, "the log is stopping");
	if (found->digest == NULL || found->file != BLOB_WHOLE)
		return ERR_OK;
	struct view view = view_open(
	    ledger->log, ledger->index, published_size(ledger->published));
	bool is_manifest =
	    blob_terms_find(&view, found->digest, &found->len).is_manifest;
	enum err err = view_close(&view);
	if (err != ERR_OK || !is_manifest)
		return err;
	err = manifest_file_open(found->path, &file, NULL);
	manifest_file_close(file);
	if (err == ERR_CORRUPT)
		(void)mend(mender, found->digest);
	return ERR_OK;
}

static void
look_at_all(struct work *work)
{
	struct mender *mender = (struct mender *)(void *)work;
	struct why w = { "" };
	enum err err = blobs_walk(mender->ledger->blobs, look_at, mender, &w);

	if (err != ERR_OK && err != ERR_BUSY)
		log_event(LOG_WARN, "blobs", LOG_TEXT("detail", w.text));
}

enum err
mender_new(struct ledger *ledger, struct mender **ret)
{
	struct mender *mender = calloc(1, sizeof(*mender));

	if (mender == NULL)
		return ERR_MEMORY;
	mender->ledger = ledger;
	lock_init(&mender->lock);
	blobs_set_mender(ledger->blobs, ask, mender);
	mender->work.run = look_at_all;
	worker_add(ledger->worker, &mender->work);
	*ret = mender;
	return ERR_OK;
}

void
mender_free(struct mender *mender)
{
	if (mender == NULL)
		return;
	lock_done(&mender->lock);
	free(mender);
}
