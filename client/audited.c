#include "client/audited.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/keyring_lines.h"
#include "schema/text.h"

#define STATE_MAX (NOTE_LEN_MAX + ((size_t)128 << 10))

void
audited_init(struct audited *audited)
{
	*audited = (struct audited){
		.keyring_entry = writer_heap(ENTRY_LEN_MAX),
	};
	key_random(audited->table_key, sizeof(audited->table_key));
}

void
audited_done(struct audited *audited)
{
	for (size_t i = 0; i < AUDITED_LEVELS; i++)
		free(audited->levels[i].hashes);
	free(audited->table);
	writer_done(&audited->keyring_entry);
	keyring_free(audited->keyring);
	*audited = (struct audited){ 0 };
}

/* ---- ids ---- */

static enum err
push(struct audited_level *level, const struct hash *hash)
{
	if (level->count == level->cap) {
		size_t cap = level->cap == 0 ? 256 : level->cap * 2;
		struct hash *hashes =
		    reallocarray(level->hashes, cap, sizeof(*hashes));
		if (hashes == NULL)
			return ERR_MEMORY;
		level->hashes = hashes;
		level->cap = cap;
	}
	level->hashes[level->count++] = *hash;
	return ERR_OK;
}

/* The place of this id in the table: its own, or the free one. */
static size_t
place_of(const struct audited *audited, const struct hash *id)
{
	size_t mask = audited->table_cap - 1;
	size_t at = (size_t)key_short_hash(audited->table_key, hash_span(id));

	for (at &= mask; audited->table[at] != 0; at = (at + 1) & mask) {
		uint32_t position = audited->table[at] - 1;
		if (hash_equal(&audited->levels[0].hashes[position], id))
			break;
	}
	return at;
}

static enum err
widen_table(struct audited *audited)
{
	size_t cap = audited->table_cap == 0 ? 1024 : audited->table_cap * 2;
	uint32_t *table = calloc(cap, sizeof(*table));

	if (table == NULL)
		return ERR_MEMORY;
	free(audited->table);
	audited->table = table;
	audited->table_cap = cap;
	for (size_t i = 0; i < audited->levels[0].count; i++) {
		size_t at = place_of(audited, &audited->levels[0].hashes[i]);
		if (table[at] == 0)
			table[at] = (uint32_t)i + 1;
	}
	return ERR_OK;
}

/* Node (8·L, n) of the tree is hash n of tile level L. */
static enum err
keep_made(struct audited *audited, const struct hash *made, size_t count)
{
	for (size_t level = 0; level < count; level++) {
		size_t tile_level = level / TILE_HEIGHT;
		if (level % TILE_HEIGHT != 0 || tile_level >= AUDITED_LEVELS)
			continue;
		if (push(&audited->levels[tile_level], &made[level]) != ERR_OK)
			return ERR_MEMORY;
	}
	return ERR_OK;
}

enum err
audited_append(struct audited *audited, const struct hash *leaf,
    uint64_t *ret_same, struct why *w)
{
	struct hash made[TREE_LEVELS];
	size_t position = audited->levels[0].count;

	if (position >= AUDITED_RECORDS_MAX)
		return why(w, ERR_LIMIT,
		    "audit: more records than this client follows (%" PRIu64
		    ")",
		    AUDITED_RECORDS_MAX);
	if (2 * position >= audited->table_cap &&
	    widen_table(audited) != ERR_OK)
		return why(w, ERR_MEMORY, "audit: out of memory");
	size_t at = place_of(audited, leaf);
	bool is_new = audited->table[at] == 0;
	*ret_same = is_new ? AUDITED_NEW : audited->table[at] - 1;
	size_t count = tree_append(&audited->edge, leaf, made);
	if (keep_made(audited, made, count) != ERR_OK)
		return why(w, ERR_MEMORY, "audit: out of memory");
	if (is_new)
		audited->table[at] = (uint32_t)position + 1;
	return ERR_OK;
}

struct span
audited_tile(const struct audited *audited, const struct tile *tile)
{
	const struct audited_level *level;

	if (tile->level >= AUDITED_LEVELS)
		return SPAN_EMPTY;
	level = &audited->levels[tile->level];
	if (tile->n > level->count / TILE_WIDTH ||
	    tile->n * TILE_WIDTH + tile->width > level->count)
		return SPAN_EMPTY;
	return span_of(level->hashes + tile->n * TILE_WIDTH,
	    (size_t)tile->width * sizeof(struct hash));
}

/* ---- the keyring in force ---- */

enum err
audited_set_keyring(struct audited *audited, struct keyring *keyring,
    uint64_t index, struct span entry, struct why *w)
{
	struct writer *kept = &audited->keyring_entry;

	writer_clear(kept);
	writer_span(kept, entry);
	if (writer_end(kept) != ERR_OK) {
		keyring_free(keyring);
		return why(w, ERR_MEMORY, "audit: out of memory");
	}
	keyring_free(audited->keyring);
	audited->keyring = keyring;
	audited->keyring_index = index;
	return ERR_OK;
}

const struct hash *
audited_keyring_id(const struct audited *audited)
{
	if (audited->keyring == NULL)
		return NULL;
	return &audited->levels[0].hashes[audited->keyring_index];
}

/* ---- reading it back ---- */

struct state {
	uint64_t keyring_index;
	struct span keyring_entry;
	struct checkpoint checkpoint;
};

static enum err
parse_state(struct span text, const struct note_key *key, struct arena *arena,
    struct state *ret, struct why *w)
{
	struct span line;
	struct span index;
	size_t len = 0;

	if (!span_starts(text, "keyring ") || !span_cut(&text, '\n', &line))
		return why(w, ERR_CORRUPT, "no keyring line");
	line = span_part(line, strlen("keyring "), line.len);
	if (!span_cut(&line, ' ', &index) ||
	    !text_undecimal(index, TREE_SIZE_MAX, &ret->keyring_index))
		return why(w, ERR_CORRUPT, "a broken keyring line");
	uint8_t *entry = arena_take(arena, line.len / 4 + 1, 3);
	if (entry == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	if (!text_unbase64(line, entry, &len))
		return why(w, ERR_CORRUPT, "a broken keyring line");
	ret->keyring_entry = span_of(entry, len);
	return checkpoint_verify(text, key, &ret->checkpoint, w);
}

static enum err
read_ids(
    struct audited *audited, const char *path, uint64_t size, struct why *w)
{
	FILE *file = fopen(path, "rbe");
	enum err err = ERR_OK;
	uint64_t same;

	if (file == NULL)
		return why(w, ERR_CORRUPT, "%s is missing", path);
	for (uint64_t i = 0; i < size && err == ERR_OK; i++) {
		struct hash id;
		if (fread(&id, sizeof(id), 1, file) != 1)
			err = why(w, ERR_CORRUPT, "%s is too short", path);
		else
			err = audited_append(audited, &id, &same, w);
	}
	(void)fclose(file); /* only read */
	return err;
}

/* The keyring's entry must be the leaf at its index: what it says was judged
 * when it was followed. */
static enum err
restore_keyring(struct audited *audited, const struct trust *trust,
    const struct state *state, struct arena *arena, struct why *w)
{
	struct keyring_lines context = { .trust = trust };
	struct keyring_source lines = keyring_lines_source(&context);
	struct envelope envelope;
	struct keyring *keyring = NULL;
	struct hash leaf = tree_leaf(state->keyring_entry);

	if (state->keyring_index >= audited->edge.size ||
	    !hash_equal(
		&leaf, &audited->levels[0].hashes[state->keyring_index]))
		return why(
		    w, ERR_CORRUPT, "the keyring is not the one followed");
	enum err err =
	    envelope_parse_entry(state->keyring_entry, arena, &envelope, w);
	if (err == ERR_OK)
		err = keyring_parse(envelope.payload, &lines, &keyring, w);
	if (err != ERR_OK)
		return err;
	return audited_set_keyring(
	    audited, keyring, state->keyring_index, state->keyring_entry, w);
}

static enum err
restore(struct audited *audited, const struct trust *trust,
    const struct state *state, struct arena *arena, struct why *w)
{
	char path[DISK_PATH_MAX];
	enum err err = disk_join(trust->dir, "audit/ids", path, w);

	if (err == ERR_OK)
		err = read_ids(audited, path, state->checkpoint.head.size, w);
	if (err != ERR_OK)
		return err;
	struct hash root = tree_edge_root(&audited->edge);
	if (!hash_equal(&root, &state->checkpoint.head.root))
		return why(w, ERR_CORRUPT, "%s gives another root", path);
	return restore_keyring(audited, trust, state, arena, w);
}

enum err
audited_load(struct audited *audited, const struct trust *trust,
    struct arena *arena, struct why *w)
{
	char path[DISK_PATH_MAX];
	struct span text;
	struct state *state = arena_take(arena, 1, sizeof(*state));
	enum err err = disk_join(trust->dir, "audit/state", path, w);

	if (state == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	if (err == ERR_OK)
		err = disk_read(path, STATE_MAX, arena, &text, w);
	if (err != ERR_OK)
		return err;
	err = parse_state(text, &trust->key, arena, state, w);
	if (err == ERR_OK)
		err = restore(audited, trust, state, arena, w);
	if (err == ERR_OK)
		return ERR_OK;
	why_prefix(w, "where the last audit stood");
	audited_done(audited);
	audited_init(audited);
	return err == ERR_MEMORY || err == ERR_LIMIT ? err : ERR_CORRUPT;
}

/* ---- keeping it ---- */

enum err
audited_save(const struct audited *audited, const struct trust *trust,
    uint64_t before, struct span note, struct why *w)
{
	char path[DISK_PATH_MAX];
	struct writer state = writer_heap(STATE_MAX);
	const struct audited_level *ids = &audited->levels[0];
	struct span fresh = span_of(
	    ids->hashes + before, (ids->count - before) * sizeof(struct hash));
	enum err err = disk_join(trust->dir, "audit", path, w);

	assert(audited->keyring != NULL);
	if (err == ERR_OK)
		err = disk_make_dirs(path, w);
	if (err == ERR_OK)
		err = disk_join(trust->dir, "audit/ids", path, w);
	if (err == ERR_OK)
		err =
		    disk_write_at(path, before * sizeof(struct hash), fresh, w);
	writer_format(&state, "keyring %" PRIu64 " ", audited->keyring_index);
	writer_base64(&state, writer_view(&audited->keyring_entry));
	writer_text(&state, "\n");
	writer_span(&state, note);
	if (err == ERR_OK)
		err = writer_end(&state);
	if (err == ERR_OK)
		err = disk_join(trust->dir, "audit/state", path, w);
	if (err == ERR_OK)
		err = disk_write(path, writer_view(&state), w);
	writer_done(&state);
	return err;
}
