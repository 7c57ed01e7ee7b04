#include "client/chooser.h"

#include <stdlib.h>
#include <string.h>

#include "client/sorter.h"

#define RECORD_MAX (HASH_LEN + MANIFEST_PATH_MAX)

struct chooser {
	struct span below;
	struct sorter *digests;
	struct sorter *lines; /* digest, path */
	struct span digest;   /* the next one; empty: no more */
	struct span line;
	bool is_found; /* the digest in front had a line */
	uint64_t digest_count;
	uint64_t found_count;
};

struct chooser *
chooser_new(const char *below)
{
	struct chooser *chooser = calloc(1, sizeof(*chooser));

	if (chooser == NULL)
		return NULL;
	if (below != NULL)
		chooser->below = span_of_text(below);
	while (chooser->below.len > 0 &&
	    chooser->below.data[chooser->below.len - 1] == '/')
		chooser->below.len--;
	chooser->digests = sorter_new(SORTER_MEMORY);
	chooser->lines = sorter_new(SORTER_MEMORY);
	if (chooser->digests != NULL && chooser->lines != NULL)
		return chooser;
	chooser_free(chooser);
	return NULL;
}

void
chooser_free(struct chooser *chooser)
{
	if (chooser == NULL)
		return;
	sorter_free(chooser->digests);
	sorter_free(chooser->lines);
	free(chooser);
}

enum err
chooser_add_digest(
    struct chooser *chooser, const struct hash *digest, struct why *w)
{
	return sorter_add(chooser->digests, hash_span(digest), w);
}

static struct span
record_of(const struct manifest_line *line, uint8_t buffer[static RECORD_MAX])
{
	memcpy(buffer, line->digest.bytes, HASH_LEN);
	memcpy(buffer + HASH_LEN, line->path.data, line->path.len);
	return span_of(buffer, HASH_LEN + line->path.len);
}

enum err
chooser_add_line(
    struct chooser *chooser, const struct manifest_line *line, struct why *w)
{
	uint8_t buffer[RECORD_MAX];
	enum err err = manifest_check_path(line->path, w);

	return err == ERR_OK
	    ? sorter_add(chooser->lines, record_of(line, buffer), w)
	    : err;
}

/* ---- asking ---- */

/* The next digest, each once. */
static enum err
next_digest(struct chooser *chooser, struct why *w)
{
	uint8_t bytes[HASH_LEN];
	struct span before = SPAN_EMPTY;

	if (chooser->digest.len == HASH_LEN) {
		memcpy(bytes, chooser->digest.data, HASH_LEN);
		before = span_of(bytes, HASH_LEN);
	}
	do {
		enum err err =
		    sorter_next(chooser->digests, &chooser->digest, w);
		if (err != ERR_OK)
			return err;
	} while (
	    chooser->digest.len > 0 && span_equal(chooser->digest, before));
	chooser->is_found = false;
	chooser->digest_count += chooser->digest.len > 0 ? 1 : 0;
	return ERR_OK;
}

enum err
chooser_start(struct chooser *chooser, struct why *w)
{
	enum err err = sorter_sort(chooser->digests, w);

	if (err == ERR_OK)
		err = sorter_sort(chooser->lines, w);
	if (err == ERR_OK)
		err = next_digest(chooser, w);
	return err == ERR_OK ? sorter_next(chooser->lines, &chooser->line, w)
			     : err;
}

static enum err
ask_digests(
    struct chooser *chooser, struct span digest, bool *ret, struct why *w)
{
	while (chooser->digest.len > 0 &&
	    span_compare(chooser->digest, digest) < 0) {
		enum err err = next_digest(chooser, w);
		if (err != ERR_OK)
			return err;
	}
	*ret = chooser->digest.len > 0 && span_equal(chooser->digest, digest);
	if (*ret && !chooser->is_found)
		chooser->found_count++;
	chooser->is_found |= *ret;
	return ERR_OK;
}

static enum err
not_there(struct span record, struct why *w)
{
	char hex[HASH_TEXT_MAX];
	struct hash digest;
	struct span path = span_part(record, HASH_LEN, record.len);

	memcpy(digest.bytes, record.data, HASH_LEN);
	hash_print(&digest, hex);
	return why(w, ERR_NOT_FOUND, "no line %s  %.*s", hex, SPAN_ARGS(path));
}

/* Each wanted line comes, in the same order; twice the same is once. */
static enum err
ask_lines(struct chooser *chooser, struct span record, bool *ret, struct why *w)
{
	while (chooser->line.len > 0) {
		int order = span_compare(chooser->line, record);
		if (order > 0)
			return ERR_OK;
		if (order < 0 && !*ret)
			return not_there(chooser->line, w);
		if (order < 0)
			return ERR_OK;
		*ret = true;
		enum err err = sorter_next(chooser->lines, &chooser->line, w);
		if (err != ERR_OK)
			return err;
	}
	return ERR_OK;
}

static bool
is_below(struct span below, struct span path)
{
	return below.len > 0 && path.len >= below.len &&
	    span_equal(span_part(path, 0, below.len), below) &&
	    (path.len == below.len || path.data[below.len] == '/');
}

enum err
chooser_ask(struct chooser *chooser, const struct manifest_line *line,
    bool *ret_is_chosen, struct why *w)
{
	uint8_t buffer[RECORD_MAX];
	bool by_digest = false;
	bool by_line = false;
	enum err err =
	    ask_digests(chooser, hash_span(&line->digest), &by_digest, w);

	if (err == ERR_OK)
		err = ask_lines(chooser, record_of(line, buffer), &by_line, w);
	if (err != ERR_OK)
		return err;
	*ret_is_chosen =
	    by_digest || by_line || is_below(chooser->below, line->path);
	return ERR_OK;
}

enum err
chooser_end(struct chooser *chooser, struct why *w)
{
	enum err err = ERR_OK;

	if (chooser->line.len > 0)
		return not_there(chooser->line, w);
	while (err == ERR_OK && chooser->digest.len > 0)
		err = next_digest(chooser, w);
	return err;
}

uint64_t
chooser_digests(const struct chooser *chooser)
{
	return chooser->digest_count;
}

uint64_t
chooser_found(const struct chooser *chooser)
{
	return chooser->found_count;
}
