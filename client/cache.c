#include "client/cache.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "schema/reader.h"
#include "schema/writer.h"

#define MAGIC "headwater hashes 1\n"
#define PAGE_LEN 4096
#define SEAL_LEN 16
#define ENTRY_LEN (8 + HASH_LEN + SEAL_LEN)
#define ENTRIES (PAGE_LEN / ENTRY_LEN) /* 73 */
#define NEIGHBOURS 8		       /* inodes that share a bucket */
/* One bucket in so many has lost an entry: time to double. */
#define BUCKETS_PER_LOSS 32
#define PATH_MAX_LEN 4096

struct cache {
	int fd;
	bool is_ours; /* we may write */
	unsigned log; /* of the number of buckets */
	uint64_t lost;
	pthread_rwlock_t lock;	      /* of all this */
	uint8_t halves[2 * PAGE_LEN]; /* of a bucket that is split */
	char path[PATH_MAX_LEN];
};

struct entry {
	uint64_t name;
	struct hash sha256;
	uint8_t seal[SEAL_LEN];
};

/* ---- entries ---- */

static uint64_t
name_of(const struct stat *status)
{
	uint8_t bytes[16];
	struct writer w = writer_of(bytes, sizeof(bytes));

	writer_u64(&w, (uint64_t)status->st_dev);
	writer_u64(&w, (uint64_t)status->st_ino / NEIGHBOURS);
	struct hash hash = sha256_of(writer_view(&w));
	struct reader r = reader_of(hash_span(&hash));
	uint64_t first = reader_u64(&r);
	uint64_t name = first / NEIGHBOURS * NEIGHBOURS +
	    (uint64_t)status->st_ino % NEIGHBOURS;
	return name != 0 ? name : 1; /* an entry of zeros is none */
}

static void
write_time(struct writer *w, const struct timespec *time)
{
	writer_u64(w, (uint64_t)time->tv_sec);
	writer_u64(w, (uint64_t)time->tv_nsec);
}

static void
seal_of(const struct stat *status, const struct hash *sha256,
    uint8_t ret[static SEAL_LEN])
{
	uint8_t bytes[7 * 8 + HASH_LEN];
	struct writer w = writer_of(bytes, sizeof(bytes));

	writer_u64(&w, (uint64_t)status->st_dev);
	writer_u64(&w, (uint64_t)status->st_ino);
	writer_u64(&w, (uint64_t)status->st_size);
	write_time(&w, &status->st_mtim);
	write_time(&w, &status->st_ctim);
	writer_span(&w, hash_span(sha256));
	struct hash hash = sha256_of(writer_view(&w));
	memcpy(ret, hash.bytes, SEAL_LEN);
}

static struct entry
entry_read(const uint8_t *page, size_t at)
{
	struct reader r = reader_of(span_of(page + at * ENTRY_LEN, ENTRY_LEN));
	struct entry entry = { .name = reader_u64(&r) };

	reader_copy(&r, entry.sha256.bytes, HASH_LEN);
	reader_copy(&r, entry.seal, SEAL_LEN);
	return entry;
}

static void
entry_write(uint8_t *page, size_t at, const struct entry *entry)
{
	struct writer w = writer_of(page + at * ENTRY_LEN, ENTRY_LEN);

	writer_u64(&w, entry->name);
	writer_span(&w, hash_span(&entry->sha256));
	writer_bytes(&w, entry->seal, SEAL_LEN);
}

/* ---- pages ---- */

static off_t
place_of(uint64_t name, unsigned log)
{
	return (off_t)((1 + (name >> (64 - log))) * PAGE_LEN);
}

static bool
page_read(int fd, off_t at, uint8_t page[static PAGE_LEN])
{
	return pread(fd, page, PAGE_LEN, at) == PAGE_LEN;
}

static void
header_make(unsigned log, uint8_t page[static PAGE_LEN])
{
	struct writer w = writer_of(page, PAGE_LEN);

	memset(page, 0, PAGE_LEN);
	writer_text(&w, MAGIC);
	writer_u8(&w, (uint8_t)log);
	struct hash hash = sha256_of(writer_view(&w));
	writer_bytes(&w, hash.bytes, SEAL_LEN);
}

static uint64_t
file_len(unsigned log)
{
	return (((uint64_t)1 << log) + 1) * PAGE_LEN;
}

/* An empty file of so many buckets; they are a hole. */
static bool
make_empty(int fd, unsigned log)
{
	uint8_t page[PAGE_LEN];

	header_make(log, page);
	return ftruncate(fd, 0) == 0 &&
	    ftruncate(fd, (off_t)file_len(log)) == 0 &&
	    pwrite(fd, page, PAGE_LEN, 0) == PAGE_LEN;
}

static bool
header_read(int fd, unsigned *ret_log)
{
	uint8_t page[PAGE_LEN];
	uint8_t expected[PAGE_LEN];
	struct stat status;

	if (fstat(fd, &status) != 0 || !page_read(fd, 0, page))
		return false;
	unsigned log = page[sizeof(MAGIC) - 1];
	if (log < CACHE_LOG_MIN || log > CACHE_LOG_MAX)
		return false;
	header_make(log, expected);
	*ret_log = log;
	return memcmp(page, expected, PAGE_LEN) == 0 &&
	    (uint64_t)status.st_size == file_len(log);
}

/* ---- birth and death ---- */

static enum err
start(struct cache *cache, struct why *w)
{
	struct stat status;

	cache->is_ours = flock(cache->fd, LOCK_EX | LOCK_NB) == 0;
	if (header_read(cache->fd, &cache->log))
		return ERR_OK;
	if (fstat(cache->fd, &status) != 0 || !S_ISREG(status.st_mode))
		return why(w, ERR_IO, "%s: not a regular file", cache->path);
	if (!cache->is_ours)
		return why(w, ERR_BUSY, "%s: another process is making it",
		    cache->path);
	if (status.st_size > 0)
		(void)why(w, ERR_OK,
		    "%s: no cache of hashes, or damaged: begun anew, so all "
		    "files are read",
		    cache->path);
	cache->log = CACHE_LOG_MIN;
	if (!make_empty(cache->fd, CACHE_LOG_MIN))
		return why(w, ERR_IO, "%s: writing: %s", cache->path,
		    strerrordesc_np(errno));
	return ERR_OK;
}

enum err
cache_open(const char *path, struct cache **ret, struct why *w)
{
	struct cache *cache = calloc(1, sizeof(*cache));

	if (cache == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	(void)snprintf(cache->path, sizeof(cache->path), "%s", path);
	cache->fd = open(
	    path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
	enum err err = cache->fd < 0
	    ? why(w, ERR_IO, "%s: %s", path, strerrordesc_np(errno))
	    : start(cache, w);
	if (err == ERR_OK && pthread_rwlock_init(&cache->lock, NULL) != 0)
		err = why(w, ERR_MEMORY, "out of memory");
	if (err == ERR_OK) {
		*ret = cache;
		return ERR_OK;
	}
	if (cache->fd >= 0)
		close(cache->fd);
	free(cache);
	return err;
}

void
cache_close(struct cache *cache)
{
	if (cache == NULL)
		return;
	close(cache->fd);
	(void)pthread_rwlock_destroy(&cache->lock);
	free(cache);
}

/* ---- growing ---- */

/* A bucket becomes two: one more bit of the names tells which. */
static bool
split(struct cache *cache, int fd, uint64_t bucket)
{
	uint8_t page[PAGE_LEN];
	size_t counts[2] = { 0, 0 };
	off_t from = (off_t)((1 + bucket) * PAGE_LEN);
	off_t to = (off_t)((1 + 2 * bucket) * PAGE_LEN);

	memset(cache->halves, 0, sizeof(cache->halves));
	if (!page_read(cache->fd, from, page))
		return false;
	for (size_t i = 0; i < ENTRIES; i++) {
		struct entry entry = entry_read(page, i);
		size_t half = (entry.name >> (63 - cache->log)) & 1;
		if (entry.name != 0)
			entry_write(cache->halves + half * PAGE_LEN,
			    counts[half]++, &entry);
	}
	return counts[0] + counts[1] == 0 ||
	    pwrite(fd, cache->halves, sizeof(cache->halves), to) ==
	    sizeof(cache->halves);
}

static bool
copy_grown(struct cache *cache, int fd)
{
	if (flock(fd, LOCK_EX | LOCK_NB) != 0 ||
	    !make_empty(fd, cache->log + 1))
		return false;
	for (uint64_t i = 0; i < (uint64_t)1 << cache->log; i++) {
		if (!split(cache, fd, i))
			return false;
	}
	return true;
}

/* Into a new file, which takes the name when it is whole. */
static void
grow(struct cache *cache)
{
	char path[PATH_MAX_LEN + 8];

	cache->lost = 0;
	if (cache->log == CACHE_LOG_MAX)
		return;
	(void)snprintf(path, sizeof(path), "%s.grown", cache->path);
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return;
	if (!copy_grown(cache, fd) || rename(path, cache->path) != 0) {
		(void)unlink(path);
		close(fd);
		return;
	}
	close(cache->fd);
	cache->fd = fd;
	cache->log++;
}

/* ---- asking and telling ---- */

bool
cache_get(struct cache *cache, const struct stat *status, struct hash *ret)
{
	uint8_t page[PAGE_LEN];
	uint8_t seal[SEAL_LEN];

	if (cache == NULL)
		return false;
	uint64_t name = name_of(status);
	pthread_rwlock_rdlock(&cache->lock);
	bool is_read = page_read(cache->fd, place_of(name, cache->log), page);
	pthread_rwlock_unlock(&cache->lock);
	for (size_t i = 0; i < ENTRIES && is_read; i++) {
		struct entry entry = entry_read(page, i);
		if (entry.name == 0)
			return false;
		if (entry.name != name)
			continue;
		seal_of(status, &entry.sha256, seal);
		if (memcmp(seal, entry.seal, SEAL_LEN) == 0) {
			*ret = entry.sha256;
			return true;
		}
	}
	return false;
}

/* The place of this file, a free one, or somebody else's. */
static size_t
choose(const uint8_t page[static PAGE_LEN], uint64_t name, bool *ret_is_lost)
{
	for (size_t i = 0; i < ENTRIES; i++) {
		struct entry entry = entry_read(page, i);
		if (entry.name == 0 || entry.name == name)
			return i;
	}
	*ret_is_lost = true;
	return (size_t)(name / NEIGHBOURS % ENTRIES);
}

static void
put(struct cache *cache, const struct entry *entry)
{
	uint8_t page[PAGE_LEN];
	off_t at = place_of(entry->name, cache->log);
	bool is_lost = false;

	if (!page_read(cache->fd, at, page))
		return;
	size_t place = choose(page, entry->name, &is_lost);
	uint8_t *bytes = page + place * ENTRY_LEN;
	entry_write(page, place, entry);
	(void)!pwrite(
	    cache->fd, bytes, ENTRY_LEN, at + (off_t)(place * ENTRY_LEN));
	cache->lost += is_lost ? 1 : 0;
	if (cache->lost > ((uint64_t)1 << cache->log) / BUCKETS_PER_LOSS)
		grow(cache);
}

void
cache_put(
    struct cache *cache, const struct stat *status, const struct hash *sha256)
{
	struct entry entry = { .sha256 = *sha256 };

	if (cache == NULL || !cache->is_ours)
		return;
	entry.name = name_of(status);
	seal_of(status, sha256, entry.seal);
	pthread_rwlock_wrlock(&cache->lock);
	put(cache, &entry);
	pthread_rwlock_unlock(&cache->lock);
}
