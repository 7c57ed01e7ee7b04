/* shard: in, not in, unknown, against a linear search; by manifests, openings and
 * lists; what is damaged, withdrawn, or somebody else's word. */
#include "tests/daemon/set_kit.h"

#include <unistd.h>

#include "daemon/shard.h"
#include "schema/manifest.h"

static struct kit kit;

struct asked {
	struct view view;
	struct arena *arena;
	struct shard_finding finding;
	enum err err;
	struct why why;
};

static struct asked
ask(const struct digest *set, const struct hash *shard, const char *as)
{
	struct asked asked = { .arena = arena_new(REQUEST_ARENA_MAX) };
	const struct shard_question question = {
		.arena = asked.arena,
		.set = *set,
		.shard = *shard,
		.as = as == NULL ? SPAN_EMPTY : span_of_text(as),
		.blobs = kit.blobs,
	};

	asked.view = kit_view(&kit);
	asked.err =
	    shard_ask(&asked.view, &question, &asked.finding, &asked.why);
	return asked;
}

static void
done(struct asked *asked)
{
	assert_err(ERR_OK, view_close(&asked->view));
	arena_free(asked->arena);
}

static void
expect(const struct digest *set, unsigned file, const char *as,
    enum shard_verdict verdict, enum shard_by by)
{
	struct hash shard = kit_file(file);
	struct asked asked = ask(set, &shard, as);

	if (asked.err != ERR_OK)
		print_message("# %s\n", asked.why.text);
	assert_err(ERR_OK, asked.err);
	if (verdict != asked.finding.verdict || by != asked.finding.by)
		print_message("# file %u: %s\n", file,
		    asked.finding.reason == NULL ? "" : asked.finding.reason);
	assert_int_equal(verdict, asked.finding.verdict);
	assert_int_equal(by, asked.finding.by);
	assert_int_equal(
	    verdict == SHARD_UNKNOWN, asked.finding.reason != NULL);
	done(&asked);
}

/* ---- by the manifest ---- */

static void
check_lines(const struct shard_finding *finding, const struct hash *shard,
    const struct kit_set *set)
{
	size_t below = 0;
	size_t same = 0;

	for (size_t i = 0; i < set->count; i++) {
		struct hash member = kit_file(set->members[i]);
		int order = hash_compare(&member, shard);

		below += order < 0;
		same += order == 0;
	}
	assert_int_equal(set->count, finding->size);
	assert_true(hash_equal(&set->root, &finding->root));
	assert_int_equal(same > 0 ? SHARD_IN : SHARD_NOT_IN, finding->verdict);
	if (same > 0) {
		assert_int_equal(1, finding->line_count);
		assert_int_equal(below, finding->lines[0].index);
	} else {
		size_t expected =
		    (size_t)(below > 0) + (size_t)(below < set->count);

		assert_int_equal(expected, finding->line_count);
		assert_int_equal(
		    below > 0 ? below - 1 : 0, finding->lines[0].index);
	}
	for (size_t i = 0; i < finding->line_count; i++) {
		struct hash leaf = tree_leaf(finding->lines[i].line);

		assert_err(ERR_OK,
		    tree_verify_inclusion(finding->lines[i].index,
			finding->size, &leaf, &finding->lines[i].proof,
			&finding->root));
	}
}

static void
test_manifest(void **state)
{
	static const size_t counts[] = { 1, 2, 3, 255, 256, 257, 512, 1000 };
	static unsigned members[1000];
	(void)state;

	kit_open(&kit);
	for (unsigned i = 0; i < 1000; i++) /* every other file; one twice */
		members[i] = i == 7 ? 10 : 2 * i;
	for (size_t c = 0; c < sizeof(counts) / sizeof(counts[0]); c++) {
		struct kit_set set = kit_set_of(&kit, members, counts[c]);

		(void)kit_add_set(&kit, 0, &set);
		kit_commit(&kit);
		expect(&set.digest, 0, NULL, SHARD_UNKNOWN, SHARD_BY_NOTHING);
		kit_upload(&kit, &set);
		for (unsigned file = 0;
		     file<2 * counts[c] + 2; file += counts[c]> 3 ? 13 : 1) {
			struct hash shard = kit_file(file);
			struct asked asked = ask(&set.digest, &shard, "p0");

			assert_err(ERR_OK, asked.err);
			assert_int_equal(SHARD_BY_MANIFEST, asked.finding.by);
			check_lines(&asked.finding, &shard, &set);
			done(&asked);
		}
	}
	kit_close(&kit);
}

/* The set by its root; another principal's; a withdrawn record. */
static void
test_records(void **state)
{
	static const unsigned members[] = { 1, 2, 3 };
	struct digest root = { .algorithm = DIGEST_MERKLE_TREE_HASH,
		.len = HASH_LEN };
	struct kit_set set;
	struct hash id;
	(void)state;

	kit_open(&kit);
	set = kit_set_of(&kit, members, 3);
	memcpy(root.bytes, set.root.bytes, HASH_LEN);
	id = kit_add_set(&kit, 0, &set);
	kit_commit(&kit);
	kit_upload(&kit, &set);
	expect(&root, 2, NULL, SHARD_IN, SHARD_BY_MANIFEST);
	expect(&root, 2, "p0", SHARD_IN, SHARD_BY_MANIFEST);
	expect(&set.digest, 2, "p1", SHARD_UNKNOWN, SHARD_BY_NOTHING);
	(void)kit_withdraw(&kit, 1, &id); /* a dispute */
	kit_commit(&kit);
	expect(&set.digest, 2, NULL, SHARD_IN, SHARD_BY_MANIFEST);
	(void)kit_withdraw(&kit, 0, &id);
	kit_commit(&kit);
	expect(&set.digest, 2, NULL, SHARD_UNKNOWN, SHARD_BY_NOTHING);
	/* who signs another root is not shown by the manifest */
	struct kit_set forged = set;
	forged.root.bytes[0] ^= 1;
	(void)kit_add(&kit,
	    &(struct kit_record){
		.kind = RECORD_DATASET,
		.principal = 1,
		.subjects = { SET_AS(&forged, NULL) },
	    });
	kit_commit(&kit);
	expect(&set.digest, 2, NULL, SHARD_UNKNOWN, SHARD_BY_NOTHING);
	/* a run that put it out is no description of it */
	(void)kit_add(&kit,
	    &(struct kit_record){
		.kind = RECORD_RUN,
		.subjects = { SET_AS(&set, NULL) },
	    });
	kit_commit(&kit);
	expect(&set.digest, 2, NULL, SHARD_UNKNOWN, SHARD_BY_NOTHING);
	kit_close(&kit);
}

/* ---- by lists ---- */

struct list_row {
	const char *name;
	enum record_kind kind;
	bool is_set; /* with a root; else a single file */
	const char *roles[2];
	const char *complete;
	enum shard_verdict in; /* of the part */
	enum shard_verdict out;
	enum shard_by by_out;
};

#define DS RECORD_DATASET

static const struct list_row lists[] = {
	{ "a complete list", DS, true, { "shard" }, "[\"shard\"]", SHARD_IN,
	    SHARD_NOT_IN, SHARD_BY_LIST },
	{ "a list", DS, true, { "shard" }, NULL, SHARD_IN, SHARD_UNKNOWN,
	    SHARD_BY_NOTHING },
	{ "complete for another role", DS, true, { "shard" }, "[\"source\"]",
	    SHARD_IN, SHARD_UNKNOWN, SHARD_BY_NOTHING },
	{ "of two roles", DS, true, { "shard", "weights" }, "[\"shard\"]",
	    SHARD_IN, SHARD_UNKNOWN, SHARD_BY_NOTHING },
	{ "of two complete roles", DS, true, { "shard", "weights" },
	    "[\"shard\",\"weights\"]", SHARD_IN, SHARD_NOT_IN, SHARD_BY_LIST },
	{ "weights of a data set", DS, true, { "weights" }, "[\"weights\"]",
	    SHARD_IN, SHARD_UNKNOWN, SHARD_BY_NOTHING },
	{ "weights of a model", RECORD_MODEL, true, { "weights" },
	    "[\"weights\"]", SHARD_IN, SHARD_NOT_IN, SHARD_BY_LIST },
	{ "a complete list of no set with a root", DS, false, { "shard" },
	    "[\"shard\"]", SHARD_IN, SHARD_NOT_IN, SHARD_BY_LIST },
	{ "a file that is no part", DS, true, { "readme" }, "[\"shard\"]",
	    SHARD_IN, SHARD_UNKNOWN, SHARD_BY_NOTHING },
	{ "complete without parts", DS, true, { NULL }, "[\"shard\"]",
	    SHARD_UNKNOWN, SHARD_UNKNOWN, SHARD_BY_NOTHING },
	{ "a single file", DS, false, { NULL }, NULL, SHARD_NOT_IN,
	    SHARD_NOT_IN, SHARD_BY_FILE },
	{ "a single file and its licence", DS, false, { "readme" }, NULL,
	    SHARD_IN, SHARD_NOT_IN, SHARD_BY_FILE },
};

static void
test_list(void **state)
{
	const struct list_row *row = *state;
	static const unsigned members[] = { 1, 2 };
	struct kit_record record = {
		.kind = row->kind,
		.complete = row->complete,
	};
	struct digest file = shelf_digest(9);
	struct kit_set set;

	kit_open(&kit);
	set = kit_set_of(&kit, members, 2);
	record.subjects[0] = row->is_set
	    ? (struct kit_artifact)SET_AS(&set, NULL)
	    : (struct kit_artifact)FILE_AS(9, NULL);
	for (unsigned i = 0; i < 2 && row->roles[i] != NULL; i++)
		record.subjects[1 + i] =
		    (struct kit_artifact)FILE_AS(i + 1, row->roles[i]);
	(void)kit_add(&kit, &record);
	kit_commit(&kit);
	const struct digest *asked = row->is_set ? &set.digest : &file;
	expect(asked, 1, NULL, row->in,
	    row->in == SHARD_IN		  ? SHARD_BY_LIST
		: row->in == SHARD_NOT_IN ? SHARD_BY_FILE
					  : SHARD_BY_NOTHING);
	expect(asked, 5, NULL, row->out, row->by_out);
	if (!row->is_set)
		expect(asked, 9, NULL,
		    row->by_out == SHARD_BY_FILE ? SHARD_IN : row->out,
		    row->by_out);
	kit_close(&kit);
}

/* What is proved stands above what is said. */
static void
test_best(void **state)
{
	static const unsigned members[] = { 1, 2 };
	struct kit_set set;
	(void)state;

	kit_open(&kit);
	set = kit_set_of(&kit, members, 2);
	/* a liar lists one file more, and calls it all */
	(void)kit_add(&kit,
	    &(struct kit_record){
		.kind = RECORD_DATASET,
		.principal = 1,
		.subjects = { SET_AS(&set, NULL), FILE_AS(5, "shard") },
		.complete = "[\"shard\"]",
	    });
	kit_commit(&kit);
	expect(&set.digest, 5, NULL, SHARD_IN, SHARD_BY_LIST);
	expect(&set.digest, 1, NULL, SHARD_NOT_IN, SHARD_BY_LIST);
	(void)kit_add_set(&kit, 0, &set);
	kit_commit(&kit);
	kit_upload(&kit, &set);
	expect(&set.digest, 5, NULL, SHARD_NOT_IN, SHARD_BY_MANIFEST);
	expect(&set.digest, 1, NULL, SHARD_IN, SHARD_BY_MANIFEST);
	expect(&set.digest, 5, "p1", SHARD_NOT_IN, SHARD_BY_MANIFEST);
	kit_close(&kit);
}

/* ---- salted ---- */

static void
put_openings(const struct manifest_salted *lines, size_t count,
    struct kit_set *set, struct writer *w)
{
	struct hash leaves[3];
	struct tree_edge edge = { .size = 0 };
	struct hash made[TREE_LEVELS];
	struct writer text = writer_heap(4096);

	for (size_t i = 0; i < count; i++) {
		writer_clear(&text);
		manifest_line_print_salted(&lines[i], &text);
		leaves[i] = tree_leaf(span_of(text.data, text.len - 1));
		(void)tree_append(&edge, &leaves[i], made);
	}
	set->root = tree_edge_root(&edge);
	/* the middle one of three */
	writer_clear(&text);
	manifest_line_print_salted(&lines[1], &text);
	writer_text(w, "\"openings\":[{");
	writer_member_text(w, "line", span_of(text.data, text.len - 1));
	writer_text(w, ",\"index\":\"1\",\"size\":\"3\",\"hashes\":[\"");
	writer_base64(w, hash_span(&leaves[0]));
	writer_text(w, "\",\"");
	writer_base64(w, hash_span(&leaves[2]));
	writer_text(w, "\"]}]");
	writer_u8(w, 0);
	writer_done(&text);
}

static void
test_salted(void **state)
{
	static const unsigned members[] = { 1, 2, 3 };
	struct manifest_salted lines[3];
	struct writer openings = writer_heap(8192);
	struct kit_set set;
	struct hash id;
	(void)state;

	kit_open(&kit);
	set = kit_set_of(&kit, members, 3);
	for (unsigned i = 0; i < 3; i++) {
		memset(lines[i].salt, (int)i + 1, MANIFEST_SALT_LEN);
		lines[i].file.digest = kit_file(members[i]);
		lines[i].file.path = span_of_text("a/b");
	}
	put_openings(lines, 3, &set, &openings);
	(void)kit_add(&kit,
	    &(struct kit_record){
		.kind = RECORD_DATASET,
		.subjects = { SET_AS(&set, NULL) },
		.disclosure = "salted",
		.attaches = true,
		.is_salted = true,
	    });
	kit_commit(&kit);
	expect(&set.digest, 2, NULL, SHARD_UNKNOWN, SHARD_BY_NOTHING);
	id = kit_add(&kit,
	    &(struct kit_record){
		.kind = RECORD_DISCLOSURE,
		.subjects = { SET_AS(&set, NULL) },
		.also = (const char *)openings.data,
	    });
	kit_commit(&kit);
	struct hash shard = kit_file(2);
	struct asked asked = ask(&set.digest, &shard, NULL);
	assert_err(ERR_OK, asked.err);
	assert_int_equal(SHARD_IN, asked.finding.verdict);
	assert_int_equal(SHARD_BY_OPENING, asked.finding.by);
	assert_true(hash_equal(&id, &asked.finding.disclosure));
	struct hash leaf = tree_leaf(asked.finding.lines[0].line);
	assert_err(ERR_OK,
	    tree_verify_inclusion(asked.finding.lines[0].index,
		asked.finding.size, &leaf, &asked.finding.lines[0].proof,
		&set.root));
	done(&asked);
	expect(&set.digest, 1, NULL, SHARD_UNKNOWN, SHARD_BY_NOTHING);
	expect(&set.digest, 7, NULL, SHARD_UNKNOWN, SHARD_BY_NOTHING);
	(void)kit_withdraw(&kit, 0, &id);
	kit_commit(&kit);
	expect(&set.digest, 2, NULL, SHARD_UNKNOWN, SHARD_BY_NOTHING);
	writer_done(&openings);
	kit_close(&kit);
}

/* ---- damage ---- */

static void
flip(const char *path, long at)
{
	FILE *file = fopen(path, "r+e");
	int byte;

	assert_non_null(file);
	assert_int_equal(0, fseek(file, at, SEEK_SET));
	byte = fgetc(file);
	assert_int_equal(0, fseek(file, at, SEEK_SET));
	assert_true(fputc(byte ^ 1, file) != EOF);
	assert_int_equal(0, fclose(file));
}

/* Whatever byte is flipped: right, or said to be damaged. */
static void
test_damage(void **state)
{
	static unsigned members[300];
	static const enum blob_file files[] = { BLOB_WHOLE, BLOB_TREE };
	char path[PATH_MAX];
	struct kit_set set;
	size_t damaged = 0;
	(void)state;

	kit_open(&kit);
	for (unsigned i = 0; i < 300; i++)
		members[i] = i;
	set = kit_set_of(&kit, members, 300);
	(void)kit_add_set(&kit, 0, &set);
	kit_commit(&kit);
	kit_upload(&kit, &set);
	for (size_t f = 0; f < 2; f++) {
		blob_path(kit.blobs, &set.sha256, files[f], path);
		for (long at = 0; at < 700; at += 3) {
			struct hash shard = kit_file((unsigned)at);
			flip(path, at);
			struct asked asked = ask(&set.digest, &shard, NULL);
			if (asked.err == ERR_OK)
				check_lines(&asked.finding, &shard, &set);
			else
				assert_err(ERR_CORRUPT, asked.err);
			damaged += asked.err != ERR_OK;
			done(&asked);
			flip(path, at);
		}
	}
	assert_true(damaged > 50);
	/* a sidecar that is gone: not known to be a manifest */
	blob_path(kit.blobs, &set.sha256, BLOB_TREE, path);
	assert_int_equal(0, unlink(path));
	expect(&set.digest, 2, NULL, SHARD_UNKNOWN, SHARD_BY_NOTHING);
	kit_close(&kit);
}

/* ---- bounds ---- */

/* Records of a set that all know, which sign another root than its own. */
static void
crowd(const struct kit_set *set)
{
	struct kit_set other = *set;

	other.root.bytes[0] ^= 1;
	for (unsigned i = 0; i < SHARD_RECORDS_MAX; i++)
		(void)kit_add(&kit,
		    &(struct kit_record){
			.kind = RECORD_DATASET,
			.principal = 1,
			.subjects = { SET_AS(&other, NULL) },
		    });
}

static void
test_crowd(void **state)
{
	static const unsigned members[] = { 1, 2 };
	struct kit_set set;
	(void)state;

	kit_open(&kit);
	set = kit_set_of(&kit, members, 2);
	crowd(&set);
	(void)kit_add(&kit,
	    &(struct kit_record){
		.kind = RECORD_DATASET,
		.subjects = { SET_AS(&set, NULL), FILE_AS(1, "shard"),
		    FILE_AS(2, "shard") },
		.complete = "[\"shard\"]",
	    });
	kit_commit(&kit);
	/* who comes last is heard */
	expect(&set.digest, 1, NULL, SHARD_IN, SHARD_BY_LIST);
	kit_upload(&kit, &set);
	expect(&set.digest, 1, NULL, SHARD_IN, SHARD_BY_MANIFEST);
	crowd(&set);
	kit_commit(&kit);
	expect(&set.digest, 1, NULL, SHARD_UNKNOWN, SHARD_BY_NOTHING);
	/* who is asked is not crowded out */
	expect(&set.digest, 1, "p0", SHARD_IN, SHARD_BY_MANIFEST);
	/* and any record with its root leads to the manifest */
	(void)kit_add(&kit,
	    &(struct kit_record){
		.kind = RECORD_DATASET,
		.principal = 2,
		.subjects = { SET_AS(&set, NULL) },
	    });
	kit_commit(&kit);
	expect(&set.digest, 1, NULL, SHARD_IN, SHARD_BY_MANIFEST);
	kit_close(&kit);
}

/* The first half is heard too, whatever comes after. */
static void
test_crowd_after(void **state)
{
	static const unsigned members[] = { 1, 2 };
	struct kit_set set;
	(void)state;

	kit_open(&kit);
	set = kit_set_of(&kit, members, 2);
	(void)kit_add_set(&kit, 0, &set);
	crowd(&set);
	kit_commit(&kit);
	kit_upload(&kit, &set);
	expect(&set.digest, 1, NULL, SHARD_IN, SHARD_BY_MANIFEST);
	kit_close(&kit);
}

int
main(int argc, char **argv)
{
	json_start();
	UNIT(test_manifest);
	UNIT(test_records);
	UNIT_ROWS(lists, test_list);
	UNIT(test_best);
	UNIT(test_salted);
	UNIT(test_damage);
	UNIT(test_crowd);
	UNIT(test_crowd_after);
	return unit_run(argc, argv);
}
