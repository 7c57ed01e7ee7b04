#include "client/cache.h"

#include <fcntl.h>
#include <unistd.h>

#include "tests/folder.h"
#include "tests/unit.h"

static char folder[FOLDER_MAX];
static char path[FOLDER_PATH_MAX];

static void
begin(void)
{
	folder_make(folder);
	(void)folder_path(path, folder, "hashes");
}

static struct cache *
open_cache(const char *expected)
{
	struct cache *cache = NULL;
	struct why w = { 0 };

	assert_err(ERR_OK, cache_open(path, &cache, &w));
	if (strstr(w.text, expected) == NULL || (*expected == 0 && *w.text))
		fail_msg("%s", w.text);
	return cache;
}

static struct stat
status_of(uint64_t inode)
{
	return (struct stat){
		.st_dev = 7,
		.st_ino = (ino_t)inode,
		.st_size = (off_t)(inode * 3),
		.st_mtim = { .tv_sec = 1000, .tv_nsec = (long)inode },
		.st_ctim = { .tv_sec = 2000, .tv_nsec = 5 },
	};
}

static struct hash
hash_of(uint64_t inode)
{
	return sha256_of(span_of(&inode, sizeof(inode)));
}

static bool
knows(struct cache *cache, const struct stat *status)
{
	struct hash expected = hash_of((uint64_t)status->st_ino);
	struct hash got;

	if (!cache_get(cache, status, &got))
		return false;
	assert_true(hash_equal(&expected, &got));
	return true;
}

static void
learn(struct cache *cache, uint64_t inode)
{
	struct stat status = status_of(inode);
	struct hash hash = hash_of(inode);

	cache_put(cache, &status, &hash);
}

static size_t
count_known(struct cache *cache, uint64_t count)
{
	size_t known = 0;

	for (uint64_t i = 0; i < count; i++) {
		struct stat status = status_of(i);
		known += knows(cache, &status);
	}
	return known;
}

/* What it was told it knows, also when it is opened again. */
static void
test_known(void **state)
{
	(void)state;
	begin();
	struct cache *cache = open_cache("");
	assert_int_equal(0, count_known(cache, 100));
	for (uint64_t i = 0; i < 100; i++)
		learn(cache, i);
	assert_int_equal(100, count_known(cache, 200));
	cache_close(cache);
	cache = open_cache("");
	assert_int_equal(100, count_known(cache, 200));
	cache_close(cache);
	cache_close(NULL);
	struct stat status = status_of(1);
	struct hash hash;
	assert_false(cache_get(NULL, &status, &hash));
	cache_put(NULL, &status, &hash);
	folder_remove(folder);
}

/* Whatever changed of a file, it is not the one that was hashed. */
static void
test_changed(void **state)
{
	(void)state;
	begin();
	struct cache *cache = open_cache("");
	struct stat same = status_of(9);
	learn(cache, 9);
	assert_true(knows(cache, &same));
	for (int i = 0; i < 7; i++) {
		struct stat other = same;
		struct hash hash;
		other.st_dev += i == 0;
		other.st_ino += i == 1;
		other.st_size += i == 2;
		other.st_mtim.tv_sec += i == 3;
		other.st_mtim.tv_nsec += i == 4;
		other.st_ctim.tv_sec += i == 5;
		other.st_ctim.tv_nsec += i == 6;
		assert_false(cache_get(cache, &other, &hash));
	}
	/* the new state takes the old one's place */
	struct stat now = same;
	struct hash hash = hash_of(9);
	now.st_size++;
	cache_put(cache, &now, &hash);
	assert_true(knows(cache, &now));
	assert_false(knows(cache, &same));
	cache_close(cache);
	folder_remove(folder);
}

/* It grows, and loses few on the way. */
static void
test_growth(void **state)
{
	struct stat file;

	(void)state;
	begin();
	struct cache *cache = open_cache("");
	for (uint64_t i = 0; i < 50000; i++)
		learn(cache, i);
	size_t known = count_known(cache, 50000);
	print_message("# %zu of 50000 known\n", known);
	assert_true(known > 47000);
	cache_close(cache);
	assert_int_equal(0, stat(path, &file));
	assert_true(file.st_size < 16 << 20);
	cache = open_cache("");
	assert_int_equal(known, count_known(cache, 50000));
	cache_close(cache);
	folder_remove(folder);
}

/* A second process reads and does not write. */
static void
test_two(void **state)
{
	(void)state;
	begin();
	struct cache *cache = open_cache("");
	learn(cache, 1);
	struct cache *other = open_cache("");
	learn(other, 2);
	assert_int_equal(1, count_known(other, 10));
	assert_int_equal(1, count_known(cache, 10));
	/* also when the first grows, and moves to another file */
	for (uint64_t i = 0; i < 20000; i++)
		learn(cache, i);
	assert_true(count_known(other, 10) <= 10);
	cache_close(other);
	cache_close(cache);
	folder_remove(folder);
}

/* Each byte of a small cache is damaged in turn: it may forget, never lie. */
static void
test_damage(void **state)
{
	struct stat file;
	size_t forgotten = 0;

	(void)state;
	begin();
	struct cache *cache = open_cache("");
	for (uint64_t i = 0; i < 8; i++)
		learn(cache, i);
	cache_close(cache);
	int fd = open(path, O_RDWR | O_CLOEXEC);
	assert_int_equal(0, fstat(fd, &file));
	for (off_t at = 4096; at < file.st_size; at++) {
		uint8_t byte = 0;
		assert_int_equal(1, pread(fd, &byte, 1, at));
		if (byte == 0)
			continue;
		byte ^= 1;
		assert_int_equal(1, pwrite(fd, &byte, 1, at));
		cache = open_cache("");
		size_t known = count_known(cache, 8);
		assert_true(known >= 7 || at % 4096 < 8);
		forgotten += known < 8;
		cache_close(cache);
		byte ^= 1;
		assert_int_equal(1, pwrite(fd, &byte, 1, at));
	}
	assert_true(forgotten > 400);
	close(fd);
	folder_remove(folder);
}

/* Files that are no cache, or cut: said, and begun anew. */
static void
test_no_cache(void **state)
{
	static const struct {
		off_t at;
		off_t len; /* 0: as it is */
	} rows[] = { { 0, 0 }, { 19, 0 }, { 20, 0 }, { 35, 0 }, { 36, 0 },
		{ 4095, 0 }, { 0, 1 }, { 0, 4096 }, { -1, 4096 + 63 * 4096 },
		{ -1, 4096 + 65 * 4096 } };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		begin();
		struct cache *cache = open_cache("");
		learn(cache, 1);
		cache_close(cache);
		int fd = open(path, O_RDWR | O_CLOEXEC);
		uint8_t byte = 0;
		if (rows[i].len > 0)
			assert_int_equal(0, ftruncate(fd, rows[i].len));
		if (rows[i].at >= 0) {
			(void)!pread(fd, &byte, 1, rows[i].at);
			byte ^= 0x40;
			assert_int_equal(1, pwrite(fd, &byte, 1, rows[i].at));
		}
		close(fd);
		cache = open_cache("begun anew");
		assert_int_equal(0, count_known(cache, 8));
		learn(cache, 1);
		assert_int_equal(1, count_known(cache, 8));
		cache_close(cache);
		folder_remove(folder);
	}
}

static void
test_refused(void **state)
{
	struct cache *cache = NULL;
	struct why w = { 0 };

	(void)state;
	begin();
	assert_int_equal(0, mkdir(path, 0700));
	assert_err(ERR_IO, cache_open(path, &cache, &w));
	assert_int_equal(0, rmdir(path));
	assert_int_equal(0, mkfifo(path, 0600));
	assert_err(ERR_IO, cache_open(path, &cache, &w));
	assert_int_equal(0, unlink(path));
	assert_int_equal(0, symlink("elsewhere", path));
	assert_err(ERR_IO, cache_open(path, &cache, &w));
	folder_remove(folder);
	assert_err(ERR_IO, cache_open(path, &cache, &w));
}

int
main(int argc, char **argv)
{
	UNIT(test_known);
	UNIT(test_changed);
	UNIT(test_growth);
	UNIT(test_two);
	UNIT(test_damage);
	UNIT(test_no_cache);
	UNIT(test_refused);
	return unit_run(argc, argv);
}
