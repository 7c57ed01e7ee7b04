/*
 * text_diff: where two texts differ, line by line, as `diff -u` shows it.
 *
 * The shortest script of lines that go and come (E. Myers, "An O(ND) Difference
 * Algorithm and Its Variations", 1986), after what both begin and end with.  More
 * than TEXT_DIFF_EDITS lines that differ, or more than TEXT_DIFF_LINES, are not
 * searched: then all of the one goes and all of the other comes.
 *
 * Threads: any.  Memory: the caller's arena; spans borrow the texts.
 */
#ifndef HEADWATER_CLIENT_TEXT_DIFF_H
#define HEADWATER_CLIENT_TEXT_DIFF_H

#include "schema/arena.h"
#include "schema/writer.h"

#define TEXT_DIFF_LINES 100000 /* of either */
#define TEXT_DIFF_EDITS 1500
#define TEXT_DIFF_AROUND 3 /* lines shown around what differs */

struct text_diff_line {
	char sign;	  /* ' ', '-', '+'; '@': "@@ -1,3 +1,4 @@" */
	struct span text; /* without its LF */
};

struct text_diff {
	size_t gone;
	size_t come;
	bool is_whole;	 /* it was not searched */
	bool ends_alike; /* both with an LF, or both without */
	size_t count;
	const struct text_diff_line *lines;
};

/* ERR_MEMORY; ERR_LIMIT where there are too many lines. */
MUST_CHECK enum err text_diff(struct span old, struct span new,
    struct arena *arena, struct text_diff *ret);

#endif
