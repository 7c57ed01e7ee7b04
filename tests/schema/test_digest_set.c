/* digest_set: one spelling each, one node each. */
#include "tests/unit.h"

#include "schema/arena.h"
#include "schema/digest_set.h"
#include "schema/reader.h"

static struct arena *arena;

static const uint8_t lens[] = {
#define X(name, text, len) len,
	DIGEST_TABLE(X)
#undef X
};

static bool
is_git(size_t algorithm)
{
	return strncmp(digest_name((enum digest_algorithm)algorithm), "git",
		   3) == 0;
}

/* The enum is the order of the names, which decides the node. */
static void
test_names_are_sorted(void **state)
{
	(void)state;
	for (size_t i = 1; i < DIGEST_ALGORITHMS; i++)
		assert_true(strcmp(digest_name((enum digest_algorithm)(i - 1)),
				digest_name((enum digest_algorithm)i)) < 0);
}

static struct span
text_of(char *out, size_t cap, size_t algorithm, size_t digits)
{
	struct writer w = writer_of(out, cap);

	writer_text(&w, digest_name((enum digest_algorithm)algorithm));
	writer_u8(&w, ':');
	for (size_t i = 0; i < digits; i++)
		writer_u8(&w, (uint8_t) "0123456789abcdef"[i % 16]);
	return writer_view(&w);
}

static void
test_each_algorithm(void **state)
{
	(void)state;
	for (size_t i = 0; i < DIGEST_ALGORITHMS; i++) {
		for (size_t digits = 0; digits <= 140; digits++) {
			char in[256];
			char out[DIGEST_TEXT_MAX];
			struct digest digest;
			struct span text = text_of(in, sizeof(in), i, digits);
			bool is_valid = digits == 2u * lens[i] ||
			    (is_git(i) && digits == 64);
			enum err err = digest_parse(text, &digest, NULL);
			assert_err(is_valid ? ERR_OK : ERR_SYNTAX, err);
			if (!is_valid)
				continue;
			digest_print(&digest, out);
			assert_span(text, span_of_text(out));
		}
	}
}

struct parse_row {
	const char *name;
	const char *text;
};

#define HEX64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static const struct parse_row refused[] = {
	{ "no algorithm", HEX64 },
	{ "an empty algorithm", ":" HEX64 },
	{ "an unknown algorithm", "crc32:00000000" },
	{ "upper case algorithm", "SHA256:" HEX64 },
	{ "upper case hex",
	    "sha256:0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789"
	    "ABCDEF" },
	{ "a space", "sha256: " HEX64 },
	{ "two colons", "sha256::" HEX64 },
	{ "nothing", "" },
};

static void
test_refused(void **state)
{
	const struct parse_row *row = *state;
	struct digest digest;
	struct why w = { "" };

	assert_err(
	    ERR_SYNTAX, digest_parse(span_of_text(row->text), &digest, &w));
	assert_true(w.text[0] != '\0');
}

static void
test_packed(void **state)
{
	(void)state;
	for (size_t i = 0; i < DIGEST_ALGORITHMS; i++) {
		char in[256];
		uint8_t bytes[80];
		struct digest digest;
		struct writer w = writer_of(bytes, sizeof(bytes));
		assert_err(ERR_OK,
		    digest_parse(text_of(in, sizeof(in), i, 2u * lens[i]),
			&digest, NULL));
		digest_write(&digest, &w);
		struct span packed = writer_view(&w);
		struct reader r = reader_of(packed);
		struct digest back = digest_read(&r);
		assert_err(ERR_OK, reader_end(&r));
		assert_true(digest_equal(&digest, &back));
		assert_memory_equal(&digest, &back, sizeof(digest));
		for (size_t len = 0; len < packed.len; len++) {
			r = reader_of(span_part(packed, 0, len));
			(void)digest_read(&r);
			assert_err(ERR_SYNTAX, reader_end(&r));
		}
		bytes[1]++; /* a length that is not the algorithm's */
		r = reader_of(packed);
		(void)digest_read(&r);
		assert_err(ERR_SYNTAX, reader_end(&r));
		bytes[0] = DIGEST_ALGORITHMS;
		r = reader_of(packed);
		(void)digest_read(&r);
		assert_err(ERR_SYNTAX, reader_end(&r));
	}
}

/* ---- sets ---- */

#define NOTHING \
	"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define MD5 "00112233445566778899aabbccddeeff"
#define SHA1 "00112233445566778899aabbccddeeff00112233"

struct set_row {
	const char *name;
	const char *text;
	bool is_ours;
	enum err err;
	size_t count;
	const char *node; /* NULL: none */
};

static const struct set_row set_rows[] = {
	{ "set: sha256 alone", "{\"sha256\":\"" HEX64 "\"}", true, ERR_OK, 1,
	    "sha256:" HEX64 },
	{ "set: sha256 before all",
	    "{\"md5\":\"" MD5 "\",\"sha256\":\"" HEX64 "\",\"blake3\":\"" HEX64
	    "\"}",
	    true, ERR_OK, 3, "sha256:" HEX64 },
	{ "set: else the first", "{\"sha1\":\"" SHA1 "\",\"md5\":\"" MD5 "\"}",
	    true, ERR_OK, 2, "md5:" MD5 },
	{ "set: never tlogLeaf", "{\"tlogLeaf\":\"" HEX64 "\"}", true, ERR_OK,
	    1, NULL },
	{ "set: tlogLeaf beside",
	    "{\"tlogLeaf\":\"" HEX64 "\",\"sha1\":\"" SHA1 "\"}", true, ERR_OK,
	    2, "sha1:" SHA1 },
	{ "set: of nothing", "{\"sha256\":\"" NOTHING "\"}", true, ERR_OK, 1,
	    NULL },
	{ "set: of nothing, and md5",
	    "{\"sha256\":\"" NOTHING "\",\"md5\":\"" MD5 "\"}", true, ERR_OK, 2,
	    NULL },
	{ "set: an empty git blob",
	    "{\"gitBlob\":\"e69de29bb2d1d6434b8b29ae775ad8c2e48c5391\"}", true,
	    ERR_OK, 1, NULL },
	{ "set: a manifest without lines",
	    "{\"merkleTreeHash\":\"" NOTHING "\"}", true, ERR_OK, 1, NULL },
	{ "set: empty, ours", "{}", true, ERR_SYNTAX, 0, NULL },
	{ "set: empty, foreign", "{}", false, ERR_OK, 0, NULL },
	{ "set: unknown, ours", "{\"crc32\":\"00\",\"md5\":\"" MD5 "\"}", true,
	    ERR_SYNTAX, 0, NULL },
	{ "set: unknown, foreign", "{\"crc32\":5,\"md5\":\"" MD5 "\"}", false,
	    ERR_OK, 1, "md5:" MD5 },
	{ "set: known but wrong, foreign", "{\"md5\":\"00\"}", false,
	    ERR_SYNTAX, 0, NULL },
	{ "set: an array", "[]", false, ERR_SYNTAX, 0, NULL },
};

static void
test_set(void **state)
{
	const struct set_row *row = *state;
	struct json *json;
	struct digest_set set;
	char text[DIGEST_TEXT_MAX];

	arena_reset(arena);
	assert_err(ERR_OK, json_parse(span_of_text(row->text), &json, NULL));
	assert_err(row->err,
	    digest_set_read(json_root(json), row->is_ours, arena, &set, NULL));
	json_done(json);
	if (row->err != ERR_OK)
		return;
	assert_int_equal(row->count, set.count);
	assert_int_equal(row->node != NULL, set.has_node);
	if (row->node != NULL) {
		digest_print(&set.node, text);
		assert_string_equal(row->node, text);
	}
	assert_int_equal(
	    strstr(row->text, "tlogLeaf") != NULL, set.has_citation);
}

static void
test_set_limit(void **state)
{
	(void)state;
	for (size_t count = 1; count <= DIGEST_ALGORITHMS; count++) {
		char text[4096];
		struct writer w = writer_of(text, sizeof(text));
		char back[4096];
		struct writer b = writer_of(back, sizeof(back));
		struct json *json;
		struct digest_set set;
		writer_u8(&w, '{');
		for (size_t i = 0; i < count; i++) {
			writer_member(
			    &w, digest_name((enum digest_algorithm)i));
			writer_u8(&w, '"');
			for (size_t j = 0; j < lens[i]; j++)
				writer_text(&w, "07");
			writer_u8(&w, '"');
		}
		writer_u8(&w, '}');
		arena_reset(arena);
		assert_err(ERR_OK, json_parse(writer_view(&w), &json, NULL));
		enum err err =
		    digest_set_read(json_root(json), true, arena, &set, NULL);
		json_done(json);
		assert_err(count <= DIGEST_SET_MAX ? ERR_OK : ERR_LIMIT, err);
		if (err != ERR_OK)
			continue;
		/* in the table's order, so it prints to itself */
		digest_set_print(&set, &b);
		assert_span(writer_view(&w), writer_view(&b));
	}
}

int
main(int argc, char **argv)
{
	json_start();
	arena = arena_new((size_t)1 << 20);
	UNIT(test_names_are_sorted);
	UNIT(test_each_algorithm);
	UNIT_ROWS(refused, test_refused);
	UNIT(test_packed);
	UNIT_ROWS(set_rows, test_set);
	UNIT(test_set_limit);
	int failed = unit_run(argc, argv);
	arena_free(arena);
	return failed;
}
