#include "client/walk.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "schema/arena.h"
#include "tests/folder.h"
#include "tests/unit.h"

/* A tree is words: "dir/" a folder, "@x" a link, "|x" a FIFO, else a file. */
static const struct row {
	const char *name;
	const char *words[8];
	enum err err;
	const char *found; /* with spaces between; or a part of the sentence */
} rows[] = {
	{ "one file", { "a" }, ERR_OK, "a" },
	{ "files sorted by bytes", { "b", "a", "B", "a.txt" }, ERR_OK,
	    "B a a.txt b" },
	{ "folders in folders", { "x/", "x/y/", "x/y/z", "x/a", "w" }, ERR_OK,
	    "w x/a x/y/z" },
	{ "a file sorted by its whole path", { "a/", "a/b", "a.b", "a0" },
	    ERR_OK, "a.b a/b a0" },
	{ "a hidden file", { ".hidden", "seen" }, ERR_OK, ".hidden seen" },
	{ "names of other scripts", { "naïve", "データ" }, ERR_OK,
	    "naïve データ" },
	{ "spaces and an equals sign", { "a b", "c=d" }, ERR_OK, "a b c=d" },
	{ "an empty folder beside a file", { "empty/", "a" }, ERR_OK, "a" },
	{ "no file", { "empty/" }, ERR_NOT_FOUND, "no file" },
	{ "a link", { "a", "@a2" }, ERR_REFUSED, "a2: a symbolic link" },
	{ "a link further down", { "d/", "d/a", "@d/l" }, ERR_REFUSED,
	    "d/l: a symbolic link" },
	{ "a FIFO", { "a", "|pipe" }, ERR_REFUSED, "pipe: a FIFO" },
	{ "a backslash", { "a\\b" }, ERR_REFUSED, "backslash" },
	{ "a line break", { "a\nb" }, ERR_REFUSED, "line break" },
	{ "a carriage return", { "a\rb" }, ERR_REFUSED, "line break" },
	{ "a name that is not UTF-8", { "a\xff" }, ERR_REFUSED, "UTF-8" },
	{ "a folder that is not UTF-8", { "a\xff/", "a\xff/b" }, ERR_REFUSED,
	    "UTF-8" },
};

static void
make_word(const char *folder, const char *word)
{
	char path[FOLDER_PATH_MAX];
	size_t len = strlen(word);

	if (word[0] == '@') {
		assert_int_equal(
		    0, symlink("a", folder_path(path, folder, word + 1)));
	} else if (word[0] == '|') {
		assert_int_equal(
		    0, mkfifo(folder_path(path, folder, word + 1), 0600));
	} else if (word[len - 1] == '/') {
		assert_int_equal(
		    0, mkdir(folder_path(path, folder, word), 0700));
	} else {
		int fd = open(folder_path(path, folder, word),
		    O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
		assert_true(fd >= 0);
		assert_int_equal(4, write(fd, "text", 4));
		close(fd);
	}
}

/* What a walk gave. */
struct gathered {
	struct arena *arena;
	struct span paths[64];
	size_t count;
	size_t stop_at; /* 0: never */
};

static enum err
gather(void *context, const struct walk_file *file, struct why *w)
{
	struct gathered *gathered = context;

	assert_true(file->size == 4 || file->size == 0);
	/* a NUL stands behind each path */
	assert_int_equal(0, file->path.data[file->path.len]);
	gathered->paths[gathered->count++] =
	    arena_copy(gathered->arena, file->path);
	if (gathered->count == gathered->stop_at)
		return why(w, ERR_FULL, "enough");
	return ERR_OK;
}

static int
by_bytes(const void *a, const void *b)
{
	const struct span *left = a;
	const struct span *right = b;

	return span_compare(*left, *right);
}

static void
join(struct gathered *gathered, char out[static 1024])
{
	size_t len = 0;

	qsort(gathered->paths, gathered->count, sizeof(gathered->paths[0]),
	    by_bytes);
	out[0] = '\0';
	for (size_t i = 0; i < gathered->count; i++)
		len += (size_t)snprintf(out + len, 1024 - len, "%s%.*s",
		    i == 0 ? "" : " ", SPAN_ARGS(gathered->paths[i]));
}

static enum err
walk(int fd, struct gathered *ret, struct why *w)
{
	ret->count = 0;
	return walk_folder(fd, true, gather, ret, w);
}

static void
test_row(void **state)
{
	const struct row *row = *state;
	struct gathered gathered = { .arena = arena_new((size_t)16 << 20) };
	char folder[FOLDER_MAX];
	char found[1024];
	struct why w = { 0 };

	folder_make(folder);
	for (size_t i = 0; i < 8 && row->words[i] != NULL; i++)
		make_word(folder, row->words[i]);
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_err(row->err, walk(fd, &gathered, &w));
	if (row->err == ERR_OK) {
		join(&gathered, found);
		assert_string_equal(row->found, found);
	} else if (strstr(w.text, row->found) == NULL) {
		fail_msg("%s", w.text);
	}
	close(fd);
	folder_remove(folder);
	arena_free(gathered.arena);
}

static void
test_socket(void **state)
{
	struct gathered gathered = { .arena = arena_new((size_t)16 << 20) };
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	char folder[FOLDER_MAX];
	char path[FOLDER_PATH_MAX];

	(void)state;
	folder_make(folder);
	(void)snprintf(address.sun_path, sizeof(address.sun_path), "%.90s",
	    folder_path(path, folder, "socket"));
	int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(0,
	    bind(listener, (const struct sockaddr *)&address, sizeof(address)));
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_err(ERR_REFUSED, walk(fd, &gathered, NULL));
	close(fd);
	close(listener);
	folder_remove(folder);
	arena_free(gathered.arena);
}

/* Folders in folders, at the limit and one beyond it. */
static void
check_depth(size_t depth, enum err expected)
{
	struct gathered gathered = { .arena = arena_new((size_t)16 << 20) };
	char folder[FOLDER_MAX];

	folder_make(folder);
	int top = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int at = dup(top);
	for (size_t i = 1; i < depth; i++) {
		assert_int_equal(0, mkdirat(at, "d", 0700));
		int next = openat(at, "d", O_RDONLY | O_DIRECTORY);
		close(at);
		at = next;
	}
	close(openat(at, "file", O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
	close(at);
	assert_err(expected, walk(top, &gathered, NULL));
	close(top);
	folder_remove(folder);
	arena_free(gathered.arena);
}

static void
test_depth(void **state)
{
	(void)state;
	check_depth(WALK_DEPTH_MAX, ERR_OK);
	check_depth(WALK_DEPTH_MAX + 1, ERR_LIMIT);
}

/* What the visitor says ends it. */
static void
test_stop(void **state)
{
	struct gathered gathered = { .arena = arena_new((size_t)16 << 20),
		.stop_at = 2 };
	char folder[FOLDER_MAX];
	struct why w = { 0 };

	(void)state;
	folder_make(folder);
	make_word(folder, "a");
	make_word(folder, "d/");
	make_word(folder, "d/b");
	make_word(folder, "d/c");
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_err(ERR_FULL, walk(fd, &gathered, &w));
	assert_string_equal("enough", w.text);
	assert_int_equal(2, gathered.count);
	close(fd);
	folder_remove(folder);
	arena_free(gathered.arena);
}

/* Sizes are looked up for whoever wants them. */
static enum err
add_size(void *context, const struct walk_file *file, struct why *w)
{
	uint64_t *sum = context;

	(void)w;
	*sum += file->size;
	return ERR_OK;
}

static void
test_sizes(void **state)
{
	char folder[FOLDER_MAX];
	uint64_t with = 0;
	uint64_t without = 0;

	(void)state;
	folder_make(folder);
	make_word(folder, "a");
	make_word(folder, "d/");
	make_word(folder, "d/b");
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_err(ERR_OK, walk_folder(fd, true, add_size, &with, NULL));
	assert_err(ERR_OK, walk_folder(fd, false, add_size, &without, NULL));
	assert_int_equal(8, with);
	assert_true(without == 0 || without == 8);
	close(fd);
	folder_remove(folder);
}

int
main(int argc, char **argv)
{
	UNIT_ROWS(rows, test_row);
	UNIT(test_socket);
	UNIT(test_depth);
	UNIT(test_stop);
	UNIT(test_sizes);
	return unit_run(argc, argv);
}
