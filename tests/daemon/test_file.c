/* file: what is refused, what is there after a crash, who holds a folder. */
#include "tests/unit.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/fault.h"
#include "daemon/file.h"
#include "tests/folder.h"

/* ---- reading ---- */

static void
make_missing(const char *path)
{
	(void)unlink(path);
}

static void
make_with(const char *path, size_t len, mode_t mode)
{
	static char bytes[200];

	memset(bytes, 'x', sizeof(bytes));
	assert_err(ERR_OK, file_create(path, span_of(bytes, len), mode, NULL));
}

static void
make_private(const char *path)
{
	make_with(path, 100, 0600);
}

static void
make_read_only(const char *path)
{
	make_with(path, 100, 0400);
}

static void
make_empty(const char *path)
{
	make_with(path, 0, 0600);
}

static void
make_for_all(const char *path)
{
	make_with(path, 100, 0644);
}

static void
make_for_group(const char *path)
{
	make_with(path, 100, 0620);
}

static void
make_too_large(const char *path)
{
	make_with(path, 101, 0600);
}

static void
make_folder(const char *path)
{
	assert_int_equal(0, mkdir(path, 0700));
}

static void
make_fifo(const char *path)
{
	assert_int_equal(0, mkfifo(path, 0600));
}

static void
make_socket(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	memcpy(address.sun_path, path, strlen(path));
	assert_int_equal(
	    0, bind(fd, (const struct sockaddr *)&address, sizeof(address)));
	assert_int_equal(0, close(fd));
}

static void
make_link(const char *path)
{
	char other[FOLDER_PATH_MAX];

	(void)snprintf(other, sizeof(other), "%.400s.other", path);
	make_private(other);
	assert_int_equal(0, symlink(other, path));
}

struct read_row {
	const char *name;
	void (*make)(const char *path);
	enum err err;	      /* of file_read */
	enum err err_private; /* of file_read_private */
	const char *part;     /* of the sentence of the latter */
};

static const struct read_row read_rows[] = {
	{ "read: a private file", make_private, ERR_OK, ERR_OK, "" },
	{ "read: a read-only file", make_read_only, ERR_OK, ERR_OK, "" },
	{ "read: an empty file", make_empty, ERR_OK, ERR_OK, "" },
	{ "read: nothing there", make_missing, ERR_MISSING, ERR_MISSING,
	    "No such file" },
	{ "read: open to all", make_for_all, ERR_OK, ERR_REFUSED, "mode 0644" },
	{ "read: open to the group's writing", make_for_group, ERR_OK,
	    ERR_REFUSED, "mode 0620" },
	{ "read: a byte too large", make_too_large, ERR_TOO_LARGE,
	    ERR_TOO_LARGE, "101 bytes, at most 100" },
	{ "read: a folder", make_folder, ERR_REFUSED, ERR_REFUSED, "folder" },
	{ "read: a FIFO, at once", make_fifo, ERR_REFUSED, ERR_REFUSED,
	    "FIFO" },
	{ "read: a socket", make_socket, ERR_REFUSED, ERR_REFUSED, "socket" },
	{ "read: a symbolic link", make_link, ERR_REFUSED, ERR_REFUSED,
	    "symbolic link" },
};

static void
test_read(void **state)
{
	const struct read_row *row = *state;
	struct arena *arena = arena_new(4096);
	char folder[FOLDER_MAX];
	char path[FOLDER_PATH_MAX];
	struct span bytes = SPAN_EMPTY;
	struct why w = { "" };
	struct stat st;

	folder_make(folder);
	folder_path(path, folder, "f");
	row->make(path);
	(void)alarm(10); /* nothing here may hang */
	assert_err(row->err, file_read(path, 100, arena, &bytes, &w));
	if (row->err == ERR_OK) {
		assert_int_equal(0, stat(path, &st));
		assert_int_equal(st.st_size, bytes.len);
	}
	w.text[0] = 0;
	assert_err(
	    row->err_private, file_read_private(path, 100, arena, &bytes, &w));
	(void)alarm(0);
	assert_non_null(strstr(w.text, row->part));
	if (row->err_private != ERR_OK)
		assert_non_null(strstr(w.text, path));
	arena_free(arena);
	folder_remove(folder);
}

/* Somebody else's file; only root can make one. */
static void
test_read_foreign(void **state)
{
	struct arena *arena = arena_new(4096);
	char folder[FOLDER_MAX];
	char path[FOLDER_PATH_MAX];
	struct span bytes;
	struct why w = { "" };
	(void)state;

	folder_make(folder);
	make_private(folder_path(path, folder, "f"));
	if (chown(path, 12345, (gid_t)-1) == 0) {
		assert_err(ERR_OK, file_read(path, 100, arena, &bytes, &w));
		assert_err(ERR_REFUSED,
		    file_read_private(path, 100, arena, &bytes, &w));
		assert_non_null(strstr(w.text, "user 12345"));
	}
	arena_free(arena);
	folder_remove(folder);
}

static void
test_read_without_memory(void **state)
{
	struct arena *arena = arena_new(64);
	char folder[FOLDER_MAX];
	char path[FOLDER_PATH_MAX];
	struct span bytes;
	(void)state;

	folder_make(folder);
	make_private(folder_path(path, folder, "f"));
	assert_err(ERR_MEMORY, file_read(path, 100, arena, &bytes, NULL));
	arena_free(arena);
	folder_remove(folder);
}

/* ---- writing ---- */

static void
assert_holds(const char *path, const char *text)
{
	struct arena *arena = arena_new(4096);
	struct span bytes;

	assert_err(ERR_OK, file_read(path, 1000, arena, &bytes, NULL));
	assert_span_text(text, bytes);
	arena_free(arena);
}

static size_t
files_in(const char *folder)
{
	char command[FOLDER_PATH_MAX];
	size_t count = 0;

	(void)snprintf(command, sizeof(command), "ls -A %s", folder);
	FILE *list = popen(command, "re");
	for (int byte = getc(list); byte != EOF; byte = getc(list))
		count += byte == '\n';
	assert_int_equal(0, pclose(list));
	return count;
}

static void
test_create_and_replace(void **state)
{
	char folder[FOLDER_MAX];
	char path[FOLDER_PATH_MAX];
	struct why w = { "" };
	struct stat st;
	(void)state;

	folder_make(folder);
	folder_path(path, folder, "f");
	assert_false(file_exists(path));
	mode_t mask = umask(077);
	assert_err(ERR_OK, file_create(path, span_of_text("a"), 0644, &w));
	(void)umask(mask);
	assert_true(file_exists(path));
	assert_int_equal(0, stat(path, &st));
	assert_int_equal(0644, st.st_mode & 07777);
	assert_err(
	    ERR_CONFLICT, file_create(path, span_of_text("b"), 0600, &w));
	assert_non_null(strstr(w.text, "there already"));
	assert_holds(path, "a");
	assert_err(ERR_OK, file_replace(path, span_of_text("c"), 0600, &w));
	assert_holds(path, "c");
	assert_int_equal(0, stat(path, &st));
	assert_int_equal(0600, st.st_mode & 07777);
	/* nothing else is left behind */
	assert_int_equal(1, files_in(folder));
	assert_err(ERR_OK, file_remove(path, &w));
	assert_err(ERR_MISSING, file_remove(path, &w));
	assert_err(ERR_MISSING,
	    file_replace("/nowhere/at/all", span_of_text("c"), 0600, &w));
	/* replacing a link replaces the link */
	make_link(path);
	assert_err(ERR_OK, file_replace(path, span_of_text("d"), 0600, &w));
	assert_int_equal(0, lstat(path, &st));
	assert_true(S_ISREG(st.st_mode));
	folder_remove(folder);
}

/* In the working folder, where a path has no slash. */
static void
test_plain_name(void **state)
{
	char folder[FOLDER_MAX];
	char before[FOLDER_PATH_MAX];
	(void)state;

	folder_make(folder);
	assert_non_null(getcwd(before, sizeof(before)));
	assert_int_equal(0, chdir(folder));
	assert_err(ERR_OK, file_create("f", span_of_text("a"), 0600, NULL));
	assert_holds("f", "a");
	assert_err(ERR_OK, file_make_folder("g", NULL));
	assert_int_equal(0, chdir(before));
	folder_remove(folder);
}

static void
test_folder(void **state)
{
	char folder[FOLDER_MAX];
	char path[FOLDER_PATH_MAX];
	struct stat st;
	(void)state;

	folder_make(folder);
	folder_path(path, folder, "g");
	assert_err(ERR_OK, file_make_folder(path, NULL));
	assert_err(ERR_OK, file_make_folder(path, NULL)); /* there already */
	assert_int_equal(0, stat(path, &st));
	assert_int_equal(0700, st.st_mode & 07777);
	folder_path(path, folder, "none/g");
	assert_err(ERR_MISSING, file_make_folder(path, NULL));
	make_private(folder_path(path, folder, "f"));
	assert_err(ERR_REFUSED, file_make_folder(path, NULL));
	assert_err(ERR_MISSING, file_sync_folder(path, NULL));
	assert_err(ERR_OK, file_sync_folder(folder, NULL));
	folder_remove(folder);
}

/* ---- stopped anywhere: old or new, never half ---- */

struct kill_row {
	const char *name;
	const char *fault;
	bool is_replace;
	const char *holds; /* NULL: not there */
};

static const struct kill_row kill_rows[] = {
	{ "killed: creating, written", "file-written", false, NULL },
	{ "killed: creating, linked", "file-linked", false, "new" },
	{ "killed: replacing, written", "file-written", true, "old" },
	{ "killed: replacing, renamed", "file-renamed", true, "new" },
};

static void
test_killed(void **state)
{
	const struct kill_row *row = *state;
	char folder[FOLDER_MAX];
	char path[FOLDER_PATH_MAX];
	struct span bytes = span_of_text("new");
	int status = 0;

	folder_make(folder);
	folder_path(path, folder, "f");
	if (row->is_replace)
		assert_err(
		    ERR_OK, file_create(path, span_of_text("old"), 0600, NULL));
	pid_t pid = fork();
	if (pid == 0) {
		fault_set(row->fault);
		enum err err = row->is_replace
		    ? file_replace(path, bytes, 0600, NULL)
		    : file_create(path, bytes, 0600, NULL);
		_exit((int)err);
	}
	assert_int_equal(pid, waitpid(pid, &status, 0));
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	assert_true(file_exists(path) == (row->holds != NULL));
	if (row->holds != NULL)
		assert_holds(path, row->holds);
	/* what is left in the way is none */
	assert_err(
	    ERR_OK, file_replace(path, span_of_text("next"), 0600, NULL));
	assert_holds(path, "next");
	folder_remove(folder);
}

static void
test_sync_fails(void **state)
{
	char folder[FOLDER_MAX];
	char path[FOLDER_PATH_MAX];
	struct why w = { "" };
	(void)state;

	folder_make(folder);
	folder_path(path, folder, "f");
	fault_set("file-sync:1:error");
	assert_err(ERR_IO, file_create(path, span_of_text("a"), 0600, &w));
	assert_non_null(strstr(w.text, "cannot sync"));
	assert_int_equal(0, files_in(folder));
	fault_set("file-sync:2:error"); /* the folder's */
	assert_err(ERR_IO, file_create(path, span_of_text("a"), 0600, &w));
	fault_set(NULL);
	folder_remove(folder);
}

static void
write_when_full(const char *path)
{
	struct rlimit none = { 2, 2 };

	(void)signal(SIGXFSZ, SIG_IGN);
	if (setrlimit(RLIMIT_FSIZE, &none) != 0)
		_exit(1);
	_exit(file_replace(path, span_of_text("longer"), 0600, NULL) == ERR_FULL
		? 0
		: 2);
}

static void
test_full(void **state)
{
	char folder[FOLDER_MAX];
	char path[FOLDER_PATH_MAX];
	int status = 0;
	(void)state;

	folder_make(folder);
	folder_path(path, folder, "f");
	assert_err(ERR_OK, file_create(path, span_of_text("old"), 0600, NULL));
	pid_t pid = fork();
	if (pid == 0)
		write_when_full(path);
	assert_int_equal(pid, waitpid(pid, &status, 0));
	assert_int_equal(0, status);
	assert_holds(path, "old");
	assert_int_equal(1, files_in(folder));
	folder_remove(folder);
}

/* ---- locks ---- */

/* A child that holds it until its pipe is closed; returns its pid. */
static pid_t
hold(const char *folder, int *ret_release)
{
	int ready[2];
	int release[2];
	char byte = 0;

	assert_int_equal(0, pipe(ready));
	assert_int_equal(0, pipe(release));
	pid_t pid = fork();
	if (pid == 0) {
		(void)close(release[1]);
		if (file_lock_folder(folder, NULL) != ERR_OK)
			_exit(1);
		if (write(ready[1], "x", 1) != 1 ||
		    read(release[0], &byte, 1) != 0)
			_exit(2);
		_exit(0);
	}
	(void)close(release[0]);
	(void)close(ready[1]);
	assert_int_equal(1, read(ready[0], &byte, 1));
	(void)close(ready[0]);
	*ret_release = release[1];
	return pid;
}

static void
test_lock(void **state)
{
	char folder[FOLDER_MAX];
	char path[FOLDER_PATH_MAX];
	char holder[64];
	struct why w = { "" };
	int release;
	int status = 0;
	(void)state;

	folder_make(folder);
	folder_path(path, folder, "lock");
	pid_t pid = hold(folder, &release);
	(void)snprintf(
	    holder, sizeof(holder), "headwaterd, process %ld,", (long)pid);
	assert_err(ERR_CONFLICT, file_lock_folder(folder, &w));
	assert_non_null(strstr(w.text, holder));
	/* by name, too, and as often as one likes */
	int fd = -1;
	assert_err(ERR_CONFLICT, file_lock(path, &fd, &w));
	assert_int_equal(-1, fd);
	/* the lock file goes, the lock stays */
	assert_int_equal(0, unlink(path));
	assert_err(ERR_CONFLICT, file_lock_folder(folder, &w));
	assert_non_null(strstr(w.text, "deleted"));
	assert_int_equal(0, close(release));
	assert_int_equal(pid, waitpid(pid, &status, 0));
	assert_int_equal(0, status);
	/* and is gone with its process */
	assert_err(ERR_OK, file_lock_folder(folder, &w));
	folder_remove(folder);
}

static void
test_lock_refusals(void **state)
{
	char folder[FOLDER_MAX];
	char path[FOLDER_PATH_MAX];
	int fd = -1;
	(void)state;

	folder_make(folder);
	make_link(folder_path(path, folder, "link"));
	assert_true(file_lock(path, &fd, NULL) != ERR_OK);
	make_fifo(folder_path(path, folder, "fifo"));
	assert_err(ERR_REFUSED, file_lock(path, &fd, NULL));
	assert_err(ERR_MISSING, file_lock("/nowhere/lock", &fd, NULL));
	assert_err(ERR_MISSING, file_lock_folder("/nowhere", NULL));
	/* what it holds already makes no difference */
	make_private(folder_path(path, folder, "full"));
	assert_err(ERR_OK, file_lock(path, &fd, NULL));
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	assert_int_equal(0, close(fd));
	folder_remove(folder);
}

/* ---- where it lies ---- */

static void
test_filesystem(void **state)
{
	const char *warning = "untouched";
	struct why w = { "" };
	(void)state;

	assert_err(ERR_MISSING, file_filesystem("/nowhere", &warning, &w));
	assert_string_equal("untouched", warning);
	if (file_filesystem("/dev/shm", &warning, &w) == ERR_OK &&
	    warning != NULL)
		assert_non_null(strstr(warning, "tmpfs"));
	assert_err(ERR_OK, file_filesystem("/proc", &warning, &w));
	assert_null(warning);
	assert_true(file_free_bytes("/") > 0);
	assert_int_equal(0, file_free_bytes("/nowhere"));
}

int
main(int argc, char **argv)
{
	UNIT_ROWS(read_rows, test_read);
	UNIT(test_read_foreign);
	UNIT(test_read_without_memory);
	UNIT(test_create_and_replace);
	UNIT(test_plain_name);
	UNIT(test_folder);
	UNIT_ROWS(kill_rows, test_killed);
	UNIT(test_sync_fails);
	UNIT(test_full);
	UNIT(test_lock);
	UNIT(test_lock_refusals);
	UNIT(test_filesystem);
	return unit_run(argc, argv);
}
