/*
 * starve.so, for LD_PRELOAD: HEADWATER_STARVE=COUNT makes the COUNT-th allocation
 * after the program's start fail, COUNT+ every one from there on.  At its end the
 * file that HEADWATER_STARVED names is made, if it came to that.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/fault/starve.h"

/* Preloaded, it is set up last: the libraries have started. */
__attribute__((constructor)) static void
start(void)
{
	const char *text = getenv("HEADWATER_STARVE");

	if (text == NULL)
		return;
	starve_begin(strtoull(text, NULL, 10),
	    strchr(text, '+') != NULL ? STARVE_FOR_EVER : STARVE_ONCE);
}

__attribute__((destructor)) static void
end(void)
{
	const char *path = getenv("HEADWATER_STARVED");

	if (!starve_end() || path == NULL)
		return;
	int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	if (fd != -1)
		(void)close(fd);
}
