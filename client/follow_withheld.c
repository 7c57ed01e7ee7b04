#include "client/follow_inner.h"

#include <inttypes.h>
#include <string.h>

#include "client/transport.h"

static void
keep(struct follow *follow, uint64_t index, const struct hash *id,
    const struct why *said)
{
	if (follow->withheld_count < FOLLOW_WITHHELD_MAX)
		follow->withheld[follow->withheld_count] =
		    (struct follow_withheld){ index, *id, *said };
	follow->withheld_count++;
}

/* Its hash stands in the tree; that this is the hash of anything is the log's
 * word, and the root's. */
static enum err
take_hash(struct follow *follow, uint64_t index, const struct hash *id,
    const struct why *said, struct why *w)
{
	uint64_t same = AUDITED_NEW;

	if (index < follow->audited.edge.size) {
		if (!hash_equal(id, &follow->audited.levels[0].hashes[index]))
			follow_found(follow,
			    "entry %" PRIu64
			    ": not the hash that was there before",
			    index);
		return ERR_OK;
	}
	keep(follow, index, id, said);
	enum err err = audited_append(&follow->audited, id, &same, w);
	if (err == ERR_OK && same != AUDITED_NEW)
		follow_found(follow,
		    "entry %" PRIu64 ": the same record as entry %" PRIu64,
		    index, same);
	progress_add(&follow->progress, 1);
	return err;
}

static enum err
ask(struct follow *follow, const struct hash *id, struct span *ret,
    struct why *w)
{
	char path[HASH_TEXT_MAX + 32] = "/v1/records/";
	struct transport_call call = {
		.base = follow->trust->url,
		.path = path,
		.max = ENTRY_LEN_MAX,
	};

	hash_print(id, path + strlen(path));
	return transport_do(
	    follow->transport, &call, follow->bundle_arena, ret, w);
}

static enum err
take(
    struct follow *follow, uint64_t index, const struct hash *id, struct why *w)
{
	struct span entry = SPAN_EMPTY;
	struct why said = { "" };
	enum err err = ask(follow, id, &entry, &said);

	if (err == ERR_WITHHELD)
		return take_hash(follow, index, id, &said, w);
	if (err == ERR_OK)
		return follow_entry(follow, index, entry, w);
	if (err != ERR_NOT_FOUND)
		return why(w, err, "%s", said.text);
	follow_found(follow,
	    "entry %" PRIu64 ": the log neither gives nor withholds the record "
	    "of its hash",
	    index);
	return take_hash(follow, index, id, &said, w);
}

enum err
follow_withheld_bundle(struct follow *follow, const struct tile *bundle,
    const struct why *said, struct why *w)
{
	struct tile tile = { false, 0, bundle->n, bundle->width };
	struct span hashes = SPAN_EMPTY;
	enum err err = follow_get(follow, &tile, &hashes, w);

	if (err == ERR_OK && hashes.len < bundle->width * sizeof(struct hash)) {
		follow_found(follow, "tile 0/%" PRIu64 ": %zu bytes", bundle->n,
		    hashes.len);
		follow->is_stopped = true;
	}
	for (unsigned i = 0;
	     i < bundle->width && err == ERR_OK && !follow->is_stopped; i++) {
		uint64_t index = bundle->n * TILE_WIDTH + i;
		struct hash id;
		memcpy(id.bytes, hashes.data + (size_t)i * HASH_LEN, HASH_LEN);
		/* no other log gives records by their hash */
		err = follow->is_tree_only
		    ? take_hash(follow, index, &id, said, w)
		    : take(follow, index, &id, w);
	}
	return err;
}

/* ---- remembering ---- */

#define NAME "audit/withheld"

/* A line that is not of ours is no fact: what it says is not needed. */
void
follow_withheld_load(struct follow *follow, struct arena *arena)
{
	static const struct why before = { "when it was followed before" };
	struct span text;
	struct span line;

	if (trust_read(follow->trust, NAME, arena, &text, NULL) != ERR_OK)
		return;
	while (span_cut(&text, '\n', &line)) {
		uint64_t index;
		if (text_undecimal(line, TREE_SIZE_MAX, &index) &&
		    index < follow->audited.edge.size)
			keep(follow, index,
			    &follow->audited.levels[0].hashes[index], &before);
	}
}

enum err
follow_withheld_save(const struct follow *follow, struct why *w)
{
	struct writer text = writer_heap((size_t)FOLLOW_WITHHELD_MAX * 24);
	char path[DISK_PATH_MAX];
	enum err err = ERR_OK;

	for (size_t i = 0;
	     i < follow->withheld_count && i < FOLLOW_WITHHELD_MAX; i++)
		writer_format(
		    &text, "%" PRIu64 "\n", follow->withheld[i].index);
	err = writer_end(&text);
	if (err == ERR_OK && text.len > 0)
		err = disk_join(follow->trust->dir, "audit", path, w);
	if (err == ERR_OK && text.len > 0)
		err = disk_make_dirs(path, w);
	if (err == ERR_OK && text.len > 0)
		err = trust_write(follow->trust, NAME, writer_view(&text), w);
	writer_done(&text);
	return err;
}
