/* prover and disclosing: single lines of a set, shown to be in it. */
#include "client/disclosing.h"

#include <fcntl.h>
#include <unistd.h>

#include "client/listing.h"
#include "client/prover.h"
#include "tests/folder.h"
#include "tests/unit.h"

/* ---- prover ---- */

static struct hash
leaf_of(uint64_t index)
{
	return tree_leaf(span_of(&index, sizeof(index)));
}

static void
check_prover(const uint64_t *indices, size_t count, uint64_t size)
{
	struct prover *prover = prover_new(indices, count, size);

	for (uint64_t i = 0; i < size; i++) {
		struct hash leaf = leaf_of(i);
		prover_leaf(prover, &leaf);
	}
	struct hash root = prover_root(prover);
	for (size_t i = 0; i < count; i++) {
		struct tree_proof proof = prover_proof(prover, i);
		struct hash leaf = leaf_of(indices[i]);
		assert_err(ERR_OK,
		    tree_verify_inclusion(
			indices[i], size, &leaf, &proof, &root));
	}
	prover_free(prover);
}

/* All leaves of all small trees, one by one and all at once. */
static void
test_small(void **state)
{
	uint64_t all[70];

	(void)state;
	for (uint64_t i = 0; i < 70; i++)
		all[i] = i;
	for (uint64_t size = 1; size <= 70; size++) {
		check_prover(all, size, size);
		for (uint64_t i = 0; i < size; i++)
			check_prover(&all[i], 1, size);
	}
	check_prover(all, 0, 5);
}

static void
test_large(void **state)
{
	static const uint64_t indices[] = { 99999, 0, 65535, 65536, 12345, 0 };

	(void)state;
	check_prover(indices, 6, 100000);
	check_prover(indices + 1, 5, 65537);
	prover_free(NULL);
}

/* ---- disclosing ---- */

static char folder[FOLDER_MAX];
static char manifest[FOLDER_PATH_MAX];
static struct session session = { .out = { .is_quiet = true } };

static struct hash
digest_of(const char *path)
{
	return sha256_of(span_of_text(path));
}

/* A salted set of files f0, f1, …; "twin" has the digest of f1. */
static void
make_set(size_t count)
{
	struct listing_wish wish = { .is_salted = true };
	struct listing_result result;
	char path[32];

	folder_make(folder);
	(void)folder_path(manifest, folder, "manifest");
	session.arena = arena_new((size_t)16 << 20);
	wish.fd = open(manifest, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	struct listing *listing = listing_new(&wish);
	for (size_t i = 0; i < count; i++) {
		(void)snprintf(path, sizeof(path), "f%zu", i);
		struct manifest_line line = { digest_of(path),
			span_of_text(path) };
		assert_err(ERR_OK, listing_add(listing, &line, NULL));
	}
	struct manifest_line twin = { digest_of("f1"), span_of_text("twin") };
	assert_err(ERR_OK, listing_add(listing, &twin, NULL));
	assert_err(ERR_OK, listing_end(listing, session.arena, &result, NULL));
	listing_free(listing);
	close(wish.fd);
}

static void
drop_set(void)
{
	folder_remove(folder);
	arena_free(session.arena);
}

static struct disclosing
disclosing_of(struct disclosing_file *files, size_t count)
{
	return (struct disclosing){
		.session = &session,
		.path = manifest,
		.count = count,
		.files = files,
	};
}

/* Paths, digests, one that is given twice: what comes out verifies. */
static void
test_made(void **state)
{
	struct disclosing_file files[] = {
		{ .what = "f5" },
		{ .what = "twin" },
		{ .what = "sha256:…", .has_digest = true },
		{ .what = "f5" },
		{ .what = "here", .has_digest = true },
	};
	struct why w = { 0 };

	(void)state;
	make_set(300);
	files[2].digest = digest_of("f77");
	files[4].digest = digest_of("f1"); /* f1 or its twin */
	struct disclosing d = disclosing_of(files, 5);
	assert_err(ERR_OK, disclosing_make(&d, &w));
	assert_int_equal(301, d.size);
	assert_true(d.openings.count == 3 || d.openings.count == 4);
	assert_err(ERR_OK, opening_verify(&d.openings, &d.root, NULL));
	bool has_f5 = false;
	bool has_twin = false;
	for (size_t i = 0; i < d.openings.count; i++) {
		struct manifest_salted line;
		assert_err(ERR_OK,
		    manifest_line_parse_salted(d.openings.all[i].line, &line));
		has_f5 |= span_is(line.file.path, "f5");
		has_twin |= span_is(line.file.path, "twin");
		assert_true(i == 0 ||
		    d.openings.all[i - 1].index < d.openings.all[i].index);
	}
	assert_true(has_f5 && has_twin);
	drop_set();
}

/* A path decides, whatever the file of that name here holds. */
static void
test_path_first(void **state)
{
	struct disclosing_file files[] = { { .what = "f9",
	    .has_digest = true } };
	struct manifest_salted line;

	(void)state;
	make_set(50);
	files[0].digest = digest_of("f1");
	struct disclosing d = disclosing_of(files, 1);
	assert_err(ERR_OK, disclosing_make(&d, NULL));
	assert_err(
	    ERR_OK, manifest_line_parse_salted(d.openings.all[0].line, &line));
	assert_span_text("f9", line.file.path);
	drop_set();
}

static void
test_missing(void **state)
{
	struct disclosing_file files[] = { { .what = "f1" },
		{ .what = "elsewhere" } };
	struct why w = { 0 };

	(void)state;
	make_set(5);
	struct disclosing d = disclosing_of(files, 2);
	assert_err(ERR_NOT_FOUND, disclosing_make(&d, &w));
	assert_non_null(strstr(w.text, "elsewhere: not in the set"));
	drop_set();
}

static void
test_no_manifest(void **state)
{
	static const char *const texts[] = {
		"nonsense\n",
		/* an open one */
		"ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48"
		"bb  a\n",
		/* cut off */
		"00000000000000000000000000000001 "
		"ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48"
		"bb  a",
		/* not sorted */
		"00000000000000000000000000000002 "
		"ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48"
		"bb  a\n"
		"00000000000000000000000000000002 "
		"ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48"
		"bb  b\n",
	};

	(void)state;
	make_set(1);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct disclosing_file files[] = { { .what = "a" } };
		struct disclosing d = disclosing_of(files, 1);
		struct why w = { 0 };
		int fd = open(manifest, O_WRONLY | O_TRUNC | O_CLOEXEC);
		assert_int_equal((ssize_t)strlen(texts[i]),
		    write(fd, texts[i], strlen(texts[i])));
		close(fd);
		assert_err(ERR_SYNTAX, disclosing_make(&d, &w));
		assert_non_null(strstr(w.text, ": line "));
	}
	drop_set();
}

int
main(int argc, char **argv)
{
	UNIT(test_small);
	UNIT(test_large);
	UNIT(test_made);
	UNIT(test_path_first);
	UNIT(test_missing);
	UNIT(test_no_manifest);
	return unit_run(argc, argv);
}
