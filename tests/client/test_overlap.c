#include "client/overlap.h"

#include <unistd.h>

#include "tests/unit.h"

static struct arena *arena;

/* A manifest of these digests' first bytes, or the digests alone. */
static void
make_side(struct overlap_side *side, struct list *list, const char *bytes,
    bool is_list)
{
	size_t count = strlen(bytes);
	struct hash *digests = arena_take(arena, count, sizeof(*digests));
	struct writer w = writer_heap(1 << 16);
	char path[] = "/tmp/headwater-overlap-XXXXXX";

	for (size_t i = 0; i < count; i++) {
		digests[i].bytes[0] = (uint8_t)bytes[i];
		writer_hex(&w, hash_span(&digests[i]));
		writer_format(&w, "  %02zu\n", i);
	}
	*side = (struct overlap_side){ .count = count, .digests = digests };
	if (is_list) {
		int fd = mkstemp(path);
		assert_true(fd >= 0 && unlink(path) == 0);
		assert_int_equal(w.len, write(fd, w.data, w.len));
		assert_int_equal(0, lseek(fd, 0, SEEK_SET));
		assert_err(ERR_OK, list_open(list, fd, "x", arena, NULL));
		side->list = list;
		side->sha256 = sha256_of(writer_view(&w));
	}
	writer_done(&w);
}

static const struct row {
	const char *name;
	const char *side;
	const char *other;
	const char *shared;
} rows[] = {
	{ "nothing in common", "aceg", "bdf", "" },
	{ "all in common", "abc", "abc", "abc" },
	{ "the first", "abc", "a", "a" },
	{ "the last", "abc", "c", "c" },
	{ "one below all", "bcd", "a", "" },
	{ "one above all", "bcd", "e", "" },
	{ "some", "abdfh", "bcfgh", "bfh" },
	{ "a file twice here", "abbc", "bd", "bb" },
	{ "a file twice there", "abc", "bbbc", "bc" },
};

static void
test_row(void **state)
{
	const struct row *row = *state;

	for (unsigned kinds = 0; kinds < 4; kinds++) {
		struct overlap_side side;
		struct overlap_side other;
		struct list lists[2];
		struct overlap overlap;
		arena_reset(arena);
		make_side(&side, &lists[0], row->side, (kinds & 1) != 0);
		make_side(&other, &lists[1], row->other, (kinds & 2) != 0);
		assert_err(
		    ERR_OK, overlap_find(&side, &other, arena, &overlap, NULL));
		assert_int_equal(strlen(row->side), overlap.files);
		assert_int_equal(strlen(row->other), overlap.other_files);
		assert_int_equal(strlen(row->shared), overlap.shared);
		for (size_t i = 0; i < overlap.kept; i++)
			assert_int_equal(
			    row->shared[i], overlap.matches[i].digest.bytes[0]);
		for (int i = 0; i < 2; i++) {
			if ((kinds & (1U << i)) != 0)
				close(lists[i].fd);
		}
	}
}

/* Bytes that are not those of the digest are no set, however they compare. */
static void
test_other_bytes(void **state)
{
	struct overlap_side side;
	struct overlap_side other;
	struct list lists[2];
	struct overlap overlap;
	struct why w = { "" };

	(void)state;
	for (unsigned wrong = 0; wrong < 2; wrong++) {
		arena_reset(arena);
		make_side(&side, &lists[0], "ab", true);
		make_side(&other, &lists[1], "cd", true);
		(wrong == 0 ? &side : &other)->sha256.bytes[3] ^= 1;
		assert_err(ERR_MISMATCH,
		    overlap_find(&side, &other, arena, &overlap, &w));
		close(lists[0].fd);
		close(lists[1].fd);
	}
}

int
main(int argc, char **argv)
{
	arena = arena_new((size_t)16 << 20);
	UNIT_ROWS(rows, test_row);
	UNIT(test_other_bytes);
	int failed = unit_run(argc, argv);
	arena_free(arena);
	return failed;
}
