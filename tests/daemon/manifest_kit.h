/*
 * manifest_kit: manifests of any length made in memory, for tests.  Every digest
 * is a hash of a number; every seventh file comes twice under two names.
 */
#ifndef HEADWATER_TESTS_MANIFEST_KIT_H
#define HEADWATER_TESTS_MANIFEST_KIT_H

#include "daemon/manifest_build.h"
#include "schema/writer.h"
#include "tests/folder.h"
#include "tests/unit.h"

struct kit_line {
	struct hash digest;
	unsigned number;
};

static inline int
kit_compare(const void *a, const void *b)
{
	const struct kit_line *left = a;
	const struct kit_line *right = b;
	int order = hash_compare(&left->digest, &right->digest);

	return order != 0 ? order : (left->number < right->number ? -1 : 1);
}

static inline struct hash
kit_digest(unsigned number)
{
	return sha256_of(span_of(&number, sizeof(number)));
}

/* `count` lines, in order; free them. */
static inline struct kit_line *
kit_lines(size_t count)
{
	struct kit_line *lines = calloc(count + 1, sizeof(*lines));

	assert_non_null(lines);
	for (unsigned i = 0; i < count; i++) {
		lines[i].digest = kit_digest(i % 7 == 6 ? i - 1 : i);
		lines[i].number = i;
	}
	qsort(lines, count, sizeof(*lines), kit_compare);
	return lines;
}

static inline void
kit_print(const struct kit_line *line, struct writer *w)
{
	writer_hex(w, hash_span(&line->digest));
	writer_format(w, "  shards/part-%06u.txt\n", line->number);
}

static inline struct writer
kit_text(const struct kit_line *lines, size_t count)
{
	struct writer w = writer_heap((size_t)1 << 30);

	for (size_t i = 0; i < count; i++)
		kit_print(&lines[i], &w);
	assert_err(ERR_OK, writer_end(&w));
	return w;
}

/* Builds the sidecar at `path` (NULL: none) from pieces of `step` bytes. */
static inline enum err
kit_build(const char *path, struct span text, size_t step,
    struct sidecar_header *ret, struct why *w)
{
	struct manifest_build *build;
	struct hash digest = sha256_of(text);
	enum err err = manifest_build_new(path, text.len, &build, w);

	if (err != ERR_OK)
		return err;
	for (size_t at = 0; err == ERR_OK && at < text.len; at += step)
		err = manifest_build_add(build, span_part(text, at, step), w);
	if (err == ERR_OK)
		err = manifest_build_end(build, &digest, ret, w);
	if (err == ERR_OK && path != NULL)
		err = manifest_build_sync(build, w);
	manifest_build_free(build);
	return err;
}

static inline void
kit_write(const char *path, struct span bytes)
{
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	assert_int_equal(bytes.len,
	    bytes.len == 0 ? 0 : fwrite(bytes.data, 1, bytes.len, file));
	assert_int_equal(0, fclose(file));
}

#endif
