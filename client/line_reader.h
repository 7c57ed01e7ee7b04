/*
 * line_reader: the lines of a file, one at a time, in memory that does not grow.
 *
 * Threads: one.  Memory: line_reader_new / line_reader_free.  Errors: ERR_MISSING, ERR_IO,
 * ERR_SYNTAX for a line that is too long.
 */
#ifndef HEADWATER_CLIENT_LINE_READER_H
#define HEADWATER_CLIENT_LINE_READER_H

#include <stdint.h>

#include "schema/err.h"
#include "schema/span.h"

#define LINE_READER_MAX ((size_t)8 << 10) /* of a line */

struct line_reader;

/* "-" is stdin; `path` stays the caller's. */
MUST_CHECK enum err line_reader_new(
    const char *path, struct line_reader **ret, struct why *w);
void line_reader_free(struct line_reader *reader); /* NULL is fine */

/* Without its LF, valid until the next call; `data` is NULL at the end. */
MUST_CHECK enum err line_reader_next(
    struct line_reader *reader, struct span *ret, struct why *w);

/* Of the line given last: its number, from 1, and whether it ended in LF. */
uint64_t line_reader_number(const struct line_reader *reader);
bool line_reader_is_ended(const struct line_reader *reader);

#endif
