/*
 * sidecar: where things lie in the `.tree` file beside a manifest (FORMATS 6.2).
 *
 * Header, filter, then one record for each chunk of lines: its byte offset in
 * the manifest and the tree hashes that it completes, in the order of their
 * numbers.  A chunk's hash is the RFC 6962 root over its lines, so the tree over
 * the chunks is the upper part of the tree over the lines.  All of it comes from
 * the manifest's bytes in one pass and can be thrown away.
 *
 * The filter is Bloom's in blocks of 64 bytes.  A digest's first bytes choose the
 * block, so the blocks of a sorted manifest are filled one after the other.
 *
 * Threads: any.  Memory: the caller's.
 */
#ifndef HEADWATER_DAEMON_SIDECAR_H
#define HEADWATER_DAEMON_SIDECAR_H

#include "schema/manifest.h"

#define SIDECAR_SUFFIX ".tree"
#define SIDECAR_CHUNK_LINES 256
#define SIDECAR_BLOCK_LEN 64
#define SIDECAR_BLOCK_BITS 480 /* the last 4 bytes are its checksum */
#define SIDECAR_HEADER_LEN 160
/* digest, two spaces, a path of one byte or the most, LF */
#define SIDECAR_LINE_MIN (HASH_TEXT_LEN + 2 + 1 + 1)
#define SIDECAR_LINE_MAX (HASH_TEXT_LEN + 2 + MANIFEST_PATH_MAX + 1)

/* of a manifest: 120,000,000,000 lines; its blocks are counted in 32 bits */
#define SIDECAR_BYTES_MAX ((uint64_t)1 << 43)

struct sidecar_header {
	uint64_t bytes; /* of the manifest */
	uint64_t lines;
	uint64_t blocks;    /* of the filter */
	struct hash digest; /* SHA-256 of the manifest */
	struct hash root;
};

void sidecar_encode(const struct sidecar_header *header,
    uint8_t out[static SIDECAR_HEADER_LEN]);

/* ERR_CORRUPT unless each number fits the others. */
MUST_CHECK enum err sidecar_decode(
    const uint8_t in[static SIDECAR_HEADER_LEN], struct sidecar_header *ret);

/* How many there can be at most of so many bytes decides: 10 bits a line. */
uint64_t sidecar_blocks(uint64_t bytes);

uint64_t sidecar_chunks(uint64_t lines);
uint64_t sidecar_len(const struct sidecar_header *header);

/* Places in the file. */
uint64_t sidecar_block_at(uint64_t block);
uint64_t sidecar_chunk_at(uint64_t blocks, uint64_t chunk); /* its record */
uint64_t sidecar_node_at(uint64_t blocks, struct tree_position node);

/* ---- blocks of the filter ---- */

uint64_t sidecar_block_of(const struct hash *digest, uint64_t blocks);
void sidecar_block_add(
    uint8_t block[static SIDECAR_BLOCK_LEN], const struct hash *digest);
/* Puts its checksum; of an empty one too, so that a hole is seen. */
void sidecar_block_seal(
    uint8_t block[static SIDECAR_BLOCK_LEN], uint64_t number);
bool sidecar_block_is_whole(
    const uint8_t block[static SIDECAR_BLOCK_LEN], uint64_t number);
bool sidecar_block_has(
    const uint8_t block[static SIDECAR_BLOCK_LEN], const struct hash *digest);

#endif
