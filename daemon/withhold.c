#include "daemon/withhold.h"

#include <inttypes.h>

#include "daemon/blob_terms.h"
#include "daemon/scrub.h"
#include "daemon/store_log.h"
#include "schema/checkpoint.h"
#include "schema/note.h"

static enum err
stored_size(struct txn *txn, uint64_t *ret, struct why *w)
{
	struct span text = store_log_get_checkpoint(txn);
	struct checkpoint checkpoint;
	struct note note;

	*ret = 0;
	if (text.len == 0)
		return ERR_OK;
	enum err err = note_parse(text, &note, w);
	if (err == ERR_OK)
		err = checkpoint_parse(note.text, &checkpoint, w);
	if (err == ERR_OK)
		*ret = checkpoint.head.size;
	return err;
}

static enum err
judge(struct txn *txn, const struct withhold *withhold, struct why *w)
{
	uint64_t position = withhold->position;
	struct log_entry entry;
	struct gist gist;
	uint64_t stored;
	enum err err = stored_size(txn, &stored, w);

	if (err != ERR_OK)
		return err;
	if (position >= store_log_size(txn))
		return why(w, ERR_REFUSED,
		    "withhold: there is no entry %" PRIu64
		    ", the log has %" PRIu64,
		    position, store_log_size(txn));
	if (position >= stored)
		return why(w, ERR_REFUSED,
		    "withhold: entry %" PRIu64 " is of the last batch, which "
		    "must stay whole until another record follows it",
		    position);
	if (!store_log_get(txn, position, &entry) ||
	    gist_unpack(entry.gist, &gist) != ERR_OK)
		return why(w, ERR_CORRUPT,
		    "withhold: entry %" PRIu64 " is damaged", position);
	if (gist.kind == RECORD_KEYRING)
		return why(w, ERR_REFUSED,
		    "withhold: entry %" PRIu64 " is a keyring, by which others "
		    "are judged",
		    position);
	if (entry.is_withheld)
		return why(w, ERR_CONFLICT,
		    "withhold: entry %" PRIu64 " is withheld already",
		    position);
	return ERR_OK;
}

/* The bytes that are to go: all but what stays. */
static enum err
keep_bytes(
    struct txn *txn, uint64_t position, struct writer *out, struct why *w)
{
	struct log_entry entry;

	if (!store_log_get(txn, position, &entry) ||
	    entry.entry.len <= gist_tail_len())
		return why(w, ERR_CORRUPT,
		    "withhold: entry %" PRIu64 " is damaged", position);
	writer_span(out, entry.entry);
	return writer_end(out);
}

/* ---- what it alone named ---- */

static void
drop_blob(const struct withhold *withhold, const struct hash *digest, FILE *out)
{
	char name[HASH_TEXT_MAX];
	struct blob_state state = blob_look(withhold->blobs, digest);

	if (!state.is_whole && !state.is_begun)
		return;
	for (int i = 0; i < BLOB_FILES; i++)
		blob_remove(withhold->blobs, digest, (enum blob_file)i);
	hash_print(digest, name);
	(void)fprintf(out, "blob " BLOB_PREFIX "%s: removed\n", name);
}

static enum err
drop_blobs(const struct withhold *withhold, FILE *out, struct why *w)
{
	struct view view =
	    view_open(withhold->log, withhold->index, TREE_SIZE_MAX);
	struct view_record record;
	struct gist_attachment attachment;

	if (withhold->position >= view.end)
		(void)fputs("index: it does not know the entry yet, so blobs "
			    "were left alone; --reindex, then remove them\n",
		    out);
	else if (view_get(&view, withhold->position, &record)) {
		struct reader r = reader_of(record.gist.attachments);
		while (gist_attachment_next(&r, &attachment)) {
			if (blob_terms_withheld(&view, &attachment.sha256))
				drop_blob(withhold, &attachment.sha256, out);
		}
	}
	enum err err = view_close(&view);
	return err == ERR_OK
	    ? ERR_OK
	    : why(w, err, "withhold: the index cannot be read");
}

/* ---- the whole ---- */

static enum err
overwrite(struct withhold *withhold, struct writer *gone, struct why *w)
{
	struct txn txn = store_begin(withhold->log, TXN_WRITE);
	enum err err = txn.err;

	if (err == ERR_OK)
		err = judge(&txn, withhold, w);
	if (err == ERR_OK)
		err = keep_bytes(&txn, withhold->position, gone, w);
	if (err != ERR_OK) {
		txn_abort(&txn);
		return err;
	}
	store_log_withhold(
	    &txn, withhold->position, gist_tail_len(), withhold->reason);
	err = txn_end(&txn);
	if (err == ERR_OK)
		return ERR_OK;
	return why(w, err, "withhold: the log could not be written (%s)",
	    err_text(err));
}

enum err
withhold_entry(struct withhold *withhold, FILE *out, struct why *w)
{
	struct writer gone = writer_heap(SCRUB_LEN_MAX);
	uint64_t count = 0;
	enum err err = overwrite(withhold, &gone, w);

	if (err == ERR_OK)
		err = drop_blobs(withhold, out, w);
	if (err == ERR_OK) {
		/* the pages that the log has left behind */
		store_close(withhold->log);
		withhold->log = NULL;
		err = scrub_file(
		    withhold->log_file, writer_view(&gone), &count, w);
	}
	if (err == ERR_OK)
		(void)fprintf(out,
		    "entry %" PRIu64 ": withheld; %" PRIu64
		    " old copies of it overwritten\n",
		    withhold->position, count);
	writer_done(&gone);
	return err;
}
