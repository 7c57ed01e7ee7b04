#include "client/ahead.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "schema/sha256.h"
#include "tests/folder.h"
#include "tests/unit.h"

#define PIECE ((uint64_t)AHEAD_PIECE_LEN)

static uint8_t buffer[AHEAD_BUFFER_LEN];

/* A file that no two pieces of are equal. */
static int
make(const char *path, uint64_t size)
{
	uint32_t words[1024];
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	for (uint64_t done = 0; done < size;) {
		for (size_t i = 0; i < 1024; i++)
			words[i] = (uint32_t)(done / sizeof(words) * 1024 + i);
		uint64_t left = size - done;
		size_t len =
		    left < sizeof(words) ? (size_t)left : sizeof(words);
		assert_int_equal((ssize_t)len, write(fd, words, len));
		done += len;
	}
	return fd;
}

static struct hash
hash_plainly(int fd)
{
	struct sha256 sha256;
	uint8_t bytes[4096];
	ssize_t len;

	sha256_init(&sha256);
	assert_int_equal(0, lseek(fd, 0, SEEK_SET));
	while ((len = read(fd, bytes, sizeof(bytes))) > 0)
		sha256_add(&sha256, span_of(bytes, (size_t)len));
	assert_int_equal(0, len);
	return sha256_done(&sha256);
}

/* All that comes, in its order. */
static uint64_t
take_all(int fd, uint64_t size, struct hash *ret)
{
	struct ahead ahead;
	struct sha256 sha256;
	struct span piece;
	uint64_t taken = 0;

	sha256_init(&sha256);
	assert_true(ahead_begin(&ahead, fd, size, buffer));
	do {
		assert_int_equal(ERR_OK, ahead_next(&ahead, &piece));
		sha256_add(&sha256, piece);
		taken += piece.len;
	} while (piece.len > 0);
	/* and there it stays */
	assert_int_equal(ERR_OK, ahead_next(&ahead, &piece));
	assert_int_equal(0, piece.len);
	ahead_end(&ahead);
	*ret = sha256_done(&sha256);
	return taken;
}

static void
test_all_sizes_come_in_order(void **state)
{
	static const uint64_t sizes[] = { 0, 1, PIECE - 1, PIECE, PIECE + 1,
		AHEAD_BUFFER_LEN - 1, AHEAD_BUFFER_LEN, AHEAD_BUFFER_LEN + 1,
		17 * PIECE + 5 };
	char folder[FOLDER_MAX];
	char path[FOLDER_PATH_MAX];

	(void)state;
	folder_make(folder);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		int fd = make(folder_path(path, folder, "file"), sizes[i]);
		struct hash expected = hash_plainly(fd);
		struct hash got;
		assert_int_equal(sizes[i], take_all(fd, sizes[i], &got));
		assert_true(hash_equal(&expected, &got));
		close(fd);
	}
	folder_remove(folder);
}

static void
test_shorter_and_longer_files(void **state)
{
	char folder[FOLDER_MAX];
	char path[FOLDER_PATH_MAX];
	struct hash got;

	(void)state;
	folder_make(folder);
	int fd = make(folder_path(path, folder, "file"), 5 * PIECE + 7);
	assert_int_equal(5 * PIECE + 7, take_all(fd, 40 * PIECE, &got));
	assert_int_equal(3 * PIECE, take_all(fd, 3 * PIECE, &got));
	close(fd);
	folder_remove(folder);
}

static void
test_an_error_is_told(void **state)
{
	struct ahead ahead;
	struct span piece;
	char folder[FOLDER_MAX];

	(void)state;
	folder_make(folder);
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(ahead_begin(&ahead, fd, 10 * PIECE, buffer));
	assert_int_equal(ERR_IO, ahead_next(&ahead, &piece));
	assert_int_equal(EISDIR, errno);
	ahead_end(&ahead);
	close(fd);
	folder_remove(folder);
}

/* Readers that wait for room are let go. */
static void
test_it_may_end_early(void **state)
{
	struct ahead ahead;
	struct span piece;
	char folder[FOLDER_MAX];
	char path[FOLDER_PATH_MAX];

	(void)state;
	folder_make(folder);
	int fd = make(folder_path(path, folder, "file"), 40 * PIECE);
	for (int taken = 0; taken < 7; taken++) {
		assert_true(ahead_begin(&ahead, fd, 40 * PIECE, buffer));
		for (int i = 0; i < taken; i++)
			assert_int_equal(ERR_OK, ahead_next(&ahead, &piece));
		ahead_end(&ahead);
	}
	close(fd);
	folder_remove(folder);
}

int
main(int argc, char **argv)
{
	UNIT(test_all_sizes_come_in_order);
	UNIT(test_shorter_and_longer_files);
	UNIT(test_an_error_is_told);
	UNIT(test_it_may_end_early);
	return unit_run(argc, argv);
}
