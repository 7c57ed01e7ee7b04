/*
 * list: a manifest in a file, read line by line and checked as it is read.
 *
 * Each line is of the form (FORMATS 3.1) and above the one before; at the end the
 * sha256 of all bytes is known, which is the identity of the set, and, where it
 * was asked for, the root over the lines.  Paths that are there twice under two
 * digests are not looked for: that would take memory.
 *
 *	list_open(&list, fd, "the manifest of …", arena)
 *	while ((err = list_next(&list, w)) == ERR_OK && !list.is_at_end)
 *		… list.line …
 *	err = list_expect(&list, &sha256, w)
 *
 * Threads: one.  Memory: LIST_BUFFER_LEN of the arena, whatever the length.
 */
#ifndef HEADWATER_CLIENT_LIST_H
#define HEADWATER_CLIENT_LIST_H

#include "schema/arena.h"
#include "schema/manifest.h"

#define LIST_BUFFER_LEN ((size_t)1 << 18)

struct list {
	const char *what;
	uint8_t *buffer;
	size_t begin; /* of what is not read yet */
	size_t end;
	uint64_t count;	  /* lines read: the number of the last, from 1 */
	struct span text; /* the line without its LF, until the next */
	struct manifest_line line; /* the same, taken apart */
	struct sha256 sha256;
	struct tree_edge edge;
	int fd;	     /* borrowed; read from where it stands */
	bool is_all; /* nothing more comes from the file */
	bool is_at_end;
	bool has_root;
	uint32_t before_len;
	uint8_t before[MANIFEST_LINE_MAX];
};

/* `what` is for sentences and stays the caller's. */
MUST_CHECK enum err list_open(struct list *list, int fd, const char *what,
    struct arena *arena, struct why *w);
/* Makes the root too: asked before the first line. */
void list_want_root(struct list *list);

/* The next line, or is_at_end.  ERR_MISMATCH: no line of a manifest, or not above
 * the one before; ERR_IO. */
MUST_CHECK enum err list_next(struct list *list, struct why *w);

/* At the end: ERR_MISMATCH unless these were the bytes of that digest. */
MUST_CHECK enum err list_expect(
    struct list *list, const struct hash *sha256, struct why *w);
struct hash list_root(const struct list *list);
/* At the end, in place of list_expect, once. */
struct hash list_sha256(struct list *list);

#endif
