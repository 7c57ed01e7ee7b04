#include "client/workplace.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/spill.h"
#include "schema/text.h"

enum err
workplace_make(struct workplace *ret, struct why *w)
{
	const char *given = getenv("TMPDIR");
	const char *dir = given != NULL && given[0] == '/' ? given : "/tmp";
	enum err err = disk_join(dir, "headwater-attest-XXXXXX", ret->path, w);

	if (err == ERR_OK && mkdtemp(ret->path) == NULL)
		err = why(w, ERR_IO, "%s: %s; TMPDIR chooses another folder",
		    ret->path, strerrordesc_np(errno));
	if (err != ERR_OK)
		ret->path[0] = '\0';
	return err;
}

void
workplace_drop(struct workplace *workplace)
{
	char *const paths[] = { workplace->path, NULL };
	FTS *fts = workplace->path[0] == '\0'
	    ? NULL
	    : fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	FTSENT *entry;

	while (fts != NULL && (entry = fts_read(fts)) != NULL) {
		if (entry->fts_info == FTS_D)
			(void)chmod(entry->fts_path, 0700);
		else
			(void)remove(entry->fts_path);
	}
	if (fts != NULL)
		(void)fts_close(fts);
	workplace->path[0] = '\0';
}

enum err
workplace_at(const struct workplace *workplace, const char *name,
    char ret[static DISK_PATH_MAX], struct why *w)
{
	if (!text_is_path(span_of_text(name)))
		return why(w, ERR_USAGE,
		    "%s: a relative path without '.' and '..' is needed", name);
	return disk_join(workplace->path, name, ret, w);
}

static enum err
make_parents(char *path, struct why *w)
{
	char *slash = strrchr(path, '/');

	*slash = '\0';
	enum err err = disk_make_dirs(path, w);
	*slash = '/';
	return err;
}

/* One entry of what is put: a folder is made, a file linked. */
static enum err
put_entry(const FTSENT *entry, const char *place, size_t skip, struct why *w)
{
	char to[DISK_PATH_MAX];
	const char *rest = entry->fts_path + skip;

	if (entry->fts_info == FTS_DP)
		return ERR_OK;
	int len = snprintf(to, sizeof(to), "%s%s", place, rest);
	if (len < 0 || (size_t)len >= sizeof(to))
		return why(
		    w, ERR_LIMIT, "%s: too long a path", entry->fts_path);
	int code = entry->fts_info == FTS_D ? mkdir(to, 0777)
					    : symlink(entry->fts_path, to);
	if (code == 0 || (entry->fts_info == FTS_D && errno == EEXIST))
		return ERR_OK;
	return why(w, ERR_IO, "%s: %s", to, strerrordesc_np(errno));
}

static enum err
put_all(char *from, const char *place, struct why *w)
{
	char *const paths[] = { from, NULL };
	FTS *fts = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	size_t skip = strlen(from);
	enum err err = ERR_OK;
	FTSENT *entry;

	if (fts == NULL)
		return why(w, ERR_IO, "%s: %s", from, strerrordesc_np(errno));
	while (err == ERR_OK && (entry = fts_read(fts)) != NULL)
		err = put_entry(entry, place, skip, w);
	(void)fts_close(fts);
	return err;
}

enum err
workplace_put(struct workplace *workplace, const char *path, struct why *w)
{
	const char *slash = strrchr(path, '/');
	const char *name = !text_is_path(span_of_text(path)) && slash != NULL
	    ? slash + 1
	    : path;
	char place[DISK_PATH_MAX];
	char *from = realpath(path, NULL);
	enum err err = workplace_at(workplace, name, place, w);

	if (from == NULL)
		return why(
		    w, ERR_MISSING, "%s: %s", path, strerrordesc_np(errno));
	if (err == ERR_OK)
		err = make_parents(place, w);
	if (err == ERR_OK)
		err = put_all(from, place, w);
	free(from);
	return err;
}

static enum err
read_end(int fd, uint8_t *buffer, struct span *ret, struct why *w)
{
	struct stat status;

	if (fstat(fd, &status) != 0)
		return why(
		    w, ERR_IO, "what was printed: %s", strerrordesc_np(errno));
	off_t from = status.st_size > (off_t)WORKPLACE_PRINTED_MAX
	    ? status.st_size - (off_t)WORKPLACE_PRINTED_MAX
	    : 0;
	ssize_t len = pread(fd, buffer, WORKPLACE_PRINTED_MAX, from);
	if (len < 0)
		return why(
		    w, ERR_IO, "what was printed: %s", strerrordesc_np(errno));
	*ret = span_of(buffer, (size_t)len);
	return ERR_OK;
}

static enum err
run_there(const char *there, char *const argv[], int printed, struct child *ret,
    struct why *w)
{
	int back = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	enum err err = ERR_OK;

	if (back < 0 || chdir(there) != 0) {
		err = why(w, ERR_IO, "%s: %s", there, strerrordesc_np(errno));
	} else {
		err = child_run(argv, printed, ret, w);
		if (fchdir(back) != 0 && err == ERR_OK)
			err = why(w, ERR_IO, "the working folder is gone: %s",
			    strerrordesc_np(errno));
	}
	if (back >= 0)
		(void)close(back);
	return err;
}

enum err
workplace_run(const struct workplace *workplace, char *const argv[],
    struct workplace_ran *ret, struct why *w)
{
	int printed = -1;
	enum err err = spill_nameless(&printed, w);

	if (err != ERR_OK)
		return err;
	err = run_there(workplace->path, argv, printed, &ret->child, w);
	if (err == ERR_OK)
		err = read_end(printed, ret->buffer, &ret->printed, w);
	(void)close(printed);
	return err;
}
