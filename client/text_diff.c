#include "client/text_diff.h"

#include <assert.h>

struct lines {
	size_t count;
	struct span *all;
};

/* The part between what both begin and end with. */
struct middle {
	const struct span *old;
	const struct span *new;
	size_t old_count;
	size_t new_count;
};

struct diff {
	struct arena *arena;
	struct lines old;
	struct lines new;
	size_t before; /* lines that both begin with */
	size_t behind; /* and end with */
	bool is_whole;
	size_t edit_count; /* the whole script, in order: one a line */
	struct text_diff_line *edits;
};

/* ---- lines ---- */

static size_t
count_lines(struct span text)
{
	size_t count = 0;
	struct span line;

	while (span_cut(&text, '\n', &line))
		count++;
	return count + (text.len > 0);
}

static enum err
split(struct span text, struct arena *arena, struct lines *ret)
{
	size_t count = count_lines(text);
	size_t at = 0;

	if (count > TEXT_DIFF_LINES)
		return ERR_LIMIT;
	ret->all = arena_take(arena, count, sizeof(*ret->all));
	if (ret->all == NULL)
		return ERR_MEMORY;
	while (at < count && span_cut(&text, '\n', &ret->all[at]))
		at++;
	if (at < count)
		ret->all[at] = text;
	ret->count = count;
	return ERR_OK;
}

static void
find_ends(struct diff *diff)
{
	size_t least = diff->old.count < diff->new.count ? diff->old.count
							 : diff->new.count;

	while (diff->before < least &&
	    span_equal(
		diff->old.all[diff->before], diff->new.all[diff->before]))
		diff->before++;
	while (diff->behind < least - diff->before &&
	    span_equal(diff->old.all[diff->old.count - 1 - diff->behind],
		diff->new.all[diff->new.count - 1 - diff->behind]))
		diff->behind++;
}

/* ---- the shortest script ---- */

/*
 * Row d holds, for each diagonal k = x - y of -d, -d + 2, … d, the furthest x that
 * d edits reach.  Row d has d + 1 places and stands behind those before it.
 */
static size_t
place(size_t d, size_t k_index)
{
	return d * (d + 1) / 2 + k_index;
}

struct search {
	struct middle middle;
	size_t *rows;
	size_t edits; /* that reach the end */
};

/* Does one come here from the diagonal above (a line of new), not from the one
 * below (a line of old goes)?  `k_index` counts diagonals of row d. */
static bool
comes_down(const size_t *rows, size_t d, size_t k_index)
{
	if (k_index == 0)
		return true;
	if (k_index == d)
		return false;
	return rows[place(d - 1, k_index - 1)] < rows[place(d - 1, k_index)];
}

/* y = x - k, and k = 2 * k_index - d */
static size_t
y_of(size_t x, size_t d, size_t k_index)
{
	return x + d - 2 * k_index;
}

static size_t
furthest(const struct search *s, size_t d, size_t k_index)
{
	const struct middle *m = &s->middle;
	size_t x = 0;

	if (d > 0)
		x = comes_down(s->rows, d, k_index)
		    ? s->rows[place(d - 1, k_index)]
		    : s->rows[place(d - 1, k_index - 1)] + 1;
	size_t y = y_of(x, d, k_index);
	while (x < m->old_count && y < m->new_count &&
	    span_equal(m->old[x], m->new[y])) {
		x++;
		y++;
	}
	return x;
}

/* Fills row d; true where it reaches the end. */
static bool
fill_row(struct search *s, size_t d)
{
	const struct middle *m = &s->middle;

	for (size_t k_index = 0; k_index <= d; k_index++) {
		size_t x = furthest(s, d, k_index);
		s->rows[place(d, k_index)] = x;
		if (x >= m->old_count && y_of(x, d, k_index) >= m->new_count)
			return true;
	}
	return false;
}

/* False where more edits are needed than are tried. */
static bool
search(struct search *s)
{
	for (; s->edits <= TEXT_DIFF_EDITS; s->edits++) {
		if (fill_row(s, s->edits))
			return true;
	}
	return false;
}

/* ---- the script ---- */

static void
put(struct diff *diff, char sign, struct span text)
{
	diff->edits[diff->edit_count++] =
	    (struct text_diff_line){ .sign = sign, .text = text };
}

/* From the end to the start: `edits` is filled from behind. */
static void
trace(const struct search *s, struct text_diff_line *edits, size_t count)
{
	const struct middle *m = &s->middle;
	size_t x = m->old_count;
	size_t y = m->new_count;
	size_t k_index = (x + s->edits - y) / 2;

	for (size_t d = s->edits; d > 0; d--) {
		bool down = comes_down(s->rows, d, k_index);
		size_t from = down ? k_index : k_index - 1;
		size_t start_x = s->rows[place(d - 1, from)];
		size_t start_y = y_of(start_x, d - 1, from);
		size_t edited_x = start_x + !down;
		for (; x > edited_x; x--, y--)
			edits[--count] = (struct text_diff_line){
				.sign = ' ',
				.text = m->old[x - 1],
			};
		edits[--count] = (struct text_diff_line){
			.sign = down ? '+' : '-',
			.text = down ? m->new[start_y] : m->old[start_x],
		};
		x = start_x;
		y = start_y;
		k_index = from;
	}
	for (; x > 0; x--)
		edits[--count] = (struct text_diff_line){
			.sign = ' ',
			.text = m->old[x - 1],
		};
	assert(count == 0);
}

static enum err
put_middle(struct diff *diff)
{
	struct search s = {
		.middle = {
			.old = diff->old.all + diff->before,
			.new = diff->new.all + diff->before,
			.old_count = diff->old.count - diff->before -
			    diff->behind,
			.new_count = diff->new.count - diff->before -
			    diff->behind,
		},
	};

	s.rows = arena_take(
	    diff->arena, place(TEXT_DIFF_EDITS + 1, 0), sizeof(*s.rows));
	if (s.rows == NULL)
		return ERR_MEMORY;
	if (!search(&s)) {
		diff->is_whole = true;
		for (size_t i = 0; i < s.middle.old_count; i++)
			put(diff, '-', s.middle.old[i]);
		for (size_t i = 0; i < s.middle.new_count; i++)
			put(diff, '+', s.middle.new[i]);
		return ERR_OK;
	}
	/* each kept line stands once for two */
	size_t count = (s.middle.old_count + s.middle.new_count + s.edits) / 2;
	trace(&s, diff->edits + diff->edit_count, count);
	diff->edit_count += count;
	return ERR_OK;
}

/* ---- what is shown ---- */

static bool
is_near(const struct diff *diff, size_t at)
{
	size_t from = at < TEXT_DIFF_AROUND ? 0 : at - TEXT_DIFF_AROUND;

	for (size_t i = from;
	     i <= at + TEXT_DIFF_AROUND && i < diff->edit_count; i++) {
		if (diff->edits[i].sign != ' ')
			return true;
	}
	return false;
}

/* The lines of a hunk that begins with edit `at`. */
static struct span
heading(struct diff *diff, size_t at, size_t old_line, size_t new_line)
{
	char text[96];
	struct writer w = writer_of(text, sizeof(text));
	size_t old_count = 0;
	size_t new_count = 0;

	for (; at < diff->edit_count && is_near(diff, at); at++) {
		old_count += diff->edits[at].sign != '+';
		new_count += diff->edits[at].sign != '-';
	}
	writer_format(&w, "@@ -%zu,%zu +%zu,%zu @@",
	    old_count > 0 ? old_line : old_line - 1, old_count,
	    new_count > 0 ? new_line : new_line - 1, new_count);
	return arena_copy(diff->arena, writer_view(&w));
}

static enum err
show(struct diff *diff, struct text_diff *ret)
{
	struct text_diff_line *lines =
	    arena_take(diff->arena, diff->edit_count * 2, sizeof(*lines));
	size_t old_line = 1;
	size_t new_line = 1;
	bool was_near = false;

	if (lines == NULL)
		return ERR_MEMORY;
	ret->lines = lines;
	for (size_t i = 0; i < diff->edit_count; i++) {
		const struct text_diff_line *edit = &diff->edits[i];
		bool near = is_near(diff, i);
		if (near && !was_near)
			lines[ret->count++] = (struct text_diff_line){
				.sign = '@',
				.text = heading(diff, i, old_line, new_line),
			};
		if (near)
			lines[ret->count++] = *edit;
		ret->gone += edit->sign == '-';
		ret->come += edit->sign == '+';
		old_line += edit->sign != '+';
		new_line += edit->sign != '-';
		was_near = near;
	}
	return ERR_OK;
}

static bool
ends_in_line(struct span text)
{
	return text.len > 0 && text.data[text.len - 1] == '\n';
}

enum err
text_diff(struct span old, struct span new, struct arena *arena,
    struct text_diff *ret)
{
	struct diff diff = { .arena = arena };
	struct text_diff told = { .count = 0 };
	enum err err = split(old, arena, &diff.old);

	if (err == ERR_OK)
		err = split(new, arena, &diff.new);
	if (err != ERR_OK)
		return err;
	find_ends(&diff);
	diff.edits = arena_take(
	    arena, diff.old.count + diff.new.count, sizeof(*diff.edits));
	if (diff.edits == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < diff.before; i++)
		put(&diff, ' ', diff.old.all[i]);
	err = put_middle(&diff);
	for (size_t i = diff.behind; err == ERR_OK && i > 0; i--)
		put(&diff, ' ', diff.old.all[diff.old.count - i]);
	if (err == ERR_OK)
		err = show(&diff, &told);
	told.is_whole = diff.is_whole;
	told.ends_alike = ends_in_line(old) == ends_in_line(new);
	if (err == ERR_OK)
		*ret = told;
	return err;
}
