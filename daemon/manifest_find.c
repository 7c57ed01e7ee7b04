#include <assert.h>
#include <string.h>

#include "daemon/manifest_inner.h"

/* ---- finding ---- */

static int
compare(const uint8_t *text, const char *digest)
{
	return memcmp(text, digest, HASH_TEXT_LEN);
}

/* The last chunk whose first line is below the digest; 0 where none is. */
static enum err
find_chunk(const struct manifest_file *file, const char *digest, uint64_t *ret,
    struct why *w)
{
	uint64_t low = 0; /* it, or one above it */
	uint64_t high = file->chunks;
	uint8_t first[HASH_TEXT_LEN];

	while (high - low > 1) {
		uint64_t middle = low + (high - low) / 2;
		uint64_t offset;
		enum err err = manifest_read_offset(file, middle, &offset, w);
		if (err != ERR_OK)
			return err;
		err = manifest_read(file->fd, offset, first, sizeof(first));
		if (err != ERR_OK)
			return why(w, err, "manifest: it cannot be read");
		if (compare(first, digest) < 0)
			low = middle;
		else
			high = middle;
	}
	*ret = low;
	return ERR_OK;
}

static size_t
count_below(const struct manifest_file *file, const char *digest)
{
	size_t low = 0;
	size_t high = file->line_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (compare(manifest_line_at(file, middle).data, digest) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

enum err
manifest_file_find(struct manifest_file *file, const struct hash *digest,
    uint64_t *ret_index, bool *ret_is_there, struct why *w)
{
	char text[HASH_TEXT_MAX];
	uint64_t chunk = 0;
	struct span line;

	hash_print(digest, text);
	enum err err = find_chunk(file, text, &chunk, w);
	if (err == ERR_OK)
		err = manifest_load(file, chunk, w);
	if (err != ERR_OK)
		return err;
	size_t below = count_below(file, text);
	uint64_t index = chunk * SIDECAR_CHUNK_LINES + below;
	/* what led here were bytes that nobody had hashed: now they are */
	if (below == 0 && chunk > 0)
		return manifest_bad_lines(w, chunk);
	if (index == file->header.lines) {
		*ret_index = index;
		*ret_is_there = false;
		return ERR_OK;
	}
	err = manifest_file_line(file, index, &line, w);
	if (err != ERR_OK)
		return err;
	int order = compare(line.data, text);
	if (order < 0)
		return manifest_bad_lines(w, index / SIDECAR_CHUNK_LINES);
	*ret_index = index;
	*ret_is_there = order == 0;
	return ERR_OK;
}

/* ---- proofs ---- */

enum err
manifest_file_proof(struct manifest_file *file, uint64_t index,
    struct tree_proof *ret, struct why *w)
{
	struct tree_range ranges[TREE_PROOF_MAX];
	struct tree_proof proof = { .count = 0 };
	uint64_t chunk = index / SIDECAR_CHUNK_LINES;
	size_t at = index % SIDECAR_CHUNK_LINES;

	assert(index < file->header.lines);
	enum err err = manifest_load(file, chunk, w);
	if (err != ERR_OK)
		return err;
	/* within the chunk, then the chunk among all */
	size_t count = tree_inclusion_ranges(at, file->line_count, ranges);
	for (size_t i = 0; i < count; i++)
		proof.hashes[proof.count++] =
		    manifest_hash_lines(file, ranges[i]);
	count = tree_inclusion_ranges(chunk, file->chunks, ranges);
	for (size_t i = 0; err == ERR_OK && i < count; i++)
		err = manifest_read_range(
		    file, ranges[i], &proof.hashes[proof.count++], w);
	if (err != ERR_OK)
		return err;
	if (tree_verify_inclusion(index, file->header.lines, &file->leaves[at],
		&proof, &file->header.root) != ERR_OK)
		return manifest_bad_sidecar(w, "a hash in it is wrong");
	*ret = proof;
	return ERR_OK;
}

enum err
manifest_file_may_have(struct manifest_file *file, const struct hash *digest,
    bool *ret, struct why *w)
{
	uint8_t block[SIDECAR_BLOCK_LEN];
	uint64_t number = sidecar_block_of(digest, file->header.blocks);
	enum err err = manifest_read_sidecar(
	    file, sidecar_block_at(number), block, sizeof(block), w);

	if (err != ERR_OK)
		return err;
	if (!sidecar_block_is_whole(block, number))
		return manifest_bad_sidecar(
		    w, "a block of its filter is wrong");
	*ret = sidecar_block_has(block, digest);
	return ERR_OK;
}
