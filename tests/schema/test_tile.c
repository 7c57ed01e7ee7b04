/* tile: one path each, and arithmetic that does not overflow. */
#include "tests/unit.h"

#include "schema/tile.h"
#include "schema/tree.h"

struct path_row {
	const char *name;
	const char *path;
	struct tile tile; /* width 0: refused */
};

static const struct path_row path_rows[] = {
	{ "path: the first", "0/000", { false, 0, 0, 256 } },
	{ "path: partial", "0/000.p/1", { false, 0, 0, 1 } },
	{ "path: 255 wide", "0/000.p/255", { false, 0, 0, 255 } },
	{ "path: three digits", "1/999", { false, 1, 999, 256 } },
	{ "path: four digits", "1/x001/000", { false, 1, 1000, 256 } },
	{ "path: C2SP's example", "2/x001/x234/067.p/8",
	    { false, 2, 1234067, 8 } },
	{ "path: level 63", "63/005", { false, 63, 5, 256 } },
	{ "path: entries", "entries/x001/000", { true, 0, 1000, 256 } },
	{ "path: partial entries", "entries/000.p/7", { true, 0, 0, 7 } },
	{ "path: the largest n", "0/x009/x223/x372/x036/x854/x775/807",
	    { false, 0, INT64_MAX, 256 } },
	{ "path: a larger n", "0/x009/x223/x372/x036/x854/x775/808", { 0 } },
	{ "path: far too large", "0/x999/x999/x999/x999/x999/x999/x999/999",
	    { 0 } },
	{ "path: level 64", "64/000", { 0 } },
	{ "path: level 00", "00/000", { 0 } },
	{ "path: level -1", "-1/000", { 0 } },
	{ "path: one digit", "0/5", { 0 } },
	{ "path: four digits at once", "0/0005", { 0 } },
	{ "path: a group too many", "0/x000/005", { 0 } },
	{ "path: x at the last group", "0/x001/x000", { 0 } },
	{ "path: no x", "0/001/000", { 0 } },
	{ "path: upper-case X", "0/X001/000", { 0 } },
	{ "path: 0 wide", "0/000.p/0", { 0 } },
	{ "path: 256 wide", "0/000.p/256", { 0 } },
	{ "path: 01 wide", "0/000.p/01", { 0 } },
	{ "path: no width", "0/000.p/", { 0 } },
	{ "path: half a suffix", "0/000.p", { 0 } },
	{ "path: another suffix", "0/000.q/1", { 0 } },
	{ "path: two suffixes", "0/000.p/1.p/1", { 0 } },
	{ "path: a slash at the end", "0/000/", { 0 } },
	{ "path: two slashes", "0//000", { 0 } },
	{ "path: a slash in front", "/0/000", { 0 } },
	{ "path: no n", "0/", { 0 } },
	{ "path: no slash", "0", { 0 } },
	{ "path: nothing", "", { 0 } },
	{ "path: static-ct's name", "data/000", { 0 } },
	{ "path: dot dot", "0/../000", { 0 } },
	{ "path: a space", "0/000 ", { 0 } },
	{ "path: a query", "0/000?a", { 0 } },
};

static void
test_path(void **state)
{
	const struct path_row *row = *state;
	struct tile tile = { .width = 0 };
	char printed[TILE_PATH_MAX];
	enum err err = tile_parse(span_of_text(row->path), &tile);

	if (row->tile.width == 0) {
		assert_err(ERR_SYNTAX, err);
		assert_int_equal(0, tile.width);
		return;
	}
	assert_err(ERR_OK, err);
	assert_int_equal(row->tile.is_entries, tile.is_entries);
	assert_int_equal(row->tile.level, tile.level);
	assert_true(row->tile.n == tile.n);
	assert_int_equal(row->tile.width, tile.width);
	tile_print(&tile, printed);
	assert_string_equal(row->path, printed);
}

static void
test_round_trip(void **state)
{
	(void)state;
	for (uint64_t n = 0; n < TREE_SIZE_MAX / 7; n = n * 7 + 1) {
		struct tile tile = { .level = (unsigned)(n % 64), .n = n };
		struct tile back;
		char path[TILE_PATH_MAX];
		tile.width = (unsigned)(n % 256) + 1;
		tile.is_entries = n % 64 == 0;
		tile_print(&tile, path);
		assert_err(ERR_OK, tile_parse(span_of_text(path), &back));
		assert_true(back.n == n && back.level == tile.level &&
		    back.width == tile.width &&
		    back.is_entries == tile.is_entries);
	}
}

struct width_row {
	const char *name;
	unsigned level;
	uint64_t n;
	uint64_t size;
	unsigned expected;
};

static const struct width_row width_rows[] = {
	{ "width: an empty tree", 0, 0, 0, 0 },
	{ "width: one leaf", 0, 0, 1, 1 },
	{ "width: 255", 0, 0, 255, 255 },
	{ "width: full", 0, 0, 256, 256 },
	{ "width: its parent", 1, 0, 256, 1 },
	{ "width: the next is not there", 0, 1, 256, 0 },
	{ "width: the next", 0, 1, 257, 1 },
	{ "width: 70000 at level 0", 0, 273, 70000, 112 },
	{ "width: 70000 at level 1", 1, 1, 70000, 17 },
	{ "width: 70000 at level 2", 2, 0, 70000, 1 },
	{ "width: 70000 at level 3", 3, 0, 70000, 0 },
	{ "width: level 63", 63, 0, TREE_SIZE_MAX, 0 },
	{ "width: level 7", 7, 0, TREE_SIZE_MAX, 127 },
	{ "width: level 8", 8, 0, TREE_SIZE_MAX, 0 },
	{ "width: the largest n", 0, INT64_MAX, TREE_SIZE_MAX, 0 },
	{ "width: beyond it", 0, UINT64_MAX, UINT64_MAX, 0 },
};

static void
test_width(void **state)
{
	const struct width_row *row = *state;

	assert_int_equal(
	    row->expected, tile_width(row->level, row->n, row->size));
}

struct leaves_row {
	const char *name;
	struct tile tile;
	bool expected;
	uint64_t begin;
	uint64_t end;
};

static const struct leaves_row leaves_rows[] = {
	{ "leaves: the first", { false, 0, 0, 256 }, true, 0, 256 },
	{ "leaves: partial", { false, 0, 2, 3 }, true, 512, 515 },
	{ "leaves: level 1", { false, 1, 1, 2 }, true, 65536, 66048 },
	{ "leaves: level 7", { false, 7, 0, 127 }, true, 0,
	    (uint64_t)127 << 56 },
	{ "leaves: too wide at level 7", { false, 7, 0, 128 }, false, 0, 0 },
	{ "leaves: level 8", { false, 8, 0, 1 }, false, 0, 0 },
	{ "leaves: level 63", { false, 63, 0, 1 }, false, 0, 0 },
	{ "leaves: the largest n", { false, 0, INT64_MAX, 1 }, false, 0, 0 },
	{ "leaves: the last tile", { false, 0, INT64_MAX / 256, 255 }, true,
	    INT64_MAX - 255, INT64_MAX },
};

static void
test_leaves(void **state)
{
	const struct leaves_row *row = *state;
	uint64_t begin = 0;
	uint64_t end = 0;

	assert_int_equal(row->expected, tile_leaves(&row->tile, &begin, &end));
	assert_true(row->begin == begin);
	assert_true(row->end == end);
}

static void
test_bundle(void **state)
{
	static uint8_t large[TILE_ENTRY_MAX];
	static uint8_t bytes[TILE_ENTRY_MAX + 16];
	struct writer w = writer_of(bytes, sizeof(bytes));
	(void)state;

	tile_entry_write(&w, span_of_text("one"));
	tile_entry_write(&w, SPAN_EMPTY);
	tile_entry_write(&w, span_of(large, sizeof(large)));
	struct span bundle = writer_view(&w);
	assert_memory_equal("\0\003one\0\0\xff\xff", bundle.data, 9);
	struct reader r = reader_of(bundle);
	assert_span_text("one", tile_entry_read(&r));
	assert_span_text("", tile_entry_read(&r));
	assert_int_equal(TILE_ENTRY_MAX, tile_entry_read(&r).len);
	assert_err(ERR_OK, reader_end(&r));
	r = reader_of(span_part(bundle, 0, 4)); /* cut within an entry */
	assert_int_equal(0, tile_entry_read(&r).len);
	assert_err(ERR_SYNTAX, reader_end(&r));
}

int
main(int argc, char **argv)
{
	UNIT_ROWS(path_rows, test_path);
	UNIT(test_round_trip);
	UNIT_ROWS(width_rows, test_width);
	UNIT_ROWS(leaves_rows, test_leaves);
	UNIT(test_bundle);
	return unit_run(argc, argv);
}
