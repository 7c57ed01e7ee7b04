#include "client/follow_inner.h"

#include "client/history.h"
#include "client/keyring_lines.h"
#include "client/transport.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define BUNDLE_MAX ((size_t)TILE_WIDTH * (TILE_ENTRY_MAX + 2))
#define BUNDLE_ARENA_MAX ((size_t)64 << 20)
#define ENTRY_ARENA_MAX ((size_t)32 << 20)

enum err
follow_init(struct follow *follow, struct why *w)
{
	*follow = (struct follow){
		.bundle_arena = arena_new(BUNDLE_ARENA_MAX),
		.entry_arena = arena_new(ENTRY_ARENA_MAX),
	};
	audited_init(&follow->audited);
	if (follow->bundle_arena == NULL || follow->entry_arena == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	return ERR_OK;
}

void
follow_done(struct follow *follow)
{
	audited_done(&follow->audited);
	arena_free(follow->bundle_arena);
	arena_free(follow->entry_arena);
	follow->bundle_arena = NULL;
	follow->entry_arena = NULL;
}

void
follow_found(struct follow *follow, const char *format, ...)
{
	char text[sizeof(struct why)];
	va_list list;

	va_start(list, format);
	(void)vsnprintf(text, sizeof(text), format, list);
	va_end(list);
	if (follow->finding_count < FOLLOW_FINDINGS_MAX)
		(void)why(&follow->findings[follow->finding_count],
		    ERR_MISMATCH, "%s", text);
	follow->finding_count++;
}

/* ---- fetching ---- */

static void
name_tile(const struct tile *tile, char out[static TILE_PATH_MAX + 8])
{
	char path[TILE_PATH_MAX];

	tile_print(tile, path);
	(void)snprintf(out, TILE_PATH_MAX + 8, "/tile/%s", path);
}

enum err
follow_get(struct follow *follow, const struct tile *tile, struct span *ret,
    struct why *w)
{
	char path[TILE_PATH_MAX + 8];
	struct transport_call call = {
		.base = follow->trust->url,
		.path = path,
		.max = tile->is_entries ? BUNDLE_MAX
					: TILE_WIDTH * sizeof(struct hash),
	};
	struct tile full = *tile;

	name_tile(tile, path);
	enum err err = transport_do(
	    follow->transport, &call, follow->bundle_arena, ret, w);
	/* a partial tile may go once the full one is there (tlog-tiles) */
	if (err == ERR_NOT_FOUND && tile->width < TILE_WIDTH) {
		full.width = TILE_WIDTH;
		name_tile(&full, path);
		err = transport_do(
		    follow->transport, &call, follow->bundle_arena, ret, w);
	}
	if (err == ERR_NOT_FOUND)
		return why(w, ERR_MISSING,
		    "%s: the log does not serve what its checkpoint covers",
		    path);
	return err;
}

/* ---- one record ---- */

static enum err
judge_keyring_entry(struct follow *follow, uint64_t index, struct span entry,
    const struct envelope *envelope, struct why *w)
{
	const struct note_key *key = &follow->trust->key;
	struct keyring_lines context = { .trust = follow->trust };
	struct keyring_source lines = keyring_lines_source(&context);
	struct judge_log log = { key->name, key->key, &lines };
	struct keyring *keyring = NULL;
	struct why false_because = { 0 };
	enum err err = judge_keyring(&log, envelope,
	    audited_keyring_id(&follow->audited), &keyring, &false_because);

	/* what cannot be had is not false */
	if (err == ERR_MEMORY || context.is_missing)
		return why(
		    w, err, "entry %" PRIu64 ": %s", index, false_because.text);
	if (err != ERR_OK) {
		follow_found(
		    follow, "entry %" PRIu64 ": %s", index, false_because.text);
		return ERR_OK;
	}
	follow->keyrings++;
	return audited_set_keyring(&follow->audited, keyring, index, entry, w);
}

static enum err
judge(struct follow *follow, uint64_t index, struct span entry, struct why *w)
{
	const struct keyring_member *member = NULL;
	const struct keyring *keyring = follow->audited.keyring;
	struct envelope envelope;
	struct record record = { 0 };
	struct why reason = { 0 };

	arena_reset(follow->entry_arena);
	enum err err = envelope_parse_entry(
	    entry, follow->entry_arena, &envelope, &reason);
	if (err == ERR_OK)
		err = record_parse(
		    envelope.payload, follow->entry_arena, &record, &reason);
	if (err == ERR_MEMORY)
		return why(w, err, "out of memory");
	if (err != ERR_OK) {
		follow_found(
		    follow, "entry %" PRIu64 ": %s", index, reason.text);
		return ERR_OK;
	}
	if (record.kind == RECORD_KEYRING)
		err = judge_keyring_entry(follow, index, entry, &envelope, w);
	else if (keyring == NULL)
		follow_found(follow,
		    "entry %" PRIu64 ": no keyring stands below it", index);
	else if (judge_entry(keyring, &envelope, &record, &member, &reason) !=
	    ERR_OK)
		follow_found(
		    follow, "entry %" PRIu64 ": %s", index, reason.text);
	record_done(&record);
	return err;
}

/* ---- one bundle ---- */

enum err
follow_entry(
    struct follow *follow, uint64_t index, struct span entry, struct why *w)
{
	struct hash leaf = tree_leaf(entry);
	uint64_t same;

	if (index < follow->audited.edge.size) {
		/* below where the last audit stood: only compared */
		const struct hash *before =
		    &follow->audited.levels[0].hashes[index];
		if (!hash_equal(before, &leaf))
			follow_found(follow,
			    "entry %" PRIu64
			    ": not the entry that was there before",
			    index);
		return ERR_OK;
	}
	enum err err = audited_append(&follow->audited, &leaf, &same, w);
	if (err != ERR_OK)
		return err;
	if (follow->is_tree_only) {
		progress_add(&follow->progress, 1);
		return ERR_OK;
	}
	if (same != AUDITED_NEW)
		follow_found(follow,
		    "entry %" PRIu64 ": the same record as entry %" PRIu64,
		    index, same);
	progress_add(&follow->progress, 1);
	return judge(follow, index, entry, w);
}

static enum err
take_bundle(struct follow *follow, const struct tile *bundle, struct span bytes,
    struct why *w)
{
	struct reader r = reader_of(bytes);
	struct span entries[TILE_WIDTH];

	for (unsigned i = 0; i < bundle->width; i++)
		entries[i] = tile_entry_read(&r);
	/* the full bundle in place of a partial one has more behind it */
	bool is_longer = r.err == ERR_OK && r.rest.len > 0;
	if (r.err != ERR_OK || (is_longer && bundle->width == TILE_WIDTH)) {
		char name[TILE_PATH_MAX + 8];
		name_tile(bundle, name);
		follow_found(follow,
		    "%s: it does not hold exactly %u entries with their "
		    "lengths",
		    name, bundle->width);
		follow->is_stopped = true;
		return ERR_OK;
	}
	follow->bundles++;
	for (unsigned i = 0; i < bundle->width; i++) {
		enum err err = follow_entry(
		    follow, bundle->n * TILE_WIDTH + i, entries[i], w);
		if (err != ERR_OK)
			return err;
	}
	return ERR_OK;
}

/* ---- tiles of hashes ---- */

/* The first hash that is not what was computed names the place. */
static void
compare_tile(struct follow *follow, const struct tile *tile, struct span served,
    struct span computed)
{
	char name[TILE_PATH_MAX + 8];
	size_t at = 0;

	name_tile(tile, name);
	follow->tiles++;
	/* the full tile may stand in for a partial one: a prefix */
	if (served.len < computed.len ||
	    (served.len > computed.len && served.len % HASH_LEN != 0)) {
		follow_found(follow, "%s: %zu bytes, not %zu", name, served.len,
		    computed.len);
		return;
	}
	while (at < computed.len && served.data[at] == computed.data[at])
		at++;
	if (at == computed.len)
		return;
	uint64_t place = tile->n * TILE_WIDTH + at / HASH_LEN;
	if (tile->level == 0)
		follow_found(follow,
		    "%s: its hash of entry %" PRIu64
		    " is not that of the entry served",
		    name, place);
	else
		follow_found(follow,
		    "%s: its hash %zu is not that of the tile below it", name,
		    at / HASH_LEN);
}

static enum err
check_tile(struct follow *follow, const struct tile *tile, struct why *w)
{
	struct span computed = audited_tile(&follow->audited, tile);
	struct span served;
	enum err err = follow_get(follow, tile, &served, w);

	if (err != ERR_OK)
		return err;
	compare_tile(follow, tile, served, computed);
	if (tile->level > 0 || served.len < computed.len)
		return ERR_OK;
	/* what the log's own hashes add up to: tells who is wrong at the end */
	struct hash made[TREE_LEVELS];
	for (size_t i = 0; i < tile->width; i++) {
		struct hash leaf;
		if (tile->n * TILE_WIDTH + i < follow->told.size)
			continue;
		memcpy(leaf.bytes, served.data + i * HASH_LEN, HASH_LEN);
		(void)tree_append(&follow->told, &leaf, made);
	}
	return ERR_OK;
}

static enum err
check_upper_tiles(struct follow *follow, struct why *w)
{
	uint64_t size = follow->head.checkpoint.head.size;

	for (unsigned level = 1; level < AUDITED_LEVELS; level++) {
		/* a tile that was full before has been compared before */
		uint64_t n =
		    (follow->start >> (TILE_HEIGHT * level)) / TILE_WIDTH;
		unsigned width = tile_width(level, n, size);
		for (; width > 0; width = tile_width(level, ++n, size)) {
			struct tile tile = { false, level, n, width };
			arena_reset(follow->bundle_arena);
			enum err err = check_tile(follow, &tile, w);
			if (err != ERR_OK)
				return err;
		}
	}
	return ERR_OK;
}

/* ---- the whole ---- */

static enum err
follow_bundle(struct follow *follow, uint64_t n, struct why *w)
{
	uint64_t size = follow->head.checkpoint.head.size;
	unsigned width = tile_width(0, n, size);
	struct tile bundle = { true, 0, n, width };
	struct tile tile = { false, 0, n, width };
	struct span bytes;

	arena_reset(follow->bundle_arena);
	struct why said = { "" };
	enum err err = follow_get(follow, &bundle, &bytes, &said);
	if (err == ERR_WITHHELD)
		err = follow_withheld_bundle(follow, &bundle, &said, w);
	else if (err != ERR_OK)
		err = why(w, err, "%s", said.text);
	else
		err = take_bundle(follow, &bundle, bytes, w);
	if (err == ERR_OK && !follow->is_stopped)
		err = check_tile(follow, &tile, w);
	return err;
}

static void
check_root(struct follow *follow)
{
	const struct tree_head *head = &follow->head.checkpoint.head;
	struct hash root = tree_edge_root(&follow->audited.edge);
	struct hash told = tree_edge_root(&follow->told);
	size_t before = follow->finding_count;

	if (hash_equal(&root, &head->root))
		return;
	if (hash_equal(&told, &head->root) && before > 0) {
		follow_found(follow,
		    "the hashes in the tiles give the signed root, the entries "
		    "served do not: the entries named were changed");
		return;
	}
	struct why w;
	/* a signed root over other entries: two histories, or a log that signs
	 * what it does not serve; the note itself is the evidence */
	(void)history_diverged(follow->trust, follow->head.note,
	    follow->start > 0 ? "the entries followed before and those served "
				"now do not give the signed root"
			      : "the entries do not give the signed root",
	    &w);
	follow_found(follow, "%s", w.text);
}

enum err
follow_run(struct follow *follow, struct why *w)
{
	uint64_t size = follow->head.checkpoint.head.size;
	enum err err = ERR_OK;

	follow->start = follow->audited.edge.size;
	follow->told = follow->audited.edge;
	if (size < follow->start) {
		follow_found(follow,
		    "the log has %" PRIu64 " records, and had %" PRIu64
		    " when it was followed last",
		    size, follow->start);
		return ERR_OK;
	}
	/* nothing new: the last partial bundle need not be asked again */
	for (uint64_t n = follow->start / TILE_WIDTH;
	     follow->audited.edge.size < size && err == ERR_OK &&
	     !follow->is_stopped;
	     n++)
		err = follow_bundle(follow, n, w);
	if (err != ERR_OK || follow->is_stopped)
		return err;
	check_root(follow);
	if (follow->finding_count == 0)
		err = check_upper_tiles(follow, w);
	return err;
}
