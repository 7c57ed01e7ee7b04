#include "client/list.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

enum err
list_open(struct list *list, int fd, const char *what, struct arena *arena,
    struct why *w)
{
	*list = (struct list){
		.fd = fd,
		.what = what,
		.buffer = arena_take(arena, LIST_BUFFER_LEN, 1),
	};
	if (list->buffer == NULL)
		return why(w, ERR_MEMORY, "out of memory");
	sha256_init(&list->sha256);
	return ERR_OK;
}

void
list_want_root(struct list *list)
{
	assert(list->count == 0);
	list->has_root = true;
}

/* Moves what is left to the front and reads on. */
static enum err
fill(struct list *list, struct why *w)
{
	size_t len = list->end - list->begin;
	ssize_t got;

	memmove(list->buffer, list->buffer + list->begin, len);
	list->begin = 0;
	list->end = len;
	do {
		got = read(list->fd, list->buffer + len, LIST_BUFFER_LEN - len);
	} while (got < 0 && errno == EINTR);
	if (got < 0)
		return why(
		    w, ERR_IO, "%s: %s", list->what, strerrordesc_np(errno));
	sha256_add(&list->sha256, span_of(list->buffer + len, (size_t)got));
	list->end += (size_t)got;
	list->is_all = got == 0;
	return ERR_OK;
}

static enum err
find_line(struct list *list, struct span *ret, struct why *w)
{
	for (;;) {
		struct span rest = span_of(
		    list->buffer + list->begin, list->end - list->begin);
		if (span_cut(&rest, '\n', ret))
			return ERR_OK;
		if (list->is_all && rest.len == 0) {
			list->is_at_end = true;
			return ERR_OK;
		}
		if (list->is_all)
			return why(w, ERR_MISMATCH,
			    "%s: line %" PRIu64 " has no LF: it is cut short",
			    list->what, list->count + 1);
		if (rest.len >= MANIFEST_LINE_MAX)
			return why(w, ERR_MISMATCH,
			    "%s: line %" PRIu64 " is longer than a line can be",
			    list->what, list->count + 1);
		enum err err = fill(list, w);
		if (err != ERR_OK)
			return err;
	}
}

static enum err
take_line(struct list *list, struct why *w)
{
	struct hash leaf;
	struct hash made[TREE_LEVELS];

	if (manifest_line_parse(list->text, &list->line) != ERR_OK)
		return why(w, ERR_MISMATCH,
		    "%s: line %" PRIu64 " is no line of a manifest", list->what,
		    list->count);
	if (list->count > 1 &&
	    span_compare(span_of(list->before, list->before_len), list->text) >=
		0)
		return why(w, ERR_MISMATCH,
		    "%s: line %" PRIu64
		    " is not above the one before: it is not sorted",
		    list->what, list->count);
	memcpy(list->before, list->text.data, list->text.len);
	list->before_len = (uint32_t)list->text.len;
	if (list->has_root) {
		leaf = tree_leaf(list->text);
		(void)tree_append(&list->edge, &leaf, made);
	}
	return ERR_OK;
}

enum err
list_next(struct list *list, struct why *w)
{
	struct span text = SPAN_EMPTY;
	enum err err = find_line(list, &text, w);

	if (err != ERR_OK || list->is_at_end)
		return err;
	list->begin += text.len + 1;
	list->count++;
	list->text = text;
	return take_line(list, w);
}

enum err
list_expect(struct list *list, const struct hash *sha256, struct why *w)
{
	assert(list->is_at_end);
	struct hash hash = sha256_done(&list->sha256);
	if (!hash_equal(&hash, sha256))
		return why(w, ERR_MISMATCH,
		    "%s: its bytes have another sha256 than the one asked for",
		    list->what);
	if (list->count == 0)
		return why(w, ERR_MISMATCH, "%s: it is empty", list->what);
	return ERR_OK;
}

struct hash
list_root(const struct list *list)
{
	assert(list->has_root);
	return tree_edge_root(&list->edge);
}

struct hash
list_sha256(struct list *list)
{
	assert(list->is_at_end);
	return sha256_done(&list->sha256);
}
