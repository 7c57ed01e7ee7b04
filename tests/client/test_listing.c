/* listing, oms and sums: what becomes of lines in any order. */
#include "client/listing.h"

#include <fcntl.h>
#include <unistd.h>

#include "client/disk.h"
#include "client/hashing.h"
#include "client/line_reader.h"
#include "client/oms.h"
#include "client/sums.h"
#include "tests/folder.h"
#include "tests/unit.h"

static const struct output silent = { .is_quiet = true };
static char folder[FOLDER_MAX];

static const char *
at(const char *name)
{
	static char path[FOLDER_PATH_MAX];

	return folder_path(path, folder, name);
}

static void
put(const char *name, struct span bytes)
{
	int fd = open(at(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal((ssize_t)bytes.len, write(fd, bytes.data, bytes.len));
	close(fd);
}

static struct span
name_of(size_t number, char buffer[static 32])
{
	return span_of(buffer,
	    (size_t)snprintf(buffer, 32, "part-%zu/%zu", number % 7, number));
}

/* The n-th file's line; several have one digest. */
static struct manifest_line
line_of(size_t number, char buffer[static 32])
{
	size_t content = number % 1000;

	return (struct manifest_line){
		.digest = sha256_of(span_of(&content, sizeof(content))),
		.path = name_of(number, buffer),
	};
}

/* ---- listing, beside schema's own manifest_print ---- */

static void
check_listing(size_t count)
{
	struct listing_wish wish = { .fd = -1 };
	struct arena *arena = arena_new((size_t)64 << 20);
	struct manifest_line *lines = arena_take(arena, count, sizeof(*lines));
	struct writer expected = writer_heap((size_t)16 << 20);
	struct listing_result listed;
	struct span written;

	folder_make(folder);
	wish.fd = open(at("out"), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	struct listing *listing = listing_new(&wish);
	for (size_t i = 0; i < count; i++) {
		char name[32];
		struct manifest_line line = line_of(i, name);
		assert_err(ERR_OK, listing_add(listing, &line, NULL));
		lines[i] = line;
		lines[i].path = arena_copy(arena, line.path);
	}
	assert_err(ERR_OK, listing_end(listing, arena, &listed, NULL));
	assert_err(ERR_OK, manifest_print(lines, count, &expected, NULL));
	assert_err(ERR_OK,
	    disk_read(at("out"), (size_t)16 << 20, arena, &written, NULL));
	assert_span(writer_view(&expected), written);
	struct hash sha256 = sha256_of(written);
	struct hash root = manifest_root(written);
	assert_true(hash_equal(&sha256, &listed.set.sha256));
	assert_true(hash_equal(&root, &listed.set.root));
	assert_int_equal(count, listed.set.count);
	assert_int_equal(written.len, listed.set.len);
	assert_int_equal(
	    count <= LISTING_KEPT_MAX ? written.len : 0, listed.manifest.len);
	for (size_t i = 0; i < count && i < LISTING_KEPT_MAX; i++)
		assert_span(lines[i].path, listed.lines[i].path);
	listing_free(listing);
	close(wish.fd);
	writer_done(&expected);
	folder_remove(folder);
	arena_free(arena);
}

static void
test_listing(void **state)
{
	(void)state;
	check_listing(1);
	check_listing(2);
	check_listing(LISTING_KEPT_MAX);
	check_listing(LISTING_KEPT_MAX + 1);
	check_listing(20000);
}

/* Salted: the same files behind salts, each another one, each time others. */
static void
test_salted(void **state)
{
	struct listing_wish wish = { .is_salted = true, .fd = -1 };
	struct arena *arena = arena_new((size_t)16 << 20);
	struct manifest_salted *lines;
	struct listing_result listed[2];
	size_t count;

	(void)state;
	for (size_t round = 0; round < 2; round++) {
		struct listing *listing = listing_new(&wish);
		for (size_t i = 0; i < 700; i++) {
			char name[32];
			struct manifest_line line = line_of(i, name);
			assert_err(ERR_OK, listing_add(listing, &line, NULL));
		}
		assert_err(
		    ERR_OK, listing_end(listing, arena, &listed[round], NULL));
		assert_err(ERR_OK,
		    manifest_parse_salted(
			listed[round].manifest, arena, &lines, &count, NULL));
		assert_int_equal(700, count);
		struct hash root = manifest_root(listed[round].manifest);
		assert_true(hash_equal(&root, &listed[round].set.root));
		assert_null(listed[round].lines);
		listing_free(listing);
	}
	assert_false(hash_equal(&listed[0].set.root, &listed[1].set.root));
	arena_free(arena);
}

static void
test_refused(void **state)
{
	struct listing_wish wish = { .fd = -1, .checks_paths = true };
	struct arena *arena = arena_new((size_t)16 << 20);
	struct manifest_line line = { .path = span_of_text("../a") };
	struct listing_result listed;
	struct why w = { 0 };

	(void)state;
	struct listing *listing = listing_new(&wish);
	assert_err(ERR_SYNTAX, listing_add(listing, &line, &w));
	assert_err(ERR_NOT_FOUND, listing_end(listing, arena, &listed, &w));
	listing_free(listing);
	listing = listing_new(&wish);
	line.path = span_of_text("a/b");
	assert_err(ERR_OK, listing_add(listing, &line, NULL));
	line.digest.bytes[0] = 1;
	assert_err(ERR_OK, listing_add(listing, &line, NULL));
	assert_err(ERR_CONFLICT, listing_end(listing, arena, &listed, &w));
	assert_non_null(strstr(w.text, "\"a/b\" comes twice"));
	listing_free(listing);
	/* a disk that is full */
	wish.fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
	wish.checks_paths = false;
	listing = listing_new(&wish);
	assert_err(ERR_OK, listing_add(listing, &line, NULL));
	assert_err(ERR_FULL, listing_end(listing, arena, &listed, &w));
	listing_free(listing);
	listing_free(NULL);
	close(wish.fd);
	arena_free(arena);
}

/* ---- the OMS root ---- */

/* Words: the paths, in the order that model_signing 1.1.1 has them. */
static const struct oms_row {
	const char *name;
	const char *paths[6];
} oms_rows[] = {
	{ "one file", { "a" } },
	{ "by segments, not by bytes", { "a/b", "a-b", "a.b" } },
	{ "a folder before what its name begins", { "a/z/z", "a/zz", "aa" } },
	{ "deeper ones", { "a/b/c", "a/b-c", "a-b/c", "b" } },
	{ "control characters", { "a/b", "a\x01", "a\x01/b", "b" } },
	{ "further down, what Git keeps counts",
	    { "sub/.git", "sub/.gitignore" } },
};

static struct manifest_line
oms_line(const char *path)
{
	return (struct manifest_line){
		.digest = sha256_of(span_of_text(path)),
		.path = span_of_text(path),
	};
}

static void
test_oms(void **state)
{
	const struct oms_row *row = *state;
	static const char *const ignored[] = { ".git/config", ".gitignore",
		".gitattributes", ".github/x/y", ".git" };
	struct oms *oms = oms_new();
	struct sha256 sha256;
	struct hash root;
	size_t count = 0;

	sha256_init(&sha256);
	while (count < 6 && row->paths[count] != NULL) {
		struct manifest_line line = oms_line(row->paths[count++]);
		sha256_add(&sha256, hash_span(&line.digest));
	}
	struct hash expected = sha256_done(&sha256);
	for (size_t i = count; i > 0; i--) {
		struct manifest_line line = oms_line(row->paths[i - 1]);
		assert_err(ERR_OK, oms_add(oms, &line, NULL));
	}
	for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++) {
		struct manifest_line line = oms_line(ignored[i]);
		assert_err(ERR_OK, oms_add(oms, &line, NULL));
	}
	assert_err(ERR_OK, oms_end(oms, &root, NULL));
	assert_true(hash_equal(&expected, &root));
	oms_free(oms);
}

static void
test_oms_of_nothing(void **state)
{
	struct manifest_line line = oms_line(".gitignore");
	struct oms *oms = oms_new();
	struct hash root;

	(void)state;
	assert_err(ERR_OK, oms_add(oms, &line, NULL));
	assert_err(ERR_NOT_FOUND, oms_end(oms, &root, NULL));
	oms_free(oms);
	oms_free(NULL);
}

/* ---- lists of sums ---- */

#define HEX "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"
#define HEX_UPPER \
	"CA978112CA1BBDCAFAC231B39A23DC4DA786EFF8147C4E72B9807785AFEE48BB"

static const struct sums_row {
	const char *name;
	const char *text;
	enum err err;
	const char *part; /* the path, or a part of the sentence */
} sums_rows[] = {
	{ "sha256sum's line", HEX "  a\n", ERR_OK, "a" },
	{ "of a binary file", HEX " *a\n", ERR_OK, "a" },
	{ "with ./", HEX "  ./a/b\n", ERR_OK, "a/b" },
	{ "tagged", "SHA256 (a b) = " HEX "\n", ERR_OK, "a b" },
	{ "tagged, brackets in the name", "SHA256 (a) = b) = " HEX "\n", ERR_OK,
	    "a) = b" },
	{ "upper case", HEX_UPPER "  a\n", ERR_OK, "a" },
	{ "CR and empty lines", "\n\r\n" HEX "  a\r\n\n", ERR_OK, "a" },
	{ "no newline at the end", HEX "  a", ERR_OK, "a" },
	{ "a star in the name", HEX "  *a", ERR_OK, "*a" },
	{ "nothing", "", ERR_NOT_FOUND, "no file" },
	{ "one space", HEX " a\n", ERR_SYNTAX, "line 1" },
	{ "a short digest", "ca97  a\n", ERR_SYNTAX, "line 1" },
	{ "a comment", HEX "  a\n# b\n", ERR_SYNTAX, "line 2" },
	{ "an escaped name", "\\" HEX "  a\\nb\n", ERR_SYNTAX, "escaped" },
	{ "a way out", HEX "  ../a\n", ERR_SYNTAX, "relative" },
	{ "an absolute path", HEX "  /a\n", ERR_SYNTAX, "relative" },
	{ "no path", HEX "  \n", ERR_SYNTAX, "relative" },
	{ "a path twice", HEX "  a\n" HEX "  b\n" HEX "  ./a\n", ERR_CONFLICT,
	    "\"a\" comes twice" },
	{ "another tag", "MD5 (a) = " HEX "\n", ERR_SYNTAX, "line 1" },
	{ "tagged, and short", "SHA256 () = " HEX "\n", ERR_SYNTAX, "line 1" },
};

static void
test_sums(void **state)
{
	const struct sums_row *row = *state;
	struct hashing_wish wish = {
		.out = &silent, .is_sums = true, .fd = -1
	};
	struct arena *arena = arena_new((size_t)16 << 20);
	struct hashing hashing;
	struct why w = { 0 };

	folder_make(folder);
	put("sums", span_of_text(row->text));
	assert_err(
	    row->err, hashing_run(&wish, at("sums"), arena, &hashing, &w));
	if (row->err == ERR_OK) {
		struct hash expected = sha256_of(span_of_text("a"));
		assert_int_equal(1, hashing.count);
		assert_span_text(row->part, hashing.lines[0].path);
		assert_true(hash_equal(&expected, &hashing.lines[0].digest));
		assert_false(hashing.has_bytes);
	} else if (strstr(w.text, row->part) == NULL) {
		fail_msg("%s", w.text);
	}
	folder_remove(folder);
	arena_free(arena);
}

/* ---- lines ---- */

static void
test_lines(void **state)
{
	static uint8_t text[3 * LINE_READER_MAX + 2];
	struct line_reader *reader;
	struct span line;
	struct why w = { 0 };

	(void)state;
	folder_make(folder);
	memset(text, 'x', sizeof(text));
	text[LINE_READER_MAX] = '\n';
	text[LINE_READER_MAX + 1] = '\n';
	put("lines", span_of(text, 2 * LINE_READER_MAX + 2));
	assert_err(ERR_OK, line_reader_new(at("lines"), &reader, NULL));
	size_t lens[] = { LINE_READER_MAX, 0, LINE_READER_MAX };
	for (size_t i = 0; i < 3; i++) {
		assert_err(ERR_OK, line_reader_next(reader, &line, NULL));
		assert_non_null(line.data);
		assert_int_equal(lens[i], line.len);
		assert_int_equal(i + 1, line_reader_number(reader));
		assert_int_equal(i < 2, line_reader_is_ended(reader));
	}
	assert_err(ERR_OK, line_reader_next(reader, &line, NULL));
	assert_null(line.data);
	line_reader_free(reader);
	/* one byte more is too many */
	put("lines", span_of(text + 2, LINE_READER_MAX - 2));
	text[LINE_READER_MAX] = 'x';
	text[LINE_READER_MAX + 1] = 'x';
	put("lines", span_of(text, LINE_READER_MAX + 1));
	assert_err(ERR_OK, line_reader_new(at("lines"), &reader, NULL));
	assert_err(ERR_SYNTAX, line_reader_next(reader, &line, &w));
	assert_non_null(strstr(w.text, "line 1: longer"));
	line_reader_free(reader);
	put("lines", SPAN_EMPTY);
	assert_err(ERR_OK, line_reader_new(at("lines"), &reader, NULL));
	assert_err(ERR_OK, line_reader_next(reader, &line, NULL));
	assert_null(line.data);
	line_reader_free(reader);
	assert_err(ERR_MISSING, line_reader_new(at("none"), &reader, NULL));
	assert_err(ERR_OK, line_reader_new(folder, &reader, NULL));
	assert_err(ERR_IO, line_reader_next(reader, &line, NULL));
	line_reader_free(reader);
	line_reader_free(NULL);
	folder_remove(folder);
}

int
main(int argc, char **argv)
{
	UNIT(test_listing);
	UNIT(test_salted);
	UNIT(test_refused);
	UNIT_ROWS(oms_rows, test_oms);
	UNIT(test_oms_of_nothing);
	UNIT_ROWS(sums_rows, test_sums);
	UNIT(test_lines);
	return unit_run(argc, argv);
}
