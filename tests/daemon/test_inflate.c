/* inflate: gzip in any pieces, and what is none, too much, or not all of it. */
#include "daemon/inflate.h"

#include <zlib.h>

#include "tests/unit.h"

struct row {
	const char *name;
	size_t len;   /* of what is packed, a pattern */
	uint64_t max; /* that may come out */
	size_t cut;   /* bytes taken off the end */
	size_t more;  /* zeros behind it */
	size_t flip;  /* a byte that is damaged; SIZE_MAX: none */
	int window;   /* of the packing: 31 is gzip */
	enum err err;
	const char *sentence;
};

#define NONE SIZE_MAX
static const struct row rows[] = {
	{ "nothing in it", 0, 0, 0, 0, NONE, 31, ERR_OK, "" },
	{ "exactly what may come out", 100000, 100000, 0, 0, NONE, 31, ERR_OK,
	    "" },
	{ "one byte too much", 100001, 100000, 0, 0, NONE, 31, ERR_TOO_LARGE,
	    "more than the recorded size" },
	{ "a bomb", 50000000, 1000, 0, 0, NONE, 31, ERR_TOO_LARGE,
	    "more than the recorded size" },
	{ "cut off in its checksum", 5000, 5000, 1, 0, NONE, 31, ERR_SYNTAX,
	    "cut off" },
	{ "its header alone", 0, 0, 10, 0, NONE, 31, ERR_SYNTAX, "cut off" },
	{ "bytes behind it", 5000, 5000, 0, 1, NONE, 31, ERR_SYNTAX,
	    "behind the end" },
	{ "no magic", 5000, 5000, 0, 0, 0, 31, ERR_SYNTAX, "not gzip" },
	{ "zlib's own form", 5000, 5000, 0, 0, NONE, 15, ERR_SYNTAX,
	    "not gzip" },
	{ "raw deflate", 5000, 5000, 0, 0, NONE, -15, ERR_SYNTAX, "not gzip" },
};

static struct span
pack(const struct row *row)
{
	size_t cap = row->len + 4096;
	uint8_t *out = calloc(1, cap);
	uint8_t *in = malloc(row->len + 1);
	z_stream stream = { .next_out = out, .avail_out = (unsigned)cap };

	for (size_t i = 0; i < row->len; i++)
		in[i] = (uint8_t)(i * i >> 8);
	stream.next_in = in;
	stream.avail_in = (unsigned)row->len;
	assert_int_equal(
	    Z_OK, deflateInit2(&stream, 6, Z_DEFLATED, row->window, 8, 0));
	assert_int_equal(Z_STREAM_END, deflate(&stream, Z_FINISH));
	size_t len = stream.total_out - row->cut + row->more;
	assert_int_equal(Z_OK, deflateEnd(&stream));
	if (row->flip != NONE)
		out[row->flip] ^= 0xff;
	free(in);
	return span_of(out, len);
}

static enum err
sink(void *context, struct span bytes, struct why *w)
{
	size_t *len = context;

	for (size_t i = 0; i < bytes.len; i++, ++*len) {
		if (bytes.data[i] != (uint8_t)(*len * *len >> 8))
			return why(w, ERR_CORRUPT, "other bytes came out");
	}
	return ERR_OK;
}

static void
unpack(const struct row *row, struct span packed, size_t step)
{
	struct inflate *inflate = NULL;
	struct why w = { "" };
	size_t len = 0;
	enum err err = inflate_new(row->max, sink, &len, &inflate);

	for (size_t at = 0; err == ERR_OK && at < packed.len; at += step)
		err = inflate_add(inflate, span_part(packed, at, step), &w);
	if (err == ERR_OK)
		err = inflate_end(inflate, &w);
	assert_err(row->err, err);
	assert_non_null(strstr(w.text, row->sentence));
	assert_true(len <= row->max);
	if (err == ERR_OK)
		assert_int_equal(row->len, len);
	inflate_free(inflate);
}

static void
test_row(void **state)
{
	const struct row *row = *state;
	struct span packed = pack(row);

	unpack(row, packed, 1);
	unpack(row, packed, 777);
	unpack(row, packed, packed.len + 1);
	free((void *)(uintptr_t)packed.data);
}

static enum err
refuse(void *context, struct span bytes, struct why *w)
{
	(void)context, (void)bytes;
	return why(w, ERR_FULL, "no");
}

static void
test_the_sink_may_refuse(void **state)
{
	struct span packed = pack(&rows[1]);
	struct inflate *inflate = NULL;
	(void)state;

	assert_err(ERR_OK, inflate_new(100000, refuse, NULL, &inflate));
	assert_err(ERR_FULL, inflate_add(inflate, packed, NULL));
	inflate_free(inflate);
	free((void *)(uintptr_t)packed.data);
}

int
main(int argc, char **argv)
{
	UNIT_ROWS(rows, test_row);
	UNIT(test_the_sink_may_refuse);
	return unit_run(argc, argv);
}
