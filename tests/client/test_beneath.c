#include "client/beneath.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/folder.h"
#include "tests/unit.h"

typedef int open_way(int folder, const char *path);

static const struct row {
	const char *name;
	const char *path;
	int code; /* errno; 0: it opens */
} rows[] = {
	{ "a file", "file", 0 },
	{ "a file two folders down", "a/b/file", 0 },
	{ "a missing file", "none", ENOENT },
	{ "a missing folder", "none/file", ENOENT },
	{ "a link to a file inside", "link", ELOOP },
	{ "a link to a folder inside", "linked/file", -1 },
	{ "a link to the outside", "outside", ELOOP },
	{ "a dangling link", "dangling", ELOOP },
	{ "a way up", "../file", EXDEV },
	{ "a way up from further down", "a/../../file", EXDEV },
	{ "a file as a folder", "file/file", ENOTDIR },
};

static void
put(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(6, write(fd, "inside", 6));
	close(fd);
}

static int
make(char folder[static FOLDER_MAX])
{
	char path[FOLDER_PATH_MAX];

	folder_make(folder);
	assert_int_equal(0, mkdir(folder_path(path, folder, "a"), 0700));
	assert_int_equal(0, mkdir(folder_path(path, folder, "a/b"), 0700));
	put(folder_path(path, folder, "file"));
	put(folder_path(path, folder, "a/b/file"));
	(void)!symlink("file", folder_path(path, folder, "link"));
	(void)!symlink("a/b", folder_path(path, folder, "linked"));
	(void)!symlink("/etc/passwd", folder_path(path, folder, "outside"));
	(void)!symlink("gone", folder_path(path, folder, "dangling"));
	assert_int_equal(0, mkfifo(folder_path(path, folder, "fifo"), 0600));
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(fd >= 0);
	return fd;
}

static void
check(open_way *way, int folder, const struct row *row)
{
	errno = 0;
	int fd = way(folder, row->path);
	if (row->code == 0) {
		assert_true(fd >= 0);
		close(fd);
		return;
	}
	assert_int_equal(-1, fd);
	/* of a link in place of a folder the two ways say different things */
	if (row->code > 0)
		assert_int_equal(row->code, errno);
}

static void
test_row(void **state)
{
	const struct row *row = *state;
	char folder[FOLDER_MAX];
	int fd = make(folder);

	check(beneath_open, fd, row);
	check(beneath_open_by_steps, fd, row);
	close(fd);
	folder_remove(folder);
}

static void
test_fifo_does_not_wait(void **state)
{
	char folder[FOLDER_MAX];
	int fd = make(folder);

	(void)state;
	int first = beneath_open(fd, "fifo");
	int second = beneath_open_by_steps(fd, "fifo");
	assert_true(first >= 0 && second >= 0);
	close(first);
	close(second);
	close(fd);
	folder_remove(folder);
}

/* ---- somebody swaps links in while we open ---- */

struct swapper {
	char paths[4][FOLDER_PATH_MAX]; /* two pairs */
	atomic_bool is_done;
	size_t swaps;
};

static void *
swap(void *context)
{
	struct swapper *s = context;

	while (!atomic_load(&s->is_done)) {
		for (size_t i = 0; i < 4; i += 2)
			(void)renameat2(AT_FDCWD, s->paths[i], AT_FDCWD,
			    s->paths[i + 1], RENAME_EXCHANGE);
		s->swaps++;
	}
	return NULL;
}

static void
open_and_look(open_way *way, int folder, const char *path, size_t *opened)
{
	char text[8] = "";
	int fd = way(folder, path);

	if (fd < 0)
		return;
	(*opened)++;
	assert_true(read(fd, text, sizeof(text) - 1) >= 0);
	assert_string_equal("inside", text);
	close(fd);
}

static void
test_swap(void **state)
{
	static struct swapper swapper;
	static const char *const names[] = { "file", "outside", "a", "out" };
	char folder[FOLDER_MAX];
	char away[FOLDER_MAX];
	char path[FOLDER_PATH_MAX];
	pthread_t thread;
	size_t opened = 0;
	int fd = make(folder);

	(void)state;
	/* outside there is a tree of the same form, with another text */
	folder_make(away);
	assert_int_equal(0, mkdir(folder_path(path, away, "b"), 0700));
	int other = open(folder_path(path, away, "b/file"),
	    O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_int_equal(7, write(other, "outside", 7));
	close(other);
	assert_int_equal(0, symlink(away, folder_path(path, folder, "out")));
	for (size_t i = 0; i < 4; i++)
		(void)folder_path(swapper.paths[i], folder, names[i]);
	assert_int_equal(0, pthread_create(&thread, NULL, swap, &swapper));
	for (size_t i = 0; i < 20000; i++) {
		open_and_look(beneath_open, fd, "file", &opened);
		open_and_look(beneath_open, fd, "a/b/file", &opened);
		open_and_look(beneath_open_by_steps, fd, "file", &opened);
		open_and_look(beneath_open_by_steps, fd, "a/b/file", &opened);
	}
	atomic_store(&swapper.is_done, true);
	pthread_join(thread, NULL);
	print_message("# %zu opened, %zu swaps\n", opened, swapper.swaps);
	assert_true(opened > 0 && swapper.swaps > 0);
	close(fd);
	folder_remove(folder);
	folder_remove(away);
}

int
main(int argc, char **argv)
{
	UNIT_ROWS(rows, test_row);
	UNIT(test_fifo_does_not_wait);
	UNIT(test_swap);
	return unit_run(argc, argv);
}
