#include "daemon/commit.h"

#include <assert.h>

enum err
commit(struct store *log, const struct growth *growth, struct span note)
{
	struct txn txn = store_begin(log, TXN_WRITE);

	/* ours alone to write: nobody may have come between */
	if (txn.err == ERR_OK && store_log_size(&txn) != growth->first)
		txn_fail(&txn, ERR_CORRUPT);
	for (size_t i = 0; i < growth->count; i++)
		store_log_put(&txn, growth->first + i, &growth->entries[i]);
	for (size_t i = 0; i < growth->hash_count; i++)
		store_log_put_hash(
		    &txn, growth->hash_first + i, &growth->hashes[i]);
	if (note.len > 0)
		store_log_set_checkpoint(&txn, note);
	assert(growth->hash_first + growth->hash_count ==
	    tree_stored_count(growth->edge.size));
	return txn_end(&txn);
}
