#include "daemon/index_build.h"

#include "daemon/limits.h"
#include "schema/key.h"

static size_t
slice_keys(const struct index_runs *runs)
{
	size_t keys = index_runs_source(runs)->slice_keys;

	return keys != 0 ? keys : INDEX_BUILD_KEYS;
}

/* One transaction, full or the last, which moves the watermark. */
static enum err
write_slice(struct index_runs *runs, struct store *index,
    const struct tree_head *head, bool *ret_is_last)
{
	struct txn txn = store_begin(index, TXN_WRITE);
	struct index_scan scan = index_scan_open(&txn);
	struct index_place place;
	enum err err = ERR_OK;
	size_t count = 0;
	bool is_there = true;

	while (txn.err == ERR_OK && count < slice_keys(runs) &&
	    (is_there = index_runs_next(runs, &place, &err))) {
		index_scan_append(&scan, &place);
		count++;
	}
	index_scan_close(&scan);
	txn_fail(&txn, err);
	*ret_is_last = !is_there;
	if (!is_there)
		store_index_set_watermark(&txn, head);
	return txn_end(&txn);
}

enum err
index_build(struct index_runs *runs, struct store *index,
    const struct tree_head *head, struct why *w)
{
	bool is_last = false;
	enum err err =
	    store_index_reset(index, index_runs_source(runs)->key, w);

	if (err != ERR_OK)
		return err;
	while (err == ERR_OK && !is_last)
		err = write_slice(runs, index, head, &is_last);
	return err == ERR_OK
	    ? ERR_OK
	    : why(w, err, "index: cannot be written (%s)", err_text(err));
}

enum err
index_build_anew(struct store *log, const char *folder, struct store *index,
    const struct tree_head *head, struct why *w)
{
	struct index_runs *runs = NULL;
	uint8_t key[STORE_KEY_LEN];
	const struct index_source source = {
		.log = log,
		.key = key,
		.end = head->size,
		.folder = folder,
	};

	key_random(key, sizeof(key));
	enum err err = index_runs_new(&source, &runs, w);
	if (err == ERR_OK)
		err = index_build(runs, index, head, w);
	index_runs_free(runs);
	return err;
}
