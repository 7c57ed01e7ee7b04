#include "client/listing.h"

#include <stdlib.h>
#include <string.h>

#include "client/oms.h"
#include "client/sorter.h"
#include "schema/key.h"

#define MIX_LEN sizeof(uint64_t)
#define SALTS 256 /* got at a time */
/* A kept manifest's most, in the caller's arena. */
#define KEPT_LEN_MAX ((size_t)LISTING_KEPT_MAX * MANIFEST_SALTED_MAX)

struct listing {
	struct listing_wish wish;
	struct sorter *lines; /* [salt] digest path */
	struct sorter *paths; /* mixed path; NULL: each comes once */
	struct oms *oms;      /* NULL: not wanted */
	uint8_t salts[SALTS * MANIFEST_SALT_LEN];
	size_t salts_left;
	/* here and not on the stack, where each call would clear it */
	uint8_t record[MANIFEST_SALT_LEN + HASH_LEN + MANIFEST_PATH_MAX];
	/* while it is written: */
	uint8_t text[MANIFEST_SALTED_MAX];
	struct sink *sink;
	uint64_t count;
	uint8_t last_salt[MANIFEST_SALT_LEN];
	struct writer kept;
};

struct listing *
listing_new(const struct listing_wish *wish)
{
	struct listing *listing = calloc(1, sizeof(*listing));

	if (listing == NULL)
		return NULL;
	listing->wish = *wish;
	listing->lines = sorter_new(SORTER_MEMORY);
	listing->sink = sink_new(wish->fd);
	listing->kept = writer_heap(KEPT_LEN_MAX);
	if (wish->checks_paths)
		listing->paths = sorter_new(SORTER_MEMORY);
	if (wish->has_oms)
		listing->oms = oms_new();
	if (listing->lines != NULL && listing->sink != NULL &&
	    (listing->paths != NULL || !wish->checks_paths) &&
	    (listing->oms != NULL || !wish->has_oms))
		return listing;
	listing_free(listing);
	return NULL;
}

void
listing_free(struct listing *listing)
{
	if (listing == NULL)
		return;
	sorter_free(listing->lines);
	sorter_free(listing->paths);
	oms_free(listing->oms);
	writer_done(&listing->kept);
	sink_free(listing->sink);
	free(listing);
}

/* ---- as they come ---- */

/* FNV-1a.  Which order they have does not matter where equal ones are sought, and
 * paths that begin alike are slow to compare. */
static uint64_t
mix(struct span path)
{
	uint64_t sum = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < path.len; i++)
		sum = (sum ^ path.data[i]) * UINT64_C(0x100000001b3);
	return sum;
}

static enum err
add_path(struct listing *listing, struct span path, struct why *w)
{
	struct writer to = writer_of(listing->record, sizeof(listing->record));

	writer_u64(&to, mix(path));
	writer_span(&to, path);
	return sorter_add(listing->paths, writer_view(&to), w);
}

static const uint8_t *
next_salt(struct listing *listing)
{
	if (listing->salts_left == 0) {
		key_random(listing->salts, sizeof(listing->salts));
		listing->salts_left = SALTS;
	}
	return listing->salts + --listing->salts_left * MANIFEST_SALT_LEN;
}

enum err
listing_add(
    struct listing *listing, const struct manifest_line *line, struct why *w)
{
	struct writer to = writer_of(listing->record, sizeof(listing->record));
	enum err err = manifest_check_path(line->path, w);

	if (err != ERR_OK)
		return err;
	if (listing->wish.is_salted)
		writer_bytes(&to, next_salt(listing), MANIFEST_SALT_LEN);
	writer_span(&to, hash_span(&line->digest));
	writer_span(&to, line->path);
	err = sorter_add(listing->lines, writer_view(&to), w);
	if (err == ERR_OK && listing->paths != NULL)
		err = add_path(listing, line->path, w);
	if (err == ERR_OK && listing->oms != NULL)
		err = oms_add(listing->oms, line, w);
	return err;
}

/* ---- the end ---- */

static enum err
check_paths(struct listing *listing, struct why *w)
{
	uint8_t last[MIX_LEN + MANIFEST_PATH_MAX];
	struct span before = SPAN_EMPTY;
	struct span path;
	enum err err = sorter_sort(listing->paths, w);

	while (err == ERR_OK) {
		err = sorter_next(listing->paths, &path, w);
		if (err != ERR_OK || path.len == 0)
			break;
		if (span_equal(path, before))
			err = why(w, ERR_CONFLICT, "path: \"%.*s\" comes twice",
			    SPAN_ARGS(span_part(path, MIX_LEN, path.len)));
		memcpy(last, path.data, path.len);
		before = span_of(last, path.len);
	}
	/* its memory is needed no more */
	sorter_free(listing->paths);
	listing->paths = NULL;
	return err;
}

/* Ends in LF. */
static enum err
take_line(struct listing *listing, struct span line, struct why *w)
{
	if (listing->count++ < LISTING_KEPT_MAX)
		writer_span(&listing->kept, line);
	return sink_line(listing->sink, line, w);
}

static enum err
take_record(struct listing *listing, struct span record, struct why *w)
{
	struct writer to = writer_of(listing->text, sizeof(listing->text));
	struct manifest_salted line;

	if (listing->wish.is_salted) {
		memcpy(line.salt, record.data, MANIFEST_SALT_LEN);
		if (listing->count > 0 &&
		    memcmp(line.salt, listing->last_salt, MANIFEST_SALT_LEN) ==
			0)
			return why(w, ERR_CONFLICT,
			    "a random salt came twice: try again");
		memcpy(listing->last_salt, line.salt, MANIFEST_SALT_LEN);
		record = span_part(record, MANIFEST_SALT_LEN, record.len);
	}
	memcpy(line.file.digest.bytes, record.data, HASH_LEN);
	line.file.path = span_part(record, HASH_LEN, record.len);
	if (listing->wish.is_salted)
		manifest_line_print_salted(&line, &to);
	else
		manifest_line_print(&line.file, &to);
	return take_line(listing, writer_view(&to), w);
}

static enum err
write_lines(struct listing *listing, struct why *w)
{
	struct span record;
	enum err err = sorter_sort(listing->lines, w);

	while (err == ERR_OK) {
		err = sorter_next(listing->lines, &record, w);
		if (err != ERR_OK || record.len == 0)
			break;
		err = take_record(listing, record, w);
	}
	if (err == ERR_OK && listing->count == 0)
		err = why(w, ERR_NOT_FOUND, "no file: nothing to list");
	return err;
}

static enum err
keep(struct listing *listing, struct arena *arena, struct listing_result *ret,
    struct why *w)
{
	struct span kept = arena_copy(arena, writer_view(&listing->kept));
	size_t count;

	if (kept.len == 0)
		return why(w, ERR_MEMORY, "out of memory");
	if (ret->set.count <= LISTING_KEPT_MAX)
		ret->manifest = kept;
	if (listing->wish.is_salted)
		return ERR_OK;
	return manifest_parse(kept, arena, &ret->lines, &count, w);
}

enum err
listing_end(struct listing *listing, struct arena *arena,
    struct listing_result *ret, struct why *w)
{
	struct listing_result listed = { .has_oms = false };
	enum err err = ERR_OK;

	if (listing->paths != NULL)
		err = check_paths(listing, w);
	if (err == ERR_OK)
		err = write_lines(listing, w);
	if (err == ERR_OK && listing->oms != NULL) {
		err = oms_end(listing->oms, &listed.oms, w);
		listed.has_oms = err == ERR_OK;
		if (err == ERR_NOT_FOUND) /* only what Git keeps */
			err = ERR_OK;
	}
	if (err != ERR_OK)
		return err;
	err = sink_end(listing->sink, &listed.set, w);
	if (err == ERR_OK)
		err = keep(listing, arena, &listed, w);
	if (err == ERR_OK)
		*ret = listed;
	return err;
}
