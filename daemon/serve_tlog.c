/*
 * The log as C2SP tlog-tiles has it, and proofs between any two published sizes.
 *
 * Each answer rests on one published head, asked for before the snapshot is
 * opened: the snapshot then holds at least that.
 */
#include "daemon/answer.h"
#include "daemon/prove.h"
#include "daemon/store_log.h"
#include "daemon/tile_cache.h"
#include "schema/text.h"
#include "schema/tile.h"

static enum err
put_checkpoint(struct request *request, struct reply *reply, struct why *w)
{
	struct published_head head;

	published_get(request->ledger->published, &head);
	if (head.note_len == 0)
		return why(w, ERR_NOT_FOUND, "checkpoint: none is signed yet");
	writer_span(&reply->body, span_of(head.note, head.note_len));
	reply->media_type = REPLY_TEXT;
	reply->cache = REPLY_NO_CACHE;
	return ERR_OK;
}

enum served
serve_checkpoint(struct request *request, struct reply *reply)
{
	return answer_now(request, reply, put_checkpoint);
}

/* ---- tiles ---- */

/*
 * A stored hash that has rotted must not go out for ever (REPLY_IMMUTABLE): the
 * tree that ends with this tile is made anew and must lead to the published head.
 * Its hashes are the leaves of a tree of such tiles, on the edge before it.
 */
static void
check_hashes(struct txn *txn, const struct tile *tile,
    const struct hash *hashes, const struct tree_head *published)
{
	unsigned shift = tile->level * TILE_HEIGHT;
	uint64_t begin = tile->n * TILE_WIDTH;
	struct tree_head end = { .size = (begin + tile->width) << shift };
	struct tree_edge edge;
	struct hash made[TREE_LEVELS];

	if (!store_log_get_edge(txn, begin << shift, &edge))
		return;
	edge.size = begin;
	for (unsigned i = 0; i < tile->width; i++)
		(void)tree_append(&edge, &hashes[i], made);
	end.root = tree_edge_root(&edge);
	if (prove_leads_to(txn, &end, published) != ERR_OK)
		txn_fail(txn, ERR_CORRUPT);
}

static bool
get_hashes(struct txn *txn, const struct tile *tile, struct hash *out)
{
	uint64_t begin = tile->n * TILE_WIDTH;
	struct tree_position at = { .level = tile->level * TILE_HEIGHT };

	if (tile->level == 0)
		return store_log_get_leaves(txn, begin, tile->width, out);
	for (unsigned i = 0; i < tile->width; i++) {
		at.n = begin + i;
		if (!store_log_get_node(txn, at, &out[i])) {
			txn_fail(txn, ERR_CORRUPT);
			return false;
		}
	}
	return true;
}

static void
put_hashes(struct txn *txn, const struct tile *tile,
    const struct tree_head *published, struct writer *out)
{
	struct hash hashes[TILE_WIDTH];

	if (!get_hashes(txn, tile, hashes))
		return;
	check_hashes(txn, tile, hashes, published);
	writer_bytes(out, hashes, tile->width * sizeof(hashes[0]));
}

static void
put_entries(
    struct txn *txn, const struct tile *tile, struct writer *out, struct why *w)
{
	for (unsigned i = 0; i < tile->width; i++) {
		uint64_t position = tile->n * TILE_WIDTH + i;
		struct log_entry entry;

		if (!store_log_get_checked(txn, position, &entry)) {
			txn_fail(txn, ERR_CORRUPT);
			return;
		}
		if (entry.is_withheld) {
			txn_fail(txn, answer_withheld(txn, position, w));
			return;
		}
		tile_entry_write(out, entry.entry);
	}
}

static enum err
put_tile(struct request *request, struct reply *reply, struct why *w)
{
	struct writer *out = &reply->body;
	struct published_head head;
	struct tile tile;
	struct txn txn;
	enum err err;

	/* a path of another form is a file that is not there */
	if (tile_parse(request->segments[0], &tile) != ERR_OK)
		return why(w, ERR_NOT_FOUND, "tile: not the path of a tile");
	published_get(request->ledger->published, &head);
	if (tile.width > tile_width(tile.level, tile.n, head.head.size))
		return why(w, ERR_NOT_FOUND,
		    "tile: beyond the tree of size %llu",
		    (unsigned long long)head.head.size);
	reply->media_type = REPLY_BYTES;
	reply->cache = REPLY_IMMUTABLE;
	if (reply->tile == NULL)
		reply->tile = tile_cache_hold(request->ledger->tiles, &tile);
	if (reply->tile != NULL)
		return ERR_OK;
	txn = store_begin(request->ledger->log, TXN_READ);
	if (tile.is_entries)
		put_entries(&txn, &tile, out, w);
	else
		put_hashes(&txn, &tile, &head.head, out);
	err = txn.err;
	txn_abort(&txn);
	if (err == ERR_OK && writer_end(out) == ERR_OK)
		tile_cache_keep(
		    request->ledger->tiles, &tile, writer_view(out));
	return err;
}

enum served
serve_tile(struct request *request, struct reply *reply)
{
	struct tile tile;

	/* up to 16 MiB of entries to be read, where they are not kept */
	if (request->is_hasty &&
	    tile_parse(request->segments[0], &tile) == ERR_OK &&
	    tile.is_entries) {
		reply->tile = tile_cache_hold(request->ledger->tiles, &tile);
		if (reply->tile == NULL)
			return SERVED_AWAY;
	}
	return answer_now(request, reply, put_tile);
}

/* ---- proofs ---- */

static enum err
take_number(const struct request *request, size_t at, const char *name,
    uint64_t *ret, struct why *w)
{
	if (!text_undecimal(request->segments[at], TREE_SIZE_MAX, ret))
		return why(w, ERR_SYNTAX,
		    "%s: a decimal without leading zeros, at most 2^63-1",
		    name);
	return ERR_OK;
}

static void
put_proof_hashes(const struct tree_proof *proof, struct writer *out)
{
	writer_member(out, "hashes");
	writer_text(out, "[");
	for (size_t i = 0; i < proof->count; i++) {
		writer_comma(out);
		writer_text(out, "\"");
		writer_base64(out, hash_span(&proof->hashes[i]));
		writer_text(out, "\"");
	}
	writer_text(out, "]}");
}

/* Of a tree whose root leads to the published head. */
static enum err
prove_index(struct txn *txn, uint64_t index, uint64_t size,
    const struct tree_head *published, struct tree_proof *ret)
{
	struct tree_head head = { .size = size };
	struct log_entry entry;
	enum err err = prove_inclusion(txn, index, size, ret);

	if (err == ERR_OK)
		err = prove_root(txn, size, &head.root);
	if (err == ERR_OK)
		err = prove_leads_to(txn, &head, published);
	if (err == ERR_OK && !store_log_get_checked(txn, index, &entry))
		err = ERR_CORRUPT;
	if (err != ERR_OK)
		return err;
	return tree_verify_inclusion(
		   index, size, &entry.leaf, ret, &head.root) == ERR_OK
	    ? ERR_OK
	    : ERR_CORRUPT;
}

static enum err
prove_sizes(struct txn *txn, uint64_t old, uint64_t size,
    const struct tree_head *published, struct tree_proof *ret)
{
	struct tree_head older = { .size = old };
	struct tree_head head = { .size = size };
	enum err err = prove_consistency(txn, old, size, ret);

	if (err == ERR_OK)
		err = prove_root(txn, old, &older.root);
	if (err == ERR_OK)
		err = prove_root(txn, size, &head.root);
	if (err == ERR_OK)
		err = prove_leads_to(txn, &head, published);
	if (err != ERR_OK)
		return err;
	return tree_verify_consistency(&older, &head, ret) == ERR_OK
	    ? ERR_OK
	    : ERR_CORRUPT;
}

static enum err
put_inclusion(struct request *request, struct reply *reply, struct why *w)
{
	struct writer *out = &reply->body;
	struct published_head published;
	uint64_t size = 0;
	uint64_t index = 0;
	struct tree_proof proof = { .count = 0 };
	enum err err = take_number(request, 0, "size", &size, w);

	if (err == ERR_OK)
		err = take_number(request, 1, "index", &index, w);
	if (err != ERR_OK)
		return err;
	published_get(request->ledger->published, &published);
	if (size > published.head.size)
		return why(w, ERR_SYNTAX, "size: beyond the tree of size %llu",
		    (unsigned long long)published.head.size);
	if (index >= size)
		return why(w, ERR_SYNTAX, "index: must be below size");
	struct txn txn = store_begin(request->ledger->log, TXN_READ);
	err = prove_index(&txn, index, size, &published.head, &proof);
	txn_abort(&txn);
	if (err != ERR_OK)
		return err;
	writer_text(out, "{");
	writer_member_number(out, "size", size);
	writer_member_number(out, "index", index);
	put_proof_hashes(&proof, out);
	reply->cache = REPLY_IMMUTABLE;
	return ERR_OK;
}

enum served
serve_inclusion(struct request *request, struct reply *reply)
{
	return answer_now(request, reply, put_inclusion);
}

static enum err
put_consistency(struct request *request, struct reply *reply, struct why *w)
{
	struct writer *out = &reply->body;
	struct published_head published;
	uint64_t old = 0;
	uint64_t size = 0;
	struct tree_proof proof = { .count = 0 };
	enum err err = take_number(request, 0, "old", &old, w);

	if (err == ERR_OK)
		err = take_number(request, 1, "size", &size, w);
	if (err != ERR_OK)
		return err;
	published_get(request->ledger->published, &published);
	if (size > published.head.size)
		return why(w, ERR_SYNTAX, "size: beyond the tree of size %llu",
		    (unsigned long long)published.head.size);
	if (old == 0 || old > size)
		return why(w, ERR_SYNTAX, "old: must be 1 to size");
	struct txn txn = store_begin(request->ledger->log, TXN_READ);
	err = prove_sizes(&txn, old, size, &published.head, &proof);
	txn_abort(&txn);
	if (err != ERR_OK)
		return err;
	writer_text(out, "{");
	writer_member_number(out, "old", old);
	writer_member_number(out, "size", size);
	put_proof_hashes(&proof, out);
	reply->cache = REPLY_IMMUTABLE;
	return ERR_OK;
}

enum served
serve_consistency(struct request *request, struct reply *reply)
{
	return answer_now(request, reply, put_consistency);
}
