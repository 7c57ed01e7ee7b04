/*
 * workplace: a fresh folder in which a command is run again.
 *
 * Inputs lie in it under the paths that they were given by: folders are made,
 * files are links to the ones that were hashed.  It goes at the end, unless it is
 * to be kept.
 *
 * Threads: one; the working folder of the process is changed and put back.
 * Memory: none.
 */
#ifndef HEADWATER_CLIENT_WORKPLACE_H
#define HEADWATER_CLIENT_WORKPLACE_H

#include "client/child.h"
#include "client/disk.h"

#define WORKPLACE_PRINTED_MAX ((size_t)4 << 10) /* the last of it is kept */

struct workplace {
	char path[DISK_PATH_MAX]; /* empty: not made */
};

MUST_CHECK enum err workplace_make(struct workplace *ret, struct why *w);
void workplace_drop(struct workplace *workplace);

/* A file or folder, by the same relative path, or by its base name. */
MUST_CHECK enum err workplace_put(
    struct workplace *workplace, const char *path, struct why *w);

/* What is at a path in it. */
MUST_CHECK enum err workplace_at(const struct workplace *workplace,
    const char *name, char ret[static DISK_PATH_MAX], struct why *w);

struct workplace_ran {
	struct child child;
	struct span printed; /* the end of it, in the buffer */
	uint8_t buffer[WORKPLACE_PRINTED_MAX];
};

/* Runs it there. */
MUST_CHECK enum err workplace_run(const struct workplace *workplace,
    char *const argv[], struct workplace_ran *ret, struct why *w);

#endif
