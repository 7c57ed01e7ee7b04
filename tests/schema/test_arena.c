/* arena: aligned, zeroed, bounded. */
#include "tests/unit.h"

#include <stdalign.h>

#include "schema/arena.h"

static void
test_pieces_are_aligned_and_zeroed(void **state)
{
	struct arena *arena = arena_new((size_t)1 << 20);
	(void)state;

	for (size_t round = 0; round < 3; round++) {
		for (size_t size = 1; size < 200; size++) {
			uint8_t *at = arena_take(arena, 3, size);
			assert_non_null(at);
			assert_int_equal(
			    0, (uintptr_t)at % alignof(max_align_t));
			for (size_t i = 0; i < 3 * size; i++)
				assert_int_equal(0, at[i]);
			memset(at, 0xff, 3 * size);
		}
		arena_reset(arena);
		assert_int_equal(0, arena_used(arena));
	}
	arena_free(arena);
}

static void
test_limit_from_both_sides(void **state)
{
	struct arena *arena = arena_new(64);
	(void)state;

	assert_null(arena_take(arena, 1, 65));
	assert_non_null(arena_take(arena, 2, 32));
	assert_int_equal(64, arena_used(arena));
	assert_null(arena_take(arena, 1, 1));
	arena_reset(arena);
	assert_non_null(arena_take(arena, 64, 1));
	arena_free(arena);
}

static void
test_large_pieces_after_small_ones(void **state)
{
	struct arena *arena = arena_new((size_t)4 << 20);
	(void)state;

	assert_non_null(arena_take(arena, 1, 10));
	assert_non_null(arena_take(arena, 1, 1000000));
	assert_non_null(arena_take(arena, 1, 2000000));
	assert_null(arena_take(arena, 1, 2000000));
	arena_reset(arena);
	assert_non_null(arena_take(arena, 1, 2000000));
	arena_free(arena);
}

static void
test_overflow_is_refused(void **state)
{
	struct arena *arena = arena_new(SIZE_MAX);
	(void)state;

	assert_null(arena_take(arena, SIZE_MAX / 2, 3));
	assert_null(arena_take(arena, SIZE_MAX, SIZE_MAX));
	assert_non_null(arena_take(arena, 0, SIZE_MAX));
	arena_free(arena);
}

static void
test_copies_end_in_nul(void **state)
{
	struct arena *arena = arena_new(1024);
	char text[] = "abc";
	(void)state;

	struct span copy = arena_copy(arena, span_of(text, 3));
	text[0] = 'x';
	assert_span_text("abc", copy);
	assert_int_equal(0, copy.data[3]);
	copy = arena_copy(arena, SPAN_EMPTY);
	assert_non_null(copy.data);
	assert_int_equal(0, copy.len);
	static uint8_t large[1024];
	copy = arena_copy(arena, span_of(large, sizeof(large)));
	assert_null(copy.data);
	arena_free(arena);
}

static void
test_freeing_nothing_is_fine(void **state)
{
	struct arena *arena = arena_new(10);
	(void)state;

	arena_free(NULL);
	arena_reset(arena); /* never used */
	arena_free(arena);
}

int
main(int argc, char **argv)
{
	UNIT(test_pieces_are_aligned_and_zeroed);
	UNIT(test_limit_from_both_sides);
	UNIT(test_large_pieces_after_small_ones);
	UNIT(test_overflow_is_refused);
	UNIT(test_copies_end_in_nul);
	UNIT(test_freeing_nothing_is_fine);
	return unit_run(argc, argv);
}
