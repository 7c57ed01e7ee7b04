#include "schema/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK_MIN ((size_t)4 << 10)

struct chunk {
	struct chunk *next;
	size_t cap;
	size_t used;
	alignas(max_align_t) uint8_t bytes[];
};

struct arena {
	struct chunk *chunks; /* the one in use first */
	size_t cap_max;
	size_t taken; /* capacity of all chunks */
	size_t used;
};

struct arena *
arena_new(size_t cap_max)
{
	struct arena *arena = calloc(1, sizeof(*arena));

	if (arena != NULL)
		arena->cap_max = cap_max;
	return arena;
}

static void
chunks_free(struct chunk *chunk)
{
	while (chunk != NULL) {
		struct chunk *next = chunk->next;
		free(chunk);
		chunk = next;
	}
}

void
arena_free(struct arena *arena)
{
	if (arena == NULL)
		return;
	chunks_free(arena->chunks);
	free(arena);
}

void
arena_reset(struct arena *arena)
{
	struct chunk *kept = arena->chunks;

	arena->used = 0;
	if (kept == NULL)
		return;
	chunks_free(kept->next);
	kept->next = NULL;
	kept->used = 0;
	arena->taken = kept->cap;
}

static struct chunk *
chunk_add(struct arena *arena, size_t need)
{
	size_t left = arena->cap_max - arena->taken;
	size_t cap = need > CHUNK_MIN ? need : CHUNK_MIN;

	/* doubling keeps the number of chunks small for large answers */
	if (cap < arena->taken)
		cap = arena->taken;
	if (cap > left)
		cap = left;
	if (cap < need)
		return NULL;
	struct chunk *chunk = malloc(sizeof(*chunk) + cap);
	if (chunk == NULL)
		return NULL;
	*chunk = (struct chunk){ .next = arena->chunks, .cap = cap };
	arena->chunks = chunk;
	arena->taken += cap;
	return chunk;
}

void *
arena_take(struct arena *arena, size_t count, size_t size)
{
	size_t align = alignof(max_align_t);
	size_t need;

	if (__builtin_mul_overflow(count, size, &need) || need > arena->cap_max)
		return NULL;
	need = (need + align - 1) / align * align;
	struct chunk *chunk = arena->chunks;
	if (chunk == NULL || chunk->cap - chunk->used < need) {
		chunk = chunk_add(arena, need);
		if (chunk == NULL)
			return NULL;
	}
	void *at = chunk->bytes + chunk->used;
	chunk->used += need;
	arena->used += need;
	memset(at, 0, need);
	return at;
}

struct span
arena_copy(struct arena *arena, struct span bytes)
{
	uint8_t *at = arena_take(arena, bytes.len + 1, 1);

	if (at == NULL)
		return SPAN_EMPTY;
	if (bytes.len > 0)
		memcpy(at, bytes.data, bytes.len);
	return span_of(at, bytes.len);
}

size_t
arena_used(const struct arena *arena)
{
	return arena->used;
}
