/* tile_cache: what is whole is kept, within its bytes; what is wanted stays. */
#include "tests/unit.h"

#include "daemon/tile_cache.h"

#include <pthread.h>
#include <stdatomic.h>

#define TILE_LEN ((size_t)8192)
#define MANY 5000 /* more than it has slots */

static struct tile
tile_of(bool is_entries, unsigned level, uint64_t n)
{
	return (struct tile){ is_entries, level, n, TILE_WIDTH };
}

/* Bytes that tell whose they are. */
static void
keep(struct tile_cache *cache, const struct tile *tile, size_t len)
{
	uint8_t *bytes = calloc(len, 1);

	assert_non_null(bytes);
	for (size_t i = 0; i < len; i++)
		bytes[i] = (uint8_t)(tile->n + tile->level * 31 +
		    tile->is_entries * 101 + i);
	tile_cache_keep(cache, tile, span_of(bytes, len));
	free(bytes);
}

static bool
is_kept(struct tile_cache *cache, const struct tile *tile)
{
	struct tile_bytes *bytes = tile_cache_hold(cache, tile);

	if (bytes == NULL)
		return false;
	struct span view = tile_bytes_view(bytes);
	bool is_right = true;
	for (size_t i = 0; i < view.len; i++)
		is_right = is_right &&
		    view.data[i] ==
			(uint8_t)(tile->n + tile->level * 31 +
			    tile->is_entries * 101 + i);
	tile_bytes_let_go(bytes);
	assert_true(is_right);
	return true;
}

static void
test_apart(void **state)
{
	struct tile_cache *cache = tile_cache_new(TILE_LEN * 64);
	(void)state;

	for (uint64_t n = 0; n < 5; n++)
		for (unsigned level = 0; level < 4; level++) {
			struct tile tile = tile_of(false, level, n);
			assert_false(is_kept(cache, &tile));
			keep(cache, &tile, TILE_LEN);
			assert_true(is_kept(cache, &tile));
		}
	struct tile bundle = tile_of(true, 0, 3);
	assert_false(is_kept(cache, &bundle));
	keep(cache, &bundle, 3 * TILE_LEN);
	assert_true(is_kept(cache, &bundle));
	struct tile tile = tile_of(false, 0, 3);
	assert_true(is_kept(cache, &tile));
	/* a second thread made it too */
	keep(cache, &tile, TILE_LEN);
	assert_true(is_kept(cache, &tile));
	tile_cache_free(cache);
	tile_cache_free(NULL);
}

/* Neither part of a tile, nor in a cache of nothing, nor what takes too much. */
static void
test_not_kept(void **state)
{
	struct tile_cache *cache = tile_cache_new(TILE_LEN * 8);
	struct tile tile = tile_of(false, 0, 1);
	(void)state;

	tile.width = 255;
	keep(cache, &tile, TILE_LEN);
	assert_null(tile_cache_hold(cache, &tile));
	tile.width = TILE_WIDTH;
	keep(cache, &tile, TILE_LEN + 1);
	assert_false(is_kept(cache, &tile));
	keep(cache, &tile, TILE_LEN);
	assert_true(is_kept(cache, &tile));
	tile.width = 255; /* the whole one is no answer to that */
	assert_null(tile_cache_hold(cache, &tile));
	tile_cache_free(cache);
	cache = tile_cache_new(0);
	tile.width = TILE_WIDTH;
	keep(cache, &tile, TILE_LEN);
	assert_false(is_kept(cache, &tile));
	tile_cache_free(cache);
}

/* A reader of everything passes; what is asked for meanwhile stays. */
static void
test_wanted_stays(void **state)
{
	struct tile_cache *cache = tile_cache_new(TILE_LEN * 32);
	struct tile wanted = tile_of(false, 1, 0);
	size_t kept = 0;
	(void)state;

	keep(cache, &wanted, TILE_LEN);
	for (uint64_t n = 0; n < 1000; n++) {
		struct tile tile = tile_of(false, 0, n);
		assert_true(is_kept(cache, &wanted));
		keep(cache, &tile, TILE_LEN);
	}
	for (uint64_t n = 0; n < 1000; n++) {
		struct tile tile = tile_of(false, 0, n);
		kept += is_kept(cache, &tile);
	}
	assert_true(is_kept(cache, &wanted));
	assert_int_equal(31, kept); /* and itself: no byte more */
	tile_cache_free(cache);
}

/* Small ones: it has no more slots, whatever there is room for. */
static void
test_many(void **state)
{
	struct tile_cache *cache = tile_cache_new((size_t)64 << 20);
	size_t kept = 0;
	(void)state;

	for (uint64_t n = 0; n < MANY; n++) {
		struct tile tile = tile_of(true, 0, n);
		keep(cache, &tile, 16);
		assert_true(is_kept(cache, &tile));
	}
	for (uint64_t n = 0; n < MANY; n++) {
		struct tile tile = tile_of(true, 0, n);
		kept += is_kept(cache, &tile);
	}
	assert_int_equal(4096, kept);
	tile_cache_free(cache);
}

/* What is held stays, and then there is no room for others. */
static void
test_held(void **state)
{
	struct tile_cache *cache = tile_cache_new(TILE_LEN * 8);
	struct tile_bytes *held[8];
	struct tile tile;
	(void)state;

	for (uint64_t n = 0; n < 8; n++) {
		tile = tile_of(false, 0, n);
		keep(cache, &tile, TILE_LEN);
		held[n] = tile_cache_hold(cache, &tile);
		assert_non_null(held[n]);
	}
	tile = tile_of(false, 0, 100);
	keep(cache, &tile, TILE_LEN);
	assert_false(is_kept(cache, &tile));
	tile_bytes_let_go(held[3]);
	keep(cache, &tile, TILE_LEN);
	assert_true(is_kept(cache, &tile));
	for (uint64_t n = 0; n < 8; n++) {
		tile = tile_of(false, 0, n);
		assert_int_equal(n != 3, is_kept(cache, &tile));
		if (n != 3)
			tile_bytes_let_go(held[n]);
	}
	tile_cache_free(cache);
}

/* ---- from several threads ---- */

static atomic_uint odd_count;

static void *
hammer(void *context)
{
	for (uint64_t i = 0; i < 3000; i++) {
		struct tile tile = tile_of(false, 0, i * 7 % 97);
		struct tile_bytes *bytes = tile_cache_hold(context, &tile);
		if (bytes == NULL) {
			uint8_t all[64];
			memset(all, (int)tile.n, sizeof(all));
			tile_cache_keep(
			    context, &tile, span_of(all, sizeof(all)));
			continue;
		}
		if (tile_bytes_view(bytes).data[63] != (uint8_t)tile.n)
			atomic_fetch_add(&odd_count, 1);
		tile_bytes_let_go(bytes);
	}
	return NULL;
}

static void
test_threads(void **state)
{
	struct tile_cache *cache = tile_cache_new(64 * 40);
	pthread_t threads[4];
	(void)state;

	for (size_t i = 0; i < 4; i++)
		assert_int_equal(
		    0, pthread_create(&threads[i], NULL, hammer, cache));
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(0, pthread_join(threads[i], NULL));
	assert_int_equal(0, odd_count);
	tile_cache_free(cache);
}

int
main(int argc, char **argv)
{
	UNIT(test_apart);
	UNIT(test_not_kept);
	UNIT(test_wanted_stays);
	UNIT(test_many);
	UNIT(test_held);
	UNIT(test_threads);
	return unit_run(argc, argv);
}
