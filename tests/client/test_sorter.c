#include "client/sorter.h"

#include <unistd.h>

#include "schema/sha256.h"
#include "tests/unit.h"

#define SMALL ((size_t)256 << 10)

/* ---- spill ---- */

/* A record of the number, 1 to SPILL_RECORD_MAX bytes long. */
static struct span
record_of(size_t number, uint8_t buffer[static SPILL_RECORD_MAX])
{
	char text[32];
	int len = snprintf(text, sizeof(text), "%zu.", number);
	size_t wanted = number % 97 == 0 ? SPILL_RECORD_MAX : number % 61 + 1;

	for (size_t i = 0; i < wanted; i++)
		buffer[i] = (uint8_t)text[i % (size_t)len];
	return span_of(buffer, wanted);
}

static void
check_spill(size_t count, size_t cap, bool expects_file)
{
	static uint8_t memory[1 << 20];
	static uint8_t ahead[SPILL_BUFFER_MIN];
	uint8_t expected[SPILL_RECORD_MAX];
	struct spill spill = spill_begin(memory, cap);
	struct span record;
	uint64_t half = 0;

	for (size_t i = 0; i < count; i++) {
		if (i == count / 2)
			half = spill.len;
		assert_err(
		    ERR_OK, spill_put(&spill, record_of(i, expected), NULL));
	}
	if (spill.fd >= 0)
		assert_err(ERR_OK, spill_flush(&spill, NULL));
	assert_int_equal(expects_file, spill.fd >= 0);
	/* all, then its second half */
	for (size_t from = 0; from <= count / 2; from += count / 2) {
		struct spill_reader reader = spill_read(&spill,
		    from == 0 ? 0 : half, spill.len, ahead, sizeof(ahead));
		for (size_t i = from; i < count; i++) {
			assert_err(ERR_OK, spill_next(&reader, &record, NULL));
			assert_span(record_of(i, expected), record);
		}
		assert_err(ERR_OK, spill_next(&reader, &record, NULL));
		assert_int_equal(0, record.len);
		assert_err(ERR_OK, spill_next(&reader, &record, NULL));
		assert_int_equal(0, record.len);
	}
	spill_end(&spill);
	spill_end(&spill);
}

static void
test_spill(void **state)
{
	(void)state;
	check_spill(2, SPILL_BUFFER_MIN * 2, false);
	check_spill(500, 1 << 20, false);
	check_spill(500, SPILL_BUFFER_MIN, true);
	check_spill(20000, SPILL_BUFFER_MIN, true);
}

/* Where no file can be made it says where, and which variable helps. */
static void
test_spill_nowhere(void **state)
{
	static uint8_t memory[SPILL_BUFFER_MIN];
	struct spill spill = spill_begin(memory, sizeof(memory));
	struct why w = { 0 };

	(void)state;
	assert_int_equal(0, setenv("TMPDIR", "/nowhere", 1));
	assert_err(ERR_OK, spill_put(&spill, span_of("x", 1), &w));
	assert_err(ERR_IO, spill_flush(&spill, &w));
	assert_non_null(strstr(w.text, "/nowhere"));
	assert_non_null(strstr(w.text, "TMPDIR"));
	assert_int_equal(0, unsetenv("TMPDIR"));
	spill_end(&spill);
}

/* ---- sorter ---- */

static void
check_sorter(size_t count, size_t memory)
{
	struct sorter *sorter = sorter_new(memory);
	uint8_t last[64] = { 0 };
	struct span before = span_of(last, 0);
	uint64_t sum = 0;
	struct span record;

	for (size_t i = 0; i < count; i++) {
		/* two of each */
		size_t number = i / 2;
		struct hash hash = sha256_of(span_of(&number, sizeof(number)));
		record = span_of(hash.bytes, 1 + hash.bytes[0] % HASH_LEN);
		assert_err(ERR_OK, sorter_add(sorter, record, NULL));
		for (size_t j = 0; j < record.len; j++)
			sum += record.data[j] * (j + 1);
	}
	assert_err(ERR_OK, sorter_sort(sorter, NULL));
	for (size_t i = 0; i < count; i++) {
		assert_err(ERR_OK, sorter_next(sorter, &record, NULL));
		assert_true(record.len > 0);
		assert_true(span_compare(before, record) <= 0);
		memcpy(last, record.data, record.len);
		before = span_of(last, record.len);
		for (size_t j = 0; j < record.len; j++)
			sum -= record.data[j] * (j + 1);
	}
	assert_int_equal(0, sum);
	for (size_t i = 0; i < 2; i++) {
		assert_err(ERR_OK, sorter_next(sorter, &record, NULL));
		assert_int_equal(0, record.len);
	}
	sorter_free(sorter);
}

static void
test_sorter(void **state)
{
	(void)state;
	check_sorter(0, SMALL);
	check_sorter(1, SMALL);
	check_sorter(2, SMALL);
	check_sorter(1000, SMALL);
	check_sorter(100000, SMALL << 2); /* seven runs */
	check_sorter(100000, SORTER_MEMORY);
	sorter_free(NULL);
}

/* The longer of two comes behind what it begins with, zeros and all. */
static void
test_order(void **state)
{
	static const char *const sorted[] = { "\1", "\1\1", "a", "a/", "a/b",
		"aa", "aaaaaaaa", "aaaaaaaaa", "aaaaaaab", "b" };
	size_t count = sizeof(sorted) / sizeof(sorted[0]);
	struct sorter *sorter = sorter_new(SMALL);
	struct span record;

	(void)state;
	for (size_t i = count; i > 0; i--)
		assert_err(ERR_OK,
		    sorter_add(sorter, span_of_text(sorted[i - 1]), NULL));
	assert_err(ERR_OK, sorter_add(sorter, span_of("a\0", 2), NULL));
	assert_err(ERR_OK, sorter_sort(sorter, NULL));
	for (size_t i = 0; i < count; i++) {
		assert_err(ERR_OK, sorter_next(sorter, &record, NULL));
		assert_span_text(sorted[i], record);
		if (strcmp(sorted[i], "a") != 0)
			continue;
		assert_err(ERR_OK, sorter_next(sorter, &record, NULL));
		assert_span(span_of("a\0", 2), record);
	}
	sorter_free(sorter);
}

/* More runs than can be read at once. */
static void
test_too_many(void **state)
{
	static uint8_t record[SPILL_RECORD_MAX];
	struct sorter *sorter = sorter_new(SMALL);
	struct why w = { 0 };
	enum err err = ERR_OK;
	size_t count = 0;

	(void)state;
	for (; err == ERR_OK && count < 10000; count++)
		err = sorter_add(sorter, span_of(record, sizeof(record)), &w);
	assert_err(ERR_LIMIT, err);
	assert_true(count > 80);
	assert_non_null(strstr(w.text, "too many"));
	sorter_free(sorter);
}

static void
test_nowhere(void **state)
{
	struct sorter *sorter = sorter_new(SMALL);
	uint8_t buffer[SPILL_RECORD_MAX];
	enum err err = ERR_OK;

	(void)state;
	assert_int_equal(0, setenv("TMPDIR", "/nowhere", 1));
	for (size_t i = 0; i < 200000 && err == ERR_OK; i++)
		err = sorter_add(sorter, record_of(i * 97, buffer), NULL);
	assert_err(ERR_IO, err);
	assert_int_equal(0, unsetenv("TMPDIR"));
	sorter_free(sorter);
}

int
main(int argc, char **argv)
{
	UNIT(test_spill);
	UNIT(test_spill_nowhere);
	UNIT(test_sorter);
	UNIT(test_order);
	UNIT(test_too_many);
	UNIT(test_nowhere);
	return unit_run(argc, argv);
}
