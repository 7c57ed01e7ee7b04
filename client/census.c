#include "client/census.h"

#include <stdlib.h>
#include <string.h>

#include "client/progress.h"
#include "client/sorter.h"
#include "client/walk.h"
#include "schema/manifest.h"

#define PATHS_LEN ((size_t)1 << 20) /* before the list goes to a file */

struct census *
census_new(void)
{
	struct census *census = calloc(1, sizeof(*census));

	if (census == NULL)
		return NULL;
	census->buffer = calloc(PATHS_LEN, 1);
	if (census->buffer == NULL) {
		free(census);
		return NULL;
	}
	census->paths = spill_begin(census->buffer, PATHS_LEN);
	return census;
}

void
census_free(struct census *census)
{
	if (census == NULL)
		return;
	spill_end(&census->paths);
	free(census->buffer);
	free(census);
}

/* ---- walks ---- */

struct walker {
	struct census *census;
	struct progress *progress; /* NULL: nobody looks */
	bool is_listed;
	struct sorter *sorter; /* NULL: not sorted */
};

/* Sums wrap around; the order of files does not matter to them. */
static enum err
count_file(void *context, const struct walk_file *file, struct why *w)
{
	struct walker *walker = context;
	struct census *census = walker->census;
	struct hash hash = sha256_of(file->path);
	uint64_t words[CENSUS_WORDS];

	memcpy(words, hash.bytes, sizeof(words));
	for (size_t i = 0; i < CENSUS_WORDS; i++)
		census->sum[i] += words[i];
	census->count++;
	census->bytes += file->size;
	if (walker->progress != NULL && walker->progress->is_on)
		progress_add(walker->progress, 1);
	if (walker->sorter != NULL)
		return sorter_add(walker->sorter, file->path, w);
	if (!walker->is_listed)
		return ERR_OK;
	return spill_put(
	    &census->paths, span_of(file->path.data, file->path.len + 1), w);
}

enum err
census_take(
    struct census *census, const struct output *out, int folder, struct why *w)
{
	bool with_sizes = out->has_progress && !out->is_quiet;
	struct progress progress = progress_begin(out, "listing", 0, false);
	struct walker walker = {
		.census = census,
		.progress = &progress,
		.is_listed = true,
	};
	enum err err = walk_folder(folder, with_sizes, count_file, &walker, w);

	progress_end(&progress);
	/* a list that is all in memory is read from there */
	return err == ERR_OK && census->paths.fd >= 0
	    ? spill_flush(&census->paths, w)
	    : err;
}

/* ---- what came or went ---- */

static enum err
sort_list(const struct census *census, struct sorter *sorter, struct why *w)
{
	/* its buffer is free where the list is in a file */
	struct spill_reader reader = spill_read(
	    &census->paths, 0, census->paths.len, census->buffer, PATHS_LEN);
	enum err err = ERR_OK;

	while (err == ERR_OK) {
		struct span path;
		err = spill_next(&reader, &path, w);
		if (err != ERR_OK || path.len == 0)
			break;
		err = sorter_add(sorter, span_part(path, 0, path.len - 1), w);
	}
	return err == ERR_OK ? sorter_sort(sorter, w) : err;
}

/* The first path that only one of the two has. */
static enum err
first_difference(struct sorter *a, struct sorter *b,
    uint8_t ret[static MANIFEST_PATH_MAX], size_t *ret_len, struct why *w)
{
	struct span left;
	struct span right;

	for (;;) {
		enum err err = sorter_next(a, &left, w);
		if (err == ERR_OK)
			err = sorter_next(b, &right, w);
		if (err != ERR_OK)
			return err;
		if (left.len == 0 && right.len == 0)
			break;
		if (span_equal(left, right))
			continue;
		if (left.len == 0 ||
		    (right.len > 0 && span_compare(right, left) < 0))
			left = right;
		memcpy(ret, left.data, left.len);
		*ret_len = left.len;
		return ERR_OK;
	}
	*ret_len = 0;
	return ERR_OK;
}

/* Which it was costs time and memory that only a refusal may. */
static enum err
name_difference(const struct census *census, int folder, struct why *w)
{
	struct census now = { .count = 0 };
	struct walker walker = {
		.census = &now,
		.sorter = sorter_new(SORTER_MEMORY),
	};
	struct sorter *before = sorter_new(SORTER_MEMORY);
	uint8_t path[MANIFEST_PATH_MAX];
	size_t len = 0;
	enum err err = ERR_MEMORY;

	if (before != NULL && walker.sorter != NULL)
		err = walk_folder(folder, false, count_file, &walker, w);
	if (err == ERR_OK)
		err = sort_list(census, before, w);
	if (err == ERR_OK)
		err = sorter_sort(walker.sorter, w);
	if (err == ERR_OK)
		err = first_difference(before, walker.sorter, path, &len, w);
	sorter_free(before);
	sorter_free(walker.sorter);
	if (err != ERR_OK || len == 0)
		return why(w, ERR_REFUSED,
		    "a file came or went while the folder was hashed: try "
		    "again when nobody writes to it");
	return why(w, ERR_REFUSED,
	    "%.*s: came or went while the folder was hashed: try again when "
	    "nobody writes to it",
	    (int)len, (const char *)path);
}

enum err
census_check(const struct census *census, int folder, struct why *w)
{
	struct census again = { .count = 0 };
	struct walker walker = { .census = &again };
	enum err err = walk_folder(folder, false, count_file, &walker, w);

	if (err == ERR_OK && again.count == census->count &&
	    memcmp(again.sum, census->sum, sizeof(again.sum)) == 0)
		return ERR_OK;
	if (err != ERR_OK && err != ERR_NOT_FOUND)
		return err;
	return name_difference(census, folder, w);
}
