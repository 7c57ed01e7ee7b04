#include "daemon/manifest_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include "daemon/file.h"
#include "tests/daemon/manifest_kit.h"

static char folder[FOLDER_MAX];
static char path[FOLDER_PATH_MAX];
static char tree_path[FOLDER_PATH_MAX];

static struct manifest_file *
open_fine(void)
{
	struct manifest_file *file = NULL;
	struct why w = { "" };

	enum err err = manifest_file_open(path, &file, &w);
	if (err != ERR_OK)
		print_message("# %s\n", w.text);
	assert_err(ERR_OK, err);
	return file;
}

static struct manifest_file *
make(struct span text, size_t step, struct sidecar_header *ret)
{
	struct why w = { "" };

	kit_write(path, text);
	enum err err = kit_build(tree_path, text, step, ret, &w);
	if (err != ERR_OK)
		print_message("# %s\n", w.text);
	assert_err(ERR_OK, err);
	return open_fine();
}

/* ---- against a search that looks at every line ---- */

static void
check_proof(struct manifest_file *file, uint64_t index, struct span expected,
    const struct hash *root)
{
	struct tree_proof proof;
	struct span line;

	assert_err(ERR_OK, manifest_file_line(file, index, &line, NULL));
	assert_span(expected, line);
	struct hash leaf = tree_leaf(line);
	assert_err(ERR_OK, manifest_file_proof(file, index, &proof, NULL));
	assert_err(ERR_OK,
	    tree_verify_inclusion(
		index, manifest_file_count(file), &leaf, &proof, root));
}

static void
check_find(struct manifest_file *file, const struct kit_line *lines,
    size_t count, const struct hash *digest)
{
	uint64_t index;
	bool is_there;
	bool may_have;
	size_t below = 0;

	while (below < count && hash_compare(&lines[below].digest, digest) < 0)
		below++;
	assert_err(
	    ERR_OK, manifest_file_find(file, digest, &index, &is_there, NULL));
	assert_int_equal(below, index);
	bool expected =
	    below < count && hash_equal(&lines[below].digest, digest);
	assert_int_equal(expected, is_there);
	assert_err(
	    ERR_OK, manifest_file_may_have(file, digest, &may_have, NULL));
	assert_true(may_have || !expected);
}

/* One below and one above, so that each gap and both ends are asked for. */
static void
check_around(struct manifest_file *file, const struct kit_line *lines,
    size_t count, size_t at)
{
	struct hash digest = lines[at].digest;

	check_find(file, lines, count, &digest);
	digest.bytes[HASH_LEN - 1]--;
	check_find(file, lines, count, &digest);
	digest.bytes[HASH_LEN - 1] += 2;
	check_find(file, lines, count, &digest);
}

static void
check_size(size_t count, size_t stride)
{
	struct kit_line *lines = kit_lines(count);
	struct writer text = kit_text(lines, count);
	struct span rest = writer_view(&text);
	struct sidecar_header header;
	struct manifest_file *file = make(rest, 4096, &header);
	struct hash root = manifest_root(rest);
	struct hash lowest = { { 0 } };
	struct hash highest;
	struct span line;

	assert_true(hash_equal(&root, &header.root));
	struct hash digest = sha256_of(rest);
	assert_true(hash_equal(&digest, &header.digest));
	assert_int_equal(count, manifest_file_count(file));
	memset(&highest, 0xff, sizeof(highest));
	check_find(file, lines, count, &lowest);
	check_find(file, lines, count, &highest);
	for (size_t i = 0; i < count; i++) {
		assert_true(span_cut(&rest, '\n', &line));
		if (i % stride != 0 && i + 2 < count)
			continue;
		check_proof(file, i, line, &root);
		check_around(file, lines, count, i);
	}
	manifest_file_close(file);
	writer_done(&text);
	free(lines);
}

static void
test_all_small_sizes(void **state)
{
	(void)state;
	for (size_t count = 1; count <= 600; count++)
		check_size(count, count <= 40 ? 1 : 37);
}

static void
test_larger_sizes(void **state)
{
	static const size_t sizes[] = { 768, 1024, 1025, 4095, 4096, 4097,
		20000, 65536 + 255 };

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		check_size(sizes[i], 211);
}

/* A file that is there under many names fills more than one chunk. */
static void
test_one_digest_many_names(void **state)
{
	static struct kit_line lines[1000];
	struct hash root;
	struct sidecar_header header;

	(void)state;
	for (unsigned i = 0; i < 1000; i++)
		lines[i] = (struct kit_line){ kit_digest(i < 700 ? 1 : 2), i };
	qsort(lines, 1000, sizeof(lines[0]), kit_compare);
	struct writer text = kit_text(lines, 1000);
	struct manifest_file *file = make(writer_view(&text), 100, &header);
	root = manifest_root(writer_view(&text));
	assert_true(hash_equal(&root, &header.root));
	for (size_t i = 0; i < 1000; i += 299)
		check_around(file, lines, 1000, i);
	manifest_file_close(file);
	writer_done(&text);
}

/* FORMATS 6.2's example. */
static void
test_vector(void **state)
{
	struct arena *arena = arena_new((size_t)1 << 20);
	struct sidecar_header header;
	struct span text = SPAN_EMPTY;
	struct span expected = SPAN_EMPTY;
	struct span made = SPAN_EMPTY;

	(void)state;
	assert_err(ERR_OK,
	    file_read("schema/vectors/manifest/valid-three.txt", 65536, arena,
		&text, NULL));
	assert_err(ERR_OK,
	    file_read("schema/vectors/manifest/valid-three.tree", 65536, arena,
		&expected, NULL));
	assert_err(ERR_OK, kit_build(tree_path, text, 1000, &header, NULL));
	assert_err(ERR_OK, file_read(tree_path, 65536, arena, &made, NULL));
	assert_span(expected, made);
	arena_free(arena);
}

/* The same sidecar, however the bytes were cut. */
static void
test_any_cut(void **state)
{
	struct kit_line *lines = kit_lines(700);
	struct writer text = kit_text(lines, 700);
	struct arena *arena = arena_new((size_t)1 << 20);
	struct sidecar_header header;
	struct span first = SPAN_EMPTY;

	(void)state;
	for (size_t step = 1; step < 80000; step = step * 3 + 1) {
		struct span bytes;
		FILE *file;
		uint8_t *room = arena_take(arena, 100000, 1);

		assert_err(ERR_OK,
		    kit_build(
			tree_path, writer_view(&text), step, &header, NULL));
		file = fopen(tree_path, "re");
		assert_non_null(file);
		bytes = span_of(room, fread(room, 1, 100000, file));
		(void)fclose(file);
		if (first.len == 0)
			first = bytes;
		assert_true(span_equal(first, bytes));
		assert_int_equal(sidecar_len(&header), bytes.len);
	}
	arena_free(arena);
	writer_done(&text);
	free(lines);
}

/* ---- what is refused ---- */

#define A "000000000000000000000000000000000000000000000000000000000000000a"
#define B "000000000000000000000000000000000000000000000000000000000000000b"

struct bad_row {
	const char *name;
	const char *text;
	enum err err;
	const char *sentence; /* a part of it */
};

static const struct bad_row bad_rows[] = {
	{ "empty", "", ERR_SYNTAX, "no lines" },
	{ "unsorted digests", B "  a\n" A "  b\n", ERR_SYNTAX,
	    "line 2: unsorted" },
	{ "unsorted paths", A "  b\n" A "  a\n", ERR_SYNTAX,
	    "line 2: unsorted" },
	{ "duplicate", A "  a\n" A "  a\n", ERR_SYNTAX, "line 2: duplicate" },
	{ "no newline at the end", A "  a\n" B "  b", ERR_SYNTAX,
	    "line 2: truncated" },
	{ "an empty line", A "  a\n\n" B "  b\n", ERR_SYNTAX, "line 2: 64" },
	{ "upper case",
	    "000000000000000000000000000000000000000000000000000000000000000A"
	    "  a\n",
	    ERR_SYNTAX, "line 1: 64" },
	{ "one space", A " a\n", ERR_SYNTAX, "line 1: 64" },
	{ "binary mode", A " *a\n", ERR_SYNTAX, "line 1: 64" },
	{ "absolute path", A "  /a\n", ERR_SYNTAX, "line 1: 64" },
	{ "upward path", A "  a/../b\n", ERR_SYNTAX, "line 1: 64" },
	{ "a carriage return", A "  a\r\n", ERR_SYNTAX, "line 1: 64" },
	{ "not UTF-8", A "  \xff\n", ERR_SYNTAX, "UTF-8" },
	{ "no path", A "  \n", ERR_SYNTAX, "line 1: 64" },
};

static void
test_bad(void **state)
{
	const struct bad_row *row = *state;
	struct span text = span_of_text(row->text);

	for (size_t step = 1; step <= text.len + 1; step += 7) {
		struct sidecar_header header;
		struct why w = { "" };

		assert_err(row->err, kit_build(NULL, text, step, &header, &w));
		if (strstr(w.text, row->sentence) == NULL)
			print_message("# %s\n", w.text);
		assert_non_null(strstr(w.text, row->sentence));
	}
}

static void
test_lengths(void **state)
{
	struct manifest_build *build;
	struct sidecar_header header;
	struct why w = { "" };
	struct span text = span_of_text(A "  a\n");
	struct hash digest = sha256_of(text);

	(void)state;
	assert_err(
	    ERR_OK, manifest_build_new(NULL, text.len + 1, &build, NULL));
	assert_err(ERR_OK, manifest_build_add(build, text, NULL));
	assert_err(
	    ERR_MISMATCH, manifest_build_end(build, &digest, &header, &w));
	assert_string_equal("manifest: truncated: 68 of 69 bytes", w.text);
	manifest_build_free(build);
	assert_err(
	    ERR_OK, manifest_build_new(NULL, text.len - 1, &build, NULL));
	assert_err(ERR_TOO_LARGE, manifest_build_add(build, text, &w));
	manifest_build_free(build);
	assert_err(ERR_TOO_LARGE,
	    manifest_build_new(NULL, SIDECAR_BYTES_MAX + 1, &build, NULL));
}

static void
test_longest_line(void **state)
{
	struct writer w = writer_heap(8192);
	struct sidecar_header header;

	(void)state;
	for (size_t over = 0; over < 2; over++) {
		writer_clear(&w);
		writer_text(&w, A "  ");
		for (size_t i = 0; i < MANIFEST_PATH_MAX + over; i++)
			writer_u8(&w, 'x');
		writer_text(&w, "\n");
		assert_err(over == 0 ? ERR_OK : ERR_SYNTAX,
		    kit_build(NULL, writer_view(&w), 1000, &header, NULL));
	}
	writer_done(&w);
}

/* ---- damage ---- */

static void
flip(const char *name, off_t at, uint8_t bits)
{
	FILE *file = fopen(name, "r+e");
	int byte;

	assert_non_null(file);
	assert_int_equal(0, fseeko(file, at, SEEK_SET));
	byte = fgetc(file);
	assert_int_not_equal(EOF, byte);
	assert_int_equal(0, fseeko(file, at, SEEK_SET));
	assert_int_equal(byte ^ bits, fputc(byte ^ bits, file));
	assert_int_equal(0, fclose(file));
}

/* Asks everything: each answer is ERR_CORRUPT or right; were any refused? */
static bool
ask_all(const struct kit_line *lines, size_t count, const struct hash *root)
{
	struct manifest_file *file;
	bool is_seen = false;

	if (manifest_file_open(path, &file, NULL) != ERR_OK)
		return true;
	for (size_t i = 0; i < count; i += 5) {
		const struct hash *digest = &lines[i].digest;
		struct tree_proof proof;
		struct span line;
		uint64_t index;
		bool is_there;
		enum err err =
		    manifest_file_find(file, digest, &index, &is_there, NULL);
		if (err == ERR_OK)
			assert_true(is_there && index <= i);
		is_seen = is_seen || err != ERR_OK;
		err = manifest_file_may_have(file, digest, &is_there, NULL);
		if (err == ERR_OK)
			assert_true(is_there);
		is_seen = is_seen || err != ERR_OK;
		err = manifest_file_proof(file, i, &proof, NULL);
		is_seen = is_seen || err != ERR_OK;
		if (err != ERR_OK ||
		    manifest_file_line(file, i, &line, NULL) != ERR_OK)
			continue;
		struct hash leaf = tree_leaf(line);
		assert_err(ERR_OK,
		    tree_verify_inclusion(i, count, &leaf, &proof, root));
	}
	manifest_file_close(file);
	return is_seen;
}

static void
test_damage(void **state)
{
	const size_t count = 900;
	struct kit_line *lines = kit_lines(count);
	struct writer text = kit_text(lines, count);
	struct sidecar_header header;
	struct stat st;
	size_t seen = 0;
	size_t tried = 0;

	(void)state;
	manifest_file_close(make(writer_view(&text), 5000, &header));
	assert_false(ask_all(lines, count, &header.root));
	assert_int_equal(0, stat(tree_path, &st));
	for (off_t at = 0; at < st.st_size; at += 3) {
		flip(tree_path, at, 1 << at % 8);
		seen += ask_all(lines, count, &header.root);
		tried++;
		flip(tree_path, at, 1 << at % 8);
	}
	/* padding of hashes that no question here needs may be missed, no more */
	assert_true(seen * 10 >= tried * 9);
	assert_int_equal(0, stat(path, &st));
	for (off_t at = 0; at < st.st_size; at += 997) {
		flip(path, at, 4);
		assert_true(ask_all(lines, count, &header.root));
		flip(path, at, 4);
	}
	for (off_t len = 0; len < (off_t)sidecar_len(&header); len += 501) {
		assert_err(ERR_OK,
		    kit_build(
			tree_path, writer_view(&text), 5000, &header, NULL));
		assert_int_equal(0, truncate(tree_path, len));
		assert_true(ask_all(lines, count, &header.root));
	}
	writer_done(&text);
	free(lines);
}

static void
test_missing(void **state)
{
	struct manifest_file *file;
	struct why w = { "" };
	char other[FOLDER_PATH_MAX];

	(void)state;
	assert_err(ERR_MISSING,
	    manifest_file_open(
		folder_path(other, folder, "nothing"), &file, &w));
	kit_write(other, span_of_text(A "  a\n"));
	assert_err(ERR_CORRUPT, manifest_file_open(other, &file, &w));
	assert_string_equal(
	    "manifest: its sidecar is damaged: it is missing", w.text);
}

int
main(int argc, char **argv)
{
	folder_make(folder);
	folder_path(path, folder, "manifest");
	folder_path(tree_path, folder, "manifest" SIDECAR_SUFFIX);
	UNIT(test_all_small_sizes);
	UNIT(test_larger_sizes);
	UNIT(test_one_digest_many_names);
	UNIT(test_vector);
	UNIT(test_any_cut);
	UNIT_ROWS(bad_rows, test_bad);
	UNIT(test_lengths);
	UNIT(test_longest_line);
	UNIT(test_damage);
	UNIT(test_missing);
	int failed = unit_run(argc, argv);
	folder_remove(folder);
	return failed;
}
