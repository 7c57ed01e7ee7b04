/*
 * tile: C2SP tlog-tiles, the coordinates and the bytes of entry bundles.
 *
 * Paths are parsed from what follows `/tile/` and must re-print to themselves.
 * Threads: any.  Memory: the caller's.
 */
#ifndef HEADWATER_SCHEMA_TILE_H
#define HEADWATER_SCHEMA_TILE_H

#include <stdint.h>

#include "schema/err.h"
#include "schema/reader.h"
#include "schema/span.h"
#include "schema/writer.h"

#define TILE_WIDTH 256
#define TILE_HEIGHT 8
#define TILE_LEVEL_MAX 63
#define TILE_PATH_MAX 64     /* bytes of a printed path, with NUL */
#define TILE_ENTRY_MAX 65535 /* bytes of one entry: a u16 length */

struct tile {
	bool is_entries; /* `entries/…`: level is 0 */
	unsigned level;
	uint64_t n;
	unsigned width; /* 1 to 256; 256 has no `.p/` */
};

MUST_CHECK enum err tile_parse(struct span path, struct tile *ret);
void tile_print(const struct tile *tile, char out[static TILE_PATH_MAX]);

/* Leaves that stand below a tile's width: [begin, end); false on overflow. */
MUST_CHECK bool tile_leaves(
    const struct tile *tile, uint64_t *ret_begin, uint64_t *ret_end);

/* Width of tile (level, n) in a tree of `size`: 0 (not there) to 256. */
unsigned tile_width(unsigned level, uint64_t n, uint64_t size);

/* One entry of a bundle: u16 length, bytes. */
void tile_entry_write(struct writer *w, struct span entry);
struct span tile_entry_read(struct reader *r);

#endif
