/* index_keys: the places of every record that can stand in a log, against those
 * that store_index.h says, put by hand. */
#include "tests/daemon/shelf.h"

#include <dirent.h>

#include "daemon/check.h"
#include "daemon/view.h"

#define VECTORS "schema/vectors/record"

static struct shelf shelf;

static struct span
read_vector(const char *name)
{
	static uint8_t bytes[(size_t)1 << 19];
	char path[512];
	FILE *file;
	size_t len;

	(void)snprintf(path, sizeof(path), VECTORS "/%.250s", name);
	file = fopen(path, "rb");
	assert_non_null(file);
	len = fread(bytes, 1, sizeof(bytes), file);
	assert_true(len < sizeof(bytes));
	(void)fclose(file);
	return span_of(bytes, len);
}

static uint64_t
count_faults(char *text, size_t cap)
{
	struct check_result result = { 0 };
	FILE *out = fmemopen(text, cap, "w");
	const struct check_job job = { .log = shelf.log,
		.index = shelf.index,
		.folder = shelf.folder,
		.out = out };
	struct why w = { "" };

	memset(text, 0, cap);
	assert_err(ERR_OK, check_index(&job, &result, &w));
	(void)fclose(out);
	assert_int_equal(shelf.edge.size, result.entries);
	return result.faults;
}

static uint64_t
count_at(enum index_tag tag, struct span value)
{
	struct view view = view_open(shelf.log, shelf.index, shelf.edge.size);
	struct index_walk walk = view_walk(&view, tag, value, 0);
	uint64_t count = 0;
	uint64_t position;

	while (index_walk_next(&walk, &position))
		count++;
	index_walk_close(&walk);
	assert_err(ERR_OK, view_close(&view));
	return count;
}

static void
test_every_vector(void **state)
{
	DIR *dir = opendir(VECTORS);
	struct dirent *entry;
	char text[4096];
	(void)state;

	assert_non_null(dir);
	shelf_open(&shelf);
	while ((entry = readdir(dir)) != NULL)
		if (strncmp(entry->d_name, "valid-", 6) == 0)
			(void)shelf_add_text(
			    &shelf, 1, read_vector(entry->d_name));
	(void)closedir(dir);
	assert_true(shelf.edge.size > 40);
	shelf_commit(&shelf);
	uint64_t faults = count_faults(text, sizeof(text));
	if (faults > 0)
		fail_msg("%s", text);
	shelf_close(&shelf);
}

static struct hash
add(unsigned principal, const char *vector)
{
	return shelf_add_text(&shelf, principal, read_vector(vector));
}

static struct span
value_of(const char *digest, uint8_t out[static VIEW_VALUE_MAX])
{
	struct digest parsed;

	assert_err(ERR_OK, digest_parse(span_of_text(digest), &parsed, NULL));
	return view_value(SPAN_EMPTY, &parsed, out);
}

/* Attachments by anybody; manifests that are open. */
static void
test_attachments(void **state)
{
	struct hash manifest;
	struct hash hidden;
	(void)state;

	shelf_open(&shelf);
	(void)add(0, "valid-dataset.json"); /* attached by another name */
	assert_true(hash_parse(span_of_text("6698d5c4e0da86a13d43f12515ad0f49"
					    "b4dae3876b3ba23e92340b9fab2e7768"),
	    &manifest));
	assert_true(hash_parse(span_of_text("989b4e2e81e9eec7732d21d1cb4264b8"
					    "6be1eac91421a7d4cc393074b3cdd374"),
	    &hidden));
	(void)add(0, "valid-dataset-manifest.json");
	(void)add(1, "valid-dataset-manifest.json");
	(void)add(0, "valid-model-salted-manifest.json");
	(void)add(0, "valid-dataset-salted.json");
	(void)add(0, "valid-advisory-with-report.json");
	shelf_commit(&shelf);
	assert_int_equal(3, count_at(INDEX_ATTACHMENT, hash_span(&manifest)));
	assert_int_equal(1, count_at(INDEX_ATTACHMENT, hash_span(&hidden)));
	assert_int_equal(2, count_at(INDEX_MANIFEST, span_of("", 1)));
	shelf_close(&shelf);
}

/* An answer names the warning of its vector, which nobody needs to have. */
static void
test_advisories(void **state)
{
	uint8_t value[VIEW_VALUE_MAX];
	uint8_t both[HASH_LEN + 2];
	struct hash warning = sha256_of(span_of_text("warning"));
	(void)state;

	shelf_open(&shelf);
	(void)add(0, "valid-advisory.json");
	(void)add(1, "valid-advisory-answer.json");
	(void)add(2, "valid-advisory-answer-accepted.json");
	shelf_commit(&shelf);
	assert_int_equal(1,
	    count_at(INDEX_ADVISORY,
		value_of("sha256:ca978112ca1bbdcafac231b39a23dc4d"
			 "a786eff8147c4e72b9807785afee48bb",
		    value)));
	assert_int_equal(1,
	    count_at(INDEX_ADVISORY,
		value_of("md5:0cc175b9c0f1b6a831c399e269772661", value)));
	assert_int_equal(3,
	    count_at(INDEX_SUBJECT,
		value_of("sha256:ca978112ca1bbdcafac231b39a23dc4d"
			 "a786eff8147c4e72b9807785afee48bb",
		    value)));
	assert_int_equal(2, count_at(INDEX_REPLY, hash_span(&warning)));
	memcpy(both, warning.bytes, HASH_LEN);
	memcpy(both + HASH_LEN, "p2", 2);
	assert_int_equal(1, count_at(INDEX_REPLY, span_of(both, sizeof(both))));
	/* what it was fixed in is no input */
	struct hash clean = sha256_of(span_of_text("clean"));
	struct digest node = digest_sha256(&clean);
	assert_int_equal(
	    0, count_at(INDEX_INPUT, view_value(SPAN_EMPTY, &node, value)));
	assert_int_equal(
	    0, count_at(INDEX_SUBJECT, view_value(SPAN_EMPTY, &node, value)));
	shelf_close(&shelf);
}

static struct span
reference_of(enum digest_algorithm algorithm, const char *text,
    uint8_t out[static VIEW_VALUE_MAX])
{
	struct hash hash = sha256_of(span_of_text(text));
	struct digest digest = digest_sha256(&hash);

	digest.algorithm = algorithm;
	return view_value(SPAN_EMPTY, &digest, out);
}

struct reference_row {
	const char *name;
	enum index_tag tag;
	enum digest_algorithm algorithm;
	const char *text;
	size_t count;
};

static const struct reference_row reference_rows[] = {
	{ "a text of a set and of a component", INDEX_LICENSE_TEXT,
	    DIGEST_SHA256, "mit", 2 },
	{ "a set's second text", INDEX_LICENSE_TEXT, DIGEST_SHA256, "gpl", 1 },
	{ "where a text is", INDEX_LICENSE_SOURCE, DIGEST_SHA256,
	    "https://ai.example/gemma/terms", 1 },
	{ "where a document is that a text takes in", INDEX_LICENSE_SOURCE,
	    DIGEST_SHA256, "https://ai.example/brand", 1 },
	{ "an audited record", INDEX_ABOUT, DIGEST_TLOG_LEAF, "record", 1 },
	{ "a component by its record", INDEX_COMPONENT, DIGEST_TLOG_LEAF, "r",
	    1 },
	{ "is no subject", INDEX_SUBJECT, DIGEST_TLOG_LEAF, "r", 0 },
	{ "what was audited", INDEX_SUBJECT, DIGEST_SHA256, "model", 1 },
	{ "is no input", INDEX_INPUT, DIGEST_SHA256, "model", 0 },
};

static void
test_references(void **state)
{
	uint8_t value[VIEW_VALUE_MAX];
	(void)state;

	shelf_open(&shelf);
	(void)add(0, "valid-dataset-license-texts.json");
	(void)add(1, "valid-release-component-by-record.json");
	(void)add(0, "valid-license.json");
	(void)add(0, "valid-license-bare.json");
	(void)add(2, "valid-audit.json");
	shelf_commit(&shelf);
	for (size_t i = 0;
	     i < sizeof(reference_rows) / sizeof(reference_rows[0]); i++) {
		const struct reference_row *row = &reference_rows[i];
		assert_int_equal(row->count,
		    count_at(row->tag,
			reference_of(row->algorithm, row->text, value)));
	}
	shelf_close(&shelf);
}

int
main(int argc, char **argv)
{
	json_start();
	UNIT(test_every_vector);
	UNIT(test_attachments);
	UNIT(test_advisories);
	UNIT(test_references);
	return unit_run(argc, argv);
}
