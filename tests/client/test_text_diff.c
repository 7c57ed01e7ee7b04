/* text_diff: scripts that make the one text of the other, and short ones. */
#include "tests/unit.h"

#include "client/text_diff.h"

struct row {
	const char *name;
	const char *old; /* a letter a line */
	const char *new;
	const char *expected; /* sign and letter of each line shown */
};

static const struct row rows[] = {
	{ "nothing", "", "", "" },
	{ "the same", "abc", "abc", "" },
	{ "all new", "", "ab", "@+a+b" },
	{ "all gone", "ab", "", "@-a-b" },
	{ "one changed", "abc", "axc", "@ a-b+x c" },
	{ "one more", "ab", "axb", "@ a+x b" },
	{ "one less", "axb", "ab", "@ a-x b" },
	{ "at the start", "ab", "xab", "@+x a b" },
	{ "at the end", "ab", "abx", "@ a b+x" },
	{ "far from the ends", "abcdefghijk", "abcdexghijk",
	    "@ c d e-f+x g h i" },
	{ "two places", "abcdefghijklmnop", "xbcdefghijklmnoy",
	    "@-a+x b c d@ m n o-p+y" },
	{ "two near places are one", "abcdefgh", "xbcdefgy",
	    "@-a+x b c d e f g-h+y" },
	{ "moved", "abcde", "bcdea", "@-a b c d e+a" },
	{ "Myers's own", "abcabba", "cbabac", "@-a-b c+b a b-b a+c" },
	{ "nothing in common", "abc", "xyz", "@-a-b-c+x+y+z" },
	{ "more of the same", "aaa", "aaaaa", "@ a a a+a+a" },
};

/* "abc" as "a\nb\nc\n" */
static struct span
lines_of(const char *letters, char *out)
{
	size_t len = 0;

	for (; *letters != 0; letters++) {
		out[len++] = *letters;
		out[len++] = '\n';
	}
	return span_of(out, len);
}

static void
test_row(void **state)
{
	const struct row *row = *state;
	struct arena *arena = arena_new((size_t)64 << 20);
	char old[64], new[64], text[256];
	struct writer w = writer_of(text, sizeof(text));
	struct text_diff diff;

	assert_err(ERR_OK,
	    text_diff(lines_of(row->old, old), lines_of(row->new, new), arena,
		&diff));
	for (size_t i = 0; i < diff.count; i++) {
		const struct text_diff_line *line = &diff.lines[i];
		writer_u8(&w, (uint8_t)line->sign);
		if (line->sign != '@')
			writer_span(&w, line->text);
	}
	assert_span_text(row->expected, writer_view(&w));
	assert_false(diff.is_whole);
	assert_true(
	    strlen(row->old) == 0 || strlen(row->new) == 0 || diff.ends_alike);
	arena_free(arena);
}

static void
test_headings(void **state)
{
	struct arena *arena = arena_new((size_t)64 << 20);
	char old[64], new[64];
	struct text_diff diff;
	(void)state;

	assert_err(ERR_OK,
	    text_diff(lines_of("abcdefghijklmnop", old),
		lines_of("bcdefghijklmnopyz", new), arena, &diff));
	assert_span_text("@@ -1,4 +1,3 @@", diff.lines[0].text);
	assert_span_text("@@ -14,3 +13,5 @@", diff.lines[5].text);
	assert_int_equal(1, diff.gone);
	assert_int_equal(2, diff.come);
	assert_err(
	    ERR_OK, text_diff(SPAN_EMPTY, lines_of("a", new), arena, &diff));
	assert_span_text("@@ -0,0 +1,1 @@", diff.lines[0].text);
	assert_err(ERR_OK,
	    text_diff(
		span_of_text("a\nb"), span_of_text("a\nb\n"), arena, &diff));
	assert_int_equal(0, diff.count);
	assert_false(diff.ends_alike);
	arena_free(arena);
}

/* ---- any two texts ---- */

static uint32_t seed = 1;

static uint32_t
random_below(uint32_t bound)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % bound;
}

/* The least number of edits, by the table of everybody's first course. */
static size_t
least_edits(const char *a, size_t a_len, const char *b, size_t b_len)
{
	static size_t table[41][41];

	for (size_t i = 0; i <= a_len; i++) {
		for (size_t k = 0; k <= b_len; k++) {
			size_t least = i == 0 ? k : table[i - 1][k] + 1;
			if (k > 0 && table[i][k - 1] + 1 < least)
				least = table[i][k - 1] + 1;
			if (i > 0 && k > 0 && a[i - 1] == b[k - 1] &&
			    table[i - 1][k - 1] < least)
				least = table[i - 1][k - 1];
			table[i][k] = least;
		}
	}
	return table[a_len][b_len];
}

static void
test_any(void **state)
{
	struct arena *arena = arena_new((size_t)64 << 20);
	(void)state;

	for (unsigned round = 0; round < 2000; round++) {
		char a[41] = { 0 }, b[41] = { 0 }, old[82], new[82];
		size_t a_len = random_below(41), b_len = random_below(41);
		struct text_diff diff;
		for (size_t i = 0; i < a_len; i++)
			a[i] = (char)('a' + random_below(4));
		for (size_t i = 0; i < b_len; i++)
			b[i] = (char)('a' + random_below(4));
		assert_err(ERR_OK,
		    text_diff(
			lines_of(a, old), lines_of(b, new), arena, &diff));
		assert_int_equal(
		    least_edits(a, a_len, b, b_len), diff.gone + diff.come);
		assert_int_equal((long)b_len - (long)a_len,
		    (long)diff.come - (long)diff.gone);
		arena_reset(arena);
	}
	arena_free(arena);
}

/* ---- bounds ---- */

static void
fill_lines(char *out, size_t count, char letter)
{
	for (size_t i = 0; i < count; i++) {
		out[i * 2] = letter;
		out[i * 2 + 1] = '\n';
	}
}

static void
test_bounds(void **state)
{
	static char old[TEXT_DIFF_LINES * 2 + 2], new[TEXT_DIFF_EDITS * 2 + 2];
	struct arena *arena = arena_new((size_t)64 << 20);
	struct text_diff diff;
	size_t half = TEXT_DIFF_EDITS / 2;
	(void)state;

	fill_lines(old, TEXT_DIFF_LINES + 1, 'a');
	fill_lines(new, TEXT_DIFF_EDITS + 1, 'b');
	assert_err(ERR_OK,
	    text_diff(
		span_of(old, half * 2), span_of(new, half * 2), arena, &diff));
	assert_false(diff.is_whole);
	assert_err(ERR_OK,
	    text_diff(span_of(old, half * 2 + 2), span_of(new, half * 2), arena,
		&diff));
	assert_true(diff.is_whole);
	assert_int_equal(half + 1, diff.gone);
	assert_int_equal(half, diff.come);
	assert_err(ERR_OK,
	    text_diff(span_of(old, sizeof(old) - 2), SPAN_EMPTY, arena, &diff));
	assert_err(ERR_LIMIT,
	    text_diff(span_of(old, sizeof(old)), SPAN_EMPTY, arena, &diff));
	arena_free(arena);
	arena = arena_new(4096);
	assert_err(ERR_MEMORY,
	    text_diff(span_of(old, 64), span_of(new, 64), arena, &diff));
	arena_free(arena);
}

int
main(int argc, char **argv)
{
	UNIT_ROWS(rows, test_row);
	UNIT(test_headings);
	UNIT(test_any);
	UNIT(test_bounds);
	return unit_run(argc, argv);
}
