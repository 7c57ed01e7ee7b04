#include "daemon/store_file.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/fault.h"
#include "daemon/file.h"
#include "daemon/limits.h"

#define STEP_MIN ((uint64_t)1 << 20)
#define PAGE_BYTES_MAX ((uint32_t)1 << 16)

/* Written as often as it takes; page-aligned at any page size. */
static const uint8_t zeros[1 << 20];

enum err
store_file_use(struct store_file *file, int fd, size_t page_bytes)
{
	struct stat st;

	assert(page_bytes > 0 && sizeof(zeros) % page_bytes == 0);
	int flags = fcntl(fd, F_GETFD);
	if (flags < 0 || fcntl(fd, F_SETFD, flags | FD_CLOEXEC) != 0 ||
	    fstat(fd, &st) != 0)
		return ERR_IO;
	file->fd = fd;
	file->page_bytes = page_bytes;
	file->len = (uint64_t)st.st_size;
	return ERR_OK;
}

/* ---- growing ---- */

static enum err
err_of_errno(void)
{
	bool is_full = errno == ENOSPC || errno == EDQUOT || errno == EFBIG;

	return is_full ? ERR_FULL : ERR_IO;
}

static enum err
write_zeros(int fd, uint64_t from, uint64_t until)
{
	while (from < until) {
		uint64_t len = until - from;
		if (len > sizeof(zeros))
			len = sizeof(zeros);
		ssize_t done = pwrite(fd, zeros, (size_t)len, (off_t)from);
		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return err_of_errno();
		from += (uint64_t)done;
	}
	if (FAULT_FAILS("grow-error"))
		return ERR_FULL;
	if (fdatasync(fd) != 0)
		return err_of_errno();
	return ERR_OK;
}

static uint64_t
step_of(uint64_t len)
{
	uint64_t step = STEP_MIN;

	while (step < len && step < FILE_STEP_MAX)
		step *= 2;
	return step;
}

enum err
store_file_grow(struct store_file *file, uint64_t used, uint64_t need)
{
	struct stat st;

	if (fstat(file->fd, &st) != 0)
		return ERR_IO;
	uint64_t len = (uint64_t)st.st_size;
	file->len = len;
	if (used + need <= len)
		return ERR_OK;
	/* a growth that a crash cut short may have left half a page */
	uint64_t from = len - len % file->page_bytes;
	uint64_t step = step_of(from);
	uint64_t until = (used + need + step - 1) / step * step;
	enum err err = write_zeros(file->fd, from, until);
	if (err != ERR_OK) {
		/* nothing is there yet that anybody used */
		if (ftruncate(file->fd, (off_t)len) != 0)
			err = ERR_IO;
		return err;
	}
	file->len = until;
	return ERR_OK;
}

/* ---- looking ---- */

/* What we want of LMDB 0.9's first two pages (mdb.c: a page header, then struct
 * MDB_meta; native byte order, 64 bits). */
struct meta {
	uint32_t page_bytes;
	uint64_t last_page;
	uint64_t txn;
};

#define META_LEN 152
#define META_AT_MAGIC 16
#define META_AT_VERSION 20
#define META_AT_PAGE_BYTES 40
#define META_AT_LAST_PAGE 136
#define META_AT_TXN 144
#define META_MAGIC 0xBEEFC0DEu
#define META_VERSION 1u

static bool
read_meta(int fd, uint64_t at, struct meta *ret)
{
	uint8_t bytes[META_LEN];
	uint32_t magic;
	uint32_t version;

	if (pread(fd, bytes, sizeof(bytes), (off_t)at) != META_LEN)
		return false;
	memcpy(&magic, bytes + META_AT_MAGIC, sizeof(magic));
	memcpy(&version, bytes + META_AT_VERSION, sizeof(version));
	if (magic != META_MAGIC || version != META_VERSION)
		return false;
	memcpy(&ret->page_bytes, bytes + META_AT_PAGE_BYTES,
	    sizeof(ret->page_bytes));
	memcpy(
	    &ret->last_page, bytes + META_AT_LAST_PAGE, sizeof(ret->last_page));
	memcpy(&ret->txn, bytes + META_AT_TXN, sizeof(ret->txn));
	return true;
}

/* The newer one; both must be readable, as LMDB reads both. */
static enum err
read_metas(int fd, const char *path, struct meta *ret, struct why *w)
{
	struct meta first = { 0 };
	struct meta second = { 0 };

	if (!read_meta(fd, 0, &first))
		return why(w, ERR_CORRUPT, "%s: is no LMDB file", path);
	uint32_t page_bytes = first.page_bytes;
	if (page_bytes < 512 || page_bytes > PAGE_BYTES_MAX ||
	    (page_bytes & (page_bytes - 1)) != 0)
		return why(w, ERR_CORRUPT, "%s: page size %u is damaged", path,
		    (unsigned)page_bytes);
	if (!read_meta(fd, page_bytes, &second) ||
	    second.page_bytes != page_bytes)
		return why(
		    w, ERR_CORRUPT, "%s: its second page is damaged", path);
	*ret = second.txn > first.txn ? second : first;
	return ERR_OK;
}

static enum err
check_open(int fd, const char *path, struct why *w)
{
	struct meta meta = { 0 };
	struct stat st;

	if (fstat(fd, &st) != 0)
		return file_failed(w, path, "cannot look at it");
	if (!S_ISREG(st.st_mode))
		return why(w, ERR_REFUSED, "%s: is no regular file", path);
	enum err err = read_metas(fd, path, &meta, w);
	if (err != ERR_OK)
		return err;
	uint64_t len = (uint64_t)st.st_size;
	uint64_t page_bytes = meta.page_bytes;
	assert(page_bytes > 0); /* read_metas saw to it */
	if (meta.last_page >= len / page_bytes)
		return why(w, ERR_CORRUPT,
		    "%s: cut off: %llu bytes, but page %llu of %llu bytes is "
		    "in use",
		    path, (unsigned long long)len,
		    (unsigned long long)meta.last_page,
		    (unsigned long long)page_bytes);
	uint64_t used = (meta.last_page + 1) * page_bytes;
	off_t hole = lseek(fd, 0, SEEK_HOLE);
	/* EINVAL: a file system that has no holes to tell of */
	if (hole >= 0 && (uint64_t)hole < used)
		return why(w, ERR_CORRUPT,
		    "%s: has a hole at byte %lld, where pages in use should be",
		    path, (long long)hole);
	return ERR_OK;
}

enum err
store_file_check(const char *path, struct why *w)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

	if (fd < 0 && errno == ENOENT)
		return ERR_OK;
	if (fd < 0)
		return file_failed(w, path, "cannot open it");
	enum err err = check_open(fd, path, w);
	(void)close(fd);
	return err;
}
