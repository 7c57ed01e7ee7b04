/* quota: from both sides, for several at once; scrub: every copy, wherever. */
#include "daemon/quota.h"

#include "daemon/file.h"
#include "daemon/scrub.h"
#include "tests/folder.h"
#include "tests/unit.h"

static struct quota_names
names_of(const char *first, const char *second)
{
	struct quota_names names = { .count = 0 };

	quota_names_add(&names, span_of_text(first));
	if (second != NULL)
		quota_names_add(&names, span_of_text(second));
	return names;
}

static void
test_limit(void **state)
{
	struct quota *quota = quota_new(1000);
	struct quota_names a = names_of("a", NULL);
	struct why w = { "" };
	(void)state;

	assert_err(ERR_OK, quota_claim(quota, &a, 999, &w));
	assert_err(ERR_OK, quota_claim(quota, &a, 1, &w));
	assert_err(ERR_REFUSED, quota_claim(quota, &a, 1, &w));
	assert_string_equal(
	    "quota: a has 1000 of 1000 bytes here, so 1 more do not fit",
	    w.text);
	assert_err(ERR_OK, quota_claim(quota, &a, 0, &w));
	quota_drop(quota, &a, 500);
	assert_err(ERR_REFUSED, quota_claim(quota, &a, 501, &w));
	assert_err(ERR_REFUSED, quota_claim(quota, &a, UINT64_MAX, &w));
	assert_err(ERR_OK, quota_claim(quota, &a, 500, &w));
	assert_int_equal(1000, quota_used(quota, span_of_text("a")));
	quota_clear(quota);
	assert_int_equal(0, quota_used(quota, span_of_text("a")));
	quota_free(quota);
}

/* Who is full can keep nobody from what is his. */
static void
test_one_of_them_has_room(void **state)
{
	struct quota *quota = quota_new(100);
	struct quota_names a = names_of("a", NULL);
	struct quota_names both = names_of("a", "b");
	(void)state;

	assert_int_equal(2, both.count);
	assert_err(ERR_OK, quota_count(quota, &a, 100));
	assert_err(ERR_OK, quota_claim(quota, &both, 100, NULL));
	assert_int_equal(200, quota_used(quota, span_of_text("a")));
	assert_int_equal(100, quota_used(quota, span_of_text("b")));
	assert_err(ERR_REFUSED, quota_claim(quota, &both, 1, NULL));
	quota_drop(quota, &both, 1000);
	assert_int_equal(0, quota_used(quota, span_of_text("a")));
	quota_free(quota);
}

static void
test_names(void **state)
{
	struct quota_names names = names_of("a", "a");
	struct quota *quota = quota_new(0);
	char name[8];
	(void)state;

	assert_int_equal(1, names.count);
	for (unsigned i = 0; i < 100; i++) {
		(void)snprintf(name, sizeof(name), "p%u", i);
		quota_names_add(&names, span_of_text(name));
	}
	assert_int_equal(QUOTA_NAMES_MAX, names.count);
	assert_err(ERR_REFUSED, quota_claim(quota, &names, 1, NULL));
	assert_err(ERR_OK, quota_claim(quota, &names, 0, NULL));
	quota_free(quota);
}

/* ---- scrub ---- */

/* Copies at the places given, in a file long enough for several windows. */
static void
test_scrub(void **state)
{
	static const size_t places[] = { 0, 100, (4u << 20) - 50,
		(4u << 20) + 51, (8u << 20) - 99, (9u << 20) - 100 };
	const size_t len = 9u << 20;
	uint8_t secret[100];
	char folder[FOLDER_MAX];
	char path[FOLDER_PATH_MAX];
	uint8_t *bytes = calloc(1, len);
	struct arena *arena = arena_new(len + 4096);
	struct span read = SPAN_EMPTY;
	uint64_t count = 0;
	(void)state;

	folder_make(folder);
	folder_path(path, folder, "file");
	memset(bytes, 'x', len);
	for (size_t i = 0; i < sizeof(secret); i++)
		secret[i] = (uint8_t)(i + 1);
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		memcpy(bytes + places[i], secret, sizeof(secret));
	/* all but its last byte: not it */
	memcpy(bytes + 5000, secret, sizeof(secret) - 1);
	assert_err(ERR_OK, file_create(path, span_of(bytes, len), 0600, NULL));
	assert_err(ERR_OK,
	    scrub_file(path, span_of(secret, sizeof(secret)), &count, NULL));
	assert_int_equal(6, count);
	assert_err(ERR_OK, file_read(path, len, arena, &read, NULL));
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		memset(bytes + places[i], 0, sizeof(secret));
	assert_true(span_equal(span_of(bytes, len), read));
	assert_err(ERR_OK,
	    scrub_file(path, span_of(secret, sizeof(secret)), &count, NULL));
	assert_int_equal(0, count);
	assert_err(ERR_MISSING,
	    scrub_file("/nowhere/at/all", span_of(secret, 1), &count, NULL));
	arena_free(arena);
	free(bytes);
	folder_remove(folder);
}

int
main(int argc, char **argv)
{
	UNIT(test_limit);
	UNIT(test_one_of_them_has_room);
	UNIT(test_names);
	UNIT(test_scrub);
	return unit_run(argc, argv);
}
