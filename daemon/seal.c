#include "daemon/seal.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "daemon/fault.h"
#include "daemon/signer_link.h"

static enum err
read_back(struct sealing *sealing, struct txn *txn, uint64_t from, uint64_t end,
    struct why *w)
{
	for (uint64_t position = from; position < end; position++) {
		struct log_entry entry;
		if (!store_log_get_checked(txn, position, &entry)) {
			sealing->damaged = position;
			txn_fail(txn, ERR_CORRUPT);
			return why(w, txn->err,
			    "entry %" PRIu64 ": cannot be read back as it was "
			    "committed",
			    position);
		}
		sealing->entries[position - from] = entry.entry;
	}
	return ERR_OK;
}

enum err
seal_check(struct sealing *sealing, struct span note,
    const struct tree_head *to, struct why *w)
{
	struct checkpoint checkpoint;
	struct note parsed;

	enum err err = note_parse(note, &parsed, w);
	if (err == ERR_OK)
		err = checkpoint_parse(parsed.text, &checkpoint, w);
	if (err != ERR_OK)
		return err;
	if (checkpoint.head.size != to->size ||
	    !hash_equal(&checkpoint.head.root, &to->root))
		return why(w, ERR_DIVERGED,
		    "signer: it signed another tree of size %" PRIu64
		    " than the one of size %" PRIu64 " that is stored",
		    checkpoint.head.size, to->size);
	sealing->head = *to;
	sealing->note_len = note.len;
	if (note.data != sealing->note)
		memcpy(sealing->note, note.data, note.len);
	return ERR_OK;
}

enum err
seal(struct sealing *sealing, uint64_t from, const struct tree_head *to,
    struct why *w)
{
	struct writer note = writer_of(sealing->note, sizeof(sealing->note));
	struct signer_extension extension = {
		.old_size = from,
		.entries = sealing->entries,
		.count = (size_t)(to->size - from),
	};

	assert(from < to->size && to->size - from <= BATCH_ENTRIES_MAX);
	FAULT("seal-before");
	struct txn txn = store_begin(sealing->log, TXN_READ);
	enum err err = txn.err != ERR_OK
	    ? why(w, txn.err, "log: cannot be read")
	    : read_back(sealing, &txn, from, to->size, w);
	if (err == ERR_OK)
		err = signer_link_seal(sealing->signer, &extension, &note, w);
	txn_abort(&txn);
	if (err == ERR_OK)
		err = writer_end(&note);
	if (err == ERR_OK)
		err = seal_check(sealing, writer_view(&note), to, w);
	if (err == ERR_OK)
		FAULT("seal-after");
	return err;
}
