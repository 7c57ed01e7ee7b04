#include "client/kept.h"

#include <unistd.h>

#include "client/environment.h"
#include "schema/arena.h"
#include "tests/folder.h"
#include "tests/unit.h"

static char folder[FOLDER_MAX];
static struct trust trust;
static struct arena *arena;

static void
begin(void)
{
	folder_make(folder);
	(void)snprintf(trust.dir, sizeof(trust.dir), "%s/log", folder);
	arena = arena_new((size_t)4 << 20);
}

static void
end(void)
{
	arena_free(arena);
	folder_remove(folder);
}

static enum err
read_back(const struct hash *hash, struct span *ret)
{
	char name[HASH_TEXT_MAX + 8] = "kept/";
	char path[DISK_PATH_MAX];

	hash_print(hash, name + strlen(name));
	assert_err(ERR_OK, disk_join(trust.dir, name, path, NULL));
	return disk_read(path, 4096, arena, ret, NULL);
}

static void
test_put(void **state)
{
	struct span text = span_of_text("a text");
	struct hash hash = sha256_of(text);
	struct span got;

	(void)state;
	begin();
	assert_err(ERR_OK, kept_put(&trust, &hash, text, NULL));
	assert_err(ERR_OK, kept_put(&trust, &hash, text, NULL));
	assert_err(ERR_OK, read_back(&hash, &got));
	assert_span(text, got);
	end();
}

static size_t
count_files(void)
{
	char dir[DISK_PATH_MAX];
	char command[DISK_PATH_MAX + 32];
	char line[32] = "";

	assert_err(ERR_OK, disk_join(trust.dir, "kept", dir, NULL));
	(void)snprintf(command, sizeof(command), "ls -A '%s' | wc -l", dir);
	FILE *from = popen(command, "r"); // NOLINT(cert-env33-c)
	(void)!fgets(line, sizeof(line), from);
	pclose(from);
	return (size_t)strtoul(line, NULL, 10);
}

static void
test_stream(void **state)
{
	struct span text = span_of_text("first second");
	struct hash hash = sha256_of(text);
	struct kept kept;
	struct span got;

	(void)state;
	begin();
	assert_err(ERR_OK, kept_begin(&trust, &kept, NULL));
	assert_int_equal(6, write(kept.fd, "first ", 6));
	assert_int_equal(6, write(kept.fd, "second", 6));
	assert_err(ERR_OK, kept_end(&trust, &kept, &hash, NULL));
	kept_drop(&kept);
	assert_err(ERR_OK, read_back(&hash, &got));
	assert_span(text, got);
	/* what is given up leaves nothing behind */
	assert_err(ERR_OK, kept_begin(&trust, &kept, NULL));
	assert_int_equal(2, count_files());
	kept_drop(&kept);
	kept_drop(&kept);
	assert_int_equal(1, count_files());
	end();
}

static void
test_no_place(void **state)
{
	struct hash hash = sha256_of(span_of_text("x"));
	struct kept kept;
	struct why w = { 0 };

	(void)state;
	begin();
	(void)snprintf(trust.dir, sizeof(trust.dir), "/dev/null/log");
	assert_true(kept_begin(&trust, &kept, &w) != ERR_OK);
	assert_true(w.text[0] != '\0');
	assert_int_equal(-1, kept.fd);
	kept_drop(&kept);
	assert_true(kept_put(&trust, &hash, span_of_text("x"), NULL) != ERR_OK);
	end();
}

/* ---- the environment's text ---- */

static void
test_find(void **state)
{
	char path[DISK_PATH_MAX];
	char long_name[DISK_PATH_MAX + 8];

	(void)state;
	begin();
	assert_true(environment_find("sh", path));
	assert_true(path[0] == '/');
	assert_true(environment_find("/bin/sh", path));
	assert_string_equal("/bin/sh", path);
	assert_false(environment_find("no-such-command", path));
	assert_false(environment_find("/etc", path));
	assert_false(environment_find("/etc/passwd", path));
	memset(long_name, 'a', sizeof(long_name));
	long_name[sizeof(long_name) - 1] = '\0';
	assert_false(environment_find(long_name, path));
	long_name[0] = '/';
	assert_false(environment_find(long_name, path));
	end();
}

static void
test_print(void **state)
{
	char text[ENVIRONMENT_LEN_MAX];
	struct writer w = writer_of(text, sizeof(text));
	struct span rest;
	struct span line;
	static const char *const labels[] = { "machine: ", "system: Linux ",
		"os: ", "executable: " };

	(void)state;
	begin();
	environment_print("sh", arena, &w);
	assert_err(ERR_OK, writer_end(&w));
	rest = writer_view(&w);
	for (size_t i = 0; i < 4; i++) {
		assert_true(span_cut(&rest, '\n', &line));
		assert_true(span_starts(line, labels[i]));
	}
	assert_int_equal(0, rest.len);
	assert_int_equal(strlen("executable: ") + HASH_TEXT_LEN, line.len);
	writer_clear(&w);
	environment_print("no-such-command", arena, &w);
	rest = writer_view(&w);
	assert_true(rest.len > 20);
	assert_span_text(
	    "executable: unknown\n", span_part(rest, rest.len - 20, 20));
	end();
}

int
main(int argc, char **argv)
{
	UNIT(test_put);
	UNIT(test_stream);
	UNIT(test_no_place);
	UNIT(test_find);
	UNIT(test_print);
	return unit_run(argc, argv);
}
