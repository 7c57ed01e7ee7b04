/* device: the marker, and what is refused before LMDB opens anything. */
#include "tests/unit.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/device.h"
#include "daemon/fault.h"
#include "daemon/file.h"
#include "daemon/store.h"
#include "schema/key.h"
#include "tests/folder.h"

static void
make_stores(const char *folder)
{
	static const char *const names[] = { "log", "index" };
	char path[FOLDER_PATH_MAX];
	struct store *store = NULL;

	for (size_t i = 0; i < 2; i++) {
		folder_path(path, folder, names[i]);
		assert_err(
		    ERR_OK, store_open(path, (enum store_kind)i, &store, NULL));
		store_close(store);
	}
}

static void
test_marker(void **state)
{
	char folder[FOLDER_MAX];
	char path[FOLDER_PATH_MAX];
	struct arena *arena = arena_new(4096);
	struct span text;
	(void)state;

	folder_make(folder);
	assert_false(marker_is_set(folder));
	assert_err(ERR_OK, marker_clear(folder, NULL));
	assert_err(ERR_OK, marker_prepare(folder, NULL));
	assert_err(ERR_OK, marker_prepare(folder, NULL));
	assert_false(marker_is_set(folder));
	assert_err(ERR_OK, marker_set(folder, "commit: EIO", NULL));
	assert_true(marker_is_set(folder));
	assert_err(ERR_OK, marker_set(folder, "again", NULL));
	assert_true(marker_is_set(folder));
	folder_path(path, folder, "failed");
	assert_err(ERR_OK, file_read(path, 4096, arena, &text, NULL));
	assert_true(span_starts(text, "again  "));
	assert_int_equal('\n', text.data[text.len - 1]);
	assert_err(ERR_OK, marker_clear(folder, NULL));
	assert_false(marker_is_set(folder));
	/* a reason longer than there is room for */
	char reason[2000];
	memset(reason, 'x', sizeof(reason));
	reason[sizeof(reason) - 1] = 0;
	assert_err(ERR_OK, marker_set(folder, reason, NULL));
	assert_true(marker_is_set(folder));
	assert_err(ERR_MISSING, marker_set("/nowhere/at/all", "x", NULL));
	arena_free(arena);
	folder_remove(folder);
}

/* No file may get longer here, as on a full disk. */
static void
set_when_full(const char *folder)
{
	struct rlimit none = { 0, 0 };

	(void)signal(SIGXFSZ, SIG_IGN);
	if (setrlimit(RLIMIT_FSIZE, &none) != 0)
		_exit(1);
	_exit(marker_set(folder, "full", NULL) == ERR_OK ? 0 : 2);
}

static void
test_marker_when_full(void **state)
{
	char folder[FOLDER_MAX];
	int status = 0;
	(void)state;

	folder_make(folder);
	assert_err(ERR_OK, marker_prepare(folder, NULL));
	pid_t pid = fork();
	if (pid == 0)
		set_when_full(folder);
	assert_int_equal(pid, waitpid(pid, &status, 0));
	assert_int_equal(0, status);
	assert_true(marker_is_set(folder));
	folder_remove(folder);
}

static void
test_well(void **state)
{
	char folder[FOLDER_MAX];
	const char *warning = "untouched";
	struct why w = { "" };
	(void)state;

	folder_make(folder);
	/* nothing there yet */
	assert_err(ERR_OK, device_check(folder, &warning, &w));
	assert_null(warning);
	make_stores(folder);
	assert_err(ERR_OK, device_check(folder, &warning, &w));
	assert_null(warning);
	assert_err(ERR_OK, marker_set(folder, "test", &w));
	assert_err(ERR_OK, device_check(folder, &warning, &w));
	if (warning != NULL)
		print_message("# %s\n", warning);
	assert_true(marker_is_set(folder));
	make_stores(folder); /* opens them again */
	folder_remove(folder);
}

static void
test_differs(void **state)
{
	char folder[FOLDER_MAX];
	const char *warning = NULL;
	struct why w = { "" };
	(void)state;

	folder_make(folder);
	make_stores(folder);
	assert_err(ERR_OK, marker_set(folder, "test", &w));
	assert_err(ERR_OK, device_check(folder, &warning, &w));
	if (warning != NULL) {
		print_message("# skipped: %s\n", warning);
		folder_remove(folder);
		return;
	}
	/* two chunks a file: this is the index */
	fault_set("device-differs:3:error");
	assert_err(ERR_CORRUPT, device_check(folder, &warning, &w));
	fault_set(NULL);
	assert_non_null(strstr(w.text, "index/data.mdb: at byte "));
	assert_non_null(strstr(w.text, "--check"));
	folder_remove(folder);
}

struct damage_row {
	const char *name;
	const char *store;
	enum store_kind kind;
	off_t len;
	const char *part;
};

static const struct damage_row damage_rows[] = {
	{ "device: the log cut off", "log", STORE_LOG, 8192,
	    "log/data.mdb: cut" },
	{ "device: the log empty", "log", STORE_LOG, 0, "no LMDB file" },
	{ "device: the log with half a page", "log", STORE_LOG, 8193,
	    "cut off" },
	{ "device: the index cut off", "index", STORE_INDEX, 8192,
	    "index/data" },
};

/* What the device holds is looked at by whoever opens it. */
static void
test_damage(void **state)
{
	const struct damage_row *row = *state;
	char folder[FOLDER_MAX];
	char path[FOLDER_PATH_MAX];
	char file[FOLDER_PATH_MAX + 16];
	const char *warning = NULL;
	struct store *store;
	struct why w = { "" };

	folder_make(folder);
	make_stores(folder);
	folder_path(path, folder, row->store);
	(void)snprintf(file, sizeof(file), "%s/data.mdb", path);
	assert_int_equal(0, truncate(file, row->len));
	for (int i = 0; i < 2; i++) {
		assert_err(ERR_OK, device_check(folder, &warning, &w));
		assert_err(
		    ERR_CORRUPT, store_open(path, row->kind, &store, &w));
		assert_non_null(strstr(w.text, row->part));
		assert_err(ERR_OK, marker_set(folder, "test", NULL));
	}
	folder_remove(folder);
}

int
main(int argc, char **argv)
{
	if (key_start(NULL) != ERR_OK)
		return 1;
	UNIT(test_marker);
	UNIT(test_marker_when_full);
	UNIT(test_well);
	UNIT(test_differs);
	UNIT_ROWS(damage_rows, test_damage);
	return unit_run(argc, argv);
}
