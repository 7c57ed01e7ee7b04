/*
 * damage: positions of entries that were found damaged, so that what rests on them
 * is not told as damage of its own.  At most DAMAGE_MAX are known one by one.
 *
 * Threads: its owner's.  Memory: in place.
 */
#ifndef HEADWATER_DAEMON_DAMAGE_H
#define HEADWATER_DAEMON_DAMAGE_H

#include <stdbool.h>
#include <stdint.h>

#define DAMAGE_MAX 1024

struct damage {
	uint64_t count;
	uint64_t positions[DAMAGE_MAX];
};

/* Twice in a row is once. */
void damage_add(struct damage *damage, uint64_t position);

/* Before damage_has, where they were not added in their order. */
void damage_sort(struct damage *damage);

/* Is it one of them?  Always, where there are more than are known. */
bool damage_has(const struct damage *damage, uint64_t position);

#endif
