#include "schema/tile.h"

#include <assert.h>

#include "schema/text.h"
#include "schema/tree.h"

/* Any groups of digits that stand for a number; the form is judged later. */
static bool
parse_groups(struct span text, uint64_t *ret)
{
	uint64_t n = 0;

	for (size_t i = 0; i < text.len; i++) {
		uint8_t byte = text.data[i];
		if (byte == 'x' || byte == '/')
			continue;
		uint64_t digit = (uint64_t)byte - '0'; /* huge for others */
		if (digit > 9 || n > (TREE_SIZE_MAX - digit) / 10)
			return false;
		n = n * 10 + digit;
	}
	*ret = n;
	return true;
}

/* Takes `.p/<W>` off the end of `*path`. */
static bool
parse_width(struct span *path, unsigned *ret)
{
	size_t dot = span_find(*path, '.');
	struct span suffix = span_part(*path, dot, path->len);
	uint64_t width;

	*ret = TILE_WIDTH;
	if (suffix.len == 0)
		return true;
	if (!span_starts(suffix, ".p/") ||
	    !text_undecimal(
		span_part(suffix, 3, suffix.len), TILE_WIDTH - 1, &width) ||
	    width == 0)
		return false;
	*ret = (unsigned)width;
	path->len = dot;
	return true;
}

enum err
tile_parse(struct span path, struct tile *ret)
{
	struct tile tile = { .is_entries = false };
	char printed[TILE_PATH_MAX];
	struct span rest = path;
	struct span level_text;
	uint64_t level = 0;

	if (!span_cut(&rest, '/', &level_text))
		return ERR_SYNTAX;
	tile.is_entries = span_is(level_text, "entries");
	if (!tile.is_entries &&
	    !text_undecimal(level_text, TILE_LEVEL_MAX, &level))
		return ERR_SYNTAX;
	tile.level = (unsigned)level;
	if (!parse_width(&rest, &tile.width) || !parse_groups(rest, &tile.n))
		return ERR_SYNTAX;
	/* one path for each tile: the one that we would print */
	tile_print(&tile, printed);
	if (!span_is(path, printed))
		return ERR_SYNTAX;
	*ret = tile;
	return ERR_OK;
}

void
tile_print(const struct tile *tile, char out[static TILE_PATH_MAX])
{
	struct writer w = writer_of(out, TILE_PATH_MAX);
	uint64_t unit = 1; /* of the first group */

	while (tile->n / unit >= 1000)
		unit *= 1000;
	if (tile->is_entries)
		writer_text(&w, "entries");
	else
		writer_decimal(&w, tile->level);
	for (; unit >= 1; unit /= 1000) {
		writer_format(&w, unit > 1 ? "/x%03u" : "/%03u",
		    (unsigned)(tile->n / unit % 1000));
	}
	if (tile->width < TILE_WIDTH)
		writer_format(&w, ".p/%u", tile->width);
	writer_u8(&w, '\0');
	assert(writer_end(&w) == ERR_OK);
}

bool
tile_leaves(const struct tile *tile, uint64_t *ret_begin, uint64_t *ret_end)
{
	unsigned shift = tile->level * TILE_HEIGHT;
	uint64_t begin;
	uint64_t end;

	/* in nodes of this level, then in leaves */
	if (__builtin_mul_overflow(tile->n, (uint64_t)TILE_WIDTH, &begin) ||
	    __builtin_add_overflow(begin, (uint64_t)tile->width, &end))
		return false;
	if (shift >= 63 || end > (uint64_t)TREE_SIZE_MAX >> shift)
		return false;
	*ret_begin = begin << shift;
	*ret_end = end << shift;
	return true;
}

unsigned
tile_width(unsigned level, uint64_t n, uint64_t size)
{
	unsigned shift = level * TILE_HEIGHT;
	uint64_t count = shift < 64 ? size >> shift : 0;

	if (n > count / TILE_WIDTH)
		return 0;
	count -= n * TILE_WIDTH;
	return count < TILE_WIDTH ? (unsigned)count : TILE_WIDTH;
}

void
tile_entry_write(struct writer *w, struct span entry)
{
	assert(entry.len <= TILE_ENTRY_MAX);
	writer_u16(w, (uint16_t)entry.len);
	writer_span(w, entry);
}

struct span
tile_entry_read(struct reader *r)
{
	return reader_take(r, reader_u16(r));
}
