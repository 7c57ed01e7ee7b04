#include "client/safetensors.h"

#include <stdlib.h>
#include <unistd.h>

#include "schema/json.h"
#include "tests/unit.h"

static const struct row {
	const char *name;
	const char *header;
	uint64_t data_len;
	enum err err;
	const char *part; /* of the sentence; or "name dtype a,b;" of all */
} rows[] = {
	{ "one tensor",
	    "{\"a\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,24]}"
	    "}",
	    24, ERR_OK, "a F32 2,3;" },
	{ "in the header's order, spaces behind",
	    "{\"__metadata__\":{\"format\":\"pt\"},"
	    "\"z\":{\"dtype\":\"BF16\",\"shape\":[4],\"data_offsets\":[1,9]},"
	    "\"a\":{\"dtype\":\"BOOL\",\"shape\":[1,1],\"data_offsets\":[0,1]}}"
	    " "
	    "  ",
	    9, ERR_OK, "z BF16 4;a BOOL 1,1;" },
	{ "a scalar and an empty one",
	    "{\"s\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[0,8]},"
	    "\"e\":{\"dtype\":\"U8\",\"shape\":[0,7],\"data_offsets\":[8,8]}}",
	    8, ERR_OK, "s I64 ;e U8 0,7;" },
	{ "half bytes",
	    "{\"a\":{\"dtype\":\"F4\",\"shape\":[4],\"data_offsets\":[0,2]}}",
	    2, ERR_OK, "a F4 4;" },
	{ "nothing", "{}", 0, ERR_OK, "" },
	{ "no object", "[]", 0, ERR_SYNTAX, "begin with {" },
	{ "a space in front", " {}", 0, ERR_SYNTAX, "begin with {" },
	{ "no JSON", "{", 0, ERR_SYNTAX, "header" },
	{ "a name twice",
	    "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},"
	    "\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[1,2]}}",
	    2, ERR_SYNTAX, "header" },
	{ "another member",
	    "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1],"
	    "\"x\":1}}",
	    1, ERR_SYNTAX, "unknown member" },
	{ "no type", "{\"a\":{\"shape\":[1],\"data_offsets\":[0,1]}}", 1,
	    ERR_SYNTAX, "dtype" },
	{ "a type that is not known",
	    "{\"a\":{\"dtype\":\"F1\",\"shape\":[1],\"data_offsets\":[0,1]}}",
	    1, ERR_SYNTAX, "dtype: not a type" },
	{ "a shape below nothing",
	    "{\"a\":{\"dtype\":\"U8\",\"shape\":[-1],\"data_offsets\":[0,1]}}",
	    1, ERR_SYNTAX, "shape" },
	{ "a shape of fractions",
	    "{\"a\":{\"dtype\":\"U8\",\"shape\":[1.0],\"data_offsets\":[0,1]}}",
	    1, ERR_SYNTAX, "shape" },
	{ "fewer bytes than the shape needs",
	    "{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,1]}}",
	    1, ERR_SYNTAX, "as its shape needs" },
	{ "half a byte",
	    "{\"a\":{\"dtype\":\"F4\",\"shape\":[3],\"data_offsets\":[0,1]}}",
	    1, ERR_SYNTAX, "as its shape needs" },
	{ "a shape that wraps around",
	    "{\"a\":{\"dtype\":\"U8\",\"shape\":[4294967296,4294967296],"
	    "\"data_offsets\":[0,0]}}",
	    0, ERR_SYNTAX, "as its shape needs" },
	{ "offsets beyond the file",
	    "{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]}}",
	    1, ERR_SYNTAX, "data_offsets" },
	{ "offsets backwards",
	    "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[1,0]}}",
	    1, ERR_SYNTAX, "data_offsets" },
	{ "three offsets",
	    "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1,1]}}",
	    1, ERR_LIMIT, "data_offsets" },
	{ "a hole",
	    "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},"
	    "\"b\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[2,3]}}",
	    3, ERR_SYNTAX, "hole at byte 1" },
	{ "an overlap",
	    "{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]},"
	    "\"b\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[1,3]}}",
	    3, ERR_SYNTAX, "overlap" },
	{ "bytes behind the last",
	    "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}",
	    2, ERR_SYNTAX, "end at byte 1 of 2" },
	{ "metadata that is no text", "{\"__metadata__\":{\"a\":1}}", 0,
	    ERR_SYNTAX, "__metadata__: not all" },
	{ "metadata that is no object", "{\"__metadata__\":\"a\"}", 0,
	    ERR_SYNTAX, "__metadata__: an object" },
	{ "a tensor that is no object", "{\"a\":1}", 0, ERR_SYNTAX, "a" },
};

static void
print_all(const struct safetensors *all, char out[static 256])
{
	size_t len = 0;

	out[0] = '\0';
	for (size_t i = 0; i < all->count; i++) {
		const struct tensor *t = &all->tensors[i];
		len += (size_t)snprintf(out + len, 256 - len, "%.*s %.*s ",
		    SPAN_ARGS(t->name), SPAN_ARGS(t->dtype));
		for (size_t j = 0; j < t->rank; j++)
			len += (size_t)snprintf(out + len, 256 - len, "%s%llu",
			    j > 0 ? "," : "", (unsigned long long)t->shape[j]);
		len += (size_t)snprintf(out + len, 256 - len, ";");
	}
}

static void
test_row(void **state)
{
	const struct row *row = *state;
	struct arena *arena = arena_new((size_t)1 << 20);
	struct safetensors all;
	struct why w = { 0 };
	char found[256];

	assert_err(row->err,
	    safetensors_parse(
		span_of_text(row->header), row->data_len, arena, &all, &w));
	if (row->err == ERR_OK) {
		print_all(&all, found);
		assert_string_equal(row->part, found);
	} else if (strstr(w.text, row->part) == NULL) {
		fail_msg("%s", w.text);
	}
	arena_free(arena);
}

/* A file: the length in front, little-endian, and what it says of the rest. */
static enum err
read_file(const uint8_t *len, const char *rest, uint64_t size, struct why *w)
{
	struct arena *arena = arena_new((size_t)32 << 20);
	char path[] = "/tmp/headwater-test-XXXXXX";
	struct safetensors all;
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	(void)unlink(path);
	assert_int_equal(8, write(fd, len, 8));
	assert_int_equal((ssize_t)strlen(rest), write(fd, rest, strlen(rest)));
	enum err err = safetensors_read(
	    fd, size > 0 ? size : 8 + strlen(rest), arena, &all, w);
	close(fd);
	arena_free(arena);
	return err;
}

static void
test_file(void **state)
{
	static const char header[] =
	    "{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]}}xy";
	const uint8_t len[8] = { sizeof(header) - 3 };
	const uint8_t longer[8] = { sizeof(header) };
	const uint8_t most[8] = { 0, 0xe1, 0xf5, 5 }; /* 100,000,000 */
	const uint8_t too_many[8] = { 1, 0xe1, 0xf5, 5 };
	const uint8_t huge[8] = { 0, 0, 0, 0, 0, 0, 0, 0xff };
	struct why w = { 0 };

	(void)state;
	assert_err(ERR_OK, read_file(len, header, 0, &w));
	assert_err(ERR_SYNTAX, read_file(longer, header, 0, &w));
	assert_err(ERR_SYNTAX, read_file(huge, header, 0, &w));
	assert_err(ERR_SYNTAX, read_file(len, header, 7, &w));
	assert_err(ERR_LIMIT, read_file(most, header, 1ULL << 40, &w));
	assert_non_null(strstr(w.text, "100000000 bytes"));
	assert_err(ERR_SYNTAX, read_file(too_many, header, 1ULL << 40, &w));
	/* cut off meanwhile */
	assert_err(ERR_IO, read_file(longer, "{}", 1 << 20, &w));
	assert_non_null(strstr(w.text, "cut off"));
}

int
main(int argc, char **argv)
{
	json_start();
	UNIT_ROWS(rows, test_row);
	UNIT(test_file);
	return unit_run(argc, argv);
}
