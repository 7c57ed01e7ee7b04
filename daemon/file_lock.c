#include "daemon/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "schema/text.h"

/* ---- locks ---- */

/* An OFD lock tells no pid, so the holder has written his into the file. */
static enum err
refuse_second(int fd, const char *path, struct why *w)
{
	char text[TEXT_DECIMAL_MAX + 1];
	ssize_t len = pread(fd, text, sizeof(text), 0);
	uint64_t pid;

	if (len > 1 &&
	    text_undecimal(span_of(text, (size_t)len - 1), INT_MAX, &pid))
		return why(w, ERR_CONFLICT,
		    "%s: another headwaterd, process %llu, holds it; end that "
		    "one first",
		    path, (unsigned long long)pid);
	return why(w, ERR_CONFLICT,
	    "%s: another headwaterd holds it; end that one first", path);
}

static enum err
lock_opened(int fd, const char *path, struct why *w)
{
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	struct stat st;
	char text[TEXT_DECIMAL_MAX + 2];

	if (fstat(fd, &st) != 0)
		return file_failed(w, path, "cannot look at it");
	if (!S_ISREG(st.st_mode))
		return why(w, ERR_REFUSED, "%s: is no regular file", path);
	if (fcntl(fd, F_OFD_SETLK, &whole) != 0) {
		if (errno == EAGAIN || errno == EACCES)
			return refuse_second(fd, path, w);
		return file_failed(w, path, "cannot lock it");
	}
	int len = snprintf(text, sizeof(text), "%ld\n", (long)getpid());
	if (ftruncate(fd, 0) != 0 ||
	    pwrite(fd, text, (size_t)len, 0) != (ssize_t)len)
		return file_failed(w, path, "cannot write our pid");
	return ERR_OK;
}

enum err
file_lock(const char *path, int *ret_fd, struct why *w)
{
	int fd = open(
	    path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);

	if (fd < 0)
		return file_failed(w, path, "cannot open it");
	enum err err = lock_opened(fd, path, w);
	if (err != ERR_OK) {
		(void)close(fd);
		return err;
	}
	*ret_fd = fd;
	return ERR_OK;
}

enum err
file_lock_folder(const char *folder, struct why *w)
{
	char path[PATH_MAX];
	int fd = -1;

	int len = snprintf(path, sizeof(path), "%s/lock", folder);
	if (len < 0 || (size_t)len >= sizeof(path))
		return why(w, ERR_LIMIT, "%s: path too long", folder);
	enum err err = file_lock(path, &fd, w);
	if (err != ERR_OK)
		return err;
	int folder_fd = open(folder, O_RDONLY | O_CLOEXEC | O_DIRECTORY);
	if (folder_fd < 0)
		return file_failed(w, folder, "cannot open the folder");
	if (flock(folder_fd, LOCK_EX | LOCK_NB) == 0)
		return ERR_OK; /* both are kept until the process ends */
	err = errno == EWOULDBLOCK
	    ? why(w, ERR_CONFLICT,
		  "%s: held by another process, whose lock file was deleted",
		  folder)
	    : file_failed(w, folder, "cannot lock the folder");
	(void)close(folder_fd);
	(void)close(fd);
	return err;
}

/* ---- where files lie ---- */

struct filesystem {
	uint32_t magic; /* statfs(2) */
	const char *refused;
	const char *warning;
};

static const struct filesystem filesystems[] = {
	{ 0x6969, "NFS", NULL },
	{ 0xff534d42, "CIFS", NULL },
	{ 0xfe534d42, "SMB", NULL },
	{ 0x517b, "SMB", NULL },
	{ 0x65735546, "FUSE", NULL },
	{ 0x01021997, "9p", NULL },
	{ 0x01021994, NULL,
	    "the data folder lies on tmpfs: all is lost when the machine "
	    "stops" },
	{ 0x794c7630, NULL,
	    "the data folder lies on overlayfs: what it keeps is lost with "
	    "the container" },
};

enum err
file_filesystem(const char *folder, const char **ret_warning, struct why *w)
{
	struct statfs st;

	if (statfs(folder, &st) != 0)
		return file_failed(w, folder, "cannot ask for its file system");
	*ret_warning = NULL;
	for (size_t i = 0; i < sizeof(filesystems) / sizeof(*filesystems);
	     i++) {
		const struct filesystem *row = &filesystems[i];
		/* f_type is a long, and sign-extended on some machines */
		if ((uint32_t)st.f_type != row->magic)
			continue;
		if (row->refused != NULL)
			return why(w, ERR_REFUSED,
			    "%s: lies on %s, which cannot keep what is synced "
			    "or share a map; use a local disk",
			    folder, row->refused);
		*ret_warning = row->warning;
	}
	return ERR_OK;
}

uint64_t
file_free_bytes(const char *folder)
{
	struct statvfs st;

	if (statvfs(folder, &st) != 0)
		return 0;
	return (uint64_t)st.f_bavail * st.f_frsize;
}
