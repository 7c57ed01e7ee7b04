#include "daemon/signer_batch.h"

#include <string.h>

#include "daemon/fault.h"
#include "daemon/limits.h"
#include "schema/reader.h"

static enum err
malformed(struct why *w)
{
	return why(w, ERR_SYNTAX, "signer: seal: not of the documented form");
}

enum err
signer_leaf(
    struct span entry, struct span copy, struct hash *ret, struct why *w)
{
	struct hash first = tree_leaf(entry);
	struct hash second = tree_leaf(copy);

	if (!hash_equal(&first, &second))
		return why(w, ERR_DIVERGED,
		    "signer: two hashes of one entry differ; this machine's "
		    "memory is not to be trusted");
	*ret = first;
	return ERR_OK;
}

static enum err
append(struct tree_edge *edge, struct span entry,
    uint8_t copy[static ENTRY_LEN_MAX], struct why *w)
{
	struct hash leaf;

	if (entry.len == 0)
		return why(w, ERR_LIMIT, "signer: an entry is empty");
	memcpy(copy, entry.data, entry.len);
	if (FAULT_FAILS("signer-flip"))
		copy[entry.len / 2] ^= 4;
	enum err err = signer_leaf(entry, span_of(copy, entry.len), &leaf, w);
	if (err == ERR_OK) {
		struct hash made[TREE_LEVELS];
		(void)tree_append(edge, &leaf, made);
	}
	return err;
}

/* Whether `old_size` is where we stand, and `count` one batch. */
static enum err
check(const struct signer_state *state, uint64_t old_size, size_t count,
    struct why *w)
{
	struct hash root = tree_edge_root(&state->edge);

	if (!hash_equal(&root, &state->root))
		return why(w, ERR_DIVERGED,
		    "signer: its right edge changed in memory; this machine's "
		    "memory is not to be trusted");
	if (old_size != state->edge.size)
		return why(w, ERR_CONFLICT,
		    "signer: asked to extend size %llu, but it signed size "
		    "%llu",
		    (unsigned long long)old_size,
		    (unsigned long long)state->edge.size);
	if (count == 0 || count > BATCH_ENTRIES_MAX)
		return why(w, ERR_LIMIT, "signer: %zu entries, 1 to %d a batch",
		    count, BATCH_ENTRIES_MAX);
	if (count > TREE_SIZE_MAX - old_size)
		return why(w, ERR_LIMIT, "signer: the log is full");
	return ERR_OK;
}

enum err
signer_batch(const struct signer_state *state, struct span body,
    uint8_t copy[static ENTRY_LEN_MAX], struct tree_edge *ret_edge,
    struct why *w)
{
	struct reader r = reader_of(body);
	struct tree_edge edge = state->edge;
	uint64_t old_size = reader_u64(&r);
	size_t count = reader_u16(&r);

	if (r.err != ERR_OK)
		return malformed(w);
	enum err err = check(state, old_size, count, w);
	for (size_t i = 0; i < count && err == ERR_OK; i++) {
		struct span entry = reader_take(&r, reader_u16(&r));
		err = r.err == ERR_OK ? append(&edge, entry, copy, w)
				      : malformed(w);
	}
	if (err != ERR_OK)
		return err;
	if (reader_end(&r) != ERR_OK)
		return malformed(w);
	*ret_edge = edge;
	return ERR_OK;
}
