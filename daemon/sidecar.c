#include "daemon/sidecar.h"

#include <assert.h>
#include <string.h>

#include "schema/key.h"
#include "schema/reader.h"
#include "schema/writer.h"

#define MAGIC "hw-tree\n"
#define VERSION 1
#define CHECKED_LEN (SIDECAR_HEADER_LEN - HASH_LEN)
#define PROBES 6
#define LINES_IN_BLOCK 48 /* 10 bits for each */

uint64_t
sidecar_blocks(uint64_t bytes)
{
	return bytes / SIDECAR_LINE_MIN / LINES_IN_BLOCK + 1;
}

uint64_t
sidecar_chunks(uint64_t lines)
{
	return lines / SIDECAR_CHUNK_LINES + (lines % SIDECAR_CHUNK_LINES != 0);
}

uint64_t
sidecar_block_at(uint64_t block)
{
	return SIDECAR_HEADER_LEN + block * SIDECAR_BLOCK_LEN;
}

uint64_t
sidecar_chunk_at(uint64_t blocks, uint64_t chunk)
{
	return sidecar_block_at(blocks) + chunk * 8 +
	    tree_stored_count(chunk) * HASH_LEN;
}

uint64_t
sidecar_node_at(uint64_t blocks, struct tree_position node)
{
	/* it stands in the record of the last chunk that it covers */
	uint64_t last = ((node.n + 1) << node.level) - 1;

	return sidecar_chunk_at(blocks, last) + 8 +
	    (uint64_t)node.level * HASH_LEN;
}

uint64_t
sidecar_len(const struct sidecar_header *header)
{
	return sidecar_chunk_at(header->blocks, sidecar_chunks(header->lines));
}

void
sidecar_encode(
    const struct sidecar_header *header, uint8_t out[static SIDECAR_HEADER_LEN])
{
	struct writer w = writer_of(out, SIDECAR_HEADER_LEN);

	writer_text(&w, MAGIC);
	writer_u32(&w, VERSION);
	writer_u32(&w, SIDECAR_CHUNK_LINES);
	writer_u64(&w, header->bytes);
	writer_u64(&w, header->lines);
	writer_u64(&w, header->blocks);
	writer_span(&w, hash_span(&header->digest));
	writer_span(&w, hash_span(&header->root));
	while (w.len < CHECKED_LEN)
		writer_u8(&w, 0);
	struct hash sum = sha256_of(span_of(out, CHECKED_LEN));
	writer_span(&w, hash_span(&sum));
	assert(writer_end(&w) == ERR_OK);
}

enum err
sidecar_decode(
    const uint8_t in[static SIDECAR_HEADER_LEN], struct sidecar_header *ret)
{
	struct sidecar_header header = { .bytes = 0 };
	struct reader r = reader_of(span_of(in, SIDECAR_HEADER_LEN));
	struct hash sum = sha256_of(span_of(in, CHECKED_LEN));

	reader_expect(&r, MAGIC);
	reader_require(&r, reader_u32(&r) == VERSION);
	reader_require(&r, reader_u32(&r) == SIDECAR_CHUNK_LINES);
	header.bytes = reader_u64(&r);
	header.lines = reader_u64(&r);
	header.blocks = reader_u64(&r);
	reader_copy(&r, header.digest.bytes, HASH_LEN);
	reader_copy(&r, header.root.bytes, HASH_LEN);
	reader_require(&r,
	    header.bytes <= SIDECAR_BYTES_MAX && header.lines > 0 &&
		header.lines <= header.bytes / SIDECAR_LINE_MIN &&
		header.blocks == sidecar_blocks(header.bytes));
	if (r.err != ERR_OK ||
	    memcmp(sum.bytes, in + CHECKED_LEN, HASH_LEN) != 0)
		return ERR_CORRUPT;
	*ret = header;
	return ERR_OK;
}

/* ---- blocks of the filter ---- */

static uint64_t
number_at(const struct hash *digest, size_t at)
{
	struct reader r = reader_of(span_of(digest->bytes + at, 8));

	return reader_u64(&r);
}

/* The place of `digest` among all, as a part of `blocks`: it grows with the
 * digest. */
uint64_t
sidecar_block_of(const struct hash *digest, uint64_t blocks)
{
	uint64_t high = number_at(digest, 0) >> 32;

	/* by SIDECAR_BYTES_MAX; so the product fits */
	assert(blocks <= UINT32_MAX);
	return (high * blocks) >> 32;
}

void
sidecar_block_add(
    uint8_t block[static SIDECAR_BLOCK_LEN], const struct hash *digest)
{
	uint64_t bits = number_at(digest, 8);

	for (unsigned i = 0; i < PROBES; i++) {
		unsigned bit = (unsigned)(bits & 0x3ff) % SIDECAR_BLOCK_BITS;
		block[bit / 8] |= (uint8_t)(1 << bit % 8);
		bits >>= 10;
	}
}

static uint32_t
checksum(const uint8_t block[static SIDECAR_BLOCK_LEN], uint64_t number)
{
	uint8_t key[KEY_SHORT_LEN] = { 0 };
	struct writer w = writer_of(key, sizeof(key));

	/* of its number too: a block in another's place is seen */
	writer_u64(&w, number);
	return (uint32_t)key_short_hash(
	    key, span_of(block, SIDECAR_BLOCK_BITS / 8));
}

void
sidecar_block_seal(uint8_t block[static SIDECAR_BLOCK_LEN], uint64_t number)
{
	struct writer w = writer_of(block + SIDECAR_BLOCK_BITS / 8,
	    SIDECAR_BLOCK_LEN - SIDECAR_BLOCK_BITS / 8);

	writer_u32(&w, checksum(block, number));
}

bool
sidecar_block_is_whole(
    const uint8_t block[static SIDECAR_BLOCK_LEN], uint64_t number)
{
	struct reader r = reader_of(span_of(block + SIDECAR_BLOCK_BITS / 8,
	    SIDECAR_BLOCK_LEN - SIDECAR_BLOCK_BITS / 8));

	return reader_u32(&r) == checksum(block, number);
}

bool
sidecar_block_has(
    const uint8_t block[static SIDECAR_BLOCK_LEN], const struct hash *digest)
{
	uint8_t wanted[SIDECAR_BLOCK_LEN] = { 0 };

	sidecar_block_add(wanted, digest);
	for (size_t i = 0; i < SIDECAR_BLOCK_BITS / 8; i++) {
		if ((block[i] & wanted[i]) != wanted[i])
			return false;
	}
	return true;
}
