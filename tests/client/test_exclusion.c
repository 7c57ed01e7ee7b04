/* chooser and exclusion: a set without some of its files. */
#include "client/exclusion.h"

#include <fcntl.h>
#include <unistd.h>

#include "client/disk.h"
#include "client/listing.h"
#include "tests/folder.h"
#include "tests/unit.h"

static char folder[FOLDER_MAX];

static const char *
at(const char *name, char path[static FOLDER_PATH_MAX])
{
	return folder_path(path, folder, name);
}

static struct manifest_line
line_of(unsigned number, char name[static 32])
{
	/* every tenth has the digest of the one before */
	unsigned content = number % 10 == 9 ? number - 1 : number;

	return (struct manifest_line){
		.digest = sha256_of(span_of(&content, sizeof(content))),
		.path = span_of(name,
		    (size_t)snprintf(name, 32, "d%u/f%u", number % 3, number)),
	};
}

/* Lines 0 to `count` that are not of `removed`, a bit each of their numbers. */
static void
make_manifest(const char *name, unsigned count, uint64_t removed)
{
	struct listing_wish wish = { .fd = -1 };
	struct arena *arena = arena_new((size_t)16 << 20);
	struct listing_result result;
	char path[FOLDER_PATH_MAX];
	char text[32];

	wish.fd = open(
	    at(name, path), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	struct listing *listing = listing_new(&wish);
	for (unsigned i = 0; i < count; i++) {
		struct manifest_line line = line_of(i, text);
		if ((removed >> i % 64 & 1) == 0)
			assert_err(ERR_OK, listing_add(listing, &line, NULL));
	}
	assert_err(ERR_OK, listing_end(listing, arena, &result, NULL));
	listing_free(listing);
	close(wish.fd);
	arena_free(arena);
}

static void
assert_same(const char *left, const char *right)
{
	struct arena *arena = arena_new((size_t)16 << 20);
	char path[FOLDER_PATH_MAX];
	struct span a;
	struct span b;

	assert_err(ERR_OK,
	    disk_read(at(left, path), (size_t)1 << 20, arena, &a, NULL));
	assert_err(ERR_OK,
	    disk_read(at(right, path), (size_t)1 << 20, arena, &b, NULL));
	assert_span(a, b);
	arena_free(arena);
}

/* Makes `new` and `proof` of `old`, with whatever the chooser means. */
static enum err
exclude(struct chooser *chooser, struct exclusion *ret)
{
	uint8_t buffer[SPILL_BUFFER_MIN];
	struct spill removed = spill_begin(buffer, sizeof(buffer));
	char path[FOLDER_PATH_MAX];
	char old[FOLDER_PATH_MAX];
	int flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC;
	int fd = open(at("new", path), flags, 0600);
	struct exclusion_source source = {
		.path = at("old", old),
		.chooser = chooser,
		.fd = fd,
		.removed = &removed,
	};
	enum err err = exclusion_make(&source, ret, NULL);

	close(fd);
	fd = open(at("proof", path), flags, 0600);
	if (err == ERR_OK)
		err = exclusion_write(ret, &removed, fd, NULL);
	close(fd);
	spill_end(&removed);
	return err;
}

static enum err
check(struct exclusion *ret)
{
	char paths[3][FOLDER_PATH_MAX];
	struct exclusion_files files = {
		.proof = at("proof", paths[0]),
		.old = at("old", paths[1]),
		.new = at("new", paths[2]),
	};

	return exclusion_check(&files, ret, NULL);
}

/* Sets of lines, by themselves: what is left is what was not chosen. */
static void
test_lines(void **state)
{
	static const uint64_t removed[] = { 1, 2, 0x8000000000000000,
		0x5555555555555555, 0xfffffffffffffffe, 0x8421 };

	(void)state;
	folder_make(folder);
	make_manifest("old", 400, 0);
	for (size_t i = 0; i < sizeof(removed) / sizeof(removed[0]); i++) {
		struct chooser *chooser = chooser_new(NULL);
		struct exclusion made;
		struct exclusion checked;
		char text[32];
		for (unsigned j = 400; j > 0; j--) {
			struct manifest_line line = line_of(j - 1, text);
			if ((removed[i] >> (j - 1) % 64 & 1) != 0)
				assert_err(ERR_OK,
				    chooser_add_line(chooser, &line, NULL));
		}
		assert_err(ERR_OK, exclude(chooser, &made));
		make_manifest("expected", 400, removed[i]);
		assert_same("expected", "new");
		assert_err(ERR_OK, check(&checked));
		assert_int_equal(made.removed, checked.removed);
		assert_int_equal(400, checked.old.count);
		assert_int_equal(400 - made.removed, checked.new.count);
		chooser_free(chooser);
	}
	folder_remove(folder);
}

/* By digest, both lines that have it; by path; counted. */
static void
test_digests(void **state)
{
	struct chooser *chooser = chooser_new("d0/");
	struct exclusion made;
	struct hash nobody = { { 7 } };
	char text[32];

	(void)state;
	folder_make(folder);
	make_manifest("old", 30, 0);
	struct manifest_line line = line_of(28, text); /* and 29 */
	for (int i = 0; i < 3; i++)
		assert_err(
		    ERR_OK, chooser_add_digest(chooser, &line.digest, NULL));
	assert_err(ERR_OK, chooser_add_digest(chooser, &nobody, NULL));
	assert_err(ERR_OK, exclude(chooser, &made));
	assert_int_equal(12, made.removed); /* ten of d0, 28 and 29 */
	assert_int_equal(2, chooser_digests(chooser));
	assert_int_equal(1, chooser_found(chooser));
	chooser_free(chooser);
	chooser_free(NULL);
	folder_remove(folder);
}

/* Each byte of the proof and of both manifests, damaged: it never holds. */
static void
test_damage(void **state)
{
	static const char *const names[] = { "proof", "old", "new" };
	struct chooser *chooser = chooser_new(NULL);
	struct exclusion exclusion;
	char text[32];
	char path[FOLDER_PATH_MAX];

	(void)state;
	folder_make(folder);
	make_manifest("old", 12, 0);
	for (unsigned i = 3; i < 6; i++) {
		struct manifest_line line = line_of(i, text);
		assert_err(ERR_OK, chooser_add_line(chooser, &line, NULL));
	}
	assert_err(ERR_OK, exclude(chooser, &exclusion));
	for (size_t i = 0; i < 3; i++) {
		int fd = open(at(names[i], path), O_RDWR | O_CLOEXEC);
		uint8_t byte;
		for (off_t j = 0; pread(fd, &byte, 1, j) == 1; j++) {
			uint8_t other = byte ^ 1;
			assert_int_equal(1, pwrite(fd, &other, 1, j));
			enum err err = check(&exclusion);
			assert_true(err == ERR_MISMATCH || err == ERR_SYNTAX);
			assert_int_equal(1, pwrite(fd, &byte, 1, j));
		}
		assert_err(ERR_OK, check(&exclusion));
		/* cut off anywhere */
		off_t len = lseek(fd, 0, SEEK_END);
		uint8_t bytes[4096];
		assert_int_equal(len, pread(fd, bytes, sizeof(bytes), 0));
		for (off_t j = 0; j < len; j += 7) {
			assert_int_equal(0, ftruncate(fd, j));
			assert_true(check(&exclusion) != ERR_OK);
		}
		assert_int_equal(len, pwrite(fd, bytes, (size_t)len, 0));
		close(fd);
	}
	chooser_free(chooser);
	folder_remove(folder);
}

static void
test_refused(void **state)
{
	struct exclusion exclusion;
	struct manifest_line line = { .path = span_of_text("d9/f9") };
	struct chooser *chooser = chooser_new(NULL);

	(void)state;
	folder_make(folder);
	make_manifest("old", 5, 0);
	assert_err(ERR_NOT_FOUND, exclude(chooser, &exclusion));
	chooser_free(chooser);
	chooser = chooser_new(NULL);
	assert_err(ERR_OK, chooser_add_line(chooser, &line, NULL));
	assert_err(ERR_NOT_FOUND, exclude(chooser, &exclusion));
	chooser_free(chooser);
	chooser = chooser_new("d0");
	line.path = span_of_text("../x");
	assert_err(ERR_SYNTAX, chooser_add_line(chooser, &line, NULL));
	for (unsigned i = 0; i < 5; i++) {
		char text[32];
		line = line_of(i, text);
		assert_err(
		    ERR_OK, chooser_add_digest(chooser, &line.digest, NULL));
	}
	assert_err(ERR_REFUSED, exclude(chooser, &exclusion));
	chooser_free(chooser);
	folder_remove(folder);
}

int
main(int argc, char **argv)
{
	UNIT(test_lines);
	UNIT(test_digests);
	UNIT(test_damage);
	UNIT(test_refused);
	return unit_run(argc, argv);
}
