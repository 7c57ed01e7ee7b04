/*
 * tile_cache: whole tiles and bundles, as they were verified when they were made.
 *
 * They never change once they are whole, so what was verified once is served from
 * here; what is not whole is not kept.  Of what has not been asked for again
 * since it was looked at last, the oldest goes first: one reader of everything
 * does not drive out what many ask for.
 *
 * Threads: any.  Memory: at most what tile_cache_new was told: what is held stays
 * until it is let go, and where that leaves no room nothing more is kept.
 */
#ifndef HEADWATER_DAEMON_TILE_CACHE_H
#define HEADWATER_DAEMON_TILE_CACHE_H

#include "schema/tile.h"

struct tile_cache;
struct tile_bytes;

/* With 0 bytes it keeps nothing.  NULL: no memory. */
struct tile_cache *tile_cache_new(size_t bytes_max);
void tile_cache_free(struct tile_cache *cache); /* NULL is fine */

/* Holds it for the caller; NULL where it is not kept. */
struct tile_bytes *tile_cache_hold(
    struct tile_cache *cache, const struct tile *tile);

/* Keeps a copy, where it is whole, not too large and there is room. */
void tile_cache_keep(
    struct tile_cache *cache, const struct tile *tile, struct span bytes);

struct span tile_bytes_view(const struct tile_bytes *bytes);
void tile_bytes_let_go(struct tile_bytes *bytes);

#endif
