/*
 * folder: a temporary folder for one test, gone with all it holds afterwards.
 *
 *	char folder[FOLDER_MAX];
 *	folder_make(folder);
 *	… folder_path(path, folder, "name") …
 *	folder_remove(folder);
 */
#ifndef HEADWATER_TESTS_FOLDER_H
#define HEADWATER_TESTS_FOLDER_H

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FOLDER_MAX 256
#define FOLDER_PATH_MAX 512

static inline void
folder_make(char out[static FOLDER_MAX])
{
	const char *base = getenv("TMPDIR");

	(void)snprintf(out, FOLDER_MAX, "%s/headwater-test-XXXXXX",
	    base != NULL && base[0] != 0 ? base : "/tmp");
	if (mkdtemp(out) == NULL)
		abort();
}

static inline const char *
folder_path(
    char out[static FOLDER_PATH_MAX], const char *folder, const char *name)
{
	(void)snprintf(out, FOLDER_PATH_MAX, "%s/%s", folder, name);
	return out;
}

static inline int
folder_remove_one(
    const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st, (void)type, (void)at;
	return remove(path);
}

static inline void
folder_remove(const char *folder)
{
	(void)nftw(folder, folder_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

#endif
