#include "client/pointer.h"

#include "tests/unit.h"

#define OID "4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393"
#define V1 "version https://git-lfs.github.com/spec/v1\n"

static const struct row {
	const char *name;
	const char *text;
	enum err err;
	uint64_t size;
} rows[] = {
	{ "the specification's example", V1 "oid sha256:" OID "\nsize 12345\n",
	    ERR_OK, 12345 },
	{ "the name before git-lfs",
	    "version https://hawser.github.com/spec/v1\noid sha256:" OID
	    "\nsize 1\n",
	    ERR_OK, 1 },
	{ "extensions",
	    V1 "ext-0-foo sha256:" OID "\noid sha256:" OID "\nsize 0\n", ERR_OK,
	    0 },
	{ "nothing", "", ERR_NOT_FOUND, 0 },
	{ "another text", "some text\n", ERR_NOT_FOUND, 0 },
	{ "a version to come",
	    "version https://git-lfs.github.com/spec/v2\noid sha256:" OID
	    "\nsize 1\n",
	    ERR_NOT_FOUND, 0 },
	{ "no line break", "version https://git-lfs.github.com/spec/v1",
	    ERR_NOT_FOUND, 0 },
	{ "no oid", V1 "size 12345\n", ERR_SYNTAX, 0 },
	{ "no size", V1 "oid sha256:" OID "\n", ERR_SYNTAX, 0 },
	{ "cut off", V1 "oid sha256:" OID "\nsize 123", ERR_SYNTAX, 0 },
	{ "two oids", V1 "oid sha256:" OID "\noid sha256:" OID "\nsize 1\n",
	    ERR_SYNTAX, 0 },
	{ "two sizes", V1 "oid sha256:" OID "\nsize 1\nsize 1\n", ERR_SYNTAX,
	    0 },
	{ "another hash",
	    V1 "oid md5:0cc175b9c0f1b6a831c399e269772661\nsize 1\n", ERR_SYNTAX,
	    0 },
	{ "a short oid", V1 "oid sha256:4d7a\nsize 1\n", ERR_SYNTAX, 0 },
	{ "a size below nothing", V1 "oid sha256:" OID "\nsize -1\n",
	    ERR_SYNTAX, 0 },
	{ "a size with zeros", V1 "oid sha256:" OID "\nsize 01\n", ERR_SYNTAX,
	    0 },
};

static void
test_lfs(void **state)
{
	const struct row *row = *state;
	struct pointer pointer;
	struct why w = { 0 };
	char text[DIGEST_TEXT_MAX];

	assert_err(
	    row->err, pointer_parse_lfs(span_of_text(row->text), &pointer, &w));
	assert_int_equal(row->err == ERR_SYNTAX, w.text[0] != '\0');
	if (row->err != ERR_OK)
		return;
	digest_print(&pointer.digest, text);
	assert_string_equal("sha256:" OID, text);
	assert_int_equal(row->size, pointer.size);
}

/* No pointer is as long as that, whatever it says. */
static void
test_long(void **state)
{
	char text[POINTER_LEN_MAX + 1];
	struct pointer pointer;
	int len =
	    snprintf(text, sizeof(text), V1 "oid sha256:" OID "\nsize 1\n");

	(void)state;
	memset(text + len, '\n', sizeof(text) - (size_t)len);
	assert_err(ERR_OK,
	    pointer_parse_lfs(
		span_of(text, POINTER_LEN_MAX - 1), &pointer, NULL));
	assert_err(ERR_NOT_FOUND,
	    pointer_parse_lfs(span_of(text, POINTER_LEN_MAX), &pointer, NULL));
}

#define MD5 "a304afb96060aad90176268345e10355"

static const struct dvc_row {
	const char *name;
	const char *text;
	enum err err;
	const char *part; /* of the sentence, or the path */
} dvc_rows[] = {
	{ "what dvc add writes",
	    "outs:\n- md5: " MD5
	    "\n  size: 14445097\n  hash: md5\n  path: data.xml\n",
	    ERR_OK, "data.xml" },
	{ "indented, with other members",
	    "md5: 11111111111111111111111111111111\nframe: 1\nouts:\n  - "
	    "path: data.xml\n    md5: " MD5
	    "\nmeta:\n  md5: 22222222222222222222222222222222\n",
	    ERR_OK, "data.xml" },
	{ "a folder", "outs:\n- md5: " MD5 ".dir\n  nfiles: 3\n  path: data\n",
	    ERR_REFUSED, "folder" },
	{ "two outputs",
	    "outs:\n- md5: " MD5 "\n  path: a\n- md5: " MD5 "\n  path: b\n",
	    ERR_REFUSED, "several" },
	{ "no output", "deps:\n- md5: " MD5 "\n  path: a\n", ERR_SYNTAX,
	    "without an output" },
	{ "nothing", "", ERR_SYNTAX, "without an output" },
	{ "another hash", "outs:\n- md5: 1234\n  path: a\n", ERR_SYNTAX,
	    "md5" },
	{ "a very long one",
	    "outs:\n- md5: " MD5 MD5 MD5 MD5 MD5 "\n  path: a\n", ERR_SYNTAX,
	    "md5" },
	{ "a size that is none", "outs:\n- md5: " MD5 "\n  size: x\n",
	    ERR_SYNTAX, "size" },
	{ "an md5 that is empty", "outs:\n- md5: \n  path: a\n", ERR_SYNTAX,
	    "md5" },
};

static void
test_dvc(void **state)
{
	const struct dvc_row *row = *state;
	struct pointer pointer;
	struct why w = { 0 };
	char text[DIGEST_TEXT_MAX];

	assert_err(
	    row->err, pointer_parse_dvc(span_of_text(row->text), &pointer, &w));
	if (row->err != ERR_OK) {
		if (strstr(w.text, row->part) == NULL)
			fail_msg("%s", w.text);
		return;
	}
	digest_print(&pointer.digest, text);
	assert_string_equal("md5:" MD5, text);
	assert_span_text(row->part, pointer.path);
}

static void
test_name(void **state)
{
	(void)state;
	assert_true(pointer_is_dvc(span_of_text("a.dvc")));
	assert_true(pointer_is_dvc(span_of_text("d/a.csv.dvc")));
	assert_false(pointer_is_dvc(span_of_text(".dvc")));
	assert_false(pointer_is_dvc(span_of_text("a.dvc2")));
}

int
main(int argc, char **argv)
{
	UNIT_ROWS(rows, test_lfs);
	UNIT(test_long);
	UNIT_ROWS(dvc_rows, test_dvc);
	UNIT(test_name);
	return unit_run(argc, argv);
}
