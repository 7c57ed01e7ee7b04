/*
 * answer: how a question ends, the same for all: a body, or a problem, and a line
 * in the log where it was our fault.
 *
 * Threads: the request's.  Memory: the request's.
 */
#ifndef HEADWATER_DAEMON_ANSWER_H
#define HEADWATER_DAEMON_ANSWER_H

#include "daemon/serve.h"
#include "daemon/view.h"
#include "schema/dossier.h"

/* Writes the body and says type and caching; a failure drops what it wrote. */
typedef enum err answer_put(
    struct request *request, struct reply *reply, struct why *w);

enum served answer_now(
    struct request *request, struct reply *reply, answer_put *put);

/* Waits for the index first: for all that rests on it. */
enum served answer_from_index(
    struct request *request, struct reply *reply, answer_put *put);

/* The snapshot that one question asks; view_close it. */
struct view answer_view(const struct request *request);

/* An entry's payload, decoded into the arena.  Our own entry: what does not parse
 * is ERR_CORRUPT. */
MUST_CHECK enum err answer_payload(
    struct span entry, struct arena *arena, struct span *ret);

/* ERR_WITHHELD, with the operator's reason. */
enum err answer_withheld(struct txn *log, uint64_t position, struct why *w);

/* ---- what several questions take ---- */

/* `as`: a principal; empty where none is given. */
MUST_CHECK enum err answer_take_as(
    const struct request *request, struct span *ret, struct why *w);

/* `auditors`: principals with a colon between two, at most DOSSIER_AUDITORS_MAX;
 * none where none are given. */
MUST_CHECK enum err answer_take_auditors(const struct request *request,
    const struct span **ret, size_t *ret_count, struct why *w);

/* `<name>/<version>`. */
MUST_CHECK enum err answer_take_release(struct span whole,
    struct span *ret_name, struct span *ret_version, struct why *w);

/* A segment that is a digest of an artifact: tlogLeaf names a record. */
MUST_CHECK enum err answer_take_artifact(
    struct span segment, struct digest *ret, struct why *w);

/* The same of a file, which is known by its sha256 alone. */
MUST_CHECK enum err answer_take_file(
    struct span segment, struct hash *ret, struct why *w);

#endif
