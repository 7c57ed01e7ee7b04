/*
 * vectors: the files of schema/vectors, as the tests read them.
 */
#ifndef HEADWATER_TESTS_SCHEMA_VECTORS_H
#define HEADWATER_TESTS_SCHEMA_VECTORS_H

#include <dirent.h>
#include <stdio.h>

#include "schema/span.h"
#include "tests/unit.h"

#define VECTORS "schema/vectors/"
#define VECTORS_LEN_MAX ((size_t)1 << 19)

/* The whole file; it stays until the next one is read. */
static inline struct span
vectors_read(const char *path)
{
	static uint8_t bytes[VECTORS_LEN_MAX];
	FILE *file = fopen(path, "rb");

	if (file == NULL)
		fail_msg("cannot open %s", path);
	size_t len = fread(bytes, 1, sizeof(bytes), file);
	assert_true(len < sizeof(bytes));
	(void)fclose(file);
	return span_of(bytes, len);
}

#endif
