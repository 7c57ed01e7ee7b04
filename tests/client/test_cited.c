#include "client/cited.h"

#include "tests/folder.h"
#include "tests/unit.h"

static char folder[FOLDER_MAX];
static struct trust trust;
static struct digest node;
static const struct hash first = { .bytes = { 1 } };
static const struct hash second = { .bytes = { 2 } };

static void
begin(void)
{
	struct hash hash = sha256_of(span_of_text("an artifact"));

	folder_make(folder);
	(void)snprintf(trust.dir, sizeof(trust.dir), "%s/log", folder);
	node = digest_sha256(&hash);
}

static bool
is(const struct hash *expected)
{
	struct hash got;

	return cited_get(&trust, &node, &got) && hash_equal(expected, &got);
}

static void
put(const struct hash *id, bool makes)
{
	assert_err(ERR_OK, cited_put(&trust, &node, id, makes, NULL));
}

static void
test_newest(void **state)
{
	struct hash got;

	(void)state;
	begin();
	assert_false(cited_get(&trust, &node, &got));
	put(&first, false);
	assert_true(is(&first));
	put(&second, false);
	assert_true(is(&second));
	folder_remove(folder);
}

/* A run is cited, whatever is said of its output afterwards. */
static void
test_what_makes_stays(void **state)
{
	(void)state;
	begin();
	put(&first, true);
	put(&second, false);
	assert_true(is(&first));
	put(&second, true);
	assert_true(is(&second));
	folder_remove(folder);
}

static void
test_damaged(void **state)
{
	static const char *const texts[] = { "", "\n", "0102\n",
		"01000000000000000000000000000000000000000000000000000000000000"
		"00",
		"01000000000000000000000000000000000000000000000000000000000000"
		"00"
		" made\n",
		"01000000000000000000000000000000000000000000000000000000000000"
		"00"
		"\n\n",
		"01000000000000000000000000000000000000000000000000000000000000"
		"0G"
		"\n" };
	char name[DIGEST_TEXT_MAX + 32];
	char path[DISK_PATH_MAX];
	struct hash got;

	(void)state;
	begin();
	put(&first, false);
	char text[DIGEST_TEXT_MAX];
	digest_print(&node, text);
	text[strlen("sha256")] = '-';
	(void)snprintf(name, sizeof(name), "subjects/%s", text);
	assert_err(ERR_OK, disk_join(trust.dir, name, path, NULL));
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		assert_err(
		    ERR_OK, disk_write(path, span_of_text(texts[i]), NULL));
		assert_false(cited_get(&trust, &node, &got));
	}
	put(&second, false);
	assert_true(is(&second));
	folder_remove(folder);
}

int
main(int argc, char **argv)
{
	UNIT(test_newest);
	UNIT(test_what_makes_stays);
	UNIT(test_damaged);
	return unit_run(argc, argv);
}
