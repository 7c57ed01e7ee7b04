#include "client/beneath.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define FILE_FLAGS (O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)
#define SEGMENT_MAX 256 /* NAME_MAX and a NUL */

int
beneath_open(int folder, const char *path)
{
	struct open_how how = {
		.flags = FILE_FLAGS,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS |
		    RESOLVE_NO_MAGICLINKS,
	};
	int fd = (int)syscall(SYS_openat2, folder, path, &how, sizeof(how));

	/* EPERM: what containers say of a call that they do not know */
	if (fd < 0 && (errno == ENOSYS || errno == EPERM))
		return beneath_open_by_steps(folder, path);
	return fd;
}

/* Goes into the first segment of `path`; the caller closes what it is given. */
static int
enter(int folder, const char *path, size_t len)
{
	char segment[SEGMENT_MAX];

	if (len == 0 || len >= sizeof(segment)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(segment, path, len);
	segment[len] = '\0';
	if (strcmp(segment, "..") == 0) {
		errno = EXDEV;
		return -1;
	}
	return openat(
	    folder, segment, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

int
beneath_open_by_steps(int folder, const char *path)
{
	int at = folder;

	for (;;) {
		const char *slash = strchr(path, '/');
		int next = slash == NULL
		    ? openat(at, path, FILE_FLAGS | O_NOFOLLOW)
		    : enter(at, path, (size_t)(slash - path));
		int code = errno;
		if (at != folder)
			close(at);
		errno = code;
		if (next < 0 || slash == NULL)
			return next;
		at = next;
		path = slash + 1;
	}
}
