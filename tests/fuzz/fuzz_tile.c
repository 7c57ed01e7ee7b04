/* tile: a path that parses is the path of its tile; no arithmetic overflows. */
#include <assert.h>

#include "schema/tile.h"
#include "schema/tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct span path = span_of(data, len);
	struct tile tile;
	char back[TILE_PATH_MAX];
	uint64_t begin;
	uint64_t end;

	if (tile_parse(path, &tile) != ERR_OK)
		return 0;
	assert(tile.width >= 1 && tile.width <= TILE_WIDTH);
	tile_print(&tile, back);
	assert(span_is(path, back));
	if (tile_leaves(&tile, &begin, &end)) {
		assert(begin < end && end <= TREE_SIZE_MAX);
		/* just as wide as a tree that ends there has it */
		assert(tile_width(tile.level, tile.n, end) == tile.width);
	}
	(void)tile_width(tile.level, tile.n, UINT64_MAX);
	return 0;
}
