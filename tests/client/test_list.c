#include "client/list.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/unit.h"

#define A "2e7d2c03a9507ae265ecf5b5356885a53393a2029d241394997265a1a25aefc6"
#define B "3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d"
#define C "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"

static struct arena *arena;

/* A file of these bytes, at its start. */
static int
file_of(struct span bytes)
{
	char path[] = "/tmp/headwater-list-XXXXXX";
	int fd = mkstemp(path);

	assert_true(fd >= 0 && unlink(path) == 0);
	assert_int_equal(bytes.len, write(fd, bytes.data, bytes.len));
	assert_int_equal(0, lseek(fd, 0, SEEK_SET));
	return fd;
}

static enum err
read_all(struct list *list, struct span bytes, struct why *w)
{
	struct hash hash = sha256_of(bytes);
	int fd = file_of(bytes);

	arena_reset(arena);
	assert_err(ERR_OK, list_open(list, fd, "x", arena, w));
	list_want_root(list);
	enum err err = list_next(list, w);
	while (err == ERR_OK && !list->is_at_end)
		err = list_next(list, w);
	if (err == ERR_OK)
		err = list_expect(list, &hash, w);
	close(fd);
	return err;
}

static const struct row {
	const char *name;
	const char *text;
	enum err err;
	const char *sentence;
} rows[] = {
	{ "one line", A "  a\n", ERR_OK, "" },
	{ "three", A "  c\n" B "  b\n" C "  a\n", ERR_OK, "" },
	{ "one content twice", A "  a\n" A "  b\n", ERR_OK, "" },
	{ "no LF", A "  a\n" B "  b", ERR_MISMATCH,
	    "x: line 2 has no LF: it is cut short" },
	{ "unsorted", B "  b\n" A "  a\n", ERR_MISMATCH,
	    "x: line 2 is not above the one before: it is not sorted" },
	{ "unsorted paths", A "  b\n" A "  a\n", ERR_MISMATCH,
	    "x: line 2 is not above the one before: it is not sorted" },
	{ "a line twice", A "  a\n" A "  a\n", ERR_MISMATCH,
	    "x: line 2 is not above the one before: it is not sorted" },
	{ "one space", A " a\n", ERR_MISMATCH,
	    "x: line 1 is no line of a manifest" },
	{ "a path that leads out", A "  ../a\n", ERR_MISMATCH,
	    "x: line 1 is no line of a manifest" },
	{ "an empty line", A "  a\n\n", ERR_MISMATCH,
	    "x: line 2 is no line of a manifest" },
	{ "nothing", "", ERR_MISMATCH, "x: it is empty" },
};

static void
test_row(void **state)
{
	const struct row *row = *state;
	struct list list;
	struct why w = { "" };

	assert_err(row->err, read_all(&list, span_of_text(row->text), &w));
	assert_string_equal(row->sentence, w.text);
	if (row->err != ERR_OK)
		return;
	struct hash root = manifest_root(span_of_text(row->text));
	struct hash got = list_root(&list);
	assert_true(hash_equal(&root, &got));
}

/* Lines across the ends of the buffer, and as long as they can be. */
static void
test_long(void **state)
{
	struct writer w = writer_heap((size_t)64 << 20);
	static char path[MANIFEST_PATH_MAX + 1];
	struct list *list = malloc(sizeof(*list));
	struct why reason = { "" };

	(void)state;
	assert_non_null(list);
	for (unsigned i = 0; i < 20000; i++) {
		size_t len = i % 500 == 0 ? MANIFEST_PATH_MAX : 1 + i % 200;
		memset(path, 'p', len);
		writer_format(&w, "%064x  ", i);
		writer_bytes(&w, path, len);
		writer_text(&w, "\n");
	}
	assert_err(ERR_OK, writer_end(&w));
	assert_err(ERR_OK, read_all(list, writer_view(&w), &reason));
	assert_int_equal(20000, list->count);
	struct hash root = manifest_root(writer_view(&w));
	struct hash got = list_root(list);
	assert_true(hash_equal(&root, &got));
	writer_clear(&w);
	memset(path, 'p', MANIFEST_PATH_MAX);
	writer_text(&w, A "  ");
	writer_bytes(&w, path, MANIFEST_PATH_MAX);
	writer_text(&w, "p\n");
	assert_err(ERR_MISMATCH, read_all(list, writer_view(&w), &reason));
	writer_clear(&w);
	/* without an LF no more is kept than a line can have */
	for (size_t i = 0; i < 3 * LIST_BUFFER_LEN; i++)
		writer_u8(&w, 'a');
	assert_err(ERR_MISMATCH, read_all(list, writer_view(&w), &reason));
	assert_string_equal(
	    "x: line 1 is longer than a line can be", reason.text);
	writer_done(&w);
	free(list);
}

static void
test_other_bytes(void **state)
{
	struct hash other = sha256_of(span_of_text("other"));
	struct list list;
	struct why w = { "" };
	int fd = file_of(span_of_text(A "  a\n"));

	(void)state;
	assert_err(ERR_OK, list_open(&list, fd, "x", arena, &w));
	while (!list.is_at_end)
		assert_err(ERR_OK, list_next(&list, &w));
	assert_err(ERR_MISMATCH, list_expect(&list, &other, &w));
	assert_string_equal(
	    "x: its bytes have another sha256 than the one asked for", w.text);
	close(fd);
	/* a folder is no file */
	fd = open("/", O_RDONLY | O_CLOEXEC);
	assert_err(ERR_OK, list_open(&list, fd, "x", arena, &w));
	assert_err(ERR_IO, list_next(&list, &w));
	close(fd);
}

int
main(int argc, char **argv)
{
	arena = arena_new((size_t)64 << 20);
	UNIT_ROWS(rows, test_row);
	UNIT(test_long);
	UNIT(test_other_bytes);
	int failed = unit_run(argc, argv);
	arena_free(arena);
	return failed;
}
