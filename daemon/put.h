/*
 * put: members of JSON answers that are written again and again.
 *
 * Threads: any.  Memory: the caller's writer.
 */
#ifndef HEADWATER_DAEMON_PUT_H
#define HEADWATER_DAEMON_PUT_H

#include <stdbool.h>

#include "schema/digest_set.h"
#include "schema/writer.h"

void put_hash(const struct hash *hash, struct writer *w); /* the value alone */
void put_hash_or_null(
    const char *name, bool is_there, const struct hash *hash, struct writer *w);
void put_hashes(const char *name, const struct hash *hashes, size_t count,
    struct writer *w);
void put_flag(const char *name, bool flag, struct writer *w);
/* Empty: null. */
void put_text_or_null(const char *name, struct span text, struct writer *w);
void put_time(const char *name, uint64_t time_ms, struct writer *w);

#endif
