/* recent: exact answers while ids come and go. */
#include "tests/unit.h"

#include "daemon/recent.h"

static struct hash
id_of(uint64_t number)
{
	return sha256_of(span_of(&number, sizeof(number)));
}

static void
expect(struct recent *recent, uint64_t from, uint64_t end, uint64_t last)
{
	assert_int_equal(end - from, recent_count(recent));
	for (uint64_t i = 0; i < last; i++) {
		struct hash id = id_of(i);
		uint64_t position = UINT64_MAX;
		bool is_there = recent_find(recent, &id, &position);
		assert_int_equal(i >= from && i < end, is_there);
		assert_true(!is_there || position == i);
	}
}

static void
test_fill_and_refuse(void **state)
{
	struct recent *recent = recent_new(7);

	(void)state;
	for (uint64_t i = 0; i < 8; i++) {
		struct hash id = id_of(i);
		assert_int_equal(i < 7, recent_add(recent, &id, i));
	}
	expect(recent, 0, 7, 9);
	recent_free(recent);
}

/* Every way to add and forget within a ring that turns several times. */
static void
test_turning(void **state)
{
	struct recent *recent = recent_new(13);
	uint64_t first = 0;
	uint64_t end = 0;

	(void)state;
	for (uint64_t round = 0; round < 60; round++) {
		uint64_t add = round * 7 % 14;
		for (uint64_t i = 0; i < add && end - first < 13; i++) {
			struct hash id = id_of(end);
			assert_true(recent_add(recent, &id, end++));
		}
		expect(recent, first, end, end + 3);
		first += (end - first) * (round % 4) / 3;
		recent_forget_below(recent, first);
		expect(recent, first, end, end + 3);
	}
	recent_free(recent);
}

static void
test_starts_anywhere(void **state)
{
	struct recent *recent = recent_new(4);
	struct hash id = id_of(1000);
	uint64_t position;

	(void)state;
	assert_true(recent_add(recent, &id, 1000));
	assert_true(recent_find(recent, &id, &position));
	assert_int_equal(1000, position);
	recent_forget_below(recent, UINT64_MAX);
	assert_int_equal(0, recent_count(recent));
	assert_false(recent_find(recent, &id, &position));
	assert_true(recent_add(recent, &id, 7));
	recent_free(recent);
	recent_free(NULL);
}

int
main(int argc, char **argv)
{
	UNIT(test_fill_and_refuse);
	UNIT(test_turning);
	UNIT(test_starts_anywhere);
	return unit_run(argc, argv);
}
