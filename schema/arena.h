/*
 * arena: memory that is taken piece by piece and given back all at once.
 *
 * One arena belongs to one request, one batch or one command; nothing taken
 * from it outlives arena_reset.  It grows in chunks up to `cap_max` bytes and
 * then says no, so whoever decodes input into it needs no bound of his own.
 *
 * Threads: one at a time.  Memory: arena_new / arena_free; pieces are borrowed.
 */
#ifndef HEADWATER_SCHEMA_ARENA_H
#define HEADWATER_SCHEMA_ARENA_H

#include <stddef.h>

#include "schema/err.h"
#include "schema/span.h"

struct arena;

/* NULL when memory is out.  Nothing is taken from the system before use. */
struct arena *arena_new(size_t cap_max);
void arena_free(struct arena *arena);  /* NULL is fine */
void arena_reset(struct arena *arena); /* keeps one chunk for the next use */

/*
 * `count` zeroed objects of `size` bytes, aligned for anything.  NULL when the
 * arena is at its limit, memory is out or the product overflows.  A count of 0
 * gives a pointer that must not be read.
 */
void *arena_take(struct arena *arena, size_t count, size_t size);

/* A copy, with a NUL behind it that does not count.  data NULL on failure. */
struct span arena_copy(struct arena *arena, struct span bytes);

size_t arena_used(const struct arena *arena); /* bytes handed out */

#endif
