/*
 * problem: RFC 9457 application/problem+json.
 *
 * {"type":"about:blank","title":…,"status":…,"detail":…[,"line":N]}: title is the
 * error's meaning, detail the one sentence for people.
 *
 * Threads: any.  Memory: none.
 */
#ifndef HEADWATER_SCHEMA_PROBLEM_H
#define HEADWATER_SCHEMA_PROBLEM_H

#include "schema/writer.h"

#define PROBLEM_MEDIA_TYPE "application/problem+json"
#define PROBLEM_LEN_MAX 2048

void problem_print(enum err err, const struct why *w, struct writer *out);
/* The same with the number of the NDJSON line it is about (from 1). */
void problem_print_line(
    enum err err, const struct why *w, uint64_t line, struct writer *out);
/* The same with `have`: how many bytes of an upload are there. */
void problem_print_have(
    enum err err, const struct why *w, uint64_t have, struct writer *out);

/* Reads an answer that may be one: fills *ret and its status, else ERR_SYNTAX. */
MUST_CHECK enum err problem_parse(
    struct span body, int *ret_status, struct why *ret);

#endif
