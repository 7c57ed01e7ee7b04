#include "client/hashing.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/folder.h"
#include "tests/unit.h"

static const struct output silent = { .is_quiet = true };
static char folder[FOLDER_MAX];
static char path_text[FOLDER_PATH_MAX];

static const char *
at(const char *name)
{
	return folder_path(path_text, folder, name);
}

static void
put(const char *name, const char *text)
{
	int fd = open(at(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal((ssize_t)strlen(text), write(fd, text, strlen(text)));
	close(fd);
}

static enum err
hash(const char *path, struct arena *arena, struct hashing *ret)
{
	struct why w = { 0 };
	enum err err = hashing_path(&silent, path, arena, ret, &w);

	/* every failure says something */
	assert_true(err == ERR_OK || w.text[0] != '\0');
	return err;
}

static void
test_file(void **state)
{
	struct arena *arena = arena_new((size_t)16 << 20);
	struct hash expected = sha256_of(span_of_text("some text"));
	struct hashing hashing;
	struct digest_set set;

	(void)state;
	folder_make(folder);
	put("a", "some text");
	assert_err(ERR_OK, hash(at("a"), arena, &hashing));
	assert_false(hashing.is_set);
	assert_int_equal(9, hashing.bytes);
	assert_true(hash_equal(&expected, &hashing.sha256));
	assert_err(ERR_OK, hashing_digests(&hashing, arena, &set));
	assert_int_equal(1, set.count);
	assert_true(set.has_node);
	/* a link that was named is followed */
	assert_int_equal(0, symlink("a", at("link")));
	assert_err(ERR_OK, hash(at("link"), arena, &hashing));
	assert_true(hash_equal(&expected, &hashing.sha256));
	/* an empty file is hashed and names nothing */
	put("empty", "");
	assert_err(ERR_OK, hash(at("empty"), arena, &hashing));
	assert_err(ERR_OK, hashing_digests(&hashing, arena, &set));
	assert_false(set.has_node);
	folder_remove(folder);
	arena_free(arena);
}

/* The manifest is what coreutils make of it. */
static void
test_set(void **state)
{
	struct arena *arena = arena_new((size_t)16 << 20);
	struct hashing hashing;
	struct digest_set set;
	char command[2 * FOLDER_PATH_MAX];
	char manifest[4096];

	(void)state;
	folder_make(folder);
	assert_int_equal(0, mkdir(at("sub"), 0700));
	put("b", "two");
	put("sub/a b", "one");
	put("sub/c", "two");
	put("empty", "");
	(void)snprintf(command, sizeof(command),
	    "cd '%s' && find . -type f -printf '%%P\\0' | xargs -0 sha256sum "
	    "| LC_ALL=C sort",
	    folder);
	FILE *from = popen(command, "r"); // NOLINT(cert-env33-c)
	size_t len = fread(manifest, 1, sizeof(manifest), from);
	pclose(from);
	assert_err(ERR_OK, hash(folder, arena, &hashing));
	assert_true(hashing.is_set);
	assert_int_equal(4, hashing.count);
	assert_int_equal(9, hashing.bytes);
	assert_span(span_of(manifest, len), hashing.manifest);
	struct hash root = manifest_root(hashing.manifest);
	assert_true(hash_equal(&root, &hashing.root));
	assert_err(ERR_OK, hashing_digests(&hashing, arena, &set));
	assert_int_equal(2, set.count);
	assert_int_equal(DIGEST_MERKLE_TREE_HASH, set.digests[0].algorithm);
	assert_int_equal(DIGEST_SHA256, set.node.algorithm);
	folder_remove(folder);
	arena_free(arena);
}

static void
test_refused(void **state)
{
	struct arena *arena = arena_new((size_t)16 << 20);
	struct hashing hashing;

	(void)state;
	folder_make(folder);
	assert_err(ERR_MISSING, hash(at("none"), arena, &hashing));
	assert_int_equal(0, mkfifo(at("fifo"), 0600));
	assert_err(ERR_REFUSED, hash(at("fifo"), arena, &hashing));
	assert_err(ERR_REFUSED, hash("/dev/null", arena, &hashing));
	/* no size, and yet bytes: its digest would be that of nothing */
	assert_err(ERR_REFUSED, hash("/proc/self/status", arena, &hashing));
	/* the kernel says EIO to whoever reads a page that is not there */
	assert_err(ERR_IO, hash("/proc/self/mem", arena, &hashing));
	assert_err(ERR_REFUSED, hash(folder, arena, &hashing));
	folder_remove(folder);
	arena_free(arena);
}

/* What may not be read is an error, never left out. */
static void
test_denied(void **state)
{
	struct arena *arena = arena_new((size_t)16 << 20);
	struct hashing hashing;

	(void)state;
	folder_make(folder);
	assert_int_equal(0, chmod(folder, 0755));
	put("open", "x");
	put("closed", "x");
	assert_int_equal(0, chmod(at("open"), 0644));
	assert_int_equal(0, chmod(at("closed"), 0));
	bool is_root = geteuid() == 0;
	if (is_root)
		assert_int_equal(0, seteuid(65534));
	enum err file = hash(at("closed"), arena, &hashing);
	enum err set = hash(folder, arena, &hashing);
	if (is_root)
		assert_int_equal(0, seteuid(0));
	assert_err(ERR_MISSING, file);
	assert_err(ERR_MISSING, set);
	folder_remove(folder);
	arena_free(arena);
}

/* A sparse file is read to its end, whatever its size on disk. */
static void
test_sparse(void **state)
{
	struct arena *arena = arena_new((size_t)16 << 20);
	static const uint8_t zeros[4096];
	struct hashing hashing;
	struct sha256 sha256;

	(void)state;
	folder_make(folder);
	put("sparse", "");
	assert_int_equal(0, truncate(at("sparse"), (off_t)8 << 20));
	sha256_init(&sha256);
	for (size_t i = 0; i < ((size_t)8 << 20) / sizeof(zeros); i++)
		sha256_add(&sha256, span_of(zeros, sizeof(zeros)));
	struct hash expected = sha256_done(&sha256);
	assert_err(ERR_OK, hash(at("sparse"), arena, &hashing));
	assert_true(hash_equal(&expected, &hashing.sha256));
	folder_remove(folder);
	arena_free(arena);
}

/* ---- somebody writes while we hash ---- */

struct writer_thread {
	char path[FOLDER_PATH_MAX];
	atomic_bool is_done;
	atomic_bool has_begun;
	bool is_growing;
	bool sets_times_back;
};

/* A busy machine lets the writer sleep through a round. */
#define ROUNDS_MAX 100

static void *
write_on(void *context)
{
	struct writer_thread *t = context;
	int flags = O_WRONLY | O_CLOEXEC | (t->is_growing ? O_APPEND : 0);
	int fd = open(t->path, flags);
	struct stat status;

	(void)!fstat(fd, &status);
	while (!atomic_load(&t->is_done)) {
		(void)!pwrite(fd, "x", 1, 0);
		atomic_store(&t->has_begun, true);
		if (t->is_growing)
			(void)!write(fd, "grows", 5);
		if (t->sets_times_back)
			(void)futimens(fd,
			    (const struct timespec[]){
				status.st_atim, status.st_mtim });
	}
	close(fd);
	return NULL;
}

static void
check_writer(bool is_growing, bool sets_times_back)
{
	struct writer_thread thread = {
		.is_growing = is_growing,
		.sets_times_back = sets_times_back,
	};
	pthread_t id;
	size_t refused = 0;

	folder_make(folder);
	put("file", "");
	assert_int_equal(0, truncate(at("file"), (off_t)48 << 20));
	(void)folder_path(thread.path, folder, "file");
	assert_int_equal(0, pthread_create(&id, NULL, write_on, &thread));
	while (!atomic_load(&thread.has_begun))
		usleep(1000);
	for (size_t i = 0; i < ROUNDS_MAX && refused < 4; i++) {
		struct arena *arena = arena_new((size_t)1 << 20);
		struct hashing hashing;
		refused += hash(thread.path, arena, &hashing) == ERR_REFUSED;
		arena_free(arena);
	}
	atomic_store(&thread.is_done, true);
	pthread_join(id, NULL);
	assert_int_equal(4, refused);
	folder_remove(folder);
}

static void
test_changes(void **state)
{
	(void)state;
	check_writer(false, false);
	check_writer(false, true);
	check_writer(true, false);
}

/* Files of a set come and go. */
static void *
come_and_go(void *context)
{
	struct writer_thread *t = context;

	while (!atomic_load(&t->is_done)) {
		close(open(t->path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
		(void)unlink(t->path);
	}
	return NULL;
}

static void
test_set_changes(void **state)
{
	struct writer_thread thread = { .is_growing = false };
	struct arena *arena = arena_new((size_t)64 << 20);
	size_t refused = 0;
	pthread_t id;

	(void)state;
	folder_make(folder);
	put("stays", "");
	assert_int_equal(0, truncate(at("stays"), (off_t)1 << 20));
	(void)folder_path(thread.path, folder, "comes");
	assert_int_equal(0, pthread_create(&id, NULL, come_and_go, &thread));
	for (size_t i = 0; i < 50; i++) {
		struct hashing hashing;
		enum err err = hash(folder, arena, &hashing);
		refused += err != ERR_OK;
		/* what is accepted is whole */
		if (err == ERR_OK)
			assert_true(hashing.count == 1 || hashing.count == 2);
	}
	atomic_store(&thread.is_done, true);
	pthread_join(id, NULL);
	print_message("# %zu of 50 refused\n", refused);
	folder_remove(folder);
	arena_free(arena);
}

/* More files than threads, all of them in the manifest. */
static void
test_many(void **state)
{
	struct arena *arena = arena_new((size_t)64 << 20);
	struct manifest_line *lines;
	struct hashing hashing;
	char name[16];
	size_t count;

	(void)state;
	folder_make(folder);
	for (int i = 0; i < 500; i++) {
		(void)snprintf(name, sizeof(name), "f%03d", i);
		put(name, name);
	}
	assert_err(ERR_OK, hash(folder, arena, &hashing));
	assert_int_equal(500, hashing.count);
	assert_err(ERR_OK,
	    manifest_parse(hashing.manifest, arena, &lines, &count, NULL));
	assert_int_equal(500, count);
	for (size_t i = 0; i < count; i++) {
		struct hash expected = sha256_of(lines[i].path);
		assert_true(hash_equal(&expected, &lines[i].digest));
	}
	folder_remove(folder);
	arena_free(arena);
}

/* ---- with wishes ---- */

static struct hashing_wish
wish_with(struct cache *cache)
{
	return (struct hashing_wish){
		.out = &silent,
		.cache = cache,
		.fd = -1,
	};
}

/* What did not change is not read again: a false digest in the cache shows it. */
static void
test_cache(void **state)
{
	struct arena *arena = arena_new((size_t)64 << 20);
	struct hash planted = { { 1 } };
	struct cache *cache = NULL;
	struct hashing hashing;
	struct stat status;

	(void)state;
	folder_make(folder);
	assert_int_equal(0, mkdir(at("set"), 0700));
	put("set/a", "one");
	put("set/b", "two");
	assert_err(ERR_OK, cache_open(at("cache"), &cache, NULL));
	struct hashing_wish wish = wish_with(cache);
	assert_err(
	    ERR_OK, hashing_run(&wish, at("set"), arena, &hashing, NULL));
	assert_int_equal(0, stat(at("set/a"), &status));
	cache_put(cache, &status, &planted);
	assert_err(
	    ERR_OK, hashing_run(&wish, at("set"), arena, &hashing, NULL));
	assert_true(hash_equal(&planted, &hashing.lines[0].digest));
	assert_int_equal(6, hashing.bytes);
	assert_err(
	    ERR_OK, hashing_run(&wish, at("set/a"), arena, &hashing, NULL));
	assert_true(hash_equal(&planted, &hashing.sha256));
	/* what is written again is */
	put("set/a", "One");
	assert_err(
	    ERR_OK, hashing_run(&wish, at("set"), arena, &hashing, NULL));
	struct hash expected = sha256_of(span_of_text("One"));
	assert_true(hash_equal(&expected, &hashing.lines[0].digest) ||
	    hash_equal(&expected, &hashing.lines[1].digest));
	assert_err(ERR_OK, hash(at("set/a"), arena, &hashing));
	assert_true(hash_equal(&expected, &hashing.sha256));
	/* one that may not be read is not passed over for being known */
	cache_close(cache);
	folder_remove(folder);
	arena_free(arena);
}

#define LFS_OID \
	"4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393"
#define LFS_POINTER \
	"version https://git-lfs.github.com/spec/v1\noid sha256:" LFS_OID \
	"\nsize 12345\n"

static void
test_pointers(void **state)
{
	struct arena *arena = arena_new((size_t)64 << 20);
	struct hashing hashing;
	struct cache *cache = NULL;
	struct hash oid;
	struct why w = { 0 };

	(void)state;
	assert_true(hash_parse(span_of_text(LFS_OID), &oid));
	folder_make(folder);
	assert_int_equal(0, mkdir(at("set"), 0700));
	put("set/model.bin", LFS_POINTER);
	put("set/text", "plain");
	assert_err(ERR_OK, cache_open(at("cache"), &cache, NULL));
	struct hashing_wish wish = wish_with(cache);
	assert_err(
	    ERR_OK, hashing_run(&wish, at("set"), arena, &hashing, NULL));
	assert_int_equal(5 + sizeof(LFS_POINTER) - 1, hashing.bytes);
	wish.reads_pointers = true;
	assert_err(
	    ERR_OK, hashing_run(&wish, at("set"), arena, &hashing, NULL));
	assert_int_equal(12345 + 5, hashing.bytes);
	assert_true(hash_equal(&oid, &hashing.lines[0].digest));
	assert_span_text("model.bin", hashing.lines[0].path);
	assert_err(ERR_OK,
	    hashing_run(&wish, at("set/model.bin"), arena, &hashing, NULL));
	assert_true(hash_equal(&oid, &hashing.sha256));
	assert_int_equal(12345, hashing.bytes);
	put("set/broken", "version https://git-lfs.github.com/spec/v1\n");
	assert_err(
	    ERR_SYNTAX, hashing_run(&wish, at("set"), arena, &hashing, &w));
	assert_non_null(strstr(w.text, "broken: a git-lfs pointer"));
	assert_int_equal(0, unlink(at("set/broken")));
	put("set/data.dvc", "outs:\n");
	assert_err(
	    ERR_REFUSED, hashing_run(&wish, at("set"), arena, &hashing, &w));
	assert_non_null(strstr(w.text, "data.dvc: DVC names files by MD5"));
	wish.reads_pointers = false;
	assert_err(
	    ERR_OK, hashing_run(&wish, at("set"), arena, &hashing, NULL));
	cache_close(cache);
	folder_remove(folder);
	arena_free(arena);
}

/* The OMS root stands between the two others. */
static void
test_oms_root(void **state)
{
	struct arena *arena = arena_new((size_t)64 << 20);
	struct hashing_wish wish = wish_with(NULL);
	struct hashing hashing;
	struct digest_set set;

	(void)state;
	wish.has_oms = true;
	folder_make(folder);
	put("a", "one");
	assert_err(ERR_OK, hashing_run(&wish, folder, arena, &hashing, NULL));
	struct hash file = sha256_of(span_of_text("one"));
	struct hash root = sha256_of(hash_span(&file));
	assert_true(hash_equal(&root, &hashing.oms));
	assert_err(ERR_OK, hashing_digests(&hashing, arena, &set));
	assert_int_equal(3, set.count);
	assert_int_equal(DIGEST_OMS_SHA256, set.digests[1].algorithm);
	assert_int_equal(DIGEST_SHA256, set.node.algorithm);
	assert_err(ERR_OK, hashing_run(&wish, at("a"), arena, &hashing, NULL));
	assert_true(hash_equal(&root, &hashing.oms));
	assert_err(ERR_OK, hashing_digests(&hashing, arena, &set));
	assert_int_equal(2, set.count);
	assert_int_equal(DIGEST_OMS_SHA256, set.digests[0].algorithm);
	folder_remove(folder);
	arena_free(arena);
}

/* More files than are kept as lines. */
static void
test_large(void **state)
{
	struct arena *arena = arena_new((size_t)64 << 20);
	struct hashing hashing;
	char name[16];

	(void)state;
	folder_make(folder);
	for (int i = 0; i < LISTING_KEPT_MAX + 1; i++) {
		(void)snprintf(name, sizeof(name), "f%04d", i);
		put(name, name);
	}
	assert_err(ERR_OK, hash(folder, arena, &hashing));
	assert_int_equal(LISTING_KEPT_MAX + 1, hashing.count);
	assert_int_equal(0, hashing.manifest.len);
	assert_int_equal((LISTING_KEPT_MAX + 1) * 72, hashing.manifest_len);
	for (size_t i = 1; i < LISTING_KEPT_MAX; i++)
		assert_true(hash_compare(&hashing.lines[i - 1].digest,
				&hashing.lines[i].digest) <= 0);
	folder_remove(folder);
	arena_free(arena);
}

int
main(int argc, char **argv)
{
	UNIT(test_file);
	UNIT(test_set);
	UNIT(test_refused);
	UNIT(test_denied);
	UNIT(test_sparse);
	UNIT(test_changes);
	UNIT(test_set_changes);
	UNIT(test_many);
	UNIT(test_cache);
	UNIT(test_pointers);
	UNIT(test_oms_root);
	UNIT(test_large);
	return unit_run(argc, argv);
}
