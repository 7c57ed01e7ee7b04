#include "daemon/tile_cache.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/lock.h"

#define SLOTS 4096 /* as many tiles of hashes as fit 32 MiB */
#define PART_MAX 8 /* one may take this part of it all */

struct tile_bytes {
	atomic_size_t holders; /* the cache is one */
	size_t len;
	uint8_t data[];
};

struct slot {
	struct tile tile;
	struct tile_bytes *bytes; /* NULL: free */
	bool is_wanted;		  /* asked for since the hand passed */
	size_t next; /* number of the next in its bucket, from 1; 0: none */
};

struct tile_cache {
	size_t bytes_max;
	struct lock lock;
	size_t bytes; /* under lock, as all below */
	size_t hand;  /* the slot to be looked at next */
	size_t free;  /* a free one's number, from 1, and so on by `next` */
	size_t buckets[SLOTS];
	struct slot slots[SLOTS];
};

/* ---- bytes that several hold ---- */

static struct tile_bytes *
bytes_new(struct span from)
{
	struct tile_bytes *bytes = malloc(sizeof(*bytes) + from.len);

	if (bytes == NULL)
		return NULL;
	atomic_init(&bytes->holders, 1);
	bytes->len = from.len;
	memcpy(bytes->data, from.data, from.len);
	return bytes;
}

struct span
tile_bytes_view(const struct tile_bytes *bytes)
{
	return span_of(bytes->data, bytes->len);
}

void
tile_bytes_let_go(struct tile_bytes *bytes)
{
	if (atomic_fetch_sub(&bytes->holders, 1) == 1)
		free(bytes);
}

/* ---- the cache ---- */

struct tile_cache *
tile_cache_new(size_t bytes_max)
{
	struct tile_cache *cache = calloc(1, sizeof(*cache));

	if (cache == NULL)
		return NULL;
	cache->bytes_max = bytes_max;
	cache->free = 1;
	for (size_t i = 0; i + 1 < SLOTS; i++)
		cache->slots[i].next = i + 2;
	lock_init(&cache->lock);
	return cache;
}

void
tile_cache_free(struct tile_cache *cache)
{
	if (cache == NULL)
		return;
	for (size_t i = 0; i < SLOTS; i++)
		if (cache->slots[i].bytes != NULL)
			tile_bytes_let_go(cache->slots[i].bytes);
	lock_done(&cache->lock);
	free(cache);
}

/* Only published tiles are kept, so nobody chooses where they fall. */
static size_t *
bucket_of(struct tile_cache *cache, const struct tile *tile)
{
	uint64_t mixed = (tile->n * 128 + (uint64_t)tile->level * 2 +
			     (tile->is_entries ? 1 : 0)) *
	    0x9e3779b97f4a7c15;

	return &cache->buckets[(mixed >> 32) % SLOTS];
}

/* Needs the lock. */
static struct slot *
find(struct tile_cache *cache, const struct tile *tile)
{
	for (size_t at = *bucket_of(cache, tile); at != 0;
	     at = cache->slots[at - 1].next) {
		struct slot *slot = &cache->slots[at - 1];
		if (slot->tile.n == tile->n &&
		    slot->tile.level == tile->level &&
		    slot->tile.is_entries == tile->is_entries)
			return slot;
	}
	return NULL;
}

struct tile_bytes *
tile_cache_hold(struct tile_cache *cache, const struct tile *tile)
{
	struct tile_bytes *bytes = NULL;

	if (tile->width != TILE_WIDTH)
		return NULL;
	lock_take(&cache->lock);
	struct slot *slot = find(cache, tile);
	if (slot != NULL) {
		slot->is_wanted = true;
		bytes = slot->bytes;
		atomic_fetch_add(&bytes->holders, 1);
	}
	lock_drop(&cache->lock);
	return bytes;
}

/* Needs the lock. */
static void
empty(struct tile_cache *cache, struct slot *slot)
{
	size_t number = (size_t)(slot - cache->slots) + 1;
	size_t *link = bucket_of(cache, &slot->tile);

	while (*link != number)
		link = &cache->slots[*link - 1].next;
	*link = slot->next;
	cache->bytes -= slot->bytes->len;
	tile_bytes_let_go(slot->bytes);
	*slot = (struct slot){ .next = cache->free };
	cache->free = number;
}

/* The second chance algorithm: within two rounds of the hand every slot was
 * emptied but those that somebody holds.  False when these leave no room.  Needs
 * the lock, under which alone more come to hold one. */
static bool
make_room(struct tile_cache *cache, size_t len)
{
	for (size_t steps = 0;
	     cache->free == 0 || cache->bytes + len > cache->bytes_max;
	     steps++) {
		struct slot *slot = &cache->slots[cache->hand];
		if (steps == (size_t)2 * SLOTS)
			return false;
		cache->hand = (cache->hand + 1) % SLOTS;
		if (slot->bytes != NULL && !slot->is_wanted &&
		    atomic_load(&slot->bytes->holders) == 1)
			empty(cache, slot);
		slot->is_wanted = false;
	}
	return true;
}

/* There is room.  Needs the lock. */
static void
put(struct tile_cache *cache, const struct tile *tile, struct tile_bytes *bytes)
{
	size_t number = cache->free;
	struct slot *slot = &cache->slots[number - 1];
	size_t *bucket = bucket_of(cache, tile);

	cache->free = slot->next;
	*slot = (struct slot){
		.tile = *tile,
		.bytes = bytes,
		.next = *bucket,
	};
	*bucket = number;
	cache->bytes += bytes->len;
}

void
tile_cache_keep(
    struct tile_cache *cache, const struct tile *tile, struct span bytes)
{
	if (tile->width != TILE_WIDTH ||
	    bytes.len > cache->bytes_max / PART_MAX)
		return;
	struct tile_bytes *kept = bytes_new(bytes);
	if (kept == NULL)
		return;
	lock_take(&cache->lock);
	if (find(cache, tile) == NULL && make_room(cache, bytes.len)) {
		put(cache, tile, kept);
		kept = NULL;
	}
	lock_drop(&cache->lock);
	if (kept != NULL)
		tile_bytes_let_go(kept);
}
